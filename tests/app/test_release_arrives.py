"""The right release arrives after a carried one spoke for its days: what was presumed may change, nothing else does."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.app import Checker
from cleanclaim.app.result import CheckResult
from cleanclaim.edits.collection import shipped_edits
from cleanclaim.edits.findings import Finding, Outcome
from cleanclaim.reference.importing import import_files
from cleanclaim.reference.library import Library
from cleanclaim.reference.library.diff import diff_releases, find_release
from cleanclaim.reference.library.releases import stored_releases
from tests.app.starters import TOLD_BY_FILES, starter_without
from tests.app.test_checker import ROOT, claim, write
from tests.app.two_quarters import CODES, LABELER_NDC, line, made_files
from tests.shared import SHARED

pytestmark = pytest.mark.slow

NOVEMBER = "2025-11-15"
CMS = SHARED / "data" / "cms"
EVERY_CODE = sorted({str(record[0]) for records in CODES.values() for record in records} | {"J7777"})


def checker(folder: Path, *, presume: bool = True, whole_starter: bool = False) -> Checker:
    starter = starter_without(frozenset() if whole_starter else TOLD_BY_FILES)
    return Checker.of(Library(folder, stored_releases(folder), starter, presume), shipped_edits())


def checked(folder: Path, path: Path, **how: bool) -> CheckResult:
    checking = checker(folder, **how)
    return checking.check_files([path], show_not_evaluated=True, checked_on=date(2026, 11, 30))


def place(finding: Finding) -> tuple[Any, ...]:
    return finding.claim_id, finding.line_number, finding.id


def family(key: tuple[Any, ...]) -> tuple[Any, ...]:
    claim_id, line_number, edit, _ = key
    return claim_id, line_number, edit.rpartition("-")[0]


def fires(result: CheckResult) -> dict[tuple[Any, ...], list[Finding]]:
    found: dict[tuple[Any, ...], list[Finding]] = {}
    for finding in result.findings:
        if finding.outcome is Outcome.FIRES:
            found.setdefault((*place(finding), finding.case), []).append(finding)
    return found


def not_evaluated(result: CheckResult) -> set[tuple[Any, ...]]:
    return {place(finding) for finding in result.findings if finding.outcome is Outcome.NOT_EVALUATED}


def what_changed(before: Path, after: Path, path: Path, **how: bool) -> tuple[int, int]:
    """Holds that nothing unpresumed changes; how many findings were unpresumed, and how many presumed ones changed."""
    sure, presumed = checked(before, path, presume=False, **how), checked(before, path, **how)
    now = fires(checked(after, path, **how))
    unpresumed = fires(sure)
    for key, findings in unpresumed.items():
        told = [one.severity for one in now.get(key, ())]
        if not told:  # or a sharper edit of its family: "not a known code" becomes "not yet in force"
            told = [one[0].severity for other, one in now.items() if family(other) == family(key)]
        assert {one.severity for one in findings} == {*told} or "reject" in told, key
    open_before = not_evaluated(sure)
    for key in now.keys() - unpresumed.keys():  # told only now: it was never clear before
        assert key[:-1] in open_before, key
    changed = 0
    for key, findings in fires(presumed).items():
        if any(one.presumed for one in findings):
            changed += key not in now
        else:
            assert any(family(other) == family(key) for other in now), key
    return len(unpresumed), changed


@pytest.fixture
def quarters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Path]]:
    return made_files(tmp_path, monkeypatch)


@pytest.fixture
def library(tmp_path: Path, quarters: dict[str, list[Path]]) -> Callable[..., Path]:
    def made(*months: str) -> Path:
        folder = tmp_path / "-".join(months)
        for month in months:
            import_files(folder, quarters[month])
        return folder

    return made


def said(result: CheckResult, edit: str) -> list[tuple[int | None, str, tuple[str, ...]]]:
    return [
        (one.line_number, str(one.severity), tuple(release.release for release in one.presumed))
        for one in result.findings
        if one.id == edit and one.outcome is Outcome.FIRES
    ]


def test_the_finding_changes_and_the_difference_of_the_releases_says_why(
    library: Callable[..., Path], tmp_path: Path
) -> None:
    given = [line("J2796", 25, service_date=NOVEMBER), line("J9271", 300, service_date=NOVEMBER)]
    path = write(tmp_path, claim(lines=given))
    july = checked(library("JUL"), path)
    assert said(july, "CODE-002") == []
    assert said(july, "NCCI-002") == []
    assert july.summary.clear_presumed
    both = library("JUL", "OCT")
    october = checked(both, path)
    assert said(october, "CODE-002") == [(1, "reject", ())]
    assert said(october, "NCCI-002") == [(2, "deny", ())]
    stored = stored_releases(both)
    ended, mue = (
        {
            (change.key[0], change.column, str(change.old), str(change.new))
            for table in diff_releases(*(find_release(stored, name.format(quarter=at)) for at in (3, 4)))
            for change in table.changed
        }
        for name in ("hcpcs 2025-Q{quarter}", "mue 2025-Q{quarter} practitioner")
    )
    assert ("J2796", "span_to", "9999-12-31", "2025-09-30") in ended
    assert ("J9271", "mue_value", "400", "200") in mue


def test_the_order_of_imports_changes_nothing(library: Callable[..., Path], tmp_path: Path) -> None:
    lines = [line(code, 101, service_date=NOVEMBER) for code in EVERY_CODE]
    path = write(tmp_path, claim(lines=lines))
    one, other = checked(library("JUL", "OCT"), path), checked(library("OCT", "JUL"), path)
    assert one.findings == other.findings
    assert one.summary == other.summary


def test_an_earlier_quarter_does_not_speak_over_a_later_one(library: Callable[..., Path], tmp_path: Path) -> None:
    """Only October at hand: July is never presumed from it, and July when it comes changes nothing in October."""
    path = write(tmp_path, claim(lines=[line("J2796", 25), line("J2796", 25, service_date=NOVEMBER)]))
    october = checked(library("OCT"), path)
    assert said(october, "CODE-002") == [(2, "reject", ())]
    assert all(one.line_number != 1 or not one.presumed for one in october.findings)
    assert said(checked(library("OCT", "JUL"), path), "CODE-002") == [(2, "reject", ())]


def test_a_release_that_is_issued_again_is_the_one_that_is_carried(
    library: Callable[..., Path], quarters: dict[str, list[Path]], tmp_path: Path
) -> None:
    folder = library("JUL")
    path = write(tmp_path, claim(lines=[line("J9271", 300, service_date=NOVEMBER)]))
    assert said(checked(folder, path), "NCCI-002") == []
    again = quarters["JUL"][2]
    again.write_bytes(again.read_bytes().replace(b"J9271,400,3", b"J9271,250,3"))
    (report,) = import_files(folder, [again]).reports
    assert report.replaces
    ((_, severity, releases),) = said(checked(folder, path), "NCCI-002")
    assert (severity, releases) == ("deny", (report.manifest.label,))


def test_what_is_unpresumed_never_changes(library: Callable[..., Path], tmp_path: Path) -> None:
    """Over generated claims of four quarters on every code of the made-up files."""
    draw = random.Random(13)  # noqa: S311 - made-up claims
    first = date(2025, 7, 1)

    def any_line() -> dict[str, Any]:
        code = draw.choice(EVERY_CODE)
        more: dict[str, Any] = {"modifiers": draw.choice([[], ["JZ"], ["JW"], ["JW", "JZ"], ["JA"]])}
        if draw.random() < 0.3:
            ndc = draw.choice([*LABELER_NDC.values()])
            more |= {"ndc11": ndc, "ndc_quantity": str(draw.choice([1, 4, 16])), "ndc_unit": draw.choice(["ML", "UN"])}
        day = first + timedelta(draw.randrange(360))
        return line(code, draw.choice([0, 1, 5, 41, 101, 250, 401]), service_date=f"{day}", **more)

    claims = [
        claim(
            f"{number}", lines=[any_line() for _ in range(draw.randrange(1, 4))],
            payer_program=draw.choice(["medicare_b", "medicaid", "commercial"]),
            place_of_service=draw.choice(["11", "22", "12"]),
        )
        for number in range(300)
    ]  # fmt: skip
    path = write(tmp_path, *claims)
    unpresumed, changed = what_changed(library("JUL"), library("JUL", "OCT"), path)
    assert unpresumed > 300
    assert changed > 0


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the official files beside the checkout (../shared)")
def test_what_is_unpresumed_never_changes_with_the_official_files(tmp_path: Path) -> None:
    """The examples on the starter set and the releases of mid 2024, then with those of October 2025."""
    early = [
        CMS / "hcpcs" / "HCPC2024_JUL_ANWEB_v3_level2.decoded.csv.gz",
        CMS / "asp" / "section 508 version of Jul 2024 ASP Pricing File 062024.csv",
        CMS / "asp" / "section 508 version of July 2024 ASP NDC-HCPCS Crosswalk 061824.csv.gz",
    ]
    late = [
        CMS / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx",
        CMS / "asp" / "section 508 version of Oct 2025 ASP Pricing File 091725.csv",
        CMS / "asp" / "section 508 version of October 2025 ASP NDC-HCPCS Crosswalk 090525.csv.gz",
    ]
    assert import_files(tmp_path / "early", early).refused == []
    assert import_files(tmp_path / "both", [*early, *late]).refused == []
    for path in sorted((ROOT / "examples").glob("clinic-*.837")):
        unpresumed, _ = what_changed(tmp_path / "early", tmp_path / "both", path)
        assert unpresumed > 3
