"""Values of elements in plain Python: each function gives the value, or None where the text is none (section 4)."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from decimal import Decimal

_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")
_DECIMAL_NUMBER = re.compile(r"[+-]?([0-9]*)(?:\.([0-9]+))?")
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def whole_number(text: str | None) -> int | None:
    """The number that digits alone stand for; at most 18 of them, so that 64 bits hold it."""
    return int(text) if text is not None and _WHOLE_NUMBER.fullmatch(text) else None


def decimal_number(text: str, *, whole: int, decimals: int) -> Decimal | None:
    """The amount: an optional sign, digits, optionally a point and decimals, within so many digits of each.

    `.5` is read: X12 writes decimal numbers without a leading zero. Zeros behind the last decimal do not count.
    """
    found = _DECIMAL_NUMBER.fullmatch(text)
    if found is None or not (found[1] or found[2]) or len(text) > 40:
        return None
    value = Decimal(text)
    fits = round(value, decimals) == value if len(found[1]) <= whole else False
    return round(value, decimals) if fits else None


def money(text: str) -> Decimal | None:
    """US dollars: two decimals, twelve digits before the point."""
    return decimal_number(text, whole=12, decimals=2)


def units(text: str) -> Decimal | None:
    """Units billed and NDC quantities: three decimals, nine digits before the point."""
    return decimal_number(text, whole=9, decimals=3)


def weight(text: str) -> Decimal | None:
    """Pounds: six decimals, twelve digits before the point."""
    return decimal_number(text, whole=12, decimals=6)


def day(text: str) -> date | None:
    """The day of CCYYMMDD."""
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def days(text: str) -> tuple[date, date] | None:
    """First and last day of CCYYMMDD-CCYYMMDD."""
    first_text, _, last_text = text.partition("-")
    first, last = day(first_text), day(last_text)
    return (first, last) if first and last and first <= last else None


def patient_key(payer_id: str, member_id: str, birth_date: str, first_name: str) -> str:
    """16 hex digits that stand for a patient (section 3)."""
    text = "|".join((payer_id, member_id, birth_date, first_name.upper()))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
