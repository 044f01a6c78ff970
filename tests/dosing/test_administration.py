"""The administration codes of the rulebook: its examples TX-1 to TX-15, time, the initial service, add-ons."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from cleanclaim.dosing import Device, Distinct, DrugEvent, Route, Setting
from cleanclaim.values.confidence import Confidence
from tests.dosing.givings import (
    CHEMO,
    FACILITY,
    INITIAL,
    OFFICE,
    PLAIN,
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
    warned,
)

# The examples of the rulebook, section 3 ---


@dataclass(frozen=True)
class Example:
    """What was given, and the administration lines that must come out: drug lines are others' work."""

    given: list[DrugEvent]
    expected: Lines
    setting: Setting = OFFICE
    payer: str = "commercial"
    procedures: tuple[str, ...] = ()
    left: set[tuple[str, str]] = field(default_factory=set)


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
    assert confidence == {"96413": Confidence.S, "96415": "K", "96417": "K", "96361": "S"}
    (sequential,) = [line for line in found.lines if line.code == "96417"]
    assert {str(rule) for rule in sequential.rules} == {"ADM-08 [K]", "ADM-02 [S]", "ADM-17 [K]"}
    assert plan(push("J1"), push("J2")).lines[1].confidence is Confidence.S  # ADM-10 and its bases were read


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ([infusion("J1", None, None)], "ADM-18 [K]"),
        ([replace(push("J1"), route=R.IV)], "ADM-18 [K]"),
        ([infusion("J1", 0, 60, bag="A"), infusion("J2", 0, 60, bag="A")], "ADM-08 [K]"),
        ([infusion("J1", 0, 60), infusion("J1", 60, 90)], "ADM-08 [K]"),
        ([replace(infusion("J1", 0, 16), route=R.IV_PUSH)], "ADM-06 [K]"),
        ([infusion("J1", 0, 40), push("J2", 50)], "ADM-03 [K]"),  # the main reason is not told
        (
            [infusion("J1", 0, 40), infusion("J9", 50, 90, CHEMO, primary=False), push("J3", 95, primary=True)],
            "ADM-17 [K]",
        ),
        ([hydration(0, 30), hydration(60, 90)], "ADM-11 [K]"),
    ],
)
def test_initial_service_by_an_unconfirmed_rule_is_marked(given: list[DrugEvent], rule: str) -> None:
    found = plan(*given)
    assert rule in {str(each) for each in found.lines[0].rules}
    assert found.lines[0].confidence is Confidence.K


def test_line_has_the_cautions_of_its_code_and_drugs() -> None:
    found = plan(infusion("J1", None, None), shot("J2", syringes=2), hydration(None, None))
    told = {line.code: [caution.rule.id for caution in found.warnings_on(line)] for line in found.lines}
    assert told == {"96374": ["ADM-18"], "96372": ["ADM-13"]}
    assert len(found.warnings) == 3


@pytest.mark.parametrize("setting", Setting)
def test_plain_infusion_rests_on_what_was_read(setting: Setting) -> None:
    (line,) = plan(infusion("J1", 0, 60), setting=setting).lines
    assert line.confidence is Confidence.S
    assert [str(rule) for rule in line.rules] == [
        "ADM-04 [S]" if setting is FACILITY else "ADM-03 [S]", "ADM-05 [S]", "ADM-06 [S]",
    ]  # fmt: skip


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


def test_one_long_stretch_of_hydration_needs_no_caution() -> None:
    found = plan(hydration(0, 31), hydration(60, 70))
    assert codes(found) == {"96360": 1}
    assert not found.warnings


def test_infusion_without_times_is_a_push_and_hydration_is_nothing() -> None:
    found = plan(infusion("J1", 0, None), hydration(None, None))
    assert lines(found) == {("96374", 1, PLAIN)}
    assert left(found) == {("J7030", "ADM-18")}
    assert [(each.what, str(each.rule)) for each in found.warnings] == [("J1", "ADM-18 [K]"), ("J7030", "ADM-18 [K]")]


def test_fluid_that_carries_a_drug_is_part_of_it() -> None:
    found = plan(infusion("J1", 0, 40, bag="A"), hydration(0, 40, bag="A"))
    assert [(line.code, line.drugs) for line in found.lines] == [("96365", ("J1",))]
    assert left(found) == {("J7030", "ADM-11")}


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


def test_access_of_the_main_reason_comes_first_in_the_office() -> None:
    given = [infusion("J1", 0, 60, access="a"), push("J2", 0, access="b", primary=True)]
    assert lines(plan(*given)) == {("96374", 1, PLAIN), ("96365", 1, ("XS",))}
    assert lines(plan(*given, setting=FACILITY)) == {("96365", 1, PLAIN), ("96374", 1, ("XS",))}


def test_chemotherapy_day_with_a_pump_for_home() -> None:
    """Two drugs at the same time, a push, then the pump: the rulebook leaves open whether the pump needs 59."""
    found = plan(
        infusion("J9263", 0, 120, CHEMO, primary=True), infusion("J0640", 0, 120), push("J9190", 125, CHEMO),
        infusion("J9190", 130, 130 + 46 * 60, CHEMO, device=Device.PORTABLE_PUMP),
    )  # fmt: skip
    assert codes(found) == {"96413": 1, "96415": 1, "96368": 1, "96411": 1, "96416": 1}
    assert [(each.what, str(each.rule)) for each in found.warnings] == [("96416", "ADM-17 [K]")]


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


def test_concurrent_once_though_each_access_has_one() -> None:
    left_arm = [infusion("J1", 0, 60, access="left"), infusion("J2", 0, 60, access="left")]
    right_arm = [infusion("J3", 0, 60, access="right"), infusion("J4", 0, 60, access="right")]
    found = plan(*left_arm, *right_arm, setting=FACILITY)
    assert codes(found) == {"96365": 2, "96368": 1}
    assert left(found) == {("J4", "ADM-09")}


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
