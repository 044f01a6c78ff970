"""What a clause says one billing unit is, held against the descriptor."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleanclaim.guides.audit.amounts import Amount, amounts
from cleanclaim.guides.audit.clauses import Clause, is_called_wrong, is_denied
from cleanclaim.guides.audit.statement import Judged, Kind
from cleanclaim.reference.answers import CodeAnswer
from cleanclaim.values import Dimension, Quantity, Unit, convert


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
    said = _said(clause, [one for one in found if one.unit is not Unit.UNIT or one.is_said or stated.unit is Unit.UNIT])
    differing = _differing(said, stated) if said else None
    if said is None or (differing is None and not said.unit.converts_to(stated.unit)):
        return
    if differing:
        yield Judged.of(differing, official, right=False)
    else:
        yield Judged.of(Kind.AMOUNT, official, right=True)
        yield Judged.of(Kind.UNIT, official, right=True)


def _said(clause: Clause, found: list[Amount]) -> Amount | None:
    """The amount that is said to be one billing unit; else the first that is not said to be a dose."""
    billing = [one for one in found if one.is_billing]
    if not billing and clause.at >= 0:
        billing = [one for one in found if not one.is_dose and one.unit is not Unit.UNIT][:1]
    text = clause.text
    return next(
        (one for one in billing if not (is_denied(text, one.start) or is_called_wrong(text, one.start))), None
    )  # fmt: skip


def _differing(said: Amount, official: Quantity) -> Kind | None:
    """What differs from the official unit: its number or its measure; None where nothing does, or nothing decides."""
    if not said.unit.converts_to(official.unit):
        return Kind.UNIT if said.is_billing else None
    if convert(Quantity(said.number, said.unit), official.unit).amount == official.amount:
        return None
    if said.unit is not official.unit and (said.number == official.amount or said.is_bare):
        return Kind.UNIT
    return Kind.AMOUNT
