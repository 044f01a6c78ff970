"""Files of JSON Lines, one case, authorization or record a line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TypeVar

from cleanclaim.errors import UnreadableInput

_Row = TypeVar("_Row")


def read_rows(file: Path, shape: type[_Row]) -> list[_Row]:
    """The rows of a file of JSON Lines; `-` is standard input.

    Raises: UnreadableInput for a file that cannot be read, and for the first row that has not the shape, with its line.
    """
    from cleanclaim.billing.case_reading import read_case  # noqa: PLC0415 - a check mostly has no such file

    lines = enumerate(read_text(file).split("\n"), 1)
    return [read_case(text, shape, place=f"{file}, line {number}") for number, text in lines if text.strip()]


def read_text(file: Path) -> str:
    """The text of a file in UTF-8; `-` is standard input. Raises: UnreadableInput."""
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnreadableInput(f"{file}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise UnreadableInput(f"{file}: no UTF-8 text: {error.reason} at byte {error.start}") from None
