"""Files as clinics, exports and mails make them, from public reports: what must come out of a check of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cleanclaim.app import Checker
from cleanclaim.app.result import CheckResult
from cleanclaim.cli.options import FailOn
from cleanclaim.cli.report import exit_code
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.tabular.mapping import read_mapping
from cleanclaim.formats.tabular.proposal import proposed_mapping
from cleanclaim.formats.tabular.reader import read_tabular
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
_FIELD = SHARED / "field"


@dataclass(frozen=True)
class Comes:
    """What must come out: by the control a clean claim of two lines."""

    claims: int = 1
    lines: int = 2
    billed: str = "2820.00"
    exit: int = 0
    faults: tuple[str, ...] = ()  # all that are told, in the order of the file
    fires: frozenset[tuple[str, str]] = frozenset()  # claim and edit, of the format family
    others: frozenset[str] = field(default=frozenset())  # further edits that may fire


def fires(*pairs: str) -> frozenset[tuple[str, str]]:
    """Claim and edit, written `claim edit`."""
    return frozenset((pair.split()[0], pair.split()[1]) for pair in pairs)


AS_CONTROL = Comes()
_DRUG_ALONE = frozenset({"ADMN-001"})  # the files of cells have one line a claim
FILES = {
    "f1-00-control.837": AS_CONTROL,
    "f1-01-newline-terminator.837": AS_CONTROL,
    "f1-02-isa-in-names.837": AS_CONTROL,
    "f1-03-wrapped-80-columns.837": Comes(faults=("text-wrapped",)),
    "f1-04-collapsed-isa.837": Comes(faults=("isa-length",)),
    "f1-05-blank-before-tilde.837": Comes(faults=("isa-blanks",)),
    "f1-07-tab-indented.837": AS_CONTROL,
    "f1-09-wrong-counts.837": Comes(faults=("segment-count-mismatch",)),
    "f1-10-no-claims.837": Comes(0, 0, "0.00", exit=2, faults=("claims-missing",)),
    "f1-11-date-after-lin.837": Comes(faults=("segment-misplaced", "segment-misplaced")),
    "f1-13-lin-before-lx.837": Comes(faults=("segment-misplaced", "segment-misplaced")),
    "f1-14-date-on-claim.837": Comes(exit=1, faults=("segment-not-used",), fires=fires("F1-1 FMT-E-001")),
    "f1-15-ndc-on-every-line.837": Comes(1, 3, "2970.00", others=frozenset({"NDC-E-011"})),
    "f1-21-numbers.837": Comes(
        5, 9, "12619.98", exit=1, faults=("amount-invalid", "amount-invalid"),
        fires=fires("F1-21D FMT-E-001", "F1-21D FMT-E-015"),
        others=frozenset({"UNIT-001", "NDC-E-004", "NDC-E-006", "ADMN-001"}),
    ),
    "f1-22-original-replacement-void.837": Comes(  # Medicare, which takes no such professional claim
        3, 6, "8460.00", exit=1, fires=fires("F1-22B FMT-E-006", "F1-22C FMT-E-006")
    ),
    "f1-22e-replacement-no-reference.837": Comes(exit=1, fires=fires("F1-22E FMT-E-006")),
    "f1-37-home-infusion-week.837": Comes(
        billed="2082.50", exit=1,  # the starter set does not know that S9500 is none of a drug
        fires=fires("F1-37 FMT-E-008")
    ),
    "f1-23-cob-two-2320.837": AS_CONTROL,
    "f1-24-patient-loop.837": AS_CONTROL,
    "f1-26-4010.837": Comes(0, 0, "0.00", exit=2, faults=("transaction-type",)),
    "f1-26b-5010-predetermination-x291.837": Comes(0, 0, "0.00", exit=2, faults=("transaction-type",)),
    "f1-27-gs-st-disagree.837": Comes(faults=("version-mismatch",)),
    "f1-28-cp1252-k3-pwk.837": Comes(faults=("not-utf8",)),
    "f1-29-dates.837": Comes(
        8, 16, "22560.00", exit=1,
        faults=("date-invalid", "date-invalid", "date-invalid", "date-form", "date-form", "date-invalid"),
        fires=fires("F1-29B FMT-E-001", "F1-29C FMT-E-001", "F1-29D FMT-E-001", "F1-29H FMT-E-001", "F1-29G FMT-E-008"),
    ),
    "f1-30.837.gz": AS_CONTROL,
    "f1-31-mail-text-around.837": Comes(exit=1, faults=("text-outside-interchange", "text-outside-interchange")),
    "f1-33-no-lx.837": Comes(faults=("lx-missing", "lx-missing")),
    "f1-38-padded-elements.837": AS_CONTROL,
    "f1-51-837i-outpatient-drug.837": Comes(0, 0, "0.00", exit=2, faults=("transaction-type",)),
    "f1-51b-835.835": Comes(0, 0, "0.00", exit=2, faults=("transaction-type",)),
    "f1-52-mixed-837i-837p.837": Comes(exit=1, faults=("transaction-type",)),
    "f1-62-blank-indented.837": AS_CONTROL,
    "f1-64-wrong-component-separator.837": Comes(
        exit=1, faults=("procedure-unreadable",), fires=fires("F1-1 FMT-E-001")
    ),
    "f1-40-first-name-lisa.csv": AS_CONTROL,
    "f1-42-excel-dates.csv": Comes(
        14, 14, "33600.00", exit=1,
        faults=("date-serial", "date-ambiguous", "date-invalid", "date-with-time", "date-invalid"),
        fires=fires("T42B FMT-E-001", "T42C FMT-E-001", "T42M FMT-E-001"), others=_DRUG_ALONE,
    ),
    "f1-43-excel-numbers.csv": Comes(
        18, 18, "31200.00", exit=1,
        faults=("number-with-word", "amount-negative", "place-unknown", "zeros-lost", "amount-float", "amount-invalid"),
        fires=fires("T43L FMT-E-015", "T43Q FMT-E-001"),
        others=_DRUG_ALONE | {"NDC-E-006", "NCCI-002", "MOD-014", "WASTE-001", "MOD-001"},
    ),
    "f1-44-diagnosis-cells.csv": Comes(
        10, 10, "24000.00", exit=1, faults=("pointer-invalid", "diagnosis-in-words", "pointer-invalid", "number-shortened"),
        fires=fires("T44D FMT-E-001", "T44I FMT-E-001", "T44J FMT-E-015"), others=_DRUG_ALONE,
    ),
    "f1-45-report-title-totals.csv": Comes(
        2, 3, "5220.00", faults=("row-title", "row-title", "row-total", "row-total", "blank-row", "row-total"),
        others=_DRUG_ALONE,
    ),
    "f1-46-unicode-text.txt": Comes(1, 1, "2400.00", faults=("utf-16",), others=_DRUG_ALONE),
    "f1-48-control.jsonl": AS_CONTROL,
    "f1-48b-strings.jsonl": Comes(faults=("boolean-as-text", "list-as-text", "list-as-text")),
    "f1-48c-array.json": Comes(2, 4, "5640.00"),
    "f1-57-export.xlsx": Comes(1, 1, "0.00", exit=1),
    "f1-58-pandas.parquet": AS_CONTROL,
}  # fmt: skip


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    return Checker.open(tmp_path_factory.mktemp("starter") / "none")


def checked(checker: Checker, name: str) -> CheckResult:
    """A file of the field checked."""
    return checker.check_files([_FIELD / name])


@pytest.mark.parametrize("name", FILES)
def test_what_comes_out_of_a_file(checker: Checker, name: str) -> None:
    comes, result = FILES[name], checked(checker, name)
    summary = result.summary
    assert (summary.claims, summary.lines, summary.total_charge) == (comes.claims, comes.lines, comes.billed)
    order = sorted(result.faults, key=lambda fault: fault.segment_number or fault.row or 0)
    assert sorted(fault.fault for fault in order) == sorted(comes.faults)
    found = {(str(one.claim_id), one.id) for one in result.findings}
    of_format = {pair for pair in found if pair[1].startswith("FMT")}
    assert of_format == comes.fires
    assert {one for _, one in found - of_format} <= comes.others
    assert exit_code(result, FailOn.DENY) == comes.exit


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("f1-25b-lower-case-all.837", "lower case"),
        ("f1-32-st-without-envelope.837", "an X12 transaction without its interchange header"),
        ("f1-49-fhir-claim-pretty.json", "FHIR, a resource Claim: recognized, not read"),
        ("f1-49b-fhir-claim.ndjson", "FHIR, a resource Claim: recognized, not read"),
        ("f1-50-clearinghouse-api-claim.json", "a clearinghouse's JSON form of an 837"),
    ],
)
def test_why_a_file_is_refused(checker: Checker, name: str, words: str) -> None:
    with pytest.raises(UnreadableInput, match=words):
        checked(checker, name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("f1-26-4010.837", "a professional claim of version 004010X098A1"),
        ("f1-26b-5010-predetermination-x291.837", "predetermination of professional services of version 005010X291"),
        ("f1-51-837i-outpatient-drug.837", "837I"),
        ("f1-51b-835.835", "an 835, remittance advice"),
    ],
)
def test_what_is_not_read_is_named(checker: Checker, name: str, words: str) -> None:
    assert words in checked(checker, name).faults[0].message


def test_the_claims_of_a_row_500_called_lisa_are_read(checker: Checker) -> None:
    assert checked(checker, "f1-40c-lisa-in-row-500.csv").summary.claims == 600


def test_an_outbox_is_read_and_each_other_file_told_once_as_it_is_written(checker: Checker) -> None:
    result = checked(checker, "f1-30-outbox.zip")
    assert (result.summary.claims, result.summary.lines, exit_code(result, FailOn.DENY)) == (1, 2, 1)
    told = [fault.message for fault in result.faults if fault.fault == "file-unreadable"]
    assert any("a PDF document" in message for message in told)
    assert all("Expected: an X12 interchange" in message and ".." not in message for message in told)


def test_a_date_behind_the_drug_is_the_date_of_its_line(checker: Checker) -> None:
    behind, control = (checked(checker, name).summary for name in ("f1-11-date-after-lin.837", "f1-00-control.837"))
    assert behind.not_evaluated == control.not_evaluated


def test_a_note_behind_the_drug_is_read(checker: Checker) -> None:
    result = checked(checker, "f1-12-note-after-lin.837")
    assert {one.id for one in result.findings if one.severity == "reject"} & {"CODE-005"} == set()


def test_numbers_of_drugs_out_of_a_spreadsheet(checker: Checker) -> None:
    result = checked(checker, "f1-41-excel-ndc.csv")
    form = {one.claim_id for one in result.findings if one.id == "NDC-E-002"}
    unread = {one.claim_id for one in result.findings if one.id == "FMT-E-001"}
    assert (form, unread) == ({"T41F", "T41J"}, {"T41A", "T41B"})


def test_the_mapping_that_is_proposed_for_tuva_reads_it(checker: Checker) -> None:
    path = _FIELD / "f1-47-tuva-medical-claim.csv"
    with path.open("rb") as stream:
        mapping = read_mapping(proposed_mapping(stream, name=path.name).encode(), file="proposed.yaml")
    result = checker.check_files([path], mapping=mapping)
    assert (result.summary.claims, result.summary.lines, result.summary.total_charge) == (1, 2, "2820.00")
    assert result.faults == ()
    with path.open("rb") as stream:
        (tables,) = read_tabular(stream, name=path.name, file_hash="ab" * 32, mapping=mapping)
    line, claim = tables.line.to_pylist()[0], tables.claim.to_pylist()[0]
    assert (line["billed_units"], line["modifiers"], line["service_date"].isoformat()) == (40, ["JZ"], "2024-08-01")
    assert (claim["claim_type"], claim["place_of_service"], claim["diagnoses"]) == ("P", "11", ["K5090"])


def test_a_charge_that_cannot_be_read_is_named_in_the_totals(checker: Checker, tmp_path: Path) -> None:
    # A comma in one of two charges: the report billed $420 and said nothing.
    text = (_FIELD / "f1-00-control.837").read_text(encoding="ascii").replace("*2400*", "*2,400.00*")
    (tmp_path / "comma.837").write_text(text.replace("*2820*", "*2,820.00*"), encoding="ascii")
    result = checker.check_files([tmp_path / "comma.837"])
    assert (result.summary.total_charge, result.summary.charges_unreadable) == ("420.00", 2)
    assert {one.id for one in result.findings} >= {"FMT-E-001", "FMT-E-015"}
    assert exit_code(result, FailOn.DENY) == 1
