"""What a new quarter changes for claims: every kind of change, what is unknown, and the sums told over again."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.app.change_result import ClaimChanges, CodeChanges
from cleanclaim.app.changes import changes_for
from cleanclaim.errors import InvalidValue, LibraryError, UnreadableInput
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.code_changes import ONE_LIST, ChangeKind, Side
from cleanclaim.reference.codes.code_day import State
from tests.app.test_checker import EXAMPLES, claim, write
from tests.app.two_quarters import LABELER_NDC, LIMITS, line, two_quarters

pytestmark = pytest.mark.slow

CENT = Decimal("0.01")
UNITS = {
    "J9271": 200, "J1745": 41, "J0585": 155, "J3490": 1, "J1885": 4, "J2405": 8, "J2796": 25, "J2001": 10,
    "J1170": 1, "Q0138": 51, "Q0139": 510, "J3300": 40, "J0013": 56, "J0897": 60, "J7777": 3,
}  # fmt: skip


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return two_quarters(tmp_path, monkeypatch)


@pytest.fixture
def every_code(tmp_path: Path, library: Path) -> ClaimChanges:
    lines = [line(code, units) for code, units in UNITS.items()]
    return changes_for([write(tmp_path, claim(lines=lines))], reference=library)


def ask(
    library: Path, tmp_path: Path, *lines: dict[str, Any], old: str = "", new: str = "", **more: Any
) -> ClaimChanges:
    return changes_for([write(tmp_path, claim(lines=list(lines), **more))], old=old, new=new, reference=library)


def of(result: ClaimChanges, code: str) -> CodeChanges:
    (found,) = (one for one in result.codes if one.code == code)
    return found


def kinds(result: ClaimChanges) -> dict[str, list[str]]:
    return {one.code: [str(change.kind) for change in one.changes] for one in result.codes}


def test_the_days_are_the_last_quarter_of_the_claims_and_the_newest_that_is_covered(every_code: ClaimChanges) -> None:
    assert (every_code.old.asked, str(every_code.old.day)) == ("2025-Q3", "2025-09-30")
    assert (every_code.new.asked, str(every_code.new.day)) == ("2025-12-31", "2025-12-31")
    assert every_code.question == "if these same services of 2025-Q3 were given on 2025-12-31"
    assert not every_code.backwards


def test_every_kind_of_change(every_code: ClaimChanges) -> None:
    assert kinds(every_code) == {
        "J0013": ["started"], "J0585": ["mue"], "J0897": ["limit_disappeared", "opps_status"],
        "J1170": ["ended"], "J1745": ["limit_down", "mue"], "J1885": ["limit_appeared", "mue"],
        "J2001": ["ended"], "J2405": ["limit_disappeared"], "J2796": ["ended"],
        "J3300": ["unit", "descriptor", "limit_of_another_unit"], "J3490": [], "J7777": ["not_in_force"],
        "J9271": ["limit_up", "mue", "opps_status"], "Q0138": ["unit", "descriptor", "limit_up"],
        "Q0139": ["descriptor"],
    }  # fmt: skip


def test_the_other_way_round_every_change_is_turned(tmp_path: Path, library: Path, every_code: ClaimChanges) -> None:
    back = ask(library, tmp_path, *(line(code, units) for code, units in UNITS.items()), old="2025-Q4", new="2025-Q3")
    assert back.backwards
    assert (str(back.old.day), str(back.new.day)) == ("2025-10-01", "2025-09-30")
    turned = {
        "started": "not_yet_in_force", "ended": "started", "limit_up": "limit_down", "limit_down": "limit_up",
        "limit_appeared": "limit_disappeared", "limit_disappeared": "limit_appeared",
    }  # fmt: skip
    assert kinds(back) == {code: [turned.get(kind, kind) for kind in was] for code, was in kinds(every_code).items()}
    for one in every_code.codes:
        if one.money and not one.money.successor and one.code != "Q0138":
            there, here = one.money, of(back, one.code).money
            assert here is not None
            assert (here.old, here.new, here.difference) == (there.new, there.old, -there.difference)


def test_the_sums_told_over_again(every_code: ClaimChanges) -> None:
    # By hand from the made-up files: J2796 by J2802, 10 units for 1; Q0138 has a tenth of its unit.
    factor, priced_by = {"J2796": 10, "Q0138": 10}, {"J2796": "J2802"}
    before, after, up, down = Decimal(), Decimal(), Decimal(), Decimal()
    for code in ("J9271", "J1745", "J0585", "Q0138", "Q0139", "J2796"):
        old = (UNITS[code] * Decimal(LIMITS[code][0] or "")).quantize(CENT, ROUND_HALF_UP)
        price = Decimal(LIMITS[priced_by.get(code, code)][1] or "")
        new = (UNITS[code] * factor.get(code, 1) * price).quantize(CENT, ROUND_HALF_UP)
        before, after = before + old, after + new
        up, down = up + max(new - old, Decimal()), down + min(new - old, Decimal())
        money = of(every_code, code).money
        assert money is not None, code
        assert (money.old, money.new, money.difference) == (old, new, new - old), code
    total = every_code.money
    assert (total.lines, total.old, total.new) == (6, before, after)
    assert (total.up, total.down, total.net) == (up, down, after - before)
    assert (total.up, total.down, total.net) == (Decimal("564.95"), Decimal("-64.95"), Decimal("500.00"))


def test_limits_in_three_decimals_difference_and_percent(every_code: ClaimChanges) -> None:
    (up,) = (change for change in of(every_code, "J9271").changes if change.kind is ChangeKind.LIMIT_UP)
    assert (up.old, up.new, up.difference, up.percent) == ("58.000", "60.291", Decimal("2.291"), Decimal("3.95"))
    (divided,) = (change for change in of(every_code, "Q0138").changes if change.kind is ChangeKind.LIMIT_UP)
    assert (divided.difference, divided.percent) == (Decimal("0.1"), Decimal(20))
    (down,) = (change for change in of(every_code, "J1745").changes if change.kind is ChangeKind.LIMIT_DOWN)
    assert (down.difference, down.percent) == (Decimal("-1.584"), Decimal("-5.00"))


def test_a_limit_that_is_not_printed_is_never_nothing(every_code: ClaimChanges) -> None:
    for code, states, missing in (
        ("J3490", (State.NONE_PRINTED, State.NONE_PRINTED), "payment limit on 2025-09-30: none printed"),
        ("J1885", (State.NONE_PRINTED, State.PRINTED), "payment limit on 2025-09-30: none printed"),
        ("J2405", (State.PRINTED, State.NOT_LISTED), "payment limit on 2025-12-31: not listed"),
        ("J0897", (State.PRINTED, State.NONE_PRINTED), "payment limit on 2025-12-31: none printed"),
    ):
        one = of(every_code, code)
        assert (one.old.limit.state, one.new.limit.state) == states
        assert (one.money, one.money_missing) == (None, missing)
    assert every_code.lines.without_money == 15 - every_code.money.lines


def test_an_ended_code_by_the_one_code_that_follows(every_code: ClaimChanges) -> None:
    ended = of(every_code, "J2796")
    (follower,) = ended.successors
    assert (follower.code, follower.unit_factor, follower.status) == ("J2802", 10, CodeStatus.ACTIVE)
    assert ended.money is not None
    assert (ended.money.successor, ended.money.successor_units) == ("J2802", 250)
    assert every_code.money.net_by_successors == ended.money.difference == Decimal("55.75")


def test_an_ended_code_without_one_number_of_units_has_no_money(every_code: ClaimChanges) -> None:
    several, up_to = of(every_code, "J2001"), of(every_code, "J1170")
    assert [one.code for one in several.successors] == ["J2002", "J2003", "J2004"]
    assert several.money_missing == "several codes follow"
    assert up_to.money_missing == "units of J1171 are not one number of units of the old code"
    assert of(every_code, "J3300").money_missing == "the billing unit changed, and not by one number"


def test_lines_of_ended_codes_are_listed_by_claim_and_line(every_code: ClaimChanges) -> None:
    listed = [
        (one.claim_id, one.line_number, one.hcpcs_code, one.units)
        for one in every_code.affected
        if one.why == "not_billable"
    ]
    assert listed == [("A", 7, "J2796", 25), ("A", 8, "J2001", 10), ("A", 9, "J1170", 1), ("A", 15, "J7777", 3)]


class TestMue:
    """The value of J9271 goes from 400 to 200 by day, of J0585 from 600 to 100 by line; J1745 loses its 50."""

    def above(self, result: ClaimChanges, code: str) -> list[tuple[str, int, bool]]:
        return [(one.service_type, one.lines, one.old_unknown) for one in of(result, code).above_mue]

    @pytest.mark.parametrize(
        ("units", "lines"), [((200,), 0), ((201,), 1), ((150, 51), 2), ((150, 50), 0), ((400,), 1), ((401,), 0)]
    )
    def test_by_day_what_exceeds_the_new_value_and_not_the_old_one(
        self, library: Path, tmp_path: Path, units: tuple[int, ...], lines: int
    ) -> None:
        result = ask(library, tmp_path, *(line("J9271", number) for number in units))
        assert self.above(result, "J9271") == ([("practitioner", lines, False)] if lines else [])
        assert [one.counted_units for one in result.affected] == [sum(units)] * lines

    def test_days_are_not_added_up(self, library: Path, tmp_path: Path) -> None:
        result = ask(library, tmp_path, line("J9271", 150), line("J9271", 150, service_date="2025-08-16"))
        assert self.above(result, "J9271") == []

    def test_by_line(self, library: Path, tmp_path: Path) -> None:
        result = ask(library, tmp_path, line("J0585", 90), line("J0585", 20), line("J0585", 101))
        assert self.above(result, "J0585") == [("practitioner", 1, False)]
        (above,) = result.affected
        assert (above.line_number, above.counted_units, above.mue) == (3, 101, 100)

    def test_a_value_that_appeared_and_one_that_went(self, library: Path, tmp_path: Path) -> None:
        result = ask(library, tmp_path, line("J1885", 9), line("J1745", 999))
        assert self.above(result, "J1885") == [("practitioner", 1, False)]
        assert self.above(result, "J1745") == []
        (appeared,) = (change for change in of(result, "J1885").changes if change.kind is ChangeKind.MUE)
        assert (appeared.old, appeared.new) == ("not listed", "8 (MAI 3)")

    def test_a_setting_that_no_release_tells_is_unknown(self, library: Path, tmp_path: Path) -> None:
        result = ask(library, tmp_path, line("J9271", 999), claim_type="I", payer_program="medicare_a")
        assert {(one.what, one.side) for one in result.unknown} == {
            ("MUE outpatient", Side.OLD),
            ("MUE outpatient", Side.NEW),
        }
        assert self.above(result, "J9271") == []

    def test_an_old_value_that_is_unknown_is_told(self, library: Path, tmp_path: Path) -> None:
        result = ask(library, tmp_path, line("J9271", 201), old="2025-Q2", new="2025-Q4")
        assert self.above(result, "J9271") == [("practitioner", 1, True)]
        assert [one.why for one in result.affected] == ["mue_old_unknown"]

    def test_a_claim_without_a_type_is_counted(self, library: Path, tmp_path: Path) -> None:
        result = ask(library, tmp_path, line("J9271", 999), claim_type=None)
        assert result.lines.setting_unknown == 1
        assert self.above(result, "J9271") == []


def test_packages_that_left_joined_and_moved(library: Path, tmp_path: Path) -> None:
    result = ask(
        library, tmp_path, line("J9271", 1, ndc=LABELER_NDC["old"]), line("J9271", 1, ndc=LABELER_NDC["new"]),
        line("J9271", 2, ndc=LABELER_NDC["new"]), line("J2796", 1, ndc=LABELER_NDC["moved"]), line("J1745", 1, ndc="12345"),
    )  # fmt: skip
    found = {
        (one.code, ndc.ndc11): (str(ndc.kind), ndc.old, ndc.new, ndc.lines) for one in result.codes for ndc in one.ndcs
    }
    assert found == {
        ("J9271", LABELER_NDC["old"]): ("ndc_left", ("J9271",), (), 1),
        ("J9271", LABELER_NDC["new"]): ("ndc_joined", (), ("J9271",), 2),
        ("J2796", LABELER_NDC["moved"]): ("ndc_left", ("J2796",), ("J2802",), 1),
    }
    assert result.lines.ndc_unreadable == 1


def test_status_in_hospitals(every_code: ClaimChanges) -> None:
    (told,) = (change for change in of(every_code, "J9271").changes if change.kind is ChangeKind.OPPS_STATUS)
    assert (told.old, told.new) == ("K", "N")
    (gone,) = (change for change in of(every_code, "J0897").changes if change.kind is ChangeKind.OPPS_STATUS)
    assert (gone.old, gone.new) == ("G", "not listed")


class TestLines:
    """Every line is somewhere."""

    def test_waste_lines_are_units_too(self, library: Path, tmp_path: Path) -> None:
        result = ask(
            library, tmp_path, line("J1745", 41), line("J1745", 9, modifiers=["JW"]), line("J9271", 2, modifiers=["JZ"])
        )
        assert (of(result, "J1745").units, of(result, "J1745").waste_units) == (50, 9)
        assert (of(result, "J9271").units, of(result, "J9271").waste_units) == (2, 0)

    def test_what_has_no_units_no_charge_no_code(self, library: Path, tmp_path: Path) -> None:
        result = ask(
            library, tmp_path, line("J9271", None), line("J9271", 0), line("J9271", 5, unit_basis="MJ"),
            line("J9271", 5, charge_amount=None), line("96413"), line("0001U"), line("D9999"), line(None), line("J92"),
            line(" j9271 ", 7),
        )  # fmt: skip
        lines = result.lines
        assert (lines.level_two, lines.cpt, lines.cdt, lines.no_code) == (5, 2, 1, 2)
        assert (lines.without_units, lines.without_charge, lines.without_money) == (3, 1, 3)
        assert (of(result, "J9271").units, of(result, "J9271").lines) == (12, 5)
        assert result.money.lines == 2
        assert lines.read == lines.taken == 10

    def test_without_a_named_day_the_last_quarter_is_taken(self, library: Path, tmp_path: Path) -> None:
        given = (
            line("J9271", 1), line("J9271", 2, service_date="2025-06-30"), line("J9271", 4, service_date="2024-01-01"),
            line("J9271", 8, service_date=None), line("J9271", 16, service_date="2025-07-01"),
        )  # fmt: skip
        result = ask(library, tmp_path, *given)
        assert of(result, "J9271").units == 17
        lines = result.lines
        assert (lines.taken, lines.not_taken_undated) == (2, 1)
        assert lines.not_taken_of_quarter == {"2024-Q1": 1, "2025-Q2": 1}
        named = ask(library, tmp_path, *given, old="2025-09-30")
        assert of(named, "J9271").units == 31
        assert (named.lines.taken, named.lines.taken_undated) == (5, 1)
        assert named.lines.taken_of_quarter == {"2024-Q1": 1, "2025-Q2": 1, "2025-Q3": 2}
        assert named.question == "if these same services were given on 2025-12-31 instead of 2025-09-30"

    def test_voids_are_not_taken_and_replacements_are_counted(self, library: Path, tmp_path: Path) -> None:
        late = line("J9271", 400, service_date="2025-11-01")
        path = write(
            tmp_path, claim("V", lines=[late], frequency="8"), claim("R", lines=[line("J9271", 3)], frequency="7"),
            claim("A", lines=[line("J9271", 4)]),
        )  # fmt: skip
        result = changes_for([path], reference=library)
        assert result.old.asked == "2025-Q3"
        assert (result.lines.not_taken_void, result.lines.taken_of_replacements) == (1, 1)
        assert of(result, "J9271").units == 7

    def test_a_claim_told_in_two_files_of_one_content_is_read_once(self, library: Path, tmp_path: Path) -> None:
        path = write(tmp_path, claim(lines=[line("J9271", 4)]))
        twice = tmp_path / "again.jsonl"
        twice.write_bytes(path.read_bytes())
        result = changes_for([path, twice], reference=library)
        assert of(result, "J9271").units == 4
        assert [fault.fault for fault in result.faults] == ["file-duplicate"]
        assert not result.claims_unread


class TestUnknown:
    """What no release tells is never a change and never nothing."""

    def test_a_day_after_the_last_release(self, library: Path, tmp_path: Path) -> None:
        result = ask(library, tmp_path, line("J9271", 2, ndc=LABELER_NDC["old"]), old="2025-Q4", new="2026-10-01")
        assert kinds(result) == {"J9271": []}
        assert {(one.what, one.side, str(one.day), one.codes, one.lines) for one in result.unknown} == {
            (what, Side.NEW, "2026-10-01", ("J9271",), 1)
            for what in ("code", "payment limit", "MUE practitioner", "OPPS status", "NDC crosswalk")
        }
        assert of(result, "J9271").money_missing == "payment limit on 2026-10-01: unknown"
        assert result.new.releases == ()

    def test_a_day_before_the_first_release(self, library: Path, tmp_path: Path) -> None:
        result = ask(library, tmp_path, line("Q0139", 2), old="1990-01-01", new="2025-Q4")
        assert kinds(result) == {"Q0139": []}
        assert {one.what for one in result.unknown} == {"code", "payment limit", "MUE practitioner", "OPPS status"}
        assert all(one.side is Side.OLD for one in result.unknown)

    def test_an_ended_code_on_a_day_that_is_not_covered_is_no_new_one(self, library: Path, tmp_path: Path) -> None:
        result = ask(library, tmp_path, line("J2796", 2), old="2025-Q4", new="2026-10-01")
        assert kinds(result) == {"J2796": []}
        assert [(one.what, one.side) for one in result.unknown] == [("code", Side.NEW)]

    def test_a_code_of_which_nothing_is_told_is_not_in_reference(self, library: Path, tmp_path: Path) -> None:
        result = ask(library, tmp_path, line("J7777", 2), line("J9271"), old="2026-10-01", new="2026-10-02")
        assert result.not_in_reference == ("J7777", "J9271")
        assert result.unknown == ()

    def test_one_code_list_for_both_days_knows_the_words_of_one(self, library: Path, tmp_path: Path) -> None:
        result = ask(library, tmp_path, line("Q0138", 2), old="2025-Q2", new="2025-Q3")
        assert kinds(result) == {"Q0138": []}
        assert ONE_LIST in {gap.what for gap in of(result, "Q0138").unknown}
        own = ask(library, tmp_path, line("Q0138", 2), old="2025-Q3", new="2025-Q4")
        assert ONE_LIST not in {gap.what for gap in of(own, "Q0138").unknown}

    def test_the_starter_set_alone(self, tmp_path: Path) -> None:
        result = changes_for([EXAMPLES[1]], reference=tmp_path, old="2025-Q4", new="2026-Q1")
        assert {one.what for one in result.unknown} == {"MUE practitioner", "OPPS status", ONE_LIST}
        assert result.reference.startswith("the starter set")


class TestDays:
    """Days that cannot be asked, and days that stand for one left out."""

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("2025-Q3", "2025-Q3", "2025-Q3 and 2025-Q3 share a day"),
            ("2025-Q4", "2025-11-15", "share a day"),
            ("", "2025-Q3", "the quarter of the last service date, and 2025-Q3 share a day"),
            ("march.837", "", "'march.837' names neither a quarter nor a day"),
            ("2025-Q5", "", "names neither"), ("", "asp 2025-Q4", "names neither"), ("2025-02-30", "", "names neither"),
        ],
    )  # fmt: skip
    def test_refused(self, library: Path, tmp_path: Path, old: str, new: str, said: str) -> None:
        with pytest.raises(InvalidValue, match=said):
            ask(library, tmp_path, line("J9271"), old=old, new=new)

    def test_claims_newer_than_the_library(self, library: Path, tmp_path: Path) -> None:
        with pytest.raises(LibraryError, match=r"no day after 2025-Q4; the newest day is 2025-12-31"):
            ask(library, tmp_path, line("J9271", service_date="2025-10-01"))

    def test_claims_without_any_date_need_a_named_day(self, library: Path, tmp_path: Path) -> None:
        with pytest.raises(InvalidValue, match="no line has a service date"):
            ask(library, tmp_path, line("J9271", service_date=None))
        assert ask(library, tmp_path, line("J9271", service_date=None), old="2025-Q3").lines.taken_undated == 1

    def test_two_days_of_one_quarter_may_be_asked(self, library: Path, tmp_path: Path) -> None:
        result = ask(library, tmp_path, line("J9271"), old="2025-10-01", new="2025-12-31")
        assert kinds(result) == {"J9271": []}
        assert (result.old.asked, result.new.asked) == ("2025-10-01", "2025-12-31")

    def test_a_file_that_cannot_be_read(self, library: Path, tmp_path: Path) -> None:
        letter = tmp_path / "letter.pdf"
        letter.write_bytes(b"%PDF-1.7\n%\xe2\xe3")
        with pytest.raises(UnreadableInput, match=r"letter\.pdf"):
            changes_for([letter], reference=library)
        result = changes_for([letter, write(tmp_path, claim(lines=[line("J9271")]))], reference=library)
        assert result.claims_unread
        assert [fault.fault for fault in result.faults] == ["file-unreadable"]


def test_a_run_in_parts_comes_to_the_same(
    library: Path, tmp_path: Path, every_code: ClaimChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cleanclaim.edits.plan import facts  # noqa: PLC0415

    monkeypatch.setattr(facts, "_ROWS_AT_ONCE", 1)
    monkeypatch.setattr(facts, "_LINES_JUDGED_AT_ONCE", 1)
    claims = [claim(code, lines=[line(code, units)]) for code, units in UNITS.items()]
    result = changes_for([write(tmp_path, *claims)], reference=library)
    assert result.codes == every_code.codes
    assert (result.money, result.lines) == (every_code.money, every_code.lines)
    assert {one.hcpcs_code for one in result.affected} == {one.hcpcs_code for one in every_code.affected}


def test_of_very_many_lines_the_first_are_listed_and_the_rest_is_counted(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cleanclaim.app import claim_volumes  # noqa: PLC0415

    monkeypatch.setattr(claim_volumes, "MOST_OF_A_KIND", 2)
    result = ask(library, tmp_path, *(line("J2796", 1) for _ in range(5)), line("J2001", 1))
    assert [(one.hcpcs_code, one.line_number) for one in result.affected] == [("J2796", 1), ("J2796", 2), ("J2001", 6)]
    assert result.affected_not_listed == 3
