"""One cell's text to one value, or why not; written for what spreadsheets do to codes, dates and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

from cleanclaim.engine.schema import ColumnType
from cleanclaim.errors import InvalidValue
from cleanclaim.formats.jsonl.fields import NotRead, decimal
from cleanclaim.values import money as read_money
from cleanclaim.values import parse_date

Read = Callable[[str], object]

SHORTENED = re.compile(r"[+-]?[0-9](?:[.,][0-9]*)?E\+?[0-9]{1,3}", re.IGNORECASE)
_ISO_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00(?::00(?:\.0*)?)?Z?")
_SERIAL = re.compile(r"[1-7][0-9]{4}")  # days of a spreadsheet since 1899-12-30: 1927 to 2118
_SERIAL_ZERO = date(1899, 12, 30)
_PLAIN_DAY = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_COMMA = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+),[0-9]*")
_GROUPED = re.compile(r"[+-]?\$?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_DATE_EXPECTED = "a day of the calendar as YYYY-MM-DD"
_YES, _NO = {"true", "yes", "y", "1", "t"}, {"false", "no", "n", "0", "f"}

DATE_FORMS = {
    "YYYY-MM-DD": r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
    "YYYYMMDD": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    "MM/DD/YYYY": r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})",
    "DD/MM/YYYY": r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})",
    "MM-DD-YYYY": r"(?P<m>\d{1,2})-(?P<d>\d{1,2})-(?P<y>\d{4})",
    "DD.MM.YYYY": r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
}


def day(text: str) -> date:
    """A day: ISO, eight digits, a spreadsheet's day number, or M/D/YYYY where it can mean one day only."""
    if midnight := _ISO_MIDNIGHT.fullmatch(text):
        text = midnight[1]
    if match := _PLAIN_DAY.fullmatch(text):
        return _calendar(*map(int, match.groups()))
    if _SERIAL.fullmatch(text):
        return _SERIAL_ZERO + timedelta(days=int(text))
    if match := _SLASHED.fullmatch(text):
        first, second, year = map(int, match.groups())
        if first <= 12 and second <= 12 and first != second:
            raise NotRead(
                "date-ambiguous",
                f"{_DATE_EXPECTED}, or the order of day and month in a mapping file (dates: MM/DD/YYYY)",
            )
        return _calendar(year, second, first) if first > 12 else _calendar(year, first, second)
    try:
        return parse_date(text)
    except InvalidValue:
        raise NotRead("date-invalid", _DATE_EXPECTED) from None


def is_serial(text: str) -> bool:
    """Whether a date was written as a spreadsheet's day number."""
    return _SERIAL.fullmatch(text) is not None


def day_reader(form: str) -> Read:
    """The reader of days in the one form that a mapping file names."""
    pattern = re.compile(DATE_FORMS[form], re.ASCII)

    def read(text: str) -> date:
        bare = re.sub(r"[T ]0{1,2}:00(?::00(?:\.0*)?)?\Z", "", text)
        try:
            if match := pattern.fullmatch(bare):
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
        except ValueError:
            pass
        raise NotRead("date-invalid", f"a day of the calendar as {form}, as the mapping file says")

    return read


def _calendar(year: int, month: int, day_of_month: int) -> date:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise NotRead("date-invalid", _DATE_EXPECTED) from None


def number_reader(kind: ColumnType) -> Read:
    """The reader of decimals and whole numbers."""
    precision, scale = kind.precision or (18, 0)

    def read(text: str) -> object:
        _refuse_spreadsheet(text)
        number = decimal(text, precision, scale)
        return number if kind.precision else int(number)

    return read


def money_reader(kind: ColumnType) -> Read:
    """The reader of dollars: a dollar sign and commas between groups of three digits are read too."""
    precision, scale = cast("tuple[int, int]", kind.precision)

    def read(text: str) -> Decimal:
        _refuse_spreadsheet(text)
        if "$" in text or "," in text:
            try:
                return read_money(text)
            except InvalidValue:
                pass  # told below, as any other text that is no amount
        return decimal(text, precision, scale)

    return read


def _refuse_spreadsheet(text: str) -> None:
    if SHORTENED.fullmatch(text):
        raise NotRead("number-shortened", "the number in all its digits (a spreadsheet has shortened it)")
    if _COMMA.fullmatch(text) and not _GROUPED.fullmatch(text):
        raise NotRead("decimal-comma", "a point before the decimals; a comma there is not read")


def boolean(text: str) -> bool:
    """yes or no, true or false, 1 or 0."""
    word = text.lower()
    if word not in _YES | _NO:
        raise NotRead("boolean-invalid", "yes or no, true or false, 1 or 0")
    return word in _YES


def drug_number(text: str) -> str:
    """A drug number as it stands, unless a spreadsheet has cut its digits off."""
    if SHORTENED.fullmatch(text):
        raise NotRead(
            "number-shortened", "the NDC in all its digits (a spreadsheet has shortened it): store it as text"
        )
    return text


def texts(text: str) -> list[str]:
    """A list in one cell, parted by `;`, `|`, a comma or blanks."""
    return [member for member in re.split(r"[;|,\s]+", text) if member]


def list_reader(separator: str) -> Read:
    """The reader of lists with the one separator that a mapping file names."""
    return lambda text: [member for part in text.split(separator) if (member := part.strip())]


def pointers(text: str) -> list[str]:
    """Places in the claim's diagnoses as texts of numbers: `1,2`, `A,B` or, as on paper claims, `AB`."""
    found = []
    for member in re.split(r"[;|,:\s]+", text):
        if re.fullmatch("[A-La-l]+", member):
            found += [str(ord(letter) - ord("A") + 1) for letter in member.upper()]
        elif re.fullmatch("[0-9]{1,2}", member):
            found.append(member)
        elif member:
            raise NotRead("pointer-invalid", "places in the claim's diagnoses, such as 1,2 or A,B")
    return found
