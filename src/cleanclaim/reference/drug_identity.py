"""What each code is a code of: its ingredients, and what sets it apart from other codes of the same ingredients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cleanclaim.engine.schema import Column, ColumnType, TableSchema
from cleanclaim.reference.code_list import CODE_LIST, code_list
from cleanclaim.reference.drug_names import read_drug_name

if TYPE_CHECKING:
    from cleanclaim.reference.cells import Cell, Row
    from cleanclaim.reference.library import Library

_T = ColumnType
DRUG_IDENTITY = TableSchema(
    "drug_identity", "One ingredient of one code, as the latest wording of its descriptor names it.",
    ("hcpcs_code", "ingredient"),
    (
        Column("hcpcs_code", _T.TEXT, "the code"),
        Column("ingredient", _T.TEXT, "the ingredient without its salt, in small letters"),
        Column("ingredients", _T.INTEGER, "ingredients of the code"),
        Column("salt", _T.TEXT, "salt or ester"),
        Column("brand", _T.TEXT, "brand"),
        Column("maker", _T.TEXT, "the company whose product alone it is"),
        Column("suffix", _T.TEXT, "four letters of the biological name"),
        Column("biosimilar", _T.BOOLEAN, "whether it is a biosimilar"),
        Column("not_equivalent_to", _T.TEXT, "the codes to whose product it is not therapeutically equivalent"),
        Column("route", _T.TEXT, "routes, where the descriptor names some"),
        Column("amount", _T.AMOUNT, "amount of one billing unit", unit="unit"),
        Column("unit", _T.TEXT, "unit of the amount"),
        Column("unit_semantics", _T.TEXT, "as in hcpcs"),
        Column("release", _T.TEXT, "release that told it"),
    ),
)  # fmt: skip


def drug_identities(library: Library) -> Iterator[Row]:
    """The rows of `DRUG_IDENTITY`: those of drugs and of what names a drug, by the wording that was told last."""
    latest: dict[str, dict[str, Cell]] = {}
    for row in code_list(library):
        told = dict(zip(CODE_LIST.names, row, strict=True))
        code = str(told["hcpcs_code"])
        if not told["descriptor"]:  # a bare list of codes
            continue
        if code not in latest or str(told["valid_to"]) > str(latest[code]["valid_to"]):
            latest[code] = told
    for code, told in latest.items():
        if told["is_drug"] is False or told["is_noc"]:
            continue
        name = read_drug_name(str(told["descriptor"]))
        for ingredient in name.ingredients:
            yield (
                code, ingredient, len(name.ingredients), name.salt, name.brand, name.maker, name.suffix,
                name.biosimilar, " ".join(name.not_equivalent_to) or None, " or ".join(name.routes) or None,
                told["amount"], told["unit"], told["unit_semantics"], told["release"],
            )  # fmt: skip
