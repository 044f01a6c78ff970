"""What a clause says of Medicare's coverage of its code, or of its status in the hospital outpatient system."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from cleanclaim.guides.audit.clauses import Clause, is_called_wrong, is_denied
from cleanclaim.guides.audit.phrases import phrases
from cleanclaim.guides.audit.statement import Judged, Kind
from cleanclaim.reference.codes.answers import CodeAnswer

_COVERED, _NOT_COVERED = phrases("covered_by_medicare"), phrases("not_covered_by_medicare")
# The indicators of Addendum B for drugs. A letter alone says one only where the text speaks of the status of hospitals.
_LETTERS = r"(?P<status>E1|E2|K1?|[BCGMNPRSV])"
_STATUS = re.compile(
    rf"\b(?:status indicators?|SI|indicators?|pass-through status)\b[\s:(=]*(?:is |of )?{_LETTERS}\b(?![-'’])"
)
_OF_HOSPITALS = re.compile(r"\bOPPS\b|\bAddendum B\b", re.IGNORECASE)
_LETTER = re.compile(
    rf"(?:[A-V][0-9]{{4}}|\bis|\bassigned|\bcarries|\bhas|\bsits on)[:,]? (?:to )?{_LETTERS}\b(?![-'’])"
)
# Coverage codes of the HCPCS file, in our own words (COD-05).
_NEVER = {
    "I": "not payable by Medicare", "M": "not covered by Medicare", "S": "not covered by Medicare, by law",
}  # fmt: skip
_DECIDED = {"C": "its contractors decide", "D": "special coverage instructions apply"}


def coverage(
    clause: Clause, sentence: str, answer: CodeAnswer, status_of: Callable[[], str | None]
) -> Iterator[Judged]:
    """What is said of coverage and status. `status_of` tells the status indicator of the day, where a release does.

    That Medicare covers a drug for some patient stands in no code file: only that it never does is decided here.
    """
    said = _STATUS.search(clause.text) or (_LETTER.search(clause.text) if _OF_HOSPITALS.search(sentence) else None)
    if said:
        status = status_of()
        official = f"{clause.code}: status indicator {status}" if status else ""
        is_said = not is_denied(clause.text, said.start())
        right = None if status is None else (said["status"] == status) is is_said
        yield Judged.of(Kind.COVERAGE, official, right=right)
    not_covered = _NOT_COVERED.search(clause.text)
    covered = not_covered or _COVERED.search(clause.text)
    if not covered or answer.coverage_code is None:
        return
    never = _NEVER.get(answer.coverage_code)
    told = never or _DECIDED.get(answer.coverage_code)
    if told is None:
        return
    denied = is_denied(clause.text, covered.start()) or is_called_wrong(clause.text, covered.start())
    denied = denied is not bool(not_covered)  # what is denied twice is said
    official = f"{clause.code}: {told} (coverage code {answer.coverage_code})"
    yield Judged.of(Kind.COVERAGE, official, right=denied if never else None)
