"""Cells: one text of a CSV file or of the look-up index <-> one typed value, by the type of its column."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from cleanclaim.engine.schema import Column, ColumnType
from cleanclaim.errors import InvalidValue
from cleanclaim.values import parse_date

Cell = str | bool | int | Decimal | date | None
Row = tuple[Cell, ...]

_BOOLEANS = {"true": True, "false": False}


def parse_cell(text: str, column: Column) -> Cell:
    """The value that a text holds in a column; None for an empty text.

    Raises: InvalidValue names the column, the text and what was expected.
    """
    if not text:
        return None
    kind = column.type
    try:
        if kind is ColumnType.TEXT:
            return text
        if kind is ColumnType.DATE:
            return parse_date(text)
        if kind is ColumnType.BOOLEAN:
            return _BOOLEANS[text]
        if kind is ColumnType.INTEGER:
            return int(text)
        return _decimal(text, column)
    except (KeyError, ValueError, InvalidOperation):
        raise InvalidValue(f"{column.name}: {text[:40]!r} is not {_EXPECTED.get(kind, kind.value)}") from None


def plain(number: Decimal) -> Decimal:
    """The same number without needless zeros and without an exponent: 10.000000 -> 10."""
    whole = number.to_integral_value()
    return whole.quantize(Decimal(1)) if number == whole else number.normalize()


def _decimal(text: str, column: Column) -> Decimal:
    value = Decimal(text)
    precision, decimals = column.type.precision or (38, 0)
    exponent = value.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > decimals or value.adjusted() >= precision - decimals:
        raise InvalidOperation
    return value


_EXPECTED = {
    ColumnType.DATE: "a date (YYYY-MM-DD)",
    ColumnType.BOOLEAN: "true or false",
    ColumnType.INTEGER: "a whole number",
    ColumnType.AMOUNT: "a number of at most 12 digits and 6 decimals",
    ColumnType.UNITS: "a number of at most 9 digits and 3 decimals",
}
