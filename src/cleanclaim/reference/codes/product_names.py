"""The names of drugs, by the codes that they stand for: what people say who know no code.

They come from packages, from the NDC-HCPCS crosswalk, from descriptors, and from a list of our own (`synonyms.csv`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from cleanclaim.engine.schema import Column, ColumnType, TableSchema
from cleanclaim.reference.cells import Cell
from cleanclaim.reference.codes.drug_identity import latest_wordings
from cleanclaim.reference.codes.printed_names import brand_of, name_key
from cleanclaim.reference.tables import NDC_CROSSWALK, PRODUCT

if TYPE_CHECKING:
    from cleanclaim.reference.codes.drug_names import DrugName
    from cleanclaim.reference.library import Library

SYNONYMS = Path(__file__).parent / "synonyms.csv"


class NameKind(StrEnum):
    """How a name stands for a code."""

    SUBSTANCE = "substance"  # the whole name of its drug, with or without the salt
    BRAND = "brand"  # in its descriptor
    PACKAGE = "package"  # on a package that has been listed under it, brand or generic
    SYNONYM = "synonym"  # another word for one of these
    FAMILY = "family"  # its drug is called more than this, and this is the name of another: infliximab-dyyb, infliximab


DRUG_NAME = TableSchema(
    "drug_name", "One name that stands for a code, or has stood for it, on whatever days.",
    ("name_key", "hcpcs_code", "kind"),
    (
        Column("name", ColumnType.TEXT, "in the letters of the source"),
        Column("name_key", ColumnType.TEXT, "as it is compared: small letters and digits alone"),
        Column("hcpcs_code", ColumnType.TEXT, "the code"),
        Column("kind", ColumnType.TEXT, "substance, brand, package, synonym, family"),
        Column("release", ColumnType.TEXT, "release that told it"),
    ),
)  # fmt: skip

_Named = tuple[str, str, NameKind, str]  # name, code, kind, release

# What makes another drug of an ingredient, as part of its name: doxorubicin is not liposomal doxorubicin.
_OTHER_DRUG = frozenset({
    "albumin fusion protein", "cholesteryl sulfate complex", "fc fusion protein", "glycopegylated", "lipid complex",
    "liposomal", "pegylated", "protein-bound particles",
})  # fmt: skip

# What people leave out of a name: aripiprazole is said of both.
_SLOW = frozenset({"depot", "extended-release", "long-acting", "microsphere formulation", "sustained-release"})


def drug_names(library: Library) -> Iterator[tuple[str, str, str, str, str]]:
    """The rows of `DRUG_NAME`: each name once for a code and a kind, in the spelling met first."""
    from cleanclaim.reference.codes.drug_names import read_drug_name  # noqa: PLC0415 - large, and only for an index

    drugs = {code: (told, read_drug_name(str(told["descriptor"]))) for code, told in latest_wordings(library)}
    described = [one for code, (told, read) in drugs.items() for one in _of_descriptor(code, told, read)]
    owned = {
        name_key(name) for name, code, kind, _ in described
        if kind is NameKind.SUBSTANCE and not drugs[code][1].maker
    }  # fmt: skip
    described = [
        (name, code, kind if kind is not NameKind.FAMILY or name_key(name) in owned else NameKind.SUBSTANCE, release)
        for name, code, kind, release in described
    ]
    substances: dict[str, set[str]] = {}
    for name, code, kind, _ in described:
        if kind is NameKind.SUBSTANCE:
            substances.setdefault(name_key(name), set()).add(code)

    def is_misprint(name: str, code: str) -> bool:
        """Whether a package has the name of another code's drug, as a ketorolac that stands under prednisone."""
        key = name_key(name)
        if code not in drugs or code in substances.get(key, (code,)):
            return False
        ingredients = drugs[code][1].ingredients
        return bool(ingredients) and not any(name_key(one.split()[0]) in key for one in ingredients)

    packages = [one for one in package_names(library) if not is_misprint(one[0], one[1])]
    named = [*described, *packages]
    seen: set[tuple[str, str, NameKind]] = set()
    for name, code, kind, release in (*named, *_synonyms(named)):
        key = name_key(name)
        if key and code and (key, code, kind) not in seen:
            seen.add((key, code, kind))
            yield name, key, code, kind, release


def package_names(library: Library) -> Iterator[_Named]:
    """Names on packages: products of the library first, then what crosswalks print, then the FDA's directory."""
    for name, code, release in (*_of_products(library), *_of_directory(library)):
        yield name, code, NameKind.PACKAGE, release
    for printed, code, release in _of_crosswalks(library):
        yield printed, code, NameKind.PACKAGE, release
        yield brand_of(printed), code, NameKind.PACKAGE, release


def _of_descriptor(code: str, wording: Mapping[str, Cell], read: DrugName) -> Iterator[_Named]:
    names = list(names_of(read))
    release = str(wording["release"])
    yield from ((name, code, kind, release) for name, kind in names)
    whole = str(wording["substance"] or "")
    key = name_key(whole)
    shorter = {name_key(name) for name, _ in names} | {name_key(one) for one in read.ingredients}
    if key not in shorter and all(name_key(one) in key for one in read.ingredients):
        yield whole, code, NameKind.SUBSTANCE, release


def names_of(read: DrugName) -> Iterator[tuple[str, NameKind]]:
    """The names that a descriptor gives a drug: its ingredients with and without salt, suffix and kind, its brands."""
    for brand in re.split(r" or |/", read.brand or ""):
        yield brand, NameKind.BRAND
    base = " and ".join(read.ingredients)
    if not base:
        return
    others = [word for word in read.qualifiers if word in _OTHER_DRUG]
    is_branded = bool(read.brand) and not _SLOW & set(read.qualifiers)
    says_more = bool(is_branded or read.suffix or read.biosimilar or others)
    for name in (base, f"{base} {read.salt}" if read.salt else base):
        yield name, NameKind.FAMILY if says_more else NameKind.SUBSTANCE
    if read.suffix:
        yield f"{base}-{read.suffix}", NameKind.SUBSTANCE
    for word in others:
        yield f"{base} {word}", NameKind.SUBSTANCE
        yield f"{word} {base}", NameKind.SUBSTANCE


def _of_products(library: Library) -> Iterator[tuple[str, str, str]]:
    name, code, release = (PRODUCT.names.index(column) for column in ("name", "hcpcs_code", "release"))
    for row in library.rows(PRODUCT.name):
        yield str(row[name] or ""), str(row[code] or ""), str(row[release])


def _of_crosswalks(library: Library) -> Iterator[tuple[str, str, str]]:
    """Each printed name once for a code."""
    wanted = ("product_name", "hcpcs_code", "release")
    rows: Iterable[tuple[object, ...]]
    if library.imports(NDC_CROSSWALK.name):
        columns = library.table(NDC_CROSSWALK.name).select(wanted).columns
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
    else:
        places = [NDC_CROSSWALK.names.index(name) for name in wanted]
        rows = (tuple(row[place] for place in places) for row in library.rows(NDC_CROSSWALK.name))
    releases: dict[tuple[str, str], str] = {}
    for name, code, release in rows:
        if name:
            releases.setdefault((str(name), str(code)), str(release))
    yield from ((name, code, release) for (name, code), release in releases.items())


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


def _synonyms(named: Iterable[_Named]) -> Iterator[_Named]:
    """Other words for the names, each for the codes of its name. What a family is called is no name of one code."""
    codes: dict[str, dict[str, NameKind]] = {}
    for name, code, kind, _ in named:
        known = codes.setdefault(name_key(name), {})
        if known.get(code, NameKind.FAMILY) is NameKind.FAMILY:
            known[code] = kind
    for row in csv.DictReader(line for line in SYNONYMS.read_text("utf-8").splitlines() if not line.startswith("#")):
        meant = codes.get(name_key(row["name"]), {})
        whole = [code for code, kind in meant.items() if kind is not NameKind.FAMILY]
        yield from ((row["synonym"], code, NameKind.SYNONYM, f"synonyms: {row['source']}") for code in whole or meant)
