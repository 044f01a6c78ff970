"""Files of policies: YAML with no aliases, each fault with its file, line and key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import yaml

from cleanclaim.policies.checklists import shipped_checklists
from cleanclaim.policies.policy import Policy
from cleanclaim.policies.policy_file import PolicyFile, PolicyTest
from cleanclaim.values.spelling import american

_LARGEST = 5_000_000  # bytes
_PATH = re.compile(r" - at `(?P<path>[^`]*)`$")
_UNKNOWN = re.compile(r"unknown field `(?P<key>[^`]*)`")
_STEP = re.compile(r"\[(?P<place>[0-9]+)\]|\.(?P<key>[^.\[]+)|\[\.\.\.\]")


@dataclass(frozen=True, slots=True)
class PolicyFault:
    """Why a policy or a file was not taken."""

    file: str
    line: int
    key: str
    message: str


@dataclass(frozen=True, slots=True)
class PlacedTest:
    """A claim that tests policies, and where it stands."""

    file: str
    line: int
    test: PolicyTest


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies that were read, the groups of codes that they name, what was refused, and the claims that test."""

    policies: tuple[Policy, ...]
    groups: dict[str, tuple[str, ...]]
    faults: tuple[PolicyFault, ...]
    tests: tuple[PlacedTest, ...] = ()


def read_policies(paths: Iterable[Path]) -> Policies:
    """The policies of some files and folders (`*.yaml`, `*.yml`); a bad one does not lose the others."""
    found: list[Policy] = []
    groups: dict[str, tuple[str, ...]] = {}
    faults: list[PolicyFault] = []
    tests: list[PlacedTest] = []
    places: dict[str, str] = {}
    for path in _files(paths, faults):
        for policy, line in _read(path, groups, faults, tests):
            if policy.id in places:
                faults.append(
                    PolicyFault(str(path), line, "id", f"{policy.id} is there already, in {places[policy.id]}")
                )
                continue
            places[policy.id] = str(path)
            found.append(policy)
            faults += _without_group(policy, groups, str(path), line)
            faults += _without_checklist(policy, str(path), line)
    return Policies(tuple(found), groups, tuple(faults), tuple(tests))


def _files(paths: Iterable[Path], faults: list[PolicyFault]) -> list[Path]:
    found = []
    for path in paths:
        files = sorted((*path.glob("*.yaml"), *path.glob("*.yml"))) if path.is_dir() else [path]
        if not files:
            faults.append(PolicyFault(str(path), 0, "", "the folder holds no policy (`*.yaml`, `*.yml`)"))
        found += files
    return found


def _read(
    path: Path, groups: dict[str, tuple[str, ...]], faults: list[PolicyFault], tests: list[PlacedTest]
) -> list[tuple[Policy, int]]:
    try:
        content = path.read_bytes()
        if len(content) > _LARGEST:
            raise ValueError(f"larger than {_LARGEST:,} bytes")
        text = content.decode("utf-8-sig")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise ValueError("expected no aliases")
        node, said = yaml.compose(text, Loader=_Loader), yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except OSError as error:
        faults.append(PolicyFault(str(path), 0, "", f"cannot be read: {error.strerror or error}"))
        return []
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        faults.append(PolicyFault(str(path), mark.line + 1 if mark else 0, "", f"no YAML that is taken: {problem}"))
        return []
    items, lead = (said, ()) if isinstance(said, list) else (None, ("policies",))
    if isinstance(said, dict):
        items = said.get("policies")
        rest = {key: value for key, value in said.items() if key != "policies"}
        for name, codes in _beside(path, rest, node, faults, tests).items():
            if groups.setdefault(name, codes) != codes:
                faults.append(
                    PolicyFault(str(path), 1, f"groups.{name}", "another file has other codes under this name")
                )
    if not isinstance(items, list):
        faults.append(
            PolicyFault(str(path), 1, "", "expected a list of policies, or a mapping with policies and groups")
        )
        return []
    made = []
    for place, item in enumerate(items):
        at = (*lead, place)
        if isinstance(item, dict) and isinstance(span := item.get("effective"), dict) and span.get("end", "") is None:
            del span["end"]  # `end: null` is an open end
        try:
            made.append((msgspec.convert(item, Policy, strict=False, builtin_types=()), _line(node, at)))
        except msgspec.ValidationError as error:
            faults.append(_fault(path, node, at, str(error)))
    return made


def _beside(
    path: Path, said: dict[str, Any], node: yaml.Node | None, faults: list[PolicyFault], tests: list[PlacedTest]
) -> dict[str, tuple[str, ...]]:
    """The groups of a file; its tests are added to `tests`."""
    try:
        read = msgspec.convert({"policies": (), **said}, PolicyFile, strict=False)
        places = enumerate(read.tests)
        tests += [PlacedTest(str(path), _line(node, ("tests", place)), test) for place, test in places]
        return dict(read.groups)
    except msgspec.ValidationError as error:
        faults.append(_fault(path, node, (), str(error)))
        return {}


def _without_group(policy: Policy, groups: dict[str, tuple[str, ...]], file: str, line: int) -> list[PolicyFault]:
    return [
        PolicyFault(file, line, "applies_to.group", f"{policy.id}: no file read so far has the group {name}")
        for name in policy.applies_to.group
        if name not in groups
    ]


def _without_checklist(policy: Policy, file: str, line: int) -> list[PolicyFault]:
    known = {one.id for one in (*shipped_checklists().general, *shipped_checklists().classes)}
    return [
        PolicyFault(
            file, line, "documents", f"{policy.id}: there is no checklist {name}; there are {', '.join(sorted(known))}"
        )
        for name in policy.documents
        if name not in known
    ]


def _fault(path: Path, node: yaml.Node | None, lead: tuple[str | int, ...], message: str) -> PolicyFault:
    """The fault at its line, with the key in words."""
    found = _PATH.search(message)
    steps = [
        int(one["place"]) if one["place"] else one["key"]
        for one in _STEP.finditer(found["path"].removeprefix("$") if found else "")
        if one["place"] or one["key"]
    ]
    whole = (*lead, *steps)
    key = ".".join(str(step) for step in steps)
    said = _PATH.sub("", message)
    if (unknown := _UNKNOWN.search(said)) and (ours := american(unknown["key"])) != unknown["key"]:
        said += f": use `{ours}`"
    return PolicyFault(str(path), _line(node, whole), key, said)


def _line(node: yaml.Node | None, steps: Sequence[str | int]) -> int:
    """The line of what a path leads to, as far as it goes; from 1."""
    line = node.start_mark.line + 1 if node else 0
    for step in steps:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        else:
            break
        if node is None:
            break
        line = node.start_mark.line + 1
    return line


class _Loader(yaml.SafeLoader):
    """YAML whose plain words stay what they are written as: codes, numbers with leading zeros, days. No key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - as in yaml
        """A mapping; a key that stands twice is refused, where YAML would lose the first."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key.value} stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


# No number, day or truth value is read into another one: `07` stays 07, `on` stays on; the shapes convert them.
_Loader.yaml_implicit_resolvers = {
    letter: [pair for pair in pairs if pair[0] == "tag:yaml.org,2002:null"]
    for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
