"""What each code is a code of: its ingredients, and what sets it apart from other codes of the same ingredients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cleanclaim.engine.schema import Column, ColumnType, TableSchema
from cleanclaim.reference.codes.code_list import CODE_LIST, code_list

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
        Column("excludes_biosimilars", _T.BOOLEAN, "whether the descriptor says that it is no biosimilar"),
        Column("not_equivalent_to", _T.TEXT, "the codes to whose product it is not therapeutically equivalent"),
        Column("route", _T.TEXT, "routes, where the descriptor names some"),
        Column("form", _T.TEXT, "form: injection, spray, capsule ..."),
        Column("qualifiers", _T.TEXT, "recombinant, liposomal, pegylated ..., joined by commas"),
        Column("vehicle", _T.TEXT, "what it comes dissolved in"),
        Column("concentrated", _T.BOOLEAN, "whether it is a concentrated form"),
        Column("compounded", _T.BOOLEAN, "whether it is compounded; null where the descriptor does not say"),
        Column("esrd", _T.BOOLEAN, "for patients on dialysis, or for others; null where the descriptor does not say"),
        Column("dose_range", _T.TEXT, "the doses that the code is for, in words, where it is one of a series"),
        Column("descriptor", _T.TEXT, "the wording itself"),
        Column("amount", _T.AMOUNT, "amount of one billing unit", unit="unit"),
        Column("unit", _T.TEXT, "unit of the amount"),
        Column("unit_semantics", _T.TEXT, "as in hcpcs"),
        Column("release", _T.TEXT, "release that told it"),
    ),
)  # fmt: skip


def latest_wordings(library: Library) -> Iterator[tuple[str, dict[str, Cell]]]:
    """Each code that names a drug, or something by the same words, with the row of `CODE_LIST` that was told last."""
    latest: dict[str, dict[str, Cell]] = {}
    for row in code_list(library):
        wording = dict(zip(CODE_LIST.names, row, strict=True))
        code = str(wording["hcpcs_code"])
        if not wording["descriptor"]:  # a bare list of codes
            continue
        if code not in latest or str(wording["valid_to"]) > str(latest[code]["valid_to"]):
            latest[code] = wording
    for code, wording in latest.items():
        if wording["is_drug"] is not False and not wording["is_noc"]:
            yield code, wording


def drug_identities(library: Library) -> Iterator[Row]:
    """The rows of `DRUG_IDENTITY`: those of drugs and of what names a drug, by the wording that was told last."""
    # The vocabulary of drug names is large, and only where an index is built.
    from cleanclaim.reference.codes.drug_names import read_drug_name  # noqa: PLC0415
    from cleanclaim.reference.dosage import UnitSemantics, range_words  # noqa: PLC0415

    for code, wording in latest_wordings(library):
        text = str(wording["descriptor"])
        name = read_drug_name(text)
        in_range = range_words(text) if wording["unit_semantics"] == UnitSemantics.RANGE else None
        for ingredient in name.ingredients:
            yield (
                code, ingredient, len(name.ingredients), name.salt, name.brand, name.maker, name.suffix,
                name.biosimilar, name.excludes_biosimilars, " ".join(name.not_equivalent_to) or None,
                " or ".join(name.routes) or None, name.form, ", ".join(name.qualifiers) or None, name.vehicle,
                name.concentrated, name.compounded, name.esrd, in_range, text,
                wording["amount"], wording["unit"], wording["unit_semantics"], wording["release"],
            )  # fmt: skip
