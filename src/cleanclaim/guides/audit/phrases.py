"""The phrases of `phrases.yaml` as patterns."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from cleanclaim.yaml_text import shipped_shape


@cache
def _all() -> dict[str, Any]:
    return shipped_shape(__package__, "phrases.yaml", dict[str, Any])


def text_of(name: str) -> str:
    """The pattern of some phrases, to be put into a longer one."""
    said = _all()[name]
    if isinstance(said, list):
        return rf"\b(?:{'|'.join(said)})\b"
    return f"{said.get('before', '')}(?:{'|'.join(said['any'])}){said.get('after', '')}"


def phrases(name: str, **parts: str) -> re.Pattern[str]:
    """The pattern of some phrases, whatever their case; `parts` stand for what is in braces."""
    pattern = text_of(name)
    for part, words in parts.items():
        pattern = pattern.replace(f"{{{part}}}", words)
    return re.compile(pattern, re.IGNORECASE)
