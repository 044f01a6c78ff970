"""The ICD-10-CM list of billable codes (CMS, `icd10cm_codes_2026.txt`): a code a line, with or without its description.

The poorest of the three files: it has no headers (a header is then `not in the list`, like a code that never was), and
does not tell manifestations. So it never replaces a release that was made of one of the others.
"""

from __future__ import annotations

import re
from dataclasses import replace

from cleanclaim.reference.cells import Row
from cleanclaim.reference.publications.icd10cm import CODE, PUBLICATION, as_parsed, code_set_of
from cleanclaim.reference.publications.parsed import Parsed, RowSetAside
from cleanclaim.reference.publications.source import Source

__all__ = ["PUBLICATION", "TITLE", "parse", "recognize"]

TITLE = "ICD-10-CM list of billable codes"

_RECORD = re.compile(rf"(?P<code>{CODE.pattern}) *(?:(?<= )(?P<descriptor>\S.*))?")
_FIRST_CODE = "A000"


def recognize(source: Source) -> bool:
    """Whether the file begins with cholera and goes on, line by line, with codes in order."""
    lines = [line.rstrip() for line in source.text_head.splitlines()[:50] if line.strip()]
    records = [_RECORD.fullmatch(line) for line in lines[:-1]]
    codes = [one["code"] for one in records if one]
    return len(codes) > 1 and len(codes) == len(records) and codes == sorted(codes) and codes[0] == _FIRST_CODE


def parse(source: Source) -> Parsed:
    """The billable codes of one code set.

    Raises: UnreadableInput when the file name tells no year and nobody states it, or the file is cut short.
    """
    rows: list[Row] = []
    aside: list[RowSetAside] = []
    for number, line in enumerate(source.lines, 1):
        record = _RECORD.fullmatch(line.rstrip())
        if record:
            rows.append((record["code"], record["descriptor"], True, None))
        elif line.strip():
            aside.append(RowSetAside(number, "no ICD-10-CM code", line.split()[0][:20]))
    note = (
        "this file has no headers and no manifestations; the tabular list and the order file of the code set have more"
    )
    return replace(as_parsed(source, code_set_of(source), rows, aside, [note]), thin=True)
