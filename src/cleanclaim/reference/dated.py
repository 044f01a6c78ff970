"""The columns that end every reference table: when a row holds, and which release told it."""

from cleanclaim.engine.schema import Column, ColumnType

DATED = (
    Column("valid_from", ColumnType.DATE, "first day on which the row holds"),
    Column("valid_to", ColumnType.DATE, "last day on which the row holds; 9999-12-31 when open"),
    Column("release", ColumnType.TEXT, "release that told it, as `publication release revision`"),
)
