"""The dosage grammar: the billing unit that a HCPCS long descriptor states (rules COD-50 to COD-62).

Nothing is guessed: a descriptor whose amounts can be read in two ways, or whose unit is not in the vocabulary of units,
is not parsed, and the reason is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from cleanclaim.reference.cells import plain
from cleanclaim.values import Unit, read_unit


class UnitSemantics(StrEnum):
    """How a dose becomes billing units."""

    LINEAR = "linear"  # dose / amount, rounded up
    UP_TO = "up_to"  # one unit for any dose up to the amount, the next one above it
    PER_CONTAINER = "per_container"  # a count of vials, implants ...; an amount in mg is what one holds
    PER_STUDY = "per_study"  # one unit a study or treatment, whatever the activity
    VOLUME = "volume"  # linear in mL: a dose in mg needs the concentration
    COMBINATION = "combination"  # one unit holds several ingredients together
    RANGE = "range"  # one unit of the one code whose range holds the dose
    UNCLASSIFIED = "unclassified"  # no unit: a code for drugs without a code


@dataclass(frozen=True, slots=True)
class Dosage:
    """The billing unit of a code. A combination has no amount and its phrase as unit, an unclassified code neither."""

    substance: str | None
    amount: Decimal | None
    unit: str | None
    semantics: UnitSemantics


@dataclass(frozen=True, slots=True)
class NotParsed:
    """Why a descriptor states no billing unit that can be read without guessing."""

    reason: str


_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
_UNIT = (
    r"million (?:international )?units?|usp units?|international units?|allergy units?|units?|i\.?u\.?"
    r"|milligrams?|mgs?|micrograms?|mcgs?|grams?|gms?|g|milliliters?|mls?|cc"
    r"|millicuries?|mci|microcuries?|uci|milliequivalents?|meq|sq(?:uare|\.)? ?(?:centimeters?|cm)"
    r"|billion vector genomes?"
)
_END = r"(?![\w%])"
_QUANTITY = re.compile(
    rf"(?P<lead>\bup to and including |\bup to |\bper )?(?<![\w.%-])(?P<number>{_NUMBER})[ -]?(?P<unit>{_UNIT}){_END}"
)
_PER_ONE = re.compile(rf"\bper (?:factor [a-z]+ )?(?P<unit>{_UNIT}){_END}")
_EQUALS_ONE_UNIT = re.compile(r"\((?P<number>[0-9]+) ml = 1 unit\)")
_BOUND = rf"(?P<number>{_NUMBER}) ?(?P<unit>{_UNIT}|days?){_END}"
_UPPER = re.compile(rf"(?:less than or equal to|up to) {_BOUND}")
_LOWER = re.compile(rf"greater than (?:or equal to )?{_BOUND}")
_RANGE = re.compile(r"less than or equal to|greater than (?:or equal to )?[0-9]")
_CONTAINER = re.compile(r"\bper (?:single[ -](?:use|dose) )?(?P<named>vial|dose|implant|syringe|capsule|tablet|kit)\b")
_EACH = re.compile(r", each\b|\bsingle unit dos(?:e|age)|\bintrauterine\b|\bimplant system\b")
_STUDY = re.compile(r"\bper study\b")
_TREATMENT = re.compile(r"\bper (?:treatment|therapeutic)(?: dose)?\b|\bper (?:infusion|instillation)\b")
_UNCLASSIFIED = re.compile(r"unclassified|not otherwise classified|not otherwise specified|unspecified|\bno[cs]\b")
_RATE = re.compile(rf" ?(?:/|per )(?:{_NUMBER})? ?(?:ml|cc|kg|kilogram|hour|day|month){_END}")
_OTHER_UNIT = re.compile(r"plaque forming|\bpfu\b|\bcells\b|x 10\^|\bkiu\b")
_IMPLANT = re.compile(r"\bimplant\b")
_JOINER = re.compile(r"\band\b|/|\bplus\b")

_NOTE = re.compile(r"\([^()]*\)")
_REMARK = re.compile(r"[0-9]|\bcode\b|\bfor\b|\bonly\b")
_NOT_THE_BILLING_UNIT = re.compile(  # strengths, and the vial that a drug comes in
    rf"(?:up to )?[0-9]+(?:-[0-9]+)? (?:or greater )?mg/ml iodine concentration|, provided in (?:{_NUMBER}) ?mg vial"
)
_NAME_ENDS = re.compile(
    rf"\bnot th|\badministered\b|\bup to\b|\bper\b|\bfor\b|(?<![\w.%-])(?:{_NUMBER})[ -]?(?:{_UNIT}){_END}"
)
_FORM = re.compile(
    r"inj(?:ection)?|infusion|oral|inhalation solution|topical|nasal spray|implant|powder|tablet|capsule|film|gel|cream"
    r"|(?:intravesical )?instillation|diagnostic|therapeutic|single|each|hcl|human use|concentrated form"
    r"|intrathecal|(?:intravenous|intramuscular|subcutaneous)(?: or (?:intravenous|intramuscular|subcutaneous))?"
    r"|n\.?o\.?s\.?|noc|[0-9.]+ ?%?|not otherwise (?:specified|classified)(?: \(.*\))?|\(.*\)"
)
_CLAUSE = re.compile(
    r"(?:biosimilars?|excludes biosimilars?|not therapeutically|via|fda|administered through|compounded|non-?compounded"
    r"|including|includes|brand name|generic|code may|unit dose)\b"
)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A descriptor in lower case, and its body: the same without notes in brackets and without strengths."""

    text: str
    body: str
    quantities: tuple[re.Match[str], ...]


_Reading = Dosage | NotParsed | None


def parse_dosage(descriptor: str) -> Dosage | NotParsed:
    """The billing unit that a long descriptor states, or why none can be read from it."""
    text = re.sub(r"\s+", " ", descriptor.replace("\u00a0", " ")).strip().lower().replace("cenitmeter", "centimeter")
    body = _NOT_THE_BILLING_UNIT.sub("", _without_notes(text))
    phrase = _Phrase(text, body, tuple(_QUANTITY.finditer(body)))
    return next((reading for reader in _READERS if (reading := reader(phrase))), NotParsed("no amount"))


def _unclassified(phrase: _Phrase) -> _Reading:
    stated = phrase.quantities or _PER_ONE.search(phrase.body) or _CONTAINER.search(phrase.body)
    if stated or not _UNCLASSIFIED.search(phrase.text):
        return None
    return Dosage(None, None, None, UnitSemantics.UNCLASSIFIED)


def _flat(phrase: _Phrase) -> _Reading:
    for pattern, unit in ((_STUDY, Unit.STUDY), (_TREATMENT, Unit.TREATMENT)):
        if pattern.search(phrase.body):
            return Dosage(_substance(phrase.body), Decimal(1), unit, UnitSemantics.PER_STUDY)
    return None


def _range(phrase: _Phrase) -> _Reading:
    start = _RANGE.search(phrase.body)
    if not start:
        return None
    bound = _UPPER.search(phrase.body) or _LOWER.search(phrase.body)
    if not bound:
        return NotParsed("a range whose bound has no unit")
    name = _substance(phrase.body[: start.start()])
    return Dosage(name, _number(bound["number"]), read_unit(bound["unit"]), UnitSemantics.RANGE)


def _outside_the_vocabulary(phrase: _Phrase) -> _Reading:
    return NotParsed("the amount is in a unit outside the vocabulary") if _OTHER_UNIT.search(phrase.body) else None


def _container(phrase: _Phrase) -> _Reading:
    if named := _CONTAINER.search(phrase.body):
        return Dosage(_substance(phrase.body), Decimal(1), read_unit(named["named"]), UnitSemantics.PER_CONTAINER)
    if _EACH.search(phrase.body):
        return Dosage(_substance(phrase.body), Decimal(1), Unit.EACH, UnitSemantics.PER_CONTAINER)
    return None


def _several_amounts(phrase: _Phrase) -> _Reading:
    if len(phrase.quantities) < 2:
        return None
    if any(_RATE.match(phrase.body, one.end()) for one in phrase.quantities):
        return NotParsed("an amount is a concentration or a rate")
    first, second = phrase.quantities[0], phrase.quantities[1]
    gaps = [phrase.body[one.end() : two.start()] for one, two in pairwise(phrase.quantities)]
    if gaps == [", "] and first["lead"] == "per " and second["lead"] == "up to ":  # the most that is billed this way
        return _amount(phrase.body, first)
    if not _JOINER.search(gaps[-1]) or not all(_JOINER.search(gap) or "," in gap for gap in gaps):
        return NotParsed("several amounts, and no word that joins them")
    unit = " and ".join(f"{_number(one['number'])} {read_unit(one['unit'])}" for one in phrase.quantities)
    return Dosage(_combined_substance(phrase, gaps), None, unit, UnitSemantics.COMBINATION)


def _one_amount(phrase: _Phrase) -> _Reading:
    return _amount(phrase.body, phrase.quantities[0]) if phrase.quantities else None


def _per_one(phrase: _Phrase) -> _Reading:
    found = _PER_ONE.search(phrase.body)
    if not found:
        return None
    unit = read_unit(found["unit"])
    return Dosage(_substance(phrase.body[: found.start()]), Decimal(1), unit, _linear(unit))


def _noted(phrase: _Phrase) -> _Reading:
    if equals := _EQUALS_ONE_UNIT.search(phrase.text):
        return Dosage(_substance(phrase.body), _number(equals["number"]), Unit.ML, UnitSemantics.VOLUME)
    return NotParsed("the only amount stands in a note") if _QUANTITY.search(phrase.text) else None


_READERS: tuple[Callable[[_Phrase], _Reading], ...] = (
    _unclassified, _flat, _range, _outside_the_vocabulary, _container, _several_amounts, _one_amount, _per_one, _noted,
)  # fmt: skip


def _amount(body: str, found: re.Match[str]) -> Dosage | NotParsed:
    if _RATE.match(body, found.end()):
        return NotParsed("the amount is a concentration or a rate")
    amount, unit = _number(found["number"]), found["unit"]
    if unit.startswith("billion"):
        amount, unit = amount * 10**9, unit.removeprefix("billion ")
    read = read_unit(unit)
    semantics = _linear(read)
    if (found["lead"] or "").startswith("up to"):
        semantics = UnitSemantics.UP_TO
    elif _IMPLANT.search(body) and not found["lead"] and not _is_power_of_ten(amount):
        # Implants are billed by the piece when the descriptor gives the content of one (50 mg, 74.2 mg), and by the
        # amount when it gives a counting unit (0.1 mg, 1 mcg).
        semantics = UnitSemantics.PER_CONTAINER
    return Dosage(_substance(body[: found.start()]), amount, read, semantics)


def _linear(unit: Unit) -> UnitSemantics:
    return UnitSemantics.VOLUME if unit is Unit.ML else UnitSemantics.LINEAR


def _is_power_of_ten(number: Decimal) -> bool:
    return number.normalize().as_tuple().digits == (1,)


def _number(text: str) -> Decimal:
    return plain(Decimal(text.replace(",", "")))


def _without_notes(text: str) -> str:
    """The text without brackets that hold a number, a whole clause or a remark on the code."""
    previous, body = "", text
    while body != previous:
        previous, body = body, _NOTE.sub(lambda note: note[0] if _names(note[0]) else "", body)
    return re.sub(r"\s+,", ",", re.sub(r"\s+", " ", body)).strip()


def _names(note: str) -> bool:
    return len(note) <= 60 and not _REMARK.search(note)


def _combined_substance(phrase: _Phrase, gaps: list[str]) -> str | None:
    first, last = phrase.quantities[0], phrase.quantities[-1]
    before = _substance(phrase.body[: first.start()])
    inner = [_substance(re.sub(r"^[\s,/]*(?:and|plus)?\b|(?:\band|\bplus|/)\s*$", "", gap)) for gap in gaps]
    if gaps[-1].rstrip().endswith("and") and any(inner):  # amount first: `1 mg daunorubicin and 2.27 mg cytarabine`
        names = [*inner, _substance(phrase.body[last.end() :])]
        return " ".join(part for part in (before, " and ".join(name for name in names if name)) if part)
    return " and ".join(part for part in (before, *inner) if part) or None


def _substance(before: str) -> str | None:
    """The drug with its salt: the parts of a descriptor that name neither form, route, use nor maker's remarks."""
    end = _NAME_ENDS.search(before)
    parts = re.split(r"[,;](?![^()]*\))", before[: end.start()] if end else before)
    kept: list[str] = []
    for part in (part.strip() for part in parts):
        if kept and _CLAUSE.match(part):
            break
        if part and not _FORM.fullmatch(part):
            kept.append(_bare(part))
    return ", ".join(part for part in kept if part).strip(" ,/") or None


def _bare(part: str) -> str:
    """A part of a name without the form that is written into it: `buprenorphine implant`, `methylprednisolone oral`."""
    return re.sub(r"\s+", " ", re.sub(r"\b(?:implant|oral|biosimilar)$|\bimplant (?=\()", "", part)).strip()
