"""The publications, an importer of each; one module per publication, all alike.

Each has `PUBLICATION`, `TITLE`, `recognize(source)` and `parse(source)`. A file is recognized by its content, never by
its name, and given by its path: `fetching` brings it from its publisher. What is one table below a header is declared,
as a `listing`; what has no official layout is read by a `layout`, a YAML file.
"""

from __future__ import annotations

from typing import Protocol

from cleanclaim.errors import NotImported, UnknownPublication
from cleanclaim.reference.publications import (
    asc_addenda,
    asp_crosswalk,
    asp_csv,
    asp_noc,
    asp_noc_crosswalk,
    coverage_documents,
    fda_packages,
    fda_products,
    hcpcs_changes,
    hcpcs_codes,
    hcpcs_fixed,
    hcpcs_noc_codes,
    hcpcs_notes,
    hcpcs_xlsx,
    icd10cm_codes,
    icd10cm_order,
    icd10cm_tabular,
    ncci_add_on,
    ncci_mue,
    ncci_ptp,
    opps_addendum_b,
    pfs_gpci,
    pfs_localities,
    pfs_rvu,
)
from cleanclaim.reference.publications.headers import changed_header
from cleanclaim.reference.publications.layout_importer import shipped_layouts
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.recognized_only import recognized_only
from cleanclaim.reference.publications.source import Source


class Importer(Protocol):
    """One publication: recognized by its content, parsed into the tables of one release."""

    @property
    def PUBLICATION(self) -> str:  # noqa: N802 - modules have it as a constant
        """Name of the publication, of which the file is a release."""

    @property
    def TITLE(self) -> str:  # noqa: N802
        """What the publication is, in words."""

    def recognize(self, source: Source) -> bool:
        """Whether the file is this publication."""

    def parse(self, source: Source) -> Parsed:
        """The release that the file holds."""


# In an archive, the first of these that reads a release has it: the sheet has descriptors whole, the text in pieces.
IMPORTERS: tuple[Importer, ...] = (
    hcpcs_xlsx,
    hcpcs_fixed,
    hcpcs_codes,
    hcpcs_notes,
    hcpcs_noc_codes,
    hcpcs_changes,
    asp_csv,
    asp_crosswalk,
    asp_noc,
    asp_noc_crosswalk,
    opps_addendum_b,
    asc_addenda,
    pfs_rvu,
    pfs_gpci,
    pfs_localities,
    coverage_documents,
    fda_packages,
    fda_products,
    ncci_mue,
    ncci_ptp,
    ncci_add_on,
    icd10cm_tabular,
    icd10cm_order,
    icd10cm_codes,
)


def recognize(source: Source) -> Importer:
    """The importer of a file.

    Raises: UnknownPublication says what was seen and which publications are known; NotImported, which publication it
    is that no importer reads, and why.
    """
    importer = next((one for one in IMPORTERS if one.recognize(source)), None)
    # Layouts are read only when no importer knows the file.
    importer = importer or next((one for one in shipped_layouts() if one.recognize(source)), None)
    if importer:
        return importer
    if other := recognized_only(source):
        raise NotImported(f"{source.place}: this is {other.title}; {other.why}.")
    for importer in IMPORTERS:
        if changed := changed_header(source, getattr(importer, "HEADER", ())):
            raise UnknownPublication(
                f"{source.place}: looks like {importer.TITLE}, but {changed}. The publisher changed the layout,"
                " or it is another file: nothing was imported. A layout of your own can read it, or a newer cleanclaim."
            )
    raise UnknownPublication(
        f"{source.place}: no importer recognizes it ({seen(source)}). Known are: {'; '.join(known_titles())}."
    )


def known_titles() -> tuple[str, ...]:
    """The publications that there is an importer for, in words."""
    return tuple(dict.fromkeys(importer.TITLE for importer in (*IMPORTERS, *shipped_layouts())))


def seen(source: Source) -> str:
    """What a file that nobody recognizes looks like, in words."""
    if not source.content:
        return "the file is empty"
    begin = source.content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if begin.startswith(b"<") and not begin.startswith(b"<?xml"):
        return "a web page in place of a file: the publisher asked for something first, such as accepting a license"
    if source.content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text in UTF-16: save it as CSV in the encoding of the publisher"
    if source.is_packed:
        if not source.sheet:
            return "a damaged zip archive or workbook"
        return f"a workbook whose first sheet starts with {_first_words(source.sheet)}"
    return f"it starts with {_first_words(source.head)}"


def _first_words(rows: list[list[str]]) -> str:
    first = next((cell.strip() for row in rows for cell in row if cell.strip()), "")
    return repr(first[:60])
