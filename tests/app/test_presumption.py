"""The worked examples of presumption (PSX-1 to PSX-11), on the official files, each with no more loaded than it names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.app import Checker
from cleanclaim.app.result import CheckResult
from cleanclaim.edits.collection import shipped_edits
from cleanclaim.edits.findings import Finding
from cleanclaim.edits.worklist import Verdict
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library import Library
from cleanclaim.reference.library.releases import stored_releases
from tests.app.starters import TOLD_BY_FILES, starter_without
from tests.app.test_checker import claim, write
from tests.app.test_rules import line
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared

CMS = SHARED / "data" / "cms"
HCPCS = CMS / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx"
CROSSWALK = CMS / "asp" / "section 508 version of January 2024 ASP NDC-HCPCS Crosswalk 122023.csv.gz"
MUE = CMS / "ncci" / "MUE_PractitionerServices_Eff_07-01-2024.decoded.csv.gz"
PTP = CMS / "ncci" / "PTP_practitioner_2024Q3_drug_subset.decoded.csv.gz"
ICD_2025 = CMS / "icd10cm" / "icd10cm-tabular-April-2025.xml.gz"
ICD_2026 = CMS / "icd10cm" / "icd10cm_codes_2026.codes_only.txt.gz"
LIMITS = CMS / "asp" / "section 508 version of Oct 2025 ASP Pricing File 091725.csv"
ADDENDUM_B = CMS / "opps" / "508 version of October 2025 Web Addendum B.10.31.25.csv.gz"


@pytest.fixture(scope="module")
def checker_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Checker]:
    """A checker on a library of some files alone."""

    @cache
    def made(*files: Path, presume: bool = True) -> Checker:
        folder = tmp_path_factory.mktemp("library")
        for file in files:  # one by one: that builds no look-up index
            import_file(folder, file)
        library = Library(folder, stored_releases(folder), starter_without(TOLD_BY_FILES), presume)
        return Checker.of(library, shipped_edits())

    return made


def checked(checker: Checker, folder: Path, *lines: dict[str, Any], **more: Any) -> CheckResult:
    return checker.check_files([write(folder, claim(lines=list(lines), **more))], checked_on=date(2026, 11, 30))


def found(result: CheckResult, edit: str) -> Finding | None:
    return next((finding for finding in result.findings if finding.id == edit), None)


def not_evaluated(result: CheckResult, edit: str) -> int:
    return next(item.not_evaluated for item in result.edits if item.id == edit)


def quarters(finding: Finding | None, publication: str) -> list[int]:
    assert finding
    return [one.quarters for one in finding.presumed if one.publication == publication]


def test_psx_1_a_code_that_ended_in_the_last_release(checker_of: Callable[..., Checker], tmp_path: Path) -> None:
    result = checked(checker_of(HCPCS), tmp_path, line(hcpcs_code="J1030", service_date="2026-05-02"))
    ended = found(result, "CODE-002")
    assert ended
    assert ended.severity == "reject"
    assert [(one.release, one.quarters) for one in ended.presumed] == [("hcpcs 2025-Q4 r1", 2)]
    assert result.summary.verdicts[Verdict.FIX] == 1


def test_psx_2_a_code_that_the_last_release_lacks_may_be_new(
    checker_of: Callable[..., Checker], tmp_path: Path
) -> None:
    given = line(hcpcs_code="J0013", service_date="2026-05-02", diagnoses=["F329"])
    result = checked(checker_of(HCPCS), tmp_path, given, payer_program="commercial", diagnoses=["F329"])
    assert found(result, "CODE-001") is None
    assert not_evaluated(result, "CODE-001") == 1
    assert result.summary.verdicts[Verdict.CANNOT_SAY] == 1
    answer = Lookup.of(checker_of(HCPCS).library).code("J0013", date(2026, 5, 2))
    assert answer.status == "not_in_reference"
    assert "may be new" in (answer.why or "")


def test_psx_3_an_ndc_under_a_code_that_the_crosswalk_lacks(checker_of: Callable[..., Checker], tmp_path: Path) -> None:
    ndc11 = ndc_of("J1030", checker_of(CROSSWALK))
    given = line(hcpcs_code="J1010", service_date="2024-04-10", ndc11=ndc11, ndc_quantity="1", ndc_unit="ML")
    result = checked(checker_of(HCPCS, CROSSWALK), tmp_path, given)
    assert found(result, "NDC-E-004") is None
    assert not_evaluated(result, "NDC-E-004") == 1


def test_psx_4_an_ndc_between_codes_that_the_crosswalk_knows(
    checker_of: Callable[..., Checker], tmp_path: Path
) -> None:
    ndc11 = ndc_of("J9271", checker_of(CROSSWALK))
    given = line(hcpcs_code="J1745", service_date="2026-02-01", ndc11=ndc11, ndc_quantity="4", ndc_unit="ML")
    mismatch = found(checked(checker_of(HCPCS, CROSSWALK), tmp_path, given), "NDC-E-004")
    assert mismatch
    assert mismatch.severity == "deny"
    assert quarters(mismatch, "ASP NDC-HCPCS crosswalk") == [8]


def ndc_of(code: str, checker: Checker) -> str:
    rows = checker.library.table("ndc_crosswalk").to_pylist()
    listed = {row["ndc11"]: set() for row in rows}
    for row in rows:
        listed[row["ndc11"]].add(row["hcpcs_code"])
    return min(ndc11 for ndc11, codes in listed.items() if codes == {code})


@pytest.mark.parametrize(
    ("units", "day", "severity"),
    [(300, "2024-10-15", "deny"), (300, "2025-01-15", "warn"), (1300, "2026-03-10", "warn"), (620, "2026-03-10", None)],
)
def test_psx_5_and_6_an_unlikely_edit_as_far_as_it_may_be_carried(
    checker_of: Callable[..., Checker], tmp_path: Path, units: int, day: str, severity: str | None
) -> None:
    """J9035 above its value a quarter on is a presumed deny (a raised value would make it a false one: PRS-04).

    Six quarters on only what is more than twice the value (J0585: 600) still warns.
    """
    code = "J0585" if day.startswith("2026") else "J9035"
    result = checked(checker_of(HCPCS, MUE), tmp_path, line(hcpcs_code=code, billed_units=units, service_date=day))
    exceeded = found(result, "NCCI-002")
    assert (exceeded.severity if exceeded else None) == severity
    if severity is None:
        assert not_evaluated(result, "NCCI-002") == 1
    else:
        assert "mue 2024-Q3 practitioner r1" in {one.release for one in exceeded.presumed} if exceeded else False


def test_psx_5_the_right_release_takes_the_place_of_the_presumed_one(
    checker_of: Callable[..., Checker], tmp_path: Path
) -> None:
    given = line(hcpcs_code="J9035", billed_units=200, service_date="2024-07-15")
    clear = checked(checker_of(HCPCS, MUE), tmp_path, given)
    assert found(clear, "NCCI-002") is None
    assert next(item.clear for item in clear.edits if item.id == "NCCI-002") == 1


@pytest.mark.parametrize(("day", "most"), [("2024-10-15", "deny"), ("2025-02-01", "warn")])
def test_psx_7_a_first_of_january_between_makes_a_pair_a_warning(
    checker_of: Callable[..., Checker], tmp_path: Path, day: str, most: str
) -> None:
    checker = checker_of(HCPCS, PTP)
    rows = checker.library.table("ptp").to_pylist()
    held = date.fromisoformat(day)
    pair = next(
        (row["ptp_column_one"], row["ptp_column_two"])
        for row in rows
        if row["modifier_indicator"] == 0 and row["valid_from"] <= held <= row["valid_to"] and row["span_to"] >= held
    )
    codes = [line(line_number=at, hcpcs_code=code, service_date=day, modifiers=[]) for at, code in enumerate(pair, 1)]
    hit = found(checked(checker, tmp_path, *codes), "NCCI-001")
    assert hit
    assert hit.severity in {most, "warn"}
    assert quarters(hit, "PTP edits") == [1 if day.startswith("2024") else 2]


def test_psx_8_a_diagnosis_over_the_first_of_october(checker_of: Callable[..., Checker], tmp_path: Path) -> None:
    def on(day: str, *files: Path) -> CheckResult:
        given = line(hcpcs_code="J9271", service_date=day, diagnoses=["G35"])
        return checked(checker_of(HCPCS, *files), tmp_path, given, diagnoses=["G35"])

    def clear(result: CheckResult) -> tuple[int, int]:
        return next((item.clear, item.clear_presumed) for item in result.edits if item.id == "DX-003")

    assert clear(on("2025-09-30", ICD_2025)) == (1, 0)
    assert clear(on("2025-10-01", ICD_2025)) == (0, 1)
    heading = found(on("2025-10-01", ICD_2025, ICD_2026), "DX-003")
    assert heading
    assert (heading.severity, heading.presumed) == ("reject", ())


def test_psx_9_a_price_of_another_quarter_is_a_band(checker_of: Callable[..., Checker]) -> None:
    answer = Lookup.of(checker_of(HCPCS, LIMITS).library).code("J9271", date(2026, 2, 1))
    assert answer.payment_limit is None
    band = answer.payment_limit_band
    assert band
    assert (band.percent, band.quarters, band.release) == (34, 1, "asp 2025-Q4 r1")
    limit = Decimal("60.291")  # of October 2025
    assert (band.low, band.high) == (
        (limit * Decimal("0.66")).quantize(Decimal("0.001")), (limit * Decimal("1.34")).quantize(Decimal("0.001")),
    )  # fmt: skip


def test_psx_10_a_status_indicator_over_the_first_of_january(
    checker_of: Callable[..., Checker], tmp_path: Path
) -> None:
    given = line(
        hcpcs_code="J9271", service_date="2026-01-15", modifiers=[], revenue_code="0636", diagnoses=None,
        charted={"container": "single_dose"},
    )  # fmt: skip
    more = {"claim_type": "I", "payer_program": "medicare_a", "bill_type": "131", "place_of_service": None}
    missing = found(checked(checker_of(HCPCS, ADDENDUM_B), tmp_path, given, **more), "WASTE-001")
    assert missing
    assert missing.severity == "warn"
    assert quarters(missing, "OPPS Addendum B") == [1]


@pytest.mark.parametrize("files", [(HCPCS, MUE), (HCPCS, CROSSWALK)])
def test_psx_11_undated_tables_are_not_carried_backward(
    checker_of: Callable[..., Checker], files: Sequence[Path]
) -> None:
    for name in ("mue", "ndc_crosswalk"):
        rows = checker_of(*files).library.table(name)
        own = checker_of(*files, presume=False).library.table(name)
        if own.num_rows:
            assert min(rows["valid_from"].to_pylist()) == min(own["valid_from"].to_pylist())
