"""What a clause says of Medicare's coverage of its code, or of its status in the hospital outpatient system."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleanclaim.guides.audit.clauses import Clause, is_called_wrong, is_denied
from cleanclaim.guides.audit.phrases import phrases
from cleanclaim.guides.audit.statement import Judged, Kind
from cleanclaim.reference.answers import CodeAnswer

_COVERED = phrases("covered_by_medicare")
_STATUS = re.compile(r"\b(?:OPPS )?(?:status indicators?|SI)\b[\s:(=is]*\b(?P<status>[A-Z][12]?)\b")
# Coverage codes of the HCPCS file, in our own words (COD-05).
_NEVER = {
    "I": "not payable by Medicare", "M": "not covered by Medicare", "S": "not covered by Medicare, by law",
}  # fmt: skip
_DECIDED = {"C": "its contractors decide", "D": "special coverage instructions apply"}


def coverage(clause: Clause, answer: CodeAnswer, status: str | None) -> Iterator[Judged]:
    """What is said of coverage and status. `status`: the status indicator of the day, where a release tells it.

    That Medicare covers a drug for some patient stands in no code file: only that it never does is decided here.
    """
    said = _STATUS.search(clause.text)
    if said:
        official = f"{clause.code}: status indicator {status}" if status else ""
        is_said = not is_denied(clause.text, said.start())
        right = None if status is None else (said["status"] == status) is is_said
        yield Judged.of(Kind.COVERAGE, official, right=right)
    covered = _COVERED.search(clause.text)
    if not covered or answer.coverage_code is None:
        return
    never = _NEVER.get(answer.coverage_code)
    told = never or _DECIDED.get(answer.coverage_code)
    if told is None:
        return
    denied = is_denied(clause.text, covered.start()) or is_called_wrong(clause.text, covered.start())
    official = f"{clause.code}: {told} (coverage code {answer.coverage_code})"
    yield Judged.of(Kind.COVERAGE, official, right=denied if never else None)
