"""A mapping file: which of somebody else's columns is which of ours, and what its cells mean."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from cleanclaim.errors import MappingError
from cleanclaim.formats.jsonl.fields import NotRead
from cleanclaim.formats.tabular.cells import DATE_FORMS
from cleanclaim.formats.tabular.names import NAMES, find, known_names
from cleanclaim.yaml_text import YamlProblem, YamlText, place_of, read_yaml

MOST_BYTES = 256 * 1024
DateForm = Literal["YYYY-MM-DD", "YYYYMMDD", "MM/DD/YYYY", "DD/MM/YYYY", "MM-DD-YYYY", "DD.MM.YYYY"]
Separator = Literal[";", "|", ",", " "]


class ColumnMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a mapping file says. All of it is optional: columns that bear our names need none."""

    columns: dict[str, str] = {}  # their name: our name
    ignore: list[str] = []  # their columns that are passed over on purpose
    constants: dict[str, str] = {}  # our name: what every row says
    values: dict[str, dict[str, str]] = {}  # our name: their word: our word
    empty: list[str] = []  # words that say nothing, such as NULL and N/A
    dates: DateForm | None = None  # the one form of all dates
    lists: Separator | None = None  # the one separator of lists in a cell


def read_mapping(text: bytes, *, file: str) -> ColumnMapping:
    """The mapping in a YAML text. Raises: MappingError that names file, line, key and the nearest known name."""
    if len(text) > MOST_BYTES:
        raise MappingError(f"the mapping is longer than {MOST_BYTES // 1024} kB", file=file)
    try:
        read = read_yaml(text.decode("utf-8-sig"), plain=True, nulls=False)  # `No` is a column's name, never a boolean
    except UnicodeDecodeError:
        raise MappingError("the mapping is not UTF-8", file=file) from None
    except YamlProblem as problem:
        raise MappingError(str(problem), file=file, line=problem.line) from None
    built = {} if read.node is None else read.value
    _check_keys(built, read, file)
    try:
        mapping = msgspec.convert(built, ColumnMapping)
    except msgspec.ValidationError as error:
        raise MappingError(*_said(error), file=file, line=read.line(*place_of(error)[1][:1])) from None
    _check_names(mapping, read, file)
    return mapping


def mapping_json_schema() -> dict[str, Any]:
    """The JSON Schema of a mapping file."""
    schema = msgspec.json.schema(ColumnMapping)
    properties = schema["$defs"]["ColumnMapping"]["properties"]
    properties["columns"]["additionalProperties"] = {"type": "string", "enum": list(known_names())}
    for part in ("constants", "values"):
        properties[part]["propertyNames"] = {"enum": list(NAMES)}
    return schema


def _check_keys(built: object, read: YamlText, file: str) -> None:
    if not isinstance(built, dict):
        raise MappingError("expected a mapping: columns, constants, values, ...", file=file, line=1)
    known = [field.name for field in msgspec.structs.fields(ColumnMapping)]
    for key in built:
        if key not in known:
            raise MappingError(f"there is no key `{key}`{_nearest(key, known)}", file=file, line=read.line(key))
        if built[key] == "" and key not in {"dates", "lists"}:
            raise MappingError(f"`{key}` is empty; leave it out or fill it", file=file, line=read.line(key))


def _said(error: msgspec.ValidationError) -> tuple[str]:
    text = str(error)
    if "`$.dates`" in text:
        return (f"dates: expected one of {', '.join(DATE_FORMS)}",)
    if "`$.lists`" in text:
        return ('lists: expected one of ";", "|", "," and " "',)
    return (text,)


def _check_names(mapping: ColumnMapping, read: YamlText, file: str) -> None:
    taken: dict[str, str] = {}
    for theirs, ours in mapping.columns.items():
        line = read.line("columns", theirs)
        if find(ours) is None:
            raise MappingError(f"columns: `{theirs}`: no claim has `{ours}`{_nearest(ours, known_names())}",
                               file=file, line=line)  # fmt: skip
        if ours in taken:
            raise MappingError(f"columns: `{ours}` is filled by `{taken[ours]}` already", file=file, line=line)
        if theirs in mapping.ignore:
            raise MappingError(f"columns: `{theirs}` stands under ignore too", file=file, line=line)
        taken[ours] = theirs
    for part, names in (("constants", mapping.constants), ("values", mapping.values)):
        for name in names:
            if name not in NAMES:
                raise MappingError(f"{part}: no claim has `{name}`{_nearest(name, NAMES)}",
                                   file=file, line=read.line(part, name))  # fmt: skip
    for name, text in mapping.constants.items():
        if name in taken:
            raise MappingError(f"constants: `{name}` is filled by the column `{taken[name]}` already",
                               file=file, line=read.line("constants", name))  # fmt: skip
        _check_value(name, text, "constants", file, read.line("constants", name))
    for name, words in mapping.values.items():
        for theirs, text in words.items():
            _check_value(name, text, "values", file, read.line("values", name, theirs))


def _check_value(name: str, text: str, part: str, file: str, line: int) -> None:
    read = NAMES[name].read
    if read is None or not text:
        return
    try:
        read(text)
    except NotRead as refusal:
        raise MappingError(f"{part}: {name}: expected {refusal.expected}", file=file, line=line) from None


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; the nearest is `{near[0]}`" if near else ""
