"""One spelling of our own names: the American one. What is spelled otherwise is refused, with the right spelling."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_AMERICAN = {
    "authoris": "authoriz", "programme": "program", "licence": "license", "labelled": "labeled",
    "labelling": "labeling", "recognis": "recogniz", "organis": "organiz", "summaris": "summariz", "colour": "color",
    "centre": "center", "cancelled": "canceled", "behaviour": "behavior",
}  # fmt: skip
_BRITISH = re.compile("|".join(_AMERICAN))


def american(name: str) -> str:
    """A name of ours in American spelling: `authorization` for `authorisation`; others as they are."""
    return _BRITISH.sub(lambda found: _AMERICAN[found[0]], name)


def meant(name: str, known: Iterable[str]) -> str:
    """What may be meant by a name that there is not, to go after `there is no ...`; empty where nothing is near.

    The American spelling of a British one is told as such, else the nearest name.
    """
    names = list(known)
    if (ours := american(name.lower())) != name.lower() and ours in names:
        return f": use `{ours}`"
    near = difflib.get_close_matches(ours, names, n=1, cutoff=0.5)
    return f"; the nearest is `{near[0]}`" if near else ""
