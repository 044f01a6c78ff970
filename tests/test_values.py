"""Money, units of measure, drug numbers, provider numbers and days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.errors import InvalidValue, UnitsNotConvertible
from cleanclaim.values import (
    OPEN_END,
    Concentration,
    Dimension,
    Interval,
    Missing,
    NdcKind,
    Quantity,
    Unit,
    convert,
    exact,
    format_ndc,
    is_npi,
    missing_knowledge,
    money,
    parse_date,
    parse_ndc,
    read_unit,
    ten_digit_candidates,
)

# --- money


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12", "12.00"),
        ("12.5", "12.50"),
        (" 0.01 ", "0.01"),
        (".5", "0.50"),
        ("7.", "7.00"),
        ("12.500", "12.50"),
        ("-3.10", "-3.10"),
        ("$1,234.50", "1234.50"),
        ("-$5", "-5.00"),
        ("999999999999.99", "999999999999.99"),
        ("0000000000000012", "12.00"),
    ],
)
def test_money_is_read_to_the_cent(text: str, amount: str) -> None:
    assert str(money(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "-",
        "$",
        "1.005",
        "1e3",
        "NaN",
        "inf",
        "1,23.00",
        "1,2345",
        "12,5",
        "1 000",
        "0x10",
        "1_000",
        "٣",
        "--1",
        "1000000000000",
        "12.5.1",
    ],
)
def test_what_is_no_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        money(text)


@given(st.decimals(min_value="-999999999999.99", max_value="999999999999.99", places=2))
def test_money_reads_back_what_it_wrote(amount: Decimal) -> None:
    assert money(str(amount)) == amount


# --- units of measure


@pytest.mark.parametrize(
    ("spellings", "unit"),
    [
        ("mg MG milligram milligrams mgs mg.", Unit.MG),
        ("g gm gms gram grams", Unit.G),
        ("mcg ug \u00b5g \u03bcg micrograms", Unit.MCG),
        ("mL ml cc CC milliliter", Unit.ML),
        ("unit units IU i.u. I.U. iu U", Unit.UNIT),
        ("mCi millicurie millicuries", Unit.MCI),
        ("uCi microcuries \u00b5Ci", Unit.UCI),
        ("cm2 cm\u00b2", Unit.CM2),
        ("mEq meq milliequivalents", Unit.MEQ),
        ("vial vials", Unit.VIAL),
        ("dose doses", Unit.DOSE),
        ("GBq", Unit.GBQ),
        ("MBq", Unit.MBQ),
        ("vg", Unit.VECTOR_GENOME),
    ],
)
def test_spellings_of_descriptors_and_charts_are_read(spellings: str, unit: Unit) -> None:
    assert {read_unit(spelling) for spelling in spellings.split()} == {unit}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("million units", Unit.MILLION_UNITS),
        ("Million  IU", Unit.MILLION_UNITS),
        ("square centimeters", Unit.CM2),
        ("sq. cm", Unit.CM2),
        ("international units", Unit.UNIT),
        ("USP units", Unit.UNIT),
        ("vector genomes", Unit.VECTOR_GENOME),
        ("study dose", Unit.STUDY),
    ],
)
def test_spellings_of_several_words_are_read(text: str, unit: Unit) -> None:
    assert read_unit(text) is unit


@pytest.mark.parametrize("text", ["", "mIU", "MU", "gr", "m", "mg PE", "mg/mL", "furlong"])
def test_unknown_and_ambiguous_units_are_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="unit of measure"):
        read_unit(text)


@pytest.mark.parametrize("unit", list(Unit))
def test_every_unit_reads_its_own_spelling(unit: Unit) -> None:
    assert read_unit(unit.value) is unit


@pytest.mark.parametrize(
    ("given", "to", "amount"),
    [
        (("1.5", "g"), Unit.MG, "1500"),
        (("250", "mcg"), Unit.MG, "0.25"),
        (("1", "kg"), Unit.NG, "1000000000000"),
        (("2.4", "million units"), Unit.UNIT, "2400000"),
        (("37", "MBq"), Unit.MCI, "1"),
        (("7.4", "GBq"), Unit.MCI, "200"),
        (("0.2", "mCi"), Unit.UCI, "200"),
        (("1", "L"), Unit.ML, "1000"),
        (("3", "vials"), Unit.VIAL, "3"),
    ],
)
def test_conversion_within_a_dimension_is_exact(given: tuple[str, str], to: Unit, amount: str) -> None:
    assert convert(Quantity.of(*given), to) == Quantity(Fraction(amount), to)


MEASURES = [unit for unit in Unit if unit.dimension is not Dimension.COUNT]


@given(st.fractions(min_value=0), st.sampled_from(MEASURES), st.sampled_from(MEASURES))
def test_conversion_there_and_back_is_the_same_or_refused_both_ways(amount: Fraction, unit: Unit, to: Unit) -> None:
    quantity = Quantity(amount, unit)
    if missing_knowledge(unit, to) is None:
        assert convert(convert(quantity, to), unit) == quantity
    else:
        for one, other in ((unit, to), (to, unit)):
            with pytest.raises(UnitsNotConvertible):
                convert(Quantity(amount, one), other)


@pytest.mark.parametrize(
    ("unit", "to", "missing"),
    [
        ("mg", "mL", Missing.CONCENTRATION),
        ("mL", "unit", Missing.CONCENTRATION),
        ("IU", "mg", Missing.FACTOR),
        ("mEq", "mg", Missing.FACTOR),
        ("mCi", "mg", Missing.FACTOR),
        ("vial", "mg", Missing.CONTENT),
        ("vial", "dose", Missing.CONTENT),
        ("mg", "g", None),
        ("vial", "vials", None),
    ],
)
def test_refused_conversion_says_what_is_missing(unit: str, to: str, missing: Missing | None) -> None:
    assert missing_knowledge(read_unit(unit), read_unit(to)) is missing
    if missing:
        with pytest.raises(UnitsNotConvertible, match="needs"):
            convert(Quantity.of(1, unit), read_unit(to))


@pytest.mark.parametrize(
    ("given", "concentration", "to", "amount"),
    [
        (("200", "mg"), ("200", "mg", "mL"), Unit.ML, "1"),
        (("0.6", "mL"), ("6", "mg", "0.6 mL"), Unit.MG, "6"),
        (("1", "L"), ("50", "mcg", "mL"), Unit.MG, "50"),
        (("250", "mg"), ("100", "mg", "vial"), Unit.VIAL, "2.5"),
        (("3000", "units"), ("10000", "units", "mL"), Unit.ML, "0.3"),
    ],
)
def test_concentration_carries_over_dimensions(
    given: tuple[str, str], concentration: tuple[str, str, str], to: Unit, amount: str
) -> None:
    assert convert(Quantity.of(*given), to, concentration=Concentration.of(*concentration)).amount == Fraction(amount)


def test_concentration_in_other_units_does_not_help() -> None:
    with pytest.raises(UnitsNotConvertible, match="by a concentration in unit per mL"):
        convert(Quantity.of(1, "mg"), Unit.ML, concentration=Concentration.of("100", "units", "mL"))


@pytest.mark.parametrize(("amount", "per"), [("0", "mL"), ("10", "0 mL"), ("10", ""), ("10", "1.2.3 mL"), ("-1", "mL")])
def test_concentration_of_nothing_is_refused(amount: str, per: str) -> None:
    with pytest.raises(InvalidValue):
        Concentration.of(amount, "mg", per)


@pytest.mark.parametrize(
    "number",
    [1.5, True, "1e3", "", "1/3", "NaN", Decimal("NaN"), Decimal("Infinity"), Decimal("1E+400"), Decimal("1E-400")],
)
def test_inexact_and_absurd_numbers_are_refused(number: object) -> None:
    with pytest.raises(InvalidValue):
        exact(number)  # type: ignore[arg-type]


def test_exact_number_is_not_a_float_in_disguise() -> None:
    assert exact("2.3") / exact("0.1") == 23


def test_quantity_refuses_negative_and_float_amounts() -> None:
    with pytest.raises(InvalidValue, match="negative"):
        Quantity.of("-1", "mg")
    with pytest.raises(InvalidValue, match="Fraction"):
        Quantity(0.5, Unit.MG)  # type: ignore[arg-type]


def test_quantity_is_written_as_people_write_it() -> None:
    assert str(Quantity.of("62.50", "MG")) == "62.5 mg"
    assert str(Quantity(Fraction(1, 3), Unit.ML)) == "1/3 mL"


# --- NDC


@pytest.mark.parametrize(
    ("text", "kind", "ndc11", "candidates"),
    [
        ("12345678901", NdcKind.NDC11, "12345678901", 1),
        (" 12345678901 ", NdcKind.NDC11, "12345678901", 1),
        ("12345-6789-01", NdcKind.LAYOUT_5_4_2, "12345678901", 1),
        ("1234567890", NdcKind.TEN_DIGITS, None, 3),
        ("1000000000", NdcKind.TEN_DIGITS, None, 2),
        ("123456789", NdcKind.NINE_DIGITS, None, 0),
        ("12345-6789", NdcKind.PRODUCT_ONLY, None, 0),
        ("1234-5678", NdcKind.PRODUCT_ONLY, None, 0),
        ("123456-789-01", NdcKind.SIX_DIGIT_LABELER, None, 0),
        ("123456-7890-1", NdcKind.SIX_DIGIT_LABELER, None, 0),
        ("123456-7890-12", NdcKind.SIX_DIGIT_LABELER, None, 0),
        ("12345-*678-90", NdcKind.LAYOUT_5_3_2, "12345067890", 1),
        ("12345-6789-*0", NdcKind.LAYOUT_5_4_1, "12345678900", 1),
        ("12345*67890", NdcKind.LAYOUT_5_3_2, "12345067890", 1),
        ("*1234-5678-90", NdcKind.NOT_AN_NDC, None, 0),
        ("00000000000", NdcKind.ALL_ZEROS, None, 0),
        ("0000-0000-00", NdcKind.ALL_ZEROS, None, 0),
        ("", NdcKind.BLANK, None, 0),
        ("   ", NdcKind.BLANK, None, 0),
        ("312345678906", NdcKind.NOT_AN_NDC, None, 0),
        ("1234-567-89", NdcKind.NOT_AN_NDC, None, 0),
        ("12345-678901", NdcKind.NOT_AN_NDC, None, 0),
        ("N412345678901", NdcKind.NOT_AN_NDC, None, 1),
        ("NDC 1234-5678-90", NdcKind.NOT_AN_NDC, None, 1),
        ("12345 6789 01", NdcKind.NOT_AN_NDC, None, 1),
        ("12345\u20136789\u201301", NdcKind.NOT_AN_NDC, None, 1),
        ("1234567890A", NdcKind.NOT_AN_NDC, None, 0),
        ("hello", NdcKind.NOT_AN_NDC, None, 0),
        ("\u0661" * 11, NdcKind.NOT_AN_NDC, None, 0),
        ("N4" * 9999, NdcKind.NOT_AN_NDC, None, 0),
        ("00000000070", NdcKind.NDC11, "00000000070", 1),
    ],
)
def test_drug_number_is_read_or_refused_with_its_reason(
    text: str, kind: NdcKind, ndc11: str | None, candidates: int
) -> None:
    reading = parse_ndc(text)
    assert (reading.given, reading.kind, reading.ndc11, len(reading.candidates)) == (text, kind, ndc11, candidates)
    assert (reading.problem is None) == (ndc11 is not None)


def test_ten_digits_without_hyphens_give_the_three_places_of_the_zero() -> None:
    assert parse_ndc("1234567890").candidates == ("01234567890", "12345067890", "12345678900")


def test_upc_is_told_by_its_check_digit() -> None:
    assert "UPC bar code" in (parse_ndc("312345678906").problem or "")
    assert "with the check digit" not in (parse_ndc("312345678907").problem or "")


@pytest.mark.parametrize(
    ("ndc11", "ten"),
    [
        ("01234567890", ("1234-5678-90",)),
        ("01234067800", ("1234-0678-00", "01234-678-00", "01234-0678-0")),
        ("12345678910", ()),
    ],
)
def test_way_back_lists_a_candidate_for_each_segment_that_begins_with_zero(ndc11: str, ten: tuple[str, ...]) -> None:
    assert ten_digit_candidates(ndc11) == ten


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_every_ten_digit_candidate_reads_back_to_its_code(ndc11: str) -> None:
    for candidate in ten_digit_candidates(ndc11):
        reading = parse_ndc(candidate)
        assert reading.ndc11 == ndc11 or reading.kind is NdcKind.ALL_ZEROS
        assert ndc11 in parse_ndc(candidate.replace("-", "")).candidates or reading.kind is NdcKind.ALL_ZEROS


@given(st.text())
def test_reading_never_raises_and_never_guesses(text: str) -> None:
    reading = parse_ndc(text)
    assert (reading.ndc11 is None) == (reading.problem is not None)
    assert reading.ndc11 is None or reading.candidates == (reading.ndc11,)


def test_billing_form_is_shown_with_hyphens_and_nothing_else() -> None:
    assert format_ndc("12345678901") == "12345-6789-01"
    for wrong in ("1234567890", "12345-6789-01", "1234567890a", ""):
        with pytest.raises(InvalidValue):
            format_ndc(wrong)


# --- NPI


@pytest.mark.parametrize("text", ["1234567893", "1245319599", "2000000002"])
def test_npi_with_its_check_digit(text: str) -> None:
    assert is_npi(text)


@pytest.mark.parametrize(
    "text", ["1234567890", "3234567893", "123456789", "12345678931", "", "123456789a", "١٢٣٤٥٦٧٨٩٣", " 1234567893"]
)
def test_what_is_no_npi(text: str) -> None:
    assert not is_npi(text)


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True))
def test_one_check_digit_of_ten_makes_an_npi(nine: str) -> None:
    assert sum(is_npi(nine + str(digit)) for digit in range(10)) == 1


# --- days

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2030, 12, 31))
INTERVALS = st.tuples(DAYS, DAYS).map(lambda pair: Interval(min(pair), max(pair)))


def test_both_ends_of_an_interval_are_in() -> None:
    quarter = Interval(date(2024, 7, 1), date(2024, 9, 30))
    assert [
        quarter.contains(day) for day in (date(2024, 6, 30), date(2024, 7, 1), date(2024, 9, 30), date(2024, 10, 1))
    ] == [False, True, True, False]
    assert quarter.days == 92
    assert Interval(date(2024, 7, 1)).last == OPEN_END == date(9999, 12, 31)


def test_interval_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(InvalidValue, match="before it starts"):
        Interval(date(2024, 7, 2), date(2024, 7, 1))


@given(INTERVALS, INTERVALS, DAYS)
def test_clip_holds_the_days_of_both(one: Interval, other: Interval, day: date) -> None:
    both = one.clip(other)
    assert one.overlaps(other) == other.overlaps(one) == (both is not None)
    assert (both is not None and both.contains(day)) == (one.contains(day) and other.contains(day))


@pytest.mark.parametrize(
    "text", ["20240105", "2024-W01-5", "2024-1-5", "2024-02-30", "05/01/2024", "", "2024-01-05T00:00", "٢٠٢٤-٠١-٠٥"]
)
def test_other_forms_of_dates_are_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_date(text)


def test_iso_day_is_read() -> None:
    assert parse_date("2024-02-29") == date(2024, 2, 29)
