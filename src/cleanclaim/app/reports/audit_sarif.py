"""An audit as SARIF 2.1.0: each contradicted statement is an error at its line of the text."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from cleanclaim import __version__
from cleanclaim.app.audits import Audited
from cleanclaim.app.reports.sarif import SCHEMA
from cleanclaim.guides.audit import Kind, Statement, Verdict

_RULES = list(Kind)


def audit_sarif(audited: Audited) -> str:
    """The audit as one SARIF log with one run; what is supported is a result that passes."""
    told = [one for one in audited.audit.statements if one.kind is not None]
    run = {
        "tool": {"driver": {
            "name": "cleanclaim", "version": __version__, "semanticVersion": __version__,
            "rules": [{"id": f"statement-{kind}", "shortDescription": {"text": f"What is said of a code: {kind}"}}
                      for kind in _RULES],
        }},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, audited.name) for one in told],
        "properties": {"summary": msgspec.to_builtins(audited.audit.summary), "on": audited.audit.on.isoformat(),
                       "releases": list(audited.audit.releases)},
    }  # fmt: skip
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def _result(one: Statement, name: str) -> dict[str, Any]:
    contradicted, supported = one.verdict is Verdict.CONTRADICTED, one.verdict is Verdict.SUPPORTED
    place = {
        "artifactLocation": {"uri": quote(name)},
        "region": {"startLine": one.line, "snippet": {"text": one.quote}},
    }
    return {
        "ruleId": f"statement-{one.kind}", "ruleIndex": _RULES.index(one.kind or Kind.MEANING),
        "kind": "fail" if contradicted else "pass" if supported else "open",
        "level": "error" if contradicted else "none",
        "message": {"text": f"{one.code}: {one.verdict}. {one.official}"},
        "locations": [{"physicalLocation": place}],
        "properties": {"code": one.code, "source": one.source},
    }  # fmt: skip
