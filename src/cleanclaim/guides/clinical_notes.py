"""Clinical notes on drugs, read strictly from `clinical_notes.yaml`: our own words, each with sources and a check date.

A note is about a drug with all its codes, current and ended. It is written for who bills: no label text, no advice.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec

from cleanclaim.errors import UnreadableInput
from cleanclaim.values.confidence import Confidence
from cleanclaim.yaml_text import read_shape

_FILE = "clinical_notes.yaml"
_Words = Annotated[str, msgspec.Meta(min_length=1)]
_Several = Annotated[tuple[_Words, ...], msgspec.Meta(min_length=1)]
_Code = Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]{5}$")]
_Address = Annotated[str, msgspec.Meta(pattern="^https?://[^ ]+$")]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """No key but those that are named."""


class About(StrEnum):
    """The parts of a note that a source may be about."""

    INDICATIONS = "indications"
    OFF_LABEL = "off_label"
    REGIMEN = "regimen"
    ROUTES = "routes"
    MONITORING = "monitoring"
    REMS = "rems"


class Reference(_Strict, frozen=True):
    """A source by its title, with its address where it has one."""

    title: _Words
    url: _Address | None = None


class NoteSource(_Strict, frozen=True):
    """A source of a note: where in it, how sure we are, and when somebody last looked.

    `about` names the parts of the note that rest on it; without it any of them may.
    """

    title: _Words
    confidence: Confidence
    checked: date
    at: str = ""
    url: _Address | None = None
    about: tuple[About, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a choice of ours: what is said of a drug was read, or is known to experts."""
        if self.confidence is Confidence.D:
            raise ValueError("expected confidence S or K")


class Withdrawn(_Strict, frozen=True):
    """That a product left the market: the first day on which it is told."""

    on: date
    what: _Words
    source: Reference


class WrongSaying(_Strict, frozen=True):
    """What articles often say of a code, and what holds."""

    said: _Words
    truth: _Words
    source: Reference


class ClinicalNote(_Strict, frozen=True):
    """What a biller should know of a drug: what it is for, how it is given, what is watched."""

    drug: _Words
    codes: Annotated[tuple[_Code, ...], msgspec.Meta(min_length=1)]
    indications: _Several
    regimen: _Words
    routes: _Words
    monitoring: _Several
    sources: Annotated[tuple[NoteSource, ...], msgspec.Meta(min_length=1)]
    checklist: Annotated[str, msgspec.Meta(pattern="^DOC-[0-9]{2}$")] | None = None
    off_label: tuple[_Words, ...] = ()
    rems: str = ""
    withdrawn: Withdrawn | None = None
    often_said_and_wrong: tuple[WrongSaying, ...] = ()


def read_notes(text: str, *, file: str = _FILE) -> tuple[ClinicalNote, ...]:
    """The notes of a file.

    Raises:  UnreadableInput, with the file and the place, also for a code that two notes have.
    """
    notes = read_shape(text, tuple[ClinicalNote, ...], file=file, plain=True)  # `on` is a key here
    for what, names in (("code", [code for one in notes for code in one.codes]), ("drug", [one.drug for one in notes])):
        if twice := sorted(name for name, number in Counter(names).items() if number > 1):
            raise UnreadableInput(f"{file}: expected each {what} in one note: {', '.join(twice)}")
    return notes


@cache
def clinical_notes() -> tuple[ClinicalNote, ...]:
    """The notes that come with the package."""
    return read_notes(files("cleanclaim.guides").joinpath(_FILE).read_text(encoding="utf-8"))


def notes_of(code: str) -> ClinicalNote | None:
    """The note of the drug of a code; None without one."""
    return _by_code().get(code)


@cache
def _by_code() -> dict[str, ClinicalNote]:
    return {code: one for one in clinical_notes() for code in one.codes}
