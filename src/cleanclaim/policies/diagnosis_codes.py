"""Whether a diagnosis is one of those that a policy names: `K50*`, `O09.211`, `C00-C97`; dots say nothing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache


def named_in(diagnosis: str, named: Iterable[str]) -> bool:
    """Whether a diagnosis is one of those named. A code that a policy names without `*` stands for itself alone."""
    code = _plain(diagnosis)
    return any(_is_in(code, one) for one in named)


@cache
def _is_in(code: str, named: str) -> bool:
    first, _, last = _plain(named).partition("-")
    if last:
        return first <= code[: len(first)] and code[: len(last)] <= last
    return code.startswith(first[:-1]) if first.endswith("*") else code == first


def _plain(code: str) -> str:
    return code.replace(".", "").strip().upper()
