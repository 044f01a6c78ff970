"""The joined tables: who has the say on which day."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from cleanclaim.errors import DamagedRelease, InvalidValue, LibraryError, UnknownName
from cleanclaim.reference.cells import parse_cell
from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library import Library, starter_set
from cleanclaim.reference.library.releases import read_table, write_release
from cleanclaim.reference.manifest import Manifest
from cleanclaim.reference.publications.parsed import dated_table
from cleanclaim.reference.tables import BY_NAME, TABLES
from cleanclaim.values import Interval
from tests.reference.publications import asp_file, limit

JANUARY = "January 1, 2024 through March 31, 2024"


def spans(library: Path, table: str, key: str) -> list[tuple[str, str, str]]:
    rows = Library.open(library, presume=False).table(table).to_pylist()
    first = BY_NAME[table].names[0]
    return sorted(
        (row["valid_from"].isoformat(), row["valid_to"].isoformat(), row["release"])
        for row in rows
        if row[first] == key
    )


def test_a_folder_that_is_not_there_gives_the_starter_set(tmp_path: Path, starter: starter_set.StarterSet) -> None:
    library = Library.open(tmp_path / "nothing", presume=False)
    assert library.starter_only
    assert library.releases == ()
    for schema in TABLES:
        table = library.table(schema.name)
        assert table.schema == schema.arrow()
        assert table.num_rows == len(starter.rows(schema.name))


def test_starter_rows_name_their_publication(tmp_path: Path, starter: starter_set.StarterSet) -> None:
    rows = Library.open(tmp_path / "nothing").table("asp_limit").to_pylist()
    assert [row["payment_limit"] for row in rows] == [Decimal("58.456"), Decimal("60.291")]
    assert rows[0]["release"] == "starter: ASP 2024-Q3"


def test_the_default_folder_is_that_of_the_environment(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANCLAIM_REFERENCE", str(library))
    assert Library.open().folder == library
    monkeypatch.delenv("CLEANCLAIM_REFERENCE")
    assert "cleanclaim" in str(Library.open().folder)


def test_every_table_of_a_library_has_its_schema(library: Path) -> None:
    opened = Library.open(library)
    assert not opened.starter_only
    assert [one.label for one in opened.releases] == [
        "asp 2024-Q1 r1", "asp 2024-Q3 r1", "asp 2025-Q4 r1", "hcpcs 2020-Q2 r1", "hcpcs 2025-Q4 r1",
    ]  # fmt: skip
    for schema in TABLES:
        assert opened.table(schema.name).schema == schema.arrow()


def test_each_release_speaks_for_its_quarter_and_the_next_fills_the_gap(library: Path) -> None:
    assert spans(library, "hcpcs", "J1030") == [
        ("2010-04-01", "2020-06-30", "hcpcs 2020-Q2 r1"),
        ("2020-07-01", "2025-12-31", "hcpcs 2025-Q4 r1"),
    ]


def test_the_starter_fills_only_what_no_import_covers(library: Path) -> None:
    assert spans(library, "hcpcs", "J9271") == [
        ("2010-04-01", "2020-06-30", "hcpcs 2020-Q2 r1"),
        ("2020-07-01", "2025-12-31", "hcpcs 2025-Q4 r1"),
        ("2026-01-01", "2026-03-31", "starter: HCPCS, October 2025"),  # until the end of what it declares
    ]
    assert spans(library, "asp_limit", "J9271") == [
        ("2024-01-01", "2024-03-31", "asp 2024-Q1 r1"),
        ("2024-07-01", "2024-09-30", "asp 2024-Q3 r1"),
        ("2025-10-01", "2025-12-31", "asp 2025-Q4 r1"),
    ]
    assert [row[2] for row in spans(library, "replacement", "J1030")] == ["starter: HCPCS"]


def test_a_price_never_outlives_its_quarter(library: Path) -> None:
    covered = [one for one, _ in Library.open(library).coverage if one.table == "asp_limit" and one.key is None]
    assert [(str(one.days.first), str(one.days.last)) for one in covered] == [
        ("2024-01-01", "2024-03-31"), ("2024-07-01", "2024-09-30"), ("2025-10-01", "2025-12-31"),
    ]  # fmt: skip


def test_at_most_one_row_answers_for_a_key_and_day(library: Path) -> None:
    opened = Library.open(library)
    for schema in TABLES:
        places = [schema.names.index(name) for name in schema.key]
        told: dict[tuple[object, ...], list[tuple[date, date]]] = {}
        for row in opened.rows(schema.name):
            days = (row[schema.names.index("valid_from")], row[schema.names.index("valid_to")])
            told.setdefault(tuple(row[place] for place in places), []).append(days)
        for several in told.values():
            ordered = sorted(several)
            assert all(one[1] < two[0] for one, two in pairwise(ordered)), schema.name


def test_the_coverage_table_tells_what_is_complete_and_who_says_so(library: Path) -> None:
    rows = {
        (row["table"], row["key"], row["release"]): row for row in Library.open(library).table("coverage").to_pylist()
    }
    whole = rows["hcpcs", None, "hcpcs 2025-Q4 r1"]
    assert (whole["valid_from"], whole["valid_to"]) == (date(2020, 7, 1), date(2025, 12, 31))
    own = rows["hcpcs", "J9271", "starter: HCPCS"]
    assert (own["valid_from"], own["valid_to"]) == (date(2026, 1, 1), date(2026, 3, 31))
    assert ("hcpcs", "J1030", "starter: HCPCS") not in rows


def test_the_last_revision_has_the_say_and_the_old_one_stays(library: Path, tmp_path: Path) -> None:
    before = Library.open(library)
    again = asp_file(tmp_path / "again.csv", [limit("J9271", "55.999")], JANUARY)
    report = import_file(library, again)
    assert (report.manifest.label, report.replaces) == ("asp 2024-Q1 r2", "asp 2024-Q1 r1")
    after = Library.open(library)
    assert after.digest != before.digest
    assert before.table("asp_limit").num_rows == 5  # what was open still reads its own releases
    rows = [row for row in after.table("asp_limit").to_pylist() if row["release"].startswith("asp 2024-Q1")]
    assert [(row["hcpcs_code"], row["payment_limit"], row["release"]) for row in rows] == [
        ("J9271", Decimal("55.999"), "asp 2024-Q1 r2")
    ]


def test_a_code_that_the_import_lacks_is_not_filled_from_the_starter(library: Path, tmp_path: Path) -> None:
    import_file(library, asp_file(tmp_path / "other.csv", [limit("J1745", "40.000")], JANUARY))
    assert "starter: ASP 2024-Q1" not in {row[2] for row in spans(library, "asp_limit", "J9271")}
    assert ("2024-01-01", "2024-03-31") not in {row[:2] for row in spans(library, "asp_limit", "J9271")}


def test_equal_libraries_have_equal_digests(library: Path, tmp_path: Path) -> None:
    assert Library.open(library).digest == Library.open(library).digest
    assert Library.open(library).digest != Library.open(tmp_path / "nothing").digest


def test_an_unknown_table_is_told(library: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'asp_limit'"):
        Library.open(library).table("asp_limits")


def test_a_damaged_table_is_told(library: Path) -> None:
    path = library / "releases/asp/2024-Q1/r1/asp_limit.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(DamagedRelease, match=r"asp_limit\.parquet.*import the publication again"):
        Library.open(library).table("asp_limit")
    path.unlink()
    with pytest.raises(DamagedRelease, match=r"asp_limit\.parquet"):
        Library.open(library).table("asp_limit")


@pytest.mark.parametrize("content", ["", "{}", '{"format": 99}', "[]"])
def test_a_damaged_manifest_is_told(library: Path, content: str) -> None:
    path = library / "releases/asp/2024-Q1/r1/manifest.json"
    path.write_text(content)
    with pytest.raises(DamagedRelease, match=r"manifest\.json"):
        Library.open(library)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("table,key\n", "the header is"),
        ("table,part,key,valid_from,valid_to,publication\nhcpcs,,2016-01-01\n", r"coverage\.csv:2: 3 cells"),
        (
            "# note\ntable,part,key,valid_from,valid_to,publication\nhcpcs,,,2016-13-01,2020-01-01,X\n",
            r"coverage\.csv:3: valid_from",
        ),
        ("table,part,key,valid_from,valid_to,publication\nhcpcs,,,2016-01-01,2020-01-01,\n", "no publication"),
    ],
)
def test_a_fault_in_the_starter_set_names_its_place(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "coverage.csv").write_text(text)
    with pytest.raises(LibraryError, match=told):
        starter_set.load(tmp_path).rows("coverage")


@pytest.mark.parametrize(
    ("text", "column"),
    [("1e9", "mue_value"), ("1.2345", "mue_value"), ("ten", "mue_value"), ("1234567890", "mue_value")],
)
def test_numbers_that_a_column_cannot_hold_are_refused(text: str, column: str) -> None:
    mue = next(one for one in BY_NAME["mue"].columns if one.name == column)
    with pytest.raises(InvalidValue, match="mue_value"):
        parse_cell(text, mue)


def test_an_imported_list_of_reason_codes_keeps_our_words(tmp_path: Path) -> None:
    """X12's wording is not free: a list brings numbers and dates, the words are those of the starter set."""
    header = "adj_code,adj_type,adj_description,adj_usage,adj_notes,adj_start_date,adj_last_modified,adj_end_date"
    rows = [f"{code},CARC,,,,1995-01-01,,{end}" for code, end in (("151", ""), ("999", ""), ("15", "2018-05-01"))]
    path = tmp_path / "codes_2024-06.csv"
    path.write_text("\n".join([header, *rows, *(f"Z{number},CARC,,,,1995-01-01,," for number in range(1200)), ""]))
    import_file(tmp_path / "library", path)
    table = Library.open(tmp_path / "library").table("adjustment_reason").to_pylist()
    told = {row["carc"]: row["wording"] for row in table if row["release"].startswith("adjustment_codes")}
    assert told["151"] == "payer does not see this many units or services supported"
    assert told["999"] is None


def test_a_release_of_an_older_version_lacks_columns_that_are_then_empty(tmp_path: Path) -> None:
    days = Interval(date(2024, 1, 1), date(2024, 3, 31))
    older = dated_table("ndc_crosswalk", [("00006302602", "J9271", None, None, 4, 1, 100, 100, days.first, days.last)])
    manifest = Manifest("asp_crosswalk", "2024-Q1", 1, "file.csv", "0" * 64, days, read=1, kept=1)
    stored = write_release(tmp_path, manifest, {"ndc_crosswalk": older.drop_columns(["product_name", "labeler"])})
    assert read_table(stored, "ndc_crosswalk").drop_columns(["release"]).equals(older)
