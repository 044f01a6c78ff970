"""The names on packages, by the codes under which these are listed: what people ask for when they know no code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cleanclaim.engine.schema import Column, ColumnType, TableSchema
from cleanclaim.reference.tables import PRODUCT

if TYPE_CHECKING:
    from cleanclaim.reference.library import Library

DRUG_NAME = TableSchema(
    "drug_name", "One name on a package that has been listed under a code, on whatever days.", ("name", "hcpcs_code"),
    (
        Column("name", ColumnType.TEXT, "brand or generic name, in the letters of the source"),
        Column("hcpcs_code", ColumnType.TEXT, "the code"),
        Column("release", ColumnType.TEXT, "release that told it"),
    ),
)  # fmt: skip


def drug_names(library: Library) -> Iterator[tuple[str, str, str]]:
    """Each name once for each code: products of the library first, then the FDA's directory through the crosswalk."""
    seen: set[tuple[str, str]] = set()
    for name, code, release in (*_of_products(library), *_of_directory(library)):
        if name and code and (pair := (name.casefold(), code)) not in seen:
            seen.add(pair)
            yield name, code, release


def _of_products(library: Library) -> Iterator[tuple[str, str, str]]:
    name, code, release = (PRODUCT.names.index(column) for column in ("name", "hcpcs_code", "release"))
    for row in library.rows(PRODUCT.name):
        yield str(row[name] or ""), str(row[code] or ""), str(row[release])


def _of_directory(library: Library) -> Iterator[tuple[str, str, str]]:
    if not (library.imports("ndc_product") and library.imports("ndc_package")):
        return
    codes: dict[str, set[str]] = {}
    crosswalk = library.table("ndc_crosswalk").select(["ndc11", "hcpcs_code"])
    for ndc11, code in zip(*(column.to_pylist() for column in crosswalk.columns), strict=True):
        codes.setdefault(ndc11, set()).add(code)
    packages = library.table("ndc_package").select(["ndc11", "product_id"])
    products: dict[str, set[str]] = {}
    for ndc11, product in zip(*(column.to_pylist() for column in packages.columns), strict=True):
        if ndc11 in codes:
            products.setdefault(product, set()).update(codes[ndc11])
    named = library.table("ndc_product").select(["product_id", "proprietary_name", "nonproprietary_name", "release"])
    for product, brand, generic, release in zip(*(column.to_pylist() for column in named.columns), strict=True):
        for code in sorted(products.get(product, ())):
            yield brand or "", code, release
            yield generic or "", code, release
