"""Many small cases checked in one run: what an edit says of each, as if it had been checked alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.app import Checker
from cleanclaim.edits import judging
from cleanclaim.edits.outcomes import Edit, Outcome
from cleanclaim.edits.plan.rows import judge
from tests.app.test_checker import write

SILENT = {Outcome.CLEAR: "clear", Outcome.NOT_IN_FORCE: "not_in_force", Outcome.OUT_OF_SCOPE: "out_of_scope"}


class Together:
    """The claims of some cases in one file. Patients of two cases are never one, and claims have names of their own."""

    def __init__(self, checker: Checker, folder: Path, cases: Mapping[str, Sequence[dict[str, Any]]]) -> None:
        claims = [_of_case(at, one) for at, given in enumerate(cases.values()) for one in given]
        self._at = {name: at for at, name in enumerate(cases)}
        case_of = [at for at, given in enumerate(cases.values()) for _ in given]
        self._silent: dict[tuple[str, int], set[str]] = defaultdict(set)

        def recording(edit: Edit) -> Callable[[Mapping[str, Any]], Any]:
            asked = judge(edit)

            def verdict_of(row: Mapping[str, Any]) -> Any:
                verdict = asked(row)
                if verdict.outcome in SILENT:
                    self._silent[edit.id, case_of[row["claim_row"]]].add(SILENT[verdict.outcome])
                return verdict

            return verdict_of

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(judging, "judge", recording)
            self.result = checker.check_files([write(folder, *claims)], show_not_evaluated=True)
        assert self._silent, "the cases are judged in another way than row by row"

    def outcome(self, case: str, edit: str, *, line: int = 1, claim_id: str = "A") -> str:
        """`fires <case>`, `not evaluated <facts>`, or what became of the rows of the case when the edit says nothing."""
        at = self._at[case]
        for finding in self.result.findings:
            if finding.id == edit and finding.claim_id == f"{at}-{claim_id}" and finding.line_number in {line, None}:
                return f"{finding.outcome} {finding.case or ' '.join(finding.missing)}"
        return " ".join(word for word in SILENT.values() if word in self._silent[edit, at])


def _of_case(at: int, claim: dict[str, Any]) -> dict[str, Any]:
    named = {**claim, "claim_id": f"{at}-{claim['claim_id']}"}
    if "member_id" in (patient := claim.get("patient") or {}):
        named["patient"] = {**patient, "member_id": f"{at}-{patient['member_id']}"}
    return named
