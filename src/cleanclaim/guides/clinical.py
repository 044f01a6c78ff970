"""What a drug is for, how it is given, what is watched; what is often said and wrong: sections from the notes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cleanclaim.guides.blocks import Section, Table, not_yet_covered
from cleanclaim.guides.clinical_notes import About, ClinicalNote, NoteSource, Reference

_HEADING = "Clinical Context"
_WRONG = "Often Said and Wrong"
_COLUMNS = ("about", "in short", "sources")
_SOURCES = ("no.", "source", "what was taken from it", "confidence", "checked")


def clinical_context(note: ClinicalNote | None, on: date) -> Section:
    """The section, with a number at each statement that leads to its sources."""
    if note is None:
        return not_yet_covered(
            _HEADING, "no note on this drug that was checked against its label; read the label for use, dose and watch."
        )
    text = (
        f"On {note.drug}, in our own words and for who bills: no advice on treatment, and no word that a payer covers a"
        " use. The label of the day decides."
    )
    numbered = tuple(
        (str(number), _titled(one), one.at, str(one.confidence), one.checked.isoformat())
        for number, one in enumerate(note.sources, 1)
    )
    tables = (
        Table("Use, dose and watch", _COLUMNS, tuple(_statements(note, on))),
        Table("Sources of these statements", _SOURCES, numbered),
    )
    return Section(_HEADING, (text,), tables)


def withdrawal(note: ClinicalNote | None, on: date) -> str:
    """What stands above all from the day on which a product was withdrawn; empty otherwise."""
    if note is None or note.withdrawn is None or on < note.withdrawn.on:
        return ""
    return f"Withdrawn on {note.withdrawn.on}: {note.withdrawn.what.rstrip('.')} ({_titled(note.withdrawn.source)})."


def often_said_and_wrong(note: ClinicalNote | None) -> Section | None:
    """What is often said of the drug's codes and does not hold, with what does; None without a word on it."""
    if note is None or not note.often_said_and_wrong:
        return None
    rows = tuple((one.said, one.truth, _titled(one.source)) for one in note.often_said_and_wrong)
    text = "Sentences of this kind stand in articles about these codes. `cleanclaim audit` finds them in a text."
    return Section(_WRONG, (text,), (Table("What is said, and what holds", ("said", "what holds", "source"), rows),))


def _statements(note: ClinicalNote, on: date) -> Iterator[tuple[str, str, str]]:
    if note.withdrawn is not None and on >= note.withdrawn.on:
        yield f"withdrawn on {note.withdrawn.on}", note.withdrawn.what, _titled(note.withdrawn.source)
    parts: tuple[tuple[str, About, tuple[str, ...]], ...] = (
        ("use on the label", About.INDICATIONS, note.indications),
        ("use off the label", About.OFF_LABEL, note.off_label),
        ("dose", About.REGIMEN, (note.regimen,)),
        ("route", About.ROUTES, (note.routes,)),
        ("watch", About.MONITORING, note.monitoring),
        ("safety program (REMS)", About.REMS, (note.rems,) if note.rems else ()),
    )
    for name, about, said in parts:
        for one in said:
            yield name, one[:1].upper() + one[1:], _told_by(note, about)


def _told_by(note: ClinicalNote, about: About) -> str:
    """The numbers of the sources of a part, by confidence, and the day of the oldest look at one of them.

    Where the sources do not say which part they are about, it is told that the statement rests on some of them.
    """
    numbered = list(enumerate(note.sources, 1))
    named = [(number, one) for number, one in numbered if about in one.about]
    sources = named or [(number, one) for number, one in numbered if not one.about] or numbered
    by_confidence: dict[str, list[str]] = {}
    for number, source in sources:
        by_confidence.setdefault(str(source.confidence), []).append(str(number))
    numbers = "; ".join(f"{', '.join(held)} ({confidence})" for confidence, held in by_confidence.items())
    among = "among " if not named and len(sources) > 1 else ""
    return f"{among}{numbers}; checked {min(one.checked for _, one in sources)}"


def _titled(source: NoteSource | Reference) -> str:
    return source.title + (f", {source.url}" if source.url else "")
