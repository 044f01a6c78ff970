"""What was written and could not be read is never nothing: a claim that holds such a value is not whole.

A reader names the columns in `unreadable`; what the claim truly says nothing in is then named one by one, so that no
rule on absence takes the lost value for a missing one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from cleanclaim.claims.tables import CAN_BE_ABSENT, CLAIM, KNOWN_ABSENT, LINE, SEGMENT, UNREADABLE
from cleanclaim.engine.schema import TableSchema

Mask: TypeAlias = npt.NDArray[np.bool_]
Column: TypeAlias = "pa.Array[Any]"
_compute: Any = pyarrow.compute  # the stubs know no column of any type
_TEXTS = pa.list_(pa.string())


def names_where(masks: Mapping[str, Mask], size: int) -> Column:
    """For each row a list of the names whose mask is true, in alphabetical order; null where none is."""
    names = sorted(masks)
    patterns, places = np.unique(
        np.array([masks[name] for name in names], np.bool_).reshape(len(names), size).T, axis=0, return_inverse=True
    )
    lists = [[name for name, holds in zip(names, pattern, strict=True) if holds] or None for pattern in patterns]
    found: Column = pa.array(lists, _TEXTS).take(pa.array(places.reshape(-1), pa.int64()))
    return found


def settled(claim: pa.Table, line: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The tables with no claim whole of which `unreadable` names something.

    Of what its rows have nothing in, `known_absent` names what they said nothing in; where a whole segment is lost,
    nobody knows what that is.
    """
    told, line_told = _valid(claim[UNREADABLE]), _valid(line[UNREADABLE])
    if not (told.any() or line_told.any()):
        return claim, line
    of_line = np.searchsorted(claim["claim_key"].to_numpy(), line["claim_key"].to_numpy())
    hurt = told.copy()
    hurt[of_line[line_told]] = True
    hurt &= claim["complete"].to_numpy()
    whole = pa.array(claim["complete"].to_numpy() & ~hurt)
    claim = claim.set_column(claim.schema.get_field_index("complete"), claim.schema.field("complete"), whole)
    hurt &= ~_names(claim, SEGMENT)
    return _with_absent(CLAIM, claim, hurt), _with_absent(LINE, line, hurt[of_line] & ~_names(line, SEGMENT))


def _with_absent(schema: TableSchema, table: pa.Table, rows: Mask) -> pa.Table:
    """Some rows with `known_absent` as they stand."""
    at = np.flatnonzero(rows)
    if not len(at):
        return table
    some = table.take(pa.array(at, pa.int64()))
    masks = {
        name: ~_valid(some[name]) & ~_names(some, name)
        for name in sorted(CAN_BE_ABSENT[schema.name])
        if some[name].null_count
    }
    named = names_where(masks, len(at)) if masks else pa.nulls(len(at), _TEXTS)
    places = np.zeros(table.num_rows, np.int64)
    places[at] = np.arange(len(at))
    chosen = _compute.if_else(
        pa.array(rows), named.take(pa.array(places, pa.int64())), table[KNOWN_ABSENT].combine_chunks()
    )
    return table.set_column(table.schema.get_field_index(KNOWN_ABSENT), table.schema.field(KNOWN_ABSENT), chosen)


def _names(table: pa.Table, name: str) -> Mask:
    """The rows of which `unreadable` names a column."""
    lists = table[UNREADABLE].combine_chunks()
    found = np.zeros(table.num_rows, np.bool_)
    is_it = _compute.equal(_compute.list_flatten(lists), name).to_numpy(zero_copy_only=False).astype(bool)
    found[_compute.list_parent_indices(lists).to_numpy()[is_it]] = True
    return found


def _valid(column: pa.ChunkedArray[Any]) -> Mask:
    mask: Mask = column.is_valid().to_numpy()
    return mask
