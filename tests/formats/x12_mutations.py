"""Damage done to made-up 837P files, from a seed: in their segments while they are lists, then in their bytes."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.formats.x12_files import Element, Interchange, Segment, X12File, isa, make_file

_STRANGE_TEXTS = [
    "", " ", "0", "-1", "+5", "1.234", "1.2345", ".5", "5.", "1e5", "1,000", "NaN", "9" * 9, "9" * 10,
    "9" * 12, "9" * 13, "9" * 25, "0" * 20 + "7", "1" + "0" * 18, "٣", "½", "20260230", "20261301", "00000101",
    "99991231", "2026031", "202603150", "20260101-20251231", "20260101-20260102", "20260101 - 20260102", "D8",
    "RD8", "TM", "XX", "34", "20", "21", "22", "23", "472", "N4", "EN", "01", "02", "D", "EAF", "82", "DK",
    "DN", "77", "DQ", "IL", "QC", "PR", "85", "PE", "BI", "G1", "F8", "9F", "6R", "XZ", "VY", "ABK", "BF",
    "BG", "ZZ", "837", "835", "HC", "HP", "005010X222A1", "005010X223A2", "004010X098A1", "12345-6789-01",
    "1234-5678-90", "1234567890", "123456789012", "00000000000", "\t", " x ", "a\tb", "a\nb", "a\0b", "é",
    "\u00a0", "\u00a07\u00a0", "\ufeff", "日本", "ß", "x" * 41, "LINE ONE", "ISA", "VISA*", "0001", "1", "2",
    "99",
]  # fmt: skip
_STRANGE_PARTS: list[tuple[str, ...]] = [
    ("ABK", ""), ("", "K5090"), ("", ""), ("ZZZ", "K5090"), ("ABK", "K5090", "D8", "20260101"), ("BK", "5550"),
    ("BG", "30"), ("BG", ""), ("BP", ""), ("1", "2", "99"), ("0",), ("1", "", "2"), ("-1", "x"), ("01", "1"),
    ("HC", "J1745", "JZ", "", " ", "JW", "text"), ("HC",), ("", "J1745"), ("11", "B", "7"), ("UN", "x"),
    (" HC ", " J1745 "),
]  # fmt: skip
_STRAY_SEGMENTS: list[Segment] = [
    ["ZZ", "1"], ["SV2", "0636"], ["CLP", "1"], ["SVC", "1"], ["SV3"], ["ABCDEFGHIJKL", "1"], ["nm1", "82"],
    ["", "x"], ["N3", "X"], ["HL", "9", "", "21"], ["HL", "9"], ["HL", "9", "1", "22", "0"],
    ["HL", "9", "1", "20"], ["HL", "9", "1", "23"], ["LX", "1"], ["LX", "x"], ["LX"],
    ["SV1", ("HC", "J1745"), "10", "UN", "1", "", "", ("1",)], ["SV1"],
    ["CLM", "X1", "10.00", "", "", ("11", "B", "1")], ["CLM"], ["CLM", "", "x"],
    ["SBR", "S", "18", *[""] * 6, "CI"], ["AMT", "D", "12.50"], ["AMT", "D", "x"], ["AMT", "D"],
    ["LIN", "", "N4", "00006302602"], ["CTP", "", "", "", "2", ("ML",)], ["CTP", "", "", "", "x", "UN"],
    ["REF", "XZ", "55"], ["REF", "G1", "7"], ["NTE", "ADD", "stray"], ["NTE", "ADD"],
    ["DTP", "472", "D8", "20260401"], ["DTP", "472", "D8", "x"], ["DTP", "472", "TM", "1200"],
    ["DMG", "D8", "19000229", "F"], ["DMG", "D8", "x"], ["PAT", *[""] * 6, "01", "x"],
    ["PAT", *[""] * 6, "01", "180.5"], ["PRV", "PE", "PXC", "207RX"], ["PRV", "BI", "PXC", "207RX"],
    ["NM1", "82", "1", *[""] * 5, "XX", "1234567893"], ["NM1", "IL", "1", "A", "B", "", "", "", "MI", "M1"],
    ["SVD", "1", "2"], ["LQ", "UT", "1"], ["HI", ("ABF", "Z79")], ["HI"], ["TA1", "1"], ["ISA"], ["IEA"],
    ["GE"], ["SE"], ["ST", "837", "0009"], ["ST", "835", "0009", "005010X221A1"],
    ["ST", "837", "0009", "005010X223A2"], ["ST"], ["SE", "5", "0009"],
    ["GS", "HP", "A", "B", "20260101", "1200", "9", "X", "005010X221A1"], ["GS"], ["GE", "1", "9"],
    ["IEA", "1", "000000009"], isa("9"), isa("1"),
]  # fmt: skip
_TELLING_TAGS = [
    "LX", "SV1", "HL", "CLM", "SE", "ST", "GS", "GE", "IEA", "ISA", "SBR", "LIN", "CTP", "HI", "NM1", "DTP", "DMG",
]  # fmt: skip
_STRANGE_BYTES = [
    b"\0", b"\t", b"\r", b"\n", b"\r\n", b" ", b"\x1a", b"\x1d", b"\xe9", b"\x81", b"\xc3", b"\xc3\xa9",
    b"\xff\xfe", b"*", b":", b"~", b"^", b"|", b"'", b"~~", b"~ \r\n~", b"*" * 12, b"ISA", b"ISA*", b"~ISA~",
    b"IEA*1*1~", b"GE*1*1~", b"SE*1*0001~", b"\xef\xbb\xbf", b"x" * 50, b"0", b"-",
]  # fmt: skip
_GARBAGE = [
    b"GARBAGE", b"\n\nfree text, VISA accepted\n", b"\x1a", b"\0\0\0", b"ISA*00*", b"ISA*" + b"x" * 230,
    b"ISA" + b"*" * 20, b"ISA|||", b"<html></html>", b"GS*HC~ST*837~", b"~~\n", b" \t\n",
]  # fmt: skip


def damaged_file(seed: int, damages: int) -> tuple[bytes, list[str]]:
    """The file of a seed after so many damages, and what was done to it."""
    rng = random.Random(f"damage {seed}")  # noqa: S311 - test files, not secrets
    file = make_file(seed)
    told = []
    in_bytes = sum(rng.random() < 0.4 for _ in range(damages))
    for _ in range(damages - in_bytes):
        told.append(_damage_segments(file, rng))
    data = file.bytes()
    for _ in range(in_bytes):
        damage = rng.choice(_BYTE_DAMAGES)
        data = damage(data, rng)
        told.append(damage.__name__)
    return data, told


def _damage_segments(file: X12File, rng: random.Random) -> str:
    interchange, damage = rng.choice(file.interchanges), rng.choice(_SEGMENT_DAMAGES)
    if not interchange.segments:
        return "nothing left to damage"
    place = rng.randrange(len(interchange.segments))
    told = f"{damage.__name__} at {place} ({interchange.segments[place][0]})"
    damage(interchange, place, rng)
    return told


def drop(interchange: Interchange, place: int, rng: random.Random) -> None:
    del interchange.segments[place]


def drop_of_tag(interchange: Interchange, place: int, rng: random.Random) -> None:
    tag = rng.choice(_TELLING_TAGS)
    places = [at for at, segment in enumerate(interchange.segments) if segment[0] == tag]
    if places:
        del interchange.segments[rng.choice(places)]


def duplicate(interchange: Interchange, place: int, rng: random.Random) -> None:
    interchange.segments.insert(place, list(interchange.segments[place]))


def duplicate_elsewhere(interchange: Interchange, place: int, rng: random.Random) -> None:
    interchange.segments.insert(rng.randrange(len(interchange.segments)), list(interchange.segments[place]))


def swap_with_next(interchange: Interchange, place: int, rng: random.Random) -> None:
    interchange.segments.insert(place, interchange.segments.pop((place + 1) % len(interchange.segments)))


def swap(interchange: Interchange, place: int, rng: random.Random) -> None:
    segments, other = interchange.segments, rng.randrange(len(interchange.segments))
    segments[place], segments[other] = segments[other], segments[place]


def insert_stray(interchange: Interchange, place: int, rng: random.Random) -> None:
    strays = rng.sample(_STRAY_SEGMENTS, rng.choice([1, 1, 2, 3]))
    interchange.segments[place:place] = [list(stray) for stray in strays]


def change_tag(interchange: Interchange, place: int, rng: random.Random) -> None:
    interchange.segments[place][0] = rng.choice([*_TELLING_TAGS, "ZZ", "SV2", "sv1", "NM1 ", "", "LXX"])


def change_element(interchange: Interchange, place: int, rng: random.Random) -> None:
    segment = interchange.segments[place]
    if len(segment) > 1:
        segment[rng.randrange(1, len(segment))] = _strange(rng)


def change_every_element(interchange: Interchange, place: int, rng: random.Random) -> None:
    segment = interchange.segments[place]
    segment[1:] = [element if rng.random() < 0.5 else _strange(rng) for element in segment[1:]]


def change_component(interchange: Interchange, place: int, rng: random.Random) -> None:
    composites = [
        (segment, at, element)
        for segment in interchange.segments
        for at, element in enumerate(segment)
        if isinstance(element, tuple)
    ]
    if composites:
        segment, at, parts = rng.choice(composites)
        changed = rng.randrange(len(parts)) if parts else 0
        segment[at] = (*parts[:changed], rng.choice(_STRANGE_TEXTS), *parts[changed + rng.randrange(2) :])


def insert_element(interchange: Interchange, place: int, rng: random.Random) -> None:
    segment = interchange.segments[place]
    segment.insert(rng.randint(1, len(segment)), _strange(rng))


def drop_element(interchange: Interchange, place: int, rng: random.Random) -> None:
    segment = interchange.segments[place]
    if len(segment) > 1:
        del segment[rng.randrange(1, len(segment))]


def shorten(interchange: Interchange, place: int, rng: random.Random) -> None:
    segment = interchange.segments[place]
    del segment[rng.randint(1, len(segment)) :]


def move(interchange: Interchange, place: int, rng: random.Random) -> None:
    interchange.segments.insert(rng.randrange(len(interchange.segments)), interchange.segments.pop(place))


def part_otherwise(interchange: Interchange, place: int, rng: random.Random) -> None:
    services = [segment for segment in interchange.segments if segment[0] == "SV1" and isinstance(segment[1], tuple)]
    if services:
        segment = rng.choice(services)
        segment[1] = rng.choice(">|;").join(segment[1])


def change_form_of_date(interchange: Interchange, place: int, rng: random.Random) -> None:
    dates = [segment for segment in interchange.segments if segment[0] == "DTP" and len(segment) > 3]
    if dates:
        segment = rng.choice(dates)
        segment[2] = {"D8": "RD8", "RD8": "D8"}.get(str(segment[2]), "D8")


def change_trailer(interchange: Interchange, place: int, rng: random.Random) -> None:
    trailers = [segment for segment in interchange.segments if segment[0] in {"SE", "GE", "IEA"} and len(segment) > 2]
    if trailers:
        rng.choice(trailers)[rng.choice([1, 2])] = rng.choice(["", "0", "1", "0001", "00", "x", "+1", "9" * 21])


def keep_a_piece(interchange: Interchange, place: int, rng: random.Random) -> None:
    del interchange.segments[place + rng.randint(1, 6) :]


def _strange(rng: random.Random) -> Element:
    return rng.choice(_STRANGE_TEXTS) if rng.random() < 0.75 else rng.choice(_STRANGE_PARTS)


def put_blanks_before_terminators(data: bytes, rng: random.Random) -> bytes:
    return data.replace(b"~", rng.choice([b" ~", b"\t~", b"  ~"]))


def repeat_with_another_separator(data: bytes, rng: random.Random) -> bytes:
    return data.replace(b"*^*", rng.choice([b"*:*", b"*~*"]))


def truncate(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def drop_start(data: bytes, rng: random.Random) -> bytes:
    return data[rng.randrange(min(len(data), 150) + 1) :]


def insert_bytes(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(_STRANGE_BYTES) + data[at:]


def insert_after_terminator(data: bytes, rng: random.Random) -> bytes:
    places = [at for at, byte in enumerate(data) if byte == ord("~")]
    at = rng.choice(places) + 1 if places else 0
    return data[:at] + rng.choice(_STRANGE_BYTES + _GARBAGE) + data[at:]


def replace_byte(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def replace_in_header(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(108)
    return data[:at] + rng.choice([*_STRANGE_BYTES, b""]) + data[at + 1 :]


def drop_bytes(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + rng.choice([1, 1, 2, 10, 100]) :]


def put_before(data: bytes, rng: random.Random) -> bytes:
    return rng.choice([*_GARBAGE, b"\xef\xbb\xbf", b"\xef\xbb\xbf ", b"\xff\xfe"]) + data


def put_after(data: bytes, rng: random.Random) -> bytes:
    return data + rng.choice([*_GARBAGE, b"\xef\xbb\xbf"])


def put_between(data: bytes, rng: random.Random) -> bytes:
    at = data.find(b"ISA", 3)
    return data + rng.choice(_GARBAGE) + data if at < 0 else data[:at] + rng.choice(_GARBAGE) + data[at:]


def send_twice(data: bytes, rng: random.Random) -> bytes:
    return data + rng.choice([b"", b"\n"]) + data


def follow_with_another(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.choice([len(data), rng.randrange(len(data) + 1)])] + make_file(rng.randrange(10_000)).bytes()


def wrap_lines(data: bytes, rng: random.Random) -> bytes:
    width = rng.choice([80, 107, 200])
    return b"\n".join(data[at : at + width] for at in range(0, len(data), width))


_SEGMENT_DAMAGES: list[Callable[[Interchange, int, random.Random], None]] = [
    drop, drop_of_tag, drop_of_tag, duplicate, duplicate_elsewhere, swap_with_next, swap, insert_stray,
    insert_stray, change_tag, change_element, change_element, change_every_element, change_component,
    insert_element, drop_element, shorten, change_trailer, keep_a_piece, move, move, part_otherwise,
    change_form_of_date,
]  # fmt: skip
_BYTE_DAMAGES: list[Callable[[bytes, random.Random], bytes]] = [
    truncate, drop_start, insert_bytes, insert_bytes, insert_after_terminator, replace_byte, replace_in_header,
    drop_bytes, put_before, put_after, put_between, send_twice, follow_with_another, wrap_lines, put_blanks_before_terminators, repeat_with_another_separator,
]  # fmt: skip
