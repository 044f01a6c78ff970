"""The packages of the FDA's NDC directory (`package.txt`): number, packaging, container kind, days on the market.

Days, and what the rows are valid for: see `fda_directory`. The number is printed in ten digits with hyphens, which tell
where the zero of the eleven-digit form belongs.
"""

from __future__ import annotations

from cleanclaim.reference.publications.fda_containers import container_kind, without_numbers
from cleanclaim.reference.publications.fda_directory import END, START, Arrow, has_columns, read_directory, text_or_null
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import parse_ndc

PUBLICATION = "fda_packages"
TITLE = "FDA NDC directory, packages (package.txt)"

FEWEST_ROWS = 100_000  # the directory has had more than 200,000 for years: a file with fewer was cut

_COLUMNS = ("PRODUCTID", "PRODUCTNDC", "NDCPACKAGECODE", "PACKAGEDESCRIPTION", START, END)


def recognize(source: Source) -> bool:
    """Whether the first line is the header of the package file."""
    return has_columns(source, _COLUMNS)


def parse(source: Source) -> Parsed:
    """All packages of one directory.

    Raises: UnreadableInput when the file is cut short.
    """
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    directory = read_directory(source, _COLUMNS, FEWEST_ROWS)
    written = pc.utf8_trim_whitespace(directory.table["NDCPACKAGECODE"].combine_chunks())
    products = directory.table["PRODUCTID"].combine_chunks()
    ndc11 = _ndc11(written)
    aside = list(directory.aside)
    aside += _set_aside(written, pc.is_null(ndc11), "no NDC that has an eleven-digit form")
    again = _again(products, written)
    aside += _set_aside(written, pc.and_(again, pc.is_valid(ndc11)), "the package is described once more")
    keep = pc.and_(pc.is_valid(ndc11), pc.invert(again))
    described = directory.table["PACKAGEDESCRIPTION"].combine_chunks()
    rows = len(described)
    columns = {
        "ndc11": ndc11, "product_id": products, "package_ndc": written, "description": text_or_null(described),
        "container": _containers(described, again, products, written),
        "marketing_start": directory.start, "marketing_end": directory.end,
        "listed_on": pa.array([directory.listed_on], pa.date32()).take(pa.array([0] * rows, pa.int64())),
        **directory.valid,
    }  # fmt: skip
    kept = {name: column.filter(keep) for name, column in columns.items()}
    return directory.release(source, "ndc_package", kept, aside)


def _ndc11(written: Arrow) -> Arrow:
    """The eleven digits of hyphenated numbers in ten (4-4-2, 5-3-2, 5-4-1) or eleven; null for any other."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    whole = pc.match_substring_regex(written, r"^(\d{4}-\d{4}-\d{2}|\d{5}-\d{3}-\d{2}|\d{5}-\d{4}-\d{1,2})$")
    parts = pc.extract_regex(written, r"^(?P<labeler>\d{4,5})-(?P<product>\d{3,4})-(?P<package>\d{1,2})$")
    fields = [
        pc.utf8_lpad(pc.struct_field(parts, name), width, "0")
        for name, width in (("labeler", 5), ("product", 4), ("package", 2))
    ]
    joined = pc.binary_join_element_wise(*fields, "")
    ndc11 = pc.if_else(whole, joined, pa.scalar(None, pa.string()))
    # All zeros names no drug: the one rule that the pattern does not hold.
    return pc.if_else(pc.equal(ndc11, pa.scalar("0" * 11)), pa.scalar(None, pa.string()), ndc11)


def _again(products: Arrow, written: Arrow) -> Arrow:
    """Which rows describe a package that stood further up: one carton around one of several inner packages."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    key = pc.binary_join_element_wise(products, written, " ").dictionary_encode().indices.to_numpy()
    again = np.ones(len(key), bool)
    again[np.unique(key, return_index=True)[1]] = False
    return pa.array(again)


def _containers(described: Arrow, again: Arrow, products: Arrow, written: Arrow) -> Arrow:
    """The container kind of each package; null where two descriptions of one package disagree."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    encoded = pc.replace_substring_regex(described, r"\s*\([0-9-]+\)", "").dictionary_encode()
    kinds = pa.array([container_kind(without_numbers(text)) for text in encoded.dictionary.to_pylist()], pa.string())
    container = pc.take(kinds, encoded.indices)
    repeated = pc.binary_join_element_wise(products, written, " ")
    doubtful = repeated.filter(again)
    if not len(doubtful):
        return container
    place = pc.is_in(repeated, value_set=doubtful)
    by_package: dict[str, set[str | None]] = {}
    for key, kind in zip(repeated.filter(place).to_pylist(), container.filter(place).to_pylist(), strict=True):
        by_package.setdefault(key, set()).add(kind)
    unsure = pa.array([key for key, found in by_package.items() if len(found) > 1], pa.string())
    return pc.if_else(pc.is_in(repeated, value_set=unsure), pa.scalar(None, pa.string()), container)


def _set_aside(written: Arrow, chosen: Arrow, reason: str) -> list[RowSetAside]:
    import pyarrow.compute as pc  # noqa: PLC0415

    places: Arrow = pc.indices_nonzero(chosen).to_pylist()
    return [RowSetAside(place + 2, _why(reason, key := written[place].as_py()), key) for place in places]


def _why(reason: str, written: str) -> str:
    return f"{reason}: {problem}" if (problem := parse_ndc(written).problem) else reason
