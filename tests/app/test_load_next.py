"""The most useful file to load next: counted alike on planes and by row, and true: loading it lets the checks be made."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.app import Checker, CheckResult
from cleanclaim.app.load_next import load_next
from cleanclaim.app.result import LoadNext
from cleanclaim.edits.coverage_gaps import Gap, Waiting
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.pages import Grain
from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library.published import PUBLISHED
from cleanclaim.reference.tables import BY_NAME
from tests.app.plans import by_planes
from tests.app.test_checker import EXAMPLES, claim, write
from tests.shared import SHARED, needs_shared

LINE = {"modifiers": ["JZ"], "billed_units": 10, "charge_amount": "100.00"}
PATIENT = {"birth_date": "1950-01-01", "first_name": "TEST"}


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    return Checker.open(tmp_path_factory.mktemp("library"), presume=False)


def line(code: str, day: str, **more: Any) -> dict[str, Any]:
    return {**LINE, "hcpcs_code": code, "service_date": day, **more}


def alone(member: str, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return claim(member, lines=list(lines), billing_npi="1234567893", patient={"member_id": member, **PATIENT}, **more)


def wanted(result: CheckResult, table: str) -> list[LoadNext]:
    return [file for file in result.summary.load_next if file.table == table]


def test_the_file_of_the_quarter_is_named_with_its_checks_and_money(checker: Checker, tmp_path: Path) -> None:
    claims = [
        alone("A", line("J1745", "2025-10-01")),
        alone("B", line("J1745", "2025-12-31")),
        alone("C", line("J1745", "2026-01-01")),
    ]
    result = checker.check_files([write(tmp_path, *claims)])
    last, first = sorted(wanted(result, "mue"), key=lambda file: file.checks)
    assert (first.file, first.release, first.part) == ("MUE practitioner 2025-Q4", "2025-Q4", "practitioner")
    assert (first.checks, first.checks_alone, first.rows, first.charge_amount, first.edits) == (
        2,
        2,
        2,
        "200.00",
        ("NCCI-002",),
    )
    assert (last.file, last.checks) == ("MUE practitioner 2026-Q1", 1)
    assert result.summary.load_next[0] == first


def test_what_no_file_would_tell_names_none(checker: Checker, tmp_path: Path) -> None:
    nothing = [
        alone("A", line("99213", "2024-08-01")),  # no HCPCS file tells of a CPT code
        alone("B", line("J1745", "2024-08-01"), payer_program="commercial"),
        alone("C", line("J1745", "2024-08-01"), place_of_service="22"),  # the setting decides, not a limit
        alone("D", {**LINE, "hcpcs_code": "J1745"}),  # no day
    ]
    result = checker.check_files([write(tmp_path, *nothing)])
    assert result.summary.not_evaluated > 4
    assert {file.table for file in result.summary.load_next} <= {
        "mue",
        "product",
    }  # a limit of 99213, which has one; a container
    assert [file.rows for file in wanted(result, "mue")] == [1]


def test_a_quarter_without_limits_asks_for_them(checker: Checker, tmp_path: Path) -> None:
    """Of contrast agents a limit tells whether they are paid by themselves; of other drugs an office needs none."""
    lines = [line(code, "2025-02-03", modifiers=[]) for code in ("A9579", "J1745")]
    result = checker.check_files([write(tmp_path, *(alone(f"M{at}", one) for at, one in enumerate(lines)))])
    (file,) = wanted(result, "asp_limit")
    assert (file.file, file.edits, file.charge_amount) == ("ASP payment limits 2025-Q1", ("WASTE-001",), "100.00")
    assert file.rows == 1


def test_one_hcpcs_file_serves_ten_years(checker: Checker, tmp_path: Path) -> None:
    days = ("2007-05-01", "2019-05-01", "2021-08-01", "2024-11-01")
    result = checker.check_files([write(tmp_path, *(alone(f"M{day}", line("J9998", day)) for day in days))])
    names = [file.file for file in wanted(result, "hcpcs")]
    assert set(names) == {"HCPCS Level II 2024-Q4", "HCPCS Level II 2007-Q2"}
    assert sum(file.rows for file in wanted(result, "hcpcs")) == len(days)


def test_a_container_is_asked_for_by_code(checker: Checker, tmp_path: Path) -> None:
    result = checker.check_files([write(tmp_path, alone("A", line("J1569", "2024-08-01", modifiers=[])))])
    (file,) = wanted(result, "product")
    assert (file.file, file.release, file.part) == ("container of J1569", None, "J1569")


def test_planes_and_rows_count_the_same(checker: Checker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days = ("2007-05-01", "2019-05-01", "2024-08-01", "2025-02-03", "2025-11-01", "2026-11-01")
    codes = ("J1745", "J1569", "J7799", "99213", "J9999", "XYZ", "J3420")
    many = [
        alone(f"{code}{day}{place}", line(code, day, modifiers=[], ndc11="57894003001"), line(code, day, modifiers=[]), place_of_service=place)
        for day in days for code in codes for place in ("11", "22")
    ]  # fmt: skip
    many.append(
        alone("P", line("J1569", "2024-08-01", modifiers=[]), complete=False)
    )  # its JW line is not known either
    files = [write(tmp_path, *many), *EXAMPLES]
    by_row = checker.check_files(files).summary.load_next
    by_planes(monkeypatch)
    assert checker.check_files(files).summary.load_next == by_row
    assert {file.table for file in by_row} == {
        "mue", "asp_limit", "ndc_crosswalk", "hcpcs", "product", "ptp", "diagnosis", "ndc_package",
    }  # fmt: skip
    assert any(file.checks_alone < file.checks for file in by_row)


def test_every_table_that_a_fact_waits_for_has_a_publication_and_a_fact_that_says_so() -> None:
    facts = dictionary()
    for grain in Grain:
        for name, column in facts.facts(grain).items():
            assert set(column.tables) <= set(PUBLISHED)
            if column.tables:
                assert facts.lacks_of(grain, name) in facts.facts(grain)
    assert set(PUBLISHED) <= set(BY_NAME)


def test_most_useful_first_and_ties_by_name() -> None:
    wants = {
        Gap("mue", "practitioner", 2025, 4): Waiting(10, 1, 10, Decimal(100), {"B"}),
        Gap("ndc_crosswalk", "", 2025, 4): Waiting(5, 5, 5, Decimal(1), {"A"}),
        Gap("asp_limit", "", 2025, 1): Waiting(5, 5, 5, Decimal(2), {"A"}),
        Gap("hcpcs", "", 2019, 2): Waiting(1, 0, 1, Decimal(7), {"A"}),
        Gap("hcpcs", "", 2025, 4): Waiting(2, 0, 2, Decimal(7), {"B"}),
    }
    files = load_next(wants)
    assert [file.file for file in files] == [
        "ASP payment limits 2025-Q1", "ASP NDC-HCPCS crosswalk 2025-Q4", "MUE practitioner 2025-Q4", "HCPCS Level II 2025-Q4",
    ]  # fmt: skip
    assert (files[-1].checks, files[-1].rows, files[-1].charge_amount, files[-1].edits) == (3, 3, "14.00", ("A", "B"))


class TestWithTheFileLoaded:
    pytestmark = needs_shared

    def test_the_checks_that_waited_for_it_are_made(self, checker: Checker, tmp_path: Path) -> None:
        given = write(
            tmp_path, *(alone(f"M{code}", line(code, "2025-02-03", modifiers=[])) for code in ("A9579", "A9585"))
        )
        before = checker.check_files([given])
        (file,) = wanted(before, "asp_limit")
        assert (file.release, file.checks) == ("2025-Q1", 2)
        library = tmp_path / "library"
        import_file(library, SHARED / "data/cms/asp/section 508 version of Jan 2025 ASP Pricing File 121924.csv")
        after = Checker.open(library, presume=False).check_files([given])
        assert wanted(after, "asp_limit") == []
        (waste,) = (item for item in after.edits if item.id == "WASTE-001")
        assert "separately_payable" not in waste.missing
