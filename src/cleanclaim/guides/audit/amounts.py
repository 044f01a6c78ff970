"""Amounts in a sentence, and which of them are said to be one billing unit: `10 mg per unit`, `half a milligram`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from cleanclaim.guides.audit.phrases import phrases, text_of
from cleanclaim.values import Unit

_UNITS = {
    r"mg|milligrams?": Unit.MG, r"mcg|ug|µg|μg|micrograms?": Unit.MCG, r"gm|grams?|g": Unit.G,
    r"ng|nanograms?": Unit.NG, r"ml|cc|milliliters?|milliliters?": Unit.ML,
    r"mci|millicuries?": Unit.MCI, r"uci|µci|microcuries?": Unit.UCI,
    r"meq|milliequivalents?": Unit.MEQ, r"mmol|millimoles?": Unit.MMOL,
    r"iu|i\.u\.|international units?|usp units?": Unit.UNIT,
    r"(?:sq(?:uare)? ?(?:cm|centimet(?:er|re)s?)|cm2)": Unit.CM2,
}  # fmt: skip
_MEASURE = "|".join(f"(?:{words})" for words in _UNITS)
_PIECES = {
    "vial": Unit.VIAL, "dose": Unit.DOSE, "study dose": Unit.STUDY, "implant": Unit.IMPLANT, "syringe": Unit.SYRINGE,
}  # fmt: skip
_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "seventy-five": 75, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_WORDED = re.compile(
    rf"\b({'|'.join(sorted(_ONES, key=len, reverse=True))})(?:[ -]({'|'.join(_SCALES)}))?(?:[ -](thousand|million))?\b",
    re.IGNORECASE,
)
_FRACTIONS = [
    (re.compile(rf"\b{words}(?=(?:{_MEASURE})\b)", re.IGNORECASE), number)
    for words, number in (
        (r"(?:a |one |1 )?half (?:an? |of an? )?", "0.5 "),
        (r"(?:an? |one |1 )?tenths?(?:-| of an? | )", "0.1 "),
        (r"(?:a |one |1 )?quarter (?:of an? )?", "0.25 "),
    )
]
_NUMBER = r"(?P<number>(?<![\w.])[0-9][0-9,]*(?:\.[0-9]+)?|(?<![\w.])\.[0-9]+)(?P<million> million)?"
_AMOUNT = re.compile(rf"{_NUMBER}[ -]?(?P<unit>{_MEASURE})\b(?! ?/ ?(?:ml|kg|m2|m²))", re.IGNORECASE)
# A measure without a number is one of it: `per milligram`, `counts microcuries`.
_BARE = re.compile(rf"{text_of('one_of')}(?P<unit>{_MEASURE})\b", re.IGNORECASE)
# Units of activity: `100 units` is an amount only beside the words of a billing unit, else it is what is billed.
_UNITS_OF = r"(?:usp |international |biologic(?:al)? )?units?\b"
_ACTIVITY = re.compile(
    rf"{text_of('of_activity')}\(?{_NUMBER}[ -]{_UNITS_OF}(?! (?:of [A-Z][0-9]{{4}}|per day))", re.IGNORECASE
)
_EACH = re.compile(rf"{_NUMBER}[ -]units? each\b", re.IGNORECASE)
_PER_ACTIVITY = re.compile(r"\bper (?:international |usp )?unit(?= of [a-z]| *\(|[.,;]|$)", re.IGNORECASE)
_PER_PIECE = re.compile(r"\bper (?P<piece>study dose|dose|vial|syringe|implant)\b(?! of [0-9])", re.IGNORECASE)
_BILLING_BEFORE, _BILLING_AFTER = phrases("billing_before"), phrases("billing_after")
_DOSE_BEFORE, _DOSE_AFTER = phrases("dose_before"), phrases("dose_after")
_PRODUCT_AFTER = phrases("product_after")  # `the 2 mg reference product`: what a container holds
_ONE_UNIT_AFTER = re.compile(r"^[^.;]{0,30}?(?:is|are|=|equals?) (?:one|1) unit\b", re.IGNORECASE)
_SURE = ("per ", "up to ", "unit of ", "defined ")
_PLAIN = (", ", ": ", "is ", "(")


class Amount(NamedTuple):
    """An amount at a place; `is_billing`: said to be one billing unit, `is_dose`: said to be what was given."""

    start: int
    end: int
    number: Fraction
    unit: Unit
    is_billing: bool
    is_dose: bool
    is_bare: bool = False
    is_said: bool = True  # of units of activity: `per 100 units`, beside which bare `4 units` are what is billed


def with_digits(text: str) -> str:
    """The text with numbers in words as digits, where a measure or `unit` may follow."""

    def digits(found: re.Match[str]) -> str:
        number = _ONES[found[1].lower()]
        for scale in found.groups()[1:]:
            number *= _SCALES[scale.lower()] if scale else 1
        return str(number)

    text = _WORDED.sub(digits, text)
    for pattern, number in _FRACTIONS:
        text = pattern.sub(number, text)
    return text


def amounts(text: str) -> list[Amount]:
    """The amounts of a text that has its numbers in digits (`with_digits`), in their order."""
    found = [_measured(text, one) for one in _AMOUNT.finditer(text)]
    taken = [(one.start, one.end) for one in found]
    for one in _BARE.finditer(text):
        if not any(start <= one.start("unit") < end for start, end in taken):
            found.append(_one_of(one, _unit(one["unit"])))
    found += [_of_activity(text, one) for one in _ACTIVITY.finditer(text)]
    found += [
        Amount(one.start(), one.end(), _number(one), Unit.UNIT, is_billing=True, is_dose=False)
        for one in _EACH.finditer(text)
    ]
    found += [_one_of(one, Unit.UNIT) for one in _PER_ACTIVITY.finditer(text)]
    found += [_one_of(one, _PIECES[one["piece"].lower()]) for one in _PER_PIECE.finditer(text)]
    return sorted(found)


def _measured(text: str, found: re.Match[str]) -> Amount:
    start, end = found.span()
    before, after = text[max(0, start - 60) : start], text[end : end + 80]
    billing = bool(_BILLING_BEFORE.search(before) or _BILLING_AFTER.match(after))
    dose = bool(_DOSE_AFTER.match(after) or _DOSE_BEFORE.search(before))
    dose = (dose and not (billing and not _ONE_UNIT_AFTER.match(after))) or bool(_PRODUCT_AFTER.match(after))
    return Amount(start, end, _number(found), _unit(found["unit"]), is_billing=billing and not dose, is_dose=dose)


def _of_activity(text: str, found: re.Match[str]) -> Amount:
    led = found.group().lower()
    before = _BILLING_BEFORE.search(text[: found.start()] + " is ")
    billing = not led.startswith(_PLAIN) or bool(before) or bool(_BILLING_AFTER.match(text[found.end() :]))
    return Amount(
        found.start(), found.end(), _number(found), Unit.UNIT, is_billing=billing, is_dose=False,
        is_said=led.startswith(_SURE),
    )  # fmt: skip


def _one_of(found: re.Match[str], unit: Unit) -> Amount:
    return Amount(found.start(), found.end(), Fraction(1), unit, is_billing=True, is_dose=False, is_bare=True)


def _number(found: re.Match[str]) -> Fraction:
    return Fraction(found["number"].replace(",", "").rstrip(".")) * (1_000_000 if found["million"] else 1)


def _unit(text: str) -> Unit:
    return next(unit for words, unit in _UNITS.items() if re.fullmatch(words, text, re.IGNORECASE))
