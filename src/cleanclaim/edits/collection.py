"""The collection of edits: pages read, checked against the facts and each other, ready to run."""

from __future__ import annotations

import difflib
import string
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from cleanclaim.edits.dictionary import Dictionary, dictionary
from cleanclaim.edits.language import parse_expression
from cleanclaim.edits.outcomes import Edit, EditCase, both
from cleanclaim.edits.pages import Authority, Case, Confidence, Page, read_page
from cleanclaim.engine.schema import ColumnType
from cleanclaim.errors import PageError, UnknownName
from cleanclaim.values import Severity

# The order in which families stand in reports (domain/edits.md, engine notes).
FAMILIES = (
    "format", "demographic", "code", "units", "waste", "ndc",
    "modifier", "administration", "ncci", "diagnosis", "payer", "payment",
)  # fmt: skip


@cache
def shipped_edits() -> tuple[Edit, ...]:
    """The edits of the catalogue, in the order of reports."""
    root = files("cleanclaim.edits.catalogue")
    pages = [page for family in FAMILIES for page in _pages(root / family, family)]
    return checked(pages)


def all_edits(own: Path | None = None) -> tuple[Edit, ...]:
    """The shipped edits, and those of a site's folder after them."""
    return (*shipped_edits(), *(edits_of_folder(own) if own else ()))


def edits_of_folder(folder: Path) -> tuple[Edit, ...]:
    """A site's own edits: every `.md` page below a folder.

    Raises: PageError that names file and line, also where an id or name is that of a shipped edit.
    """
    if not folder.is_dir():
        raise UnknownName(f"{folder}: expected a folder of edit pages")
    pages = [
        read_page(_text(path), name=path.stem, family=path.parent.name, file=str(path))
        for path in sorted(folder.rglob("*.md"))
        if path.name.lower() != "readme.md"
    ]  # fmt: skip
    if not pages:
        raise UnknownName(f"{folder}: holds no edit page (`*.md`)")
    own = checked(pages)
    taken = {key for edit in shipped_edits() for key in (edit.id, edit.name, *edit.page.front.aliases)}
    known = taken | {edit.id for edit in own}
    for edit in own:
        front, file = edit.page.front, edit.page.file
        if clash := taken & {edit.id, edit.name, *front.aliases}:
            raise PageError(f"`{min(clash)}` is the name of a shipped edit", file=file, line=1)
        if strangers := set(front.unless_fires) - known:
            raise PageError(f"unless_fires: there is no edit `{min(strangers)}`", file=file, line=1)
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
        for key in {edit.id, edit.name, *edit.page.front.aliases}:
            if key in seen:
                raise PageError(f"`{key}` is used by {seen[key]} already", file=edit.page.file, line=1)
            seen[key] = edit.page.file
    return edits


def _pages(folder: Traversable, family: str) -> Iterator[Page]:
    if folder.is_dir():
        for entry in sorted(folder.iterdir(), key=lambda item: item.name):
            if entry.name.endswith(".md"):
                yield read_page(
                    entry.read_text(encoding="utf-8"),
                    name=entry.name[:-3],
                    family=family,
                    file=f"{family}/{entry.name}",
                )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PageError(f"cannot be read as UTF-8 text: {error}", file=str(path)) from None


def _edit(page: Page, facts: Dictionary) -> Edit:
    types = facts.types(page.front.grain)
    front = page.front
    scope = parse_expression(front.scope, types, file=page.file, line=page.lines.get("scope", 0))
    cases = []
    for number, case in enumerate(front.cases):
        line = page.lines.get(f"case {number}", 0)
        when = parse_expression(case.when, types, file=page.file, line=line)
        for text in (case.message or front.message, (case.fix or front.fix).say):
            _check_message(text, page, types)
        confidence = case.confidence or _strongest(front.authority)
        cases.append(
            EditCase(
                _filled(case, page),
                when,
                both(front.in_force, case.in_force),
                capped(case.severity, confidence),
                confidence,
            )
        )
    names = [case.name for case in front.cases]
    if len(set(names)) != len(names):
        raise PageError("two cases have one name", file=page.file, line=1)
    return Edit(page, scope, tuple(cases))


def _filled(case: Case, page: Page) -> Case:
    front = page.front
    return Case(
        name=case.name, when=case.when, severity=case.severity, in_force=case.in_force, confidence=case.confidence,
        by_policy=front.by_policy if case.by_policy is None else case.by_policy,
        message=case.message or front.message, fix=case.fix or front.fix,
        predicted=front.predicted if case.predicted is None else case.predicted,
    )  # fmt: skip


def _strongest(authority: Iterable[Authority]) -> Confidence:
    order = [Confidence.S, Confidence.K, Confidence.D]
    return min((item.confidence for item in authority), key=order.index)


def capped(severity: Severity, confidence: Confidence) -> Severity:
    """A severity that a case may have: what nobody confirmed may warn of a denial, but never stop a claim by itself."""
    return Severity.DENY if severity is Severity.REJECT and confidence is not Confidence.S else severity


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
