"""The administration codes of the rulebook: its examples TX-1 to TX-15, each rule's boundaries, and what always holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given as holds_for
from hypothesis import settings
from hypothesis import strategies as st

from cleanclaim.dosing import (
    ADD_ON_BASES,
    AdminFamily,
    AdministrationPlan,
    Circumstances,
    Confidence,
    Device,
    Distinct,
    Given,
    Route,
    SecondInjection,
    Setting,
    Vaccine,
    plan_administration,
)
from cleanclaim.errors import InvalidValue

DAY = date(2026, 3, 2)
MORNING = datetime.fromisoformat("2026-03-02 08:00")
OFFICE, FACILITY = Setting.OFFICE, Setting.FACILITY
INITIAL = {"96360", "96365", "96374", "96409", "96413"}
F, R = AdminFamily, Route
Lines = set[tuple[str, int, tuple[str, ...]]]


def infusion(
    drug: str, first: int | None, last: int | None, family: AdminFamily = F.THERAPEUTIC, **more: object
) -> Given:
    """An infusion from minute `first` to minute `last` of the morning."""
    return Given(drug, R.IV_INFUSION, family, _at(first), _at(last), **more)  # type: ignore[arg-type]


def push(drug: str, at: int | None = None, family: AdminFamily = F.THERAPEUTIC, **more: object) -> Given:
    return Given(drug, R.IV_PUSH, family, _at(at), _at(at), **more)  # type: ignore[arg-type]


def shot(drug: str, family: AdminFamily = F.THERAPEUTIC, route: Route = R.IM, **more: object) -> Given:
    return Given(drug, route, family, **more)  # type: ignore[arg-type]


def hydration(first: int | None, last: int | None, **more: object) -> Given:
    return infusion("J7030", first, last, F.HYDRATION, **more)


def vaccine(drug: str, kind: Vaccine, route: Route = R.IM, **more: object) -> Given:
    return shot(drug, F.VACCINE, route, vaccine=kind, **more)


def esketamine(*doses: str) -> list[Given]:
    return [Given("J0013", R.NASAL, F.ESKETAMINE, dose_mg=Decimal(dose)) for dose in doses]


def _at(minute: int | None) -> datetime | None:
    return None if minute is None else MORNING + timedelta(minutes=minute)


def plan(
    *given: Given, setting: Setting = OFFICE, procedures: tuple[str, ...] = (), **more: object
) -> AdministrationPlan:
    return plan_administration(given, Circumstances(setting, more.pop("on", DAY), **more), procedures)  # type: ignore[arg-type]


def codes(found: AdministrationPlan) -> dict[str, int]:
    """The units of each code, whatever the modifiers."""
    units: Counter[str] = Counter()
    for line in found.lines:
        units[line.code] += line.units
    return dict(units)


def lines(found: AdministrationPlan) -> Lines:
    return {(line.code, line.units, line.modifiers) for line in found.lines}


def warned(found: AdministrationPlan) -> set[str]:
    return {caution.rule.id for caution in found.warnings}


def left(found: AdministrationPlan) -> set[tuple[str, str]]:
    return {(each.what, each.rule.id) for each in found.not_billed}


# The examples of the rulebook, section 3 ---


@dataclass(frozen=True)
class Example:
    """What was given, and the administration lines that must come out: drug lines are others' work."""

    given: list[Given]
    expected: Lines
    setting: Setting = OFFICE
    payer: str = "commercial"
    procedures: tuple[str, ...] = ()
    left: set[tuple[str, str]] = field(default_factory=set)


PLAIN: tuple[str, ...] = ()
CHEMO = F.COMPLEX
EXAMPLES = {
    "TX-1": Example([infusion("J0696", 0, 10)], {("96374", 1, PLAIN)}),
    "TX-2": Example([infusion("J0696", 0, 31)], {("96365", 1, PLAIN)}),
    "TX-3": Example([infusion("J0696", 0, 90)], {("96365", 1, PLAIN)}),
    "TX-4": Example([infusion("J0696", 0, 91)], {("96365", 1, PLAIN), ("96366", 1, PLAIN)}),
    "TX-5": Example([infusion("J0696", 0, 165)], {("96365", 1, PLAIN), ("96366", 2, PLAIN)}),
    "TX-6": Example(
        [infusion("J9267", 0, 120, CHEMO), infusion("J9045", 120, 165, CHEMO), hydration(165, 225)],
        {("96413", 1, PLAIN), ("96415", 1, PLAIN), ("96417", 1, PLAIN), ("96361", 1, PLAIN)},
    ),
    "TX-7": Example([infusion("J1756", 0, 40, primary=True), push("J2405", 45)], {("96365", 1, PLAIN), ("96375", 1, PLAIN)}),
    "TX-8": Example(
        [push("J1885", 21), infusion("J0696", 0, 23)], {("96375", 1, PLAIN), ("96365", 1, PLAIN)}, FACILITY
    ),
    "TX-9": Example([push("J2270", 0), push("J2270", 20)], {("96374", 1, PLAIN)}, FACILITY, left={("J2270", "ADM-10")}),
    "TX-10": Example(
        [shot("J0178", CHEMO, R.INTRAVITREAL)], set(), payer="medicare_b", procedures=("67028",),
        left={("J0178", "administration.md section 1")},
    ),
    "TX-11": Example([shot("J1010")], {("96372", 1, PLAIN)}, procedures=("99213",)),
    "TX-12": Example(
        [shot("J1010", route=R.INTRA_ARTICULAR)], set(), procedures=("20610",),
        left={("J1010", "administration.md section 1")},
    ),
    "TX-13": Example([shot("J9041", CHEMO, R.SC)], {("96401", 1, PLAIN)}),
    "TX-14": Example(esketamine("84"), {("G2083", 1, ("KX",))}, payer="medicare_b", left={("J0013", "ADM-19")}),
    "TX-15": Example(esketamine("84"), set(), left={("J0013", "ADM-20")}),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_worked_example(name: str) -> None:
    example = EXAMPLES[name]
    found = plan(
        *example.given, setting=example.setting, payer_program=example.payer, procedures=example.procedures,
    )  # fmt: skip
    assert lines(found) == example.expected
    assert left(found) == example.left


def test_documented_minutes_are_split_over_the_lines() -> None:
    found = plan(*EXAMPLES["TX-6"].given)
    assert [(line.code, line.minutes) for line in found.lines] == [
        ("96413", 60),
        ("96415", 60),
        ("96417", 45),
        ("96361", 60),
    ]
    assert sum(line.minutes or 0 for line in plan(*EXAMPLES["TX-5"].given).lines) == 165


def test_what_nobody_confirmed_is_marked() -> None:
    found = plan(*EXAMPLES["TX-6"].given)
    confidence = {line.code: line.confidence for line in found.lines}
    assert confidence == {"96413": Confidence.SOURCE, "96415": "K", "96417": "K", "96361": "S"}
    (sequential,) = [line for line in found.lines if line.code == "96417"]
    assert {str(rule) for rule in sequential.rules} == {"ADM-08 [K]", "ADM-02 [S]", "ADM-17 [K]"}
    assert plan(push("J1"), push("J2")).lines[1].confidence is Confidence.SOURCE  # ADM-10 and its bases were read


def test_visit_beside_an_injection_needs_25() -> None:
    found = plan(shot("J1010"), procedures=("99213",))
    assert [(each.what, each.rule.id) for each in found.warnings] == [("99213", "ADM-15")]
    assert "25" in found.warnings[0].why


# Time (ADM-06, ADM-07, ADM-18) ---


@pytest.mark.parametrize(
    ("minutes", "therapeutic", "chemo"),
    [
        (0, {"96374": 1}, {"96409": 1}),
        (15, {"96374": 1}, {"96409": 1}),
        (16, {"96365": 1}, {"96413": 1}),
        (30, {"96365": 1}, {"96413": 1}),
        (90, {"96365": 1}, {"96413": 1}),
        (91, {"96365": 1, "96366": 1}, {"96413": 1, "96415": 1}),
        (150, {"96365": 1, "96366": 1}, {"96413": 1, "96415": 1}),
        (151, {"96365": 1, "96366": 2}, {"96413": 1, "96415": 2}),
        (1440, {"96365": 1, "96366": 23}, {"96413": 1, "96415": 23}),
    ],
)
@pytest.mark.parametrize("route", [R.IV, R.IV_INFUSION])
def test_minutes_decide(minutes: int, therapeutic: dict[str, int], chemo: dict[str, int], route: Route) -> None:
    bag = replace(infusion("J1", 0, minutes), route=route)
    assert codes(plan(bag)) == therapeutic
    assert codes(plan(replace(bag, family=CHEMO))) == chemo


@pytest.mark.parametrize(
    ("minutes", "alone", "beside"),
    [
        (30, {}, {"96365": 1}),
        (31, {"96360": 1}, {"96365": 1, "96361": 1}),
        (90, {"96360": 1}, {"96365": 1, "96361": 1}),
        (91, {"96360": 1, "96361": 1}, {"96365": 1, "96361": 2}),
        (150, {"96360": 1, "96361": 1}, {"96365": 1, "96361": 2}),
        (151, {"96360": 1, "96361": 2}, {"96365": 1, "96361": 3}),
    ],
)
def test_hydration_alone_and_beside_a_drug(minutes: int, alone: dict[str, int], beside: dict[str, int]) -> None:
    assert codes(plan(hydration(0, minutes))) == alone
    assert codes(plan(hydration(0, minutes), infusion("J1", minutes, minutes + 60), setting=FACILITY)) == beside


@pytest.mark.parametrize(("drug_until", "expected"), [(29, {"96361": 1}), (30, {})])
def test_hydration_counts_only_while_it_runs_alone(drug_until: int, expected: dict[str, int]) -> None:
    found = plan(hydration(0, 60), infusion("J1", 0, drug_until), setting=FACILITY)
    assert codes(found) == {"96365": 1, **expected}
    assert "ADM-11" in warned(found)
    assert (("J7030", "ADM-11") in left(found)) is not expected


def test_hydration_on_another_access_is_not_alone_either() -> None:
    found = plan(hydration(0, 60, access="left"), infusion("J1", 0, 60, access="right"), setting=FACILITY)
    assert codes(found) == {"96365": 1}


def test_hydration_in_pieces_is_summed_with_a_caution() -> None:
    found = plan(hydration(0, 60), infusion("J1", 20, 40), setting=FACILITY)
    assert codes(found) == {"96365": 1, "96361": 1}
    assert any("no stretch" in caution.why for caution in found.warnings)


def test_infusion_without_times_is_a_push_and_hydration_is_nothing() -> None:
    found = plan(infusion("J1", 0, None), hydration(None, None))
    assert lines(found) == {("96374", 1, PLAIN)}
    assert left(found) == {("J7030", "ADM-18")}
    assert [(each.what, str(each.rule)) for each in found.warnings] == [("J1", "ADM-18 [K]"), ("J7030", "ADM-18 [K]")]


def test_fluid_that_carries_a_drug_is_part_of_it() -> None:
    found = plan(infusion("J1", 0, 40, bag="A"), hydration(0, 40, bag="A"))
    assert [(line.code, line.drugs) for line in found.lines] == [("96365", ("J1",))]


# Which is initial (ADM-03, ADM-04), one for each access and encounter (ADM-05, ADM-21) ---

HIERARCHY = [
    ("96413", infusion("A1", 300, 360, CHEMO)),
    ("96409", push("A2", 250, CHEMO)),
    ("96365", infusion("A3", 180, 240)),
    ("96374", push("A4", 120)),
    ("96360", hydration(0, 60)),
]


@pytest.mark.parametrize("place", range(5))
def test_facility_hierarchy(place: int) -> None:
    found = plan(*(given for _, given in HIERARCHY[place:]), setting=FACILITY)
    assert [line.code for line in found.lines if line.code in INITIAL] == [HIERARCHY[place][0]]
    assert sum(line.units for line in found.lines) == 5 - place


def test_office_takes_the_main_reason_whatever_the_order() -> None:
    given = [infusion("J1", 0, 40), push("J2", 50, primary=True)]
    assert codes(plan(*given)) == {"96374": 1, "96367": 1}
    assert codes(plan(*given, setting=FACILITY)) == {"96365": 1, "96375": 1}
    assert "ADM-03" in {rule.id for rule in plan(*given).lines[0].rules}


def test_office_without_a_main_reason_says_so() -> None:
    found = plan(infusion("J1", 0, 40), push("J2", 50))
    assert codes(found) == {"96365": 1, "96375": 1}
    assert warned(found) == {"ADM-03"}
    assert not plan(push("J1", 0), push("J2", 50)).warnings  # the code is the same, whichever is initial


def test_main_reason_whose_code_is_no_base_gives_way() -> None:
    """96417 and 96411 stand beside chemotherapy only (ADM-17): the rulebook leaves such an office visit open."""
    found = plan(infusion("J1", 0, 40, primary=True), infusion("J9", 60, 120, CHEMO))
    assert codes(found) == {"96413": 1, "96367": 1}
    assert "ADM-17" in warned(found)
    assert codes(plan(push("J9", 0, CHEMO, primary=True), infusion("J8", 10, 70, CHEMO))) == {"96413": 1, "96411": 1}
    assert codes(plan(hydration(0, 60, primary=True), push("J2", 70))) == {"96374": 1, "96361": 1}


@pytest.mark.parametrize(
    ("more", "modifier"),
    [
        ({}, "XS"),
        ({"on": date(2015, 1, 1)}, "XS"),
        ({"on": date(2014, 12, 31)}, "59"),
        ({"distinct": Distinct.FIFTY_NINE}, "59"),
    ],
)
def test_second_access_has_a_second_initial(more: dict[str, object], modifier: str) -> None:
    found = plan(
        infusion("J1", 0, 100, access="left"), infusion("J2", 0, 100, access="right"), setting=FACILITY, **more
    )
    assert lines(found) == {
        ("96365", 1, PLAIN), ("96366", 1, PLAIN), ("96365", 1, (modifier,)), ("96366", 1, (modifier,)),
    }  # fmt: skip
    assert ("96365", "ADM-05") in {(each.what, each.rule.id) for each in found.warnings}


def test_second_initial_of_another_code_is_marked_too() -> None:
    found = plan(push("J1", 0, access="a"), infusion("J2", 0, 60, access="b"), setting=FACILITY)
    assert lines(found) == {("96365", 1, PLAIN), ("96374", 1, ("XS",))}


def test_second_encounter_has_its_own_initial() -> None:
    found = plan(
        infusion("J1", 0, 60), infusion("J1", 400, 460, encounter=2), push("J2", 470, encounter=2), setting=FACILITY
    )
    assert lines(found) == {("96365", 1, PLAIN), ("96365", 1, ("XE",)), ("96375", 1, PLAIN)}
    assert "ADM-21" in warned(found)


def test_access_that_is_not_told_is_the_one_that_is() -> None:
    assert lines(plan(infusion("J1", 0, 60, access="left"), push("J2", 70, primary=False), setting=FACILITY)) == {
        ("96365", 1, PLAIN), ("96375", 1, PLAIN),
    }  # fmt: skip
    many = plan(push("J1", 0, access="a"), push("J2", 0, access="b"), push("J3", 0), setting=FACILITY)
    assert codes(many) == {"96374": 2, "96375": 1}
    assert ("J3", "ADM-05") in {(each.what, each.rule.id) for each in many.warnings}


# After one another, at the same time, again (ADM-08 to ADM-10) ---


def test_bags_of_one_drug_are_one_infusion() -> None:
    assert codes(plan(infusion("J1", 0, 60), infusion("J1", 60, 120))) == {"96365": 1, "96366": 1}
    assert codes(plan(infusion("J1", 0, 10), infusion("J1", 30, 36))) == {"96365": 1}
    assert codes(plan(infusion("J1", 0, 10), infusion("J1", 30, 35))) == {"96374": 1}


def test_mixed_bag_is_one_infusion() -> None:
    found = plan(infusion("J2", 0, 60, bag="A"), infusion("J1", 0, 60, bag="A"))
    assert [(line.code, line.units, line.drugs) for line in found.lines] == [("96365", 1, ("J1", "J2"))]


@pytest.mark.parametrize(("minutes", "code"), [(15, "96375"), (16, "96367")])
def test_sequential_needs_sixteen_minutes(minutes: int, code: str) -> None:
    assert codes(plan(infusion("J1", 0, 60), infusion("J2", 60, 60 + minutes), setting=FACILITY)) == {
        "96365": 1,
        code: 1,
    }


def test_sequential_infusions_have_hours_of_their_own() -> None:
    found = plan(infusion("J1", 0, 100), infusion("J2", 100, 260), infusion("J3", 300, 340), setting=FACILITY)
    assert codes(found) == {"96365": 1, "96366": 3, "96367": 2}


@pytest.mark.parametrize(
    ("first", "last", "code", "caution"),
    [
        (44, 60, "96368", False),  # 16 min together
        (45, 61, "96368", True),  # 15 together, 1 alone
        (45, 75, "96368", True),  # 15 together, 15 alone
        (45, 76, "96367", True),  # 15 together, 16 alone
        (60, 76, "96367", False),
        (44, 75, "96368", False),  # 16 together, 15 alone
        (44, 76, "96368", True),  # 16 and 16
    ],
)
def test_at_the_same_time_or_after(first: int, last: int, code: str, caution: bool) -> None:
    found = plan(infusion("J1", 0, 60), infusion("J2", first, last), setting=FACILITY)
    assert codes(found) == {"96365": 1, code: 1}
    assert ("ADM-09" in warned(found)) is caution


def test_concurrent_once_per_encounter_and_only_on_one_line() -> None:
    three = [infusion("J1", 0, 60), infusion("J2", 0, 60), infusion("J3", 0, 60)]
    found = plan(*three, setting=FACILITY)
    assert codes(found) == {"96365": 1, "96368": 1}
    assert left(found) == {("J3", "ADM-09")}
    apart = [replace(given, access=name) for given, name in zip(three, "aab", strict=True)]
    assert codes(plan(*apart, setting=FACILITY)) == {"96365": 2, "96368": 1}


def test_chemotherapy_at_the_same_time_is_unlisted_but_a_drug_beside_it_is_not() -> None:
    both = plan(infusion("J9", 0, 60, CHEMO), infusion("J8", 0, 60, CHEMO))
    assert codes(both) == {"96413": 1, "96549": 1}
    assert warned(both) == {"ADM-09"}
    assert codes(plan(infusion("J9", 0, 60, CHEMO, primary=True), infusion("J1", 0, 60))) == {"96413": 1, "96368": 1}


def test_add_on_without_a_base_is_left_out_and_told() -> None:
    found = plan(push("J9", 0, CHEMO), infusion("J1", 10, 70), infusion("J2", 10, 70), setting=FACILITY)
    assert codes(found) == {"96409": 1, "96367": 1}
    assert ("J2", "ADM-17") in left(found)
    assert "ADM-17" in warned(found)


@pytest.mark.parametrize(
    ("setting", "minutes", "repeated"), [(FACILITY, 30, 0), (FACILITY, 31, 1), (OFFICE, 31, 0), (OFFICE, 300, 0)]
)
def test_same_drug_again(setting: Setting, minutes: int, repeated: int) -> None:
    found = plan(push("J1", 0), push("J1", minutes), setting=setting)
    assert codes(found) == {"96374": 1, **({"96376": 1} if repeated else {})}
    assert (("J1", "ADM-10") in left(found)) is not bool(repeated)


def test_same_drug_again_counts_from_the_last_that_was_billed() -> None:
    assert codes(plan(push("J1", 0), push("J1", 20), push("J1", 40), push("J1", 60), setting=FACILITY)) == {
        "96374": 1, "96376": 1,
    }  # fmt: skip


def test_same_drug_again_on_another_access_is_no_second_initial() -> None:
    found = plan(push("J1", 0, access="a"), push("J1", 40, access="b"), setting=FACILITY)
    assert lines(found) == {("96374", 1, PLAIN), ("96376", 1, PLAIN)}


def test_push_of_the_drug_that_is_infused_is_no_new_drug() -> None:
    found = plan(push("J1", 0), infusion("J1", 5, 65), setting=FACILITY)
    assert codes(found) == {"96365": 1}
    assert left(found) == {("J1", "ADM-10")}
    assert codes(plan(infusion("J1", 0, 60), push("J1", 70), setting=FACILITY)) == {"96365": 1, "96376": 1}


def test_same_drug_again_without_times_is_told() -> None:
    found = plan(push("J1"), push("J1"), setting=FACILITY)
    assert codes(found) == {"96374": 1}
    assert "ADM-10" in warned(found)


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
def test_counselling_up_to_eighteen(age: int | None, expected: dict[str, int]) -> None:
    given = [
        vaccine("90700", Vaccine.OTHER, counselled_components=3),
        vaccine("90713", Vaccine.OTHER, counselled_components=1),
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
    unknown = plan(Given("J0013", R.NASAL, F.ESKETAMINE), payer_program="medicare_b")
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
def test_rare_ways_in_point_to_the_licensed_book(given: Given, expected: dict[str, int]) -> None:
    found = plan(given)
    assert codes(found) == expected
    assert found.warnings
    assert all(line.confidence is Confidence.KNOWLEDGE for line in found.lines)
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
        ({"sites": 0}, "sites"),
        ({"syringes": -1}, "syringes"),
        ({"encounter": 0}, "encounter"),
        ({"pump_setups": 0}, "pump_setups"),
        ({"counselled_components": -1}, "counselled_components"),
        ({"dose_mg": Decimal(-1)}, "dose_mg"),
        ({"dose_mg": Decimal(0)}, "dose_mg"),
        ({"dose_mg": Decimal("NaN")}, "dose_mg"),
    ],
)
def test_impossible_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        replace(shot("J1"), **fields)  # type: ignore[arg-type]


def test_negative_age_is_refused() -> None:
    with pytest.raises(InvalidValue, match="age_years"):
        Circumstances(OFFICE, DAY, age_years=-1)


def test_nothing_given_is_an_empty_plan() -> None:
    assert plan() == AdministrationPlan()


# What always holds ---

MINUTES = st.integers(0, 1_000)
ANY_GIVEN = st.builds(
    lambda first, length, start, stop, **more: Given(
        start=_at(first) if start else None, stop=_at(first + length) if stop else None, **more
    ),
    first=MINUTES,
    length=st.integers(0, 600),
    start=st.booleans(),
    stop=st.booleans(),
    drug=st.sampled_from(["J1", "J2", "J3", "J4"]),
    route=st.sampled_from(Route) | st.sampled_from([R.IV, R.IV_PUSH, R.IV_INFUSION]),
    family=st.sampled_from(AdminFamily) | st.sampled_from([F.THERAPEUTIC, F.COMPLEX, F.HYDRATION]),
    access=st.sampled_from([None, "left", "right"]),
    primary=st.sampled_from([None, True, False]),
    encounter=st.sampled_from([1, 1, 2]),
    bag=st.sampled_from([None, None, "A", "B"]),
    syringes=st.integers(1, 3),
    sites=st.integers(1, 9),
    pump_setups=st.integers(1, 2),
    device=st.none() | st.sampled_from(Device),
    vaccine=st.sampled_from(Vaccine),
    counselled_components=st.integers(0, 3),
    dose_mg=st.none() | st.decimals("0.1", 200, places=1),
)
ANY_DAY = st.lists(ANY_GIVEN, max_size=7)
CIRCUMSTANCES = st.builds(
    Circumstances,
    setting=st.sampled_from(Setting),
    service_date=st.dates(date(2004, 1, 1), date(2027, 1, 1)),
    payer_program=st.sampled_from([None, "medicare_b", "medicare_advantage", "commercial"]),
    place_of_service=st.sampled_from([None, "11", "12", "22", "24"]),
    bill_type=st.sampled_from([None, "0131", "0111", "0121"]),
    age_years=st.none() | st.integers(0, 90),
    established_patient=st.none() | st.booleans(),
    second_injection=st.sampled_from(SecondInjection),
    distinct=st.sampled_from(Distinct),
)
PROCEDURES = st.lists(
    st.sampled_from(
        ["67028", "20610", "20552", "62322", "64615", "64612", "99211", "99213", "36000", "96523", "G0463"]
    ),
    max_size=3,
)
VEIN_GIVEN = st.lists(
    st.builds(
        replace,
        ANY_GIVEN,
        device=st.none(),
        route=st.sampled_from([R.IV, R.IV_PUSH, R.IV_INFUSION]),
        family=st.sampled_from([F.THERAPEUTIC, F.COMPLEX, F.HYDRATION]),
    ),
    min_size=1,
    max_size=6,
)


@holds_for(ANY_DAY, CIRCUMSTANCES, PROCEDURES, st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_any_day_has_a_plan_whatever_the_order(
    given: list[Given], circumstances: Circumstances, procedures: list[str], random: object
) -> None:
    found = plan_administration(given, circumstances, procedures)
    shuffled, others = list(given), list(procedures)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    random.shuffle(others)  # type: ignore[attr-defined]
    assert plan_administration(shuffled, circumstances, others) == found
    told = {drug for line in found.lines for drug in line.drugs} | {
        drug for each in found.not_billed for drug in each.what.split(" + ")
    }
    if not any(
        each.rule.id in {"ADM-14", "administration.md section 5", "administration.md section 1"}
        for each in found.not_billed
    ):
        assert {each.drug for each in given if each.bag is None} <= told  # nothing given is lost in silence
    for line in found.lines:
        assert line.units >= 1
        assert line.rules
        assert line.why
    assert len({(line.encounter, line.access, line.code, line.modifiers) for line in found.lines}) == len(found.lines)


@holds_for(VEIN_GIVEN)
@settings(max_examples=300)
def test_facility_has_one_initial_for_each_access_and_encounter(given: list[Given]) -> None:
    found = plan(*given, setting=FACILITY)
    places = {(line.encounter, line.access) for line in found.lines}
    initials = Counter((line.encounter, line.access) for line in found.lines if line.code in INITIAL)
    assert initials == dict.fromkeys(places, 1)
    assert sum(line.units for line in found.lines if line.code in INITIAL) == len(places)
    unmarked = [line for line in found.lines if line.code in INITIAL and not line.modifiers]
    assert len(unmarked) == (1 if places else 0)


@holds_for(VEIN_GIVEN, st.sampled_from(Setting))
@settings(max_examples=300)
def test_add_on_stands_beside_a_base(given: list[Given], setting: Setting) -> None:
    found = plan(*given, setting=setting)
    for line in found.lines:
        if line.code in ADD_ON_BASES:
            beside = {
                other.code for other in found.lines if (other.encounter, other.access) == (line.encounter, line.access)
            }
            assert beside & ADD_ON_BASES[line.code]
            assert "ADM-17" in {rule.id for rule in line.rules}


@holds_for(ANY_DAY, CIRCUMSTANCES)
@settings(max_examples=300)
def test_minutes_of_the_lines_stay_within_those_documented(given: list[Given], circumstances: Circumstances) -> None:
    found = plan_administration(given, circumstances)
    assert sum(line.minutes or 0 for line in found.lines) <= sum(each.minutes or 0 for each in given)
    assert all(line.minutes is None or line.minutes >= 0 for line in found.lines)


@holds_for(VEIN_GIVEN)
def test_office_never_bills_what_only_facilities_do(given: list[Given]) -> None:
    assert "96376" not in codes(plan(*given))
