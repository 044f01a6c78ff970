"""The drug that a HCPCS long descriptor names: ingredients, salt, brand or maker, route, form (COD-30 to -32, COD-53).

Nothing is guessed: words are told apart by where they stand and by the lists of `drug_name_words`, and parts that
neither knows are told as `unread`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from cleanclaim.reference.codes.drug_name_words import (
    BRANDS,
    LEADING,
    LEADING_FORMS,
    MAKERS,
    NO_MAKERS,
    NO_NAMES,
    QUALIFIERS,
    REWRITTEN,
    ROUTE_WORDS,
    SALTS,
    SAME_QUALIFIER,
    SYNONYMS,
    TRAILING,
    WHOLE,
    Form,
    Route,
    any_of,
)
from cleanclaim.reference.descriptor_words import NOT_THE_BILLING_UNIT, QUANTITY, RATE, normalized, parts_of


@dataclass(frozen=True, slots=True)
class DrugName:
    """What a descriptor says about the drug. False and None mean that it does not say so.

    A product that is named and nothing of what is in it (skin substitutes) has a brand and no ingredient.
    """

    ingredients: tuple[str, ...] = ()  # base names: without salt, without the suffix of biologics
    salt: str | None = None  # of several ingredients in their order, each once: "sodium phosphate and acetate"
    brand: str | None = None  # as printed: "jubbonti/wyost"; several joined: "synvisc or synvisc-one"
    suffix: str | None = None  # the four letters that FDA adds to the name of a biologic
    maker: str | None = None
    biosimilar: bool = False
    excludes_biosimilars: bool = False
    not_equivalent_to: tuple[str, ...] = ()  # codes to which it is not therapeutically equivalent (twice a brand)
    not_otherwise_specified: bool = False
    routes: tuple[Route, ...] = ()
    form: Form | None = None
    qualifiers: tuple[str, ...] = ()  # recombinant, liposomal, extended-release ...
    vehicle: str | None = None  # what it comes dissolved in
    concentrated: bool = False
    compounded: bool | None = None
    esrd: bool | None = None  # True for patients on dialysis, False for others
    self_administered_clause: bool = False
    unread: tuple[str, ...] = ()  # parts of the descriptor that are in no vocabulary


_NOTE = re.compile(r"(?<!\S)\(((?:[^()]|\([^()]*\))*)\)")
_REMARK = re.compile(r"[0-9]|\b(?:for|only|code|esrd)\b|\b[ei]\.[eg]\.|\bnot to be used\b")
_SELF_ADMINISTERED = re.compile(r"\bself[ -]administered\b")
_ESRD = re.compile(r"\b(?P<non>non[ -])?esrd\b")
_NOT_EQUIVALENT = re.compile(r",? ?\bnot th\w+peutically equivalent to (?P<to>[^,(]+)")
_CODE = re.compile(r"\b[a-z][0-9]{4}\b")
_EXCLUDES = re.compile(r"\bexcludes biosimilars?\b")
_BIOSIMILAR = re.compile(r"\bbiosimilar\b")
_NOT_OTHERWISE_SPECIFIED = re.compile(r"\bnot otherwise specified\b|\bnos\b")
_COMPOUNDED = re.compile(r"(?:\bnon-?)?\bcompounded\b|\bfda[ -]approved final product\b")
_REMARKED = re.compile(
    r"\b(?:excludes )?biosimilars?\b|\bnot otherwise (?:specified|classified)\b|\bnos\b|\bconcentrated form\b"
    r"|\b(?:non-?)?compounded(?: product|(?= *,|$))|\bfda[ -]approved final product\b|\bunit dose(?: form)?\b"
)
_AREA = re.compile(r"(?P<names>[^%]+?),? per (?:[0-9]+ )?square centimeters?")
# Where the drug has been named, and its use, its dose range or what comes with it begins.
_USE = re.compile(
    r"[,; ]*\b(?:fda[ -]approved|including|includes|administered|for|when|from|with an indication|via|greater than"
    r"|less than or equal to|over(?= [0-9]))\b.*"
)
_USE_OF_AREA = re.compile(r", (?:includes|including|for|any type)\b.*")
_PATIENTS = re.compile(
    r"\b(?:fda approved prescription|for hospitalized|for the pre-exposure|with an indication|for preparation of)\b.*"
)
_PER = re.compile(r" *\b(?:up to|per)\b[^,;\u00a7]*")
_VEHICLE = re.compile(
    r" in (?P<vehicle>(?:[0-9.]+% )?(?:sodium chloride|sodium|dextrose|sucrose|lactated ringer'?s?))"
    r"(?: injection| infusion)?\b"
)
# An amount is read as one mark, so that what stands before and after it can be told apart.
_AMOUNT = re.compile(rf"(?:{re.sub('[?]P<[a-z]+>', '?:', QUANTITY.pattern)})(?:{RATE.pattern})?")
_AMOUNTS_FIRST = re.compile(r"\u00a7 (?P<one>[a-z-]+) and \u00a7 (?P<two>[a-z-]+)$")
_BASIS = re.compile(r"\u00a7(?! *(?:and\b|[/,;\u00a7]|$))[^,;/\u00a7]*?(?=\band\b|[,;/\u00a7]|$)")
_STRENGTH = re.compile(
    r"(?<!\S)(?:[0-9.]+ ?(?:%|percent\b)|[0-9,]+ (?:million plaque forming units|kiu|capsules)\b|[0-9]+-day supply\b)"
)
_AND = re.compile(r"\s*,\s*and\b")
_ISOTOPE = re.compile(r"(?<= )(c|cr|f|ga|i|in|lu|tc|sm|xe|y)[ -]?([0-9]{2,3}m?)\b")
_ISOTOPE_NAME = re.compile(r"[a-z]+ [a-z]{1,2}-[0-9/]+m?")
_SUFFIX = re.compile(r"-(?P<suffix>[a-z]{4})$")
_SALT = re.compile(rf"(?P<base>.+?) (?P<salt>(?:{any_of(SALTS)})(?: (?:{any_of(SALTS)}))*)")
_LEADING = re.compile(rf"(?:{any_of(LEADING)}) (?!and\b)")
_TRAILING = re.compile(rf" (?:{any_of(TRAILING)})$")
_QUALIFIER = re.compile(rf"(?P<word>{any_of(QUALIFIERS)})(?:-(?P<suffix>[a-z]{{4}}))?")
_LAST_QUALIFIER = re.compile(rf" (?P<word>{any_of(QUALIFIERS)})$")
_FIRST_QUALIFIER = re.compile(r"(?P<word>human) ")
_SPLIT = re.compile(r" and | with | plus |(?<![0-9])/(?![0-9])")
_NO_NAME = NO_NAMES | SYNONYMS | frozenset(Form) | frozenset(Route)
_ROUTE_PART = re.compile(rf"(?:{any_of(Route)})(?:(?: or |, )(?:{any_of(Route)}))*")
_REWRITE = [(re.compile(pattern), text) for pattern, text in REWRITTEN]
_ROUTES = [(route, re.compile(rf"(?<!other than )\b(?:{ROUTE_WORDS[route]})\b")) for route in Route]
_LEADING_FORMS = [(form, re.compile(rf"(?:{words})\b")) for form, words in LEADING_FORMS]
_FORMS = [(form, re.compile(rf"\b{form}s?\b(?<!per infusion)")) for form in Form]


@dataclass(slots=True)
class _Read:
    """What has been read of a descriptor so far."""

    names: list[str] = field(default_factory=list)
    brands: list[str] = field(default_factory=list)
    makers: list[str] = field(default_factory=list)
    qualifiers: list[str] = field(default_factory=list)
    suffixes: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


@lru_cache(maxsize=1 << 12)  # each descriptor is read for its identity and for its names
def read_drug_name(descriptor: str) -> DrugName:
    """The drug that a long descriptor names."""
    text = normalized(descriptor)
    for pattern, plain in _REWRITE:
        text = pattern.sub(plain, text)
    notes = [note[1].strip() for note in _NOTE.finditer(text)]
    body = re.sub(r" -(?=[a-z]{4}\b)", "-", re.sub(r"\s+", " ", _NOTE.sub(" ", text)).replace(" ,", ",")).strip()
    read = _Read()
    equivalent = _NOT_EQUIVALENT.search(body)
    vehicle, compounded, esrd = _VEHICLE.search(body), _COMPOUNDED.search(body), _ESRD.search(text)
    _read_notes(notes, read, of_maker=equivalent is not None)
    _read_body(body, read)
    ingredients, salts = _ingredients(read)
    wording = " ".join((_PATIENTS.sub("", body), *(note for note in notes if _ROUTE_PART.fullmatch(note))))
    return DrugName(
        ingredients=ingredients, salt=" and ".join(dict.fromkeys(salts)) or None,
        brand=" or ".join(dict.fromkeys(read.brands)) or None,
        suffix=next(iter(read.suffixes), None), maker=next(iter(read.makers), None),
        biosimilar=bool(_BIOSIMILAR.search(_EXCLUDES.sub("", body))), excludes_biosimilars=bool(_EXCLUDES.search(body)),
        not_equivalent_to=_codes(equivalent["to"]) if equivalent else (),
        not_otherwise_specified=bool(_NOT_OTHERWISE_SPECIFIED.search(text)),
        routes=tuple(route for route, words in _ROUTES if words.search(wording)), form=_form(wording),
        qualifiers=tuple(dict.fromkeys(read.qualifiers)), vehicle=vehicle["vehicle"] if vehicle else None,
        concentrated="concentrated form" in body,
        compounded=compounded[0] == "compounded" if compounded else None,
        esrd=esrd["non"] is None if esrd else None,
        self_administered_clause=any(_SELF_ADMINISTERED.search(note) for note in notes), unread=tuple(read.unread),
    )  # fmt: skip


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.upper() for code in _CODE.findall(text)) or (text.strip(),)


def _form(wording: str) -> Form | None:
    """The form that a descriptor is about: an implant also under `Injection, ...`, then what it begins with."""
    if re.search(r"\bimplants?\b", wording):
        return Form.IMPLANT
    led = (form for form, words in _LEADING_FORMS if words.match(wording))
    return next(led, None) or next((form for form, words in _FORMS if words.search(wording)), None)


def _read_notes(notes: list[str], read: _Read, *, of_maker: bool) -> None:
    for note in notes:
        words = [word.strip() for word in re.split(r"[,()]", note) if word.strip()]
        if _REMARK.search(note) or _ROUTE_PART.fullmatch(note):
            continue
        if all(word in QUALIFIERS or word in SYNONYMS for word in words):
            read.qualifiers += [_qualifier(word) for word in words if word in QUALIFIERS]
        elif note in MAKERS or (of_maker and note not in NO_MAKERS):
            read.makers.append(note)
        else:
            read.brands.append(note)


def _read_body(body: str, read: _Read) -> None:
    if area := _AREA.fullmatch(body):
        read.brands.append(_USE_OF_AREA.sub("", area["names"]).strip(" ,"))
        return
    text = _REMARKED.sub("", _NOT_EQUIVALENT.sub("", NOT_THE_BILLING_UNIT.sub("", body)))
    text = _AMOUNT.sub(" \u00a7 ", _VEHICLE.sub("", _USE.sub("", text)))
    text = _AMOUNTS_FIRST.sub(r"\g<one> and \g<two>", re.sub(r"\s+", " ", text).strip(" ,"))
    text = _PER.sub("", _BASIS.sub("", text)).replace("\u00a7", "")
    text = _AND.sub(" and", re.sub(r"\s+", " ", _STRENGTH.sub("", text)))
    for part in parts_of(text):
        _read_part(part, read)


def _read_part(part: str, read: _Read) -> None:
    part = part.strip(" ()/.;")
    if not (_ROUTE_PART.fullmatch(part) or part in _NO_NAME):
        part = _bare(part, read)
    if not part or _ROUTE_PART.fullmatch(part) or part in _NO_NAME or re.fullmatch(r"[0-9.]+", part):
        return
    if qualifier := _QUALIFIER.fullmatch(part):
        read.qualifiers.append(_qualifier(qualifier["word"]))
        read.suffixes += [qualifier["suffix"]] if qualifier["suffix"] else []
    elif part in BRANDS:
        read.brands.append(part)
    elif not read.names or " and " in part:  # a list of several ends with `and`
        read.names.append(part)
    elif _ISOTOPE_NAME.fullmatch(read.names[-1]) or (read.names[-1] == "interferon" and part[:5] in {"alfa-", "gamma"}):
        read.names[-1] += f" {part}"
    else:
        read.unread.append(part)


def _bare(part: str, read: _Read) -> str:
    """A part without the words of form, route and kind that are written into it."""
    part = _ISOTOPE.sub(r"\1-\2", part)
    while True:
        shorter = _TRAILING.sub("", _LEADING.sub("", part) if _LEADING.match(part) else part).strip()
        for pattern in (_LAST_QUALIFIER, _FIRST_QUALIFIER):
            found = pattern.search(shorter) if pattern is _LAST_QUALIFIER else pattern.match(shorter)
            if found:
                read.qualifiers.append(_qualifier(found["word"]))
                shorter = shorter[: found.start()] + shorter[found.end() :]
        if shorter == part:
            return part
        part = shorter


def _qualifier(word: str) -> str:
    return SAME_QUALIFIER.get(word, word)


def _ingredients(read: _Read) -> tuple[tuple[str, ...], list[str]]:
    """The base names, each once, and their salts."""
    names: list[str] = []
    salts: list[str] = []
    for name in (piece.strip(" /") for one in read.names for piece in _SPLIT.split(one)):
        base = name
        if suffix := _SUFFIX.search(base):
            read.suffixes.append(suffix["suffix"])
            base = base[: suffix.start()]
        if base.partition(" ")[0] not in WHOLE and (salt := _SALT.fullmatch(base)):
            base = salt["base"]
            salts.append(salt["salt"].replace("hcl", "hydrochloride"))
        if base and base not in _NO_NAME:
            names.append(base)
    return tuple(dict.fromkeys(names)), salts
