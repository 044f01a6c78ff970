"""What a clause says its code is: a drug, its salt, a route; or the giving of the drug, which no drug's code is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from cleanclaim.guides.audit.clauses import Clause, is_called_wrong, is_denied
from cleanclaim.guides.audit.phrases import phrases, text_of
from cleanclaim.guides.audit.statement import Judged, Kind
from cleanclaim.guides.audit.vocabulary import Drug, Mention, after_name, same_salt
from cleanclaim.reference.codes.answers import CodeAnswer

_SERVICE, _SAYS_WHAT_IT_IS = phrases("service"), phrases("says_what_it_is")
_NOT_THE_SERVICE, _AS_SERVICE = phrases("not_the_service"), phrases("as_service")
_IS_SERVICE = phrases("is_service", services=text_of("services"))
_EVERY, _EVERY_AFTER = phrases("every"), phrases("every_after")
_UNCLASSIFIED = re.compile(r"\b(?:unclassified|not otherwise classified)\b", re.IGNORECASE)
_COMPOUNDED = re.compile(r"^[\s,(]*compounded\b", re.IGNORECASE)
_INJECTED = re.compile(r"\binject(?:ed|able|ions?)\b", re.IGNORECASE)
_SALT_OF = re.compile(r"\bthe (?P<salt>(?:sodium |potassium )?[a-z]+)(?: salt| ester| form)? of $", re.IGNORECASE)
_ROUTES = {
    name: re.compile(words, re.IGNORECASE)
    for name, words in {
        "intravenous": r"\bintravenous(?:ly)?\b|\biv\b(?! [0-9])|through a (?:peripheral |central )?vein|into a vein",
        "ophthalmic": r"\bophthalmic\b|(?:for|in|into) the eyes?\b", "otic": r"\botic\b|(?:for|in|into) the ears?\b",
        "subcutaneous": r"\bsubcutaneous(?:ly)?\b|\bsub-?q\b|under the skin|\bsc (?:injection|shot|use)\b",
        "intramuscular": r"\bintramuscular(?:ly)?\b|\bim\b", "nasal": r"\bnasal\b|\bintranasal(?:ly)?\b",
        "oral": r"\boral(?:ly)?\b|\bby mouth\b|\btablets?\b|\bcapsules?\b", "intravitreal": r"\bintravitreal\b",
        "intra-articular": r"\bintra-?articular\b|into the (?:knee|joint)",
        "intravesical": r"\bintravesical\b|into the bladder", "inhalation": r"\binhal(?:ed|ation)\b|\bnebuli[sz]\w+",
    }.items()
}  # fmt: skip
_NOT_INJECTED = {"oral", "nasal", "inhalation", "topical"}


def service(clause: Clause, answer: CodeAnswer) -> Judged | None:
    """A drug's code said to be the giving of the drug, or said not to be."""
    if re.search(r"\bmodifier", clause.text, re.IGNORECASE) or clause.modifier or answer.amount is None:
        return None
    found = _SERVICE.search(clause.text)
    if not found or not _SAYS_WHAT_IT_IS.search(clause.text):
        return None
    official = f"{clause.code} is the drug alone: {answer.descriptor}"
    if is_denied(clause.text, found.start()) or _NOT_THE_SERVICE.search(clause.text):
        return Judged.of(Kind.MEANING, official, right=True)
    is_said = _IS_SERVICE.search(clause.text) or _AS_SERVICE.search(clause.text)
    return Judged.of(Kind.MEANING, official, right=False) if is_said else None


def unclassified(clause: Clause, answer: CodeAnswer) -> Judged | None:
    """A code said to be one of unclassified drugs."""
    said = _UNCLASSIFIED.search(clause.text)
    if not said:
        return None
    is_so = "classified" in (answer.descriptor or "").lower()
    official = f"{clause.code}: {answer.descriptor}"
    return Judged.of(Kind.MEANING, official, right=is_so is not is_denied(clause.text, said.start()))


def meaning(
    clause: Clause, names: Sequence[Mention], drug: Drug, answer: CodeAnswer, siblings: Callable[[], Sequence[str]]
) -> Iterator[Judged]:
    """The drug that the clause names, and its salt. `siblings` tells further codes of the same drug on the day."""
    if not names:
        return
    official = f"{clause.code}: {answer.descriptor}"
    right = [one for one in names if _means(one, clause.code, drug)]
    stated = [one for one in right or names if _is_stated(clause.text, one.start)]
    others = [one for one in names if one not in right and one.name.is_brand and _is_stated(clause.text, one.start)]
    if drug.is_brand_only and others and not any(one.name.is_brand for one in right):
        right, stated = [], others
    if not right:
        yield Judged.of(Kind.MEANING, official, right=not stated)
        return
    first = (stated or right)[0]
    said_compounded = _COMPOUNDED.search(clause.text[after_name(clause.text, first.end)[0] :])
    if stated and said_compounded and not drug.is_compounded:
        yield Judged.of(Kind.MEANING, f"{official}; a compounded drug goes under J7999 (COD-44)", right=False)
        return
    if not stated and all(_is_of_others(one, clause.code) for one in right):
        yield Judged.of(Kind.MEANING, official, right=True)  # `the products other than Makena`
        return
    universal = any(
        _EVERY.search(clause.text[: one.start]) or _EVERY_AFTER.search(clause.text[one.end : one.end + 40])
        for one in stated
    )
    if universal and (also := siblings()):
        official = f"{official}; the drug has other codes too: {', '.join(also)}"
        yield Judged.of(Kind.MEANING, official, right=False)
        return
    is_corrected = any(is_called_wrong(clause.text, one.start) for one in right)
    yield Judged.of(Kind.MEANING, official, right=bool(stated) or is_corrected)
    yield from _salts(clause.text, drug, stated or right, official)


def routes(clause: Clause, drug: Drug) -> Iterator[Judged]:
    """The way in that the clause says, where the descriptor says one, or what is injected is said to be swallowed."""
    said = {
        name
        for name, words in _ROUTES.items()
        if (found := words.search(clause.text)) and not is_denied(clause.text, found.start())
    }
    known = {one for one in drug.routes if one in _ROUTES}
    injected = _INJECTED.search(clause.text)
    if drug.form == "injection" and not known and said == {"oral"} and not injected:
        yield Judged.of(Kind.ROUTE, f"{clause.code}: an injection", right=False)
        return
    official = f"{clause.code}: {', '.join(sorted(drug.routes))}"
    if known and said:
        yield Judged.of(Kind.ROUTE, official, right=bool(said & known))
    elif known and known <= _NOT_INJECTED and injected:
        yield Judged.of(Kind.ROUTE, official, right=False)


def _is_stated(text: str, at: int) -> bool:
    return not (is_denied(text, at) or is_called_wrong(text, at))


def _means(mention: Mention, code: str, drug: Drug) -> bool:
    """Whether a name is that of a code's drug; a brand must be the code's own, where the code is of one product."""
    name = mention.name
    if name.is_brand and code in name.codes:
        return True
    if not any(_alike(one, other) for one in name.ingredients for other in drug.ingredients):
        return False
    return not (name.is_brand and name.codes and drug.is_brand_only)


def _is_of_others(mention: Mention, code: str) -> bool:
    """Whether a name is a brand that has codes, and not this one."""
    return mention.name.is_brand and bool(mention.name.codes) and code not in mention.name.codes


def _alike(one: str, other: str) -> bool:
    """Whether one name has all words of the other: fluorodeoxyglucose, fluorodeoxyglucose f-18 fdg."""
    first, second = _words(one), _words(other)
    return first <= second or second <= first


def _words(ingredient: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", re.sub(r"-[a-z]{4}$", "", ingredient)))


def _salts(text: str, drug: Drug, names: Sequence[Mention], official: str) -> Iterator[Judged]:
    said = [salt for one in names if (salt := _salt_said(text, one))]
    if said and drug.salts:
        yield Judged.of(Kind.SALT, official, right=same_salt(said, drug.salts))


def _salt_said(text: str, mention: Mention) -> str | None:
    _, after = after_name(text, mention.end)
    if after:
        return after
    found = _SALT_OF.search(text[: mention.start])
    if found and after_name(f" {found['salt'].lower()}", 0)[1]:
        return found["salt"].lower()
    return mention.name.salt
