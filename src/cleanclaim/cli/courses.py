"""The visits of a regimen on paper."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TextIO

from cleanclaim.billing import Course, Totals, Visit
from cleanclaim.billing.authorizations import AuthorizationUse
from cleanclaim.cli.options import ShortFormat
from cleanclaim.reference.codes.code_day import State

_HEADS = ("day", "dose", "code", "given", "discarded", "vials", "Medicare limit", "authorization")


def write_course(course: Course, output_format: ShortFormat, out: TextIO) -> None:
    """The visits and what they come to: a table, or one JSON object."""
    if output_format is ShortFormat.TABLE:
        out.writelines(f"{line}\n" for line in _text(course))
        return
    # Decimals and dates become strings: an amount must not pass through a float.
    indent = 2 if output_format is ShortFormat.JSON else None
    out.write(json.dumps(asdict(course), default=str, ensure_ascii=False, indent=indent) + "\n")


def _text(course: Course) -> Iterable[str]:
    if course.id is not None:
        yield course.id
    rows = [_HEADS, *(_row(visit, asked=bool(course.totals.authorizations)) for visit in course.visits)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield from _told("not billed", course.visits, [_refusals(visit) for visit in course.visits])
    yield from _told("not covered", course.visits, [_list(visit.why_not_covered) for visit in course.visits])
    limits = [() if visit.refusal else _list(visit.why_no_limit) for visit in course.visits]
    yield from _told("no limit", course.visits, limits)
    yield from _told("note", course.visits, [visit.warnings for visit in course.visits])
    yield from _totals(course.totals)
    if course.releases:
        yield f"  by {'; '.join(course.releases)}"


def _row(visit: Visit, *, asked: bool) -> tuple[str, ...]:
    dose = f"{_plain(visit.dose.amount)} {visit.dose.unit}" if visit.dose else "?"
    vials = " + ".join(f"{one.count} x {_plain(one.amount)} {one.unit}" for one in visit.vials)
    if visit.refusal:
        return (str(visit.day), dose, "not billed", "", "", vials, "", "")
    cover = visit.authorization or ("not covered" if asked else "")
    return (
        str(visit.day), dose, visit.hcpcs_code or "", _units(visit.administered_units), _units(visit.discarded_units),
        vials, _money(visit), cover,
    )  # fmt: skip


def _told(title: str, visits: Sequence[Visit], texts: Sequence[Sequence[str]]) -> Iterable[str]:
    """Each text once, with the visits that it is about; texts that differ in the day of the visit alone are one."""
    found: dict[str, list[tuple[date, str]]] = {}
    for visit, of_visit in zip(visits, texts, strict=True):
        for text in of_visit:
            found.setdefault(text.replace(str(visit.day), "that day"), []).append((visit.day, text))
    for shared, about in found.items():
        first, last = about[0][0], about[-1][0]
        if len(about) == 1:
            yield f"  {title}, {first}: {about[0][1]}"
        elif len(about) == len(visits):
            yield f"  {title}, all visits: {shared}"
        else:
            yield f"  {title}, {len(about)} visits from {first} to {last}: {shared}"


def _refusals(visit: Visit) -> tuple[str, ...]:
    return (f"{visit.refusal.explanation} [{visit.refusal.reason}]",) if visit.refusal else ()


def _list(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()


def _totals(totals: Totals) -> Iterable[str]:
    refused = totals.visits - totals.billed
    yield f"  {_number(totals.visits, 'visit')}" + (f", {refused:,} not billed" if refused else "")
    for code in totals.codes:
        waste = f", {code.discarded_units:,} of them discarded" if code.discarded_units else ""
        unknown = (
            f" (what was discarded is not told on {_number(code.visits_waste_not_told, 'visit')})"
            if code.visits_waste_not_told
            else ""
        )
        money = _sum(code.limit_amount, code.visits_without_limit)
        visits = _number(code.visits, "visit")
        yield f"    {code.hcpcs_code}: {visits}, {_number(code.billed_units, 'unit')}{waste}{unknown}, {money}"
    for vial in totals.vials:
        ndc = f", NDC {vial.ndc}" if vial.ndc else ""
        yield f"    vials: {vial.count:,} x {_plain(vial.amount)} {vial.unit}{ndc}"
    if len(totals.codes) > 1:
        yield f"    together {_sum(totals.limit_amount, totals.visits_without_limit)}"
    for use in totals.authorizations:
        yield f"    authorization {use.number}: {'; '.join(_use(use))}"
    if totals.first_not_covered:
        yield f"    {_number(totals.not_covered, 'visit')} not covered, the first on {totals.first_not_covered}"


def _use(use: AuthorizationUse) -> Iterable[str]:
    left = "" if use.units_left is None else f", {use.units_left:,} left"
    yield f"{_number(use.units_used, 'unit')} used{left}"
    if use.visits_left is not None:
        yield f"{_number(use.visits_used, 'visit')} used, {use.visits_left:,} left"
    if use.first_not_covered:
        yield f"first visit not covered {use.first_not_covered}"


def _sum(amount: Decimal | None, without: int) -> str:
    if amount is None:
        return "Medicare limit not known"
    return f"Medicare limit ${amount:,.2f}" + (f" ({_number(without, 'visit')} without a limit)" if without else "")


def _units(units: int | None) -> str:
    return "?" if units is None else f"{units:,}"


def _money(visit: Visit) -> str:
    if visit.limit_amount is None:
        return "unknown" if visit.limit_state is State.UNKNOWN else "none"
    return f"${visit.limit_amount:,.2f}"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _number(number: int, name: str) -> str:
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"
