"""The keys of a claim in JSON: how each value is read, and what was expected where it cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import cast

from cleanclaim.claims.tables import CLAIM, KNOWN_ABSENT, LINE, UNREADABLE, PayerProgram
from cleanclaim.engine.schema import Column, ColumnType
from cleanclaim.errors import InvalidValue
from cleanclaim.values import parse_date, read_unit, without_dot

Schema = dict[str, object]  # a JSON Schema, or a part of one


class NotRead(Exception):
    """A value that its key cannot hold."""

    def __init__(self, fault: str, expected: str) -> None:
        super().__init__(expected)
        self.fault, self.expected = fault, expected


class ReadAnyway(NotRead):
    """A value that is not written as its key wants it, and has one meaning all the same."""

    def __init__(self, fault: str, expected: str, value: object) -> None:
        super().__init__(fault, expected)
        self.value = value


@dataclass(frozen=True, slots=True)
class Field:
    """One key: how its value is read, and its JSON Schema."""

    read: Callable[[object], object]
    schema: Schema = field(default_factory=dict)
    shown: bool = False  # whether a fault may show the value: it can hold nothing of a patient
    is_list: bool = False  # where nothing is said to be there: an empty list


def is_none(value: object) -> bool:
    """Whether a value says that there is nothing: null, a text of blanks, an empty list."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def text(value: object) -> str | None:
    """A text without blanks around it; None where nothing is left."""
    if not isinstance(value, str):
        raise NotRead("text-invalid", 'a text in quotes: "..."')
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise NotRead("text-invalid", "a text of whole characters (half of a surrogate pair stands alone)")
    return value.strip() or None


def identifier(value: object) -> str | None:
    """A text; a whole number is read as its digits."""
    if type(value) is int:
        return str(value)
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return f"{value:f}"
    return text(value)


def texts(value: object) -> list[str]:
    """A list of texts; nulls and blanks inside say nothing and are left out.

    Raises:  ReadAnyway for a single word, which is a list of one; NotRead for what is no list of texts.
    """
    if isinstance(value, str) and _WORD.fullmatch(value.strip()):
        raise ReadAnyway("list-as-text", 'a list: ["..."] (the text was read as a list of one)', [value.strip()])
    if not isinstance(value, list):
        raise NotRead("list-invalid", 'a list of texts: ["...", "..."]')
    try:
        found = [text(member) for member in value if member is not None]
    except NotRead:
        raise NotRead("list-invalid", 'a list of texts: ["...", "..."]') from None
    return [member for member in found if member]


def diagnoses(value: object) -> list[str]:
    """A list of diagnosis codes; the dot of ICD-10-CM is normal writing and is taken out. Raises: as `texts`."""
    try:
        return [without_dot(code) for code in texts(value)]
    except ReadAnyway as single:
        single.value = [without_dot(code) for code in cast("list[str]", single.value)]
        raise


def boolean(value: object) -> bool:
    """true or false. Raises: ReadAnyway where one of them stands in quotes."""
    if isinstance(value, str) and (word := value.strip().lower()) in {"true", "false"}:
        raise ReadAnyway("boolean-as-text", "true or false without quotes (it was read so)", word == "true")
    if not isinstance(value, bool):
        raise NotRead("boolean-invalid", "true or false")
    return value


def day(value: object) -> object:
    """A day of the calendar."""
    if isinstance(value, str):
        try:
            return _parse_date(value.strip())
        except InvalidValue:
            pass
    raise NotRead("date-invalid", "a day of the calendar as YYYY-MM-DD")


def moment(value: object) -> str:
    """A time of day, with or without its day, in ISO 8601 as charted."""
    if isinstance(value, str):
        for read in (datetime.fromisoformat, time.fromisoformat):
            try:
                read(value.strip())
            except ValueError:
                continue
            return value.strip()
    raise NotRead("time-invalid", "a time in ISO 8601, such as 2026-03-02T09:30 or 09:30")


def unit_of_measure(value: object) -> str:
    """A unit of measure in the spelling of the tables."""
    try:
        return _read_unit(text(value) or "").value
    except InvalidValue:
        raise NotRead("unit-unknown", "a unit of measure such as mg, mcg, g, unit, mL, mCi, mEq") from None


def nested(value: object) -> dict[str, object]:
    """An object."""
    if not isinstance(value, dict):
        raise NotRead("object-invalid", 'an object: {"...": ...}')
    return value


def members(value: object) -> list[object]:
    """A list of whatever the caller checks."""
    if not isinstance(value, list):
        raise NotRead("list-invalid", "a list: [...]")
    return value


def whole_number(value: object) -> int:
    """A whole number of at most 64 bits, as a number or in quotes."""
    number = decimal(value, 18, 0)
    return int(number)


def decimal(value: object, precision: int, scale: int) -> Decimal:
    """A decimal of so many digits, so many of them behind the point; nothing is rounded."""
    if type(value) is int:
        value = Decimal(value)
    elif isinstance(value, str) and len(value) <= _SHORT:
        return _decimal_of(value, precision, scale)
    return _decimal(value, precision, scale)


def _decimal(value: object, precision: int, scale: int) -> Decimal:
    fault = "amount-invalid" if (precision, scale) == ColumnType.MONEY.precision else "number-invalid"
    decimals = f"at most {scale} decimals" if scale else "no decimals"
    expected = f"a number with {decimals} and at most {precision - scale} digits before the point"
    try:
        number = Decimal(value.strip()) if isinstance(value, str) and _is_plain(value.strip()) else value
    except InvalidOperation:
        number = None
    if not isinstance(number, Decimal) or not number.is_finite() or number.adjusted() >= precision - scale:
        raise NotRead(fault, expected)
    if number.as_tuple().exponent == -scale:
        return number
    if number.adjusted() < -scale and number:
        raise NotRead(fault, expected)
    rounded = number.quantize(Decimal((0, (1,), -scale)))
    if rounded != number:
        raise NotRead(fault, expected)
    return rounded


_decimal_of = lru_cache(maxsize=16_384)(_decimal)  # amounts and units repeat


def _is_plain(value: str) -> bool:
    """Whether a text is digits, with a sign and a point at most: `Decimal` takes much more."""
    return (
        value.isascii() and value.lstrip("+-").replace(".", "", 1).isdigit() and value.count("+") + value.count("-") < 2
    )


def one_of(*values: str) -> Callable[[object], str]:
    """The reader of a closed list."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in values:
            raise NotRead("value-unknown", "one of " + ", ".join(values))
        return value

    return read


_CLOSED = {
    "claim_type": ("P", "I"), "payer_program": tuple(PayerProgram), "sex": ("F", "M", "U"),
    "diagnosis_code_set": ("icd10", "icd9"),
}  # fmt: skip
_parse_date = lru_cache(maxsize=4096)(parse_date)  # a file names few days, units and NDCs, each many times
_read_unit = lru_cache(maxsize=256)(read_unit)
_WORD = re.compile(r"[^\s;|,]+")
_SHORT = 16  # characters of a number worth remembering
_OF_PATIENT = {"birth_date", "sex", "weight"}
_TEXT_SCHEMA: Schema = {"type": ["string", "null"]}
_TEXTS_SCHEMA: Schema = {"type": ["array", "null"], "items": {"type": ["string", "null"]}}
_DATE_SCHEMA: Schema = {"type": ["string", "null"], "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_TIME_SCHEMA: Schema = {"type": ["string", "null"]}
_NUMBER_SCHEMA: Schema = {"type": ["number", "string", "null"], "pattern": r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$"}
_WHOLE_SCHEMA: Schema = {"type": ["integer", "string", "null"], "pattern": "^[+-]?[0-9]+$"}
_BOOLEAN_SCHEMA: Schema = {"type": ["boolean", "null"]}
_BY_TYPE: Mapping[ColumnType, Field] = {
    ColumnType.TEXT: Field(text, _TEXT_SCHEMA),
    ColumnType.TEXTS: Field(texts, _TEXTS_SCHEMA, is_list=True),
    ColumnType.BOOLEAN: Field(boolean, _BOOLEAN_SCHEMA, shown=True),
    ColumnType.INTEGER: Field(whole_number, _WHOLE_SCHEMA, shown=True),
    ColumnType.DATE: Field(day, _DATE_SCHEMA, shown=True),
}


def number_field(precision: int, scale: int, *, shown: bool = True) -> Field:
    """The field of a decimal."""
    return Field(lambda value: decimal(value, precision, scale), _NUMBER_SCHEMA, shown=shown)


def _field_of(column: Column) -> Field:
    shown = column.name not in _OF_PATIENT
    if closed := _CLOSED.get(column.name):
        return Field(one_of(*closed), {"enum": [*closed, None], "description": column.meaning}, shown=shown)
    precision = column.type.precision
    made = number_field(*precision, shown=shown) if precision else _BY_TYPE[column.type]
    if column.name == "diagnoses":
        made = replace(made, read=diagnoses)
    description = f"{column.meaning} ({column.unit})" if column.unit else column.meaning
    return Field(
        made.read, {**made.schema, "description": description}, shown=shown and made.shown, is_list=made.is_list
    )


def _fields_of(columns: tuple[Column, ...], without: set[str]) -> dict[str, Field]:
    return {column.name: _field_of(column) for column in columns if column.name not in without}


_AMOUNT_DIGITS = cast("tuple[int, int]", ColumnType.AMOUNT.precision)
_AMOUNT = number_field(*_AMOUNT_DIGITS, shown=False)
_KIND = Field(
    one_of("single_dose", "multi_dose"),
    {"enum": ["single_dose", "multi_dose", None], "description": "by the label"}, shown=True,
)  # fmt: skip
_UNIT = Field(unit_of_measure, {**_TEXT_SCHEMA, "description": "unit of measure: mg, mcg, g, unit, mL, mCi, mEq ..."})

PATIENT: Mapping[str, Field] = {
    "member_id": Field(identifier, {**_TEXT_SCHEMA, "description": "goes into patient_key only"}),
    "first_name": Field(text, {**_TEXT_SCHEMA, "description": "goes into patient_key only"}),
    **{column.name: _field_of(column) for column in CLAIM.columns if column.name in _OF_PATIENT},
}
DOSE: Mapping[str, Field] = {"amount": _AMOUNT, "unit": _UNIT}
CONTAINER: Mapping[str, Field] = {
    "amount": Field(_AMOUNT.read, {**_NUMBER_SCHEMA, "description": "labeled content of one, without overfill"}),
    "unit": _UNIT,
    "count": Field(whole_number, {**_WHOLE_SCHEMA, "description": "how many were opened; 1 when absent"}),
    "kind": _KIND,
}
CHARTED: Mapping[str, Field] = {
    "drug": Field(text, _TEXT_SCHEMA), "dose": Field(nested), "container": _KIND,
    "containers": Field(members, is_list=True), "route": Field(text, _TEXT_SCHEMA),
    "start": Field(moment, _TIME_SCHEMA), "stop": Field(moment, _TIME_SCHEMA), "lot": Field(identifier, _TEXT_SCHEMA),
}  # fmt: skip
LINE_FIELDS: Mapping[str, Field] = {
    **_fields_of(LINE.columns, {"claim_key", "line_ordinal", "segment_number", "ndc_count", KNOWN_ABSENT, UNREADABLE}),
    "ndc": Field(text, {**_TEXT_SCHEMA, "description": "drug number in any form; ndc11 where the form tells it"}),
    "diagnosis_pointers": Field(
        members,
        {"type": ["array", "null"], "items": {"type": ["integer", "string"]},
         "description": "places in the claim's diagnoses, from 1, instead of diagnoses"},
        is_list=True,
    ),
    "charted": Field(nested),
}  # fmt: skip
CLAIM_FIELDS: Mapping[str, Field] = {
    **_fields_of(CLAIM.columns, {"claim_key", "source_file", "segment_number", KNOWN_ABSENT, UNREADABLE}),
    "claim_id": Field(identifier, {"type": ["string", "integer", "null"], "description": CLAIM.columns[1].meaning}),
    "patient": Field(nested),
    "lines": Field(members, is_list=True),
}
