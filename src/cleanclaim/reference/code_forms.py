"""The form of a code number tells which code set it is of (COD-01), as in `edits/facts/code.sql`."""

from __future__ import annotations

import re
from enum import StrEnum


class CodeForm(StrEnum):
    """The code sets by the form of their numbers."""

    LEVEL_II = "hcpcs"
    CPT = "cpt"
    CDT = "cdt"
    NONE = "none"


_FORMS = {
    CodeForm.LEVEL_II: re.compile(r"[A-CEGHJ-MP-V][0-9]{4}"),
    CodeForm.CDT: re.compile(r"D[0-9]{4}"),
    CodeForm.CPT: re.compile(r"[0-9]{4}[0-9AFMTU]"),
}


def code_form(code: str) -> CodeForm:
    """The code set whose form a text in capitals has."""
    return next((form for form, pattern in _FORMS.items() if pattern.fullmatch(code)), CodeForm.NONE)
