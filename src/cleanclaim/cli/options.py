"""The choices that commands take and that what they print follows."""

from enum import StrEnum


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


class DiffFormat(StrEnum):
    """How to print what differs between two releases."""

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
