"""The worked examples of the rulebook (units-and-waste.md, section 3), through the biller, on the starter set.

Where the starter set lacks a code, the case gives its billing unit, as the example does ("/u").
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from cleanclaim.billing import Bill, Biller, read_given
from cleanclaim.reference.codes.lookup import Lookup

SDV, MDV = "single_dose", "multi_dose"


@pytest.fixture(scope="module")
def biller(tmp_path_factory: pytest.TempPathFactory) -> Biller:
    return Biller(Lookup.open(tmp_path_factory.mktemp("library")))


def case(code: str, dose: str, vials: str, kind: str | None = SDV, **more: Any) -> dict[str, Any]:
    """`dose` as "350 mg", `vials` as "4 x 100 mg + 1 x 50 mg"."""
    amount, unit = dose.split()
    containers = []
    for one in filter(None, vials.split(" + ")):
        count, size = one.split(" x ")
        content, of = size.split()
        containers.append({"amount": content, "unit": of, "count": int(count), "kind": kind})
    return {
        "service_date": "2026-02-02", "payer_program": "medicare_b", "place_of_service": "11", "hcpcs_code": code,
        "dose": {"amount": amount, "unit": unit}, "containers": containers, **more,
    }  # fmt: skip


def bill(biller: Biller, code: str, dose: str, vials: str, kind: str | None = SDV, **more: Any) -> Bill:
    return biller.bill(read_given(json.dumps(case(code, dose, vials, kind, **more))))


def lines(told: Bill) -> str:
    assert told.refusal is None, told.refusal
    return "; ".join(
        " ".join((line.hcpcs_code, f"x{line.billed_units}", *line.modifiers)) for line in told.lines
    )  # fmt: skip


UNIT_1 = {"billing_unit": {"amount": "1", "unit": "unit"}}
MG_10 = {"billing_unit": {"amount": "10", "unit": "mg"}}
MG_100 = {"billing_unit": {"amount": "100", "unit": "mg"}}
EXAMPLES = [
    ("UW-1", "J9998", "95 unit", "1 x 100 unit", SDV, "J9998 x95; J9998 x5 JW", UNIT_1),
    ("UW-2", "J9998", "7 mg", "1 x 10 mg", SDV, "J9998 x1 JZ", MG_10),
    ("UW-3", "J9998", "70 mg", "1 x 100 mg", SDV, "J9998 x7; J9998 x3 JW", MG_10),
    ("UW-4", "J9998", "77 mg", "1 x 100 mg", SDV, "J9998 x8; J9998 x2 JW", MG_10),
    ("UW-5", "J9998", "70 mg", "1 x 100 mg", SDV, "J9998 x1 JZ", MG_100),
    ("UW-6", "J1745", "350 mg", "4 x 100 mg", SDV, "J1745 x35; J1745 x5 JW", {}),
    ("UW-7", "J1745", "400 mg", "4 x 100 mg", SDV, "J1745 x40 JZ", {}),
    ("UW-8", "J9998", "300 mg", "3 x 100 mg", SDV, "J9998 x30 JZ", MG_10),
    ("UW-9", "J9998", "305 mg", "4 x 100 mg", SDV, "J9998 x31; J9998 x9 JW", MG_10),
    ("UW-10", "J9271", "200 mg", "2 x 100 mg", SDV, "J9271 x200 JZ", {}),
    ("UW-11", "J2919", "60 mg", "1 x 125 mg", SDV, "J2919 x12; J2919 x13 JW", {}),
    ("UW-12", "J2919", "62.5 mg", "1 x 125 mg", SDV, "J2919 x13; J2919 x12 JW", {}),
    ("UW-13", "J2930", "60 mg", "1 x 125 mg", SDV, "J2930 x1 JZ", {"service_date": "2024-03-31"}),
    ("UW-14", "J1010", "40 mg", "1 x 40 mg", SDV, "J1010 x40 JZ", {}),
    ("UW-14 before", "J1030", "40 mg", "1 x 40 mg", SDV, "J1030 x1 JZ", {"service_date": "2024-03-31"}),
    ("UW-15", "J1010", "40 mg", "1 x 400 mg", MDV, "J1010 x40", {}),
    ("UW-16", "J3420", "1000 mcg", "1 x 1000 mcg", SDV, "J3420 x1 JZ", {}),
    ("UW-17", "J3420", "500 mcg", "1 x 1000 mcg", SDV, "J3420 x1 JZ", {}),
    ("UW-18", "J3420", "1000 mcg", "1 x 30 mg", MDV, "J3420 x1", {}),
    ("UW-19", "J0585", "155 unit", "1 x 200 unit", SDV, "J0585 x155; J0585 x45 JW", {}),
    ("UW-20", "J0178", "2 mg", "1 x 2 mg", SDV, "J0178 x2 JZ", {}),
    ("UW-21", "J0897", "60 mg", "1 x 60 mg", SDV, "J0897 x60 JZ", {}),
    ("UW-22", "Q5103", "5 mg/kg", "5 x 100 mg", SDV, "Q5103 x42; Q5103 x8 JW", {"weight_kg": 83}),
    ("UW-23", "J9312", "375 mg/m2", "1 x 500 mg + 3 x 100 mg", SDV, "J9312 x72; J9312 x8 JW", {"bsa_m2": 1.9}),
    ("UW-24", "J9035", "1050 mg", "2 x 400 mg + 3 x 100 mg", SDV, "J9035 x105; J9035 x5 JW", {}),
    ("UW-25", "J1726", "275 mg", "1 x 275 mg", SDV, "J1726 x28", {"service_date": "2023-03-01"}),
    ("UW-26", "J9041", "2.3 mg", "1 x 3.5 mg", SDV, "J9041 x23; J9041 x12 JW", {}),
    ("UW-27", "J1439", "750 mg", "1 x 750 mg", SDV, "J1439 x750 JZ", {}),
    ("UW-28", "J9145", "16 mg/kg", "2 x 400 mg + 3 x 100 mg", SDV, "J9145 x109; J9145 x1 JW", {"weight_kg": 68}),
    ("UW-29", "J1569", "35 g", "1 x 20 g + 1 x 10 g + 1 x 5 g", SDV, "J1569 x70 JZ", {}),
    ("UW-33", "J7192", "2048 unit", "2 x 1024 unit", SDV, "J7192 x2048 JZ", {}),
    ("UW-34", "A9552", "9.8 mCi", "", None, "A9552 x1", {}),
    ("UW-35", "A9513", "198.4 mCi", "1 x 200 mCi", SDV, "A9513 x199", {}),
    ("UW-37", "Q4101", "12 cm2", "1 x 16 cm2", SDV, "Q4101 x12; Q4101 x4 JW", {"service_date": "2025-06-02"}),
    ("UW-36", "Q4101", "12 cm2", "1 x 16 cm2", SDV, "Q4101 x12", {}),
    ("UW-39", "J9355", "6 mg/kg", "3 x 150 mg", SDV, "J9355 x43; J9355 x2 JW", {"weight_kg": 71}),
    ("UW-40", "J9998", "32 mg", "1 x 55 mg", SDV, "J9998 x4; J9998 x1 JW", MG_10),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code", "dose", "vials", "kind", "expected", "more"), EXAMPLES, ids=lambda one: str(one)[:12]
)
def test_units_and_waste(
    biller: Biller, name: str, code: str, dose: str, vials: str, kind: str | None, expected: str, more: dict[str, Any]
) -> None:
    told = bill(biller, code, dose, vials, kind, **more)
    assert lines(told) == expected, name
    assert all(line.rule for line in told.lines)


def test_shared_vials(biller: Biller) -> None:
    """UW-30 and UW-31: one vial of 100 units for two patients; only the last one's claim carries the rest."""

    def patient(dose: str, shared: str) -> str:
        one = {"amount": "100", "unit": "unit", "count": 1, "kind": SDV, "shared": shared}
        return lines(bill(biller, "J0585", dose, "", containers=[one]))

    assert patient("60 unit", "40") == "J0585 x60 JZ"
    assert patient("40 unit", "60") == "J0585 x40 JZ"
    assert patient("30 unit", "60") == "J0585 x30; J0585 x10 JW"


def test_unclassified_drug_says_what_it_is_and_splits_its_charge(biller: Biller) -> None:
    """UW-32."""
    told = bill(biller, "J3490", "15 mg", "1 x 20 mg", drug="newdrug", route="iv", charge_amount="200.00")
    assert lines(told) == "J3490 x1; J3490 x1 JW"
    assert [line.charge_amount for line in told.lines] == [Decimal("150.00"), Decimal("50.00")]
    assert [line.description for line in told.lines] == [
        "newdrug 15 mg given iv of 20 mg",
        "newdrug 5 mg discarded iv of 20 mg",
    ]


def test_packaged_in_a_hospital(biller: Biller) -> None:
    """UW-38 needs Addendum B: on the starter set the status is not known, and nothing is assumed."""
    told = bill(biller, "J2405", "4 mg", "1 x 4 mg", bill_type="131", payer_program="medicare_a")
    assert lines(told).startswith("J2405 x4")
