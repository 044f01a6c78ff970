"""Some edits of a collection, as a person names them: by id, name, old name or family."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence

from cleanclaim.edits.outcomes import Edit
from cleanclaim.errors import InvalidValue, UnknownName


def chosen(edits: Sequence[Edit], *, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Edit, ...]:
    """The edits that `select` names (all without one), but those that `ignore` names; in the order of the collection.

    A text may name several, with commas between them. What is left out explains nothing either (`unless_fires`).
    Raises:  UnknownName with the nearest; InvalidValue where nothing is left.
    """
    known = named(edits)
    wanted, unwanted = _all(select, known), _all(ignore, known)
    left = tuple(edit for edit in edits if (not wanted or edit in wanted) and edit not in unwanted)
    if not left:
        raise InvalidValue("no edit is left to check with: expected fewer to ignore, or others to select")
    return left


def named(edits: Iterable[Edit]) -> Mapping[str, set[Edit]]:
    """The edits by everything that names them, in small letters: WASTE-001, jz-or-jw-missing, and families as WASTE."""
    known: dict[str, set[Edit]] = {}
    for edit in edits:
        of_id = edit.id.rpartition("-")[0]  # NDC-E of NDC-E-001, which NDC stands for too
        for key in {edit.id, edit.name, *edit.page.front.aliases, edit.page.family, of_id, of_id.split("-")[0]} - {""}:
            known.setdefault(key.lower(), set()).add(edit)
    return known


def edits_named(word: str, known: Mapping[str, set[Edit]]) -> set[Edit]:
    """The edits that a word names. Raises: UnknownName with the nearest."""
    if found := known.get(word.lower()):
        return found
    near = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.4)
    told = f"; the nearest is `{_shown(near[0], known)}`" if near else ""
    raise UnknownName(f"there is no edit or family `{word[:60]}`{told}")


def _shown(key: str, known: Mapping[str, set[Edit]]) -> str:
    """A key as the pages spell it: ids and families in capitals."""
    return key if any(edit.name == key for edit in known[key]) else key.upper()


def _all(texts: Iterable[str], known: Mapping[str, set[Edit]]) -> set[Edit]:
    words = [word.strip() for text in texts for word in text.split(",") if word.strip()]
    return {edit for word in words for edit in edits_named(word, known)}
