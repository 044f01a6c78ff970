"""Audits on paper."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import groupby
from typing import TextIO

from cleanclaim.app.audits import Audited
from cleanclaim.app.reports.audit_page import audit_page
from cleanclaim.app.reports.audit_sarif import audit_sarif
from cleanclaim.cli.options import AuditFormat


def write_audit(audited: Audited, output_format: AuditFormat, out: TextIO) -> None:
    """An audit as lines of text, as JSON, as one HTML page or as SARIF."""
    match output_format:
        case AuditFormat.JSON:
            out.write(json.dumps(asdict(audited.audit), default=str, ensure_ascii=False, indent=2) + "\n")
        case AuditFormat.HTML:
            out.writelines(audit_page(audited))
        case AuditFormat.SARIF:
            out.write(audit_sarif(audited))
        case AuditFormat.TABLE:
            _write_table(audited, out)


def _write_table(audited: Audited, out: TextIO) -> None:
    for (line, quote), statements in groupby(audited.audit.statements, lambda one: (one.line, one.quote)):
        told = [one for one in statements if one.kind]
        if told:
            out.write(f"{audited.name}:{line}: {quote}\n")
        for one in told:
            out.write(f"  {str(one.verdict).replace('_', ' '):14} {one.code} {one.kind}: {one.official}\n")
    told_of = audited.audit.summary
    out.write(
        f"as of {audited.audit.on}: {told_of.contradicted:,} contradicted, {told_of.supported:,} supported,"
        f" {told_of.not_checkable:,} not checkable\n"
    )
