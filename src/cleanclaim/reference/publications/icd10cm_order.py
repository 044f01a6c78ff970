"""The ICD-10-CM order file (CMS, `icd10cm_order_2026.txt`, `icd10cm-order-April-2026.txt`): codes and headers in order.

Fixed columns: 1-5 order number, 7-13 code, 15 whether it is billable (1) or a header (0), 17-76 short and from 78 long
description. The content tells no year: the file name does. Which codes are manifestations is not in it.
"""

from __future__ import annotations

import re

from cleanclaim.reference.cells import Row
from cleanclaim.reference.publications.icd10cm import CODE, PUBLICATION, as_parsed, code_set_of
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside
from cleanclaim.reference.publications.source import Source

__all__ = ["PUBLICATION", "TITLE", "parse", "recognize"]

TITLE = "ICD-10-CM order file"

_RECORD = re.compile(r"[0-9]{5} [A-Z0-9 ]{7} [01] .{60} \S.*")


def recognize(source: Source) -> bool:
    """Whether the first lines have the fixed columns of the order file."""
    lines = [line for line in source.text_head.splitlines()[:8] if line.strip()]
    return len(lines) > 1 and all(_RECORD.fullmatch(line) for line in lines[:-1])


def parse(source: Source) -> Parsed:
    """The codes and headers of one code set.

    Raises: UnreadableInput when the file name tells no year and nobody states it, or the file is cut short.
    """
    rows: list[Row] = []
    aside: list[RowSetAside] = []
    for number, line in enumerate(source.lines, 1):
        code = line[6:13].strip()
        if not line.strip():
            continue
        if line[14:15] in {"0", "1"} and CODE.fullmatch(code):
            rows.append((code, line[77:].strip() or line[16:76].strip() or None, line[14] == "1", None))
        else:
            aside.append(RowSetAside(number, "no code with a billable flag in the fixed columns", code[:20]))
    return as_parsed(source, code_set_of(source), rows, aside)
