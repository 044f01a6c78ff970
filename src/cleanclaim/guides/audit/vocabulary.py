"""The names of drugs that a text may use, from the library's descriptors and packages and from a list of our own."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cleanclaim.reference.codes.drug_identity import DRUG_IDENTITY
from cleanclaim.reference.codes.drug_name_words import SALTS
from cleanclaim.reference.codes.index import Record
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.codes.product_names import DRUG_NAME, NameKind
from cleanclaim.yaml_text import shipped_shape

_TOKEN = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?")
# Words that are ingredients of some code and mean nothing by themselves.
_TOO_COMMON = frozenset({
    "iron", "water", "oxygen", "sodium", "potassium", "calcium", "insulin", "vitamin", "drug", "injection", "infusion",
    "saline", "alcohol", "air", "zinc", "copper", "glucose", "dextrose", "factor", "human", "liquid", "albumin",
    "hormone", "immune", "globulin", "contraceptive", "interferon", "lipids", "urea", "gold",
})  # fmt: skip
# Simple salts, of which each is a drug of its own.
_ELEMENT = re.compile(
    r"\b(?:magnesium|potassium|calcium|sodium|zinc)"
    r" (?:chloride|phosphate|sulfate|gluconate|acetate|bicarbonate|lactate|citrate|thiosulfate)\b",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"-[a-z]{4}$")
_NEXT_WORD = re.compile(r"[\s,(/-]*([a-z']+)")


class Mention(NamedTuple):
    """A name of a drug in a sentence: where it stands, and what it may be."""

    start: int
    end: int
    name: Named


@dataclass(frozen=True, slots=True)
class Named:
    """What a name means: ingredients in small letters, its salt, and for a brand the codes of its packages."""

    text: str
    ingredients: frozenset[str]
    salt: str | None = None
    is_brand: bool = False
    codes: frozenset[str] = frozenset()  # under which packages of the brand are listed, or whose descriptor has it


@dataclass(slots=True)
class Drug:
    """What the descriptor of a code names."""

    ingredients: frozenset[str]
    salts: frozenset[str] = frozenset()
    routes: frozenset[str] = frozenset()
    is_brand_only: bool = False  # a biosimilar, or the product of one maker
    form: str | None = None
    is_compounded: bool = False

    @property
    def in_words(self) -> str:
        """The names of what is in it."""
        return " and ".join(sorted(self.ingredients))


@dataclass(slots=True)
class Vocabulary:
    """All names, by their words."""

    drugs: dict[str, Drug] = field(default_factory=dict)
    _names: dict[tuple[str, ...], Named] = field(default_factory=dict)
    _longest: int = 1

    @classmethod
    def of(cls, lookup: Lookup) -> Vocabulary:
        """The names that a library knows."""
        made = cls()
        for row in lookup.index.every(DRUG_IDENTITY):
            made._add_code(row)
        own = shipped_shape(__package__, "names.yaml", dict[str, Any])
        for row in lookup.index.every(DRUG_NAME):
            if row["kind"] == NameKind.PACKAGE:
                made._add_brand(str(row["name"]).casefold(), str(row["hcpcs_code"]))
        for brand, content in own["brands"].items():
            made._add_known(str(brand), str(content), is_brand=True)
        for other, content in own["same_as"].items():
            made._add_known(str(other), str(content), is_brand=False)
        for name in own["no_code"]:
            made._put(Named(name, frozenset({name})))
        return made

    def mentions(self, text: str) -> list[Mention]:
        """The names in a text, the longest at each place, none inside another."""
        tokens = [(found.group(), found.start(), found.end()) for found in _TOKEN.finditer(text.casefold())]
        found, at = [], 0
        while at < len(tokens):
            for length in range(min(self._longest, len(tokens) - at), 0, -1):
                name = self._names.get(tuple(token for token, *_ in tokens[at : at + length]))
                if name:
                    found.append(Mention(tokens[at][1], tokens[at + length - 1][2], name))
                    at += length
                    break
            else:
                at += 1
        spans = [(one.start, one.end) for one in found]
        for one in _ELEMENT.finditer(text):
            if not any(start < one.end() and one.start() < end for start, end in spans):
                found.append(
                    Mention(one.start(), one.end(), Named(one.group().lower(), frozenset({one.group().lower()})))
                )
        return sorted(found, key=lambda one: one.start)

    def _add_code(self, row: Record) -> None:
        code, ingredient = str(row["hcpcs_code"]), str(row["ingredient"]).casefold().strip()
        drug = self.drugs.setdefault(code, Drug(frozenset()))
        drug.ingredients |= {ingredient}
        drug.salts |= {one.strip() for one in str(row["salt"] or "").split(" and ") if one.strip()}
        drug.routes |= {one for one in str(row["route"] or "").split(" or ") if one}
        drug.is_compounded |= bool(row["compounded"])
        drug.form = drug.form or (str(row["form"]) if row["form"] else None)
        brands = {one.strip() for one in re.split(r" or |/", str(row["brand"] or "")) if one.strip()}
        drug.is_brand_only |= bool(row["biosimilar"] or row["maker"])
        if ingredient not in _TOO_COMMON and len(ingredient) > 3:
            self._put(Named(ingredient, frozenset({ingredient})))
            bare = _SUFFIX.sub("", ingredient)
            if bare != ingredient:
                self._put(Named(bare, frozenset({ingredient, bare})))
        for brand in brands:
            self._add_brand(brand, code)

    def _add_brand(self, brand: str, code: str) -> None:
        drug = self.drugs.get(code)
        if drug is None or not drug.ingredients or len(brand) < 4 or brand in _TOO_COMMON:
            return
        known = self._names.get(_words(brand))
        if known and not known.is_brand:
            return  # a generic name on a package
        base, salt = _read(brand)
        if salt and base in drug.ingredients:  # the same with its salt, which the text's own words tell
            return
        codes = (known.codes if known else frozenset()) | {code}
        content = drug.ingredients | (known.ingredients if known else frozenset())
        self._put(Named(brand, content, is_brand=True, codes=codes))

    def _add_known(self, name: str, content: str, *, is_brand: bool) -> None:
        parts = [_read(one) for one in content.split(" and ")]
        known = self._names.get(_words(name))
        codes = known.codes if known and known.is_brand else frozenset()
        ingredients = frozenset(ingredient for ingredient, _ in parts)
        salt = next((salt for _, salt in parts if salt), None)
        self._put(Named(name, ingredients, salt, is_brand=is_brand, codes=codes if is_brand else frozenset()))

    def _put(self, name: Named) -> None:
        words = _words(name.text)
        if words:
            known = self._names.get(words)
            if known and not known.is_brand and not name.is_brand:
                name = Named(name.text, known.ingredients | name.ingredients, name.salt)
            self._names[words] = name
            self._longest = max(self._longest, len(words))


def _read(content: str) -> tuple[str, str | None]:
    """Ingredient and salt of a name in words: `methylprednisolone acetate`."""
    words = content.split()
    at = len(words)
    while at > 1 and words[at - 1] in SALTS and not content.startswith(("sodium ferric", "potassium chloride")):
        at -= 1
    return " ".join(words[:at]), " ".join(words[at:]) or None


def _words(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(text.casefold()))


def after_name(text: str, end: int) -> tuple[int, str | None]:
    """The salt that stands right after a name (`acetate`, `sodium succinate`), and where what follows it begins."""
    words: list[str] = []
    for found in _NEXT_WORD.finditer(text.casefold(), end):
        if found[1] not in SALTS or found.start() != end:
            break
        words.append(found[1])
        end = found.end()
    return end, " ".join(words) or None


def same_salt(said: Sequence[str], official: Collection[str]) -> bool:
    """Whether salts that are said are those of a code, or parts of its name: `succinate` of `sodium succinate`."""
    known = {_salt(one) for one in official}
    words = {word for one in known for word in one.split()}
    return all(_salt(one) in known or set(_salt(one).split()) <= words for one in said)


def _salt(text: str) -> str:
    return " ".join("hydrochloride" if word == "hcl" else word for word in text.split())
