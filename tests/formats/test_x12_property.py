"""The columnar reader gives what the plain one gives, row for row, on made-up and damaged files."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from decimal import Decimal

import pyarrow as pa
import pytest

from cleanclaim.claims.tables import ClaimTables
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.x12.reader import read_837
from tests.formats.x12_compare import difference, joined
from tests.formats.x12_files import make_file
from tests.formats.x12_mutations import damaged_file
from tests.oracles.x12.plain import count_837, read_837_plain
from tests.oracles.x12.plain_faults import FAULTS

_NAME = "made-up.837"
_WHOLE = 8 << 20
_SMALL_CHUNKS = (300, 1000)
_BATCH = 100
_VALID_FILES, _DAMAGED_FILES = 200, 1800
_OF_EVERY_RUN = 500  # the other damaged files take half a minute: they are read in the slow stage


def _plain(data: bytes) -> ClaimTables | None:
    """The tables of the plain reader; None where it refuses the file."""
    try:
        return read_837_plain(data, name=_NAME, file_hash=hashlib.sha256(data).hexdigest())
    except UnreadableInput:
        return None


def _columnar(data: bytes, chunk_bytes: int) -> ClaimTables | None:
    """The tables of the columnar reader; None where it refuses the file."""
    file_hash = hashlib.sha256(data).hexdigest()
    try:
        return joined(list(read_837(io.BytesIO(data), name=_NAME, file_hash=file_hash, chunk_bytes=chunk_bytes)))
    except UnreadableInput:
        return None


def _disagreement(data: bytes, chunk_bytes: int) -> str | None:
    expected, found = _plain(data), _columnar(data, chunk_bytes)
    if expected is None or found is None:
        refusing = "plain" if expected is None else "columnar"
        return None if expected is found else f"only the {refusing} reader refuses the file"
    return difference(expected, found)


def _total(column: pa.ChunkedArray[pa.Decimal128Scalar]) -> Decimal:
    return sum((amount for amount in column.to_pylist() if amount is not None), Decimal(0))


def _check(data: bytes, seed: int, damage: list[str]) -> None:
    chunks = (_WHOLE, _SMALL_CHUNKS[seed // 10 % len(_SMALL_CHUNKS)]) if seed % 10 == 0 else (_WHOLE,)
    for chunk_bytes in chunks:
        told = _disagreement(data, chunk_bytes)
        assert told is None, f"seed {seed}, damage {damage or 'none'}, chunks of {chunk_bytes} bytes: {told}"


@pytest.mark.parametrize("first", range(0, _VALID_FILES, _BATCH))
def test_valid_files_are_read_alike(first: int) -> None:
    for seed in range(first, first + _BATCH):
        _check(make_file(seed).bytes(), seed, [])


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(first, marks=pytest.mark.slow if first >= _OF_EVERY_RUN else ())
        for first in range(0, _DAMAGED_FILES, _BATCH)
    ],
)
def test_damaged_files_are_read_alike(first: int) -> None:
    for seed in range(first, first + _BATCH):
        data, damage = damaged_file(seed, damages=1 + seed % 4)
        _check(data, seed, damage)


def test_the_plain_reader_finds_in_valid_files_what_was_put_there() -> None:
    for seed in range(_BATCH):
        file = make_file(seed)
        tables = read_837_plain(file.bytes(), name=_NAME, file_hash="0" * 64)
        count = count_837(file.bytes())
        found = (
            count.interchanges, count.groups, count.transactions, tables.claim.num_rows, tables.line.num_rows,
            _total(tables.claim["total_charge"]), _total(tables.line["charge_amount"]),
        )  # fmt: skip
        holds = file.holds
        assert found == (
            holds.interchanges, holds.groups, holds.transactions, holds.claims, holds.lines,
            holds.claim_charge, holds.line_charge,
        ), f"seed {seed}"  # fmt: skip
        assert tables.fault.num_rows == 0, f"seed {seed}: {tables.fault.to_pylist()[0]}"


def test_the_damage_shows_every_fault() -> None:
    told: Counter[str] = Counter()
    for seed in range(400):
        tables = _plain(damaged_file(seed, damages=4)[0])
        if tables is not None:
            told.update(str(fault) for fault in tables.fault["fault"].to_pylist())
    assert set(FAULTS) == set(told)
