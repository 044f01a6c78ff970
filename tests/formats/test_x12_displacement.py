"""A segment in a wrong place of its claim is read where it belongs or told: no move changes what is read in silence."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from cleanclaim.formats.x12.reader import read_837
from tests.formats.x12_cases import ISA

_STAY = {"HL", "CLM", "LX", "SV1"}
_CLAIM = [
    "SBR*P*18*******MB",
    "NM1*IL*1*PAPERLING*ANNA****MI*M1",
    "N3*2 MADE UP ROAD",
    "N4*NOWHERE*OH*430009998",
    "DMG*D8*19600102*F",
    "NM1*PR*2*MADE UP PAYER*****PI*MAC",
    "CLM*F1*2820***11:B:1*Y*A*Y*Y",
    "REF*G1*PA1",
    "NTE*ADD*made up",
    "HI*ABK:K5090",
    "NM1*82*1*QUILLER*TESSA****XX*1999900016",
    "PRV*PE*PXC*207RH0003X",
    "SBR*S*18*******CI",
    "AMT*D*10",
    "OI***Y***Y",
    "NM1*IL*1*PAPERLING*ANNA****MI*M2",
    "NM1*PR*2*OTHER*****PI*X9",
    "LX*1",
    "SV1*HC:J1745:JZ*2400*UN*40***1",
    "DTP*472*D8*20240801",
    "REF*6R*L1",
    "NTE*ADD*of the line",
    "LIN**N4*57894003001",
    "CTP****4*UN",
    "REF*XZ*RX1",
    "NM1*DK*1*ROE*RITA****XX*1555555550",
    "LX*2",
    "SV1*HC:96413*420*UN*1***1",
    "DTP*472*D8*20240801",
]
_HEAD = [
    "GS*HC*A*B*20240805*0900*1*X*005010X222A1", "ST*837*0001*005010X222A1", "BHT*0019*00*1*20240805*0900*CH",
    "HL*1**20*1", "NM1*85*2*CLINIC*****XX*1234567893", "HL*2*1*22*0",
]  # fmt: skip

# What stands in claim and line alike, or in either line, and says another thing there.
_AT_HOME_IN_BOTH = {"REF*6R": {"line_control"}, "REF*G1": {"prior_auth"}, "NTE": {"note"}, "NM1*DK": {"ordering_npi"}}
Rows = list[dict[str, object]]


def read(claim: list[str]) -> tuple[Rows, Rows, list[str]]:
    """Claims and lines without their places in the file, and the faults that are told."""
    segments = [ISA.removesuffix("~"), *_HEAD, *claim]
    segments += [f"SE*{len(claim) + 6}*0001", "GE*1*1", "IEA*1*000000001"]
    claims: Rows = []
    lines: Rows = []
    faults: list[str] = []
    for tables in read_837(io.BytesIO("~".join([*segments, ""]).encode()), name="x", file_hash="ab" * 32):
        claims += tables.claim.drop(["segment_number"]).to_pylist()
        lines += tables.line.drop(["segment_number"]).to_pylist()
        faults += [str(fault) for fault in tables.fault["fault"].to_pylist()]
    return claims, lines, faults


def moves() -> Iterator[tuple[str, list[str]]]:
    """The claim with one segment in another place."""
    for at, segment in enumerate(_CLAIM):
        if segment.split("*")[0] not in _STAY:
            rest = _CLAIM[:at] + _CLAIM[at + 1 :]
            for to in range(len(rest) + 1):
                yield f"{segment} to {to}", [*rest[:to], segment, *rest[to:]]


def test_no_move_changes_what_is_read_in_silence() -> None:
    claims, lines, faults = read(_CLAIM)
    assert faults == []
    silent = []
    for told, moved in moves():
        found = read(moved)
        if found[:2] != (claims, lines) and not found[2]:
            changed = {column for a, b in zip(found[0] + found[1], claims + lines, strict=True)
                       for column in a if a[column] != b[column]}  # fmt: skip
            if any(told.startswith(start) and changed <= columns for start, columns in _AT_HOME_IN_BOTH.items()):
                continue
            silent.append((told, changed))
    assert silent == []


@pytest.mark.parametrize("segment", ["DTP*472*D8*20240801", "REF*6R*L1", "NTE*ADD*of the line", "CTP****4*UN"])
def test_what_can_be_of_its_line_only_is_read_anywhere_in_it(segment: str) -> None:
    claims, lines, _ = read(_CLAIM)
    at = _CLAIM.index(segment)
    rest = _CLAIM[:at] + _CLAIM[at + 1 :]
    start, end = rest.index("SV1*HC:J1745:JZ*2400*UN*40***1"), rest.index("LX*2")
    for to in range(start + 1, end + 1):
        found = read([*rest[:to], segment, *rest[to:]])
        assert found[:2] == (claims, lines), to
