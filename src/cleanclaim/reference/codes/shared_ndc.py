"""Codes under which the same package has been listed, on the same days or one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import permutations
from typing import TYPE_CHECKING

from cleanclaim.engine.schema import Column, ColumnType, TableSchema
from cleanclaim.reference.tables import NDC_CROSSWALK

if TYPE_CHECKING:
    from cleanclaim.reference.cells import Row
    from cleanclaim.reference.library import Library

SHARED_NDC = TableSchema(
    "shared_ndc", "One code beside another under which the same packages are or were listed.", ("hcpcs_code", "other"),
    (
        Column("hcpcs_code", ColumnType.TEXT, "the code"),
        Column("other", ColumnType.TEXT, "the other code"),
        Column("ndcs", ColumnType.INTEGER, "packages listed under both, on whatever days"),
        Column("ndc11", ColumnType.TEXT, "the first of these"),
        Column("together_from", ColumnType.DATE, "first day on which one is listed under both; null when never"),
        Column("together_to", ColumnType.DATE, "last such day"),
        Column("listed_from", ColumnType.DATE, "first day on which they are listed under the code"),
        Column("listed_to", ColumnType.DATE, "last such day"),
        Column("other_from", ColumnType.DATE, "first day on which they are listed under the other"),
        Column("other_to", ColumnType.DATE, "last such day"),
        Column("release", ColumnType.TEXT, "release that tells of the other code"),
    ),
)  # fmt: skip


_Listed = list[tuple[date, date, str]]  # days, and the release that tells them


@dataclass(slots=True)
class _Pair:
    ndcs: list[str] = field(default_factory=list)
    together: list[tuple[date, date]] = field(default_factory=list)
    code: _Listed = field(default_factory=list)
    other: _Listed = field(default_factory=list)


def shared_ndcs(library: Library) -> Iterator[Row]:
    """The rows of `SHARED_NDC`: each pair of codes twice, once from either side."""
    pairs: dict[tuple[str, str], _Pair] = defaultdict(_Pair)
    for ndc11, listed in _listings(library):
        for code, other in permutations(listed, 2):
            pair = pairs[code, other]
            pair.ndcs.append(ndc11)
            pair.code += listed[code]
            pair.other += listed[other]
            pair.together += _both(listed[code], listed[other])
    for (code, other), pair in sorted(pairs.items()):
        yield (
            code, other, len(pair.ndcs), min(pair.ndcs), *_ends(pair.together), *_ends(pair.code), *_ends(pair.other),
            max(pair.other)[2],
        )  # fmt: skip


def _ends(days: Sequence[tuple[date, date, *tuple[object, ...]]]) -> tuple[date | None, date | None]:
    return min((one[0] for one in days), default=None), max((one[1] for one in days), default=None)


def _listings(library: Library) -> Iterator[tuple[str, dict[str, _Listed]]]:
    """Each NDC that has been under more than one code, with its listings by code."""
    places = [NDC_CROSSWALK.names.index(name) for name in ("ndc11", "hcpcs_code", "valid_from", "valid_to", "release")]
    by_ndc: dict[str, dict[str, _Listed]] = defaultdict(lambda: defaultdict(list))
    for row in _crosswalk(library, places):
        ndc11, code, first, last, release = row
        by_ndc[ndc11][code].append((first, last, release))
    yield from ((ndc11, listed) for ndc11, listed in by_ndc.items() if len(listed) > 1)


def _crosswalk(library: Library, places: list[int]) -> Iterator[tuple[str, str, date, date, str]]:
    if library.imports(NDC_CROSSWALK.name):
        table = library.table(NDC_CROSSWALK.name)
        # Only what is listed under several codes is looked at: of 60,000 rows some hundreds.
        pairs = table.select(["ndc11", "hcpcs_code"]).group_by(["ndc11", "hcpcs_code"], use_threads=False).aggregate([])
        counted = pairs.group_by(["ndc11"], use_threads=False).aggregate([("hcpcs_code", "count")]).to_pydict()
        several = {
            ndc11 for ndc11, codes in zip(counted["ndc11"], counted["hcpcs_code_count"], strict=True) if codes > 1
        }
        columns = [table.column(NDC_CROSSWALK.names[place]) for place in places]
        keys = columns[0].to_pylist()
        rows = [number for number, ndc11 in enumerate(keys) if ndc11 in several]
        yield from zip(*(column.take(rows).to_pylist() for column in columns), strict=True)
        return
    for row in library.rows(NDC_CROSSWALK.name):
        ndc11, code, first, last, release = (row[place] for place in places)
        if isinstance(first, date) and isinstance(last, date):
            yield str(ndc11), str(code), first, last, str(release)


def _both(one: _Listed, two: _Listed) -> Iterator[tuple[date, date]]:
    for first, last, _ in one:
        for other_first, other_last, _ in two:
            if max(first, other_first) <= min(last, other_last):
                yield max(first, other_first), min(last, other_last)
