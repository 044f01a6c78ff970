"""The configuration file: `cleanclaim.toml`, or `[tool.cleanclaim]` of a `pyproject.toml`, here or in a folder above.

What it says stands in for options that are not given: the command line wins, then the environment, then the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import typer

from cleanclaim.cli.options import FailOn, Format
from cleanclaim.errors import InvalidValue

if TYPE_CHECKING:
    from cleanclaim.app.site import PayerNames

FILE, SHARED_FILE, VARIABLE = "cleanclaim.toml", "pyproject.toml", "CLEANCLAIM_CONFIG"
PATHS = ("reference", "policies", "edits", "profile")
CHOICES: Mapping[str, type[StrEnum]] = {"fail_on": FailOn, "format": Format}
KEYS = (*PATHS, *CHOICES, "payer_names")
ENVIRONMENT = {"reference": "CLEANCLAIM_REFERENCE"}  # what an environment variable says goes before the file
_ROOTS = (".git", ".hg", ".svn", ".jj")  # a folder that holds one is the root of its project
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Config:
    """What a configuration file says, its paths whole; empty where there is none."""

    file: Path | None = None
    values: Mapping[str, str] = field(default_factory=dict)  # paths and choices
    payers: Mapping[str, object] = field(default_factory=dict)  # as written

    def payer_names(self) -> PayerNames:
        """The payers by the names of the site. Raises: InvalidValue."""
        from cleanclaim.app.site import PayerNames  # noqa: PLC0415 - loads Arrow

        return PayerNames(
            {name: _payer(f"{self.file}: payer_names.{name}", said) for name, said in self.payers.items()}
        )

    def set_here(self, key: str) -> bool:
        """Whether the file decides about a key: it says something, and the environment does not."""
        return key in self.values and not os.environ.get(ENVIRONMENT.get(key, ""))


def load_config(context: typer.Context, file: Path | None) -> Path | None:
    """Read the configuration and put it in for what the command line leaves out; the callback of `--config`.

    Raises:  InvalidValue.
    """
    if not context.resilient_parsing and (file is not None or context.parent is None):
        config = read_config(file)
        context.obj = config
        context.default_map = _defaults(config, context.command)
    return file


def config_of(context: typer.Context) -> Config:
    """The configuration that a command runs with."""
    return context.find_object(Config) or Config()


def read_config(named: Path | None = None) -> Config:
    """The configuration of the file that is named, here or by CLEANCLAIM_CONFIG; else of the nearest one.

    Raises:  InvalidValue that names the file, the key and what was expected.
    """
    if named is None and (variable := os.environ.get(VARIABLE)):
        named = Path(variable)
    for file in [named] if named else _places(Path.cwd()):
        said = _said(file, must_be=named is not None)
        if said is not None:
            return _config(file.resolve(), said)
    return Config()


def _places(folder: Path) -> Iterator[Path]:
    """Where a configuration may stand: here and above, up to the root of the project or the user's home."""
    home = Path.home()
    for place in (folder, *folder.parents):
        yield place / FILE
        yield place / SHARED_FILE
        if place == home or any((place / root).exists() for root in _ROOTS):
            return


def _said(file: Path, *, must_be: bool) -> dict[str, Any] | None:
    """The table of a file; None where it is not there, or is a `pyproject.toml` without one of ours."""
    if not must_be and not file.is_file():
        return None
    try:
        with file.open("rb") as stream:
            text = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InvalidValue(f"configuration {file}: {error.strerror or type(error).__name__}") from None
    if len(text) > _MOST_BYTES:
        raise InvalidValue(f"configuration {file}: longer than {_MOST_BYTES:,} bytes")
    is_shared = file.name == SHARED_FILE
    if is_shared and not must_be and b"cleanclaim" not in text:
        return None
    import tomllib  # noqa: PLC0415 - only where there is a file

    try:
        said = tomllib.loads(text.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidValue(f"configuration {file}: no TOML: {error}") from None
    if not is_shared:
        return said
    tool = said.get("tool")
    ours = tool.get("cleanclaim") if isinstance(tool, dict) else None
    if ours is None and must_be:
        raise InvalidValue(f"configuration {file}: expected a table [tool.cleanclaim]")
    if ours is not None and not isinstance(ours, dict):
        raise InvalidValue(f"configuration {file}: tool.cleanclaim: expected a table")
    return ours


def _config(file: Path, said: Mapping[str, Any]) -> Config:
    values: dict[str, str] = {}
    for key, value in said.items():
        place = f"configuration {file}: {key[:60]}"
        if key not in KEYS:
            from cleanclaim.values.spelling import meant  # noqa: PLC0415

            raise InvalidValue(f"{place}: there is no such key{meant(key, KEYS)}; expected {', '.join(KEYS)}")
        if key == "payer_names":
            if not isinstance(value, dict):
                raise InvalidValue(f'{place}: expected a table with lines as "60054" = "medicare advantage"')
        elif not (isinstance(value, str) and value):
            raise InvalidValue(f"{place}: expected a text in quotes")
        elif key in CHOICES:
            values[key] = _choice(place, value, CHOICES[key])
        else:
            values[key] = str(file.parent / Path(value).expanduser())
            if key != "reference" and not Path(values[key]).exists():  # a library may be made yet
                raise InvalidValue(f"{place}: {values[key]} is not there")
    return Config(file, values, said.get("payer_names", {}))


def _choice(place: str, value: str, choices: type[StrEnum]) -> str:
    if value not in tuple(choices):
        from cleanclaim.values.spelling import meant  # noqa: PLC0415

        raise InvalidValue(f"{place}: expected one of {', '.join(choices)}{meant(value, tuple(choices))}")
    return value


def _payer(place: str, said: object) -> Any:  # noqa: ANN401 - a NamedPayer, whose module is loaded here
    from cleanclaim.app.site import NamedPayer  # noqa: PLC0415
    from cleanclaim.claims.payer_names import payer_program_named  # noqa: PLC0415

    table = {"program": said} if isinstance(said, str) else said
    if (
        not isinstance(table, dict)
        or not table
        or not table.keys() <= {"program", "id"}
        or not all(isinstance(one, str) and one for one in table.values())
    ):
        raise InvalidValue(f'{place}: expected "a payer program", or {{program = "..", id = ".."}}')
    try:
        program = payer_program_named(table["program"]) if "program" in table else None
    except InvalidValue as error:
        raise InvalidValue(f"{place}: {error}") from None
    return NamedPayer(program, table.get("id"))


def options_set(context: typer.Context) -> dict[str, object]:
    """The options of a command that somebody set, here, in the environment or in the configuration; by name."""
    unset = {click.core.ParameterSource.DEFAULT, None}
    return {
        max(option.opts, key=len).lstrip("-"): context.params[name]
        for option in context.command.params
        if isinstance(option, click.Option) and (name := option.name)
        and name in context.params and context.get_parameter_source(name) not in unset
    }  # fmt: skip


def _defaults(config: Config, command: click.Command) -> dict[str, Any]:
    """What stands in for the options of a command, and of those below it, as click takes it."""
    below = getattr(command, "commands", {})
    defaults = {name: _defaults(config, one) for name, one in below.items()}
    return defaults | {
        str(option.name): config.values[key]
        for option in command.params
        for key in config.values
        if f"--{key.replace('_', '-')}" in option.opts
        and (key in PATHS or command.name == "check")
        and config.set_here(key)
    }
