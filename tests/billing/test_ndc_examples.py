"""The worked examples NX-4 to NX-12 of the rulebook (ndc.md, section 3), through the biller.

On the starter set where it has a product as the example has it, else with a made-up product beside it (labeler 99999).
NX-6 is billed from vials of 20 g / 200 mL:
CMS's crosswalk gives the vial of 10 g as 110 mL (docs/crosswalk-arithmetic.md).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cleanclaim.billing import Bill, Biller, read_given
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.library import embedded, starter_set
from tests.billing.test_worked_examples import MDV, SDV

MADE_UP = """\
99999000104,J2505,Drug,single_dose,syringe,6 mg/0.6 mL,ML,6,mg,made up,2004-01-01,9999-12-31,made up
99999000105,J9355,Drug,multi_dose,powder,440 mg,UN,440,mg,made up,2017-01-01,9999-12-31,made up
99999000111,J7192,Drug,single_dose,powder,1024 IU,F2,1024,unit,made up,2009-01-01,9999-12-31,made up
99999000211,J7192,Drug,single_dose,powder,1024 IU,UN,1024,unit,made up,2009-01-01,9999-12-31,made up
99999000112,J9998,Drug,multi_dose,other,,GR,30,g,made up,2009-01-01,9999-12-31,made up
"""


@contextmanager
def made_up_products(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The shipped starter set with the made-up products beside it."""
    folder = tmp_path_factory.mktemp("reference") / "starter"
    shutil.copytree(starter_set.FOLDER, folder)
    with (folder / "product.csv").open("a", encoding="utf-8") as products:
        products.write(MADE_UP)
    with pytest.MonkeyPatch.context() as patch:
        loaded = starter_set.load(folder)
        patch.setattr(starter_set, "load", lambda: loaded)
        patch.setattr(embedded, "embedded", lambda: None)
        yield


@pytest.fixture(scope="module")
def biller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Biller]:
    with made_up_products(tmp_path_factory):
        yield Biller(Lookup.open(tmp_path_factory.mktemp("library")))


def case(code: str, dose: str, vials: str, ndc: str, kind: str = SDV, **more: Any) -> dict[str, Any]:
    """`vials` as "4 x 100 mg"."""
    (amount, unit), (count, size) = dose.split(), vials.split(" x ")
    content, of = size.split()
    return {
        "service_date": "2026-02-02", "payer_program": "medicare_b", "place_of_service": "11", "hcpcs_code": code,
        "dose": {"amount": amount, "unit": unit},
        "containers": [{"amount": content, "unit": of, "count": int(count), "kind": kind, "ndc": ndc}], **more,
    }  # fmt: skip


def bill(biller: Biller, code: str, dose: str, vials: str, ndc: str, kind: str = SDV, **more: Any) -> Bill:
    return biller.bill(read_given(json.dumps(case(code, dose, vials, ndc, kind, **more))))


def lines(told: Bill) -> str:
    assert told.refusal is None, told.refusal
    return "; ".join(
        " ".join((f"x{one.billed_units}", *one.modifiers, f"{one.ndc_quantity} {one.ndc_unit}")) for one in told.lines
    )


SYRINGE = {"concentration": {"amount": "6", "unit": "mg", "per": "0.6 mL"}, "service_date": "2021-12-31"}
WHOLE = {"payer_terms": {"ndc_waste_mode": "whole_containers"}}
GRAM = {"billing_unit": {"amount": "1", "unit": "g"}}
EXAMPLES = [
    ("NX-4 J2505", "J2505", "6 mg", "1 x 6 mg", "99999-0001-04", SDV, "x1 0.600 ML", SYRINGE),
    ("NX-4 J2506", "J2506", "6 mg", "1 x 6 mg", "55513-0190-01", SDV, "x12 JZ 0.600 ML", {}),
    ("NX-5", "J9355", "440 mg", "1 x 440 mg", "99999-0001-05", MDV, "x44 1.000 UN", {}),
    ("NX-6", "J1459", "100 g", "5 x 20 g", "44206-0438-20", SDV, "x200 JZ 1000.000 ML", {}),
    ("NX-7", "J1745", "400 mg", "4 x 100 mg", "57894-0030-01", SDV, "x40 JZ 4.000 UN", {}),
    ("NX-8", "J1745", "350 mg", "4 x 100 mg", "57894-0030-01", SDV, "x35 3.500 UN; x5 JW 0.500 UN", {}),
    ("NX-8 whole", "J1745", "350 mg", "4 x 100 mg", "57894-0030-01", SDV, "x35 4.000 UN; x5 JW None None", WHOLE),
    ("NX-9", "J3121", "200 mg", "1 x 1000 mg", "00143-9750-01", MDV, "x200 1.000 ML", {}),
    ("NX-10", "J2919", "60 mg", "1 x 125 mg", "00009-0047-22", SDV, "x12 0.480 UN; x13 JW 0.520 UN", {}),
    ("NX-10 whole", "J2919", "60 mg", "1 x 125 mg", "00009-0047-22", SDV, "x12 1.000 UN; x13 JW None None", WHOLE),
    ("NX-11 F2", "J7192", "2048 unit", "2 x 1024 unit", "99999-0001-11", SDV, "x2048 JZ 2048.000 F2", {}),
    ("NX-11 UN", "J7192", "2048 unit", "2 x 1024 unit", "99999-0002-11", SDV, "x2048 JZ 2.000 UN", {}),
    ("NX-12", "J9998", "4 g", "1 x 30 g", "99999-0001-12", MDV, "x4 4.000 GR", GRAM),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code", "dose", "vials", "ndc", "kind", "expected", "more"), EXAMPLES, ids=[one[0] for one in EXAMPLES]
)
def test_quantity_and_unit_of_each_line(
    biller: Biller,
    name: str,
    code: str,
    dose: str,
    vials: str,
    ndc: str,
    kind: str,
    expected: str,
    more: dict[str, Any],
) -> None:
    told = bill(biller, code, dose, vials, ndc, kind, **more)
    assert lines(told) == expected, name
    assert {one.ndc11 for one in told.lines if one.ndc_unit} == {ndc.replace("-", "")}
