"""The dosage grammar: the billing unit that a HCPCS long descriptor states (rules COD-50 to COD-62).

Nothing is guessed: a descriptor whose amounts can be read in two ways, or whose unit is not in the vocabulary of units,
is not parsed, and the reason is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from cleanclaim.reference.cells import plain
from cleanclaim.reference.descriptor_words import (
    END,
    NOT_THE_BILLING_UNIT,
    NUMBER,
    QUANTITY,
    RATE,
    UNIT,
    normalized,
    substance_of,
    without_notes,
)
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


_PER_ONE = re.compile(rf"\bper (?:factor [a-z]+ )?(?P<unit>{UNIT}){END}")
_EQUALS_ONE_UNIT = re.compile(r"\((?P<number>[0-9]+) ml = 1 unit\)")
_BOUND = rf"(?P<number>{NUMBER}) ?(?P<unit>{UNIT}|days?){END}"
_UPPER = re.compile(rf"(?:less than or equal to|up to) {_BOUND}")
_LOWER = re.compile(rf"(?:greater than (?:or equal to )?|\bover ){_BOUND}")
_RANGE = re.compile(r"less than or equal to|greater than (?:or equal to )?[0-9]|\bover [0-9]")
_CONTAINER = re.compile(r"\bper (?:single[ -](?:use|dose) )?(?P<named>vial|dose|implant|syringe|capsule|tablet|kit)\b")
_EACH = re.compile(
    r", each\b|\bper (?:patch|bottle)\b|, one [a-z]+$|\bsingle unit dos(?:e|age)|\bintrauterine\b|\bimplant system\b"
)
_STUDY = re.compile(r"\bper study\b")
_TREATMENT = re.compile(r"\bper (?:treatment|therapeutic)(?: dose)?\b|\bper (?:infusion|instillation)\b")
_UNCLASSIFIED = re.compile(r"unclassified|not otherwise classified|not otherwise specified|unspecified|\bno[cs]\b")
_OTHER_UNIT = re.compile(r"plaque forming|\bpfu\b|\bcells\b|x 10\^|\bkiu\b|[0-9] capsules\b|[0-9]-day supply")
_IMPLANT = re.compile(r"\bimplant\b")
_JOINER = re.compile(r"\band\b|/|\bplus\b")


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A descriptor in lower case, and its body: the same without notes in brackets and without strengths."""

    text: str
    body: str
    quantities: tuple[re.Match[str], ...]


_Reading = Dosage | NotParsed | None
_NOTHING = "an amount is zero"


def parse_dosage(descriptor: str) -> Dosage | NotParsed:
    """The billing unit that a long descriptor states, or why none can be read from it."""
    text = normalized(descriptor)
    body = NOT_THE_BILLING_UNIT.sub("", without_notes(text))
    phrase = _Phrase(text, body, tuple(QUANTITY.finditer(body)))
    return next((reading for reader in _READERS if (reading := reader(phrase))), NotParsed("no amount"))


def _unclassified(phrase: _Phrase) -> _Reading:
    stated = phrase.quantities or _PER_ONE.search(phrase.body) or _CONTAINER.search(phrase.body)
    if stated or not _UNCLASSIFIED.search(phrase.text):
        return None
    return Dosage(None, None, None, UnitSemantics.UNCLASSIFIED)


def _flat(phrase: _Phrase) -> _Reading:
    for pattern, unit in ((_STUDY, Unit.STUDY), (_TREATMENT, Unit.TREATMENT)):
        if pattern.search(phrase.body):
            return Dosage(substance_of(phrase.body), Decimal(1), unit, UnitSemantics.PER_STUDY)
    return None


def _range(phrase: _Phrase) -> _Reading:
    start = _RANGE.search(phrase.body)
    if not start:
        return None
    bound = _UPPER.search(phrase.body) or _LOWER.search(phrase.body)
    if not bound:
        return NotParsed("a range whose bound has no unit")
    name = substance_of(phrase.body[: start.start()])
    return _stated(name, _number(bound["number"]), read_unit(bound["unit"]), UnitSemantics.RANGE)


def range_bounds(descriptor: str) -> dict[str, tuple[Decimal, Unit]]:
    """The bounds of the range of doses that a descriptor names: `above` (not in it) and `up to` (in it)."""
    body = without_notes(normalized(descriptor))
    matches = {"above": _LOWER.search(body), "up to": _UPPER.search(body)}
    return {word: (_number(bound["number"]), read_unit(bound["unit"])) for word, bound in matches.items() if bound}


def range_words(descriptor: str) -> str | None:
    """The same in words: `above 100 mg`, `above 1 mg and up to 10 mg`."""
    bounds = range_bounds(descriptor)
    return " and ".join(f"{word} {number:f} {unit}" for word, (number, unit) in bounds.items()) or None


def _outside_the_vocabulary(phrase: _Phrase) -> _Reading:
    return NotParsed("the amount is in a unit outside the vocabulary") if _OTHER_UNIT.search(phrase.body) else None


def _container(phrase: _Phrase) -> _Reading:
    if named := _CONTAINER.search(phrase.body):
        return Dosage(substance_of(phrase.body), Decimal(1), read_unit(named["named"]), UnitSemantics.PER_CONTAINER)
    if _EACH.search(phrase.body):
        gaps = _gaps(phrase.body, phrase.quantities)
        mixture = bool(gaps) and all(_JOINER.search(gap) for gap in gaps)
        name = _combined_substance(phrase, gaps) if mixture else substance_of(phrase.body)
        return Dosage(name, Decimal(1), Unit.EACH, UnitSemantics.PER_CONTAINER)
    return None


def _several_amounts(phrase: _Phrase) -> _Reading:
    if len(phrase.quantities) < 2:
        return None
    if volume := _volume_of_a_mixture(phrase):
        return volume
    if any(RATE.match(phrase.body, one.end()) for one in phrase.quantities):
        return NotParsed("an amount is a concentration or a rate")
    first, second = phrase.quantities[0], phrase.quantities[1]
    gaps = _gaps(phrase.body, phrase.quantities)
    if gaps == [", "] and first["lead"] == "per " and second["lead"] == "up to ":  # the most that is billed this way
        return _amount(phrase.body, first)
    if not _JOINER.search(gaps[-1]) or not all(_JOINER.search(gap) or "," in gap for gap in gaps):
        return NotParsed("several amounts, and no word that joins them")
    if not all(_number(one["number"]) for one in phrase.quantities):
        return NotParsed(_NOTHING)
    unit = " and ".join(f"{_number(one['number'])} {read_unit(one['unit'])}" for one in phrase.quantities)
    return Dosage(_combined_substance(phrase, gaps), None, unit, UnitSemantics.COMBINATION)


def _volume_of_a_mixture(phrase: _Phrase) -> Dosage | NotParsed | None:
    """The volume that ends a descriptor, where the amounts before it are the strengths of what is in it."""
    *strengths, last = phrase.quantities
    ends = last.end() == len(phrase.body) and phrase.body[: last.start()].endswith(", ") and not last["lead"]
    if not ends or read_unit(last["unit"]) is not Unit.ML or any(_is_volume(one) for one in strengths):
        return None
    mixture = RATE.sub("", phrase.body[: last.start()].rstrip(", "))
    parts = tuple(QUANTITY.finditer(mixture))
    gaps = _gaps(mixture, parts)
    if not gaps or not all(_JOINER.search(gap) for gap in gaps):
        return None
    name = _combined_substance(_Phrase(phrase.text, mixture, parts), gaps)
    return _stated(name, _number(last["number"]), Unit.ML, UnitSemantics.VOLUME)


def _gaps(body: str, quantities: Sequence[re.Match[str]]) -> list[str]:
    return [body[one.end() : two.start()] for one, two in pairwise(quantities)]


def _is_volume(quantity: re.Match[str]) -> bool:
    return read_unit(quantity["unit"]) is Unit.ML


def _one_amount(phrase: _Phrase) -> _Reading:
    return _amount(phrase.body, phrase.quantities[0]) if phrase.quantities else None


def _per_one(phrase: _Phrase) -> _Reading:
    one_unit = _PER_ONE.search(phrase.body)
    if not one_unit:
        return None
    unit = read_unit(one_unit["unit"])
    return Dosage(substance_of(phrase.body[: one_unit.start()]), Decimal(1), unit, _linear(unit))


def _noted(phrase: _Phrase) -> _Reading:
    if equals := _EQUALS_ONE_UNIT.search(phrase.text):
        return _stated(substance_of(phrase.body), _number(equals["number"]), Unit.ML, UnitSemantics.VOLUME)
    return NotParsed("the only amount stands in a note") if QUANTITY.search(phrase.text) else None


_READERS: tuple[Callable[[_Phrase], _Reading], ...] = (
    _unclassified, _flat, _range, _outside_the_vocabulary, _container, _several_amounts, _one_amount, _per_one, _noted,
)  # fmt: skip


def _amount(body: str, quantity: re.Match[str]) -> Dosage | NotParsed:
    if RATE.match(body, quantity.end()):
        return NotParsed("the amount is a concentration or a rate")
    amount, unit = _number(quantity["number"]), quantity["unit"]
    if unit.startswith("billion"):
        amount, unit = amount * 10**9, unit.removeprefix("billion ")
    read = read_unit(unit)
    semantics = _linear(read)
    if (quantity["lead"] or "").startswith("up to"):
        semantics = UnitSemantics.UP_TO
    elif _IMPLANT.search(body) and not quantity["lead"] and not _is_power_of_ten(amount):
        # Implants are billed by the piece when the descriptor gives the content of one (50 mg, 74.2 mg), and by the
        # amount when it gives a counting unit (0.1 mg, 1 mcg).
        semantics = UnitSemantics.PER_CONTAINER
    return _stated(substance_of(body[: quantity.start()]), amount, read, semantics)


def _stated(substance: str | None, amount: Decimal, unit: Unit, semantics: UnitSemantics) -> Dosage | NotParsed:
    return Dosage(substance, amount, unit, semantics) if amount else NotParsed(_NOTHING)


def _linear(unit: Unit) -> UnitSemantics:
    return UnitSemantics.VOLUME if unit is Unit.ML else UnitSemantics.LINEAR


def _is_power_of_ten(number: Decimal) -> bool:
    return number.normalize().as_tuple().digits == (1,)


def _number(text: str) -> Decimal:
    return plain(Decimal(text.replace(",", "")))


def _combined_substance(phrase: _Phrase, gaps: list[str]) -> str | None:
    first, last = phrase.quantities[0], phrase.quantities[-1]
    before = substance_of(phrase.body[: first.start()])
    inner = [substance_of(re.sub(r"^[\s,/]*(?:and|plus)?\b|(?:\band|\bplus|/)\s*$", "", gap)) for gap in gaps]
    if gaps[-1].rstrip().endswith("and") and any(inner):  # amount first: `1 mg daunorubicin and 2.27 mg cytarabine`
        names = [*inner, substance_of(phrase.body[last.end() :])]
        return " ".join(part for part in (before, " and ".join(name for name in names if name)) if part)
    return " and ".join(part for part in (before, *inner) if part) or None
