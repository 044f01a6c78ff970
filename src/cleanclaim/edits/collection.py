"""The collection of edits: pages read, checked against the facts and each other, ready to run."""

from __future__ import annotations

import difflib
import string
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path

from cleanclaim.edits import compiled
from cleanclaim.edits.dictionary import Dictionary, dictionary
from cleanclaim.edits.outcomes import SERVICE_DATE, Edit, EditCase, both
from cleanclaim.edits.page_files import pages_of_folder, shipped_pages
from cleanclaim.edits.pages import InForce, Page, capped, confidence_of, filled
from cleanclaim.engine.schema import ColumnType
from cleanclaim.errors import PageError, UnknownName

# The facts by which the terms of a payer for a line are found again, where a finding tells what a policy expects.
OF_TERMS = ("payer_program", "payer_id", "hcpcs_code", "ndc11", SERVICE_DATE, "ndc_open")


@cache
def shipped_edits() -> tuple[Edit, ...]:
    """The edits of the catalogue, in the order of reports."""
    return compiled.edits() or checked(shipped_pages())


def all_edits(own: Path | None = None) -> tuple[Edit, ...]:
    """The shipped edits, and those of a site's folder after them."""
    return (*shipped_edits(), *(edits_of_folder(own) if own else ()))


def edits_of_folder(folder: Path) -> tuple[Edit, ...]:
    """A site's own edits: every `.md` page below a folder.

    Raises: PageError that names file and line, also where an id or name is that of a shipped edit.
    """
    own = checked(pages_of_folder(folder))
    taken = {key for edit in shipped_edits() for key in (edit.id, edit.name, *edit.page.front.aliases)}
    known = taken | {edit.id for edit in own}
    for edit in own:
        front, file = edit.page.front, edit.page.file
        if clash := taken & {edit.id, edit.name, *front.aliases}:
            raise PageError(f"`{min(clash)}` is the name of a shipped edit", file=file, line=1)
        for key, names in (("unless_fires", front.unless_fires), ("follows", front.follows)):
            if strangers := set(names) - known:
                raise PageError(f"{key}: there is no edit `{min(strangers)}`", file=file, line=1)
    return own


def find_edit(edits: Iterable[Edit], wanted: str) -> Edit:
    """The edit of this id, name or old name. Raises: UnknownName with the nearest."""
    known: dict[str, Edit] = {}
    for edit in edits:
        for key in (edit.id, edit.name, *edit.page.front.aliases):
            known[key.lower()] = edit
    if wanted.lower() in known:
        return known[wanted.lower()]
    near = difflib.get_close_matches(wanted.lower(), known, n=1, cutoff=0.4)
    raise UnknownName(
        f"there is no edit `{wanted}`"
        + (f"; the nearest is `{known[near[0]].id}` ({known[near[0]].name})" if near else "")
    )


def checked(pages: Iterable[Page], facts: Dictionary | None = None) -> tuple[Edit, ...]:
    """Pages as edits ready to run. Raises: PageError for an unknown fact, a wrong type, a name or id used twice."""
    facts = facts or dictionary()
    edits = tuple(_edit(page, facts) for page in pages)
    seen: dict[str, str] = {}
    for edit in edits:
        for interval in (edit.page.front.in_force, *(case.case.in_force for case in edit.cases)):
            if interval.first and interval.last and interval.first > interval.last:
                raise PageError(f"in_force ends on {interval.last}, before it begins", file=edit.page.file, line=1)
            if edit.any_day and interval != InForce():
                raise PageError("any_day: what holds on any day has no in_force", file=edit.page.file, line=1)
        for key in {edit.id, edit.name, *edit.page.front.aliases}:
            if key in seen:
                raise PageError(f"`{key}` is used by {seen[key]} already", file=edit.page.file, line=1)
            seen[key] = edit.page.file
    return edits


def _edit(page: Page, facts: Dictionary) -> Edit:
    from cleanclaim.edits.language.check import parse_expression  # noqa: PLC0415 - only who reads pages needs a parser

    types = facts.types(page.front.grain)
    front = page.front
    scope = parse_expression(front.scope, types, file=page.file, line=page.lines.get("scope", 0))
    cases = []
    for number, case in enumerate(front.cases):
        line = page.lines.get(f"case {number}", 0)
        when = parse_expression(case.when, types, file=page.file, line=line)
        for text in (case.message or front.message, (case.fix or front.fix).say):
            _check_message(text, page, types)
        confidence = confidence_of(case, page)
        cases.append(
            EditCase(
                filled(case, page),
                when,
                both(front.in_force, case.in_force),
                capped(case.severity, confidence),
                confidence,
            )
        )
    reads_policy = front.by_policy or any(case.by_policy for case in front.cases)
    if reads_policy and (strangers := [name for name in OF_TERMS if name not in types]):
        grain = f"a row of grain `{front.grain}` has no `{strangers[0]}`"
        raise PageError(f"by_policy: {grain}, by which a payer's policy is found", file=page.file, line=1)
    names = [case.name for case in front.cases]
    if len(set(names)) != len(names):
        raise PageError("two cases have one name", file=page.file, line=1)
    return Edit(page, scope, tuple(cases))


@lru_cache(maxsize=10_000)
def message_fields(message: str) -> tuple[str, ...]:
    """The facts that a message names in braces. Raises: ValueError for anything but a plain name in them."""
    names = []
    for _, name, form, conversion in string.Formatter().parse(message):
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            raise ValueError("in braces stands the name of a fact and nothing else")
        names.append(name)
    return tuple(names)


def _check_message(message: str, page: Page, types: Mapping[str, ColumnType]) -> None:
    try:
        names = message_fields(message)
    except ValueError as error:
        raise PageError(f"message: {error}", file=page.file, line=1) from None
    for name in names:
        if name not in types:
            near = difflib.get_close_matches(name, types, n=1)
            raise PageError(
                f"message: there is no fact `{name}`" + (f"; the nearest is `{near[0]}`" if near else ""),
                file=page.file,
                line=1,
            )
