"""What a clause says one billing unit is, held against the descriptor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil

from cleanclaim.guides.audit.amounts import Amount, amounts
from cleanclaim.guides.audit.clauses import Clause, is_called_wrong, is_denied
from cleanclaim.guides.audit.statement import Judged, Kind
from cleanclaim.reference.codes.answers import CodeAnswer
from cleanclaim.values import Dimension, Quantity, Unit, convert

# What was given, and what is billed of it: `is 200 units`, `the claim reads J9179 with 25 units`.
_COUNT = re.compile(
    r"(?:\b(?:is|are|equals?|makes?|means|becomes?|gives?|reads?|as|with|by)|=)(?: (?:exactly|just|only|about))?"
    r" (?:[A-V][0-9]{4} (?:with|x) )?(?P<count>[0-9][0-9,]*) (?:billing )?units?\b(?! (?:per|is|are)\b)",
    re.IGNORECASE,
)


def billing_unit(clause: Clause, answer: CodeAnswer) -> Iterator[Judged]:
    """The number and the measure of one unit: both where they are right, else what differs."""
    if answer.amount is None or not answer.unit:
        return
    official, stated = f"{clause.code}: {answer.descriptor}", Quantity.of(answer.amount, answer.unit)
    found = amounts(clause.text)
    if stated.unit.dimension is Dimension.COUNT:
        words = re.compile(rf"\b{re.escape(answer.unit)}s?\b", re.IGNORECASE)
        if any(one.unit.dimension is Dimension.COUNT for one in found) or words.search(clause.text):
            yield Judged.of(Kind.UNIT, official, right=True)
            return
    usable = [one for one in found if one.unit is not Unit.UNIT or one.is_said or stated.unit is Unit.UNIT]
    counted = _counted(clause, usable, stated)
    if counted is not None:
        yield Judged.of(Kind.AMOUNT, official, right=counted)
        return
    said = _said(clause, usable)
    differing = _differing(said, stated) if said else None
    if said is None or (differing is None and not said.unit.converts_to(stated.unit)):
        return
    if differing:
        yield Judged.of(differing, official, right=False)
    else:
        yield Judged.of(Kind.AMOUNT, official, right=True)
        yield Judged.of(Kind.UNIT, official, right=True)


def _counted(clause: Clause, found: list[Amount], official: Quantity) -> bool | None:
    """Whether a dose and its units (`a 200 mg dose is 200 units`) agree with the official unit; None without both."""
    doses = [one for one in found if not one.is_billing and one.unit.converts_to(official.unit)]
    if len(doses) != 1 or any(one.is_billing for one in found) or official.unit is Unit.UNIT:
        return None
    dose = doses[0]
    count = _COUNT.search(clause.text, dose.end)
    if count is None or is_denied(clause.text, count.start()) or is_called_wrong(clause.text, dose.start):
        return None
    amount = convert(Quantity(dose.number, dose.unit), official.unit).amount
    return ceil(amount / official.amount) == int(count["count"].replace(",", ""))


def _said(clause: Clause, found: list[Amount]) -> Amount | None:
    """The amount that is said to be one billing unit; else the first that is not said to be a dose."""
    billing = [one for one in found if one.is_billing]
    text = clause.text
    if not billing and clause.at >= 0:
        plain = [one for one in found if not one.is_dose and one.unit is not Unit.UNIT and _is_plain(text, one)]
        billing = plain if len({(one.number, one.unit) for one in plain}) == 1 else []
    return next(
        (one for one in billing if not (is_denied(text, one.start) or is_called_wrong(text, one.start))), None
    )  # fmt: skip


def _is_plain(text: str, one: Amount) -> bool:
    """Whether nothing says that an amount is no billing unit: `from 5 mg to 10 mg`, `2 microgram codes`."""
    return not (re.search(r"\bfrom $", text[: one.start], re.IGNORECASE) or re.match(r" codes\b", text[one.end :]))


def _differing(said: Amount, official: Quantity) -> Kind | None:
    """What differs from the official unit: its number or its measure; None where nothing does, or nothing decides."""
    if not said.unit.converts_to(official.unit):
        return Kind.UNIT if said.is_billing else None
    if convert(Quantity(said.number, said.unit), official.unit).amount == official.amount:
        return None
    if said.unit is not official.unit and (said.number == official.amount or said.is_bare):
        return Kind.UNIT
    return Kind.AMOUNT
