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

import pyarrow as pa

from cleanclaim.values import parse_ndc

_BETWEEN = "it has hyphens or other characters"
_OF_THE_LABEL = "the NDC printed on the container"


_APART = re.compile(r"\s*[|,;/]\s*|\s+")


def _several(text: str) -> bool:
    parts = [part for part in _APART.split(text) if part]
    return len(parts) > 1 and all(parse_ndc(part).ndc11 for part in parts)


def compute(keys: pa.Table) -> pa.Table:
    """The facts of each distinct number."""
    given = keys.column("ndc_given").to_pylist()
    readings = [None if text is None else parse_ndc(text) for text in given]
    eleven = [None if text is None else len(text) == 11 and text.isascii() and text.isdigit() for text in given]
    return pa.table({
        "ndc_given": pa.array(given, pa.string()),
        "ndc_eleven_digits": pa.array(eleven, pa.bool_()),
        "ndc_several": pa.array([None if text is None else _several(text) for text in given], pa.bool_()),
        "ndc_problem": pa.array([reading.problem or _BETWEEN if reading else None for reading in readings], pa.string()),
        "ndc_candidates": pa.array([" or ".join(reading.candidates) or _OF_THE_LABEL if reading else None for reading in readings], pa.string()),
    })  # fmt: skip
