"""Where edit pages lie: those of the catalogue and those of a site, read but not yet checked against the facts.

Who only wants to know what pages say (their titles, what they predict) reads them here and loads no SQL parser.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from cleanclaim.edits import compiled
from cleanclaim.edits.pages import Page, read_page
from cleanclaim.errors import PageError, UnknownName

# The order in which families stand in reports (domain/edits.md, engine notes).
FAMILIES = (
    "format", "demographic", "code", "units", "waste", "ndc",
    "modifier", "administration", "ncci", "diagnosis", "payer", "payment",
)  # fmt: skip


@cache
def shipped_pages() -> tuple[Page, ...]:
    """The pages of the catalogue, in the order of reports."""
    made = compiled.edits()
    return tuple(edit.page for edit in made) if made else catalogue_pages()


def catalogue_pages() -> tuple[Page, ...]:
    """The same, read from their files. Raises: PageError that names file and line."""
    root = files("cleanclaim.edits.catalogue")
    return tuple(page for family in FAMILIES for page in _pages(root / family, family))


def pages_of_folder(folder: Path) -> tuple[Page, ...]:
    """A site's own pages: every `.md` page below a folder.

    Raises: PageError that names file and line; UnknownName where there is no folder or no page.
    """
    if not folder.is_dir():
        raise UnknownName(f"{folder}: expected a folder of edit pages")
    pages = tuple(
        read_page(_text(path), name=path.stem, family=path.parent.name, file=str(path))
        for path in sorted(folder.rglob("*.md"))
        if path.name.lower() != "readme.md"
    )
    if not pages:
        raise UnknownName(f"{folder}: holds no edit page (`*.md`)")
    return pages


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
