"""The quarterly procedure-to-procedure edits (CMS NCCI, `ccipra-v322r0-f1.TXT` or xlsx): pairs of codes.

Practitioners (`ccipra`) and hospitals (`ccioph`) are series of their own, each in about four files by column one, which
together are a release: version 322 is the third quarter of 2026, `r1` its first re-issue. Six heading lines; deletion
`*` is an active edit, else the last day of one; indicator 9 is an edit that was taken back and never held. Ended edits
stay in the file, so a release tells about every day from 1996, when the edits began, until the end of its quarter.
Column three marks edits that existed before 1996, which changes nothing after that.

Two million pairs: every step works on whole columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, pairwise
from typing import IO, TYPE_CHECKING, Any, Literal, cast

from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.manifest import Covered
from cleanclaim.reference.publications.headers import places_of
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside, dated_columns, key_numbers
from cleanclaim.reference.publications.pieces import Piece
from cleanclaim.reference.publications.printed import plain_day
from cleanclaim.reference.publications.quarters import agreed_quarter, quarter_name, quarter_of
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import OPEN_END, Interval

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

PUBLICATION = "ptp"
TITLE = "CMS NCCI procedure-to-procedure edits (PTP)"
HEADER = ("Column 1", "Column 2", "*=in existence", "Effective", "Deletion", "Modifier", "PTP Edit Rationale")

FEWEST_PAIRS = 1_000_000  # of 1.8 and 2.5 million
FIRST_DAY = date(1996, 1, 1)

_COLUMNS = ("one", "two", "existed", "effective", "deletion", "modifier", "rationale")
_FILE = re.compile(r"cci(pra|oph)-v([0-9]{2})([0-3])r([0-9]+)(?:-f([0-9]+))?", re.IGNORECASE)
_SERVICES = {"pra": "practitioner", "oph": "outpatient"}
_VERSION_ZERO = 1994  # version 30.0 is the first quarter of 2024, 32.2 the third of 2026
_CODE = re.compile(r"[A-Z0-9]{5}")
_CODE_AT_START = re.compile(rb"^[A-Z0-9]{5}\t", re.MULTILINE)
_TAKEN_BACK = 9
_ROWS_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class _Version:
    service_type: str
    quarter: Interval
    piece: Piece


def recognize(source: Source) -> bool:
    """Whether the file has the heading of the PTP edits."""
    return _heading(source) is not None


def piece(source: Source) -> Piece:
    """Which of the files of a release it is, by its name.

    Raises: UnreadableInput when the name does not say so.
    """
    return _version(source).piece


def parse(source: Source) -> Parsed:
    """The pairs of one file. They declare nothing to be complete: only all files of a release together are.

    Raises: UnreadableInput when the file name does not tell the version, or an edit begins after its quarter.
    """
    version = _version(source)
    printed, aside = _from_sheet(source) if source.is_packed else _from_text(source)
    printed = _without_blank_rows(printed)
    read = printed.num_rows + len(aside)
    table, refused = _typed(printed, version)
    table, again, notes = _one_edit_a_day(table)
    aside += refused + again
    return Parsed(
        release=quarter_name(version.quarter.first), effective=version.quarter, series=version.service_type,
        tables={"ptp": dated_columns("ptp", dict(zip(table.column_names, table.columns, strict=True)))},
        coverage=(), thin=source.partial, read=read, kept=table.num_rows, set_aside=tuple(aside), notes=tuple(notes),
    )  # fmt: skip


def join(pieces: Sequence[tuple[Piece, Parsed]]) -> Parsed:
    """The release of all its files.

    Raises: UnreadableInput when one is missing, or they are cut short; OverlappingValidity for a pair in two of them.
    """
    import pyarrow as pa  # noqa: PLC0415

    ordered = sorted(pieces, key=lambda one: one[0])
    of, first = ordered[0][0].of, ordered[0][1]
    table = pa.concat_tables([parsed.tables["ptp"] for _, parsed in ordered])
    excerpt = all(parsed.thin for _, parsed in ordered)
    if not excerpt:
        _refuse_gaps(of, [(one.number, parsed.tables["ptp"]["ptp_column_one"]) for one, parsed in ordered])
        if table.num_rows < FEWEST_PAIRS:
            raise UnreadableInput(
                f"{of}: {table.num_rows} pairs, expected at least {FEWEST_PAIRS}: the files were cut short"
                " (an excerpt is imported with --partial)"
            )
    if len(ordered) > 1:
        table = dated_columns("ptp", dict(zip(table.column_names, table.columns, strict=True)))
    days = Interval(FIRST_DAY, first.effective.last)
    return Parsed(
        release=first.release, effective=first.effective, series=first.series, tables={"ptp": table},
        coverage=() if excerpt else (Covered("ptp", None, days, part=first.series),), thin=excerpt,
        read=sum(one.read for _, one in ordered), kept=table.num_rows,
        set_aside=tuple(row for _, one in ordered for row in one.set_aside),
        notes=tuple(note for _, one in ordered for note in one.notes),
    )  # fmt: skip


def _refuse_gaps(of: str, codes: Sequence[tuple[int, pa.ChunkedArray[Any]]]) -> None:
    import pyarrow.compute as pc  # noqa: PLC0415

    numbers = [number for number, _ in codes]
    missing = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
    ends: list[dict[str, str]] = [pc.min_max(column).as_py() for _, column in codes]  # type: ignore[misc]
    # The files go by column one, digits before letters: the last of them reaches the Level II codes.
    if not missing and not str(ends[-1]["max"])[:1].isalpha():
        missing = [numbers[-1] + 1]
    if missing:
        raise UnreadableInput(
            f"{of}: file f{', f'.join(map(str, missing))} is missing beside f{', f'.join(map(str, numbers))};"
            " a release is all its files: import them together, or the folder that holds them"
        )
    for one, two in pairwise(ends):
        if two["min"] < one["max"]:
            raise UnreadableInput(f"{of}: column one goes back from {one['max']} to {two['min']} between two files")


def _heading(source: Source) -> int | None:
    return next((number for number, row in enumerate(source.delimited_head) if places_of(row, HEADER)), None)


def _version(source: Source) -> _Version:
    named = _FILE.search(source.name)
    if not named:
        raise UnreadableInput(
            f"{source.place}: whose edits these are, and of which quarter, stands in the file name alone:"
            " give the file the name that CMS gave it, as `ccipra-v322r0-f1.TXT`"
        )
    year, quarter = _VERSION_ZERO + int(named[2]), int(named[3])
    days = quarter_of(date(year, 3 * quarter + 1, 1))
    agreed_quarter(source, days, "", f"version {named[2]}.{quarter} is {quarter_name(days.first)}, not")
    of = f"cci{named[1]}-v{named[2]}{named[3]}r{named[4]}".lower()
    return _Version(_SERVICES[named[1].lower()], days, Piece(of, int(named[5] or 1)))


def _from_text(source: Source) -> tuple[pa.Table, list[RowSetAside]]:
    """The seven columns as printed, and the records that have another number of them."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.csv  # noqa: PLC0415

    start = _CODE_AT_START.search(source.content)
    if start is None:
        raise UnreadableInput(f"{source.place}: no pair of codes below the heading")
    odd: list[RowSetAside] = []

    def keep_odd(row: pyarrow.csv.InvalidRow) -> Literal["skip", "error"]:
        if row.text.strip("\x1a\r\n\t "):  # what ends a file of DOS times is no record
            odd.append(RowSetAside(0, "not seven columns", row.text.split("\t")[0][:20]))
        return "skip"

    table = pyarrow.csv.read_csv(
        cast("IO[bytes]", pa.BufferReader(pa.py_buffer(memoryview(source.content)[start.start() :]))),
        pyarrow.csv.ReadOptions(column_names=list(_COLUMNS), encoding="utf8" if source.content.isascii() else "cp1252"),
        pyarrow.csv.ParseOptions(delimiter="\t", quote_char=False, invalid_row_handler=keep_odd),
        pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(_COLUMNS, pa.dictionary(pa.int32(), pa.string()))),
    )
    return table, odd


def _from_sheet(source: Source) -> tuple[pa.Table, list[RowSetAside]]:
    import pyarrow as pa  # noqa: PLC0415

    rows = (row for row in source.sheet_rows() if any(row))
    tables = []
    started = False
    while batch := list(islice(rows, _ROWS_AT_ONCE)):
        if not started:
            below = (number for number, row in enumerate(batch) if _CODE.fullmatch(row[0].strip().upper()))
            batch = batch[next(below, len(batch)) :]
            started = True
        columns = [
            pa.array([row[place] if place < len(row) else "" for row in batch], pa.string()) for place in range(7)
        ]
        tables.append(pa.table([column.dictionary_encode() for column in columns], names=list(_COLUMNS)))
    return pa.concat_tables(tables), []


def _without_blank_rows(printed: pa.Table) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    filled = [pc.not_equal(printed[name].cast(pa.string()), pa.scalar("")) for name in ("one", "two")]
    return printed.filter(pc.or_(*filled))


def _typed(printed: pa.Table, version: _Version) -> tuple[pa.Table, list[RowSetAside]]:
    """The columns of the table with the days on which a row holds, and the rows that hold on none."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    def typed(name: str, read: Callable[[str], object], kind: pa.DataType) -> pa.Array[Any]:
        """Each distinct text is read once."""
        encoded: Any = printed[name].unify_dictionaries().combine_chunks()
        return pa.array([read(text.strip()) for text in encoded.dictionary.to_pylist()], kind).take(encoded.indices)

    columns = {
        "ptp_column_one": typed("one", _code, pa.string()),
        "ptp_column_two": typed("two", _code, pa.string()),
        "service_type": pa.repeat(pa.scalar(version.service_type), printed.num_rows),
        "span_from": typed("effective", plain_day, pa.date32()),
        "span_to": typed("deletion", lambda text: OPEN_END if text == "*" else plain_day(text), pa.date32()),
        "modifier_indicator": typed(
            "modifier", lambda text: int(text) if text in {"0", "1", "9"} else None, pa.int64()
        ),
        "rationale": typed("rationale", lambda text: text or None, pa.string()),
    }
    existed = typed("existed", lambda text: text == "*", pa.bool_())
    always = pa.scalar(FIRST_DAY, pa.date32())
    begins = pc.if_else(existed, pc.coalesce(columns["span_from"], always), columns["span_from"])
    newest = pc.max(begins).as_py()
    if newest and newest > version.quarter.last:
        raise UnreadableInput(
            f"{version.piece.of}: named for {quarter_name(version.quarter.first)}, but an edit begins on {newest}"
        )
    columns["valid_from"] = pc.max_element_wise(begins, always)
    columns["valid_to"] = pc.min_element_wise(columns["span_to"], pa.scalar(version.quarter.last, pa.date32()))
    whole = pc.and_(columns["ptp_column_one"].is_valid(), columns["ptp_column_two"].is_valid())
    reasons = {
        "not two codes": pc.invert(whole),
        "no first day (YYYYMMDD)": begins.is_null(),
        "neither a last day (YYYYMMDD) nor *": columns["span_to"].is_null(),
        "no modifier indicator 0, 1 or 9": columns["modifier_indicator"].is_null(),
        "ended before 1996 or before it began": pc.coalesce(
            pc.greater(columns["valid_from"], columns["valid_to"]), pa.scalar(value=False)
        ),
    }
    why = pc.coalesce(*(pc.if_else(mask, reason, pa.scalar(None, pa.string())) for reason, mask in reasons.items()))
    refused = printed.append_column("why", why).filter(why.is_valid())
    aside = [RowSetAside(0, row["why"], f"{row['one']} {row['two']}".strip()[:20]) for row in refused.to_pylist()]
    return pa.table(columns).filter(why.is_null()), aside


def _one_edit_a_day(table: pa.Table) -> tuple[pa.Table, list[RowSetAside], list[str]]:
    """The rows, at most one for a pair and day where the file itself says which one: the later begun has the say."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    pairs = key_numbers(table, ["ptp_column_one", "ptp_column_two"])
    first, last = (table[name].cast(pa.int32()).to_numpy().copy() for name in ("valid_from", "valid_to"))
    taken_back = table["modifier_indicator"].to_numpy() == _TAKEN_BACK
    order = np.lexsort((taken_back, last, first, pairs))
    same, shared = _neighbors(order, pairs, first, last)
    one, two = order[:-1], order[1:]
    again = same & (first[one] == first[two]) & (last[one] == last[two]) & (taken_back[one] == taken_back[two])
    lost = shared & (taken_back[one] != taken_back[two])
    gone: dict[int, str] = dict.fromkeys(two[again].tolist(), "the same pair for the same days again")
    gone |= {
        int(a if taken_back[a] else b): "taken back (9) on days of another edit of the pair"
        for a, b in zip(one[lost], two[lost], strict=True)
    }
    order = order[~np.isin(order, list(gone))]
    _, shared = _neighbors(order, pairs, first, last)
    cut = shared & (first[order[:-1]] < first[order[1:]])
    last[order[:-1][cut]] = first[order[1:][cut]] - 1
    notes = (
        [f"{int(cut.sum())} edits run into a later one of their pair: they end the day before it"] if cut.any() else []
    )
    aside = [RowSetAside(0, reason, _pair(table, place)) for place, reason in gone.items()]
    until = pa.array(last, pa.int32()).cast(pa.date32())
    table = table.set_column(table.column_names.index("valid_to"), "valid_to", until)
    if gone:
        stays = np.ones(table.num_rows, np.bool_)
        stays[list(gone)] = False
        table = table.filter(pa.array(stays))
    return table, aside, notes


def _neighbors(
    order: np.ndarray, pairs: np.ndarray, first: np.ndarray, last: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """For each two rows that follow each other: whether they are of one pair, and whether they then share a day."""
    one, two = order[:-1], order[1:]
    same = pairs[one] == pairs[two]
    return same, same & (first[two] <= last[one])


def _pair(table: pa.Table, place: int) -> str:
    return f"{table['ptp_column_one'][place]} {table['ptp_column_two'][place]}"


def _code(text: str) -> str | None:
    return text.upper() if _CODE.fullmatch(text.upper()) else None
