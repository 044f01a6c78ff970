"""The whole official files: every row accounted for, values against a second reading, answers around known changes."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library import Library
from cleanclaim.reference.publications import asp_csv, hcpcs_xlsx
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source
from tests.shared import SHARED, needs_shared

pytestmark = [*needs_shared, pytest.mark.slow]

HCPCS = SHARED / "data" / "cms" / "hcpcs"
ASP = SHARED / "data" / "cms" / "asp"
OCTOBER_2025 = HCPCS / "HCPC2025_OCT_ANWEB.xlsx"
PRICES = sorted([*ASP.glob("*ASP Pricing File*"), *ASP.glob("*Payment Limit File*")])

# What data/README.md counts, modifiers included; G0503 goes over two records in 2020.
HCPCS_ROWS = {
    "HCPC2020_APR_anweb.xlsx": ("2020-Q2", 7098, 1),
    "HCPC2020_JUL_anweb.xlsx": ("2020-Q3", 7159, 1),
    "HCPC2020_OCT_anweb.xlsx": ("2020-Q4", 7197, 1),
    "HCPC2025_OCT_ANWEB.xlsx": ("2025-Q4", 8846, 0),
}

# Read in the files by hand: code, first day, last day, start of the descriptor.
HCPCS_FACTS = {
    "2020": [
        ("J9271", "2016-01-01", None, "Injection, pembrolizumab, 1 mg"),
        ("J1030", "1982-01-01", None, "Injection, methylprednisolone acetate, 40 mg"),
        ("J2920", "1982-01-01", None, "Injection, methylprednisolone sodium succinate, up to 40 mg"),
        ("J0570", "2017-01-01", None, "Buprenorphine implant, 74.2 mg"),
        ("J3121", "2015-01-01", None, "Injection, testosterone enanthate, 1 mg"),
        ("J1725", "2012-01-01", "2017-12-31", "Injection, hydroxyprogesterone caproate, 1 mg"),
    ],
    "2025": [
        ("J9271", "2016-01-01", None, "Injection, pembrolizumab, 1 mg"),
        ("J1030", "1982-01-01", "2024-03-31", "Injection, methylprednisolone acetate, 40 mg"),
        ("J1010", "2024-04-01", None, "Injection, methylprednisolone acetate, 1 mg"),
        ("S0013", "2021-01-01", None, "Esketamine, nasal spray, 1 mg"),
        ("J1940", None, "2025-03-31", "Injection, furosemide, up to 20 mg"),
        ("C9088", None, "2025-09-30", "Instillation, bupivacaine and meloxicam"),  # its last day is a number cell
        ("C9301", "2025-04-01", "2025-06-30", "Obecabtagene autoleucel"),  # its first day is one
    ],
}


@pytest.fixture(scope="module", params=sorted(HCPCS_ROWS))
def hcpcs(request: pytest.FixtureRequest) -> tuple[str, Parsed]:
    return request.param, hcpcs_xlsx.parse(Source.read(HCPCS / request.param))


def test_every_hcpcs_record_is_kept_or_set_aside(hcpcs: tuple[str, Parsed]) -> None:
    name, parsed = hcpcs
    release, read, continued = HCPCS_ROWS[name]
    assert (parsed.release, parsed.read) == (release, read)
    assert parsed.read == parsed.kept + len(parsed.set_aside)
    assert [(one.reason, one.key) for one in parsed.set_aside] == [
        ("continuation, joined to the record before", "G0503")
    ] * continued
    assert parsed.notes == ()


def test_hcpcs_values_against_a_second_reading(hcpcs: tuple[str, Parsed]) -> None:
    name, parsed = hcpcs
    rows = {row["hcpcs_code"]: row for row in parsed.tables["hcpcs"].to_pylist()}
    for code, first, last, descriptor in HCPCS_FACTS[name[4:8]]:
        row = rows[code]
        assert first is None or row["span_from"] == date.fromisoformat(first)
        assert row["span_to"] == (date.fromisoformat(last) if last else date(9999, 12, 31)), code
        assert row["descriptor"].startswith(descriptor)


def test_every_drug_of_october_2025_is_parsed_or_told(hcpcs: tuple[str, Parsed]) -> None:
    name, parsed = hcpcs
    rows = parsed.tables["hcpcs"].to_pylist()
    drugs = [row for row in rows if row["is_drug"]]
    parsed_drugs = [row for row in drugs if row["unit_semantics"]]
    assert len(parsed_drugs) / len(drugs) > 0.97
    for row in parsed_drugs:
        if row["unit_semantics"] not in ("unclassified", "combination"):
            assert row["amount"] > 0, row["hcpcs_code"]
            assert row["substance"], row["hcpcs_code"]
    assert all(row["is_drug"] for row in rows if row["hcpcs_code"][0] == "J")
    assert not any(row["substance"] for row in rows if not row["is_drug"])
    if name == "HCPC2025_OCT_ANWEB.xlsx":
        noc = {row["hcpcs_code"] for row in rows if row["is_noc"]}
        assert {
            "J3490",
            "J3590",
            "J3591",
            "J7999",
            "J8499",
            "J8999",
            "J9999",
            "C9399",
            "A4641",
            "A9699",
            "Q4100",
        } <= noc
        assert not noc & {"J1729", "J3301", "J9305", "J7192", "J1599", "J2919"}


@pytest.mark.parametrize("path", PRICES, ids=lambda path: path.stem[-24:])
def test_every_price_row_is_kept_and_equals_a_second_reading(path: Path) -> None:
    parsed = asp_csv.parse(Source.read(path))
    text = path.read_bytes().decode("cp1252")
    printed = re.findall(r"^([A-Z0-9]\d{3}[A-Z0-9]),.*", text, re.MULTILINE)
    assert parsed.read == parsed.kept == len(printed) == parsed.tables["asp_limit"].num_rows
    assert (parsed.set_aside, parsed.notes) == ((), ())
    rows = {row["hcpcs_code"]: row for row in parsed.tables["asp_limit"].to_pylist()}
    for code in ("J9271", "J1745", "J0897", "J0585", "J3489"):
        line = next(line for line in text.splitlines() if line.startswith(f"{code},"))
        limit, coinsurance = f"{rows[code]['payment_limit']:.3f}", f"{rows[code]['coinsurance_percent']:.3f}"
        assert f",{limit},{coinsurance}," in line
    assert rows["A9606"]["payment_limit"] is None
    assert "\n" in rows["A9606"]["notes"]
    vaccines = [code for code, row in rows.items() if row["is_vaccine"]]
    assert len(vaccines) > 20
    assert all(rows[code]["coinsurance_percent"] == 0 for code in vaccines)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    quarters = ("January 2024", "Oct 2025", "January 2026")
    prices = [path for path in PRICES if any(quarter in path.name for quarter in quarters)]
    for path in [OCTOBER_2025, *sorted(prices, key=lambda path: "REVISED" in path.name)]:
        import_file(folder, path)
    return folder


# fmt: off
ANSWERS = [
    # code, day, status, payment limit
    ("J9271", "2024-01-01", "active", "55.730"),
    ("J9271", "2025-12-31", "active", "60.291"),
    ("J1030", "2024-03-31", "active", "6.419"),
    ("J1030", "2024-04-01", "terminated", None),
    ("J1010", "2024-03-31", "not_yet_effective", None),
    ("J1010", "2024-04-01", "active", None),
    ("J2920", "2024-03-31", "active", None),
    ("J2920", "2024-04-01", "terminated", None),
    ("S0013", "2020-12-31", "not_yet_effective", None),
    ("S0013", "2021-01-01", "active", None),
    ("S0013", "2025-12-31", "active", None),
    ("J1300", "2025-03-31", "active", None),
    ("J1300", "2025-04-01", "terminated", None),
    ("J2782", "2025-10-01", "active", "103.397"),      # the re-issue of January 2026
    ("J0570", "2025-09-30", "not_in_reference", None),
    ("G0605", "2025-10-01", "not_found", None),
    ("E0110", "2015-09-30", "not_in_reference", None),  # before the ten years of the file
]
# fmt: on


@pytest.mark.parametrize(("code", "day", "status", "limit"), ANSWERS)
def test_answers_around_known_changes(library: Path, code: str, day: str, status: str, limit: str | None) -> None:
    answer = Lookup.open(library).code(code, date.fromisoformat(day))
    assert answer.status == status, answer.why
    if limit:
        assert answer.payment_limit == Decimal(limit)


def test_the_price_of_a_quarter_after_the_last_code_file(library: Path) -> None:
    answer = Lookup.open(library).code("J9271", date(2026, 1, 1))
    assert answer.payment_limit == Decimal("59.726")


def test_both_issues_of_october_2025_stay(library: Path) -> None:
    opened = Library.open(library)
    issues = [one for one in opened.releases if (one.publication, one.release) == ("asp", "2025-Q4")]
    assert [one.revision for one in issues] == [1, 2]
    files = [library / "releases/asp/2025-Q4" / f"r{one.revision}" / "asp_limit.parquet" for one in issues]
    assert all(path.is_file() for path in files)
    old, new = (_limits(path) for path in files)
    assert (old["J2782"], new["J2782"]) == (Decimal("105.124"), Decimal("103.397"))
    assert {code for code in old if old[code] != new[code]} == {"J2782"}


def _limits(path: Path) -> dict[str, Decimal | None]:
    return {row["hcpcs_code"]: row["payment_limit"] for row in pq.read_table(path).to_pylist()}
