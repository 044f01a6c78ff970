"""Headers: found by their text, whatever stands above them, and the records below; told apart when one changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.publications.source import Source

Cells = dict[str, str]


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


def header_row(rows: Sequence[Sequence[str]], names: Sequence[str]) -> int | None:
    """The first row that has all names among its cells; blanks and capitals do not count."""
    return next((number for number, row in enumerate(rows) if places_of(row, names)), None)


def require_header(source: Source, rows: Sequence[Sequence[str]], names: Sequence[str]) -> int:
    """The same row.

    Raises: UnreadableInput when there is none.
    """
    start = header_row(rows, names)
    if start is None:
        raise UnreadableInput(f"{source.place}: no header with {', '.join(names)}")
    return start


def cells_below(
    source: Source, start: int, names: Sequence[str], rows: Sequence[list[str]] | None = None
) -> Iterator[tuple[int, Cells]]:
    """The records below a header: row number and the named cells without blanks around. Empty records are left out.

    `rows` are the records of the file where they are read in another encoding than CMS writes.

    Raises: UnreadableInput when the last record ends in the middle: the file was cut off.
    """
    rows = source.rows if rows is None else rows
    places = places_in(rows[start], names)
    for number, row in records_below(source, rows, start, max(places.values()) + 1):
        yield number, cells_at(row, places)


def records_below(source: Source, rows: Sequence[list[str]], start: int, needed: int) -> list[tuple[int, list[str]]]:
    """The records below a header that are not blank, by row number.

    Raises: UnreadableInput when the last record has fewer cells than are needed: the file was cut off.
    """
    below = [(number, row) for number, row in enumerate(rows[start + 1 :], start + 2) if any(row)]
    # Blanks at the end may be all that is left of a record.
    if below and len(below[-1][1]) < needed and not source.is_packed and not source.content.endswith(b"\n"):
        raise UnreadableInput(f"{source.place}: row {below[-1][0]}, the last, ends in the middle: the file was cut off")
    return [(number, row) for number, row in below if any(map(str.strip, row))]


def cells_at(record: Sequence[str], places: Mapping[str, int]) -> Cells:
    """The cells at some places, by their names, without blanks around; empty past the end of the record."""
    return {name: record[place].strip() if place < len(record) else "" for name, place in places.items()}


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
