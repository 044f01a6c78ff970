"""The segment tags that an 837P may hold, as small integers, and how three bytes become one of them."""

from __future__ import annotations

from enum import IntEnum
from functools import cache

import numpy as np

from cleanclaim.formats.x12.arrays import Bytes, Ints, Mask

# The first seven do not belong to a transaction; `is_envelope` counts on their place.
Tag = IntEnum(
    "Tag",
    "ISA IEA GS GE ST SE TA1 "
    "BHT HL NM1 N2 N3 N4 PER REF PRV CUR SBR PAT DMG DTP CLM CL1 PWK CN1 AMT K3 NTE CR1 CR2 CR3 CRC HI HCP CAS OI MIA "
    "MOA LX SV1 SV5 PS1 MEA QTY TST LIN CTP SVD LQ FRM CR5 IMM TOO UC III "
    "SV2 SV3 SVC CLP",
)
UNKNOWN = 0
SET_ASIDE = 127  # the tag of a segment that stands outside every transaction that is read
FOREIGN = (Tag.SV2, Tag.SV3, Tag.SVC, Tag.CLP)  # of another transaction, but could be meant

_LEAST = np.array([0, 1, 1 << 8, 1 << 16])  # the least code of so many bytes of which the last is not NUL


def packed(text: str) -> int:
    """The integer that `packed_spans` gives for a text of at most three characters."""
    return int.from_bytes(text.encode("ascii"), "little")


def packed_spans(data: Bytes, start: Ints, end: Ints) -> Ints:
    """Each span of up to three bytes as one integer; -1 where it is longer or ends in NUL, 0 where it is empty."""
    length = end - start
    code = data[start].astype(np.int64)
    code[length < 1] = 0
    for place in (1, 2):
        code |= np.where(length > place, data[start + place].astype(np.int64) << (8 * place), 0)
    code[length > 3] = -1
    code[code < _LEAST[np.minimum(length, 3)]] = -1
    return code


@cache
def _by_code() -> Bytes:
    """Tag by packed code. 16 MB of address space, of which only the few pages ever read take memory."""
    table = np.zeros(1 << 24, np.uint8)
    for tag in Tag:
        table[packed(tag.name)] = tag
    return table


def tags_of(data: Bytes, start: Ints, end: Ints) -> Bytes:
    """The tag of each span, `UNKNOWN` where 837P has none such."""
    code = packed_spans(data, start, end)
    code[code < 0] = 0
    return _by_code()[code]


def is_envelope(tag: Bytes) -> Mask:
    """Where the tag is ISA, IEA, GS, GE, ST, SE or TA1."""
    return (tag >= Tag.ISA) & (tag <= Tag.TA1)
