"""What must hold for any administration: nothing above the label, more dose never fewer units, no order of vials matters."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.app.bill_cases import bill_cases
from cleanclaim.billing import Bill, Biller, read_given
from cleanclaim.errors import UnreadableInput
from cleanclaim.reference.codes.lookup import Lookup
from tests.billing.test_worked_examples import bill
from tests.shared import needs_shared

CODES = {"J1745": ("mg", 10), "J9271": ("mg", 1), "J2919": ("mg", 5), "J3420": ("mcg", 1000), "J0897": ("mg", 1)}
DOSES = st.decimals("0.1", "900", places=1)
VIALS = st.lists(st.tuples(st.integers(1, 4), st.sampled_from([10, 50, 60, 100, 125, 400])), min_size=1, max_size=4)
DAYS = st.dates(date(2024, 4, 1), date(2026, 3, 31))


@pytest.fixture(scope="module")
def biller(tmp_path_factory: pytest.TempPathFactory) -> Biller:
    return Biller(Lookup.open(tmp_path_factory.mktemp("library")))


def of(biller: Biller, code: str, dose: Decimal, vials: list[tuple[int, int]], day: date, kind: str) -> Bill:
    unit = CODES[code][0]
    text = " + ".join(f"{count} x {size} {unit}" for count, size in vials)
    return bill(biller, code, f"{dose} {unit}", text, kind, service_date=day.isoformat())


@settings(max_examples=200, deadline=None)
@given(code=st.sampled_from(sorted(CODES)), dose=DOSES, vials=VIALS, day=DAYS)
def test_never_above_the_label(
    biller: Biller, code: str, dose: Decimal, vials: list[tuple[int, int]], day: date
) -> None:
    """Against a reckoning of its own: rounds up what was given, down what was left."""
    content, unit = sum(count * size for count, size in vials), CODES[code][1]
    told = of(biller, code, dose, vials, day, "single_dose")
    if dose > content:
        assert told.refusal is not None
        assert told.refusal.reason == "dose-above-containers"
        assert told.lines == ()
        return
    given_units = ceil(Fraction(dose) / unit)
    left = min(floor((content - Fraction(dose)) / unit), max(0, floor(Fraction(content, unit)) - given_units))
    units = [line.billed_units for line in told.lines]
    assert units == ([given_units, left] if left else [given_units])
    assert sum(units) <= max(given_units, floor(Fraction(content, unit)))
    assert [line.modifiers for line in told.lines] == ([(), ("JW",)] if left else [("JZ",)])


@settings(max_examples=100, deadline=None)
@given(code=st.sampled_from(sorted(CODES)), dose=DOSES, vials=VIALS, day=DAYS, seed=st.randoms())
def test_the_order_of_vials_does_not_matter(biller: Biller, code, dose, vials, day, seed) -> None:
    shuffled = list(vials)
    seed.shuffle(shuffled)
    one, two = (of(biller, code, dose, order, day, "single_dose") for order in (vials, shuffled))
    assert one.lines == two.lines


@settings(max_examples=100, deadline=None)
@given(code=st.sampled_from(sorted(CODES)), dose=DOSES, more=DOSES)
def test_more_dose_is_never_fewer_units(biller: Biller, code: str, dose: Decimal, more: Decimal) -> None:
    day = date(2025, 11, 3)
    less, larger = (of(biller, code, one, [(40, 400)], day, "multi_dose") for one in (dose, dose + more))
    assert less.lines[0].billed_units <= larger.lines[0].billed_units
    assert less.lines[0].modifiers == larger.lines[0].modifiers == ()  # multi-dose: neither JW nor JZ


@settings(max_examples=60, deadline=None)
@given(dose=DOSES, vials=VIALS, charge=st.decimals("0.01", "99999", places=2))
def test_charges_add_up_to_the_cent(
    biller: Biller, dose: Decimal, vials: list[tuple[int, int]], charge: Decimal
) -> None:
    text = " + ".join(f"{count} x {size} mg" for count, size in vials)
    told = bill(biller, "J1745", f"{dose} mg", text, charge_amount=str(charge))
    if told.lines:
        assert sum((line.charge_amount or Decimal(0) for line in told.lines), Decimal(0)) == charge


def test_a_bill_of_a_complete_case_passes_the_check(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No reject or deny on what was billed as told, on days in force of JZ and in several settings."""
    cases = [
        {
            "id": f"{code}-{day}-{payer}", "service_date": day.isoformat(), "payer_program": payer,
            "place_of_service": "11", "hcpcs_code": code, "diagnoses": ["C50911"],
            "dose": {"amount": str(dose), "unit": unit}, "charge_amount": "500.00",
            "containers": [{"amount": str(size), "unit": unit, "count": count, "kind": kind}],
        }
        for code, dose, count, size, unit in (
            ("J1745", 150, 2, 100, "mg"), ("J9271", 200, 2, 100, "mg"), ("J3420", 900, 1, 1000, "mcg"),
        )
        for kind in ("single_dose", "multi_dose")
        for payer in ("medicare_b", "commercial")
        for day in (date(2024, 7, 1), date(2025, 11, 3), date(2026, 1, 5))
    ]  # fmt: skip
    told = list(bill_cases(map(json.dumps, cases), reference=tmp_path_factory.mktemp("library")).cases)
    assert all(one.bill.lines for one in told)
    serious = {
        (one.bill.id, finding.id, finding.message)
        for one in told
        for finding in one.findings
        if finding.severity in ("reject", "deny")
    }
    assert serious == set()


BAD = [
    ({"dose": {"amount": "-5", "unit": "mg"}}, "dose-not-positive"),
    ({"dose": {"amount": "0", "unit": "mg"}}, "dose-not-positive"),
    ({"dose": {"amount": "99999999", "unit": "mg"}}, "dose-absurd"),
    ({"dose": {"amount": "5", "unit": "mg/kg"}}, "dose-needs-body"),
    ({"dose": {"amount": "5", "unit": "wibble"}}, "dose-unread"),
    ({"dose": {"amount": "5", "unit": "mL"}}, "needs-concentration"),
    ({"dose": {"amount": "5", "unit": "unit"}}, "needs-factor"),
    ({"hcpcs_code": None}, "no-drug"),
    ({"hcpcs_code": "J0000"}, "code-not-in-reference"),
    ({"hcpcs_code": None, "drug": "methylprednisolone"}, "drug-name-unclear"),
    ({"hcpcs_code": None, "drug": "qqqq"}, "drug-name-unclear"),
    ({"hcpcs_code": "J1030"}, "code-not-valid"),
    ({"service_date": "2031-01-01"}, "code-not-in-reference"),
    ({"containers": [{"amount": "100", "unit": "mg"}], "dose": {"amount": "101", "unit": "mg"}}, "dose-above-containers"),
    ({"containers": [{"amount": "100", "unit": "mg", "shared": "200"}]}, "containers-overdrawn"),
    ({"start": "2025-11-03T10:00:00", "stop": "2025-11-03T09:00:00"}, "stop-before-start"),
    ({"hcpcs_code": None, "ndc": "99999-9999-99"}, "ndc-names-no-code"),
    ({"billing_unit": {"amount": "5", "unit": "mg"}}, "billing-unit-contradicts"),
    ({"dose": {"amount": "NaN", "unit": "mg"}}, "dose-absurd"),
    ({"dose": {"amount": "9e999999", "unit": "mg/kg"}, "weight_kg": "80"}, "dose-absurd"),
    ({"dose": {"amount": "9e-999999", "unit": "mg"}}, "dose-absurd"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "reason"), BAD)
def test_bad_input_is_refused_by_name(biller: Biller, change: dict[str, object], reason: str) -> None:
    case: dict[str, object] = {
        "service_date": "2025-11-03", "payer_program": "medicare_b", "hcpcs_code": "J1745",
        "dose": {"amount": "90", "unit": "mg"}, **change,
    }  # fmt: skip
    told = biller.bill(read_given(json.dumps({name: value for name, value in case.items() if value is not None})))
    assert told.refusal is not None
    assert told.refusal.reason == reason, told.refusal
    assert told.lines == ()
    assert len(told.refusal.explanation) > 15


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", '{"service_date": "2025-13-01"}', '{"payer_program": "nobody"}',
        '{"service_date": "2025-11-03", "payer_program": "medicare_b", "dose": {"amount": "1", "unit": "mg"}, "typo": 1}',
        '{"service_date": "2025-11-03", "payer_program": "medicare_b", "containers": [{"amount": "-1", "unit": "mg"}]}',
        '{"service_date": "2025-11-03", "payer_program": "medicare_b", "dose": {"amount": "1", "unit": "mg"}, "weight_kg": 0}',
    ],
)  # fmt: skip
def test_what_is_no_case_is_told_with_its_line(text: str) -> None:
    with pytest.raises(UnreadableInput, match="line 7: "):
        read_given(text, place="line 7")


def test_a_day_later_nothing_of_the_first_case_is_left(biller: Biller) -> None:
    first = of(biller, "J1745", Decimal(350), [(4, 100)], date(2025, 11, 3), "single_dose")
    of(biller, "J9271", Decimal(200), [(2, 100)], date(2025, 11, 3) + timedelta(days=1), "single_dose")
    assert of(biller, "J1745", Decimal(350), [(4, 100)], date(2025, 11, 3), "single_dose") == first


class TestOfficialFiles:
    pytestmark = needs_shared

    @pytest.mark.parametrize(("code", "dose", "billed"), [
        ("Q9992", "300 mg", True), ("Q9992", "100 mg", False), ("Q9991", "100 mg", True), ("Q9991", "300 mg", False),
        ("J1560", "12 mL", True), ("J1560", "10 mL", False),
    ])  # fmt: skip
    def test_a_series_of_codes_by_dose(self, official: Lookup, code: str, dose: str, billed: bool) -> None:
        told = bill(Biller(official), code, dose, "", None, service_date="2025-11-03")
        assert bool(told.lines) is billed
        assert [line.billed_units for line in told.lines] == [1] * billed
        assert told.refusal is None or told.refusal.reason == "outside-range"

    def test_a_combination_is_not_billed_by_one_dose(self, official: Lookup) -> None:
        told = bill(Biller(official), "J7620", "2.5 mg", "", None, service_date="2025-11-03")
        assert told.refusal is not None
        assert told.refusal.reason == "needs-ingredients"

    def test_packaged_in_a_hospital(self, official: Lookup) -> None:
        """UW-38: status N takes neither JW nor JZ; a paid one does."""
        hospital = {
            "bill_type": "131",
            "payer_program": "medicare_a",
            "place_of_service": None,
            "service_date": "2025-11-03",
        }
        packaged = bill(Biller(official), "J2405", "4 mg", "1 x 4 mg", **hospital)
        assert [(line.modifiers, line.rule) for line in packaged.lines] == [((), "UNW-13")]
        paid = bill(Biller(official), "J1745", "100 mg", "1 x 100 mg", **hospital)
        assert [line.modifiers for line in paid.lines] == [("JZ",)]
