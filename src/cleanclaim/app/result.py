"""What a check yields: the shape that scripts rely on. A change here is a breaking change."""

from __future__ import annotations

from datetime import date

import msgspec

from cleanclaim.claims import Lost
from cleanclaim.edits.findings import Finding
from cleanclaim.edits.pages import Authority
from cleanclaim.edits.worklist import Verdict, WorkItem
from cleanclaim.values import Severity


class Fault(msgspec.Struct, frozen=True):
    """One thing in a file that could not be read as it should; the rest of the file was kept."""

    source_file: str
    fault: str
    message: str
    lost: Lost
    interchange: str | None = None
    transaction: str | None = None
    segment_number: int | None = None
    segment: str | None = None
    element: str | None = None
    row: int | None = None
    value: str | None = None
    expected: str | None = None


class ClaimLine(msgspec.Struct, frozen=True):
    """A line of a claim with findings, as sent. Amounts and units are strings of decimals."""

    line_number: int | None
    hcpcs_code: str | None
    drug: str | None  # what the code stands for on the day, in the reference
    modifiers: tuple[str, ...] | None
    billed_units: str | None
    service_date: date | None
    charge_amount: str | None
    severity: Severity | None  # the worst of the findings about it


class ClaimSummary(msgspec.Struct, frozen=True):
    """A claim that is not ready: where it stands, its money, lines and verdict. Amounts are strings of decimals."""

    claim_key: int
    claim_id: str | None
    file: str
    total_charge: str | None
    amount_at_risk: str | None  # null where a line at risk has no charge
    segment_number: int | None = None  # where the file is X12
    row: int | None = None  # where it is not
    payer_program: str | None = None
    lines: tuple[ClaimLine, ...] = ()
    verdict: Verdict = Verdict.READY
    lacks: tuple[str, ...] = ()  # where it cannot be said: what would tell


class EditSummary(msgspec.Struct, frozen=True):
    """How many rows an edit looked at, and how each ended."""

    id: str
    edit: str
    grain: str
    rows: int
    fires: int
    clear: int  # by releases of the day
    not_evaluated: int
    not_in_force: int
    out_of_scope: int
    silenced: int
    missing: dict[str, int]
    wants: dict[str, int]  # the same in a biller's words: what would have told
    clear_presumed: int = 0  # clear by a release that was carried to the day
    error: str | None = None
    title: str = ""  # what is wrong where it fires
    why: str = ""  # the reason, in prose
    authority: tuple[Authority, ...] = ()


class LoadNext(msgspec.Struct, frozen=True):
    """A publication that is not loaded, and what it would let be checked. A check is one edit on one row."""

    file: str  # in words: MUE practitioner 2025-Q4
    publication: str
    table: str  # that it fills
    part: str | None  # of the publication: the service type, or the code
    release: str | None  # the quarter; null where it is told code by code
    checks: int  # that wait for it
    checks_alone: int  # of these, that wait for nothing else
    rows: int  # that they are about, each once
    charge_amount: str  # what these rows are charged
    edits: tuple[str, ...]


class Presumed(msgspec.Struct, frozen=True):
    """A release that spoke for days after its own, since none at hand covers them."""

    publication: str
    release: str
    quarters: int  # quarter boundaries between the end of the release and the days
    lines: int  # that rest on it
    load: str  # the publication and quarter that would take its place


class LackedFact(msgspec.Struct, frozen=True):
    """What claims of which it cannot be said lack for an essential edit, and what would tell."""

    id: str  # of the edit
    edit: str
    fact: str
    ask: str  # in a biller's words: which file or field
    claims: int


class PolicyConflict(msgspec.Struct, frozen=True):
    """Policies of one payer and rank that contradict each other: what they say there counts as unknown."""

    payer: str
    drug: str  # code or NDC; * for any
    attribute: str
    policies: tuple[str, ...]
    first_day: date


class Summary(msgspec.Struct, frozen=True):
    """The totals of a check. Amounts are strings of decimals."""

    claims: int
    lines: int
    findings: int
    not_evaluated: int
    faults: int
    files: int
    claims_with_findings: int
    by_severity: dict[Severity, int]
    total_charge: str
    amount_at_risk: str  # charges of the lines under a reject or deny, each line once
    lines_without_charge: int  # whose charge is in neither sum
    claims_unread: bool
    reference: str  # in words: on what the check ran
    load_next: tuple[LoadNext, ...] = ()  # the most useful first
    verdicts: dict[Verdict, int] = {}  # claims by verdict
    clear: int = 0
    clear_presumed: int = 0
    presumed: tuple[Presumed, ...] = ()  # the most lines first
    lacks: tuple[LackedFact, ...] = ()  # the most claims first
    waits_for_policies: int = 0  # checks that only a payer's policy would tell
    policy_conflicts: tuple[PolicyConflict, ...] = ()
    edits_left_out: int = 0  # by --select, --ignore, or a profile that has them off
    charges_unreadable: int = 0  # written, and no amount: in neither sum
    claims_unreadable: int = 0  # of which a value could not be read
    switched_off: int = 0  # fires that a profile has off on their day


class CheckResult(msgspec.Struct, frozen=True):
    """A check: totals, findings in the order of the claims, faults in the order of the files, releases used."""

    summary: Summary
    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...]
    releases: tuple[str, ...]
    edits: tuple[EditSummary, ...]
    claims: tuple[ClaimSummary, ...]  # those with findings, and up to a thousand of which it cannot be said
    worklist: tuple[WorkItem, ...] = ()  # what to do, the most pressing first

    def has_findings_of(self, *severities: Severity) -> bool:
        """Whether any finding has one of these severities."""
        return any(self.summary.by_severity.get(severity, 0) for severity in severities)
