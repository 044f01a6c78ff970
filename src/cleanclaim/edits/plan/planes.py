"""Edits on bit planes: the truth of a batch is two planes of packed bits, T (true) and F (false); unknown is neither.

Arrow's booleans already are packed bits (least significant first), so an atom's planes cost nothing:
T = values & valid, F = ~values & valid. And = (Ta & Tb, Fa | Fb), or = (Ta | Tb, Fa & Fb), not = swap.
Counts are popcounts; row numbers are expanded for what is asked only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cleanclaim.edits.language.tree import atom_columns
from cleanclaim.edits.outcomes import SERVICE_DATE, Edit, Outcome, Program
from cleanclaim.edits.pages import InForce

Plane = npt.NDArray[np.uint8]
Truth = tuple[Plane, Plane]
_EPOCH = date(1970, 1, 1)


@dataclass(slots=True)
class EditPlanes:
    """What one edit says about a batch: a plane per outcome, per case that fired, and per fact that was missing."""

    edit: Edit
    outcomes: dict[Outcome, Plane]
    cases: list[Plane]
    missing: dict[str, Plane] = field(default_factory=dict)


def atom_planes(column: pa.Array[pa.BooleanScalar]) -> Truth:
    """The planes of a boolean Arrow array."""
    if column.offset or len(column) == 0:
        column = pa.concat_arrays([column.slice(0, len(column))]) if len(column) else column
    size = (len(column) + 7) // 8
    valid_buffer, value_buffer = column.buffers()
    if value_buffer is None:
        return np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    values = np.frombuffer(memoryview(value_buffer), np.uint8, size)
    valid = np.frombuffer(memoryview(valid_buffer), np.uint8, size) if valid_buffer else full_plane(len(column))
    return values & valid, ~values & valid


def full_plane(rows: int) -> Plane:
    """A plane in which every row's bit is set and the padding is not."""
    plane = np.full((rows + 7) // 8, 255, np.uint8)
    if rows % 8:
        plane[-1] = (1 << rows % 8) - 1
    return plane


def rows_of(plane: Plane, rows: int) -> npt.NDArray[np.int64]:
    """The numbers of the rows whose bit is set."""
    return np.flatnonzero(np.unpackbits(plane, count=rows, bitorder="little"))


def popcount(plane: Plane) -> int:
    """How many bits are set."""
    return int(np.bitwise_count(plane).sum())


def evaluate(
    program: Program, atoms: Mapping[int, Truth], nulls: Mapping[str, Plane], days: pa.Array[pa.Date32Scalar]
) -> Iterator[EditPlanes]:
    """What each edit of a program says about a batch.

    Shape: atoms by step number; nulls by column for `Program.columns_of_wide_atoms`; days are the service dates.
    """
    rows = len(days)
    whole = full_plane(rows)
    truths = _truths(program, atoms, whole)
    known, _ = atom_planes(days.is_valid())
    numbers = days.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False)
    intervals: dict[InForce, Plane] = {}
    for edit, scope, whens in zip(program.edits, program.scopes, program.whens, strict=True):
        for case in edit.cases:
            if case.in_force not in intervals:
                intervals[case.in_force] = _in_force(case.in_force, numbers) & known
        live = [whole if edit.any_day else intervals[case.in_force] for case in edit.cases]
        judged = whole if edit.any_day else known
        yield _edit_planes(_Batch(program, truths, nulls, whole), edit, scope, whens, live, judged)


@dataclass(frozen=True, slots=True)
class _Batch:
    program: Program
    truths: list[Truth]
    nulls: Mapping[str, Plane]
    whole: Plane

    def unknown(self, step: int) -> Plane:
        true, false = self.truths[step]
        return self.whole & ~(true | false)


def _truths(program: Program, atoms: Mapping[int, Truth], whole: Plane) -> list[Truth]:
    nothing = np.zeros_like(whole)
    truths: list[Truth] = []
    for number, step in enumerate(program.steps):
        if step.kind == "atom":
            truths.append(atoms[number])
        elif step.kind == "constant":
            truths.append((whole, nothing) if step.value else (nothing, whole))
        elif step.kind == "not":
            true, false = truths[step.inputs[0]]
            truths.append((false, true))
        else:
            all_of, any_of = (0, 1) if step.kind == "and" else (1, 0)
            joined = np.bitwise_and.reduce([truths[item][all_of] for item in step.inputs])
            met = np.bitwise_or.reduce([truths[item][any_of] for item in step.inputs])
            truths.append((joined, met) if step.kind == "and" else (met, joined))
    return truths


def _in_force(interval: InForce, numbers: npt.NDArray[np.int32]) -> Plane:
    holds = np.ones(len(numbers), bool)
    if interval.first:
        holds &= numbers >= (interval.first - _EPOCH).days
    if interval.last:
        holds &= numbers <= (interval.last - _EPOCH).days
    return np.packbits(holds, bitorder="little")


def _edit_planes(
    batch: _Batch, edit: Edit, scope: int, whens: tuple[int, ...], live: list[Plane], known: Plane
) -> EditPlanes:
    any_live = np.bitwise_or.reduce(live)
    in_scope, out_of_scope = batch.truths[scope]
    scoped = any_live & in_scope
    left = scoped.copy()  # rows on which no case has fired yet
    clear = scoped.copy()
    cases = []
    for when, interval in zip(whens, live, strict=True):
        true, false = batch.truths[when]
        fires = left & interval & true
        cases.append(fires)
        left &= ~fires
        clear &= ~interval | false
    open_rows = left & ~clear
    scope_unknown = any_live & batch.unknown(scope)
    undated = batch.whole & ~known
    outcomes = {
        Outcome.FIRES: scoped & ~left,
        Outcome.CLEAR: clear,
        Outcome.NOT_EVALUATED: undated | scope_unknown | open_rows,
        Outcome.NOT_IN_FORCE: known & ~any_live,
        Outcome.OUT_OF_SCOPE: any_live & out_of_scope,
    }
    result = EditPlanes(edit, outcomes, cases)
    if outcomes[Outcome.NOT_EVALUATED].any():
        _add(result.missing, SERVICE_DATE, undated)
        _name_missing(batch, scope, scope_unknown, result.missing)
        for when, interval in zip(whens, live, strict=True):
            _name_missing(batch, when, open_rows & interval & batch.unknown(when), result.missing)
    return result


def _name_missing(batch: _Batch, number: int, need: Plane, missing: dict[str, Plane]) -> None:
    # Walk down from an unknown node to the null facts under it: they are what would have decided.
    if not need.any():
        return
    step = batch.program.steps[number]
    if step.atom is None:
        for item in step.inputs:
            _name_missing(batch, item, need & batch.unknown(item), missing)
        return
    names = atom_columns(step.atom)
    for name in names:
        _add(missing, name, need if len(names) == 1 else need & batch.nulls[name])


def _add(missing: dict[str, Plane], name: str, plane: Plane) -> None:
    if plane.any():
        missing[name] = missing[name] | plane if name in missing else plane
