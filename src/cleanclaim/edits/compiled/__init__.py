"""Pages and facts compiled ahead: `make` writes modules into this package, and they are read where they are fresh.

A check of one claim would else spend a second on YAML, SQL and its own compiler before it looks at the claim. Python
keeps these modules as it keeps all others; nothing is written when cleanclaim runs, and nothing is read that did not
come with it. A digest of what they were made from says whether they are fresh: where there are none, or a page or a
group was edited since, all is read from the sources.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleanclaim.edits.dictionary import Group
    from cleanclaim.edits.fact_language import CompiledQuery
    from cleanclaim.edits.outcomes import Edit, Verdict
    from cleanclaim.edits.rules import Rule

_ROOT = Path(__file__).parents[2]
_MADE_FROM = ("edits/**/*.*", "engine/*.py", "*/tables.py", "values/*.py", "yaml_text.py")
_MADE = "made_"  # how the names of the modules that are written begin


def sources_digest() -> str:
    """A digest of all that the modules of this package are made from."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _MADE_FROM for path in _ROOT.glob(pattern)):
        if path.suffix != ".pyc" and not path.name.startswith(_MADE):
            digest.update(f"{path.relative_to(_ROOT).as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def is_fresh() -> bool:
    """Whether the modules of this package say what the sources say."""
    try:
        from cleanclaim.edits.compiled.made_from import DIGEST  # noqa: PLC0415
    except ImportError:
        return False
    return bool(sources_digest() == DIGEST)


def edits() -> tuple[Edit, ...] | None:
    """The edits of the catalogue; None where they are to be read from their pages."""
    if not is_fresh():
        return None
    from cleanclaim.edits.compiled.made_catalogue import EDITS  # noqa: PLC0415

    made: tuple[Edit, ...] = EDITS
    return made


def groups() -> tuple[Group, ...] | None:
    """The groups of facts; None where they are to be read from their files."""
    if not is_fresh():
        return None
    from cleanclaim.edits.compiled.made_groups import GROUPS  # noqa: PLC0415

    made: tuple[Group, ...] = GROUPS
    return made


def rules() -> dict[str, Rule]:
    """The rules of the rulebook by id; none where they are to be read from their file."""
    if not is_fresh():
        return {}
    from cleanclaim.edits.compiled.made_rules import RULES  # noqa: PLC0415

    made: dict[str, Rule] = RULES
    return made


def judges() -> Mapping[str, Callable[[Mapping[str, Any]], Verdict]]:
    """Edits as functions of a row, by the version of their page."""
    if not is_fresh():
        return {}
    from cleanclaim.edits.compiled.made_judges import JUDGES  # noqa: PLC0415

    made: Mapping[str, Callable[[Mapping[str, Any]], Verdict]] = JUDGES
    return made


def queries() -> Mapping[str, CompiledQuery]:
    """Queries of facts as functions over relations, by their text."""
    if not is_fresh():
        return {}
    from cleanclaim.edits.compiled.made_queries import QUERIES  # noqa: PLC0415

    made: Mapping[str, CompiledQuery] = QUERIES
    return made
