"""US dollars as exact cents."""

from __future__ import annotations

import re
from decimal import Decimal

from cleanclaim.errors import InvalidValue

_CENT = Decimal("0.01")
_DIGITS_BEFORE_POINT = 12  # DECIMAL(14, 2), the money type of the claim tables
_AMOUNT = re.compile(r"([+-]?)\$?([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)?(?:\.([0-9]*))?")


def money(text: str) -> Decimal:
    """The amount that a text says, in dollars with exactly two decimals.

    Reads plain decimals, a dollar sign and commas between groups of three digits. Nothing is rounded.
    Raises:  InvalidValue for any other text, a part of a cent, or more than twelve digits before the point.
    """
    match = _AMOUNT.fullmatch(text.strip())
    sign, whole, cents = match.groups() if match else ("", None, None)
    whole, cents = (whole or "").replace(",", ""), (cents or "").rstrip("0")
    if match is None or not (whole or match[3]):
        raise InvalidValue("an amount of money must be a decimal number such as 1234.50")
    if len(cents) > 2:
        raise InvalidValue("an amount of money must be whole cents: at most two decimals")
    if len(whole.lstrip("0")) > _DIGITS_BEFORE_POINT:
        raise InvalidValue(f"an amount of money may have at most {_DIGITS_BEFORE_POINT} digits before the point")
    return Decimal(f"{sign}{whole or '0'}.{cents or '0'}").quantize(_CENT)
