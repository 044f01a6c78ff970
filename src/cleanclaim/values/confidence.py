"""How sure a rule is."""

from __future__ import annotations

from enum import StrEnum


class Confidence(StrEnum):
    """S read in a source, K expert knowledge that nobody has confirmed yet, D design choice."""

    S = "S"
    K = "K"
    D = "D"
