"""The YAML files of importers, ours or a user's: what is wrong with one is told with file, line and field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, TypeVar

import msgspec

from cleanclaim.errors import UnreadableInput
from cleanclaim.yaml_text import YamlProblem, YamlText, place_of, read_yaml

_Shape = TypeVar("_Shape")


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file that was read as YAML."""

    name: str
    kind: str  # how messages call the file as a whole: layout, table
    text: YamlText

    @classmethod
    def of(cls, name: str, kind: str, content: bytes, most_bytes: int) -> Self:
        """The file of some bytes.

        Raises: UnreadableInput names file and line when it is too long or no YAML that is read.
        """
        if len(content) > most_bytes:
            raise UnreadableInput(f"{name}: a {kind} has at most {most_bytes // 1024} KiB")
        try:
            return cls(name, kind, read_yaml(content.decode("utf-8-sig")))
        except UnicodeDecodeError as problem:
            line = content[: problem.start].count(b"\n") + 1
            raise UnreadableInput(f"{name}:{line}: no YAML that is read: expected UTF-8 text") from None
        except YamlProblem as problem:
            why = str(problem).removeprefix("not YAML: ")
            raise UnreadableInput(f"{name}:{problem.line}: no YAML that is read: {why}") from None

    def as_shape(self, shape: type[_Shape], *place: str | int) -> _Shape:
        """Its value, or the part of it that keys and places lead to, in a shape.

        Raises: UnreadableInput names file, line, field and what was expected.
        """
        value = self.text.value
        for step in place:
            value = value[step]
        try:
            return msgspec.convert(value, shape, strict=True)
        except msgspec.ValidationError as error:
            problem, steps = place_of(error)
            raise self.wrong(problem, *place, *steps) from None

    def wrong(self, problem: str, *steps: str | int) -> UnreadableInput:
        """An error that names the line of the field that keys and places lead to, or of the nearest one above it."""
        way = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
        return UnreadableInput(f"{self.name}:{self.text.line(*steps)}: {way.lstrip('.') or self.kind}: {problem}")
