"""The tests of policies: each claim checked with the policies that were read, and held against what it expects."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from cleanclaim.app.bill_cases import tables_of
from cleanclaim.app.checker import Checker
from cleanclaim.app.result import CheckResult
from cleanclaim.app.supporting import SupportingFiles
from cleanclaim.billing.authorizations import Authorization
from cleanclaim.edits.collection import find_edit
from cleanclaim.edits.outcomes import Edit, Outcome
from cleanclaim.errors import UnknownName, UnreadableInput
from cleanclaim.policies import PlacedTest, Policies
from cleanclaim.policies.policy_file import PolicyTest
from cleanclaim.reference.library import Library

_CLAIM_ID = "TEST"
_TRUTHS = {"true": True, "false": False}  # a file of policies keeps plain words as they are written


@dataclass(frozen=True, slots=True)
class Judged:
    """One test, with each expectation that did not hold: edit, expected, found."""

    placed: PlacedTest
    wrong: tuple[tuple[str, str, str], ...]


def run_policy_tests(policies: Policies, edits: Sequence[Edit], library: Library) -> Iterator[Judged]:
    """The tests of some policies, one after the other.

    Raises: UnknownName for an edit that there is not; UnreadableInput for a claim or record that cannot be read.
    """
    checker = Checker.of(library, (), policies)
    for placed in policies.tests:
        wanted = {_named(edits, name, placed): expected for name, expected in placed.test.expect.items()}
        for edit, expected in wanted.items():
            case = expected.partition("fires ")[2]
            if case and case not in {one.case.name for one in edit.cases}:
                cases = ", ".join(one.case.name for one in edit.cases)
                raise UnknownName(f"{placed.file}:{placed.line}: {edit.id} has no case `{case}`; it has {cases}")
        result = _checked(replace(checker, edits=tuple(wanted)), placed.test)
        found = {edit: _outcome(result, edit) for edit in wanted}
        wrong = [(edit.id, wanted[edit], found[edit]) for edit in wanted if found[edit] != wanted[edit]]
        wrong += [("the claim", "no fault in reading", one.message) for one in result.faults]
        yield Judged(placed, tuple(wrong))


def _named(edits: Sequence[Edit], name: str, placed: PlacedTest) -> Edit:
    try:
        return find_edit(edits, name)
    except UnknownName as error:
        raise UnknownName(f"{placed.file}:{placed.line}: {error}") from None


def _checked(checker: Checker, test: PolicyTest) -> CheckResult:
    with tempfile.TemporaryDirectory(prefix="cleanclaim-policies-") as name:
        folder = Path(name)
        tables = tables_of([whole_claim(test.claim)])
        supporting = SupportingFiles(
            authorizations=_write(
                folder / "authorizations.jsonl", [_authorization(one) for one in test.authorizations]
            ),
            on_file=_write(folder / "on-file.jsonl", [_on_file(test)] if test.on_file or test.whole else ()),
            history=tuple(filter(None, [_write(folder / "history.jsonl", [whole_claim(one) for one in test.history])])),
            history_from=test.history_from,
        )
        return checker.check(tables, show_not_evaluated=True, checked_on=test.checked_on, supporting=supporting)


def whole_claim(said: Mapping[str, Any]) -> dict[str, Any]:
    """A claim whole and professional, unless it says otherwise."""
    shared = {"claim_id": _CLAIM_ID, "claim_type": "P", "complete": True}
    lines = [{"line_number": number, **line} for number, line in enumerate(said.get("lines", ()), 1)]
    plain = {key: _TRUTHS.get(value, value) if key == "complete" else value for key, value in said.items()}
    return {**shared, **plain, "lines": lines}


def _authorization(said: Mapping[str, Any]) -> dict[str, Any]:
    try:
        read = msgspec.convert(said, Authorization, strict=False)
    except msgspec.ValidationError as error:
        raise UnreadableInput(f"authorizations of a test: {error}") from None
    plain: dict[str, Any] = msgspec.to_builtins(read)
    return plain


def _on_file(test: PolicyTest) -> dict[str, Any]:
    items = {name: _TRUTHS.get(value, value) for name, value in test.on_file.items()}
    return {"claim_id": test.claim.get("claim_id", _CLAIM_ID), "items": items, "whole": test.whole}


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path | None:
    """A file of JSON Lines; None where there is nothing to write."""
    if not rows:
        return None
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return path


def _outcome(result: CheckResult, edit: Edit) -> str:
    """What an edit says of the claim: the case that fires on the first line where one does, else what holds."""
    fired = [one for one in result.findings if one.id == edit.id and one.outcome is Outcome.FIRES]
    if fired:
        return f"fires {fired[0].case}"
    told = next(one for one in result.edits if one.id == edit.id)
    counts = {
        Outcome.NOT_EVALUATED: told.not_evaluated, Outcome.CLEAR: told.clear + told.clear_presumed,
        Outcome.OUT_OF_SCOPE: told.out_of_scope, Outcome.NOT_IN_FORCE: told.not_in_force,
    }  # fmt: skip
    return str(next((outcome for outcome, count in counts.items() if count), Outcome.OUT_OF_SCOPE))
