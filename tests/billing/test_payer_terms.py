"""What payers want, each from its dated policy or from the case: waste, NDC units and lines, codes of compounds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.billing import Bill, Biller, read_given
from cleanclaim.policies import Policies, Policy
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.library import embedded, starter_set
from tests.billing.test_ndc_examples import MADE_UP
from tests.billing.test_worked_examples import MDV, SDV, case, lines

SAID = (
    ("P1", "commercial", {"waste": "cms"}, {"start": "2024-01-01", "end": "2025-12-31"}),
    ("P1", "commercial", {"ndc_units": ["UN", "ML"], "ndc_qty_decimals": 1}, {"start": "2020-01-01"}),
    ("P2", "commercial", {"ndc_units": ["ME"]}, {"start": "2020-01-01"}),
    ("P4", "medicaid", {"ndc_next_line_modifier": "76"}, {"start": "2020-01-01"}),
    ("P5", "medicaid", {"ndc_split_lines": "note"}, {"start": "2020-01-01"}),
)


@pytest.fixture(scope="module")
def biller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Biller]:
    """On the starter set with made-up products and payers beside it."""
    folder = tmp_path_factory.mktemp("reference") / "starter"
    shutil.copytree(starter_set.FOLDER, folder)
    with (folder / "product.csv").open("a", encoding="utf-8") as rows:
        rows.write(MADE_UP)
    policies = tuple(policy(number, *said) for number, said in enumerate(SAID))
    with pytest.MonkeyPatch.context() as patch:
        loaded = starter_set.load(folder)
        patch.setattr(starter_set, "load", lambda: loaded)
        patch.setattr(embedded, "embedded", lambda: None)
        yield Biller(Lookup.open(tmp_path_factory.mktemp("library")), Policies(policies, {}, ()))


def policy(number: int, payer: str, plan: str, billing: dict[str, Any], effective: dict[str, str]) -> Policy:
    said = {
        "id": f"made-up-{number}", "payer": payer, "payer_id": [payer], "lines_of_business": [plan],
        "effective": effective, "applies_to": {"all": True}, "billing": billing, "on_fail": {"severity": "deny"},
    }  # fmt: skip
    return msgspec.convert(said, Policy)


def bill(biller: Biller, code: str, dose: str, vials: str, kind: str | None = SDV, **more: Any) -> Bill:
    return biller.bill(read_given(json.dumps(case(code, dose, vials, kind, **more))))


def ndcs(told: Bill) -> list[str]:
    assert told.refusal is None, told.refusal
    return [f"{one.ndc11} {one.ndc_unit}{one.ndc_quantity}" if one.ndc_unit else str(one.ndc11) for one in told.lines]


def of(payer_id: str, program: str = "commercial", **more: Any) -> dict[str, Any]:
    return {"payer_program": program, "payer_id": payer_id, "service_date": "2025-11-03", **more}


# JW and JZ


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (of("P1"), "J1745 x35; J1745 x5 JW"),
        (of("P1", service_date="2026-01-01"), "J1745 x35"),  # the policy has ended
        (of("P9"), "J1745 x35"),  # no policy of this payer: neither
        (of("P9", payer_terms={"waste_policy": "cms"}), "J1745 x35; J1745 x5 JW"),
        (of("P9", payer_terms={"waste_policy": "jw_only"}), "J1745 x35; J1745 x5 JW"),
        (of("P1", payer_terms={"waste_policy": "none"}), "J1745 x35"),  # the case has the say
        (of("P1", payer_terms={"waste_policy": "deny_waste"}), "J1745 x35"),
    ],
)
def test_waste_by_payer_and_day(biller: Biller, more: dict[str, Any], expected: str) -> None:
    assert lines(bill(biller, "J1745", "350 mg", "4 x 100 mg", **more)) == expected


def test_the_policy_that_told_is_named(biller: Biller) -> None:
    assert "policy made-up-0" in bill(biller, "J1745", "350 mg", "4 x 100 mg", **of("P1")).releases
    assert "policy made-up-0" not in bill(biller, "J1745", "350 mg", "4 x 100 mg", **of("P9")).releases


@pytest.mark.parametrize(
    "billing", [{"waste": "perhaps"}, {"ndc_qty_decimals": 4}, {"compound_code": "J39"}, {"part_b_split_modifier": "7"}]
)
def test_a_value_that_a_key_does_not_have_is_refused(billing: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError, match=next(iter(billing))):
        policy(0, "P3", "commercial", billing, {"start": "2020-01-01"})


@pytest.mark.parametrize(
    ("payer_id", "day", "expected"),
    [
        ("09102", "2025-06-02", "Q4101 x12; Q4101 x4 JW"),  # First Coast
        ("13202", "2025-06-02", "Q4101 x12; Q4101 x4 JW"),  # NGS takes JW
        ("15102", "2025-06-02", "Q4101 x12"),  # CGS takes neither
        ("00435", "2025-06-02", "Q4101 x12; Q4101 x4 JW"),  # which contractor is not known: as drugs, and told
        ("09102", "2026-01-02", "Q4101 x12"),  # a supply from 2026 on, for all of them
    ],
)
def test_skin_substitutes_by_contractor(biller: Biller, payer_id: str, day: str, expected: str) -> None:
    """UNW-16."""
    told = bill(biller, "Q4101", "12 cm2", "1 x 16 cm2", payer_id=payer_id, service_date=day)
    assert lines(told) == expected
    unknown = any("contractors differed" in warning for warning in told.warnings)
    assert unknown == (payer_id == "00435")


def test_nothing_discarded_of_a_skin_substitute_by_contractor(biller: Biller) -> None:
    whole = {payer: lines(bill(biller, "Q4101", "16 cm2", "1 x 16 cm2", payer_id=payer, service_date="2025-06-02"))
             for payer in ("09102", "13202", "15102")}  # fmt: skip
    assert whole == {"09102": "Q4101 x16 JZ", "13202": "Q4101 x16", "15102": "Q4101 x16"}


def test_a_licensed_biologic_keeps_the_rules_of_drugs(biller: Biller) -> None:
    assert lines(bill(biller, "Q4101", "12 cm2", "1 x 16 cm2", licensed_biologic=True)) == "Q4101 x12; Q4101 x4 JW"


def test_radiopharmaceuticals_by_contractor(biller: Biller) -> None:
    """UNW-24: not by default; a contractor may want it."""
    wanted = {"payer_terms": {"radiopharmaceutical_waste": "cms"}}
    assert lines(bill(biller, "A9513", "198.4 mCi", "1 x 200 mCi", **wanted)) == "A9513 x199; A9513 x1 JW"
    assert lines(bill(biller, "A9513", "198.4 mCi", "1 x 200 mCi")) == "A9513 x199"


def test_before_2017_the_contractor_decided(biller: Biller) -> None:
    """UNW-26: dose and waste on one line, unless the contractor wanted JW."""
    day = {"service_date": "2016-12-31"}
    assert lines(bill(biller, "J1745", "350 mg", "4 x 100 mg", **day)) == "J1745 x40"
    wanted = day | {"payer_terms": {"jw_required_from": "2014-01-01"}}
    assert lines(bill(biller, "J1745", "350 mg", "4 x 100 mg", **wanted)) == "J1745 x35; J1745 x5 JW"
    assert lines(bill(biller, "J1745", "350 mg", "4 x 100 mg", service_date="2017-01-01")) == "J1745 x35; J1745 x5 JW"


def test_a_drug_that_cost_nothing(biller: Biller) -> None:
    """ADM-01: $0.01 on the line; whether JW or JZ is wanted no source says."""
    told = bill(biller, "J1745", "400 mg", "4 x 100 mg", charge_amount="0.01")
    assert lines(told) == "J1745 x40"
    wanted = bill(biller, "J1745", "400 mg", "4 x 100 mg", charge_amount="0.01", payer_terms={"no_cost_waste": "cms"})
    assert lines(wanted) == "J1745 x40 JZ"
    nothing = bill(biller, "J1745", "400 mg", "4 x 100 mg", charge_amount="0")
    assert any("$0.01, not 0" in warning for warning in nothing.warnings)


# NDC


def vial(number: str, count: int = 1, amount: str = "100", unit: str = "mg") -> dict[str, Any]:
    return {"amount": amount, "unit": unit, "count": count, "kind": SDV, "ndc": number}


FACTOR = "99999-0001-11"  # billed in F2 by its product


def test_a_unit_off_the_payers_list_is_converted(biller: Biller) -> None:
    """NDC-13, NDC-14: international units to pieces for a payer that takes UN and ML alone; mg where ME is listed."""
    vials = {"containers": [vial(FACTOR, 2, "1024", "unit")]}
    assert ndcs(bill(biller, "J7192", "2048 unit", "", **vials)) == ["99999000111 F22048.000"]
    assert ndcs(bill(biller, "J7192", "2048 unit", "", **vials, **of("P1"))) == ["99999000111 UN2.0"]
    powder = {"containers": [vial("57894-030-01", 4)]}
    assert ndcs(bill(biller, "J1745", "400 mg", "", **powder, **of("P2"))) == ["57894003001 ME400.000"]


def test_a_unit_that_does_not_convert_is_told(biller: Biller) -> None:
    told = bill(biller, "J7192", "2048 unit", "", containers=[vial(FACTOR, 2, "1024", "unit")], **of("P2"))
    assert ndcs(told) == ["99999000111"]
    assert any("no quantity in ME" in warning for warning in told.warnings)


def test_decimals_of_the_payer(biller: Biller) -> None:
    powder = {"containers": [vial("57894-030-01", 4)]}
    assert ndcs(bill(biller, "J1745", "345 mg", "", **powder, **of("P1")))[0] == "57894003001 UN3.5"
    assert ndcs(bill(biller, "J1745", "345 mg", "", **powder, **of("P9")))[0] == "57894003001 UN3.450"


TWO = [vial("57894-030-01", 3), vial("57894-160-01", 1)]


def test_several_numbers_to_medicare(biller: Biller) -> None:
    """NDC-33: one line with all units, the further numbers in its note."""
    told = bill(biller, "J1745", "350 mg", "", containers=TWO)
    assert lines(told) == "J1745 x35; J1745 x5 JW"
    assert [line.note for line in told.lines] == ["NDC 57894016001", None]


def test_several_numbers_on_lines_of_their_own(biller: Biller) -> None:
    waste = {"payer_terms": {"waste_policy": "cms"}}
    told = bill(biller, "J1745", "350 mg", "", containers=TWO, charge_amount="1000.00", **of("P4", "medicaid"), **waste)
    assert lines(told) == "J1745 x30; J1745 x5 76; J1745 x5 JW 76"
    assert ndcs(told) == ["57894003001 UN3.000", "57894016001 UN0.500", "57894016001 UN0.500"]
    assert [line.charge_amount for line in told.lines] == [Decimal(750), Decimal(125), Decimal(125)]
    whole = bill(biller, "J1745", "400 mg", "", containers=TWO, **of("P4", "medicaid"), **waste)
    assert lines(whole) == "J1745 x30 JZ; J1745 x10 JZ 76"
    assert lines(bill(biller, "J1745", "350 mg", "", containers=TWO, **of("P5", "medicaid"))) == "J1745 x35"


@settings(max_examples=150, deadline=None)
@given(
    dose=st.decimals("1", "1200", places=1),
    first=st.tuples(st.integers(1, 4), st.sampled_from([50, 100, 400])),
    second=st.tuples(st.integers(1, 4), st.sampled_from([50, 100, 400])),
    turned=st.booleans(),
)
def test_lines_by_number_hold_what_one_line_holds(
    biller: Biller, dose: Decimal, first: tuple[int, int], second: tuple[int, int], turned: bool
) -> None:
    """Against the dose: rounded on each number, never above its label, whichever was told first."""
    containers = [
        vial(number, count, str(size)) for number, (count, size) in (("57894-030-01", first), ("57894-160-01", second))
    ]
    more = of("P4", "medicaid", payer_terms={"waste_policy": "cms"})
    told = bill(biller, "J1745", f"{dose} mg", "", containers=containers[::-1] if turned else containers, **more)
    content = first[0] * first[1] + second[0] * second[1]
    if dose > content:
        assert told.refusal is not None
        return
    assert lines(told) == lines(bill(biller, "J1745", f"{dose} mg", "", containers=containers, **more))
    given_units = sum(line.billed_units for line in told.lines if "JW" not in line.modifiers)
    assert sum(line.billed_units for line in told.lines) <= max(given_units, content // 10)
    assert ceil(Fraction(dose) / 10) <= given_units <= ceil(Fraction(dose) / 10) + 1
    modifiers = {modifier for line in told.lines for modifier in line.modifiers}
    assert not {"JW", "JZ"} <= modifiers  # UNW-04


def test_more_numbers_than_a_note_holds(biller: Biller) -> None:
    many = [vial(f"57894-{number}-01") for number in range(160, 168)]
    told = bill(biller, "J1745", "800 mg", "", containers=many)
    assert told.lines[0].note is None
    assert any("no room" in warning for warning in told.warnings)


# Compounds


def ingredient(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "amount": {"amount": "2", "unit": "mL"}, "ndc": "99999-0009-01", **more}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"ingredients": [ingredient("a")]}, "compound-unlinked"),
        ({"ingredients": [ingredient("a")], "id": "1", "containers": [vial("57894-030-01")]}, "compound-containers"),
        ({"ingredients": [ingredient("a", hcpcs_code="J9998")], "id": "1"}, "code-not-in-reference"),
        ({"ingredients": [ingredient("a", amount={"amount": "2", "unit": "glug"})], "id": "1"}, "dose-unread"),
    ],
)
def test_a_compound_that_cannot_be_billed(biller: Biller, more: dict[str, Any], reason: str) -> None:
    told = bill(biller, "J7999", "2 mL", "", **more)
    assert told.lines == ()
    assert told.refusal is not None
    assert told.refusal.reason == reason


def test_the_code_of_a_compound_by_payer(biller: Biller) -> None:
    more = {"ingredients": [ingredient("a")], "id": "1", "hcpcs_code": None, "drug": "mix"}
    assert lines(bill(biller, "", "2 mL", "", **more)) == "J7999 x1"
    assert lines(bill(biller, "", "2 mL", "", **more, payer_terms={"compound_code": "J3490"})) == "J3490 x1"


def test_drugs_of_one_unit_dose_for_a_nebulizer(biller: Biller) -> None:
    """MDF-19, MDF-20: KP on the first, KQ on the others, each under its own code."""
    mixed = [
        {"name": name, "amount": {"amount": amount, "unit": "mg"}, "hcpcs_code": code}
        for name, code, amount in (("first", "J9271", "3"), ("second", "J1439", "5"))
    ]
    more = {"ingredients": mixed, "id": "1", "hcpcs_code": None, "payer_program": "medicare_dme"}
    assert lines(bill(biller, "", "3 mL", "", **more)) == "J9271 x3 KP; J1439 x5 KQ"


def test_a_multi_dose_vial_is_not_counted_whole(biller: Biller) -> None:
    told = bill(biller, "J3121", "200 mg", "1 x 1000 mg", MDV, ndc="00143-9750-01",
                payer_terms={"ndc_waste_mode": "whole_containers"})  # fmt: skip
    assert ndcs(told) == ["00143975001 ML1.000"]
