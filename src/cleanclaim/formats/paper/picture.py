"""The sheets drawn as one PDF by typst (extra `letters`). The same claims give the same bytes."""

from __future__ import annotations

import json
from importlib import resources

from cleanclaim.claims.tables import ClaimTables
from cleanclaim.errors import InvalidValue, PackageMissing
from cleanclaim.formats.paper.rows import paper_forms

_TEMPLATE = "forms.typ"


def draw_claims(tables: ClaimTables) -> bytes:
    """A PDF with the lines of each claim as they stand on its paper form.

    Raises:  InvalidValue without a claim; PackageMissing where typst is not installed.
    """
    try:
        import typst  # noqa: PLC0415 - an extra
    except ImportError:
        raise PackageMissing("drawing a PDF needs typst: pip install 'cleanclaim[letters]'") from None
    forms = paper_forms(tables)
    if not forms:
        raise InvalidValue("there is no claim to draw")
    template = resources.files(__package__).joinpath(_TEMPLATE).read_bytes()
    said = json.dumps([form.plain() for form in forms])
    return bytes(typst.compile(template, format="pdf", sys_inputs={"forms": said}, ignore_system_fonts=True))
