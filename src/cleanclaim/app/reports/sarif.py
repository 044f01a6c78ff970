"""A check as SARIF 2.1.0 (OASIS Standard, 27 March 2020), which code scanners and editors show.

An edit is a rule; a finding is a result at its line of the file where a line is a record (JSON Lines), and at its claim
and line always. SARIF has no place for an X12 segment: its number stands in the properties, and no region is claimed.
A finding that could not be judged is `open`; a fault in reading is a notification of the run.
"""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

import msgspec

from cleanclaim import __version__
from cleanclaim.app.reports.words import CONFIDENCES, authority, expected
from cleanclaim.app.result import CheckResult, ClaimSummary, EditSummary, Fault
from cleanclaim.edits.dictionary import SUBJECT
from cleanclaim.edits.findings import Finding
from cleanclaim.edits.outcomes import Outcome
from cleanclaim.values import Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.REJECT: "error", Severity.DENY: "error", Severity.WARN: "warning", Severity.INFO: "note"}
_Json = dict[str, Any]


def sarif_report(result: CheckResult) -> str:
    """The check as one SARIF log with one run."""
    places = {edit.id: place for place, edit in enumerate(result.edits)}
    claims = {claim.claim_key: claim for claim in result.claims}
    run = {
        "tool": {"driver": {
            "name": "cleanclaim", "version": __version__, "semanticVersion": __version__,
            "rules": [_rule(edit) for edit in result.edits],
        }},
        "invocations": [{
            "executionSuccessful": not result.summary.claims_unread,
            "toolExecutionNotifications": [_notification(fault) for fault in result.faults],
        }],
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(finding, places[finding.id], claims[finding.claim_key], rank)
            for rank, finding in _by_rank(result)
        ],
        "properties": {"summary": msgspec.to_builtins(result.summary), "releases": result.releases},
    }  # fmt: skip
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode()


def _by_rank(result: CheckResult) -> list[tuple[int | None, Finding]]:
    """The findings in the order of the work list, each with its place there; a consequence comes after its cause."""
    ranks = {
        (item.id, item.case, item.action, claim.claim_key): item.rank
        for item in result.worklist
        for claim in item.claims
    }
    causes = {(item.id, claim.claim_key): item.rank for item in reversed(result.worklist) for claim in item.claims}

    def rank(finding: Finding) -> int | None:
        if finding.caused_by:
            return causes.get((finding.caused_by, finding.claim_key))
        return ranks.get((finding.id, finding.case, finding.fix.say, finding.claim_key))

    ranked = [(rank(finding), finding) for finding in result.findings]
    last = len(result.worklist) + 1
    return sorted(ranked, key=lambda pair: (last if pair[0] is None else pair[0], pair[1].caused_by is not None))


def _rule(edit: EditSummary) -> _Json:
    sources = "; ".join(authority(item) for item in edit.authority)
    text = f"{edit.why}\n\nSources: {sources}." if sources else edit.why
    rule: _Json = {
        "id": edit.id,
        "name": edit.edit,
        "shortDescription": {"text": edit.title or edit.edit},
        "fullDescription": {"text": edit.why or edit.title or edit.edit},
        "help": {"text": text or edit.edit},
        "properties": {"edit": edit.edit, "grain": edit.grain, "rows": edit.rows, "fires": edit.fires,
                       "clear": edit.clear, "clear_presumed": edit.clear_presumed,
                       "not_evaluated": edit.not_evaluated, "not_in_force": edit.not_in_force,
                       "out_of_scope": edit.out_of_scope, "wants": edit.wants},
    }  # fmt: skip
    links = [item.url for item in edit.authority if item.url and item.url.startswith(("https://", "http://"))]
    return {**rule, "helpUri": links[0]} if links else rule


def _result(finding: Finding, rule: int, claim: ClaimSummary, rank: int | None) -> _Json:
    judged = finding.outcome is Outcome.FIRES
    text = f"{finding.message} Fix: {finding.fix.say}" if judged else finding.message
    return {
        "ruleId": finding.id,
        "ruleIndex": rule,
        "kind": "fail" if judged else "open",
        "level": _LEVELS[finding.severity] if judged else "none",
        "message": {"text": text},
        "locations": [_location(finding)],
        "partialFingerprints": {"cleanclaimFinding/v1": _fingerprint(finding)},
        "properties": {
            "work_item": rank, "caused_by": finding.caused_by, "presumed": msgspec.to_builtins(finding.presumed),
            "verdict": claim.verdict, "severity": finding.severity, "case": finding.case, "claim_id": finding.claim_id,
            "line_number": finding.line_number, "hcpcs_code": finding.hcpcs_code,
            "payer_program": claim.payer_program, "segment_number": finding.segment_number,
            "charge_amount": finding.charge_amount, "expected": expected(finding),
            "confidence": f"{finding.confidence}: {CONFIDENCES[finding.confidence]}",
            "evidence": finding.evidence, "missing": finding.missing, "releases": finding.releases,
            "related_lines": msgspec.to_builtins(finding.related_lines), "edit_version": finding.edit_version,
        },
    }  # fmt: skip


def _location(finding: Finding) -> _Json:
    physical: _Json = {"artifactLocation": {"uri": quote(finding.file)}}
    if finding.row is not None:
        physical["region"] = {"startLine": finding.row}
    claim = finding.claim_id or "(no account number)"
    line = [] if finding.line_number is None else [f"line {finding.line_number}"]
    return {
        "physicalLocation": physical,
        "logicalLocations": [{
            "name": line[0] if line else claim,
            "fullyQualifiedName": "/".join((claim, *line)),
            "kind": "claim line" if line else "claim",
        }],
    }  # fmt: skip


def _fingerprint(finding: Finding) -> str:
    """The same finding of the same file has the same one on every run; places tell lines of one number apart."""
    place = finding.row if finding.segment_number is None else finding.segment_number
    beside = " ".join(f"{other.claim_id}/{other.line_number}" for other in finding.related_lines)
    beside += "".join(f" {finding.evidence.get(name, '')}" for name in SUBJECT.values())
    text = f"{finding.claim_key} {finding.line_number} {place} {finding.id} {finding.case} {finding.outcome} {beside}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _notification(fault: Fault) -> _Json:
    physical: _Json = {"artifactLocation": {"uri": quote(fault.source_file)}}
    if fault.row:
        physical["region"] = {"startLine": fault.row}
    return {
        "descriptor": {"id": fault.fault},
        "level": "error" if fault.lost.left_claims_unread else "warning",
        "message": {"text": fault.message},
        "locations": [{"physicalLocation": physical}],
        "properties": {
            name: value for name, value in msgspec.to_builtins(fault).items()
            if value is not None and name not in {"source_file", "fault", "message"}
        },
    }  # fmt: skip
