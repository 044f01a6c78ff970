"""The JSON Schema of a claim, made from the fields that the reader reads by."""

from __future__ import annotations

from collections.abc import Mapping

from cleanclaim.formats.jsonl.fields import CHARTED, CLAIM_FIELDS, CONTAINER, DOSE, LINE_FIELDS, PATIENT, Field, Schema


def claim_json_schema() -> Schema:
    """The JSON Schema of one claim as `check` reads it, one per text line."""
    charted = _object(CHARTED, "what the chart says was given", dose=_object(DOSE, "dose given"),
                      containers=_list(_object(CONTAINER, "containers of one size that were opened")))  # fmt: skip
    line = _object(LINE_FIELDS, "a service line", charted=charted)
    claim = _object(CLAIM_FIELDS, "a claim; a key that is absent is unknown, null and [] say: none",
                    patient=_object(PATIENT, "the patient"), lines=_list(line))  # fmt: skip
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "claim", **claim, "type": "object"}


def _object(fields: Mapping[str, Field], description: str, **parts: Schema) -> Schema:
    properties = {name: parts.get(name, field.schema) for name, field in fields.items()}
    return {
        "type": ["object", "null"],
        "description": description,
        "properties": properties,
        "additionalProperties": False,
    }


def _list(item: Schema) -> Schema:
    return {"type": ["array", "null"], "items": {**item, "type": "object"}}
