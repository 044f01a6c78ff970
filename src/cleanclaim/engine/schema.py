"""How a table is described once: columns with type, unit, meaning, source. Imports Arrow only when asked for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


class ColumnType(StrEnum):
    """The closed list of column types. Money and units are decimals, never floats."""

    TEXT = "text"
    TEXTS = "list of text"  # never null inside; a null list is "unknown", an empty one "said to be none"
    BOOLEAN = "boolean"
    INTEGER = "integer"  # 64 bits
    DATE = "date"
    MONEY = "money"  # US dollars, DECIMAL(14, 2)
    UNITS = "units"  # counts and quantities, DECIMAL(12, 3)
    TOTAL = "total of units"  # sums of UNITS, DECIMAL(28, 3)
    MONEY_TOTAL = "total of money"  # sums of MONEY, DECIMAL(28, 2)
    AMOUNT = "amount"  # amounts of a substance, factors and prices per unit, DECIMAL(18, 6)

    @property
    def precision(self) -> tuple[int, int] | None:
        """Digits and decimals of a decimal type, else None."""
        return _PRECISION.get(self)

    @property
    def sql(self) -> str:
        """The DuckDB type."""
        if self.precision:
            return "DECIMAL({}, {})".format(*self.precision)
        return _SQL[self]

    def arrow(self) -> pa.DataType:
        """The Arrow type."""
        import pyarrow as pa  # noqa: PLC0415 - look-ups must start without it

        if self.precision:
            return pa.decimal128(*self.precision)
        return {
            ColumnType.TEXT: pa.string(), ColumnType.TEXTS: pa.list_(pa.string()), ColumnType.BOOLEAN: pa.bool_(),
            ColumnType.INTEGER: pa.int64(), ColumnType.DATE: pa.date32(),
        }[self]  # fmt: skip


_PRECISION = {
    ColumnType.MONEY: (14, 2), ColumnType.UNITS: (12, 3), ColumnType.TOTAL: (28, 3),
    ColumnType.MONEY_TOTAL: (28, 2), ColumnType.AMOUNT: (18, 6),
}  # fmt: skip
_SQL = {
    ColumnType.TEXT: "VARCHAR", ColumnType.TEXTS: "VARCHAR[]", ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.INTEGER: "BIGINT", ColumnType.DATE: "DATE",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds, and where it stands in X12 and FHIR when it does."""

    name: str
    type: ColumnType
    meaning: str
    unit: str = ""
    x12: str = ""
    fhir: str = ""


@dataclass(frozen=True, slots=True, eq=False)  # by identity: each is written once
class TableSchema:
    """One table: what a row is, which columns identify it, and its columns in order."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    part: str = ""  # the column by which the table falls into parts that are published, and complete, each on its own
    names: tuple[str, ...] = field(init=False, repr=False, compare=False)  # of the columns, in order

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(column.name for column in self.columns))

    @cache  # noqa: B019 - schemas live as long as the process
    def arrow(self) -> pa.Schema:
        """The Arrow schema."""
        import pyarrow as pa  # noqa: PLC0415

        return pa.schema([pa.field(column.name, column.type.arrow()) for column in self.columns])

    @cache  # noqa: B019 - as above
    def empty(self) -> pa.Table:
        """A table of no rows."""
        return self.arrow().empty_table()
