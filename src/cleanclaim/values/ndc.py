"""National Drug Codes: any written form to the eleven digits of billing, or the reason why there are none.

Rules NDC-01 to NDC-08 and NDC-20 of the rulebook. Nothing is guessed: where the place of the padding zero is not known,
the possible codes are listed and a registry has to decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from cleanclaim.errors import InvalidValue


class NdcKind(StrEnum):
    """The form in which a drug number was written."""

    NDC11 = "ndc11"  # eleven digits: the billing form
    LAYOUT_5_4_2 = "5-4-2"
    LAYOUT_4_4_2 = "4-4-2"
    LAYOUT_5_3_2 = "5-3-2"
    LAYOUT_5_4_1 = "5-4-1"
    TEN_DIGITS = "ten_digits"  # without hyphens: three readings
    NINE_DIGITS = "nine_digits"  # labeler and product without the package: not billable
    PRODUCT_ONLY = "product_only"  # the same, hyphenated (4-4, 5-3, 5-4)
    SIX_DIGIT_LABELER = "six_digit_labeler"  # 6-3-2, 6-4-1 and the 6-4-2 of 2033: no billing form
    ALL_ZEROS = "all_zeros"
    BLANK = "blank"
    NOT_AN_NDC = "not_an_ndc"  # a UPC, a name, a wrong count of digits ...


@dataclass(frozen=True, slots=True)
class NdcReading:
    """What a drug number as written stands for."""

    given: str
    kind: NdcKind
    ndc11: str | None = None  # None when there is no eleven-digit form, or more than one
    candidates: tuple[str, ...] = ()  # the eleven-digit codes that could be meant; one when there is no doubt
    problem: str | None = None  # what is wrong, in words; None when ndc11 is there


_PADDED = (5, 4, 2)
_HYPHENATED: dict[tuple[int, ...], NdcKind] = {(5, 4, 2): NdcKind.LAYOUT_5_4_2, (4, 4, 2): NdcKind.LAYOUT_4_4_2,
               (5, 3, 2): NdcKind.LAYOUT_5_3_2, (5, 4, 1): NdcKind.LAYOUT_5_4_1}  # fmt: skip
_SIX_DIGIT_LABELER = {(6, 3, 2), (6, 4, 1), (6, 4, 2)}
_PRODUCT_ONLY = {(4, 4), (5, 3), (5, 4)}
_ZEROS = re.compile(r"0[0 *-]*")
_DIGITS = re.compile(r"[0-9]+")
_SEGMENTS = re.compile(r"[0-9]+(?:-[0-9]+)+")
_STARRED = re.compile(r"(?=.*\*)([0-9]{5})(-?)(\*[0-9]{3}|[0-9]{4})\2(\*[0-9]|[0-9]{2})")  # at least one asterisk
_OTHER_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_QUALIFIED = re.compile(r"(?:N4|NDC)[\s:#]*([0-9].*)", re.IGNORECASE)


def parse_ndc(text: str) -> NdcReading:
    """The reading of a drug number as written; blanks around it do not count. Never raises."""
    given = text.strip()
    if not given:
        return NdcReading(text, NdcKind.BLANK, problem="no drug number was given")
    if _ZEROS.fullmatch(given):
        return NdcReading(text, NdcKind.ALL_ZEROS, problem="a number of zeros names no drug")
    if _DIGITS.fullmatch(given):
        return _read_digits(text, given)
    if starred := _STARRED.fullmatch(given):
        return _read_starred(text, starred[1], starred[3], starred[4])
    if _SEGMENTS.fullmatch(given):
        return _read_segments(text, given.split("-"))
    return _read_other(text, given)


def without_hyphens(text: str) -> str:
    """The eleven digits of an NDC that is written with hyphens (5-4-2, 4-4-2, 5-3-2 or 5-4-1); any other text as it is.

    Where hyphens are normal writing this is the number that was meant: they show where the padding zero goes.
    """
    given = text.strip()
    ndc11 = parse_ndc(given).ndc11 if _SEGMENTS.fullmatch(given) else None
    return ndc11 or text


def ten_digit_candidates(ndc11: str) -> tuple[str, ...]:
    """The hyphenated ten-digit codes that a billing NDC may stand for: one for each segment that begins with 0.

    Shape:   none when no segment begins with 0: then the code is no padded ten-digit NDC.
    Raises:  InvalidValue when `ndc11` is not eleven digits.
    """
    labeler, product, package = _split(ndc11)
    candidates = []
    if labeler[0] == "0":
        candidates.append(f"{labeler[1:]}-{product}-{package}")
    if product[0] == "0":
        candidates.append(f"{labeler}-{product[1:]}-{package}")
    if package[0] == "0":
        candidates.append(f"{labeler}-{product}-{package[1:]}")
    return tuple(candidates)


def format_ndc(ndc11: str) -> str:
    """A billing NDC with hyphens, 5-4-2.

    Raises:  InvalidValue when `ndc11` is not eleven digits.
    """
    return "-".join(_split(ndc11))


def _split(ndc11: str) -> tuple[str, str, str]:
    if len(ndc11) != 11 or _DIGITS.fullmatch(ndc11) is None:
        raise InvalidValue("a billing NDC must be eleven digits without hyphens")
    return ndc11[:5], ndc11[5:9], ndc11[9:]


def _read_starred(text: str, labeler: str, product: str, package: str) -> NdcReading:
    """NDC-08: an asterisk stands where the padding zero belongs, and so tells the layout."""
    layout = (5, len(product.strip("*")), len(package.strip("*")))
    ndc11 = (labeler + product + package).replace("*", "0")
    return NdcReading(text, _HYPHENATED.get(layout, NdcKind.LAYOUT_5_4_2), ndc11, (ndc11,))


def _padded(segments: list[str]) -> str:
    return "".join(segment.zfill(width) for segment, width in zip(segments, _PADDED, strict=True))


def _read_digits(text: str, digits: str) -> NdcReading:
    if len(digits) == 11:
        return NdcReading(text, NdcKind.NDC11, digits, (digits,))
    if len(digits) == 10:
        cuts = ((4, 8), (5, 8), (5, 9))
        readings = [_padded([digits[:first], digits[first:second], digits[second:]]) for first, second in cuts]
        return NdcReading(text, NdcKind.TEN_DIGITS, candidates=tuple(dict.fromkeys(readings)),
                          problem="ten digits without hyphens: the place of the padding zero is not known")  # fmt: skip
    if len(digits) == 9:
        return NdcReading(text, NdcKind.NINE_DIGITS,
                          problem="nine digits name a product, not a package: the package code is missing")  # fmt: skip
    if len(digits) == 12:
        bar_code = (
            "with the check digit of a UPC bar code" if _is_upc(digits) else "as a UPC bar code or a 6-4-2 NDC has"
        )
        return NdcReading(text, NdcKind.NOT_AN_NDC, problem=f"twelve digits, {bar_code}: a billing NDC has eleven")
    return NdcReading(text, NdcKind.NOT_AN_NDC, problem=f"{len(digits)} digits: a billing NDC has eleven")


def _read_segments(text: str, segments: list[str]) -> NdcReading:
    layout = tuple(len(segment) for segment in segments)
    if kind := _HYPHENATED.get(layout):
        ndc11 = _padded(segments)
        return NdcReading(text, kind, ndc11, (ndc11,))
    if layout in _SIX_DIGIT_LABELER:
        return NdcReading(
            text, NdcKind.SIX_DIGIT_LABELER, problem="a six-digit labeler has no eleven-digit billing form"
        )
    if layout in _PRODUCT_ONLY:
        return NdcReading(text, NdcKind.PRODUCT_ONLY,
                          problem="labeler and product name no package: the package code is missing")  # fmt: skip
    written = "-".join(map(str, layout))
    return NdcReading(text, NdcKind.NOT_AN_NDC,
                      problem=f"segments of {written} digits: an NDC is 5-4-2, 4-4-2, 5-3-2 or 5-4-1")  # fmt: skip


def _read_other(text: str, given: str) -> NdcReading:
    """The reading of a number with characters that no NDC has: not a billing NDC, but what it may mean is listed."""
    candidates: tuple[str, ...] = ()
    if qualified := _QUALIFIED.fullmatch(given):
        candidates = parse_ndc(qualified[1]).candidates
        problem = "a qualifier stands before the number: the number alone is the NDC"
    elif (cleaned := re.sub(r"\s*-\s*|\s+", "-", given.translate(_OTHER_HYPHENS))) != given and (
        _SEGMENTS.fullmatch(cleaned) or _STARRED.fullmatch(cleaned)
    ):
        candidates = parse_ndc(cleaned).candidates
        problem = "blanks or typographic dashes inside the number: an NDC has digits and plain hyphens only"
    else:
        problem = "characters other than digits and hyphens: an NDC has digits only"
    return NdcReading(text, NdcKind.NOT_AN_NDC, candidates=candidates, problem=problem)


def _is_upc(digits: str) -> bool:
    """Whether twelve digits have the check digit of a UPC-A bar code."""
    return (3 * sum(map(int, digits[0::2])) + sum(map(int, digits[1::2]))) % 10 == 0
