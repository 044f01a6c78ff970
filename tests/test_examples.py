"""The example claims are what `examples/README.md` says: sound in form, true to the publications of their quarter.

These tests know nothing of the checker. That it finds what `expected.csv` names is tested where the checker is.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import pyx12.params
import pyx12.x12file
import pyx12.x12n_document
from python_calamine import CalamineWorkbook

from tests.shared import SHARED, needs_shared

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
FILES = ("clinic-2024q3.837", "clinic-2025q4.837")
CLAIM_WITH_WRONG_TOTAL = "B12-TOTAL-DIFFERS"
CROSSWALK_OF_QUARTER = {
    (2024, 3): "section 508 version of July 2024 ASP NDC-HCPCS Crosswalk 061824.csv.gz",
    (2025, 4): "section 508 version of October 2025 ASP NDC-HCPCS Crosswalk 090525.csv.gz",
}
LEVEL_TWO = re.compile(r"[A-Z]\d{4}")


@dataclass
class Line:
    """A service line, as much of it as these tests look at."""

    code: str
    charge: Decimal
    service_date: date | None = None
    ndc: str | None = None


@dataclass
class Claim:
    """A claim, as much of it as these tests look at."""

    claim_id: str
    total: Decimal
    diagnoses: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def segments(name: str) -> list[list[str]]:
    """The segments of an example file as pyx12 reads them, each a list of its tag and elements."""
    with pyx12.x12file.X12Reader(str(EXAMPLES / name)) as reader:
        return [segment.format().rstrip("~").split("*") for segment in reader]


def claims_of(name: str) -> list[Claim]:
    claims: list[Claim] = []
    for tag, *elements in segments(name):
        if tag == "CLM":
            claims.append(Claim(elements[0], Decimal(elements[1])))
        elif tag == "HI":
            claims[-1].diagnoses += [element.split(":")[1] for element in elements]
        elif tag == "SV1":
            claims[-1].lines.append(Line(elements[0].split(":")[1], Decimal(elements[1])))
        elif tag == "DTP" and elements[0] == "472":
            claims[-1].lines[-1].service_date = day(elements[2])
        elif tag == "LIN":
            claims[-1].lines[-1].ndc = elements[2]
    return claims


def charted() -> list[dict[str, object]]:
    return [json.loads(text) for text in (EXAMPLES / "charted.jsonl").read_text("utf-8").splitlines()]


def expected() -> list[dict[str, str]]:
    with (EXAMPLES / "expected.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def all_x12_claims() -> list[Claim]:
    return [claim for name in FILES for claim in claims_of(name)]


def check_digit_is_right(npi: str) -> bool:
    """Luhn's sum over the NPI behind its issuer prefix 80840 (45 CFR 162.406)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed("80840" + npi))]
    return len(npi) == 10 and sum(sum(divmod(value, 10)) for value in doubled) % 10 == 0


def readme_rows() -> dict[str, str]:
    """What the README expects, by claim: the last cell of its row."""
    rows = re.findall(
        r"^\| ([ABC]\d\d-[A-Z0-9-]+) \|.*\| ([^|]+) \|$", (EXAMPLES / "README.md").read_text("utf-8"), re.M
    )
    return dict(rows)


@pytest.mark.parametrize("name", FILES)
def test_pyx12_acknowledges_the_file_without_an_error(name: str) -> None:
    acknowledgment = io.StringIO()
    accepted = pyx12.x12n_document.x12n_document(
        param=pyx12.params.params(), src_file=str(EXAMPLES / name), fd_997=acknowledgment, fd_html=None
    )
    tags = {text.split("*")[0].strip() for text in acknowledgment.getvalue().split("~")}
    assert accepted
    assert not tags & {"IK3", "IK4"}
    assert "IK5*A" in acknowledgment.getvalue()


@pytest.mark.parametrize("name", FILES)
def test_every_interchange_is_marked_as_test_data(name: str) -> None:
    usage = [elements[15] for elements in segments(name) if elements[0] == "ISA"]
    assert usage == ["T"]


@pytest.mark.parametrize("name", FILES)
def test_one_segment_stands_on_one_line(name: str) -> None:
    text = (EXAMPLES / name).read_bytes().decode("ascii")
    assert all(row.endswith("~") and row.count("~") == 1 for row in text.splitlines())


def test_claims_listed_are_the_claims_in_the_files() -> None:
    in_files = [claim.claim_id for claim in all_x12_claims()] + [str(claim["claim_id"]) for claim in charted()]
    assert len(in_files) == len(set(in_files))
    assert list(readme_rows()) == in_files
    assert {row["claim_id"] for row in expected()} <= set(in_files)


def test_readme_and_expected_findings_agree() -> None:
    said = {claim_id: set(re.findall(r"[A-Z]+(?:-E)?-\d{3}", text)) for claim_id, text in readme_rows().items()}
    listed: dict[str, set[str]] = {claim_id: set() for claim_id in said}
    for row in expected():
        listed[row["claim_id"]].add(row["edit_id"])
    assert said == listed
    assert all((text == "clean") == (not said[claim_id]) for claim_id, text in readme_rows().items())
    assert sum(text == "clean" for text in readme_rows().values()) >= 8


def test_expected_lines_exist() -> None:
    lines = {claim.claim_id: len(claim.lines) for claim in all_x12_claims()}
    lines |= {str(claim["claim_id"]): len(claim["lines"]) for claim in charted()}  # type: ignore[arg-type]
    for row in expected():
        assert row["line_number"] == "" or 1 <= int(row["line_number"]) <= lines[row["claim_id"]], row
        assert row["case_or_severity"] in {"reject", "deny", "warn", "info"}


def test_totals_agree_except_where_the_total_is_the_fault() -> None:
    differing = [c.claim_id for c in all_x12_claims() if c.total != sum(line.charge for line in c.lines)]
    assert differing == [CLAIM_WITH_WRONG_TOTAL]


def test_prior_payer_balances_to_the_cent() -> None:
    paid, lines_adjusted, amount_paid = Decimal(0), Decimal(0), Decimal(0)
    for tag, *elements in segments("clinic-2025q4.837"):
        if tag == "SVD":
            paid += Decimal(elements[1])
        elif tag == "CAS":
            lines_adjusted += sum((Decimal(amount) for amount in elements[2::3]), Decimal(0))
        elif tag == "AMT" and elements[0] == "D":
            amount_paid += Decimal(elements[1])
    secondary = next(claim for claim in claims_of("clinic-2025q4.837") if claim.claim_id == "B10-SECONDARY")
    assert paid == amount_paid > 0
    assert paid + lines_adjusted == secondary.total


@pytest.mark.parametrize("name", FILES)
def test_every_npi_passes_its_check_digit(name: str) -> None:
    npis = {e[9] for e in segments(name) if e[0] == "NM1" and len(e) > 9 and e[8] == "XX"}
    assert len(npis) > 1
    assert [npi for npi in npis if not check_digit_is_right(npi)] == []


@pytest.mark.parametrize(("name", "first", "last"), [
    ("clinic-2024q3.837", date(2024, 7, 1), date(2024, 9, 30)),
    ("clinic-2025q4.837", date(2025, 10, 1), date(2025, 12, 31)),
])  # fmt: skip
def test_dates_of_service_lie_in_the_quarter(name: str, first: date, last: date) -> None:
    dates = [line.service_date for claim in claims_of(name) for line in claim.lines]
    assert all(when is not None and first <= when <= last for when in dates)


def test_charted_claims_name_a_dose_and_whole_lines() -> None:
    for claim in charted():
        lines = claim["lines"]
        assert isinstance(lines, list)
        assert [line["line_number"] for line in lines] == list(range(1, len(lines) + 1))
        assert all(Decimal(line["charted"]["dose"]["amount"]) > 0 for line in lines if "charted" in line)
        assert any("charted" in line for line in lines)


def crosswalk(quarter: tuple[int, int]) -> set[tuple[str, str]]:
    """Code and NDC of each row of CMS's crosswalk of the quarter."""
    path = SHARED / "data/cms/asp" / CROSSWALK_OF_QUARTER[quarter]
    rows = csv.reader(io.StringIO(gzip.decompress(path.read_bytes()).decode("cp1252")))
    return {(row[0].strip(), row[3].strip().replace("-", "")) for row in rows if len(row) > 3}


def code_spans() -> dict[tuple[int, int], dict[str, tuple[str, str]]]:
    """First and last day of each Level II code, by quarter, as the HCPCS file of the quarter says."""
    folder = SHARED / "data/cms/hcpcs"
    with gzip.open(
        folder / "HCPC2024_JUL_ANWEB_v3_level2.decoded.csv.gz", "rt", encoding="utf-8", newline=""
    ) as stream:
        of_2024 = {
            row["hcpcs_code"]: (row["date_added"].replace("-", ""), row["date_term"].replace("-", "") or "99991231")
            for row in csv.DictReader(stream)
        }
    header, *rows = (
        CalamineWorkbook.from_path(str(folder / "HCPC2025_OCT_ANWEB.xlsx")).get_sheet_by_index(0).to_python()
    )
    code, added, ended = (header.index(name) for name in ("HCPC", "ADD DT", "TERM DT"))
    of_2025 = {str(row[code]): (str(row[added]), str(row[ended]) or "99991231") for row in rows}
    return {(2024, 3): of_2024, (2025, 4): of_2025}


def lines_of_clean_claims() -> list[Line]:
    """Lines of the clean claims with a date, of all three files."""
    faulty = {row["claim_id"] for row in expected()}
    lines = [line for claim in all_x12_claims() if claim.claim_id not in faulty for line in claim.lines]
    for claim in charted():
        if claim["claim_id"] not in faulty:
            for line in claim["lines"]:  # type: ignore[attr-defined]
                when = date.fromisoformat(line["service_date"])
                lines.append(Line(line["hcpcs_code"], Decimal(line.get("charge_amount", 0)), when, line.get("ndc11")))
    return lines


def quarter_of(line: Line) -> tuple[int, int]:
    assert line.service_date is not None
    return line.service_date.year, (line.service_date.month + 2) // 3


class TestAgainstThePublications:
    pytestmark = needs_shared

    def test_each_ndc_of_a_clean_line_stands_under_its_code_in_the_quarter(self) -> None:
        rows = {quarter: crosswalk(quarter) for quarter in CROSSWALK_OF_QUARTER}
        with_ndc = [line for line in lines_of_clean_claims() if line.ndc]
        assert len(with_ndc) > 20
        assert [line for line in with_ndc if (line.code, line.ndc) not in rows[quarter_of(line)]] == []

    def test_each_code_of_a_clean_line_is_valid_on_its_date(self) -> None:
        spans = code_spans()
        drugs = [line for line in lines_of_clean_claims() if LEVEL_TWO.fullmatch(line.code)]
        assert len(drugs) > 20
        for line in drugs:
            first, last = spans[quarter_of(line)][line.code]
            assert first <= f"{line.service_date:%Y%m%d}" <= last, line

    def test_the_codes_that_must_be_found_wrong_are_wrong(self) -> None:
        spans = code_spans()[2024, 3]
        assert "G0605" not in spans
        assert {spans[code][1] for code in ("J1030", "J2930")} == {"20240331"}

    def test_each_diagnosis_is_a_billable_code_of_2026(self) -> None:
        text = gzip.decompress((SHARED / "data/cms/icd10cm/icd10cm_codes_2026.codes_only.txt.gz").read_bytes()).decode()
        codes = {row.split()[0] for row in text.splitlines() if row.strip()}
        used = {code for claim in all_x12_claims() for code in claim.diagnoses}
        used |= {code for claim in charted() for code in claim.get("diagnoses", [])}  # type: ignore[attr-defined]
        assert used - codes == set()
