"""Values out of the text into Arrow arrays: strings by the places where they stand, numbers from numpy columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cleanclaim.formats.x12.arrays import Bytes, Column, Ints, Mask
from cleanclaim.formats.x12.segments import Spans

_Scalar = TypeVar("_Scalar", bound=np.generic)


def indices(values: npt.NDArray[np.integer], absent: Mask | None = None) -> Column:
    """Rows to take, null where `absent`."""
    column: Column = pa.array(values, mask=absent)
    return column


def flags(values: Mask) -> Column:
    """Booleans."""
    column: Column = pa.array(values, pa.bool_())
    return column


def strings(data: Bytes, spans: Spans) -> Column:
    """The text of each span; null where it is empty. Spans that are not empty stand in rising order, apart."""
    return strings_at(data, spans.take(spans.present), np.flatnonzero(spans.present), len(spans.start))


def strings_at(data: Bytes, spans: Spans, rows: Ints, size: int) -> Column:
    """An array of `size` strings with the text of span i in row `rows[i]`, null elsewhere."""
    found = len(rows)
    if not found:
        return pa.nulls(size, pa.string())
    # The buffer seen as an array of strings: span, what lies between, span, ... Every second one is taken.
    offsets = np.empty(2 * found, np.int32)
    offsets[0::2], offsets[1::2] = spans.start, spans.end
    pieces = pa.StringArray.from_buffers(2 * found - 1, _buffer(offsets), _buffer(data))
    if found == size:
        return pieces.take(indices(np.arange(0, 2 * found, 2)))
    index = np.zeros(size, np.int64)
    absent = np.ones(size, np.bool_)
    index[rows] = np.arange(0, 2 * found, 2)
    absent[rows] = False
    return pieces.take(indices(index, absent))


def _buffer(values: npt.NDArray[np.generic]) -> pa.Buffer:
    return pa.py_buffer(values.data)


def first_per_owner(owner: Ints, present: Mask) -> Ints:
    """Of rows sorted by owner, the first present one of each owner."""
    rows = np.flatnonzero(present)
    if len(rows) < 2:
        return rows
    owners = owner[rows]
    is_first = np.ones(len(rows), np.bool_)
    np.not_equal(owners[1:], owners[:-1], out=is_first[1:])
    return rows[is_first]


def first_strings(data: Bytes, spans: Spans, owner: Ints, size: int) -> Column:
    """For each of `size` owners the first text that one of its spans has."""
    rows = first_per_owner(owner, spans.present)
    return strings_at(data, spans.take(rows), owner[rows], size)


def string_lists(values: Column, owner: Ints, size: int, *, known: Mask | None = None) -> Column:
    """For each of `size` owners the list of its values, which stand in the order of owners; null where not `known`."""
    return lists(list_offsets(owner, size), values, known)


def lists(offsets: npt.NDArray[np.int32], values: Column, known: Mask | None = None) -> Column:
    """Lists that start at these offsets; null where not `known`."""
    mask = None if known is None else flags(~known)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values, mask=mask)


def list_offsets(owner: Ints, size: int) -> npt.NDArray[np.int32]:
    """Where the list of each owner starts, and the end of the last."""
    offsets = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(owner, minlength=size), out=offsets[1:])
    return offsets


def joined_strings(data: Bytes, spans: Spans, owner: Ints, size: int) -> Column:
    """For each owner all texts of its spans, joined by ' | '; null where there is none."""
    rows = np.flatnonzero(spans.present)
    texts = string_lists(strings(data, spans.take(rows)), owner[rows], size)
    has = np.bincount(owner[rows], minlength=size) > 0
    joined = cast("Column", pc.binary_join(texts, " | "))
    return chosen(has, joined, pa.nulls(size, pa.string()))


def chosen(where: Mask, this: Column, other: Column) -> Column:
    """Values of `this` where it is so, else of `other`."""
    column: Column = pc.if_else(flags(where), this, other)
    return column


def integers(values: Ints, valid: Mask | None = None) -> Column:
    """64-bit integers."""
    return pa.array(values, pa.int64(), mask=None if valid is None else ~valid)


def dates(days: Ints, valid: Mask) -> Column:
    """Dates from days since 1970-01-01."""
    return pa.array(days.astype(np.int32), pa.int32(), mask=~valid).view(pa.date32())


def decimals(unscaled: Ints, valid: Mask, kind: pa.DataType) -> Column:
    """Decimals from integers that count the type's last decimal."""
    words = np.empty((len(unscaled), 2), np.int64)
    words[:, 0] = np.where(valid, unscaled, 0)
    words[:, 1] = words[:, 0] >> 63
    bits = np.packbits(valid, bitorder="little")
    return pa.Array.from_buffers(kind, len(unscaled), [_buffer(bits), _buffer(words)])


def scattered(values: npt.NDArray[_Scalar], rows: Ints, size: int) -> npt.NDArray[_Scalar]:
    """An array of `size` with `values[i]` in row `rows[i]`, zero or false elsewhere."""
    out = np.zeros(size, values.dtype)
    out[rows] = values
    return out


def constant(value: str, size: int) -> Column:
    """The same text in every row."""
    return pa.repeat(pa.scalar(value), size)


def mapped(values: Column, target: Callable[[str | None], str | None]) -> Column:
    """Each text as `target` of it, which is asked once for each distinct one; null stays null."""
    codes = values.dictionary_encode()
    targets: Column = pa.array([target(text) for text in codes.dictionary.to_pylist()], pa.string())
    return targets.take(codes.indices)
