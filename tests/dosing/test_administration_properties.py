"""What holds for the administration plan of any day."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import given as holds_for
from hypothesis import settings
from hypothesis import strategies as st

from cleanclaim.dosing import (
    ADD_ON_BASES,
    AdminFamily,
    Circumstances,
    Device,
    Distinct,
    DrugEvent,
    Route,
    SecondInjection,
    Setting,
    Vaccine,
    plan_administration,
)
from tests.dosing.givings import FACILITY, INITIAL, F, R, at, codes, plan

MINUTES = st.integers(0, 1_000)
ANY_GIVEN = st.builds(
    lambda first, length, start, stop, **more: DrugEvent(
        start=at(first) if start else None, stop=at(first + length) if stop else None, **more
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
    counseled_components=st.integers(0, 3),
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
    given: list[DrugEvent], circumstances: Circumstances, procedures: list[str], random: object
) -> None:
    found = plan_administration(given, circumstances, procedures)
    shuffled, others = list(given), list(procedures)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    random.shuffle(others)  # type: ignore[attr-defined]
    assert plan_administration(shuffled, circumstances, others) == found
    for line in found.lines:
        assert line.units >= 1
        assert line.rules
        assert line.why
    assert len({(line.encounter, line.access, line.code, line.modifiers) for line in found.lines}) == len(found.lines)


@holds_for(ANY_DAY, st.sampled_from(Setting), st.sampled_from([None, "medicare_b"]), PROCEDURES)
@settings(max_examples=300)
def test_nothing_given_is_lost_in_silence(
    given: list[DrugEvent], setting: Setting, payer: str | None, procedures: list[str]
) -> None:
    found = plan(*given, setting=setting, payer_program=payer, procedures=tuple(procedures))
    told = {drug for line in found.lines for drug in line.drugs}
    told |= {drug for each in found.not_billed for drug in each.what.split(" + ")}
    assert {each.drug for each in given} <= told


@holds_for(VEIN_GIVEN)
@settings(max_examples=300)
def test_facility_has_one_initial_for_each_access_and_encounter(given: list[DrugEvent]) -> None:
    found = plan(*given, setting=FACILITY)
    places = {(line.encounter, line.access) for line in found.lines}
    initials = Counter((line.encounter, line.access) for line in found.lines if line.code in INITIAL)
    assert initials == dict.fromkeys(places, 1)
    assert sum(line.units for line in found.lines if line.code in INITIAL) == len(places)
    unmarked = [line for line in found.lines if line.code in INITIAL and not line.modifiers]
    assert len(unmarked) == (1 if places else 0)


@holds_for(VEIN_GIVEN, st.sampled_from(Setting))
@settings(max_examples=300)
def test_add_on_stands_beside_a_base(given: list[DrugEvent], setting: Setting) -> None:
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
def test_minutes_of_the_lines_stay_within_those_documented(
    given: list[DrugEvent], circumstances: Circumstances
) -> None:
    found = plan_administration(given, circumstances)
    assert sum(line.minutes or 0 for line in found.lines) <= sum(each.minutes or 0 for each in given)
    assert all(line.minutes is None or line.minutes >= 0 for line in found.lines)


@holds_for(VEIN_GIVEN)
def test_office_never_bills_what_only_facilities_do(given: list[DrugEvent]) -> None:
    assert "96376" not in codes(plan(*given))
