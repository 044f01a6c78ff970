"""Importers, one module per publication, all alike: `PUBLICATION`, `TITLE`, `recognise(source)` and `parse(source)`.

A file is recognised by its content, never by its name. Fetching a release from its publisher (`fetch(release) -> path`)
is not here yet: files are given by their path.
"""

from __future__ import annotations

from typing import Protocol

from cleanclaim.errors import UnknownPublication
from cleanclaim.reference.importers import (
    asp_csv,
    hcpcs_xlsx,
    icd10cm_codes,
    icd10cm_order,
    icd10cm_tabular,
    ncci_add_on,
    ncci_mue,
    ncci_ptp,
)
from cleanclaim.reference.importers.headers import changed_header
from cleanclaim.reference.importers.parsed import Parsed
from cleanclaim.reference.importers.source import Source


class Importer(Protocol):
    """One publication: recognised by its content, parsed into the tables of one release."""

    PUBLICATION: str
    TITLE: str

    def recognise(self, source: Source) -> bool:
        """Whether the file is this publication."""

    def parse(self, source: Source) -> Parsed:
        """The release that the file holds."""


IMPORTERS: tuple[Importer, ...] = (
    hcpcs_xlsx, asp_csv,
    ncci_mue, ncci_ptp, ncci_add_on, icd10cm_tabular, icd10cm_order, icd10cm_codes,
)  # fmt: skip


def recognise(source: Source) -> Importer:
    """The importer of a file.

    Raises: UnknownPublication says what was seen and which publications are known.
    """
    for importer in IMPORTERS:
        if importer.recognise(source):
            return importer
    raise UnknownPublication(f"{source.name}: {_unlike_any(source)}")


def _unlike_any(source: Source) -> str:
    for importer in IMPORTERS:
        if changed := changed_header(source, getattr(importer, "HEADER", ())):
            return (
                f"looks like {importer.TITLE}, but {changed}. The publisher changed the layout, or it is another file:"
                " nothing is guessed; this importer needs a new version."
            )
    return f"no importer recognises it ({_seen(source)}). Known are: {'; '.join(one.TITLE for one in IMPORTERS)}."


def _seen(source: Source) -> str:
    if not source.content:
        return "the file is empty"
    if source.is_workbook:
        if not source.head:
            return "a zip archive that is no xlsx workbook: unpack it and import the files in it"
        return f"a workbook whose first sheet starts with {_first_words(source.head)}"
    return f"it starts with {_first_words(source.head)}"


def _first_words(rows: list[list[str]]) -> str:
    first = next((cell.strip() for row in rows for cell in row if cell.strip()), "")
    return repr(first[:60])
