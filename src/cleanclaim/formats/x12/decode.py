"""Dates and numbers of X12, decoded by digit arithmetic over whole columns."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from cleanclaim.formats.x12.arrays import Bytes, Ints, Mask
from cleanclaim.formats.x12.segments import Spans

_ZERO, _POINT = ord("0"), ord(".")
_DAY_LENGTH, _RANGE_LENGTH = 8, 17
_LONGEST_NUMBER = 40  # characters
_LONGEST_WHOLE = 18  # digits that 64 bits hold
_DAY_WEIGHTS = np.array([1000, 100, 10, 1, 10, 1, 10, 1])


class Decoded(NamedTuple):
    """Values and where they are valid. Blank spans and bad ones are both not valid."""

    values: Ints
    valid: Mask


class DecimalFormat(NamedTuple):
    """How many digits a number may have before and after its point."""

    digits: int
    decimals: int


AMOUNT = DecimalFormat(12, 2)
NUMBER = DecimalFormat(9, 3)
WEIGHT = DecimalFormat(12, 6)


def days(data: Bytes, start: Ints) -> Decoded:
    """Days since 1970-01-01 of the eight bytes at each place, read as CCYYMMDD."""
    digits = data[start[:, None] + np.arange(_DAY_LENGTH)].astype(np.int64) - _ZERO
    are_digits = ((digits >= 0) & (digits <= 9)).all(axis=1)
    digits *= _DAY_WEIGHTS
    year, month, day = digits[:, :4].sum(axis=1), digits[:, 4:6].sum(axis=1), digits[:, 6:].sum(axis=1)
    valid = are_digits & (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(valid, (year - 1970) * 12 + month - 1, 0)
    first = months.astype("M8[M]").astype("M8[D]").astype(np.int64)
    next_first = (months + 1).astype("M8[M]").astype("M8[D]").astype(np.int64)
    value = first + day - 1
    return Decoded(value, valid & (value < next_first))


def single_days(data: Bytes, spans: Spans) -> Decoded:
    """Days of spans that each hold one CCYYMMDD and no more."""
    found = days(data, spans.start)
    return Decoded(found.values, found.valid & (spans.end - spans.start == _DAY_LENGTH))


def day_ranges(data: Bytes, spans: Spans) -> tuple[Decoded, Decoded, Mask]:
    """First and last day of each span, CCYYMMDD-CCYYMMDD or one CCYYMMDD, and which are ranges. Valid together."""
    length = spans.end - spans.start
    hyphen = data[np.minimum(spans.start + _DAY_LENGTH, len(data) - 1)] == ord("-")
    is_range = (length == _RANGE_LENGTH) & hyphen
    shaped = is_range | (length == _DAY_LENGTH)
    first = days(data, spans.start)
    last = days(data, np.where(is_range & shaped, spans.start + _DAY_LENGTH + 1, spans.start))
    valid = shaped & first.valid & last.valid & (first.values <= last.values)
    return Decoded(first.values, valid), Decoded(last.values, valid), is_range


def decimals(data: Bytes, spans: Spans, form: DecimalFormat) -> Decoded:
    """Numbers as integers that count the format's last decimal.

    A sign, digits, a point and decimals; digits before the point may be missing (X12 sends a half as `.5`).
    """
    length = spans.end - spans.start
    size = len(length)
    value = np.zeros(size, np.int64)
    whole = np.zeros(size, np.int64)  # digits before the point
    after = np.zeros(size, np.int64)
    seen_point = np.zeros(size, np.bool_)
    plain = length > 0
    for place in range(min(int(length.max(initial=0)), form.digits + form.decimals + 1)):
        here = length > place
        byte = data[spans.start + place]
        is_digit = here & (byte - _ZERO <= 9)  # unsigned: what lies below zero wraps round
        is_point = here & (byte == _POINT) & ~seen_point
        value = np.where(is_digit, value * 10 + byte - _ZERO, value)
        after += is_digit & seen_point
        whole += is_digit & ~seen_point
        seen_point |= is_point
        plain &= is_digit | is_point | ~here
    plain &= length <= form.digits + form.decimals + 1
    plain &= (whole <= form.digits) & (after <= form.decimals) & (whole + after > 0) & (~seen_point | (after > 0))
    value *= 10 ** np.clip(form.decimals - after, 0, form.decimals)
    for row in np.flatnonzero(~plain & (length > 0)).tolist():
        unusual = _unusual(data[spans.start[row] : spans.end[row]].tobytes(), form)
        if unusual is not None:
            value[row], plain[row] = unusual, True
    return Decoded(value, plain)


def _unusual(raw: bytes, form: DecimalFormat) -> int | None:
    """A number with a sign, or with zeros behind its last decimal, which are no other number."""
    found = re.fullmatch(rb"([+-]?)([0-9]*)(?:\.([0-9]+))?", raw)
    if not found or not (found[2] or found[3]) or len(raw) > _LONGEST_NUMBER:
        return None
    decimals_ = found[3] or b""
    decimals_ = decimals_[: form.decimals] + decimals_[form.decimals :].rstrip(b"0")
    if len(found[2]) > form.digits or len(decimals_) > form.decimals:
        return None
    value: int = int(found[2] + decimals_) * 10 ** (form.decimals - len(decimals_))
    return -value if found[1] == b"-" else value


def whole_numbers(data: Bytes, spans: Spans) -> Decoded:
    """Spans of nothing but digits, as many as 64 bits hold."""
    length = spans.end - spans.start
    value = np.zeros(len(length), np.int64)
    valid = (length > 0) & (length <= _LONGEST_WHOLE)
    for place in range(min(int(length.max(initial=0)), _LONGEST_WHOLE)):
        here = length > place
        digit = data[spans.start + place] - _ZERO
        valid &= ~here | (digit <= 9)
        value = np.where(here, value * 10 + digit, value)
    return Decoded(value, valid)
