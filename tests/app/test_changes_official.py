"""What the official quarters change for claims: codes and limits that are known to have changed."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.app.change_result import ClaimChanges, CodeChanges
from cleanclaim.app.changes import changes_for
from cleanclaim.reference.codes.code_changes import ChangeKind
from cleanclaim.reference.importing import import_file
from tests.app.test_checker import claim, write
from tests.shared import SHARED, needs_shared

pytestmark = [*needs_shared, pytest.mark.slow]

CMS = SHARED / "data" / "cms"
FIRST_OF_OCTOBER = CMS / "asp" / "section 508 version of Oct 2025 ASP Pricing File 091725.csv"
RE_ISSUED = CMS / "asp" / "Oct 2025 ASP Pricing File REVISED (asp_pricing).csv"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    asp = (
        "January 2024 ASP Pricing File 121223",
        "April 2024 ASP Pricing File 032124",
        "JUL 2025 ASP Pricing File 062325",
    )
    files = [CMS / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx", FIRST_OF_OCTOBER]
    files += [path for name in asp for path in (CMS / "asp").glob(f"*{name}.csv")]
    files += [path for month in ("January", "April") for path in (CMS / "asp").glob(f"*of {month} 2024 ASP NDC*")]
    files += [CMS / "opps" / "Section 508 of July 2025 Web Addendum B.07.25.25.csv.gz"]
    files += [CMS / "opps" / "508 version of October 2025 Web Addendum B.10.31.25.csv.gz"]
    assert len(files) == 9
    for path in files:
        import_file(folder, path)
    return folder


def ask(library: Path, tmp_path: Path, *lines: dict[str, Any], old: str = "", new: str = "") -> ClaimChanges:
    return changes_for([write(tmp_path, claim(lines=list(lines)))], old=old, new=new, reference=library)


def line(code: str, units: int, day: str) -> dict[str, Any]:
    return {"hcpcs_code": code, "billed_units": units, "service_date": day, "charge_amount": "500.00"}


def only(result: ClaimChanges) -> CodeChanges:
    (one,) = result.codes
    return one


def test_methylprednisolone_from_40_mg_to_1_mg(library: Path, tmp_path: Path) -> None:
    result = ask(library, tmp_path, line("J1030", 2, "2024-03-15"), new="2024-Q2")
    one = only(result)
    assert (result.old.asked, str(result.old.day), str(result.new.day)) == ("2024-Q1", "2024-03-31", "2024-04-01")
    assert [(change.kind, change.new) for change in one.changes] == [(ChangeKind.ENDED, "J1030 ended on 2024-03-31")]
    (follower,) = one.successors
    assert (follower.code, follower.unit_factor) == ("J1010", 40)
    assert one.money is not None
    assert one.old.limit.payment_limit is not None
    assert follower.limit.payment_limit is not None
    assert one.money.successor_units == 80
    assert one.money.old == (2 * one.old.limit.payment_limit).quantize(Decimal("0.01"))
    assert one.money.new == (80 * follower.limit.payment_limit).quantize(Decimal("0.01"))
    assert [(found.claim_id, found.line_number, found.why) for found in result.affected] == [("A", 1, "not_billable")]


def test_pembrolizumab_from_2024_to_2025(library: Path, tmp_path: Path) -> None:
    result = ask(library, tmp_path, line("J9271", 200, "2024-01-20"))
    one = only(result)
    assert str(result.new.day) == "2025-12-31"
    (change,) = one.changes
    assert (change.kind, change.old, change.new) == (ChangeKind.LIMIT_UP, "55.730", "60.291")
    assert (change.difference, change.percent) == (Decimal("4.561"), Decimal("8.18"))
    assert one.money is not None
    assert (one.money.old, one.money.new, result.money.net) == (Decimal(11146), Decimal("12058.20"), Decimal("912.20"))
    assert "asp 2024-Q1 r1" in result.old.releases
    assert "asp 2025-Q4 r1" in result.new.releases


def test_a_quarter_that_was_issued_again_has_the_say_of_its_last_revision(library: Path, tmp_path: Path) -> None:
    given = line("J2782", 20, "2025-08-01")
    own = Path(shutil.copytree(library, tmp_path / "own"))
    first = only(ask(own, tmp_path, given, old="2025-Q3", new="2025-Q4"))
    assert first.new.limit.payment_limit == Decimal("105.124")
    import_file(own, RE_ISSUED)
    result = ask(own, tmp_path, given, old="2025-Q3", new="2025-Q4")
    assert only(result).new.limit.payment_limit == Decimal("103.397")
    assert "asp 2025-Q4 r2" in result.new.releases
    assert first.money is not None
    assert result.money.new - first.money.new == 20 * Decimal("-1.727")


def test_every_level_ii_drug_of_july_is_compared_and_the_sum_is_that_of_the_two_files(
    library: Path, tmp_path: Path
) -> None:
    from cleanclaim.reference.codes.lookup import Lookup  # noqa: PLC0415
    from cleanclaim.reference.tables import ASP_LIMIT  # noqa: PLC0415

    rows = Lookup.open(library).index.every(ASP_LIMIT)
    july = {
        str(row["hcpcs_code"]): row["payment_limit"] for row in rows if str(row["release"]).startswith("asp 2025-Q3")
    }
    october = {
        str(row["hcpcs_code"]): row["payment_limit"] for row in rows if str(row["release"]).startswith("asp 2025-Q4")
    }
    codes = sorted(code for code in july if code[0].isalpha())
    result = ask(library, tmp_path, *(line(code, 1, "2025-08-01") for code in codes), new="2025-Q4")
    assert [one.code for one in result.codes] == codes
    cents = Decimal("0.01")
    for one in result.codes:
        was, now = july[one.code], october.get(one.code)
        if one.money and not one.money.successor:
            assert isinstance(was, Decimal)
            assert isinstance(now, Decimal)
            # Half a cent goes up, as bills have it.
            assert abs(one.money.old - was) <= cents / 2
            assert abs(one.money.new - now) <= cents / 2
        elif not one.money:
            assert was is None or now is None or one.changes[0].kind in {ChangeKind.ENDED, ChangeKind.NOT_IN_FORCE}, (
                one.code
            )
    money = [one.money for one in result.codes if one.money]
    assert len(money) > 700
    assert result.money.net == sum(one.new - one.old for one in money)
    found = {change.kind for one in result.codes for change in one.changes}
    assert {ChangeKind.ENDED, ChangeKind.LIMIT_UP, ChangeKind.LIMIT_DOWN, ChangeKind.OPPS_STATUS} <= found
