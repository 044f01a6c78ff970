"""Parquet as parts of rows: every column as text, so that a cell is read alike whatever it came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from cleanclaim.claims.tables import Lost
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.jsonl.faults import Faults
from cleanclaim.formats.tabular import columns
from cleanclaim.formats.tabular.columns import Column
from cleanclaim.formats.tabular.source import Part

_PART_ROWS = 16_384


class ParquetSource:
    """A Parquet file as parts of rows, which count from 1."""

    header_row = 0
    titles: tuple[int, ...] = ()

    def __init__(self, stream: BinaryIO, name: str) -> None:
        """Raises: UnreadableInput when the file has no sound footer."""
        import pyarrow.parquet as pq  # noqa: PLC0415 - only for who has such a file

        self._name = name
        try:
            self._file = pq.ParquetFile(stream, pre_buffer=False, buffer_size=1 << 18)
        except (pa.ArrowException, OSError) as error:
            raise UnreadableInput(
                f"{name}: a Parquet file that is damaged or cut off ({type(error).__name__})"
            ) from None
        self.names: Sequence[str] = self._file.schema_arrow.names

    def parts(self, wanted: Sequence[int], faults: Faults | None) -> Iterator[Part]:
        """All rows. Raises: UnreadableInput when a page is damaged."""
        names, row = [self.names[place] for place in wanted], 0
        try:
            for batch in self._file.iter_batches(batch_size=_PART_ROWS, columns=names, use_threads=False):
                rows = row + 1 + np.arange(batch.num_rows)
                found = [self._as_text(batch.column(name), name, faults, is_first=not row) for name in names]
                row += batch.num_rows
                yield Part(found, rows, np.empty(0, np.int64))
        except (pa.ArrowException, OSError) as error:
            raise UnreadableInput(
                f"{self._name}: after row {row} the Parquet file is damaged ({type(error).__name__})"
            ) from None

    def _as_text(self, column: Column, name: str, faults: Faults | None, *, is_first: bool) -> Column:
        kind = column.type
        if pa.types.is_dictionary(kind):
            column, kind = columns.cast(column, kind.value_type), kind.value_type
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            if pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type):
                return column.cast(pa.list_(pa.string()))
        elif pa.types.is_string(kind):
            return column
        elif not pa.types.is_nested(kind):
            try:
                return columns.cast(column, pa.string())
            except pa.ArrowException:
                pass  # told below: bytes that are no text, types that nothing is written in
        if is_first and faults:
            faults.add(
                "column-type", 1, "texts, numbers, dates or lists of texts (the column was not read)", Lost.VALUE,
                element=name[:40],
            )  # fmt: skip
        return pa.nulls(len(column), pa.string())
