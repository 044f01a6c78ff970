"""Files of policies: YAML with no aliases, each fault with its file, line and key."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cleanclaim.policies.checklists import shipped_checklists
from cleanclaim.policies.policy import Policy
from cleanclaim.policies.policy_file import PolicyFile, PolicyTest
from cleanclaim.values.spelling import american
from cleanclaim.yaml_text import YamlProblem, YamlText, place_of, read_yaml

_LARGEST = 5_000_000  # bytes
_UNKNOWN = re.compile(r"unknown field `(?P<key>[^`]*)`")


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
        read = read_yaml(text, plain=True)  # `07` stays 07, `on` stays on; the shapes convert them
    except OSError as error:
        faults.append(PolicyFault(str(path), 0, "", f"cannot be read: {error.strerror or error}"))
        return []
    except ValueError as error:  # no UTF-8, or no YAML that is taken
        line = error.line if isinstance(error, YamlProblem) else 0
        faults.append(PolicyFault(str(path), line, "", f"no YAML that is taken: {error}"))
        return []
    said = read.value
    items, lead = (said, ()) if isinstance(said, list) else (None, ("policies",))
    if isinstance(said, dict):
        items = said.get("policies")
        rest = {key: value for key, value in said.items() if key != "policies"}
        for name, codes in _beside(path, rest, read, faults, tests).items():
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
            made.append((msgspec.convert(item, Policy, strict=False, builtin_types=()), read.line(*at)))
        except msgspec.ValidationError as error:
            faults.append(_fault(path, read, at, error))
    return made


def _beside(
    path: Path, said: dict[str, Any], read: YamlText, faults: list[PolicyFault], tests: list[PlacedTest]
) -> dict[str, tuple[str, ...]]:
    """The groups of a file; its tests are added to `tests`."""
    try:
        content = msgspec.convert({"policies": (), **said}, PolicyFile, strict=False)
        places = enumerate(content.tests)
        tests += [PlacedTest(str(path), read.line("tests", place), test) for place, test in places]
        return dict(content.groups)
    except msgspec.ValidationError as error:
        faults.append(_fault(path, read, (), error))
        return {}


def _without_group(policy: Policy, groups: dict[str, tuple[str, ...]], file: str, line: int) -> list[PolicyFault]:
    return [
        PolicyFault(file, line, "applies_to.group", f"{policy.id}: no file read so far has the group {name}")
        for name in policy.applies_to.group
        if name not in groups
    ]


def _without_checklist(policy: Policy, file: str, line: int) -> list[PolicyFault]:
    if not policy.documents:
        return []
    known = {one.id for one in (*shipped_checklists().general, *shipped_checklists().classes)}
    return [
        PolicyFault(
            file, line, "documents", f"{policy.id}: there is no checklist {name}; there are {', '.join(sorted(known))}"
        )
        for name in policy.documents
        if name not in known
    ]


def _fault(path: Path, read: YamlText, lead: tuple[str | int, ...], error: msgspec.ValidationError) -> PolicyFault:
    """The fault at its line, with the key in words."""
    said, steps = place_of(error)
    if (unknown := _UNKNOWN.search(said)) and (ours := american(unknown["key"])) != unknown["key"]:
        said += f": use `{ours}`"
    return PolicyFault(str(path), read.line(*lead, *steps), ".".join(map(str, steps)), said)
