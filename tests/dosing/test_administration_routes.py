"""Administration codes by way in, payer, place and day: injections, procedures, vaccines, esketamine, pumps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta
from decimal import Decimal

import pytest

from cleanclaim.dosing import (
    AdminFamily,
    AdministrationPlan,
    Circumstances,
    Device,
    DrugEvent,
    Route,
    SecondInjection,
    Vaccine,
)
from cleanclaim.errors import InvalidValue
from cleanclaim.values.confidence import Confidence
from tests.dosing.givings import (
    CHEMO,
    DAY,
    FACILITY,
    MORNING,
    OFFICE,
    PLAIN,
    F,
    Lines,
    R,
    codes,
    esketamine,
    hydration,
    infusion,
    left,
    lines,
    plan,
    push,
    shot,
    vaccine,
    warned,
)

# Injections (ADM-02, ADM-13) ---


@pytest.mark.parametrize(
    ("family", "code"), [(F.THERAPEUTIC, "96372"), (CHEMO, "96401"), (F.HORMONAL_ANTINEOPLASTIC, "96402")]
)
@pytest.mark.parametrize("route", [R.IM, R.SC])
def test_injection_by_family(family: AdminFamily, code: str, route: Route) -> None:
    assert lines(plan(shot("J1", family, route))) == {(code, 1, PLAIN)}


@pytest.mark.parametrize(
    ("want", "expected"),
    [
        (SecondInjection.LINE, {("96372", 1, PLAIN), ("96372", 2, ("XS",))}),
        (SecondInjection.LINE_76, {("96372", 1, PLAIN), ("96372", 2, ("76",))}),
        (SecondInjection.UNITS, {("96372", 3, PLAIN)}),
    ],
)
def test_further_injections_as_the_payer_wants(want: SecondInjection, expected: Lines) -> None:
    assert lines(plan(shot("J1"), shot("J2"), shot("J3"), second_injection=want)) == expected


def test_syringes_of_one_product_are_one_and_sites_are_several() -> None:
    syringes = plan(shot("J1", syringes=2), shot("J1"))
    assert lines(syringes) == {("96372", 1, PLAIN)}
    assert warned(syringes) == {"ADM-13"}
    sites = plan(shot("J1", sites=2))
    assert lines(sites) == {("96372", 2, PLAIN)}
    assert warned(sites) == {"ADM-13"}


def test_injections_stand_beside_infusions_in_a_facility() -> None:
    assert codes(plan(shot("J1"), infusion("J2", 0, 60), setting=FACILITY)) == {"96372": 1, "96365": 1}


def test_on_body_injector() -> None:
    given = shot("J2506", route=R.SC, device=Device.ON_BODY_INJECTOR)
    assert lines(plan(given)) == {("96377", 1, PLAIN)}
    assert codes(plan(given, on=date(2016, 12, 31))) == {}


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (15, {"96372": 1}),
        (16, {"96369": 1, "96371": 1}),
        (90, {"96369": 1, "96371": 1}),
        (91, {"96369": 1, "96370": 1, "96371": 1}),
    ],
)
def test_infusion_under_the_skin(minutes: int, expected: dict[str, int]) -> None:
    assert codes(plan(replace(infusion("J1559", 0, minutes), route=R.SC_INFUSION, pump_setups=2))) == expected


# Procedures (section 1, ADM-12, ADM-15, ADM-23) ---


@pytest.mark.parametrize(
    ("route", "procedure"),
    [
        (R.INTRAVITREAL, "67028"), (R.INTRA_ARTICULAR, "20600"), (R.INTRA_ARTICULAR, "20611"), (R.IM, "20552"),
        (R.TENDON_OR_TRIGGER_POINT, "20550"), (R.EPIDURAL, "62320"), (R.INTRATHECAL, "62327"), (R.IM, "64615"),
    ],
)  # fmt: skip
def test_procedure_includes_its_injection(route: Route, procedure: str) -> None:
    found = plan(shot("J1", route=route), procedures=(procedure,))
    assert not found.lines
    assert left(found) == {("J1", "administration.md section 1")}


def test_vaccine_beside_a_procedure_into_muscle_is_no_part_of_it() -> None:
    found = plan(vaccine("90686", Vaccine.INFLUENZA), procedures=("20552",), payer_program="commercial")
    assert codes(found) == {"90471": 1}


def test_injection_into_muscle_taken_as_that_of_the_procedure_is_told() -> None:
    found = plan(shot("J1885"), procedures=("64615",))
    assert ("J1885", "ADM-22") in {(each.what, each.rule.id) for each in found.warnings}


def test_route_that_needs_a_procedure_is_told_without_one() -> None:
    found = plan(shot("J0178", CHEMO, R.INTRAVITREAL))
    assert not found.lines
    assert "67028" in found.warnings[0].why


def test_injection_of_another_drug_beside_a_procedure_stays_with_a_caution() -> None:
    found = plan(shot("J1010", route=R.INTRA_ARTICULAR), shot("J1885"), procedures=("20610",))
    assert lines(found) == {("96372", 1, PLAIN)}
    assert warned(found) >= {"ADM-22"}


@pytest.mark.parametrize(
    ("procedures", "expected"),
    [
        (("36000",), {("36000", "ADM-12")}),
        (("36410", "96523"), {("36410", "ADM-12"), ("96523", "ADM-12")}),
        (("36593",), set()),
        (("99211",), {("99211", "ADM-15")}),
        (("99212",), set()),
        (("64615", "64612", "64616", "64617"), {("64612", "ADM-23"), ("64616", "ADM-23"), ("64617", "ADM-23")}),
        (("64616",), set()),
    ],
)
def test_what_is_not_billed_beside(procedures: tuple[str, ...], expected: set[tuple[str, str]]) -> None:
    assert left(plan(infusion("J1", 0, 60), procedures=procedures)) == expected


def test_flush_alone_is_billed() -> None:
    assert not left(plan(procedures=("96523",)))


# Vaccines (ADM-16) ---


@pytest.mark.parametrize(
    ("payer", "expected"),
    [
        ("medicare_b", {"G0008": 1, "G0009": 1, "G0010": 1, "90480": 1, "90471": 1}),
        ("medicare_a", {"G0008": 1, "G0009": 1, "G0010": 1, "90480": 1, "90471": 1}),
        ("commercial", {"90471": 1, "90472": 3, "90480": 1}),
        (None, {"90471": 1, "90472": 3, "90480": 1}),
    ],
)
def test_vaccines_by_payer(payer: str | None, expected: dict[str, int]) -> None:
    found = plan(*(vaccine(f"9{n}", kind) for n, kind in enumerate(Vaccine)), payer_program=payer)
    assert codes(found) == expected
    assert not any(line.code.startswith("9637") for line in found.lines)
    assert ("ADM-16" in warned(found)) is (payer != "commercial")


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ([R.NASAL], {"90473": 1}),
        ([R.NASAL, R.ORAL], {"90473": 1, "90474": 1}),
        ([R.NASAL, R.IM], {"90471": 1, "90474": 1}),
        ([R.IM, R.SC, R.ORAL, R.NASAL], {"90471": 1, "90472": 1, "90474": 2}),
    ],
)
def test_vaccines_by_way_in(routes: list[Route], expected: dict[str, int]) -> None:
    given = [vaccine(f"9{n}", Vaccine.OTHER, route) for n, route in enumerate(routes)]
    assert codes(plan(*given, payer_program="commercial")) == expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [(18, {"90460": 2, "90461": 2}), (19, {"90471": 1, "90472": 1}), (None, {"90471": 1, "90472": 1})],
)
def test_counseling_up_to_eighteen(age: int | None, expected: dict[str, int]) -> None:
    given = [
        vaccine("90700", Vaccine.OTHER, counseled_components=3),
        vaccine("90713", Vaccine.OTHER, counseled_components=1),
    ]
    assert codes(plan(*given, payer_program="commercial", age_years=age)) == expected


@pytest.mark.parametrize(("on", "expected"), [(date(2023, 9, 10), {}), (date(2023, 9, 11), {"90480": 1})])
def test_covid_code_has_a_first_day(on: date, expected: dict[str, int]) -> None:
    found = plan(vaccine("91320", Vaccine.COVID), on=on)
    assert codes(found) == expected
    assert bool(found.not_billed) is not expected


# Esketamine (ADM-19, ADM-20) ---


@pytest.mark.parametrize(
    ("doses", "code"),
    [(["28"], "G2082"), (["56"], "G2082"), (["28", "28"], "G2082"), (["56.1"], "G2083"), (["28", "56"], "G2083")],
)
def test_bundle_goes_by_the_total_dose(doses: list[str], code: str) -> None:
    found = plan(*esketamine(*doses), payer_program="medicare_b", established_patient=True)
    assert lines(found) == {(code, 1, ("KX",))}


def test_bundle_takes_in_drug_and_visit() -> None:
    found = plan(*esketamine("56"), payer_program="medicare_b", procedures=("99214", "99417"))
    assert left(found) == {("J0013", "ADM-19"), ("99214", "ADM-19"), ("99417", "ADM-19")}


def test_bundle_needs_dose_and_established_patient() -> None:
    unknown = plan(DrugEvent("J0013", R.NASAL, F.ESKETAMINE), payer_program="medicare_b")
    new = plan(*esketamine("56"), payer_program="medicare_b", established_patient=False)
    for found in (unknown, new):
        assert not found.lines
        assert left(found) == {("J0013", "ADM-19")}
        assert found.warnings


@pytest.mark.parametrize(("on", "code"), [(date(2025, 12, 31), "S0013"), (date(2026, 1, 1), "J0013")])
def test_other_payers_take_drug_and_visit(on: date, code: str) -> None:
    found = plan(*esketamine("84"), payer_program="commercial", on=on)
    assert not found.lines
    assert code in found.not_billed[0].why


# Pumps, arteries, lesions, cavities (section 1) ---


@pytest.mark.parametrize(
    ("minutes", "payer", "device", "expected"),
    [
        (480, "medicare_b", Device.PORTABLE_PUMP, {"96413": 1, "96415": 7}),
        (481, "medicare_b", Device.PORTABLE_PUMP, {"96416": 1}),
        (2760, "medicare_b", Device.PORTABLE_PUMP, {"96416": 1}),
        (None, "commercial", Device.PORTABLE_PUMP, {"96416": 1}),
        (481, "medicare_b", Device.OFFICE_TO_HOME_PUMP, {"G0498": 1}),
        (481, "commercial", Device.OFFICE_TO_HOME_PUMP, {"96416": 1}),
    ],
)
def test_pump_for_more_than_eight_hours(
    minutes: int | None, payer: str, device: Device, expected: dict[str, int]
) -> None:
    found = plan(infusion("J9190", 0, minutes, CHEMO, device=device), payer_program=payer)
    assert codes(found) == expected
    assert found.warnings


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (shot("J1", route=R.INTRA_ARTERIAL), {"96373": 1}),
        (shot("J9", CHEMO, R.INTRA_ARTERIAL), {"96420": 1}),
        (replace(infusion("J9", 0, 15, CHEMO), route=R.INTRA_ARTERIAL), {"96420": 1}),
        (replace(infusion("J9", 0, 91, CHEMO), route=R.INTRA_ARTERIAL), {"96422": 1, "96423": 1}),
        (shot("J9", CHEMO, R.INTRA_ARTERIAL, device=Device.PORTABLE_PUMP), {"96425": 1}),
        (shot("J9", CHEMO, R.INTRALESIONAL, sites=7), {"96405": 1}),
        (shot("J9", CHEMO, R.INTRALESIONAL, sites=8), {"96406": 1}),
        (shot("J9", CHEMO, R.INTRATHECAL), {"96450": 1}),
        (shot("J9", CHEMO, R.INTRAPLEURAL), {"96440": 1}),
        (shot("J9", CHEMO, R.INTRAPERITONEAL), {"96446": 1}),
        (shot("J9", CHEMO, R.INTRAVENTRICULAR), {"96542": 1}),
        (shot("J9", CHEMO, R.IV, device=Device.PORTABLE_PUMP_REFILL), {"96521": 1}),
        (shot("J9", CHEMO, R.INTRATHECAL, device=Device.IMPLANTED_PUMP_REFILL), {"96522": 1}),
        (shot("J1", route=R.INTRALESIONAL), {}),
        (shot("J1", route=R.INTRADERMAL), {}),
        (shot("J1", route=R.OTHER), {}),
    ],
)
def test_rare_ways_in_point_to_the_licensed_book(given: DrugEvent, expected: dict[str, int]) -> None:
    found = plan(given)
    assert codes(found) == expected
    assert found.warnings
    assert all(line.confidence is Confidence.K for line in found.lines)
    assert bool(found.not_billed) is not bool(expected)


@pytest.mark.parametrize("route", [R.ORAL, R.NASAL])
def test_what_is_swallowed_has_no_administration(route: Route) -> None:
    assert left(plan(shot("J8540", route=route))) == {("J8540", "administration.md section 1")}


def test_imaging_includes_what_it_gives() -> None:
    assert left(plan(push("A9552", 0, F.IMAGING))) == {("A9552", "ADM-01")}


# Where (ADM-14, section 5) and when (section 1) ---


@pytest.mark.parametrize("place", ["19", "21", "22", "23", "24", "51", "61"])
def test_physician_in_a_facility_bills_vaccines_and_bundles_only(place: str) -> None:
    given = [infusion("J1", 0, 60), shot("J2"), vaccine("90686", Vaccine.INFLUENZA), *esketamine("28")]
    found = plan(*given, place_of_service=place, payer_program="medicare_b")
    assert codes(found) == {"G0008": 1, "G2082": 1}
    assert {("96365", "ADM-14"), ("96372", "ADM-14")} <= left(found)


@pytest.mark.parametrize("place", ["11", "12", "49", None])
def test_physician_elsewhere_bills(place: str | None) -> None:
    found = plan(infusion("J1", 0, 60), place_of_service=place)
    assert codes(found) == {"96365": 1}
    assert bool(found.warnings) is (place == "12")


@pytest.mark.parametrize(
    ("bill_type", "billed", "cautioned"),
    [
        ("0131", True, False), ("131", True, False), ("13x", True, False), ("0111", False, False), ("0121", True, True),
        ("0711", False, False), ("0771", False, False), ("0211", False, False), ("0221", True, True), (None, True, False),
    ],
)  # fmt: skip
def test_type_of_bill(bill_type: str | None, billed: bool, cautioned: bool) -> None:
    found = plan(infusion("J1", 0, 60), setting=FACILITY, bill_type=bill_type)
    assert bool(found.lines) is billed
    assert bool(found.not_billed) is not billed
    assert bool(found.warnings) is cautioned


def test_type_of_bill_says_nothing_about_a_professional_claim() -> None:
    assert codes(plan(infusion("J1", 0, 60), bill_type="0111")) == {"96365": 1}


def test_surgery_center_includes_it_in_the_procedure() -> None:
    assert not plan(push("J1", 0), setting=FACILITY, place_of_service="24").lines


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2009, 1, 1), {"96365": 1, "96366": 1, "96375": 1, "96372": 1}),
        (date(2008, 12, 31), {"90765": 1, "90766": 1, "90775": 1, "90772": 1}),
        (date(2006, 1, 1), {"90765": 1, "90766": 1, "90775": 1, "90772": 1}),
        (date(2005, 12, 31), {"90780": 1, "90781": 1, "90784": 1, "90782": 1}),
    ],
)
def test_older_days_have_older_numbers(on: date, expected: dict[str, int]) -> None:
    found = plan(infusion("J1", 0, 91, primary=True), push("J2", 100), shot("J3"), on=on)
    assert codes(found) == expected
    assert bool(found.warnings) is (on.year < 2006)


@pytest.mark.parametrize(("on", "expected"), [(date(2007, 12, 31), set()), (date(2008, 1, 1), {"90776"})])
def test_code_that_came_in_2008(on: date, expected: set[str]) -> None:
    found = plan(push("J1", 0), push("J1", 40), setting=FACILITY, on=on)
    assert {line.code for line in found.lines} == {"90774", *expected}
    assert ("96376" in {each.what for each in found.not_billed}) is not expected


def test_lowest_visit_stands_beside_no_infusion_of_any_year() -> None:
    assert left(plan(infusion("J1", 0, 60), procedures=("99211",), on=date(2007, 5, 1))) == {("99211", "ADM-15")}


def test_hydration_of_2007() -> None:
    assert codes(plan(hydration(0, 91), on=date(2007, 5, 1))) == {"90760": 1, "90761": 1}


def test_chemotherapy_before_2006_is_left_to_the_book_of_the_year() -> None:
    found = plan(infusion("J9", 0, 91, CHEMO), on=date(2005, 6, 1))
    assert not found.lines
    assert {each.what for each in found.not_billed} == {"96413", "96415"}
    assert codes(plan(infusion("J9", 0, 91, CHEMO), on=date(2006, 1, 1))) == {"96413": 1, "96415": 1}


# What is refused ---


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"start": MORNING, "stop": MORNING - timedelta(minutes=1)}, "before the start"),
        ({"start": MORNING, "stop": MORNING + timedelta(hours=24, minutes=1)}, "24 hours"),
        ({"start": MORNING.replace(tzinfo=UTC)}, "time zone"),
        ({"drug": ""}, "key of its drug"),
        ({"access": ""}, "must have a name"),
        ({"bag": ""}, "must have a name"),
        ({"sites": 0}, "sites"),
        ({"syringes": -1}, "syringes"),
        ({"encounter": 0}, "encounter"),
        ({"pump_setups": 0}, "pump_setups"),
        ({"counseled_components": -1}, "counseled_components"),
        ({"dose_mg": Decimal(-1)}, "dose_mg"),
        ({"dose_mg": Decimal(0)}, "dose_mg"),
        ({"dose_mg": Decimal("NaN")}, "dose_mg"),
    ],
)
def test_impossible_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        replace(shot("J1"), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("procedure", ["20610-RT", "", "2061", "２０６１０"])
def test_procedure_that_is_no_bare_code_is_refused(procedure: str) -> None:
    with pytest.raises(InvalidValue, match="five characters"):
        plan(shot("J1"), procedures=(procedure,))


def test_pump_may_run_for_days() -> None:
    run = {"start": MORNING, "stop": MORNING + timedelta(hours=46)}
    assert replace(shot("J9190", device=Device.PORTABLE_PUMP), **run).minutes == 2760
    with pytest.raises(InvalidValue, match="24 hours"):
        replace(shot("J9190", device=Device.ON_BODY_INJECTOR), **run)


def test_negative_age_is_refused() -> None:
    with pytest.raises(InvalidValue, match="age_years"):
        Circumstances(OFFICE, DAY, age_years=-1)


def test_nothing_given_is_an_empty_plan() -> None:
    assert plan() == AdministrationPlan()
