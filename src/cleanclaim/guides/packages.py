"""The packages of a code: container, strength, and how many HCPCS units and NDC units one of them is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.dosing import BillingUnit, units_for_dose
from cleanclaim.errors import CleanclaimError
from cleanclaim.guides.blocks import Table
from cleanclaim.reference import tables
from cleanclaim.reference.cells import Cell, plain
from cleanclaim.reference.codes.answers import CodeAnswer
from cleanclaim.reference.codes.index import Record
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.values import Quantity, exact, read_unit

_MOST = 25  # packages to list; generics have hundreds
_OF_PRODUCTS = ("NDC", "name", "container", "form and strength", "holds", "HCPCS units", "NDC unit")
_OF_CROSSWALK = ("NDC", "content of one item, in NDC units", "items", "HCPCS units in one item")


@dataclass(frozen=True, slots=True)
class Packages:
    """What is known of the packages of a code on a day."""

    tables: tuple[Table, ...]
    contents: tuple[tuple[Decimal, str], ...]  # what single containers hold: amount and unit, each once
    releases: tuple[str, ...]


def packages(lookup: Lookup, answer: CodeAnswer) -> Packages:
    """The products of the product table, then what the crosswalk of the day lists under the code."""
    products = lookup.told(tables.PRODUCT, "hcpcs_code", answer.code, answer.on).rows
    listed = lookup.told(tables.NDC_CROSSWALK, "hcpcs_code", answer.code, answer.on).rows
    units_of = {str(row["ndc11"]): row["bill_units"] for row in listed}
    made = []
    if products:
        rows = [_product(answer, row, units_of.get(str(row["ndc11"]))) for row in products]
        made.append(Table(
            "Packages whose label was read", _OF_PRODUCTS, tuple(rows[:_MOST]), _by(products), _left(len(rows)),
        ))  # fmt: skip
    known = {str(row["ndc11"]) for row in products}
    others = [row for row in listed if str(row["ndc11"]) not in known]
    if others:
        rows_of = [
            (str(row["ndc11"]), _shown(row["package_size"]), _shown(row["package_quantity"]), _shown(row["bill_units"]))
            for row in others
        ]
        title = f"{'More packages' if made else 'Packages'} that the quarter's crosswalk lists"
        made.append(Table(title, _OF_CROSSWALK, tuple(rows_of[:_MOST]), _by(others), _left(len(rows_of))))
    contents = {
        (plain(amount), str(row["content_unit"]))
        for row in products
        if isinstance(amount := row["content_amount"], Decimal) and row["container"] == "single_dose"
    }
    releases = dict.fromkeys(str(row["release"]) for row in (*products, *listed))
    return Packages(tuple(made), tuple(sorted(contents)), tuple(releases))


def _product(answer: CodeAnswer, row: Record, bill_units: Cell) -> tuple[str, ...]:
    container = str(row["container"] or "not known").replace("_", "-")
    form = ", ".join(str(row[name]) for name in ("form", "strength") if row[name])
    content = _shown(row["content_amount"])
    if row["content_unit"] and row["content_amount"] is not None:
        content += f" {row['content_unit']}"
    return (
        str(row["ndc11"]), str(row["name"] or ""), container, form, content,
        _shown(bill_units) if bill_units is not None else _units(answer, row), str(row["ndc_unit"] or "not known"),
    )  # fmt: skip


def _units(answer: CodeAnswer, row: Record) -> str:
    """Whole billing units that the content of a container is, where the two can be compared."""
    if answer.amount is None or answer.unit is None or answer.unit_semantics is None:
        return "not known"
    try:
        content = Quantity(exact(str(row["content_amount"])), read_unit(str(row["content_unit"])))
        units = units_for_dose(content, BillingUnit.of(answer.amount, answer.unit, answer.unit_semantics)).units
    except CleanclaimError:
        return "not known"
    return "not known" if units is None else f"{units:,}"


def _shown(cell: Cell) -> str:
    return f"{plain(cell):,f}" if isinstance(cell, Decimal) else "not known"


def _by(rows: Iterable[Record]) -> str:
    return "; ".join(dict.fromkeys(str(row["release"]) for row in rows))


def _left(count: int) -> str:
    return f"{count - _MOST:,} more are not listed here." if count > _MOST else ""
