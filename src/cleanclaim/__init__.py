"""cleanclaim: physician-administered drugs, billed and paid right.

The public names are the functions that the command line calls. They are imported when first used, so that a look-up of
a code loads neither DuckDB nor Arrow.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleanclaim.app import Checker, CheckResult, check_files
    from cleanclaim.app.audits import audit_text
    from cleanclaim.app.bill_cases import bill_cases, tables_of
    from cleanclaim.app.code_pages import CodePages
    from cleanclaim.claims import ClaimTables
    from cleanclaim.dosing import discard, units_for_dose
    from cleanclaim.edits.findings import Finding
    from cleanclaim.errors import CleanclaimError
    from cleanclaim.formats.jsonl import read_jsonl
    from cleanclaim.formats.x12.reader import read_837
    from cleanclaim.reference.codes.lookup import Lookup
    from cleanclaim.reference.codes.search import Search
    from cleanclaim.reference.library import Library
    from cleanclaim.values import parse_ndc

__version__ = "0.1.0"

_HOMES = {
    "CheckResult": "cleanclaim.app",
    "Checker": "cleanclaim.app",
    "ClaimTables": "cleanclaim.claims",
    "CleanclaimError": "cleanclaim.errors",
    "CodePages": "cleanclaim.app.code_pages",
    "Finding": "cleanclaim.edits.findings",
    "Library": "cleanclaim.reference.library",
    "Lookup": "cleanclaim.reference.codes.lookup",
    "Search": "cleanclaim.reference.codes.search",
    "audit_text": "cleanclaim.app.audits",
    "bill_cases": "cleanclaim.app.bill_cases",
    "check_files": "cleanclaim.app",
    "discard": "cleanclaim.dosing",
    "parse_ndc": "cleanclaim.values",
    "read_837": "cleanclaim.formats.x12.reader",
    "read_jsonl": "cleanclaim.formats.jsonl",
    "tables_of": "cleanclaim.app.bill_cases",
    "units_for_dose": "cleanclaim.dosing",
}

__all__ = [
    "CheckResult", "Checker", "ClaimTables", "CleanclaimError", "CodePages", "Finding", "Library", "Lookup", "Search",
    "__version__", "audit_text", "bill_cases", "check_files", "discard", "parse_ndc", "read_837", "read_jsonl",
    "tables_of", "units_for_dose",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
