"""The most useful file to load next: which one would let most of the checks be made that could not be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from cleanclaim.app.result import LoadNext
from cleanclaim.edits.coverage_gaps import Gap, Waiting
from cleanclaim.edits.findings import as_money
from cleanclaim.reference.library.published import PUBLISHED, Published


def load_next(waiting: Mapping[Gap, Waiting]) -> tuple[LoadNext, ...]:
    """What is wanted, file by file: first the one that by itself lets most checks be made."""
    by_file: dict[tuple[str, str], dict[Gap, Waiting]] = defaultdict(dict)
    for gap, one in waiting.items():
        by_file[gap.table, gap.part][gap] = one
    files = [
        file
        for (table, part), wanted in by_file.items()
        for file in _files(PUBLISHED[table], table=table, part=part, wanted=wanted)
    ]
    return tuple(sorted(files, key=_usefulness))


def _usefulness(file: LoadNext) -> tuple[int, int, Decimal, str]:
    return -file.checks_alone, -file.checks, -Decimal(file.charge_amount), file.file


def _files(published: Published, *, table: str, part: str, wanted: Mapping[Gap, Waiting]) -> Iterator[LoadNext]:
    if published.by_code:
        yield _file(f"{published.name} {part}", published, table, part, None, list(wanted.values()))
        return
    left = sorted(wanted, key=_quarter)
    while left:
        # The last quarter's file also tells of the years before it that it reaches back to.
        last = left[-1]
        reach = _quarter(last) - 4 * published.years_back
        told = [gap for gap in left if _quarter(gap) >= reach]
        left = left[: -len(told)]
        release = f"{last.year}-Q{last.quarter}"
        name = " ".join(word for word in (published.name, part, release) if word)
        yield _file(name, published, table, part, release, [wanted[gap] for gap in told])


def _quarter(gap: Gap) -> int:
    return gap.year * 4 + gap.quarter


def _file(
    name: str, published: Published, table: str, part: str, release: str | None, waiting: list[Waiting]
) -> LoadNext:
    return LoadNext(
        file=name, publication=published.title, table=table, part=part or None, release=release,
        checks=sum(one.checks for one in waiting), checks_alone=sum(one.alone for one in waiting),
        rows=sum(one.rows for one in waiting),
        charge_amount=as_money(sum((one.charges for one in waiting), Decimal())) or "0.00",
        edits=tuple(sorted({edit for one in waiting for edit in one.edits})),
    )  # fmt: skip
