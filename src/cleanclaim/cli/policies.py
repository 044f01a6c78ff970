"""Policies on paper: faults, what decides, what changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TextIO

from cleanclaim.cli.options import ShortFormat
from cleanclaim.policies import Change, Explained, PolicyFault

if TYPE_CHECKING:
    from cleanclaim.app.policy_tests import Judged


def write_faults(faults: Sequence[PolicyFault], out: TextIO) -> None:
    """Each fault at its file and line, with the key."""
    for one in faults:
        place = f"{one.file}:{one.line}" if one.line else one.file
        out.write(f"{place}: {one.key + ': ' if one.key else ''}{one.message}\n")


def write_explained(told: Sequence[Explained], output_format: ShortFormat, out: TextIO) -> None:
    """What payers ask for, each attribute with the policy that decides; several payers one after the other."""
    match output_format:
        case ShortFormat.JSON:
            out.write(json.dumps([asdict(one) for one in told], default=str, ensure_ascii=False, indent=2) + "\n")
        case ShortFormat.JSONL:
            out.writelines(json.dumps(asdict(one), default=str, ensure_ascii=False) + "\n" for one in told)
        case _:
            for one in told:
                _write_one(one, out)


def write_changes(changes: Sequence[Change], output_format: ShortFormat, out: TextIO) -> None:
    """What changed, by policy and attribute."""
    if output_format is not ShortFormat.TABLE:
        out.write(json.dumps([asdict(one) for one in changes], default=str, ensure_ascii=False, indent=2) + "\n")
        return
    for one in changes:
        if one.attribute == "policy":
            out.write(f"{one.policy}: {'dropped' if one.after is None else 'added'}\n")
        else:
            out.write(f"{one.policy}: {one.attribute}: {_said(one.before)} -> {_said(one.after)}\n")
    out.write(f"{len(changes):,} changes\n")


def write_tested(tested: Iterable[Judged], out: TextIO) -> bool:
    """Each expectation that did not hold, at its file and line; whether there were tests and all held."""
    count = wrong = 0
    for one in tested:
        count += 1
        wrong += bool(one.wrong)
        for edit, expected, found in one.wrong:
            place = f"{one.placed.file}:{one.placed.line}"
            out.write(f"{place}: {one.placed.test.name}: {edit}: expected {expected}, got {found}\n")
    out.write(
        f"{count:,} tests, {wrong:,} of them wrong\n" if count else "no tests: a file brings them under `tests`\n"
    )
    return count > 0 and wrong == 0


def _write_one(told: Explained, out: TextIO) -> None:
    asked = told.asked
    out.write(f"{asked.payer}, {asked.hcpcs_code} on {asked.on}\n")
    if not told.policies:
        out.write("  no policy that was read is about this: what the payer asks for is not known\n")
    for one in told.decided:
        out.write(f"  {one.attribute:28} {_said(one.value)}  [{one.policy}, by {one.by}]\n")
        if one.before:
            out.write(f"  {'':28} goes before {', '.join(one.before)}\n")
        for policy, value in one.conflicts:
            out.write(f"  {'':28} CONFLICT: {policy} says {_said(value)}, with the same rank\n")


def _said(value: Any) -> str:  # noqa: ANN401 - what YAML may hold
    return "nothing" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
