"""The few operations on Arrow columns that reading a table takes. A condition is a numpy mask; null is false in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

Column: TypeAlias = "pa.Array[Any]"  # Arrow types its arrays by value: of any kind
Mask: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]

_compute: Any = pyarrow.compute  # the stubs of both know no column of any type
_arrow: Any = pa


def is_text(column: Column) -> bool:
    """Whether a column holds texts."""
    return bool(pa.types.is_string(column.type))


def is_list(column: Column) -> bool:
    """Whether a column holds lists."""
    return bool(pa.types.is_list(column.type))


def nulls(size: int, kind: pa.DataType) -> Column:
    """A column of nothing."""
    found: Column = _arrow.nulls(size, kind)
    return found


def repeated(value: str | None, size: int) -> Column:
    """The same text on every row."""
    return pa.repeat(pa.scalar(value, pa.string()), size)


def whole_numbers(values: Ints) -> Column:
    """Numpy's integers as a column."""
    return pa.array(values, pa.int64())


def flags(mask: Mask) -> Column:
    """A mask as a column."""
    return pa.array(mask)


def valid(column: Column) -> Mask:
    """Where a column has a value."""
    mask: Mask = _numpy(column.is_valid())
    return mask


def true(column: Column) -> Mask:
    """Where a column of booleans is true."""
    mask: Mask = _numpy(_compute.fill_null(column, pa.scalar(value=False)))
    return mask


def equal(column: Column, other: object) -> Mask:
    """Where a column equals another, or a value."""
    return true(_compute.equal(column, other))


def differs(column: Column, other: object) -> Mask:
    """Where both have a value, and not the same."""
    return true(_compute.not_equal(column, other))


def less(column: Column, other: Column) -> Mask:
    """Where a column is below another."""
    return true(_compute.less(column, other))


def longer_than(lists: Column, size: int) -> Mask:
    """Where a list has more members."""
    return true(_compute.greater(_compute.list_value_length(lists), size))


def matching(texts: Column, pattern: str) -> Mask:
    """Where a regular expression (RE2) is found in a text."""
    return true(_compute.match_substring_regex(texts, pattern))


def chosen(mask: Mask, where: object, elsewhere: object) -> Column:
    """One column or value where the mask is true, another elsewhere."""
    found: Column = _compute.if_else(pa.array(mask), where, elsewhere)
    return found


def without(mask: Mask, column: Column) -> Column:
    """The column, null where the mask is true."""
    return chosen(mask, pa.scalar(None, column.type), column)


def first_of(*columns: Column) -> Column:
    """For each row the first value that is not null."""
    found: Column = _compute.coalesce(*columns)
    return found


def trimmed(texts: Column) -> Column:
    """Texts without white space around them."""
    found: Column = _compute.utf8_trim_whitespace(texts)
    return found


QUOTED = r"""^(?:="([^"]*)"|'([0-9][0-9.-]*))$"""


def unquoted(texts: Column) -> Column:
    """Texts without what a spreadsheet puts around one that is to stay text: `="..."`, an apostrophe before digits."""
    found: Column = _compute.replace_substring_regex(texts, pattern=QUOTED, replacement=r"\1\2")
    return found


def blank(texts: Column) -> Mask:
    """Where a text is empty or null."""
    mask: Mask = _numpy(_compute.equal(_compute.fill_null(_compute.binary_length(texts), 0), 0))
    return mask


def joined(parts: list[Column], joiner: str) -> Column:
    """The texts of several columns side by side; null where all are."""
    # Not null_handling="skip": Arrow 26 then leaves out the rows of which every part is null.
    both = _compute.binary_join_element_wise(*parts, joiner, null_handling="replace", null_replacement="")
    side_by_side = _compute.utf8_trim(both, characters=joiner)
    return without(blank(side_by_side), side_by_side)


def joined_lists(lists: Column) -> Column:
    """Lists of texts as texts, to be compared."""
    found: Column = _compute.binary_join(lists, ";")
    return found


def cast(column: Column, kind: pa.DataType) -> Column:
    """The column in another type. Raises: pyarrow.ArrowException."""
    found: Column = _compute.cast(column, kind)
    return found


def codes(column: Column) -> tuple[Ints, list[Any]]:
    """For each row the place of its value among the distinct ones (-1 for null), and these in order of appearance."""
    coded: Any = column.dictionary_encode()
    return _numpy(_compute.fill_null(coded.indices, -1)).astype(np.int64), coded.dictionary.to_pylist()


def member_by_member(change: Callable[[str], str], lists: Column) -> Column:
    """Lists of texts with each member changed; each distinct member is changed once."""
    places, members = codes(_compute.list_flatten(lists))
    changed = decoded([change(member) for member in members], pa.string(), places)
    lengths = _numpy(_compute.fill_null(_compute.list_value_length(lists), 0))
    offsets = pa.array(np.concatenate(([0], np.cumsum(lengths))), pa.int32())
    found: Column = _arrow.ListArray.from_arrays(offsets, changed, mask=lists.is_null())
    return found


def taken(column: Column, places: Ints, none: Mask | None = None) -> Column:
    """The values at some places; null where `none`."""
    found: Column = column.take(_arrow.array(places, pa.int64(), mask=none))
    return found


def decoded(values: list[Any], kind: pa.DataType, places: Ints) -> Column:
    """For each row the value at its place, as `codes` gave it."""
    return taken(pa.array(values, kind), places, places < 0)


def _numpy(column: Any) -> Any:  # noqa: ANN401 - of the kind that the caller says
    return column.to_numpy(zero_copy_only=False)
