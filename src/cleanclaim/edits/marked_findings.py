"""Marks -> findings: the facts of the marked rows are read once more, now as values, and put where people find them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from cleanclaim.edits.dictionary import ROW_ID, dictionary
from cleanclaim.edits.findings import (
    Finding,
    LinePlace,
    as_money,
    attributes_read,
    by_policy,
    evidence_of,
    facts_needed,
    facts_of_edits,
    fix_of,
    message_of,
    predictions_of,
    severity_order,
    terms_of,
    worst,
)  # fmt: skip
from cleanclaim.edits.marks import EditCount, Mark
from cleanclaim.edits.outcomes import SERVICE_DATE, Edit, Outcome
from cleanclaim.edits.pages import Fix, Grain
from cleanclaim.edits.plan.facts import PLACE_COLUMNS, Workbench
from cleanclaim.edits.presuming import allowed, presumed_in, releases_read, told
from cleanclaim.edits.profile import Profile
from cleanclaim.reference.library.presumption import AND
from cleanclaim.values import Severity

_OFTEN = 5_000  # rows that one edit marked
AT_RISK = {Severity.REJECT, Severity.DENY}
# What each claim bills, and how much of it stands under a reject or deny. Without a total it bills what its lines do.
_CLAIM_TOTALS = """
  SELECT
    c.claim_key,
    min(c.claim_id) AS claim_id,
    min(c.source_file) AS file,
    min(c.segment_number) AS place,
    CAST(coalesce(min(c.total_charge), sum(l.charge_amount)) AS DECIMAL(28, 2)) AS total_charge,
    CAST(coalesce(sum(l.charge_amount) FILTER (r.severity < {mild}), 0) AS DECIMAL(28, 2)) AS known_at_risk,
    count(*) FILTER (r.severity < {mild} AND l.charge_amount IS NULL) AS uncharged,
    CASE WHEN uncharged = 0 THEN known_at_risk END AS amount_at_risk,
    min(c.payer_program) AS payer_program,
    c.claim_row
  FROM claim AS c
  LEFT JOIN line AS l USING (claim_row)
  LEFT JOIN worst AS r ON r.id = l.line_row
  WHERE c.claim_row IN (SELECT id FROM told)
  GROUP BY c.claim_row, c.claim_key
  ORDER BY claim_row
"""
# The lines of these claims. A code that has ended is named by what it was.
_LINES = """
  WITH wanted AS (
    SELECT l.*, upper_ascii(trim(l.hcpcs_code)) AS code FROM line AS l WHERE l.claim_row IN (SELECT id FROM told)
  ),
  named AS (
    SELECT k.code, k.service_date, coalesce(h.substance, h.short_descriptor) AS drug
    FROM (SELECT DISTINCT code, service_date FROM wanted) AS k
    JOIN ref_hcpcs AS h ON h.hcpcs_code = k.code
    WHERE coalesce(h.substance, h.short_descriptor) IS NOT NULL
    QUALIFY row_number() OVER (
      PARTITION BY k.code, k.service_date
      ORDER BY k.service_date NOT BETWEEN h.valid_from AND h.valid_to, h.valid_from DESC, h.span_from DESC
    ) = 1
  )
  SELECT
    l.line_row, l.claim_row, l.line_number, l.hcpcs_code, n.drug, l.modifiers, l.billed_units, l.service_date,
    l.charge_amount, r.severity
  FROM wanted AS l
  LEFT JOIN named AS n ON n.code = l.code AND n.service_date IS NOT DISTINCT FROM l.service_date
  LEFT JOIN worst AS r ON r.id = l.line_row
  ORDER BY line_row
"""

# What a claim says in total; where it says nothing (JSON may), what its lines say.
_BILLED = """
  SELECT
    CAST(coalesce(sum(coalesce(c.total_charge, l.charges)), 0) AS DECIMAL(28, 2)) AS charges,
    CAST(coalesce(sum(l.unknown), 0) AS BIGINT) AS lines_without_charge,
    CAST(
      coalesce(sum(l.unreadable), 0) + count(*) FILTER (list_contains(c.unreadable, 'total_charge')) AS BIGINT
    ) AS charges_unreadable,
    CAST(count(*) FILTER (c.unreadable IS NOT NULL OR coalesce(l.lost, 0) > 0) AS BIGINT) AS claims_unreadable
  FROM claim AS c
  LEFT JOIN (
    SELECT
      claim_row,
      sum(charge_amount) AS charges,
      count(*) - count(charge_amount) AS unknown,
      count(*) FILTER (list_contains(unreadable, 'charge_amount')) AS unreadable,
      count(unreadable) AS lost
    FROM line
    GROUP BY claim_row
  ) AS l USING (claim_row)
"""


@dataclass(frozen=True, slots=True)
class LineTotals:
    """A line of a claim with findings, as sent, with the worst severity of what was found on it."""

    line_number: int | None
    hcpcs_code: str | None
    drug: str | None
    modifiers: tuple[str, ...] | None
    billed_units: Decimal | None
    service_date: date | None
    charge_amount: Decimal | None
    severity: int | None  # its order: 0 for the worst


@dataclass(frozen=True, slots=True)
class ClaimTotals:
    """A claim with findings: where it stands, its money and its lines."""

    claim_row: int
    claim_key: int
    claim_id: str | None
    file: str
    place: int  # number of its CLM segment, or of its row
    total_charge: Decimal | None
    known_at_risk: Decimal
    amount_at_risk: Decimal | None  # None where a line at risk has no charge
    payer_program: str | None
    lines: tuple[LineTotals, ...]


@dataclass(frozen=True, slots=True)
class Billed:
    """What some claims bill together, how many of their lines say no charge, and what of them could not be read."""

    charges: Decimal = Decimal()
    lines_without_charge: int = 0
    charges_unreadable: int = 0
    claims_unreadable: int = 0  # of which any value could not be read

    def __add__(self, other: Billed) -> Billed:
        return Billed(
            self.charges + other.charges,
            self.lines_without_charge + other.lines_without_charge,
            self.charges_unreadable + other.charges_unreadable,
            self.claims_unreadable + other.claims_unreadable,
        )


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding, where it stands in the run, and the lines that it is about."""

    place: tuple[int, int]
    lines: tuple[int, ...]
    finding: Finding
    charges: tuple[Decimal | None, ...] = ()  # of the lines
    homes: tuple[int, ...] = ()  # the claims of the lines
    day: date | None = None


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the marked rows stand in the claims."""

    claims: Mapping[int, dict[str, Any]]
    lines: Mapping[int, dict[str, Any]]


def findings_of(bench: Workbench, grain: Grain, view: str, marks: Sequence[Mark]) -> list[PlacedFinding]:
    """The findings of marked rows."""
    if not marks:
        return []
    rows = _rows_of(bench, grain, view, marks)
    facts = [row for of_edits in rows.values() for row in of_edits.values()]
    about = {line for row in facts for line in row["line_rows"]}
    lines = bench.select("line", "line_row", about, "line_row, claim_row, line_number, segment_number, charge_amount")
    homes = {row["claim_row"] for row in facts} | {line["claim_row"] for line in lines.values()}
    claims = bench.select("claim", "claim_row", homes, "claim_row, claim_id, claim_key, source_file, segment_number")
    places = _Places(claims, lines)
    # Each plan finds what was missing in an order of its own: told it stands in the order of the alphabet.
    ordered = (replace(mark, missing=tuple(sorted(mark.missing))) for mark in marks)
    return [_told(bench, mark, rows[mark.edit][mark.row_id], places) for mark in ordered]


def _rows_of(bench: Workbench, grain: Grain, view: str, marks: Sequence[Mark]) -> Mapping[Edit, dict[int, Any]]:
    """By edit, the rows that it marked, with the facts that telling it needs.

    An edit that marked very many is asked for by itself: the facts of all edits on all of these rows would be most of
    the work.
    """
    marked: dict[Edit, set[int]] = defaultdict(set)
    for mark in marks:
        marked[mark.edit].add(mark.row_id)
    often = [edit for edit, rows in marked.items() if len(rows) > _OFTEN]
    seldom = tuple(edit for edit in marked if edit not in often)
    found: dict[Edit, dict[int, Any]] = {}
    for edits in filter(None, (seldom, *((edit,) for edit in often))):
        names = dict.fromkeys((ROW_ID[grain], *PLACE_COLUMNS, *facts_of_edits(bench.facts, edits)))
        wanted = {row for edit in edits for row in marked[edit]}
        of_edits = bench.select(view, ROW_ID[grain], wanted, ", ".join(f'"{name}"' for name in names))
        found.update(dict.fromkeys(edits, of_edits))
    return found


def _told(bench: Workbench, mark: Mark, facts: Mapping[str, Any], places: _Places) -> PlacedFinding:
    edit = mark.edit
    claim = places.claims[facts["claim_row"]]
    about = tuple(sorted(facts["line_rows"]))
    on_line = edit.grain is not Grain.CLAIM and bool(about)
    first = places.lines[about[0]] if on_line else None
    by_row = claim["source_file"] in bench.files_by_row
    shared = {
        "edit": edit.name, "id": edit.id,
        "claim_id": claim["claim_id"], "line_number": first["line_number"] if first else None,
        "related_lines": tuple(_place(line, places) for line in about[1:]) if on_line else (),
        "authority": edit.page.front.authority, "missing": mark.missing, "edit_version": edit.page.version,
        "releases": _releases(bench, edit, facts), "file": claim["source_file"], "claim_key": claim["claim_key"],
        "row" if by_row else "segment_number": first["segment_number"] if first else claim["segment_number"],
        "hcpcs_code": facts.get("hcpcs_code"), "charge_amount": _charges(about, places),
    }  # fmt: skip
    finding = _fired(bench, mark, facts, shared) if mark.case >= 0 else _not_evaluated(mark, facts, shared)
    return PlacedFinding(
        (facts["claim_row"], about[0] if on_line else -1), about, finding,
        tuple(places.lines[line]["charge_amount"] for line in about),
        tuple(places.lines[line]["claim_row"] for line in about), facts.get(SERVICE_DATE),
    )  # fmt: skip


def _place(line_row: int, places: _Places) -> LinePlace:
    line = places.lines[line_row]
    return LinePlace(places.claims[line["claim_row"]]["claim_id"], line["line_number"])


def _charges(about: tuple[int, ...], places: _Places) -> str | None:
    known = [charge for line in about if (charge := places.lines[line]["charge_amount"]) is not None]
    return as_money(sum(known, Decimal())) if known else None


def _fired(bench: Workbench, mark: Mark, facts: Mapping[str, Any], shared: dict[str, Any]) -> Finding:
    """What a case found; where it rests on a release that was carried too far, that it cannot be said."""
    case = mark.edit.cases[mark.case]
    own_word = by_policy(case, terms_of(bench.terms, facts)) if case.case.by_policy else None
    severity, predicted = own_word or (case.severity, ())
    if carried := presumed_in(facts, releases_read(bench.facts, mark.edit, case)):
        allows = allowed(mark.edit, severity, carried, facts)
        shared["presumed"] = told(carried, facts[SERVICE_DATE])
        if allows is None:
            files = tuple(sorted({f"the {one.publication} of the quarter of service" for one in shared["presumed"]}))
            return _not_evaluated(Mark(mark.row_id, mark.edit, -1, files), facts, {**shared, "missing": files})
        severity = allows
    return Finding(
        case=case.case.name, outcome=Outcome.FIRES, severity=severity, message=message_of(mark.edit, case, facts),
        fix=fix_of(mark.edit, case, facts), predicted=tuple(dict.fromkeys((*predictions_of(case), *predicted))),
        confidence=case.confidence, evidence=evidence_of(mark.edit, case, facts), **shared,
    )  # fmt: skip


def _not_evaluated(mark: Mark, facts: Mapping[str, Any], shared: dict[str, Any]) -> Finding:
    edit = mark.edit
    wanted = "; ".join(dict.fromkeys(dictionary().ask(edit.grain, name) for name in mark.missing))
    return Finding(
        case="", outcome=Outcome.NOT_EVALUATED, severity=worst(edit.cases),
        message=f"Not evaluated; missing: {wanted}.",
        fix=Fix("Add what is missing, and check again.", safe=False), predicted=(),
        confidence=edit.cases[0].confidence, evidence=evidence_of(edit, edit.cases[0], facts), **shared,
    )  # fmt: skip


def _releases(bench: Workbench, edit: Edit, facts: Mapping[str, Any]) -> tuple[str, ...]:
    names = bench.facts.releases_of(edit.grain, facts_needed(edit))
    found = dict.fromkeys(label for name in names for label in (facts[name] or "").split(AND) if label)
    if attributes := attributes_read(edit):
        found |= dict.fromkeys(f"policy {one}" for one in terms_of(bench.terms, facts).by(*attributes))
    return tuple(found)


def recounted(
    items: Iterable[PlacedFinding], counts: Mapping[Edit, EditCount], *, show_not_evaluated: bool
) -> Iterator[PlacedFinding]:
    """The findings of marks that fired; those that rest on what was carried too far are counted as not evaluated."""
    edits = {edit.name: edit for edit in counts}
    for item in items:
        finding = item.finding
        if finding.outcome is Outcome.NOT_EVALUATED and finding.presumed:
            count = counts[edits[finding.edit]]
            count.outcomes[Outcome.FIRES] -= 1
            count.outcomes[Outcome.NOT_EVALUATED] += 1
            count.missing.update(finding.missing)
            if not show_not_evaluated:
                continue
        yield item


def without_silenced(told: Iterable[PlacedFinding], counts: Mapping[Edit, EditCount]) -> Iterator[PlacedFinding]:
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


def profiled(
    told: Iterable[PlacedFinding], profile: Profile, counts: Mapping[Edit, EditCount]
) -> Iterator[PlacedFinding]:
    """The findings as a site's profile has them; those that it switches off are counted."""
    edits = {edit.name: edit for edit in counts}
    for item in told:
        if finding := profile.applied(item.finding, item.day):
            yield item if finding is item.finding else replace(item, finding=finding)
        elif item.finding.outcome is Outcome.FIRES:
            count = counts[edits[item.finding.edit]]
            count.switched_off += 1
            count.outcomes.subtract({Outcome.FIRES: 1})
            count.outcomes[Outcome.NOT_IN_FORCE] += 1


def claim_totals(bench: Workbench, told: Sequence[PlacedFinding], also: Iterable[int] = ()) -> tuple[ClaimTotals, ...]:
    """What claims bill, and the charges of their lines under a reject or deny, each line once.

    Shape: one for each claim with a finding, and for those that are asked for `also`.
    """
    worst_of: dict[int, int] = {}
    for item in told:
        if item.finding.outcome is Outcome.FIRES:
            order = severity_order(item.finding.severity)
            worst_of.update((line, min(order, worst_of.get(line, order))) for line in item.lines)
    # A finding on several claims puts the lines of all of them at risk.
    homes = bench.select("line", "line_row", {line for item in told for line in item.lines}, "line_row, claim_row")
    claims = {item.place[0] for item in told} | {line["claim_row"] for line in homes.values()} | set(also)
    mild = min(severity_order(severity) for severity in Severity if severity not in AT_RISK)
    bench.need_reference("hcpcs")
    with bench.ids("worst", worst_of, severity=worst_of), bench.ids("told", claims):
        lines = _lines(bench)
        rows = bench.engine.table(_CLAIM_TOTALS.format(mild=mild)).drop(["uncharged"]).to_pylist()
    return tuple(ClaimTotals(**row, lines=tuple(lines[row["claim_row"]])) for row in rows)


def billed_in(bench: Workbench) -> Billed:
    """What the claims of a part bill."""
    return Billed(**bench.engine.table(_BILLED).to_pylist()[0])


def _lines(bench: Workbench) -> dict[int, list[LineTotals]]:
    # Most claims are of a few codes and modifiers: equal texts and lists are kept once.
    kept: dict[Any, Any] = {}
    lines: dict[int, list[LineTotals]] = defaultdict(list)
    for batch in bench.engine.batches(_LINES):
        for row in batch.to_pylist():
            modifiers = None if row["modifiers"] is None else tuple(row["modifiers"])
            row["modifiers"] = kept.setdefault(modifiers, modifiers)
            for name in ("hcpcs_code", "drug"):
                row[name] = kept.setdefault(row[name], row[name])
            del row["line_row"]
            lines[row.pop("claim_row")].append(LineTotals(**row))
    return lines
