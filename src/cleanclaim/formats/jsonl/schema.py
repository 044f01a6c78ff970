"""The JSON Schema of a claim, made from the fields that the reader reads by."""

from __future__ import annotations

from collections.abc import Mapping

from cleanclaim.formats.jsonl.fields import CHARTED, CLAIM_FIELDS, CONTAINER, DOSE, LINE_FIELDS, PATIENT, Field, Schema

_MEANING = (
    "a claim. An absent key is unknown, or not there where complete is true; null, an empty text and an empty list say "
    "that there is none. The lines are all lines of the claim unless lines_complete is false."
)


def claim_json_schema() -> Schema:
    """The JSON Schema of one claim as `check` reads it, one per text line."""
    charted = _object(CHARTED, "what the chart says was given", dose=_object(DOSE, "dose given"),
                      containers=_list(_object(CONTAINER, "containers of one size that were opened")))  # fmt: skip
    line = _object(LINE_FIELDS, "a service line", charted=charted)
    claim = _object(CLAIM_FIELDS, _MEANING,
                    patient=_object(PATIENT, "the patient"), lines=_list(line))  # fmt: skip
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "claim", **claim, "type": "object"}


def _object(fields: Mapping[str, Field], description: str, **parts: Schema) -> Schema:
    properties = {name: _or_none(parts.get(name, field.schema)) for name, field in fields.items()}
    return {
        "type": ["object", "null"],
        "description": description,
        "properties": properties,
        "additionalProperties": False,
    }


def _or_none(schema: Schema) -> Schema:
    """The schema of a key that may say in each of three ways that there is none."""
    if "enum" in schema:
        return {**schema, "enum": [*_listed(schema["enum"]), "", []]}
    types = _listed(schema["type"])
    made: Schema = {**schema, "type": list(dict.fromkeys([*types, "string", "array"]))}
    if "array" not in types:
        made["maxItems"] = 0
    if "string" not in types:
        made["maxLength"] = 0
    elif "pattern" in schema:
        made["pattern"] = f"^$|{schema['pattern']}"
    return made


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _list(item: Schema) -> Schema:
    return {"type": ["array", "null"], "items": {**item, "type": "object"}}
