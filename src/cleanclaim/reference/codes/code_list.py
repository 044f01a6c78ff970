"""Every code with each of its wordings once: what searches and comparisons read. Look-ups read one code by day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cleanclaim.engine.schema import Column, ColumnType, TableSchema
from cleanclaim.reference.cells import Row
from cleanclaim.reference.tables import HCPCS

if TYPE_CHECKING:
    from cleanclaim.reference.library import Library

_WORDING = (
    "hcpcs_code", "short_descriptor", "descriptor", "span_from", "span_to", "is_drug", "is_noc", "substance", "amount",
    "unit", "unit_semantics",
)  # fmt: skip
_COLUMNS = {column.name: column for column in HCPCS.columns}

CODE_LIST = TableSchema(
    "code_list", "One wording of one validity span of a code, with the days on which a release told it.",
    ("hcpcs_code", "span_from", "descriptor"),
    (
        *(_COLUMNS[name] for name in _WORDING),
        Column("valid_from", ColumnType.DATE, "first day on which it was told so"),
        Column("valid_to", ColumnType.DATE, "last day on which it was told so"),
        Column("release", ColumnType.TEXT, "release that told it first"),
    ),
)  # fmt: skip


def code_list(library: Library) -> Iterator[Row]:
    """The rows of `CODE_LIST`: releases that repeat each other are one row."""
    if library.imports(HCPCS.name):
        grouped = library.table(HCPCS.name).group_by(list(_WORDING), use_threads=False).aggregate(
            [("valid_from", "min"), ("valid_to", "max"), ("release", "min")]
        )  # fmt: skip
        names = (*_WORDING, "valid_from_min", "valid_to_max", "release_min")
        yield from zip(*(grouped[name].to_pylist() for name in names), strict=True)
        return
    places = [HCPCS.names.index(name) for name in CODE_LIST.names]
    yield from (tuple(row[place] for place in places) for row in library.rows(HCPCS.name))
