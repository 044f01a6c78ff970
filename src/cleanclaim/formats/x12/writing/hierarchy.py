"""Claims under the levels that they share: billing provider, payer, subscriber, patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cleanclaim.formats.x12.writing.levels import Above
from cleanclaim.formats.x12.writing.pen import Pen

_CLAIMS_OF_A_PERSON = 100  # X12 repeats loop 2300 so often


class Prepared(NamedTuple):
    """A claim whose segments are made."""

    claim_key: int
    above: Above
    segments: list[str]


def grouped(claims: list[Prepared]) -> list[Prepared]:
    """The claims by billing provider, payer, subscriber and patient, each where its first claim stood."""
    seen: tuple[dict[object, int], ...] = ({}, {}, {}, {})

    def place(claim: Prepared) -> tuple[int, ...]:
        return tuple(ranks.setdefault(part, len(ranks)) for ranks, part in zip(seen, claim.above, strict=True))

    return sorted(claims, key=place)


def parts(claims: list[Prepared], size: int) -> Iterator[list[Prepared]]:
    """The claims in lots of at most `size`, one for each transaction."""
    for start in range(0, len(claims), size):
        yield claims[start : start + size]


def level_segments(pen: Pen, claims: list[Prepared]) -> list[str]:
    """HL 20, 22 and 23 with what they say, and the claims under them. The claims stand in the order of `grouped`."""
    return _Levels(pen).written(claims)


@dataclass(slots=True)
class _Open:
    """The levels that are open: what they say, and their HL01."""

    billing: tuple[str, ...] | None = None
    billing_number: str = ""
    subscriber: tuple[str, ...] | None = None
    subscriber_number: str = ""
    patient: tuple[str, ...] | None = None
    claims: int = 0  # of the person


class _Levels:
    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self._out: list[str] = []
        self._last = 0

    def written(self, claims: list[Prepared]) -> list[str]:
        now = _Open()
        for claim in claims:
            above = claim.above
            if above.billing != now.billing:
                number = self._level("", "20", has_child=True)
                self._out += above.billing
                now = _Open(above.billing, number)
            is_full = now.claims == _CLAIMS_OF_A_PERSON
            if above.subscriber != now.subscriber or (is_full and not above.patient):
                now.subscriber_number = self._level(now.billing_number, "22", has_child=bool(above.patient))
                self._out += above.subscriber
                now.subscriber, now.patient, now.claims = above.subscriber, None, 0
            if above.patient and (above.patient != now.patient or is_full):
                self._level(now.subscriber_number, "23", has_child=False)
                self._out += above.patient
                now.patient, now.claims = above.patient, 0
            self._out += claim.segments
            now.claims += 1
        return self._out

    def _level(self, parent: str, code: str, *, has_child: bool) -> str:
        self._last += 1
        self._out.append(self._pen.segment("HL", str(self._last), parent, code, "1" if has_child else "0"))
        return str(self._last)
