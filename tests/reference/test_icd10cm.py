"""ICD-10-CM: order file, tabular list, list of codes; and the code set that comes with the package."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from cleanclaim.errors import KnowsLess, UnreadableInput
from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library import Library, embedded
from cleanclaim.reference.publications import icd10cm_codes, icd10cm_order, icd10cm_tabular, recognize
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Interval
from tests.reference.publications import diagnosis, order_file, tabular_file

APRIL = Interval(date(2026, 4, 1), date(2026, 9, 30))
OCTOBER = Interval(date(2025, 10, 1), date(2026, 9, 30))
ORDER = [
    ("A00", 0, "Cholera"),
    ("A000", 1, "Cholera due to Vibrio cholerae 01, biovar cholerae"),
    ("S020XXA", 1, "Fracture of vault of skull, initial encounter for closed fracture, and so on until it is long"),
]
SEVENTH = (
    '<sevenChrDef><extension char="A">initial encounter</extension><extension char="D">subsequent encounter</extension>'
    "</sevenChrDef>"
)
NOT_APPLIED = (
    "<notes><note>7th character D does not apply to codes in category S06 with 6th character 7 - death due to brain"
    " injury, or 8 - death due to other cause.</note></notes>"
)


def codes_of(parsed: Parsed) -> dict[str, tuple[object, object, object]]:
    rows = parsed.tables["diagnosis"].to_pylist()
    return {row["diagnosis_code"]: (row["billable"], row["manifestation"], row["descriptor"]) for row in rows}


class TestOrderFile:
    def test_codes_and_headers(self, tmp_path: Path) -> None:
        source = Source.read(order_file(tmp_path / "icd10cm_order_2026.txt", ORDER))
        assert recognize(source) is icd10cm_order
        parsed = icd10cm_order.parse(source)
        assert (parsed.release, parsed.effective, parsed.read, parsed.kept) == ("FY2026", OCTOBER, 3, 3)
        assert codes_of(parsed) == {code: (flag == 1, None, text) for code, flag, text in ORDER}

    @pytest.mark.parametrize(
        ("name", "release", "expected", "first"),
        [
            ("icd10cm-order-April-2026.txt", None, "FY2026-April", date(2026, 4, 1)),
            ("icd10cm_order_Jan_2023.txt", None, "FY2023-January", date(2023, 1, 1)),
            ("order.txt", "FY2025", "FY2025", date(2024, 10, 1)),
            ("icd10cm_order_2026.txt", "fy2026-april", "FY2026-April", date(2026, 4, 1)),
        ],
    )
    def test_the_code_set_is_told_by_the_name_or_the_user(
        self, tmp_path: Path, name: str, release: str | None, expected: str, first: date
    ) -> None:
        parsed = icd10cm_order.parse(Source.read(order_file(tmp_path / name, ORDER), release=release))
        assert (parsed.release, parsed.effective.first) == (expected, first)

    @pytest.mark.parametrize(
        ("name", "release", "told"),
        [
            ("order.txt", None, "tell no year"), ("icd10cm_order_2026.txt", "FY2025", "tell 2025, 2026"),
            ("order.txt", "2026-Q1", "names no code set"),
        ],
    )  # fmt: skip
    def test_a_code_set_that_is_not_known_is_refused(
        self, tmp_path: Path, name: str, release: str | None, told: str
    ) -> None:
        with pytest.raises(UnreadableInput, match=told):
            icd10cm_order.parse(Source.read(order_file(tmp_path / name, ORDER), release=release))

    def test_a_line_that_is_none_is_set_aside(self, tmp_path: Path) -> None:
        path = order_file(tmp_path / "icd10cm_order_2026.txt", [*ORDER, ("A0", 1, "Too short")])
        parsed = icd10cm_order.parse(Source.read(path))
        assert (parsed.read, parsed.kept, parsed.set_aside[0].key) == (4, 3, "A0")


class TestTabularList:
    def test_seventh_characters_are_written_out(self, tmp_path: Path) -> None:
        skull = diagnosis(
            "S02", "Fracture of skull", SEVENTH, diagnosis("S02.0", "Fracture of vault", diagnosis("S02.01", "Left"))
        )
        parsed = icd10cm_tabular.parse(Source.read(tabular_file(tmp_path / "tabular-April-1-2026.xml", skull)))
        assert (parsed.release, parsed.effective) == ("FY2026-April", APRIL)
        assert codes_of(parsed) == {
            "S02": (False, False, "Fracture of skull"), "S020": (False, False, "Fracture of vault"),
            "S0201": (False, False, "Left"),
            "S0201XA": (True, False, "Left, initial encounter"), "S0201XD": (True, False, "Left, subsequent encounter"),
        }  # fmt: skip

    def test_a_definition_further_down_has_the_say(self, tmp_path: Path) -> None:
        other = '<sevenChrDef><extension char="S">sequela</extension></sevenChrDef>'
        inner = diagnosis(
            "S02", "Outer", SEVENTH, diagnosis("S02.0", "Inner", other), diagnosis("S02.1", "SupportingFiles")
        )
        parsed = icd10cm_tabular.parse(Source.read(tabular_file(tmp_path / "tabular.xml", inner)))
        assert {code for code, (billable, *_) in codes_of(parsed).items() if billable} == {
            "S020XXS", "S021XXA", "S021XXD",
        }  # fmt: skip

    def test_a_note_takes_characters_away(self, tmp_path: Path) -> None:
        brain = diagnosis(
            "S06", "Brain", SEVENTH, NOT_APPLIED, *(diagnosis(f"S06.1X{sixth}", sixth) for sixth in "178")
        )
        parsed = icd10cm_tabular.parse(Source.read(tabular_file(tmp_path / "tabular.xml", brain)))
        assert {code for code, (billable, *_) in codes_of(parsed).items() if billable} == {
            "S061X1A", "S061X1D", "S061X7A", "S061X8A",
        }  # fmt: skip

    def test_manifestations(self, tmp_path: Path) -> None:
        first = "<codeFirst><note>underlying disease</note></codeFirst>"
        inside = [
            diagnosis("H36", "Retinal disorders in diseases classified elsewhere", first, diagnosis("H36.8", "Other")),
            diagnosis("D63", "Anemia", diagnosis("D63.1", "Anemia in chronic kidney disease", first)),
            diagnosis("R53", "Weakness, not elsewhere classified"),
            diagnosis("B95", "Streptococcus as the cause of diseases classified elsewhere"),
        ]
        parsed = icd10cm_tabular.parse(Source.read(tabular_file(tmp_path / "tabular.xml", "".join(inside))))
        assert {code: manifestation for code, (_, manifestation, _) in codes_of(parsed).items()} == {
            "H36": True, "H368": None, "D63": False, "D631": None, "R53": False, "B95": False,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("</ICD10CM.tabular>", "", "not well-formed"),
            ("<ICD10CM.tabular>", '<!DOCTYPE x [<!ENTITY a "b">]><ICD10CM.tabular>', "has a document type"),
            ("<version>2026", "<version>2024", "tell 2024, 2026"),
        ],
    )  # fmt: skip
    def test_what_is_no_tabular_list_is_refused(self, tmp_path: Path, old: str, new: str, told: str) -> None:
        path = tabular_file(tmp_path / "tabular_2026.xml", diagnosis("A00", "Cholera"))
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
        with pytest.raises(UnreadableInput, match=told):
            icd10cm_tabular.parse(Source.read(path))


class TestListOfCodes:
    @pytest.mark.parametrize("ending", ["", " Some words"])
    def test_codes(self, tmp_path: Path, ending: str) -> None:
        path = tmp_path / "icd10cm_codes_2026.txt"
        path.write_text("".join(f"{code:<7}{ending}".rstrip() + "\n" for code in ("A000", "A001", "S020XXA")))
        source = Source.read(path)
        assert recognize(source) is icd10cm_codes
        assert codes_of(icd10cm_codes.parse(source)) == {
            code: (True, None, ending.strip() or None) for code in ("A000", "A001", "S020XXA")
        }

    @pytest.mark.usefixtures("starter")
    def test_it_never_replaces_a_richer_file(self, tmp_path: Path) -> None:
        library = tmp_path / "library"
        import_file(library, order_file(tmp_path / "icd10cm_order_2026.txt", ORDER))
        (tmp_path / "icd10cm_codes_2026.txt").write_text("A000\nA001\nA009\n")
        with pytest.raises(KnowsLess, match="icd10cm FY2026 r1"):
            import_file(library, tmp_path / "icd10cm_codes_2026.txt")

    def test_other_lists_are_not_taken_for_it(self, tmp_path: Path) -> None:
        (tmp_path / "hcpcs.txt").write_text("A0021\nA0080\nA0090\n")
        assert not icd10cm_codes.recognize(Source.read(tmp_path / "hcpcs.txt"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_args, **_options: str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def own_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> embedded.Embedded:
    """A package whose code set has one code, in place of the installed one."""
    default = embedded.Embedded(tabular_file(tmp_path / "icd10cm-tabular-April-2026.xml", diagnosis("A00", "Cholera")))
    monkeypatch.setattr(embedded, "embedded", lambda: default)
    return default


@pytest.mark.usefixtures("cache")
class TestEmbeddedDefault:
    """The `starter` fixture would take the default away: these tests leave the shipped starter set in place."""

    @pytest.mark.usefixtures("own_package")
    def test_it_answers_for_its_days_alone(self, tmp_path: Path) -> None:
        library = Library.open(tmp_path / "nothing", presume=False)
        (row,) = library.table("diagnosis").to_pylist()
        assert (row["diagnosis_code"], row["valid_from"], row["valid_to"]) == ("A00", APRIL.first, APRIL.last)
        assert row["release"].startswith("simple-icd-10-cm 1.")
        assert row["release"].endswith(": ICD-10-CM FY2026, April 2026 update")
        covered = [one for one in library.table("coverage").to_pylist() if one["table"] == "diagnosis"]
        assert [(one["key"], one["valid_from"], one["valid_to"]) for one in covered] == [
            (None, APRIL.first, APRIL.last)
        ]

    @pytest.mark.usefixtures("own_package")
    def test_an_import_goes_before_it_day_by_day(self, tmp_path: Path) -> None:
        library = tmp_path / "library"
        import_file(library, order_file(tmp_path / "icd10cm_order_2025.txt", ORDER))
        assert {row["release"][:6] for row in Library.open(library).table("diagnosis").to_pylist()} == {
            "icd10c",
            "simple",
        }
        import_file(library, order_file(tmp_path / "icd10cm_order_2026.txt", ORDER))
        rows = Library.open(library, presume=False).table("diagnosis").to_pylist()
        assert {row["release"] for row in rows} == {"icd10cm FY2025 r1", "icd10cm FY2026 r1"}

    def test_what_was_read_is_kept_and_a_damaged_copy_is_read_anew(
        self, cache: Path, own_package: embedded.Embedded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = own_package.table()
        (kept,) = cache.iterdir()
        assert kept.name.startswith(f"icd10cm-{own_package.version}-")
        monkeypatch.setattr(icd10cm_tabular, "parse", lambda _: pytest.fail("it was read anew"))
        assert own_package.table().equals(first)
        monkeypatch.undo()
        monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_args, **_options: str(cache))
        monkeypatch.setattr("cleanclaim.reference.publications.icd10cm.FEWEST_CODES", 1)
        kept.write_bytes(kept.read_bytes()[:-9])
        assert own_package.table().equals(first)

    def test_a_cache_that_cannot_be_written_costs_time_alone(self, cache: Path, own_package: embedded.Embedded) -> None:
        cache.write_text("a file where the folder would be")
        assert own_package.table().num_rows == 1

    def test_without_the_package_nothing_is_known(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(embedded, "embedded", lambda: None)
        library = Library.open(tmp_path / "nothing")
        assert library.table("diagnosis").num_rows == 0
        assert "diagnosis" not in library.table("coverage")["table"].to_pylist()

    def test_the_installed_package_is_read_and_never_imported(self, tmp_path: Path) -> None:
        program = (
            "import sys, pathlib, platformdirs\n"
            "platformdirs.user_cache_dir = lambda *_, **__: sys.argv[1]\n"
            "from cleanclaim.reference.library import Library\n"
            "table = Library.open(pathlib.Path(sys.argv[1]) / 'nothing', presume=False).table('diagnosis')\n"
            "assert 'simple_icd_10_cm' not in sys.modules\n"
            "print(table.num_rows, sum(table['billable'].to_pylist()))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == ["98186", "74719"]  # simple-icd-10-cm 1.5.0, as locked


def test_the_schema_of_the_default_is_that_of_the_table(cache: Path, own_package: embedded.Embedded) -> None:
    table = own_package.table()
    assert isinstance(table, pa.Table)
    assert table.schema == Library.open(cache).table("diagnosis").schema
