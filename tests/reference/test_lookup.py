"""A code as of a day, and a drug number."""

import inspect
import os
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cleanclaim.errors import InvalidValue, UnknownName
from cleanclaim.reference import tables
from cleanclaim.reference.codes import lookup as lookup_module
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.index import Record, open_index
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.importing import import_file, import_files
from cleanclaim.reference.library import Library, starter_set
from cleanclaim.reference.lock import locked
from cleanclaim.reference.tables import LOOKED_UP
from tests.reference.publications import asp_file, limit
from tests.shared import needs_shared

# fmt: off
CASES = [
    # code, day, status, why
    ("J1030", "2024-03-31", "active", None),
    ("J1030", "2024-04-01", "terminated", "ended on 2024-03-31"),
    ("J1010", "2024-03-31", "not_yet_effective", "starts on 2024-04-01"),
    ("J1010", "2024-04-01", "active", None),
    ("J1010", "2019-01-01", "not_yet_effective", "starts on 2024-04-01"),   # not in the file of that quarter
    ("J9271", "2015-12-31", "not_yet_effective", "starts on 2016-01-01"),
    ("J9271", "2026-03-31", "active", None),                                # the starter covers it
    ("J9271", "2026-04-01", "not_in_reference", "covers J9271 from 2010-04-01 to 2026-03-31"),
    ("J1010", "2026-01-01", "not_in_reference", "not on 2026-01-01"),
    ("J0013", "2025-10-31", "not_yet_effective", "starts on 2025-11-01"),   # listed ahead of its day
    ("Q9986", "2017-12-31", "active", None),
    ("Q9986", "2018-01-01", "terminated", "ended on 2017-12-31"),
    ("Q9986", "2025-10-01", "terminated", "ended on 2017-12-31"),           # dropped from the newest file
    ("J0570", "2020-05-01", "active", None),                                # the file of that quarter knows
    ("J0570", "2025-09-30", "not_in_reference", "does not print its days"),
    ("J0570", "2025-10-01", "active", None),
    ("G0605", "2025-10-01", "not_found", "in no release that covers"),
    ("G0605", "2010-03-31", "not_in_reference", "not on 2010-03-31"),
    ("G0605", "2026-02-01", "not_in_reference", "not on 2026-02-01"),
]
# fmt: on


@pytest.mark.parametrize(("code", "day", "status", "why"), CASES)
def test_status(library: Path, code: str, day: str, status: str, why: str | None) -> None:
    answer = Lookup.open(library, presume=False).code(code, date.fromisoformat(day))
    assert answer.status == status
    if why:
        assert why in (answer.why or "")


def test_where_no_release_covers_the_day_the_last_one_speaks_and_says_so(library: Path) -> None:
    lookup = Lookup.open(library)
    for code, day in (("J9271", date(2026, 4, 1)), ("J1010", date(2026, 1, 1))):
        answer = lookup.code(code, day)
        assert answer.status is CodeStatus.ACTIVE
        assert [one.quarters for one in answer.presumed if one.publication == "HCPCS Level II"] == [1]
    for code, day, status, why in CASES:
        if status != "not_in_reference":  # a day that is covered is left alone
            told = lookup.code(code, date.fromisoformat(day))
            assert (told.status, [one for one in told.presumed if one.publication == "HCPCS Level II"]) == (status, [])
            assert why is None or why in (told.why or "")


def test_an_answer_has_every_fact_of_the_day(tmp_path: Path, starter: starter_set.StarterSet) -> None:
    answer = Lookup.open(tmp_path / "nothing").code(" j9271 ", date(2024, 8, 1))
    assert answer.status is CodeStatus.ACTIVE
    assert (answer.code, answer.substance, answer.amount, answer.unit) == ("J9271", "pembrolizumab", Decimal(1), "mg")
    assert (answer.unit_semantics, answer.valid_from, answer.valid_to) == (
        "linear",
        date(2016, 1, 1),
        date(9999, 12, 31),
    )
    assert (answer.payment_limit, answer.coinsurance_percent) == (Decimal("58.456"), Decimal(20))
    assert (answer.mue, answer.mue_adjudication_indicator) == (Decimal(400), 3)
    assert answer.why is None
    assert answer.releases == ("starter: HCPCS, October 2025", "starter: ASP 2024-Q3", "starter: MUE 2024-Q3")


def test_mue_by_service_type(tmp_path: Path, starter: starter_set.StarterSet) -> None:
    lookup = Lookup.open(tmp_path / "nothing")
    assert lookup.code("J9271", date(2024, 8, 1), service_type="dme").mue == 0
    outpatient = lookup.code("J9271", date(2024, 8, 1), service_type="outpatient")
    assert outpatient.mue is None
    assert "no MUE value is published" in (outpatient.why or "")
    with pytest.raises(InvalidValue, match="practitioner"):
        lookup.code("J9271", date(2024, 8, 1), service_type="inpatient")


def test_what_is_unknown_is_said(library: Path) -> None:
    lookup = Lookup.open(library, presume=False)
    unknown = lookup.code("J9271", date(2024, 5, 1))
    assert unknown.payment_limit is None
    assert "payment limit unknown" in (unknown.why or "")
    assert "MUE value unknown" in (unknown.why or "")
    none = lookup.code("J1010", date(2025, 10, 1))
    assert "no payment limit is published for J1010" in (none.why or "")


def test_the_starter_alone_never_says_not_found(tmp_path: Path, starter: starter_set.StarterSet) -> None:
    answer = Lookup.open(tmp_path / "nothing").code("J1745", date(2024, 8, 1))
    assert answer.status is CodeStatus.NOT_IN_REFERENCE
    assert "whether it exists is unknown" in (answer.why or "")
    assert answer.descriptor is None


def test_outside_the_covered_days_the_nearest_is_shown_and_said(
    tmp_path: Path, starter: starter_set.StarterSet
) -> None:
    answer = Lookup.open(tmp_path / "nothing").code("J9271", date(2030, 1, 1))
    assert answer.status is CodeStatus.NOT_IN_REFERENCE
    assert answer.substance == "pembrolizumab"
    assert "what is shown is what held on 2026-03-31" in (answer.why or "")


def test_successors_are_told_from_their_day(library: Path) -> None:
    lookup = Lookup.open(library)
    assert lookup.code("J1030", date(2024, 3, 31)).replaced_by == ()
    assert lookup.code("J1030", date(2024, 4, 1)).replaced_by == ("J1010",)


def test_drug_numbers(tmp_path: Path, starter: starter_set.StarterSet) -> None:
    lookup = Lookup.open(tmp_path / "nothing")
    answer = lookup.ndc("0006-3026-02")
    assert (answer.ndc11, answer.candidates, answer.why) == ("00006302602", ("00006302602",), None)
    assert [(one.hcpcs_code, one.valid_from, one.valid_to, one.bill_units) for one in answer.hcpcs] == [
        ("J9271", date(2024, 7, 1), date(2024, 9, 30), Decimal(100))
    ]
    product = answer.products[0]
    assert (product.container, product.strength, product.content_amount, product.ndc_unit) == (
        "single_dose", "100 mg/4 mL", Decimal(100), "ML",
    )  # fmt: skip
    (listed,) = lookup.ndc("00006302602", date(2024, 10, 1)).hcpcs
    assert (listed.hcpcs_code, "presumed after 2024-09-30" in listed.release) == ("J9271", True)
    published = Lookup.open(tmp_path / "nothing", presume=False)
    assert published.ndc("00006302602", date(2024, 10, 1)).hcpcs == ()
    assert published.ndc("00006302602", date(2024, 10, 1)).why == "no crosswalk in the library covers it on 2024-10-01"


def test_an_ambiguous_drug_number_lists_what_is_known_of_each_reading(
    tmp_path: Path, starter: starter_set.StarterSet
) -> None:
    answer = Lookup.open(tmp_path / "nothing").ndc("0006302602")
    assert answer.ndc11 is None
    assert "00006302602" in answer.candidates
    assert {one.hcpcs_code for one in answer.hcpcs} == {"J9271"}
    assert "padding zero" in (answer.why or "")
    assert Lookup.open(tmp_path / "nothing").ndc("12345").candidates == ()


def test_a_stale_or_missing_or_broken_index_is_built_anew(library: Path, tmp_path: Path) -> None:
    Lookup.open(library)
    index = library / "index.sqlite"
    old = index.read_bytes()
    again = asp_file(tmp_path / "r2.csv", [limit("J9271", "55.999")], "January 1, 2024 through March 31, 2024")
    import_file(library, again)
    for content in (old, b"", b"no database at all" * 100, None):
        index.unlink()
        if content is not None:
            index.write_bytes(content)
        assert Lookup.open(library).code("J9271", date(2024, 2, 1)).payment_limit == Decimal("55.999")
        assert index.stat().st_size > 10_000


def test_a_library_that_is_not_ours_to_write_still_answers(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (library / "index.sqlite").unlink(missing_ok=True)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Root may write anywhere, so the refusal is made, not provoked: at every way to put a file in its place.
    for name in ("replace", "rename", "link", "mkdir"):
        monkeypatch.setattr(os, name, refuse)
    assert Lookup.open(library).code("J1030", date(2024, 3, 31)).status is CodeStatus.ACTIVE
    assert not (library / "index.sqlite").exists()


def test_a_busy_library_still_answers(library: Path) -> None:
    (library / "index.sqlite").unlink(missing_ok=True)
    with locked(library):
        assert Lookup.open(library).code("J1030", date(2024, 3, 31)).status is CodeStatus.ACTIVE


def test_the_index_tells_what_the_tables_tell(library: Path) -> None:
    _assert_index_tells_the_tables(Library.open(library))


def test_the_starter_index_tells_what_the_tables_tell(tmp_path: Path, starter: starter_set.StarterSet) -> None:
    _assert_index_tells_the_tables(Library.open(tmp_path / "nothing"))


def _assert_index_tells_the_tables(opened: Library) -> None:
    index = open_index(opened)
    for schema in LOOKED_UP:
        column = "key" if "key" in schema.names else schema.names[0]
        rows = [dict(zip(schema.names, row, strict=True)) for row in opened.rows(schema.name)]
        for key in {row[column] for row in rows}:
            expected = [row for row in rows if row[column] == key]
            assert _sorted(index.rows(schema, column, key)) == _sorted(expected)
    assert index.rows(LOOKED_UP[0], "hcpcs_code", "X0000") == []


def _sorted(rows: list[Record]) -> list[Record]:
    return sorted(rows, key=lambda row: [str(cell) for cell in row.values()])


def test_look_ups_load_nothing_heavy(tmp_path: Path, october: Path) -> None:
    program = (
        "import sys, datetime, pathlib\n"
        "from cleanclaim.reference.codes.lookup import Lookup\n"
        "for folder in sys.argv[1:]:\n"
        "    lookup = Lookup.open(pathlib.Path(folder))\n"
        "    assert lookup.code('J9271', datetime.date(2025, 10, 1)).status == 'active'\n"
        "    lookup.ndc('0006-3026-02')\n"
        "heavy = {'duckdb', 'pyarrow', 'numpy', 'sqlglot', 'yaml', 'python_calamine'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)\n"
    )
    import_files(tmp_path / "library", [october])
    command = [sys.executable, "-c", program, str(tmp_path / "nothing"), str(tmp_path / "library")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_table_that_a_look_up_reads_is_in_its_index(library: Path) -> None:
    read = set(re.findall(r"tables\.([A-Z_]+)", inspect.getsource(lookup_module)))
    assert read
    assert {getattr(tables, name).name for name in read} <= {schema.name for schema in LOOKED_UP}
    with pytest.raises(UnknownName, match="ptp is in no look-up index"):
        Lookup.open(library).index.rows(tables.PTP, "ptp_column_one", "96365")


class TestOfficialFiles:
    pytestmark = needs_shared

    @pytest.mark.parametrize("code", ["96372", "90471", "99213", "90662", "0001A", "D0120"])
    def test_cpt_and_cdt_codes_are_not_judged(self, official: Lookup, code: str) -> None:
        """A HCPCS file that is complete says nothing about them; a list that names one has it."""
        answer = official.code(code, date(2025, 11, 3))
        assert answer.status in (CodeStatus.NOT_IN_REFERENCE, CodeStatus.ACTIVE)
        assert "is in no release" not in (answer.why or "")

    def test_what_is_no_code(self, official: Lookup) -> None:
        assert official.code("zzz", date(2025, 11, 3)).status is CodeStatus.NOT_FOUND
        assert "form of a HCPCS code" in (official.code("zzz", date(2025, 11, 3)).why or "")

    def test_a_bare_list_takes_nothing_away(self, official: Lookup) -> None:
        """The list of July 2026 has codes only: what ended before has ended, of the rest the last days known are shown."""
        day = date(2026, 8, 1)
        for code, last in (("J2930", date(2024, 3, 31)), ("S0013", date(2025, 12, 31))):
            ended = official.code(code, day)
            assert (ended.status, ended.valid_to) == (CodeStatus.TERMINATED, last)
        listed = official.code("J9271", day)
        assert listed.descriptor == "Injection, pembrolizumab, 1 mg"
        # The list does not print its days: these are presumed from the last release that does.
        assert listed.status is CodeStatus.ACTIVE
        assert "HCPCS Level II" in [one.publication for one in listed.presumed]

    def test_coverage_and_units_of_what_follows(self, official: Lookup) -> None:
        assert official.code("S0013", date(2025, 11, 3)).coverage_code == "I"
        ended = official.code("J1030", date(2025, 11, 3))
        assert (ended.replaced_by, ended.replaced_by_units) == (("J1010",), (Decimal(40),))
