"""Cases from JSON: a shape says what each field is, and what people write there is read as that.

Beside what the shapes say: `11/30/2026` for a date, `9:05 am` for a time on the day of service, `350mg` for an amount
with its unit, `4 x 100 mg + 1 x 50 mg` for containers, `Medicare` for a payer program, `IV push` for a word of a closed
list.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

import msgspec
from msgspec import inspect

from cleanclaim.claims import PayerProgram
from cleanclaim.claims.payer_names import payer_program_named
from cleanclaim.errors import InvalidValue, UnreadableInput
from cleanclaim.values.spelling import meant
from cleanclaim.values.written import WrittenAmount, written_amount, written_containers, written_day, written_moment

Case = TypeVar("Case")

_JSON = msgspec.json.Decoder(float_hook=Decimal)  # so that no amount is ever a float
_PLACE = re.compile(r"(?P<said>.*) - at `\$\.?(?P<path>[^`]*)`", re.DOTALL)
_DAYS = {
    "date": "YYYY-MM-DD or M/D/YYYY",
    "date-time": "YYYY-MM-DDTHH:MM, or a time of the day of service: 09:05, 9:05 am",
}  # fmt: skip
_DAY_OF_MOMENTS = "service_date"
_PER = re.compile(r"(?P<unit>[^/]+?)\s*(?:/|\bper\b)\s*(?P<per>[0-9].*|[^\W\d].*)")


class _NotRead(Exception):
    """A value that its field cannot hold; where it stands, and what was expected."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}" if path else why)


def read_case(text: str | bytes, shape: type[Case], *, place: str = "") -> Case:
    """A case of a shape from JSON.

    Raises:  UnreadableInput that names the place, the field and what was expected; never what stood in it.
    """
    try:
        return msgspec.convert(_read(_JSON.decode(text), _type_of(cast("Hashable", shape)), "", None), shape)
    except msgspec.ValidationError as error:
        why = _field_first(str(error))
    except msgspec.DecodeError as error:
        why = f"no JSON: {error}"
    except RecursionError:
        why = "no JSON: it is nested too deep"
    except _NotRead as error:
        why = str(error)
    raise UnreadableInput(f"{place}: {why}" if place else why)


def case_json_schema(shape: type[object]) -> dict[str, Any]:
    """The JSON Schema of a shape, with what is read beside the shape itself."""
    schema = msgspec.json.schema(shape)
    definitions = schema.get("$defs", {})
    amounts = {name for name, one in definitions.items() if {"amount", "unit"} <= one.get("properties", {}).keys()}
    _loosen(schema, {f"#/$defs/{name}" for name in amounts})
    for name in (*amounts, *({PayerProgram.__name__} & definitions.keys())):
        also = "a common name, as Medicare Part B" if name == PayerProgram.__name__ else "the same in words, as 350 mg"
        definitions[name] = {"anyOf": [definitions[name], {"type": "string", "description": also}]}
    return schema


def _loosen(part: object, amounts: Collection[str]) -> None:
    """Let a schema take days and times as people write them, and several amounts in one text."""
    if isinstance(part, dict):
        if part.get("format") in _DAYS:
            part["description"] = _DAYS[part.pop("format")]
        if part.get("type") == "array" and part.get("items", {}).get("$ref") in amounts:
            part["type"] = ["array", "string"]
            part["description"] = "or in one text: 4 x 100 mg + 1 x 50 mg"
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            _loosen(one, amounts)


@cache
def _type_of(shape: Hashable) -> inspect.Type:
    return inspect.type_info(shape)


def _field_first(said: str) -> str:
    found = _PLACE.fullmatch(said)
    return f"{found['path']}: {found['said']}" if found and found["path"] else found["said"] if found else said


def _read(said: Any, kind: inspect.Type, path: str, day: date | None) -> Any:  # noqa: ANN401 - any JSON
    """What stands somewhere, in the form of its type where people write it otherwise; the rest as it is."""
    match kind:
        case inspect.UnionType():
            kinds = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
            return _read(said, kinds[0], path, day) if said is not None and len(kinds) == 1 else said
        case inspect.StructType() if isinstance(said, dict):
            return _struct(said, kind, path)
        case inspect.VarTupleType() | inspect.ListType():
            return _members(said, kind.item_type, path, day)
        case inspect.DictType() if isinstance(said, dict):
            return {key: _read(value, kind.value_type, _below(path, key), day) for key, value in said.items()}
    return _written(said, kind, path, day) if isinstance(said, str) else said


def _written(said: str, kind: inspect.Type, path: str, day: date | None) -> object:
    """A text, where it is how people write what stands there."""
    try:
        match kind:
            case inspect.StructType() if _is_amount(kind):
                return _amount(said, kind)
            case inspect.DateType():
                return written_day(said).isoformat()
            case inspect.DateTimeType():
                return written_moment(said, day).isoformat()
            case inspect.EnumType():
                return _word(said, kind.cls)
    except InvalidValue as error:
        raise _NotRead(path, str(error)) from None
    return said


def _struct(said: Mapping[str, Any], kind: inspect.StructType, path: str) -> dict[str, object]:
    fields = {field.encode_name: field.type for field in kind.fields}
    for key in said:
        if key not in fields:
            told = meant(key, fields) or f"; there are {', '.join(fields)}"
            raise _NotRead(path, f"there is no field `{key[:40]}`{told}")
    day = None
    if _DAY_OF_MOMENTS in fields and isinstance(said.get(_DAY_OF_MOMENTS), str):
        day = date.fromisoformat(_read(said[_DAY_OF_MOMENTS], inspect.DateType(), _below(path, _DAY_OF_MOMENTS), None))
    return {key: _read(value, fields[key], _below(path, key), day) for key, value in said.items()}


def _members(said: Any, kind: inspect.Type, path: str, day: date | None) -> Any:  # noqa: ANN401 - any JSON
    of_amounts = isinstance(kind, inspect.StructType) and _is_amount(kind)
    if isinstance(said, str) and of_amounts and _counts(kind):
        said = [said]
    if not isinstance(said, list):
        return said
    read: list[object] = []
    for number, one in enumerate(said):
        place = f"{path}[{number}]"
        if isinstance(one, str) and of_amounts and _counts(kind):
            read += _containers(one, kind, place)
        else:
            read.append(_read(one, kind, place, day))
    return read


def _is_amount(kind: inspect.StructType) -> bool:
    return {"amount", "unit"} <= {field.encode_name for field in kind.fields}


def _counts(kind: inspect.Type) -> str:
    """The field of a container that counts such containers; empty where it has none."""
    names = {field.encode_name for field in kind.fields} if isinstance(kind, inspect.StructType) else set()
    return next((name for name in ("count", "available") if name in names), "")


def _amount(said: str, kind: inspect.StructType) -> dict[str, str]:
    read = written_amount(said)
    if not any(field.encode_name == "per" for field in kind.fields):
        return _said(read)
    if found := _PER.fullmatch(read.unit):
        return {"amount": read.amount, "unit": found["unit"], "per": found["per"]}
    return _said(read)


def _containers(said: str, kind: inspect.Type, path: str) -> list[object]:
    try:
        read = written_containers(said)
    except InvalidValue as error:
        raise _NotRead(path, str(error)) from None
    return [_said(size) | ({_counts(kind): count} if count else {}) for count, size in read]


def _said(amount: WrittenAmount) -> dict[str, Any]:
    return {"amount": amount.amount, "unit": amount.unit}


def _word(said: str, words: type[Enum]) -> str:
    """The word of a closed list that a text means, whatever its capitals and blanks."""
    if words is PayerProgram:
        return payer_program_named(said)
    known = [str(one.value) for one in words]
    plain = re.sub(r"[\s-]+", "_", said.strip())
    if found := [one for one in known if one.casefold() == plain.casefold()]:
        return found[0]
    raise InvalidValue(f"expected one of {', '.join(known)}")


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
