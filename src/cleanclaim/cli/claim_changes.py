"""What a new quarter changes for claims, on paper: tables for people; JSON and CSV for scripts."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import StringIO, TextIOWrapper
from typing import TextIO

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cleanclaim.app.change_result import AskedDay, ClaimChanges, CodeChanges, LineCounts, Unknown
from cleanclaim.cli import CANNOT_RUN
from cleanclaim.cli.differences import MOST_SHOWN, PLAIN_WIDTH
from cleanclaim.cli.options import RowsFormat
from cleanclaim.cli.report import counted, no_formula, tell_faults
from cleanclaim.reference.codes.code_changes import Change, ChangeKind, limit_text, unit_text
from cleanclaim.reference.codes.code_day import Successor

_NOT_BILLABLE = {ChangeKind.ENDED, ChangeKind.NOT_YET_IN_FORCE, ChangeKind.NOT_IN_FORCE}
_PRICES = {ChangeKind.LIMIT_UP, ChangeKind.LIMIT_DOWN}
_WORDS = {
    ChangeKind.ENDED: "ended", ChangeKind.NOT_YET_IN_FORCE: "not yet in force", ChangeKind.STARTED: "newly in force",
    ChangeKind.NOT_IN_FORCE: "not in force", ChangeKind.UNIT: "billing unit", ChangeKind.DESCRIPTOR: "descriptor",
    ChangeKind.LIMIT_UP: "limit up", ChangeKind.LIMIT_DOWN: "limit down",
    ChangeKind.LIMIT_APPEARED: "limit appeared", ChangeKind.LIMIT_DISAPPEARED: "limit disappeared",
    ChangeKind.LIMIT_OF_ANOTHER_UNIT: "limit of another unit", ChangeKind.MUE: "MUE",
    ChangeKind.OPPS_STATUS: "OPPS status", ChangeKind.NDC_LEFT: "NDC left", ChangeKind.NDC_JOINED: "NDC joined",
}  # fmt: skip
_CSV_COLUMNS = (
    "code", "lines", "units", "waste_units", "charged", "change", "about", "old", "new", "difference", "percent",
    "money_old", "money_new", "money_difference", "successor", "successor_units", "note", "unknown",
    "old_releases", "new_releases",
)  # fmt: skip


def exit_code(result: ClaimChanges) -> int:
    """0 all claims could be read; 1 some could not; 2 none could."""
    if not result.claims_unread:
        return 0
    return 1 if result.claims else CANNOT_RUN


def write_changes(result: ClaimChanges, output_format: RowsFormat, out: TextIO) -> None:
    """The changes in one of the formats. What was at fault in reading goes to standard error, in JSON beside it too."""
    if isinstance(out, TextIOWrapper):
        if output_format is RowsFormat.TABLE:
            out.reconfigure(errors="replace")
        else:
            out.reconfigure(encoding="utf-8")
    if output_format is RowsFormat.JSON:
        out.write(msgspec.json.format(msgspec.json.encode(result), indent=2).decode() + "\n")
    elif output_format is RowsFormat.CSV:
        _write_csv(result, out)
    else:
        _write_table(result, out)
    out.flush()
    if output_format is not RowsFormat.JSON:
        tell_faults(result.faults, result.fault_count)
    if result.fault_count:
        print(f"cleanclaim: {counted(result.fault_count, 'fault')} in reading", file=sys.stderr)


def _write_csv(result: ClaimChanges, out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CSV_COLUMNS)
    for code in result.codes:
        for row in _csv_rows(code, unknown=code.code in result.not_in_reference):
            writer.writerow([no_formula(cell) if not _is_number(cell) else cell for cell in row])
    # A table of codes has no place for what is no code.
    for line in (*_line_words(result), *_unknown_words(result)):
        print(f"cleanclaim: {line}", file=sys.stderr)


def _csv_rows(code: CodeChanges, *, unknown: bool) -> Iterator[tuple[str, ...]]:
    head = (code.code, str(code.lines), _number(code.units), _number(code.waste_units), f"{code.charged:.2f}")
    money = code.money
    amounts = (
        (f"{money.old:.2f}", f"{money.new:.2f}", f"{money.difference:.2f}", money.successor or "",
         _number(money.successor_units))
        if money else ("", "", "", "", "")
    )  # fmt: skip
    gaps = "; ".join(f"{gap.what} ({gap.side})" for gap in code.unknown)
    releases = "; ".join(code.old.releases), "; ".join(code.new.releases)

    def row(change: str, about: str, *cells: str, note: str = "") -> tuple[str, ...]:
        return (*head, change, about, *cells, *amounts, note, gaps, *releases)

    for change in code.changes:
        note = code.money_missing or "" if change.kind in _NOT_BILLABLE | _PRICES else _above_words(code, change)
        yield row(
            _WORDS[change.kind], change.about or "", change.old or "", change.new or "", _number(change.difference),
            _number(change.percent), note=note,
        )  # fmt: skip
    for ndc in code.ndcs:
        note = counted(ndc.lines, "line")
        yield row(_WORDS[ndc.kind], ndc.ndc11, _codes(ndc.old), _codes(ndc.new), "", "", note=note)
    if not code.changes and not code.ndcs:
        told = "not in reference" if unknown else "unchanged as far as known" if code.unknown else "unchanged"
        yield row(told, "", "", "", "", "", note=code.money_missing or "")


def _is_number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).isdigit()


def _write_table(result: ClaimChanges, out: TextIO) -> None:
    if out.isatty():
        _print(Console(file=out, highlight=False), result)
        return
    page = StringIO()
    _print(Console(file=page, highlight=False, width=PLAIN_WIDTH), result)
    out.writelines(line.rstrip() + "\n" for line in page.getvalue().splitlines())


def _print(console: Console, result: ClaimChanges) -> None:
    console.print(Text(f"{_asked(result.old)} -> {_asked(result.new)}", style="bold"))
    console.print(Text(f"What changes {result.question}."))
    if result.backwards:
        console.print(Text("The new day lies before the old one: read it backwards.", style="yellow"))
    for line in _line_words(result):
        console.print(Text(line))
    for title, columns, rows in _sections(result.codes):
        _table(console, title, columns, rows)
    if result.not_in_reference:
        _listed(console, "Not in reference, on neither day", result.not_in_reference)
    for line in _unknown_words(result):
        console.print(Text(line, style="yellow"))
    for line in _money_words(result):
        console.print(Text(line))
    for side, day in (("old", result.old), ("new", result.new)):
        console.print(Text(f"By ({side}): {'; '.join(day.releases) or 'no release'}.", style="dim"))
    console.print(Text(f"On {result.reference}.", style="dim"))


def _sections(codes: Sequence[CodeChanges]) -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    by_effect = sorted(codes, key=lambda code: -abs(code.money.difference) if code.money else Decimal())
    yield "Not billable on the new day", ("code", "lines", "units", "charged", "why", "instead", "effect"), [
        (code.code, f"{code.lines:,}", _units(code.units), _dollars(code.charged), change.new or "",
         "; ".join(_successor(one, code.units) for one in code.successors) or "no successor known", _effect(code))
        for code, change in _of_kinds(by_effect, _NOT_BILLABLE)
    ]  # fmt: skip
    yield "Newly in force", ("code", "lines", "units", "charged", "on the old day", "limit"), [
        (code.code, f"{code.lines:,}", _units(code.units), _dollars(code.charged), change.old or "",
         limit_text(code.new.limit))
        for code, change in _of_kinds(codes, {ChangeKind.STARTED})
    ]  # fmt: skip
    yield "Payment limit of a unit", ("code", "lines", "units", "old", "new", "difference", "%", "effect"), [
        (code.code, f"{code.lines:,}", _units(code.units), change.old or "", change.new or "",
         _number(change.difference), _number(change.percent), _effect(code))
        for code, change in _of_kinds(by_effect, _PRICES)
    ]  # fmt: skip
    yield "MUE", ("code", "setting", "lines", "old", "new", ""), [
        (code.code, change.about or "", f"{code.lines:,}", change.old or "", change.new or "",
         _above_words(code, change))
        for code, change in _of_kinds(codes, {ChangeKind.MUE})
    ]  # fmt: skip
    told = _NOT_BILLABLE | _PRICES | {ChangeKind.STARTED, ChangeKind.MUE}
    yield "What else changed", ("code", "lines", "what", "old", "new"), [
        (code.code, f"{code.lines:,}", _WORDS[change.kind], change.old or "", change.new or "")
        for code, change in _of_kinds(codes, set(ChangeKind) - told)
    ]  # fmt: skip
    yield "MUE of the new day exceeded, that of the old day unknown", ("code", "setting", "lines"), [
        (code.code, above.service_type, f"{above.lines:,}")
        for code in codes
        for above in code.above_mue
        if above.old_unknown
    ]  # fmt: skip
    yield "NDC in the crosswalk", ("code", "NDC", "lines", "", "old", "new"), [
        (code.code, ndc.ndc11, f"{ndc.lines:,}", _WORDS[ndc.kind].removeprefix("NDC "), _codes(ndc.old),
         _codes(ndc.new))
        for code in codes
        for ndc in code.ndcs
    ]  # fmt: skip


def _of_kinds(codes: Iterable[CodeChanges], kinds: set[ChangeKind]) -> Iterator[tuple[CodeChanges, Change]]:
    return ((code, change) for code in codes for change in code.changes if change.kind in kinds)


def _table(console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    console.print()
    console.print(Text(f"{title}: {counted(len(rows), 'row')}", style="bold"))
    table = Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        whole = name in {"lines", "units", "charged", "difference", "%"}
        numeric = whole or name in {"effect", "limit"}  # an effect may be the words why there is none
        table.add_column(name, justify="right" if numeric else "left", no_wrap=whole or name == "code")
    for row in rows[:MOST_SHOWN]:
        table.add_row(*(Text(cell) for cell in row))
    console.print(Padding(table, (0, 0, 0, 2)))
    if len(rows) > MOST_SHOWN:
        console.print(Text(f"  ... {len(rows) - MOST_SHOWN} more; --format csv has all"))


def _listed(console: Console, title: str, codes: Sequence[str]) -> None:
    more = f" ... {len(codes) - MOST_SHOWN} more" if len(codes) > MOST_SHOWN else ""
    console.print()
    console.print(Text(f"{title}: {', '.join(codes[:MOST_SHOWN])}{more}"))


def _line_words(result: ClaimChanges) -> Iterator[str]:
    lines = result.lines
    read = f"{counted(lines.read, 'line')} of {counted(result.claims, 'claim')} read"
    changed = sum(_is_changed(code) for code in result.codes)
    in_part = sum(bool(code.unknown) for code in result.codes)
    known = f", {in_part:,} could be compared in part only" if in_part else ""
    of_codes = f"{changed:,} of {counted(len(result.codes), 'code')} of level II changed{known}"
    yield f"{read}, {lines.taken:,} taken; {of_codes}."
    left = [
        *(f"{count:,} of {quarter}" for quarter, count in lines.not_taken_of_quarter.items()),
        *_said(
            lines, ("not_taken_undated", "without a service date"), ("not_taken_void", "of claims that void another")
        ),
    ]
    if left:
        yield f"Lines not taken: {', '.join(left)}. A named old quarter or day takes lines of every day."
    if not left and (len(lines.taken_of_quarter) > 1 or lines.taken_undated):
        dates = [f"{count:,} of {quarter}" for quarter, count in lines.taken_of_quarter.items()]
        yield f"Lines taken: {', '.join([*dates, *_said(lines, ('taken_undated', 'without a service date'))])}."
    outside = _said(
        lines, ("cpt", "with CPT codes"), ("cdt", "with CDT codes"), ("other_code_set", "of another code set"),
        ("no_code", "without a readable code"),
    )  # fmt: skip
    if outside:
        yield f"Outside, only counted: {', '.join(outside)}."
    doubts = _said(
        lines, ("without_units", "without units"), ("without_charge", "without a charge"),
        ("ndc_unreadable", "with an NDC that cannot be read"), ("setting_unknown", "whose MUE setting is not told"),
        ("taken_of_replacements", "of claims that replace another, which may be here too"),
    )  # fmt: skip
    if doubts:
        yield f"Of the lines taken: {', '.join(doubts)}."


def _is_changed(code: CodeChanges) -> bool:
    return bool(code.ndcs) or any(change.kind is not ChangeKind.NOT_IN_FORCE for change in code.changes)


def _said(lines: LineCounts, *names: tuple[str, str]) -> list[str]:
    return [f"{count:,} {words}" for name, words in names if (count := getattr(lines, name))]


def _unknown_words(result: ClaimChanges) -> Iterator[str]:
    for one in result.unknown:
        yield f"Unknown on {one.day}, no release tells it: {one.what}: {_extent(one)}."


def _extent(one: Unknown) -> str:
    shown = ", ".join(one.codes[:8]) + (" ..." if len(one.codes) > 8 else "")
    return f"{counted(len(one.codes), 'code')} on {counted(one.lines, 'line')} ({shown})"


def _money_words(result: ClaimChanges) -> Iterator[str]:
    money = result.money
    yield ""
    yield (
        f"Units times payment limit, {counted(money.lines, 'line')}: {_dollars(money.old)} -> {_dollars(money.new)}; "
        f"up {_dollars(money.up)}, down {_dollars(money.down)}, net {_dollars(money.net)}."
    )
    if any(code.money and code.money.successor for code in result.codes):
        yield f"Of the net, {_dollars(money.net_by_successors)} by codes that follow ended ones."
    if result.lines.without_money:
        yield f"{counted(result.lines.without_money, 'line')} of level II in no sum; --format json says why, by code."
    yield "Medicare's limit, whoever the payer is: no coinsurance, no sequestration, no contract."
    listed = len(result.affected) + result.affected_not_listed
    if listed:
        what = "with a code that cannot be billed on the new day, or above its MUE and not the old one"
        yield f"{counted(listed, 'line')} {what}; --format json lists them."


def _asked(day: AskedDay) -> str:
    return day.asked if day.asked == str(day.day) else f"{day.asked} (asked on {day.day})"


def _successor(one: Successor, units: Decimal) -> str:
    limit = f"limit {limit_text(one.limit)}"
    state = "" if one.status == "active" else f", {one.status.replace('_', ' ')}"
    if one.unit_factor is None:
        return f"{one.code} of {unit_text(one.unit)}, units not by one number{state}, {limit}"
    return f"{_units(units * one.unit_factor)} of {one.code} (1 = {_number(one.unit_factor)}{state}), {limit}"


def _above_words(code: CodeChanges, change: Change) -> str:
    if change.kind is not ChangeKind.MUE:
        return ""
    found = [one.lines for one in code.above_mue if one.service_type == change.about and not one.old_unknown]
    return f"{counted(sum(found), 'line')} above it now" if found else "no line above it that was not"


def _effect(code: CodeChanges) -> str:
    return _dollars(code.money.difference) if code.money else f"none: {code.money_missing}"


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(codes) or "not listed"


def _dollars(amount: Decimal) -> str:
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


def _units(units: Decimal) -> str:
    return f"{units:,f}"


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"
