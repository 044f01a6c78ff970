"""The options that several commands share, the choices that they take, and what they are read into."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cleanclaim.engine.interface import EngineName
from cleanclaim.errors import InvalidValue, UnknownName, UnreadableInput
from cleanclaim.values.written import written_day

if TYPE_CHECKING:
    from cleanclaim.formats.tabular.mapping import ColumnMapping

Value = TypeVar("Value")
_A_DAY = "YYYY-MM-DD or M/D/YYYY"


class Format(StrEnum):
    """How to print a check."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"
    SARIF = "sarif"
    PARQUET = "parquet"


class ShortFormat(StrEnum):
    """How to print a look-up."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


class CodeFormat(StrEnum):
    """How to print what is known of a code."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    HTML = "html"


class GuideFormat(StrEnum):
    """How to print a guide."""

    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    JSON = "json"


class AuditFormat(StrEnum):
    """How to print the audit of a text."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"
    SARIF = "sarif"


class RowsFormat(StrEnum):
    """How to print what has many rows: differences, readings of descriptors."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class FailOn(StrEnum):
    """From which severity on the exit code is 1; `not-evaluated` also when anything could not be judged."""

    REJECT = "reject"
    DENY = "deny"
    WARN = "warn"
    INFO = "info"
    NOT_EVALUATED = "not-evaluated"
    NEVER = "never"


class Show(StrEnum):
    """What to list beside what fires."""

    NOT_EVALUATED = "not-evaluated"


EngineOption = Annotated[
    EngineName,
    typer.Option(
        "--engine",
        help="What checks the claims: DuckDB, or Spark (`cleanclaim[spark]` and Java 17). The result is the same.",
    ),
]

ReferenceOption = Annotated[
    Path | None,
    typer.Option("--reference", help="Folder of the reference library; else CLEANCLAIM_REFERENCE, else the user's."),
]  # fmt: skip


EditsOption = Annotated[Path | None, typer.Option("--edits", help="Folder with edit pages of your own.")]

PoliciesOption = Annotated[
    Path | None, typer.Option("--policies", help="Policies of payers: a YAML file, or a folder of them.")
]
OnFileOption = Annotated[
    Path | None,
    typer.Option("--on-file", help="What is on file for claims, as JSON Lines (`cleanclaim schema on-file`)."),
]
AuthorizationsOption = Annotated[
    Path | None,
    typer.Option("--authorizations", help="Prior authorizations, as JSON Lines (`cleanclaim schema authorization`)."),
]
HistoryOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--history", help="Earlier claims: files and folders as they are checked; may be given several times."
    ),
]
HistoryFromOption = Annotated[
    str | None,
    typer.Option(
        "--history-from",
        help=f"First day, {_A_DAY}, from which the history has every claim: only then is `not given` known.",
    ),
]
CheckedOnOption = Annotated[
    str | None,
    typer.Option("--checked-on", help=f"The day that stands for today, {_A_DAY}; else the date of each file."),
]
OnOption = Annotated[str | None, typer.Option("--on", help=f"Date of service, {_A_DAY}; today when left out.")]

ProfileOption = Annotated[
    Path | None,
    typer.Option("--profile", help="The site's profile, a TOML file: edits that are off, or of another severity."),
]
SelectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--select", metavar="EDIT", help="Run these edits alone: ids, names, families as WASTE; with commas, or again."
    ),
]
IgnoreOption = Annotated[
    list[str] | None, typer.Option("--ignore", metavar="EDIT", help="Leave these edits out; named as for --select.")
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", help="Write to this file: whole or not at all.")
]  # fmt: skip

ShortFormatOption = Annotated[ShortFormat, typer.Option("--format", help="How to print the answer.")]


def there(reference: Path | None) -> Path | None:
    """The folder of the library as it was named, or None for the user's own.

    Raises:  UnknownName when a folder was named and is not there.
    """
    # A folder that was named and is not there is a slip of the keyboard; the user's own library may not exist yet.
    if reference is not None and not reference.is_dir():
        raise UnknownName(f"--reference {reference}: there is no such folder; `cleanclaim reference import` makes one")
    return reference


def sha256_of(text: str) -> str | None:
    """The checksum that an option names, in small letters; None without one.

    Raises:  InvalidValue.
    """
    lowered = text.strip().casefold()
    if lowered and not (len(lowered) == 64 and set(lowered) <= set("0123456789abcdef")):
        raise InvalidValue(f"--sha256 {text[:70]}: expected 64 hexadecimal digits")
    return lowered or None


def today() -> date:
    """The day that it is where the user sits. No other place reads the clock for a date."""
    return date.today()  # noqa: DTZ011 - the user's day is meant


def day_of(text: str | None, option: str = "--on") -> date:
    """The day that an option names; today without one.

    Raises:  InvalidValue.
    """
    return today() if text is None else read_option(option, text, written_day)


def read_option(option: str, text: str, read: Callable[[str], Value]) -> Value:
    """What an option says, read.

    Raises:  InvalidValue that names the option, what stood there, and what was expected.
    """
    try:
        return read(text)
    except InvalidValue as error:
        raise InvalidValue(f"{option} {text[:70]}: {error}") from None


def column_mapping(path: Path | None) -> ColumnMapping | None:
    """The mapping file that `--mapping` names; None without one.

    Raises:  UnreadableInput; MappingError.
    """
    if path is None:
        return None
    from cleanclaim.formats.tabular.mapping import read_mapping  # noqa: PLC0415 - loads Arrow

    try:
        return read_mapping(path.read_bytes(), file=str(path))
    except OSError as error:
        raise UnreadableInput(f"--mapping {path}: {error.strerror or type(error).__name__}") from None


def _no_presumption(chosen: bool) -> bool:  # noqa: FBT001 - typer hands it so
    # Every library that this process opens: a command may open several, deep below.
    if chosen:
        from cleanclaim.reference.library import NO_PRESUMPTION  # noqa: PLC0415 - most commands start without it

        os.environ[NO_PRESUMPTION] = "1"
    return chosen


NoPresumptionOption = Annotated[
    bool,
    typer.Option(
        "--no-presumption", callback=_no_presumption,
        help="Days that no release covers are unknown: no earlier one speaks.",
    ),
]  # fmt: skip
