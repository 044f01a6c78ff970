"""Headers: found by their text, whatever stands above them, and told apart when a publisher changes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cleanclaim.reference.publications.source import Source


def plain_name(cell: str) -> str:
    """A header cell without blanks, line breaks and case: CMS breaks `HCPCS/ CPT Code` over two lines."""
    return "".join(cell.split()).casefold()


def places_of(row: Sequence[str], wanted: Sequence[str]) -> dict[str, int] | None:
    """Where the wanted names stand in a row; None unless all of them do."""
    places = places_in(row, wanted)
    return places if len(places) == len(wanted) else None


def places_in(row: Sequence[str], names: Iterable[str]) -> dict[str, int]:
    """Where those of the names that a row has stand in it."""
    cells = [plain_name(cell) for cell in row]
    return {name: cells.index(plain) for name in names if (plain := plain_name(name)) in cells}


def changed_header(source: Source, wanted: Sequence[str]) -> str | None:
    """What a header lacks and has instead, when it is nearly the wanted one: at least half of the names are there."""
    nearest = max(source.delimited_head, key=lambda row: len(_shared(row, wanted)), default=[])
    shared = _shared(nearest, wanted)
    if 2 * len(shared) < len(wanted) or len(shared) < 2:
        return None
    missing = [name for name in wanted if plain_name(name) not in shared]
    known = {plain_name(name) for name in wanted}
    new = [" ".join(cell.split())[:40] for cell in nearest if cell.strip() and plain_name(cell) not in known]
    return f"its header lacks {_quoted(missing)}" + (f" and has {_quoted(new)}" if new else "")


def _shared(row: Sequence[str], wanted: Sequence[str]) -> set[str]:
    return {plain_name(cell) for cell in row} & {plain_name(name) for name in wanted}


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:12])
