"""What must be on file for each drug line of claims, why, what is known to be there, what a denial would say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from cleanclaim.app.checker import Checker
from cleanclaim.app.reading import Reading
from cleanclaim.app.result import Fault
from cleanclaim.app.row_files import read_rows
from cleanclaim.app.supporting import SupportingFiles
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.language.check import parse_expression
from cleanclaim.edits.language.closures import closure
from cleanclaim.edits.language.tree import COMPLETE, columns_of
from cleanclaim.edits.outcomes import Outcome
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.run import run_edits
from cleanclaim.errors import InvalidValue, UnknownName
from cleanclaim.policies import Checklist, Policies, checklist, checklists_for, general_items, items_for_edit
from cleanclaim.policies.checklists import shipped_checklists
from cleanclaim.policies.on_file import OnFile

_MOST_LINES = 100_000  # a list of papers for more is nobody's to tick
_TOLD = ("line_number", "hcpcs_code", "service_date", "is_drug", "policy_names", COMPLETE)


class There(StrEnum):
    """Whether something is on file."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class NeededItem(msgspec.Struct, frozen=True):
    """One thing to tick."""

    key: str
    say: str
    on_file: There


class NeededDocument(msgspec.Struct, frozen=True):
    """One checklist for one line: why it is asked for, whether it is there, and what a denial would say without it."""

    id: str
    title: str
    why: tuple[str, ...]
    only_if: str | None  # where it is not known whether it is needed: the condition
    on_file: There
    shown_by_claim: bool  # whether the claim itself shows some of it
    items: tuple[NeededItem, ...]
    without: str
    denials: tuple[str, ...]  # CARC and RARC, likeliest first
    confidence: str
    source: str


class LineDocuments(msgspec.Struct, frozen=True):
    """A drug line and what must be on file for it."""

    line_number: int | None
    hcpcs_code: str
    service_date: str | None
    documents: tuple[NeededDocument, ...]


class ClaimDocuments(msgspec.Struct, frozen=True):
    """A claim with its drug lines."""

    claim_id: str | None
    file: str
    lines: tuple[LineDocuments, ...]


class DocsNeeded(msgspec.Struct, frozen=True):
    """What must be on file for some claims."""

    claims: tuple[ClaimDocuments, ...]
    faults: tuple[Fault, ...] = ()
    on: date | None = None  # the day that stood for today


def docs_needed(
    checker: Checker,
    paths: Iterable[Path],
    policies: Policies,
    supporting: SupportingFiles,
    *,
    claim_id: str | None = None,
    checked_on: date | None = None,
) -> DocsNeeded:
    """What must be on file for the drug lines of some claim files; with `claim_id` of that claim alone.

    Raises: UnreadableInput when nothing could be read; UnknownName for a claim that is not there; InvalidValue for more
    lines than anybody ticks.
    """
    records = _Records(read_rows(supporting.on_file, OnFile) if supporting.on_file else [])
    support = supporting.tables(payer_names=checker.site.payer_names)
    with checker.bench(support, checked_on) as bench:
        reading = Reading(bench, complete=False, payer_names=checker.site.payer_names)
        reading.read(paths)
        if bench.lines > _MOST_LINES:
            raise InvalidValue(f"expected at most {_MOST_LINES:,} lines to list documents for, not {bench.lines:,}")
        run = run_edits(bench, checker.edits, profile=checker.site.profile)
        fired: defaultdict[tuple[int, int | None], list[str]] = defaultdict(list)
        for one in run.findings:
            if one.outcome is Outcome.FIRES:
                fired[one.claim_key, one.line_number].append(one.id)
        view = bench.make_facts(Grain.LINE, dict.fromkeys((*_TOLD, *_facts())))
        rows = bench.engine.table(
            f"SELECT f.*, c.claim_id, c.claim_key, c.source_file FROM {view} AS f JOIN claim AS c USING (claim_row)"
            " ORDER BY f.line_row"
        ).to_pylist()
    lines: defaultdict[tuple[int, str | None, str], list[LineDocuments]] = defaultdict(list)
    for row in rows:
        if row["is_drug"] is not False and row["hcpcs_code"] and claim_id in {None, row["claim_id"]}:
            findings = fired[row["claim_key"], row["line_number"]]
            told = _line(row, findings, policies, records)
            lines[row["claim_key"], row["claim_id"], row["source_file"]].append(told)
    if claim_id is not None and not lines:
        raise UnknownName(f"--claim {claim_id}: no drug line of a claim with this number was read")
    claims = tuple(ClaimDocuments(number, file, tuple(of)) for (_, number, file), of in lines.items())
    return DocsNeeded(claims, (*reading.told(), *support.faults), checked_on)


@dataclass(slots=True)
class _Records:
    """What is on file, asked by claim and line."""

    records: Sequence[OnFile]

    def there(self, item: str, claim_id: str | None, line_number: int | None) -> There:
        """Whether an item is on file for a line."""
        of_line = [one for one in self.records if one.claim_id == claim_id and one.line_number in {None, line_number}]
        # What is said of the line goes before what is said of the claim.
        for records in ([one for one in of_line if one.line_number is not None], of_line):
            said = [one.items[item] for one in records if item in one.items]
            if said:
                return There.YES if all(said) else There.NO
        return There.NO if any(one.whole for one in of_line) else There.UNKNOWN


def _line(row: Mapping[str, Any], fired: Sequence[str], policies: Policies, records: _Records) -> LineDocuments:
    code, day = row["hcpcs_code"], row["service_date"]
    why: defaultdict[str, list[str]] = defaultdict(list)
    open_for: dict[str, str] = {}
    for one in general_items():
        _ask(one, row, one.when or "for every drug line", why, open_for)
    for one in checklists_for(code, day) if day else ():
        if one.codes:
            why[one.id].append(f"{code} is of this class")
        else:
            _ask(one, row, one.when, why, open_for)
    names = row["policy_names"] or ()
    for policy in policies.policies:
        for name in policy.documents if policy.id in names else ():
            why[name].append(f"policy {policy.id} of {policy.payer} asks for it")
    for edit in dict.fromkeys(fired):
        for name in items_for_edit(edit, code, day):
            why[name].append(f"answers the denial that {edit} foresees")
    for name in why:
        open_for.pop(name, None)  # needed for another reason, whether the condition holds or not
    documents = [
        _document(_known(name, code), tuple(dict.fromkeys(why[name])), open_for.get(name), row, records)
        for name in sorted({*why, *open_for})
    ]
    return LineDocuments(row["line_number"], code, day.isoformat() if day else None, tuple(documents))


def _ask(
    one: Checklist, row: Mapping[str, Any], reason: str, why: dict[str, list[str]], open_for: dict[str, str]
) -> None:
    """Whether a checklist is needed for a line: put under the reasons, under what stays open, or left out."""
    needed = _truth(one.needed_if, row) if one.needed_if else (None if one.when else True)
    if needed:
        why[one.id].append(reason)
    elif needed is None:
        open_for[one.id] = one.when


def _known(name: str, code: str) -> Checklist | str:
    try:
        return checklist(name).of(code)
    except UnknownName:
        return name  # a document of the payer's own


def _document(
    one: Checklist | str, why: tuple[str, ...], only_if: str | None, row: Mapping[str, Any], records: _Records
) -> NeededDocument:
    place = row["claim_id"], row["line_number"]
    if isinstance(one, str):
        there = records.there(one, *place)
        return NeededDocument(one, one, why, only_if, there, False, (), "", (), "K", "the payer's policy")  # noqa: FBT003
    whole = records.there(one.id, *place)
    items = []
    for item in one.items:
        said = records.there(item.key, *place)
        items.append(NeededItem(item.key, item.say, whole if whole is There.YES or said is There.UNKNOWN else said))
    states = {item.on_file for item in items}
    told = There.NO if There.NO in states else There.UNKNOWN if There.UNKNOWN in states else There.YES
    return NeededDocument(
        one.id, one.title, why, only_if, told, bool(one.shown_by and _truth(one.shown_by, row)),
        tuple(items), one.without, tuple(map(str, one.denials)), str(one.confidence), one.source,
    )  # fmt: skip


@cache
def _expression(text: str) -> Any:  # noqa: ANN401 - an expression of the edit language
    return parse_expression(text, dictionary().types(Grain.LINE), file="checklists.yaml")


def _truth(text: str, row: Mapping[str, Any]) -> bool | None:
    truth: bool | None = _closure(text)(row)
    return truth


@cache
def _closure(text: str) -> Any:  # noqa: ANN401 - a truth of a row
    return closure(_expression(text))


@cache
def _facts() -> tuple[str, ...]:
    """The facts that the conditions of checklists read."""
    every = (*general_items(), *shipped_checklists().classes)
    texts = [text for one in every for text in (one.needed_if, one.shown_by) if text]
    return tuple(dict.fromkeys(name for text in texts for name in columns_of(_expression(text))))
