"""A mapping file: which of somebody else's columns is which of ours, and what its cells mean."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec
import yaml

from cleanclaim.errors import MappingError
from cleanclaim.formats.jsonl.fields import NotRead
from cleanclaim.formats.tabular.cells import DATE_FORMS
from cleanclaim.formats.tabular.names import NAMES, find, known_names

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
        node = _composed(text.decode("utf-8-sig"), file)
    except UnicodeDecodeError:
        raise MappingError("the mapping is not UTF-8", file=file) from None
    built = {} if node is None else _built(node, file)
    lines = dict(_lines(node)) if node is not None else {}
    _check_keys(built, lines, file)
    try:
        mapping = msgspec.convert(built, ColumnMapping)
    except msgspec.ValidationError as error:
        raise MappingError(*_said(error), file=file, line=_line(error, lines)) from None
    _check_names(mapping, lines, file)
    return mapping


def mapping_json_schema() -> dict[str, Any]:
    """The JSON Schema of a mapping file."""
    schema = msgspec.json.schema(ColumnMapping)
    properties = schema["$defs"]["ColumnMapping"]["properties"]
    properties["columns"]["additionalProperties"] = {"type": "string", "enum": list(known_names())}
    for part in ("constants", "values"):
        properties[part]["propertyNames"] = {"enum": list(NAMES)}
    return schema


def _composed(text: str, file: str) -> yaml.Node | None:
    # Anchors, aliases and tags are refused before anything is built: a YAML bomb must not go off.
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CBaseLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > 8 or isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise MappingError("expected plain YAML, without anchors and not nested deep", file=file, line=line)
        return yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "broken"
        raise MappingError(f"not YAML: {problem}", file=file, line=place.line + 1 if place else 1) from None


def _built(node: yaml.Node, file: str) -> Any:  # noqa: ANN401 - msgspec gives it its type
    """Every scalar as its text: `No` is a column's name, never a boolean."""
    if isinstance(node, yaml.MappingNode):
        built: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise MappingError("expected a name as a key", file=file, line=key.start_mark.line + 1)
            if key.value in built:
                raise MappingError(f"the key `{key.value}` stands twice", file=file, line=key.start_mark.line + 1)
            built[key.value] = _built(value, file)
        return built
    if isinstance(node, yaml.SequenceNode):
        return [_built(member, file) for member in node.value]
    return node.value


def _lines(node: yaml.Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*path, key.value), key.start_mark.line + 1
            if isinstance(value, yaml.MappingNode):
                yield from list(_lines(value, (*path, key.value)))[1:]


def _check_keys(built: object, lines: dict[tuple[str, ...], int], file: str) -> None:
    if not isinstance(built, dict):
        raise MappingError("expected a mapping: columns, constants, values, ...", file=file, line=1)
    known = [field.name for field in msgspec.structs.fields(ColumnMapping)]
    for key in built:
        if key not in known:
            raise MappingError(f"there is no key `{key}`{_nearest(key, known)}", file=file, line=lines[key,])
        if built[key] == "" and key not in {"dates", "lists"}:
            raise MappingError(f"`{key}` is empty; leave it out or fill it", file=file, line=lines[key,])


def _said(error: msgspec.ValidationError) -> tuple[str]:
    text = str(error)
    if "`$.dates`" in text:
        return (f"dates: expected one of {', '.join(DATE_FORMS)}",)
    if "`$.lists`" in text:
        return ('lists: expected one of ";", "|", "," and " "',)
    return (text,)


def _line(error: msgspec.ValidationError, lines: dict[tuple[str, ...], int]) -> int:
    _, _, path = str(error).partition("`$.")
    first = path.split("`")[0].split(".")[0].split("[")[0]
    return lines.get((first,), 1)


def _check_names(mapping: ColumnMapping, lines: dict[tuple[str, ...], int], file: str) -> None:
    taken: dict[str, str] = {}
    for theirs, ours in mapping.columns.items():
        line = lines["columns", theirs]
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
                                   file=file, line=lines[part, name])  # fmt: skip
    for name, text in mapping.constants.items():
        if name in taken:
            raise MappingError(f"constants: `{name}` is filled by the column `{taken[name]}` already",
                               file=file, line=lines["constants", name])  # fmt: skip
        _check_value(name, text, "constants", file, lines["constants", name])
    for name, words in mapping.values.items():
        for theirs, text in words.items():
            _check_value(name, text, "values", file, lines["values", name, theirs])


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
