"""Published 837P samples: both readers count and sum what pyx12's raw reader does, file by file."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from pyx12.errors import X12Error
from pyx12.x12file import X12Reader

from cleanclaim.claims.tables import ClaimTables
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.x12.reader import read_837
from tests.formats.x12_compare import difference, joined
from tests.oracles.x12.plain import count_837, read_837_plain
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared

_EDI = SHARED / "data" / "edi"
_FILES = sorted(path for folder in ("837p", "negative") for path in (_EDI / folder).rglob("*") if path.is_file())
_OTHER_FILES = sorted(path for folder in ("835", "837i") for path in (_EDI / folder).rglob("*") if path.is_file())
_UNREADABLE = "ims_x12_no_isa_line.txt"
_OF_ENVELOPE = {"transaction-type", "group-type", "isa-length", "version-mismatch", "segment-count-mismatch",
                "transaction-count-mismatch", "group-count-mismatch", "control-number-mismatch"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """What a file holds: interchanges, transactions, claims, lines, sums of CLM02 and of SV102."""

    interchanges: int
    transactions: int
    claims: int
    lines: int
    claim_charge: Decimal
    line_charge: Decimal


# Files that pyx12 refuses, counted by hand: one segment stands on each text line; the lines that start with ISA, ST,
# CLM and SV1 were counted, and CLM02 (twice 500) and SV102 (twice 12.25) added up.
_BY_HAND = {
    # ISA04 is one blank short, so that pyx12 finds no version at its fixed place.
    "ims_x12_bad_first_line.txt": Count(1, 1, 2, 2, Decimal("1000"), Decimal("24.50")),
}


def _read(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _by_pyx12(data: bytes) -> Count:
    with X12Reader(io.StringIO(data.decode())) as reader:
        segments = [(segment.get_seg_id(), segment.get_value("02")) for segment in reader]
    tags = [tag for tag, _ in segments]
    claim_charge, line_charge = (
        sum((Decimal(amount) for found, amount in segments if found == tag), Decimal(0)) for tag in ("CLM", "SV1")
    )
    counts = [tags.count(tag) for tag in ("ISA", "ST", "CLM", "SV1")]
    return Count(counts[0], counts[1], counts[2], counts[3], claim_charge, line_charge)


def _plain(data: bytes, name: str) -> ClaimTables:
    return read_837_plain(data, name=name, file_hash=hashlib.sha256(data).hexdigest())


def _columnar(data: bytes, name: str) -> ClaimTables:
    return joined(list(read_837(io.BytesIO(data), name=name, file_hash=hashlib.sha256(data).hexdigest())))


def _by_reader(data: bytes, tables: ClaimTables) -> Count:
    envelope = count_837(data)
    claim_charge, line_charge = (
        sum((charge for charge in column.to_pylist() if charge is not None), Decimal(0))
        for column in (tables.claim["total_charge"], tables.line["charge_amount"])
    )
    rows = (tables.claim.num_rows, tables.line.num_rows)
    return Count(envelope.interchanges, envelope.transactions, *rows, claim_charge, line_charge)


@pytest.mark.parametrize("read", [_plain, _columnar])
@pytest.mark.parametrize("path", [path for path in _FILES if path.name != _UNREADABLE], ids=lambda path: path.name)
def test_samples_hold_what_pyx12_counts(path: Path, read: Callable[[bytes, str], ClaimTables]) -> None:
    data = _read(path)
    expected = _BY_HAND.get(path.name) or _by_pyx12(data)
    assert _by_reader(data, read(data, path.name)) == expected


@pytest.mark.parametrize("name", sorted(_BY_HAND))
def test_pyx12_refuses_what_is_counted_by_hand(name: str) -> None:
    with pytest.raises(X12Error):
        _by_pyx12(_read(_EDI / "negative" / name))


@pytest.mark.parametrize("read", [_plain, _columnar])
def test_a_sample_without_interchange_header_is_refused(read: Callable[[bytes, str], ClaimTables]) -> None:
    data = _read(_EDI / "negative" / _UNREADABLE)
    with pytest.raises(UnreadableInput, match=_UNREADABLE):
        read(data, _UNREADABLE)


@pytest.mark.parametrize("path", [path for path in _FILES if path.name != _UNREADABLE], ids=lambda path: path.name)
def test_samples_are_read_alike(path: Path) -> None:
    data = _read(path)
    assert difference(_plain(data, path.name), _columnar(data, path.name)) is None


def test_every_sample_is_compared() -> None:
    assert len(_FILES) == 48


@pytest.mark.parametrize("read", [_plain, _columnar])
@pytest.mark.parametrize("path", _OTHER_FILES, ids=lambda path: path.name)
def test_samples_of_other_transactions_give_no_claims(path: Path, read: Callable[[bytes, str], ClaimTables]) -> None:
    data = _read(path)
    tables = read(data, path.name)
    kinds = tables.fault["fault"].to_pylist()
    assert (tables.claim.num_rows, tables.line.num_rows) == (0, 0)
    assert kinds.count("transaction-type") == count_837(data).transactions > 0
    assert set(kinds) <= _OF_ENVELOPE
