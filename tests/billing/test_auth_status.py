"""Authorizations on a day: what is left, what is about to run out, which planned dose none covers and why."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from cleanclaim.billing.auth_status import PlannedDose, State, auth_status
from cleanclaim.billing.authorizations import Authorization
from cleanclaim.cli.commands import app

DAY = date(2025, 11, 3)


def authorization(**more: Any) -> Authorization:
    said = {
        "number": "A1",
        "hcpcs_codes": ("J1745",),
        "units": 100,
        "first_day": date(2025, 11, 1),
        "last_day": date(2026, 10, 31),
    }
    return Authorization(**said | more)  # type: ignore[arg-type]


def dose(days: int, units: int = 40, code: str = "J1745", **more: Any) -> PlannedDose:
    return PlannedDose(DAY + timedelta(days=days), code, units, **more)


@pytest.mark.parametrize(
    ("more", "state", "days", "units"),
    [
        ({}, State.OPEN, 363, 100),
        ({"used_so_far": 100}, State.USED_UP, 363, 0),
        ({"used_so_far": 400}, State.USED_UP, 363, 0),
        ({"last_day": date(2025, 11, 2)}, State.ENDED, 0, 100),
        ({"last_day": DAY}, State.OPEN, 1, 100),
        ({"first_day": date(2025, 11, 4)}, State.NOT_STARTED, 362, 100),
        ({"units": None, "visits": 2, "visits_so_far": 2}, State.USED_UP, 363, None),
    ],
)
def test_where_one_stands(more: dict[str, Any], state: State, days: int, units: int | None) -> None:
    (one,) = auth_status([authorization(**more)], [], DAY).authorizations
    assert (one.state, one.days_left, one.units_left) == (state, days, units)


@pytest.mark.parametrize(
    ("more", "doses", "words"),
    [
        ({}, [dose(1)], []),
        ({"last_day": date(2025, 12, 2)}, [], ["it ends on 2025-12-02, in 29 days"]),
        ({"last_day": date(2025, 12, 3)}, [], []),
        ({}, [dose(1), dose(15), dose(43)], ["100 units are left, 120 are planned until 2026-10-31"]),
        ({}, [dose(1), dose(15), dose(400)], []),
        ({"visits": 1}, [dose(1), dose(15)], ["1 visit is left, 2 are planned until 2026-10-31"]),
        ({}, [dose(1, 400, "J9271")], []),
        ({"last_day": date(2025, 11, 1)}, [dose(1)], []),  # it has run out
    ],
)
def test_what_is_about_to_run_out(more: dict[str, Any], doses: list[PlannedDose], words: list[str]) -> None:
    (one,) = auth_status([authorization(**more)], doses, DAY).authorizations
    assert list(one.running_out) == words


@pytest.mark.parametrize(
    ("planned", "words"),
    [
        (dose(1, code="J9271"), "is for J1745, not for J9271"),
        (dose(400), "ended on 2026-10-31"),
        (dose(1, 101), "has 100 of 101 units left"),
        (dose(1, place_of_service="22"), "is for place of service 11, not 22"),
        (dose(1, rendering_npi="1200000010"), "is for another rendering provider"),
    ],
)
def test_why_a_dose_is_not_covered(planned: PlannedDose, words: str) -> None:
    one = authorization(places_of_service=("11",), rendering_npis=("1200000002",))
    told = auth_status([one], [planned], DAY)
    (only,) = told.doses
    assert only.taken.number is None
    assert words in (only.taken.why or "")
    assert "1200000010" not in (only.taken.why or "")
    assert not told.is_clear


def test_doses_of_the_past_are_no_longer_planned() -> None:
    told = auth_status([authorization()], [dose(-1), dose(0), dose(5)], DAY)
    assert [one.planned.service_date for one in told.doses] == [DAY, DAY + timedelta(days=5)]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 60)), max_size=8), st.randoms())
def test_no_more_is_covered_than_there_is_and_order_does_not_matter(doses: list[tuple[int, int]], chance: Any) -> None:
    planned = [dose(days, units, id=str(number)) for number, (days, units) in enumerate(doses)]
    shuffled = list(planned)
    chance.shuffle(shuffled)
    one, two = (auth_status([authorization()], some, DAY) for some in (planned, shuffled))
    assert one == two
    covered = [each.planned for each in one.doses if each.taken.number]
    assert sum(each.units for each in covered) <= 100
    assert all(each.service_date <= date(2026, 10, 31) for each in covered)


def test_the_command(tmp_path: Path) -> None:
    file, planned = tmp_path / "auths.jsonl", tmp_path / "planned.jsonl"
    file.write_text(
        json.dumps(
            {"number": "A1", "hcpcs_codes": ["J1745"], "units": 60, "first_day": "2025-11-01", "last_day": "2026-10-31"}
        )
        + "\n"
    )
    rows = [
        {"id": name, "service_date": day, "hcpcs_code": "J1745", "units": 40}
        for name, day in (("d1", "2025-11-10"), ("d2", "2025-12-08"))
    ]
    planned.write_text("".join(json.dumps(row) + "\n" for row in rows))
    options = ["auth", "status", str(file), "--planned", str(planned), "--on", "2025-11-03"]
    told = CliRunner().invoke(app, options)
    assert told.exit_code == 1
    assert told.output == (
        "A1  J1745  open; left: 363 days, 60 units\n"
        "  about to run out: 60 units are left, 80 are planned until 2026-10-31\n"
        "d1  2025-11-10  J1745 x40  A1\n"
        "d2  2025-12-08  J1745 x40  NOT COVERED: A1 has 20 of 40 units left\n"
        "as of 2025-11-03: 2 planned doses, 1 not covered\n"
    )
    shape = json.loads(CliRunner().invoke(app, [*options, "--format", "json"]).output)
    assert [one["taken"]["number"] for one in shape["doses"]] == ["A1", None]
    assert CliRunner().invoke(app, ["auth", "status", str(file), "--on", "2025-11-03"]).exit_code == 0


def test_a_bad_row_is_named(tmp_path: Path) -> None:
    file = tmp_path / "auths.jsonl"
    file.write_text('{"number": "A1"}\n')
    told = CliRunner().invoke(app, ["auth", "status", str(file)])
    assert f"{file}, line 1: Object missing required field `hcpcs_codes`" in str(told.exception)
