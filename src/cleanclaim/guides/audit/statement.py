"""What an audit finds: a statement about a code, its verdict, and the official fact that decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a statement is about."""

    MEANING = "meaning"  # which drug or service the code is
    SALT = "salt"
    AMOUNT = "amount"  # number of one billing unit
    UNIT = "unit"  # its unit of measure
    ROUTE = "route"
    EXISTENCE = "existence"
    DATES = "dates"  # began, ended, valid on the day
    SIMILAR = "similar"  # successor, predecessor, same drug
    MODIFIER = "modifier"
    COVERAGE = "coverage"  # by Medicare, or the status indicator of hospital outpatient payment
    PLACE = "place"  # a place of service, or one used as a modifier


class Verdict(StrEnum):
    """Whether the reference bears a statement out. Never `supported` because nothing was found."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_CHECKABLE = "not_checkable"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `official` is the fact that decides and `source` where it stands; empty where nothing decides."""

    quote: str
    line: int
    code: str
    kind: Kind | None  # None where nothing could be read of what is said
    verdict: Verdict
    official: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a clause says of its code, with its verdict and the fact that decides."""

    kind: Kind
    verdict: Verdict
    official: str

    @classmethod
    def of(cls, kind: Kind, official: str, *, right: bool | None) -> Judged:
        """`right` is None where what is said can be told and nothing decides it."""
        verdicts = {True: Verdict.SUPPORTED, False: Verdict.CONTRADICTED, None: Verdict.NOT_CHECKABLE}
        return cls(kind, verdicts[right], official)

    @property
    def is_right(self) -> bool:
        """Whether the reference bears it out."""
        return self.verdict is Verdict.SUPPORTED
