"""Numbers and days as publishers print them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from cleanclaim.errors import InvalidValue
from cleanclaim.values import parse_date

_NUMBER = re.compile(r"\$?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(\.[0-9]{1,6})?%?")
_NO_NUMBER = {"", "N/A", "."}


def read_amount(text: str) -> Decimal | None:
    """A number: `$1,234.50`, `17.585`, `20.0%`; None for a blank, `N/A` and `.`.

    Raises: ValueError for what is none.
    """
    if text.upper() in _NO_NUMBER:
        return None
    number = _NUMBER.fullmatch(text)
    if not number or not (number[1] or number[2]):
        raise ValueError(text)
    return Decimal(text.strip("$%").replace(",", ""))


def plain_day(text: str) -> date | None:
    """A day as YYYYMMDD; None for what is none."""
    try:
        return parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except InvalidValue:
        return None
