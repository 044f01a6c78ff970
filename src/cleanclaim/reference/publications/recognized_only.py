"""Publications that are recognized and not imported, each with the reason in words: better told than `unknown file`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cleanclaim.reference.publications.headers import header_row
from cleanclaim.reference.publications.source import Source


@dataclass(frozen=True, slots=True)
class RecognizedOnly:
    """A publication by the cells of its header, or by words that stand among its first lines."""

    title: str
    why: str
    headers: tuple[tuple[str, ...], ...] = ()
    words: str = ""

    def recognize(self, source: Source) -> bool:
        """Whether the file is this publication."""
        if any(header_row(source.head, header) is not None for header in self.headers):
            return True
        text = " ".join(cell for row in source.head for cell in row)
        return bool(self.words) and re.search(self.words, text) is not None


PUBLICATIONS = (
    RecognizedOnly(
        "a list of corrections to the HCPCS file",
        "its rows are orders in free words (`Change xref code to ...`), not records, some with days that are none"
        " (`01/0/12019`), to be carried into the annual file by hand. Import the next file, which has them",
        headers=(("CODE", "ACTION", "EFF DATE", "SHORT DESC", "LONG DESC"),),
    ),
    RecognizedOnly(
        "the record layout of the HCPCS file", "it describes a file and holds no codes",
        words=r"HCPCS Contractor Record",
    ),
)  # fmt: skip


def recognized_only(source: Source) -> RecognizedOnly | None:
    """The publication that a file is, when it is one that no importer reads."""
    return next((one for one in PUBLICATIONS if one.recognize(source)), None)
