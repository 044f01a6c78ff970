"""What a report says in words, and how it shows what stood in a claim: whole texts are never trusted."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from cleanclaim.app.result import ClaimSummary, Fault
from cleanclaim.edits.findings import Finding
from cleanclaim.edits.pages import Authority
from cleanclaim.edits.worklist import Verdict
from cleanclaim.values import OPEN_END, Severity
from cleanclaim.values.confidence import Confidence

_TELLING = 3  # a shorter value (no, 2) may stand in a message by chance
_AMONG_LINES = {"hcpcs_code", "modifiers", "billed_units", "charge_amount", "service_date"}
MOST_SHOWN = 160  # characters of a text from a claim
# C0 and C1 controls, and what turns the direction of text or hides: none of them may act in a page.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")

PAYERS = {
    "medicare_b": "Medicare Part B", "medicare_a": "Medicare Part A", "medicare_dme": "Medicare DME",
    "medicare_advantage": "Medicare Advantage", "medicaid": "Medicaid", "tricare": "TRICARE", "va": "VA",
    "commercial": "Commercial", "workers_comp": "Workers' compensation", "auto": "Auto", "other": "Other",
}  # fmt: skip
SEVERITIES = {
    Severity.REJECT: "the front end returns the claim",
    Severity.DENY: "adjudicated and denied",
    Severity.WARN: "worth a look before it is sent",
    Severity.INFO: "a note",
}
VERDICTS = {
    Verdict.READY: "ready", Verdict.FIX: "to fix", Verdict.LOOK: "to look at", Verdict.CANNOT_SAY: "cannot say",
}  # fmt: skip
CONFIDENCES = {
    Confidence.S: "read in the source",
    Confidence.K: "expert knowledge",
    Confidence.D: "our design",
}


def shown(text: str | None, most: int = MOST_SHOWN) -> str:
    """A text from a claim or a page as it may stand in a report: marks that act are spelled, long ones are cut."""
    if text is None:
        return ""
    cut = text[:most]
    visible = _UNSEEN.sub(lambda mark: f"[U+{ord(mark[0]):04X}]", cut)
    return visible if len(text) <= most else f"{visible}… ({len(text):,} characters)"


def dollars(amount: Decimal | str | None) -> str:
    """An amount as people read it; `$?` where it is not known."""
    return "$?" if amount is None else f"${Decimal(amount):,.2f}"


def count(number: int, noun: str) -> str:
    """A number of things."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def payer(program: str | None) -> str:
    """A payer program by its name."""
    return PAYERS.get(program, shown(program)) if program else "Payer unknown"


def expected(finding: Finding) -> str:
    """What a remittance would say, likeliest first; empty where nothing is denied."""
    return " or ".join(
        f"{item.group}-{item.carc}" + (f" with {item.rarc}" if item.rarc else "") for item in finding.predicted
    )


def place(item: ClaimSummary | Finding | Fault) -> str:
    """Where in its file something stands."""
    if item.row is not None:
        return f"row {item.row:,}"
    return f"segment {item.segment_number:,}" if item.segment_number is not None else ""


def authority(item: Authority) -> str:
    """A source with the place in it."""
    return item.title + (f", {item.at}" if item.at else "")


def evidence(finding: Finding) -> str:
    """The facts that a finding rests on, but those that stand beside it: in its message, or among the claim's lines."""
    told = set(re.findall(r"[\w.-]*\w", finding.message))
    return "; ".join(
        f"{name.replace('_', ' ')}: {shown(value) or 'none'}"
        for name, value in finding.evidence.items()
        if name not in _AMONG_LINES and (value not in told or len(value) < _TELLING)
    )


def cents(amount: Decimal) -> int:
    """An amount in whole cents."""
    return int(amount * 100)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of prose, unwrapped."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def last_day(day: date) -> str:
    """The last day of something dated, `open` where it has none."""
    return "open" if day == OPEN_END else str(day)


def with_code(text: str) -> Markup:
    """Prose with what stands between backticks as code, all of it escaped."""
    parts = re.split(r"`([^`]*)`", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else part for number, part in enumerate(parts)
    )
