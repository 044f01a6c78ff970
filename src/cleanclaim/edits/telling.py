"""Marks -> findings: the facts of the marked rows are read once more, now as values, and put where people find them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from cleanclaim.edits.dictionary import ROW_ID
from cleanclaim.edits.examples import facts_read
from cleanclaim.edits.findings import (
    Finding,
    LinePlace,
    as_money,
    evidence_of,
    facts_to_show,
    message_of,
    predictions_of,
    worst,
)  # fmt: skip
from cleanclaim.edits.marks import EditCount, Mark
from cleanclaim.edits.outcomes import Edit, Outcome
from cleanclaim.edits.pages import Grain, Severity
from cleanclaim.edits.plan.facts import Workbench

_AT_RISK = {Severity.REJECT, Severity.DENY}
_CHARGES_AT_RISK = """
  SELECT CAST(coalesce(sum(charge_amount), 0) AS DECIMAL(28, 2)) AS total
  FROM line JOIN at_risk USING (line_row)
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A finding, where it stands in the run, and the lines that it is about."""

    place: tuple[int, int]
    lines: tuple[int, ...]
    finding: Finding


def tell(bench: Workbench, grain: Grain, view: str, marks: Sequence[Mark]) -> list[Told]:
    """The findings of marked rows."""
    if not marks:
        return []
    row_id = ROW_ID[grain]
    wanted = pa.table({"row_id": pa.array(sorted({mark.row_id for mark in marks}), pa.int64())})
    bench.engine.register("marked", wanted)
    rows = {
        row[row_id]: row
        for row in bench.engine.table(
            f"SELECT v.* FROM {view} AS v JOIN marked ON v.{row_id} = marked.row_id"
        ).to_pylist()
    }
    claims = _by(
        bench,
        "claim",
        "claim_row",
        "claim_id, claim_key, source_file, segment_number",
        f"SELECT claim_row FROM {view} JOIN marked ON {row_id} = row_id",
    )
    lines = _by(
        bench,
        "line",
        "line_row",
        "claim_row, line_number, segment_number",
        f"SELECT unnest(line_rows) FROM {view} JOIN marked ON {row_id} = row_id",
    )
    bench.engine.unregister("marked")
    return [_told(bench, mark, rows[mark.row_id], claims, lines) for mark in marks]


def _by(bench: Workbench, table: str, key: str, columns: str, wanted: str) -> dict[int, dict[str, Any]]:
    found = bench.engine.table(f"SELECT {key}, {columns} FROM {table} WHERE {key} IN ({wanted})")
    return {row[key]: row for row in found.to_pylist()}


def _told(
    bench: Workbench,
    mark: Mark,
    facts: Mapping[str, Any],
    claims: Mapping[int, dict[str, Any]],
    lines: Mapping[int, dict[str, Any]],
) -> Told:
    edit = mark.edit
    claim = claims[facts["claim_row"]]
    about = tuple(sorted(facts["line_rows"]))
    on_line = edit.grain is not Grain.CLAIM and bool(about)
    first = lines[about[0]] if on_line else None
    by_row = claim["source_file"] in bench.files_by_row
    charge = facts.get("charge_amount") if edit.grain is Grain.LINE else facts.get("total_charge")
    shared = {
        "edit": edit.name, "id": edit.id,
        "claim_id": claim["claim_id"], "line_number": first["line_number"] if first else None,
        "related_lines": _related(bench, about[1:] if edit.grain is Grain.DRUG_DAY else (), claims, lines),
        "authority": edit.page.front.authority, "missing": mark.missing, "edit_version": edit.page.version,
        "releases": _releases(bench, edit, facts), "file": claim["source_file"], "claim_key": claim["claim_key"],
        "row" if by_row else "segment_number": first["segment_number"] if first else claim["segment_number"],
        "hcpcs_code": facts.get("hcpcs_code"), "charge_amount": as_money(charge),
    }  # fmt: skip
    finding = _fired(mark, facts, shared) if mark.case >= 0 else _not_evaluated(mark, facts, shared)
    return Told((facts["claim_row"], about[0] if on_line else -1), about, finding)


def _fired(mark: Mark, facts: Mapping[str, Any], shared: dict[str, Any]) -> Finding:
    case = mark.edit.cases[mark.case]
    return Finding(
        case=case.case.name, outcome=Outcome.FIRES, severity=case.severity, message=message_of(mark.edit, case, facts),
        fix=case.case.fix or mark.edit.page.front.fix, predicted=predictions_of(case), confidence=case.confidence,
        evidence=evidence_of(mark.edit, case, facts), **shared,
    )  # fmt: skip


def _not_evaluated(mark: Mark, facts: Mapping[str, Any], shared: dict[str, Any]) -> Finding:
    edit = mark.edit
    return Finding(
        case="", outcome=Outcome.NOT_EVALUATED, severity=worst(edit.cases),
        message=f"Could not be judged: {', '.join(mark.missing)} unknown.", fix=edit.page.front.fix, predicted=(),
        confidence=edit.cases[0].confidence, evidence=evidence_of(edit, edit.cases[0], facts), **shared,
    )  # fmt: skip


def _related(
    bench: Workbench, rows: Sequence[int], claims: Mapping[int, dict[str, Any]], lines: Mapping[int, dict[str, Any]]
) -> tuple[LinePlace, ...]:
    related = []
    for row in rows:
        line = lines[row]
        claim = claims.get(line["claim_row"])
        claim_id = claim["claim_id"] if claim else bench.claim_id(line["claim_row"])
        related.append(LinePlace(claim_id, line["line_number"]))
    return tuple(related)


def _releases(bench: Workbench, edit: Edit, facts: Mapping[str, Any]) -> tuple[str, ...]:
    names = bench.facts.releases_of(edit.grain, (*facts_read(edit), *facts_to_show(edit)))
    return tuple(dict.fromkeys(facts[name] for name in names if facts[name] is not None))


def without_silenced(told: Iterable[Told], counts: Mapping[Edit, EditCount]) -> Iterator[Told]:
    """The findings but those that a more basic edit explains on the same line (`unless_fires`); these are counted."""
    told = list(told)
    edits = {edit.name: edit for edit in counts}
    fired: dict[str, set[int]] = defaultdict(set)
    for item in told:
        if item.finding.outcome is Outcome.FIRES:
            fired[item.finding.id].update(item.lines)
    for item in told:
        edit = edits[item.finding.edit]
        explained = any(not fired[silencer].isdisjoint(item.lines) for silencer in edit.page.front.unless_fires)
        if explained and item.finding.outcome is Outcome.FIRES:
            counts[edit].silenced += 1
        else:
            yield item


def amount_at_risk(bench: Workbench, told: Iterable[Told]) -> Decimal:
    """The charges of the lines under a reject or deny, each line once."""
    lines = sorted(
        {
            line
            for item in told
            if item.finding.outcome is Outcome.FIRES and item.finding.severity in _AT_RISK
            for line in item.lines
        }
    )
    bench.engine.register("at_risk", pa.table({"line_row": pa.array(lines, pa.int64())}))
    total = bench.engine.table(_CHARGES_AT_RISK)
    bench.engine.unregister("at_risk")
    amount: Decimal = total["total"][0].as_py()
    return amount
