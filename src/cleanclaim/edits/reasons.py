"""What to do about the reason and remark codes of a remittance (`reasons.yaml`), in our own words.

A code is written as remittances and billers write it: CO-16, 16, PR-1 (group and CARC), or N822, M20, MA130 (RARC).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec

from cleanclaim.values.confidence import Confidence
from cleanclaim.yaml_text import read_shape

GROUPS = ("CO", "PR", "OA", "PI", "CR")
_FILE = "reasons.yaml"
_CARC = rf"(?:(?P<group>{'|'.join(GROUPS)})[- ]?)?(?P<carc>[ABDPWY]?[0-9]{{1,3}})"
_CODE = re.compile(rf"{_CARC}|(?P<rarc>(?:N|MA?)[0-9]{{1,4}})")
_Words = Annotated[str, msgspec.Meta(min_length=1)]
_Rules = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """A code as asked for: a CARC, perhaps with its group, or a RARC."""

    group: str | None
    carc: str | None
    rarc: str | None

    def __str__(self) -> str:
        return self.rarc or "-".join(part for part in (self.group, self.carc) if part)


def reason_code(text: str) -> ReasonCode | None:
    """The code that a text writes, in capitals or not; None when it is none."""
    found = _CODE.fullmatch(text.strip().upper())
    return ReasonCode(found["group"], found["carc"], found["rarc"]) if found else None


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """No key but those that are named."""


class Group(_Strict, frozen=True):
    """A group code: who bears the amount, and what follows from that."""

    means: _Words
    do: _Words


class NextStep(_Strict, frozen=True):
    """What to do about some codes, by which rules."""

    do: _Words
    confidence: Confidence
    rules: _Rules
    carc: tuple[str, ...] = ()
    rarc: tuple[str, ...] = ()


class Reasons(_Strict, frozen=True):
    """All of the file."""

    groups: dict[str, Group]
    reasons: tuple[NextStep, ...]
    remarks: tuple[NextStep, ...]

    def __post_init__(self) -> None:
        if wrong := sorted(set(self.groups) ^ set(GROUPS)):
            raise ValueError(f"groups: expected {', '.join(GROUPS)}, not `{wrong[0]}` more or less")
        for what, codes in (("carc", self.carcs), ("rarc", self.rarcs)):
            if twice := sorted(key for key, count in Counter(codes).items() if count > 1):
                raise ValueError(f"{what} given twice: {', '.join(twice)}")

    @property
    def carcs(self) -> tuple[str, ...]:
        """Every reason code with a next step."""
        return tuple(code for step in self.reasons for code in step.carc)

    @property
    def rarcs(self) -> tuple[str, ...]:
        """Every remark code with a next step."""
        return tuple(code for step in self.remarks for code in step.rarc)

    def step(self, code: ReasonCode) -> NextStep | None:
        """What to do about a code; None where nothing is written about it."""
        if code.rarc:
            return next((step for step in self.remarks if code.rarc in step.rarc), None)
        return next((step for step in self.reasons if code.carc in step.carc), None)


def read_reasons(text: str, *, file: str = _FILE) -> Reasons:
    """The next steps of a file.

    Raises:  UnreadableInput, with the file and the key.
    """
    return read_shape(text, Reasons, file=file)


@cache
def shipped_reasons() -> Reasons:
    """The next steps that come with the package."""
    return read_reasons(files("cleanclaim.edits").joinpath(_FILE).read_text(encoding="utf-8"))
