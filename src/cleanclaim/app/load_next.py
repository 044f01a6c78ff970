"""The most useful file to load next: which one would let most of the checks be made that could not be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from cleanclaim.app.result import LoadNext
from cleanclaim.edits.findings import as_money
from cleanclaim.edits.wants import Lack, Want
from cleanclaim.reference.library.published import PUBLISHED, Published


def load_next(wants: Mapping[Lack, Want]) -> tuple[LoadNext, ...]:
    """What is wanted, file by file: first the one that by itself lets most checks be made."""
    by_file: dict[tuple[str, str], dict[Lack, Want]] = defaultdict(dict)
    for lack, want in wants.items():
        by_file[lack.table, lack.part][lack] = want
    files = [
        file
        for (table, part), wanted in by_file.items()
        for file in _files(PUBLISHED[table], table=table, part=part, wanted=wanted)
    ]
    return tuple(sorted(files, key=_usefulness))


def _usefulness(file: LoadNext) -> tuple[int, int, Decimal, str]:
    return -file.checks_alone, -file.checks, -Decimal(file.charge_amount), file.file


def _files(published: Published, *, table: str, part: str, wanted: Mapping[Lack, Want]) -> Iterator[LoadNext]:
    if published.by_code:
        yield _file(f"{published.name} {part}", published, table, part, None, list(wanted.values()))
        return
    left = sorted(wanted, key=_quarter)
    while left:
        # The last quarter's file also tells of the years before it that it reaches back to.
        last = left[-1]
        reach = _quarter(last) - 4 * published.years_back
        told = [lack for lack in left if _quarter(lack) >= reach]
        left = left[: -len(told)]
        release = f"{last.year}-Q{last.quarter}"
        name = " ".join(word for word in (published.name, part, release) if word)
        yield _file(name, published, table, part, release, [wanted[lack] for lack in told])


def _quarter(lack: Lack) -> int:
    return lack.year * 4 + lack.quarter


def _file(name: str, published: Published, table: str, part: str, release: str | None, wants: list[Want]) -> LoadNext:
    return LoadNext(
        file=name, publication=published.title, table=table, part=part or None, release=release,
        checks=sum(want.checks for want in wants), checks_alone=sum(want.alone for want in wants),
        rows=sum(want.rows for want in wants),
        charge_amount=as_money(sum((want.charges for want in wants), Decimal())) or "0.00",
        edits=tuple(sorted({edit for want in wants for edit in want.edits})),
    )  # fmt: skip
