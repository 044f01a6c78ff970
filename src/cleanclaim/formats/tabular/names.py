"""The names that a column may have, and how its cells are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from cleanclaim.claims.tables import ADMINISTRATION, CLAIM, KNOWN_ABSENT, LINE, UNREADABLE
from cleanclaim.engine.schema import Column, ColumnType
from cleanclaim.formats.jsonl import fields
from cleanclaim.formats.tabular import cells

_CHARTED = "charted_"
_LINE = "line_"
_NOT_GIVEN = {"claim_key", "source_file", "segment_number", "line_ordinal", "ndc_count", KNOWN_ABSENT, UNREADABLE}


class Owner(Enum):
    """What a column says something about. Claim and patient columns stand on every row of a claim alike."""

    CLAIM = "claim"
    PATIENT = "patient"
    LINE = "line"
    CHART = "chart"

    @property
    def is_of_claim(self) -> bool:
        """Whether the rows of one claim must agree."""
        return self in {Owner.CLAIM, Owner.PATIENT}


@dataclass(frozen=True, slots=True)
class Name:
    """One name: whose it is, the column it fills there, and the reader of a cell (None: text as it stands)."""

    name: str
    owner: Owner
    column: str
    type: ColumnType
    read: Callable[[str], object] | None
    is_shown: bool  # whether a fault may show the cell: it can hold nothing of a patient
    numbered: int = 0  # of a list: how many columns `modifier_1`, `modifier_2` ... may stand for it


def _reader(column: Column, field: fields.Field) -> Callable[[str], object] | None:
    if column.name in {"ndc_given", "ndc11"}:
        return cells.drug_number
    if column.name == "place_of_service":
        return cells.place
    match column.type:
        case ColumnType.DATE:
            return cells.day
        case ColumnType.BOOLEAN:
            return cells.boolean
        case ColumnType.TEXTS if column.name == "diagnoses":
            return cells.diagnoses
        case ColumnType.TEXTS:
            return cells.texts
        case ColumnType.MONEY | ColumnType.MONEY_TOTAL:
            return cells.money_reader(column.type)
        case ColumnType.UNITS | ColumnType.AMOUNT | ColumnType.INTEGER:
            return cells.number_reader(column.type)
    return None if field.read in {fields.text, fields.identifier} else field.read


def _name(name: str, owner: Owner, column: Column, field: fields.Field) -> Name:
    return Name(name, owner, column.name, column.type, _reader(column, field), field.shown, _NUMBERED.get(name, 0))


def _charted(column: Column) -> Name:
    field = _CHARTED_FIELDS.get(column.name) or fields.number_field(18, 6, shown=False)
    return _name(_CHARTED + column.name, Owner.CHART, column, field)


_NUMBERED = {"modifiers": 4, "diagnoses": 12, "condition_codes": 12, "line_diagnoses": 4, "diagnosis_pointers": 4}
_SINGULAR = {
    "modifier": "modifiers", "diagnosis": "diagnoses", "condition_code": "condition_codes",
    "line_diagnosis": "line_diagnoses", "diagnosis_pointer": "diagnosis_pointers",
}  # fmt: skip
_CHARTED_FIELDS = {
    "drug": fields.CHARTED["drug"], "dose_unit": fields.DOSE["unit"], "container": fields.CHARTED["container"],
    "content_unit": fields.CONTAINER["unit"], "route": fields.CHARTED["route"], "start": fields.CHARTED["start"],
    "stop": fields.CHARTED["stop"], "lot": fields.CHARTED["lot"],
}  # fmt: skip
_TEXT = fields.Field(fields.text)

NAMES: Mapping[str, Name] = {
    name.name: name
    for name in (
        *(
            _name(column.name, Owner.CLAIM, column, fields.CLAIM_FIELDS[column.name])
            for column in CLAIM.columns
            if column.name not in _NOT_GIVEN
        ),
        Name("member_id", Owner.PATIENT, "member_id", ColumnType.TEXT, None, is_shown=False),
        Name("first_name", Owner.PATIENT, "first_name", ColumnType.TEXT, None, is_shown=False),
        *(
            _name(
                _LINE + column.name if column.name in CLAIM.names else column.name,
                Owner.LINE, column, fields.LINE_FIELDS[column.name],
            )
            for column in LINE.columns
            if column.name not in _NOT_GIVEN
        ),
        Name("ndc", Owner.LINE, "ndc", ColumnType.TEXT, cells.drug_number, is_shown=False),
        Name(
            "diagnosis_pointers", Owner.LINE, "diagnosis_pointers", ColumnType.TEXTS, cells.pointers, is_shown=True,
            numbered=_NUMBERED["diagnosis_pointers"],
        ),
        *(_charted(column) for column in ADMINISTRATION.columns if column.name not in _NOT_GIVEN),
    )
}  # fmt: skip


def known_names() -> tuple[str, ...]:
    """Every name, the numbered ones of the lists included."""
    numbered = (
        f"{singular}_{number}"
        for singular, plural in _SINGULAR.items()
        for number in range(1, _NUMBERED[plural] + 1)
    )  # fmt: skip
    return (*NAMES, *numbered)


def normal(header: str) -> str:
    """A header as our names are written: `Claim ID` is claim_id."""
    return re.sub(r"[^a-z0-9]+", "_", header.strip().lower()).strip("_")


def find(header: str) -> tuple[Name, int] | None:
    """The name that a header is, with its number (0 where it has none); None when it is no name of ours."""
    written = normal(header)
    if written in NAMES:
        return NAMES[written], 0
    match = re.fullmatch(r"([a-z_]+?)_?([0-9]{1,2})", written)
    plural = _SINGULAR.get(match[1]) if match else None
    if match is None or plural is None or not 1 <= int(match[2]) <= NAMES[plural].numbered:
        return None
    return NAMES[plural], int(match[2])
