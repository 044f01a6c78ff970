"""The form of the drug number on a line.

---
about: The form of the drug number as sent.
grain: line
keys: [ndc_given]
columns:
  ndc_eleven_digits: {type: boolean, meaning: "whether the number is eleven digits with nothing between them", ask: "the NDC of the line", source: NDC-02}
  ndc_several: {type: boolean, meaning: "whether the field holds several numbers, each of them an NDC", ask: "the NDC of the line", source: "NDC-33"}
  ndc_problem: {type: text, meaning: "what is wrong with the number, in words", source: "NDC-01, NDC-02, NDC-03"}
  ndc_candidates: {type: text, meaning: "the eleven-digit numbers that it can stand for, in words", source: NDC-03}
---
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cleanclaim.values import NdcKind, NdcReading, parse_ndc

_BETWEEN = "it has hyphens or other characters"
_OF_THE_LABEL = "the NDC printed on the container"


_APART = re.compile(r"\s*[|,;/]\s*|\s+")


def _several(text: str) -> bool:
    parts = [part for part in _APART.split(text) if part]
    return len(parts) > 1 and all(parse_ndc(part).ndc11 for part in parts)


def facts_of(line: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a number."""
    text = line["ndc_given"]
    if text is None:
        return {}
    reading = parse_ndc(text)
    return {
        "ndc_eleven_digits": len(text) == 11 and text.isascii() and text.isdigit(),
        "ndc_several": _several(text),
        "ndc_problem": reading.problem or _BETWEEN,
        "ndc_candidates": " or ".join(reading.candidates) or _zeros_before(reading) or _OF_THE_LABEL,
    }


def _zeros_before(reading: NdcReading) -> str:
    """Nine digits are eleven where a spreadsheet took two zeros off."""
    digits = reading.given.strip()
    if reading.kind is not NdcKind.NINE_DIGITS or not digits.isdigit():
        return ""
    return f"00{digits} (where two zeros in front were lost)"
