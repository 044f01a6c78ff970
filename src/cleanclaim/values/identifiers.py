"""Identifiers: those with a check digit, and the one that people write with a dot."""

from __future__ import annotations

import re

_ICD10 = re.compile(r"([A-Za-z][0-9][0-9A-Za-z])\.?([0-9A-Za-z]{0,4})")
_NPI = re.compile(r"[12][0-9]{9}")
_ISSUER = "80840"  # 80 for health, 840 for the United States: the prefix that the check digit is computed over


def is_npi(text: str) -> bool:
    """Whether a text is a National Provider Identifier: ten digits, the first 1 or 2, the last a Luhn check digit.

    Source:  45 CFR 162.406; check digit by ISO/IEC 7812 over 80840 and the number.
    """
    return _NPI.fullmatch(text) is not None and _luhn_sum(_ISSUER + text) % 10 == 0


def without_dot(diagnosis: str) -> str:
    """An ICD-10-CM code as a claim carries it, in capitals and without the dot (M0579); other texts as they are.

    Source:  ICD-10-CM Official Guidelines, I.A.2 (a letter, a digit, up to seven characters); 005010X222A1 HI: no dot.
    """
    code = _ICD10.fullmatch(diagnosis)
    return (code[1] + code[2]).upper() if code else diagnosis


def _luhn_sum(digits: str) -> int:
    numbers = [int(digit) for digit in reversed(digits)]
    return sum(numbers[0::2]) + sum(sum(divmod(2 * number, 10)) for number in numbers[1::2])
