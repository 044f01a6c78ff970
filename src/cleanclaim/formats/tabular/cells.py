"""One cell's text to one value, or why not; written for what spreadsheets do to codes, dates and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

from cleanclaim.engine.schema import ColumnType
from cleanclaim.errors import InvalidValue
from cleanclaim.formats.jsonl.fields import NotRead, ReadAnyway, decimal
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
_AT_MIDNIGHT = re.compile(r"(.+?)[T ]+(?:12:00(?::00)? *AM|0{1,2}:00(?::00(?:\.0*)?)?)", re.IGNORECASE)
_AT_A_TIME = re.compile(
    r"(.+?)[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]*)?)? *(?:[AP]M)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?", re.IGNORECASE
)
_SERIAL_FLOAT = re.compile(r"([1-7][0-9]{4})\.0+")
_MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)  # noqa: SIM905 - a line
}
_DAY_MONTH_YEAR = re.compile(r"([0-9]{1,2})[- ]([A-Za-z]{3})[a-z]*\.?[- ,]+([0-9]{4})")
_MONTH_DAY_YEAR = re.compile(r"([A-Za-z]{3})[a-z]*\.? +([0-9]{1,2})(?:st|nd|rd|th)?,? +([0-9]{4})")
_EXPONENT = re.compile(r"([+-]?[0-9])(?:\.([0-9]*))?E\+?([0-9]{1,3})", re.IGNORECASE)
_WITH_WORD = re.compile(r"([0-9.,]+) *(?:units?|un|ea)", re.IGNORECASE)
_BRACKETED = re.compile(r"\$? *\((\$? *[0-9.,]+)\)|(\$? *[0-9.,]+)-")
_DOLLARS = re.compile(r"([+-]?)(?:USD *)?\$? *([0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)", re.IGNORECASE)
_NOISE = Decimal("0.000001")  # what a float may be off where it stood for an amount
_NOISY = re.compile(r"[+-]?[0-9]+\.[0-9]{8,}")
_PLACE = re.compile(r"([0-9]{1,2})(?:\.0+)?")
_WHOLE_FLOAT = re.compile(r"([0-9]{9,11})\.0+")
_GROUPED_DIGITS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){2,3}")
_CODE = re.compile(r"[A-TV-Z][0-9][0-9A-Z](?:\.?[0-9A-Z]{1,4})?", re.IGNORECASE)
_CODE_INSIDE = re.compile(rf"(?<![0-9A-Za-z.]){_CODE.pattern}(?![0-9A-Za-z.])", re.IGNORECASE)
_MOST_DIGITS = 15  # that a spreadsheet keeps of a number
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
    elif serial := _SERIAL_FLOAT.fullmatch(text):
        text = serial[1]
    elif timed := _AT_MIDNIGHT.fullmatch(text) or _AT_A_TIME.fullmatch(text):
        raise ReadAnyway("date-with-time", f"{_DATE_EXPECTED} (the time was left out)", day(timed[1]))
    if found := _DAY_MONTH_YEAR.fullmatch(text):
        return _named_month(found[3], found[2], found[1])
    if found := _MONTH_DAY_YEAR.fullmatch(text):
        return _named_month(found[3], found[1], found[2])
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
    return (_SERIAL.fullmatch(text) or _SERIAL_FLOAT.fullmatch(text)) is not None


def _named_month(year: str, month: str, day_of_month: str) -> date:
    if month.lower() not in _MONTHS:
        raise NotRead("date-invalid", _DATE_EXPECTED)
    return _calendar(int(year), _MONTHS[month.lower()], int(day_of_month))


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
        if written := _WITH_WORD.fullmatch(text):
            raise ReadAnyway("number-with-word", "a number alone (the word was left out)", read(written[1]))
        text = _in_digits(text)
        _refuse_spreadsheet(text)
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        number = decimal(text, precision, scale)
        return number if kind.precision else int(number)

    return read


def money_reader(kind: ColumnType) -> Read:
    """The reader of dollars: a dollar sign and commas between groups of three digits are read too."""
    precision, scale = cast("tuple[int, int]", kind.precision)

    def read(text: str) -> Decimal:
        if negative := _BRACKETED.fullmatch(text):
            amount = read((negative[1] or negative[2]).strip())
            raise ReadAnyway("amount-negative", "an amount with its sign before it (it was read as negative)", -amount)
        text = _in_digits(text)
        _refuse_spreadsheet(text)
        if dollars := _DOLLARS.fullmatch(text):
            text = f"{dollars[1]}{dollars[2]}"
        if "," in text:
            try:
                return read_money(text)
            except InvalidValue:
                pass  # told below, as any other text that is no amount
        if _NOISY.fullmatch(text):
            near = round(Decimal(text), scale)
            if abs(near - Decimal(text)) < _NOISE:
                expected = f"an amount with {scale} decimals (it was rounded to the cent that it stands for)"
                raise ReadAnyway("amount-float", expected, decimal(near, precision, scale))
        return decimal(text, precision, scale)

    return read


def _refuse_spreadsheet(text: str) -> None:
    if SHORTENED.fullmatch(text):
        raise NotRead("number-shortened", "the number in all its digits (a spreadsheet has shortened it)")
    if _COMMA.fullmatch(text) and not _GROUPED.fullmatch(text):
        raise NotRead("decimal-comma", "a point before the decimals; a comma there is not read")


def _in_digits(text: str) -> str:
    """A number that a spreadsheet wrote with an exponent, in digits where all of them are there."""
    found = _EXPONENT.fullmatch(text)
    if not found or len((found[2] or "").rstrip("0") or "0") > int(found[3]) + 6:
        return text
    digits, exponent = found[2] or "", int(found[3])
    if len(digits) < exponent or exponent > _MOST_DIGITS:
        return text
    return f"{Decimal(text):f}"


def place(text: str) -> str:
    """A place of service: its digits, also where a spreadsheet made a number of them."""
    found = _PLACE.fullmatch(text)
    if not found:
        raise NotRead("place-unknown", "a place of service code of two digits, such as 11 for an office")
    return found[1]


def boolean(text: str) -> bool:
    """yes or no, true or false, 1 or 0."""
    word = text.lower()
    if word not in _YES | _NO:
        raise NotRead("boolean-invalid", "yes or no, true or false, 1 or 0")
    return word in _YES


def drug_number(text: str) -> str:
    """A drug number as it stands, with what a spreadsheet has put to it taken off, unless it has cut digits off."""
    text = _in_digits(text)
    if found := _WHOLE_FLOAT.fullmatch(text):
        raise ReadAnyway("number-formatted", "the NDC as text (decimals were left out)", found[1])
    if _GROUPED_DIGITS.fullmatch(text):
        raise ReadAnyway("number-formatted", "the NDC as text (commas were left out)", text.replace(",", ""))
    if SHORTENED.fullmatch(text):
        raise NotRead(
            "number-shortened", "the NDC in all its digits (a spreadsheet has shortened it): store it as text"
        )
    return text


def texts(text: str) -> list[str]:
    """A list in one cell, parted by `;`, `|`, a comma or blanks."""
    return [member for member in re.split(r"[;|,\s]+", text) if member]


def diagnoses(text: str) -> list[str]:
    """Diagnosis codes in one cell; where a code stands in words, the code.

    Raises: ReadAnyway where words were left out; NotRead for a code that a spreadsheet took for a number.
    """
    if SHORTENED.fullmatch(text):
        raise NotRead("number-shortened", "the diagnosis code as text (a spreadsheet took it for a number)")
    found = texts(text)
    if all(_CODE.fullmatch(member) for member in found):
        return [member.upper() for member in found]
    parts = [part.strip() for part in re.split(r"[;|\n]", text) if part.strip()]
    inside = [_CODE_INSIDE.findall(part) for part in parts]
    if parts and all(len(codes) == 1 for codes in inside):
        expected = "the code alone (the words beside it were left out)"
        raise ReadAnyway("diagnosis-in-words", expected, [codes[0].upper() for codes in inside])
    return found


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
