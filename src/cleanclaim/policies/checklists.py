"""What must be on file for a drug line, as data: what holds for any drug, what a class of drugs needs beside it.

`checklists.yaml` holds the rulebook's items (DOC-01 to DOC-34) in our own words. An item has a key of its own, so that
it can be ticked; a key or an id is never used again for something else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec

from cleanclaim.errors import UnknownName
from cleanclaim.values import OPEN_END
from cleanclaim.values.confidence import Confidence
from cleanclaim.yaml_text import read_shape

CLASS = "class"  # among the items of an edit: those of the drug's class
_FILE = "checklists.yaml"
_Id = Annotated[str, msgspec.Meta(pattern="^DOC-[0-9]{2}$")]
_EditId = Annotated[str, msgspec.Meta(pattern="^[A-Z]+(-[A-Z])?-[0-9]{3}$")]
_Key = Annotated[str, msgspec.Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)+$")]
# A code, the beginning of codes (`J9*`), or a first and a last one (`90476-90759`).
_Drugs = Annotated[str, msgspec.Meta(pattern=r"^([A-Z0-9]{5}|[A-Z0-9]{1,4}\*|[A-Z0-9]{5}-[A-Z0-9]{5})$")]
_Words = Annotated[str, msgspec.Meta(min_length=1)]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """No key but those that are named."""


class Item(_Strict, frozen=True):
    """One thing that must be on file, short enough to be ticked; with `codes`, for these drugs of its class alone."""

    key: _Key
    say: _Words
    codes: tuple[_Drugs, ...] = ()
    but_not: tuple[_Drugs, ...] = ()


class Denial(_Strict, frozen=True):
    """A reason code, with a remark code where one is wanted, by which a payer says that something is missing."""

    carc: Annotated[str, msgspec.Meta(pattern="^[A-Z]?[0-9]{1,3}$")]
    rarc: Annotated[str, msgspec.Meta(pattern="^(M|MA|N)[0-9]{1,4}$")] | None = None

    def __str__(self) -> str:
        return self.carc + (f" with {self.rarc}" if self.rarc else "")


class Checklist(_Strict, frozen=True):
    """Items that belong together: what they prove, and what a denial says and by which codes where they are missing."""

    id: _Id
    title: _Words
    why: _Words
    items: Annotated[tuple[Item, ...], msgspec.Meta(min_length=1)]
    without: _Words
    denials: Annotated[tuple[Denial, ...], msgspec.Meta(min_length=1)]  # likeliest first
    confidence: Confidence
    source: _Words
    when: str = ""  # only then, in words; empty: always
    needed_if: str = ""  # the same over the facts of a claim line, in the language of edits
    shown_by: str = ""  # when the claim itself shows some of it
    codes: tuple[_Drugs, ...] = ()
    but_not: tuple[_Drugs, ...] = ()
    valid_from: date = date.min
    valid_to: date = OPEN_END

    def holds(self, day: date) -> bool:
        """Whether it is asked for on a day of service."""
        return self.valid_from <= day <= self.valid_to

    def of(self, code: str) -> Checklist:
        """The same with the items for one drug of the class only."""
        return msgspec.structs.replace(self, items=tuple(one for one in self.items if _is_for(one, code)))


class Checklists(_Strict, frozen=True):
    """All of the file: for any drug, by class, and by the edits whose denials they answer."""

    general: tuple[Checklist, ...]
    classes: tuple[Checklist, ...]
    edits: dict[_EditId, tuple[Annotated[str, msgspec.Meta(pattern="^(DOC-[0-9]{2}|class)$")], ...]]

    def __post_init__(self) -> None:
        every = (*self.general, *self.classes)
        named = {"id": [one.id for one in every], "key": [item.key for one in every for item in one.items]}
        for what, names in named.items():
            if twice := sorted(_twice(names)):
                raise ValueError(f"{what} given twice: {', '.join(twice)}")
        known = {CLASS, *(one.id for one in every)}
        if missing := sorted({name for names in self.edits.values() for name in names} - known):
            raise ValueError(f"edits: no checklist has the id {', '.join(missing)}")
        if unbound := [one.id for one in self.classes if not one.codes and not one.when]:
            raise ValueError(f"expected codes or when: {', '.join(unbound)}")


def read_checklists(text: str, *, file: str = _FILE) -> Checklists:
    """The checklists of a file.

    Raises:  UnreadableInput, with the file and the place.
    """
    return read_shape(text, Checklists, file=file)


@cache
def shipped_checklists() -> Checklists:
    """The checklists that come with the package."""
    return read_checklists(files("cleanclaim.policies").joinpath(_FILE).read_text(encoding="utf-8"))


def general_items() -> tuple[Checklist, ...]:
    """What holds for any drug line (`when` is empty), and what holds for any under a condition."""
    return shipped_checklists().general


def checklists_for(code: str, on: date) -> tuple[Checklist, ...]:
    """What the classes of a drug need on a day beside the general items, each with the items for this drug.

    Those of its class come first, then those that any drug may need for how it was had (`when`).
    """
    held = [one for one in shipped_checklists().classes if one.holds(on) and (not one.codes or _is_for(one, code))]
    return tuple(one.of(code) for one in sorted(held, key=lambda one: not one.codes))


def checklist(identifier: str) -> Checklist:
    """The checklist of an id, with all its items.

    Raises:  UnknownName.
    """
    every = {one.id: one for one in (*shipped_checklists().general, *shipped_checklists().classes)}
    if identifier.upper() not in every:
        raise UnknownName(f"{identifier}: no checklist has this id; there are {', '.join(every)}")
    return every[identifier.upper()]


def items_for_edit(edit_id: str, code: str | None = None, on: date | None = None) -> tuple[str, ...]:
    """The ids of the checklists that answer the denial of an edit; none where no document would.

    With a code and a day, those of the drug's class stand in place of the word `class`.
    """
    named = shipped_checklists().edits.get(edit_id, ())
    if code is None or on is None:
        return named
    of_class = [one.id for one in checklists_for(code, on) if one.codes]
    return tuple(dict.fromkeys(one for name in named for one in (of_class if name == CLASS else [name])))


def _is_for(one: Checklist | Item, code: str) -> bool:
    return (not one.codes or any(_holds(drugs, code) for drugs in one.codes)) and not any(
        _holds(drugs, code) for drugs in one.but_not
    )


def _holds(drugs: str, code: str) -> bool:
    first, dash, last = drugs.partition("-")
    if dash:
        return first <= code <= last and bool(re.fullmatch("[A-Z0-9]{5}", code))
    return code.startswith(drugs[:-1]) if drugs.endswith("*") else code == drugs


def _twice(names: Iterable[str]) -> Iterator[str]:
    yield from (name for name, number in Counter(names).items() if number > 1)
