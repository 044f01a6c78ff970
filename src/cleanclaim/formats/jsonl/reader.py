"""Bytes of JSON Lines to claim tables. Every value that cannot be read is a row of faults; the rest is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from cleanclaim.claims.tables import ADMINISTRATION, CLAIM, FAULT, LINE, ClaimTables, Lost, claim_key, file_key
from cleanclaim.engine.schema import TableSchema
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.jsonl.claim import ClaimRows, read_claim
from cleanclaim.formats.jsonl.faults import Faults, Row, Teller

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_BYTES = 16 * 1024 * 1024  # of one text line: a claim has a few kB; this bounds memory
BATCH_CLAIMS = 2_000  # measured: a third faster than 20,000, and 110 MB of memory instead of 300
_LINES_A_CLAIM = 8
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_jsonl(
    stream: BinaryIO, *, name: str, file_hash: str, complete: bool = False, batch_claims: int = BATCH_CLAIMS
) -> Iterator[ClaimTables]:
    """The claims of a JSON Lines file, in batches of claim tables; rows count from 1.

    `complete` says that every claim is whole, as if each said so. Blank lines are passed over, and told once.
    Shape:   the claims of a batch stand as in the file; a fault is in the batch of its claim.
    Raises:  UnreadableInput when the text is UTF-16, or not one of its lines is a claim.
    """
    file, claims = file_key(file_hash), 0
    faults, batch, parse = Faults(name), _Batch(), _Parser()
    for number, text_line in _text_lines(stream, faults):
        teller = Teller(faults, number)
        content = parse(text_line, teller)
        rows = None if content is None else read_claim(content, claim_key(file, claims), teller, complete=complete)
        if rows is not None:
            claims += 1
            batch.add(rows, name)
        if max(len(batch.claims), len(faults.rows), len(batch.lines) // _LINES_A_CLAIM) >= batch_claims:
            yield batch.tables(faults)
            batch = _Batch()
    if not claims:
        raise UnreadableInput(_no_claim(name, faults.first))
    if batch.claims or faults.rows:
        yield batch.tables(faults)


def _no_claim(name: str, first_fault: str) -> str:
    found = f"the first problem is: {first_fault}" if first_fault else "it is empty"
    return (f"{name}: not one line is a claim; {found}. JSON Lines has one claim on each line, "
            '{"claim_id": ..., "lines": [...]}: neither a list of claims nor a claim over several lines.')  # fmt: skip


@dataclass(slots=True)
class _Batch:
    """What was read since the last tables were made."""

    claims: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    administrations: list[Row] = field(default_factory=list)

    def add(self, rows: ClaimRows, source_file: str) -> None:
        self.claims.append({**rows.claim, "source_file": source_file})
        self.lines.extend(rows.lines)
        self.administrations.extend(rows.administrations)

    def tables(self, faults: Faults) -> ClaimTables:
        return ClaimTables(
            _table(CLAIM, self.claims), _table(LINE, self.lines), _table(ADMINISTRATION, self.administrations),
            _table(FAULT, faults.drain()),
        )  # fmt: skip


def _table(schema: TableSchema, rows: list[Row]) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - the JSON Schema is printed without it

    there = set().union(*rows)  # most claims say little: a column that none fills costs nothing
    types = schema.arrow()
    columns = [
        pa.array([row.get(one.name) for row in rows] if one.name in there else [None] * len(rows), one.type)
        for one in types
    ]
    return pa.Table.from_arrays(columns, schema=types)


def _text_lines(stream: BinaryIO, faults: Faults) -> Iterator[tuple[int, bytes]]:
    """The text lines that hold something, with their numbers."""
    number, blank = 0, 0
    while line := stream.readline(_MOST_BYTES):
        number += 1
        if number == 1:
            line = _without_mark(line, faults)
        if len(line) == _MOST_BYTES and not line.endswith(b"\n"):
            _pass_over_rest(stream)
            faults.add("line-too-long", number, f"at most {_MOST_BYTES // 1024**2} MB on one line", Lost.CLAIM)
        elif content := line.strip():
            yield number, content
        else:
            blank = blank or number
    if blank and number > blank:
        faults.add(
            "blank-line", blank, "a claim on every line (this and other blank lines were passed over)", Lost.NOTHING
        )


def _without_mark(line: bytes, faults: Faults) -> bytes:
    if line.startswith(_UTF16_MARKS) or b"\0" in line[:4]:
        raise UnreadableInput(
            f"{faults.source_file}: the text is UTF-16 or UTF-32; expected JSON Lines in UTF-8. Save it as UTF-8."
        )
    if not line.startswith(_UTF8_MARK):
        return line
    faults.add("byte-order-mark", 1, "UTF-8 without a byte order mark", Lost.NOTHING)
    return line.removeprefix(_UTF8_MARK)


def _pass_over_rest(stream: BinaryIO) -> None:
    while (rest := stream.readline(_MOST_BYTES)) and not rest.endswith(b"\n"):
        pass


def _number(text: str) -> Decimal:
    """A number as written; NaN for what JSON has no number for, which no key accepts."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


_DECODER = msgspec.json.Decoder(float_hook=_number)
_KEY = re.compile(rb'"\s*:')  # a key's end; inside a text it can stand too, which only costs time


class _Parser:
    """Text lines to objects: numbers as decimals, never floats; keys that stand twice are told, the last one counts.

    msgspec reads what is sound, four times as fast. What it refuses, and objects with fewer keys than were written, the
    standard library reads again: it says where a line is broken and shows every key.
    """

    def __init__(self) -> None:
        self._repeated: list[str] = []
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_float=_number, parse_int=_number, parse_constant=_number
        )

    def __call__(self, line: bytes, teller: Teller) -> Row | None:
        """The object of a text line; None, and told, when it is none."""
        try:
            sound = _DECODER.decode(line)
        except (msgspec.DecodeError, RecursionError, ValueError):
            return self._explained(line, teller)
        if isinstance(sound, dict) and _keys_in(sound) == len(_KEY.findall(line)):
            return sound
        return self._explained(line, teller)

    def _explained(self, line: bytes, teller: Teller) -> Row | None:
        self._repeated.clear()
        content: object = None
        try:
            content = self._decoder.decode(_decoded(line, teller))
        except json.JSONDecodeError as error:
            teller.lost_claim(
                "json-invalid", f"one JSON object on the line (broken at character {error.pos + 1}: {error.msg})"
            )
            return None
        except RecursionError:
            teller.lost_claim("json-too-deep", "a claim, which is at most five levels deep")
            return None
        for key in dict.fromkeys(self._repeated):
            teller.tell("key-repeated", key[:40], "each key once in its object; the last one was used")
        if isinstance(content, dict):
            return content
        teller.lost_claim("json-not-object", 'one claim on the line: {"claim_id": ..., ...}')
        return None

    def _object(self, pairs: list[tuple[str, object]]) -> Row:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            self._repeated.extend(name for name in made if names.count(name) > 1)
        return made


def _keys_in(content: object) -> int:
    """How many keys an object has, with those of the objects in it."""
    if isinstance(content, dict):
        return len(content) + sum(_keys_in(value) for value in content.values() if isinstance(value, (dict, list)))
    if isinstance(content, list):
        return sum(_keys_in(value) for value in content if isinstance(value, (dict, list)))
    return 0


def _decoded(line: bytes, teller: Teller) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        teller.faults.add("not-utf8", teller.row, "UTF-8 (read as Windows-1252)", Lost.NOTHING)
        return line.decode("cp1252", "replace")
