"""YAML as our files have it: plain, without anchors, tags and keys that stand twice; each value knows its line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, TypeVar

import msgspec
import yaml

from cleanclaim.errors import UnreadableInput

MOST_DEPTH = 20
_NULL = "tag:yaml.org,2002:null"
_STEP = re.compile(r"\.(?P<key>[^.\[\]]+)|\[(?P<place>[0-9]+)\]")
_AT = re.compile(r" - at `\$?(?P<path>[^`]*)`$")
_Shape = TypeVar("_Shape")


class YamlProblem(ValueError):
    """Why a text is not read, and the line."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class YamlText:
    """A text that was read: its value, and where each part of it stands."""

    value: Any
    node: yaml.Node | None

    def line(self, *steps: str | int) -> int:
        """The line of what keys and places lead to, as far as they go; from 1."""
        node = self.node
        line = node.start_mark.line + 1 if node else 1
        for step in steps:
            if isinstance(step, int) and isinstance(node, yaml.SequenceNode) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
            elif isinstance(node, yaml.MappingNode):
                found = next((pair for pair in node.value if pair[0].value == step), None)
                if found is None:
                    break
                line, node = found[0].start_mark.line + 1, found[1]
            else:
                break
        return line


def read_yaml(text: str, *, plain: bool = False, nulls: bool = True) -> YamlText:
    """The value of a text. `plain`: every word stays as it is written (07, on, 2026-01-01), null apart with `nulls`.

    Raises:  YamlProblem. Anchors and tags are refused before anything is built: a YAML bomb must not go off.
    """
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MOST_DEPTH:
                raise YamlProblem(f"nested deeper than {MOST_DEPTH}", line)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise YamlProblem("anchors and aliases are not read", line)
            if getattr(event, "tag", None):
                raise YamlProblem("tags are not read", line)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise YamlProblem(f"not YAML: {problem}", mark.line + 1 if mark else 1) from None
    return YamlText(None if node is None else _Builder(plain=plain, nulls=nulls).value(node), node)


class _Builder:
    """Values of nodes."""

    def __init__(self, *, plain: bool, nulls: bool) -> None:
        self._plain, self._nulls = plain, nulls
        self._constructor = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node) -> Any:  # noqa: ANN401 - msgspec gives it its type
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(one) for one in node.value]
        if self._plain:
            return None if self._nulls and node.tag == _NULL else node.value
        try:
            return self._constructor.construct_object(node)
        except (ValueError, yaml.YAMLError):  # 2026-13-01 looks like a day
            raise YamlProblem(f"`{node.value}` is no value", node.start_mark.line + 1) from None

    def _mapping(self, node: yaml.MappingNode) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise YamlProblem("expected a name as a key", key.start_mark.line + 1)
            name = self.value(key)
            if name in found:
                raise YamlProblem(f"the key `{key.value}` stands twice", key.start_mark.line + 1)
            found[name] = self.value(value)
        return found


def place_of(error: msgspec.ValidationError) -> tuple[str, tuple[str | int, ...]]:
    """What is wrong with a value, and the way to it: `Expected int`, ("cases", 1, "when")."""
    found = _AT.search(str(error))
    steps = _STEP.finditer(found["path"] if found else "")
    return _AT.sub("", str(error)), tuple(int(one["place"]) if one["place"] else one["key"] for one in steps)


def read_shape(text: str, shape: type[_Shape], *, file: str, plain: bool = False) -> _Shape:
    """The value of a text in a shape.

    Raises:  UnreadableInput names file, line, field and what was expected.
    """
    try:
        read = read_yaml(text, plain=plain)
    except YamlProblem as problem:
        raise UnreadableInput(f"{file}:{problem.line}: {problem}") from None
    try:
        return msgspec.convert(read.value, shape, strict=not plain)
    except msgspec.ValidationError as error:
        said, steps = place_of(error)
        place = f"{file}:{read.line(*steps)}: {'.'.join(map(str, steps))}: " if steps else f"{file}: "
        raise UnreadableInput(f"{place}{said}") from None


def shipped_shape(package: str, file: str, shape: type[_Shape], *, plain: bool = False) -> _Shape:
    """The value of a file that comes with cleanclaim."""
    return read_shape(files(package).joinpath(file).read_text(encoding="utf-8"), shape, file=file, plain=plain)
