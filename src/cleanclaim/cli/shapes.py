"""The shapes that scripts rely on, as JSON Schema; the tables, as their columns."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

import msgspec

from cleanclaim.app.change_result import ClaimChanges
from cleanclaim.app.claim_parties import PartiesSaid
from cleanclaim.app.docs_needed import DocsNeeded
from cleanclaim.app.explained_terms import ExplainedTerms
from cleanclaim.app.result import CheckResult, Fault
from cleanclaim.billing import Administration, Bill, Course, Regimen
from cleanclaim.billing.auth_status import PlannedDose
from cleanclaim.billing.authorizations import Authorization
from cleanclaim.billing.case_reading import case_json_schema
from cleanclaim.claims import TABLES as CLAIM_TABLES
from cleanclaim.edits.citations import ReasonAnswer, RuleAnswer
from cleanclaim.edits.explaining import EditAnswer
from cleanclaim.edits.findings import Finding
from cleanclaim.engine.schema import TableSchema
from cleanclaim.errors import UnknownName
from cleanclaim.formats.jsonl import claim_json_schema
from cleanclaim.formats.tabular.mapping import mapping_json_schema
from cleanclaim.guides import Guide
from cleanclaim.guides.audit import Audit
from cleanclaim.policies import policy_json_schema
from cleanclaim.policies.on_file import OnFile
from cleanclaim.policies.tables import HANDED_IN
from cleanclaim.reference.codes.answers import CodeAnswer, NdcAnswer
from cleanclaim.reference.codes.dosage_report import DosageReport
from cleanclaim.reference.codes.search import SearchAnswer
from cleanclaim.reference.codes.similar import SimilarCodes
from cleanclaim.reference.codes.timeline import Timeline
from cleanclaim.reference.tables import TABLES as REFERENCE_TABLES
from cleanclaim.values.spelling import meant

_SCHEMAS: dict[str, Callable[[], object]] = {
    "check": lambda: msgspec.json.schema(CheckResult),
    "changes": lambda: msgspec.json.schema(ClaimChanges),
    "claim": claim_json_schema,
    "given": lambda: case_json_schema(Administration),
    "bill": lambda: msgspec.json.schema(list[Bill]),
    "parties": lambda: case_json_schema(PartiesSaid),
    "regimen": lambda: case_json_schema(Regimen),
    "course": lambda: msgspec.json.schema(Course),
    "authorization": lambda: case_json_schema(Authorization),
    "planned": lambda: case_json_schema(PlannedDose),
    "mapping": mapping_json_schema,
    "finding": lambda: msgspec.json.schema(Finding),
    "fault": lambda: msgspec.json.schema(Fault),
    "code": lambda: msgspec.json.schema(list[CodeAnswer]),
    "ndc": lambda: msgspec.json.schema(list[NdcAnswer]),
    "timeline": lambda: msgspec.json.schema(list[Timeline]),
    "similar": lambda: msgspec.json.schema(list[SimilarCodes]),
    "audit": lambda: msgspec.json.schema(Audit),
    "policies": policy_json_schema,
    "docs-needed": lambda: msgspec.json.schema(DocsNeeded),
    "on-file": lambda: case_json_schema(OnFile),
    "guide": lambda: msgspec.json.schema(Guide),
    "dosage": lambda: msgspec.json.schema(DosageReport),
    "search": lambda: msgspec.json.schema(list[SearchAnswer]),
    "terms": lambda: msgspec.json.schema(ExplainedTerms),
    "explain": lambda: msgspec.json.schema(list[EditAnswer | RuleAnswer | ReasonAnswer]),
}
_TABLES = {f"table.{table.name}": table for table in (*CLAIM_TABLES, *REFERENCE_TABLES, *HANDED_IN.values())}


def shape_text(name: str) -> str:
    """The JSON Schema of a shape, the columns of a table, or (without a name) the list of both."""
    if not name:
        return "\n".join((*_SCHEMAS, *_TABLES))
    if name in _SCHEMAS:
        return json.dumps(_SCHEMAS[name](), indent=2)
    if name in _TABLES:
        return json.dumps(_columns(_TABLES[name]), indent=2)
    raise UnknownName(f"there is no shape `{name}`{meant(name, (*_SCHEMAS, *_TABLES))}")


def _columns(table: TableSchema) -> object:
    columns = [{key: value for key, value in asdict(column).items() if value} for column in table.columns]
    return {"table": table.name, "row": table.row, "key": table.key, "columns": columns}
