"""The benchmark claims: of the size that the goals speak of, the same for the same seed, sound in form."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import pyx12.params
import pyx12.x12n_document
from benchmarks.drugs import DRUG, DRUGS, drug_lines
from benchmarks.faults import FAULTS
from benchmarks.generate import CLAIMS_PER_INTERCHANGE, generate
from benchmarks.report import Goal, Row, table

from tests.shared import needs_shared
from tests.test_examples import crosswalk

BYTES_A_CLAIM = 1_300
LINES_A_CLAIM = 3.0


def lines_of(path: Path) -> list[list[str]]:
    return [segment.split("*") for segment in path.read_text("ascii").split("~") if segment]


def test_claims_have_the_size_that_the_goals_speak_of(tmp_path: Path) -> None:
    made = generate(tmp_path / "claims.837", claims=2_000)
    assert made.bytes == (tmp_path / "claims.837").stat().st_size
    assert made.claims == 2_000
    assert made.bytes / made.claims == pytest.approx(BYTES_A_CLAIM, rel=0.1)
    assert made.lines / made.claims == pytest.approx(LINES_A_CLAIM, rel=0.1)


def test_counts_told_are_those_of_the_file(tmp_path: Path) -> None:
    made = generate(tmp_path / "claims.837", claims=300)
    tags = [segment[0] for segment in lines_of(tmp_path / "claims.837")]
    assert tags.count("CLM") == made.claims == 300
    assert tags.count("SV1") == tags.count("LX") == made.lines


def test_a_size_is_met_within_one_claim_and_its_envelope(tmp_path: Path) -> None:
    made = generate(tmp_path / "claims.837", megabytes=0.5)
    assert 500_000 <= made.bytes < 510_000


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        generate(tmp_path / name, claims=200, seed=seed)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "again").read_bytes()
    assert (tmp_path / "one").read_bytes() != (tmp_path / "other").read_bytes()


def test_a_longer_file_begins_with_the_claims_of_a_shorter_one(tmp_path: Path) -> None:
    generate(tmp_path / "short", claims=50)
    generate(tmp_path / "long", claims=60)
    short = (tmp_path / "short").read_text("ascii").partition("~SE*")[0]
    assert (tmp_path / "long").read_text("ascii").startswith(short)


def test_an_envelope_holds_five_thousand_claims(tmp_path: Path) -> None:
    generate(tmp_path / "claims.837", claims=CLAIMS_PER_INTERCHANGE + 1)
    segments = lines_of(tmp_path / "claims.837")
    assert [segment[13] for segment in segments if segment[0] == "ISA"] == ["000000001", "000000002"]
    assert {segment[15] for segment in segments if segment[0] == "ISA"} == {"T"}
    account_numbers = [segment[1] for segment in segments if segment[0] == "CLM"]
    assert len(set(account_numbers)) == CLAIMS_PER_INTERCHANGE + 1


def test_claims_are_of_many_shapes(tmp_path: Path) -> None:
    generate(tmp_path / "claims.837", claims=1_000)
    text = (tmp_path / "claims.837").read_text("ascii")
    assert {"MB", "16", "CI", "MC"} <= {
        segment[9] for segment in lines_of(tmp_path / "claims.837") if segment[0] == "SBR"
    }
    for shape in ("*23*0~PAT*19~", "~SVD*", ":JW*", ":JZ*", "~LIN**N4*", "~REF*G1*"):
        assert shape in text, shape


def test_the_share_of_faulty_claims_is_the_one_asked_for(tmp_path: Path) -> None:
    generate(tmp_path / "none", claims=1_000, faulty=0)
    generate(tmp_path / "all", claims=1_000, faulty=1)
    none, everything = (tmp_path / "none").read_text("ascii"), (tmp_path / "all").read_text("ascii")
    for mark in ("HC:G0605", ":JW:JZ*", "*UN*0*", ":25:", ":LT*", "HC:J2930"):
        assert mark not in none, mark
        assert mark in everything, mark


def test_pyx12_finds_no_error_even_in_faulty_claims(tmp_path: Path) -> None:
    path, acknowledgment = tmp_path / "claims.837", io.StringIO()
    generate(path, claims=20, faulty=0.5)
    accepted = pyx12.x12n_document.x12n_document(
        param=pyx12.params.params(), src_file=str(path), fd_997=acknowledgment, fd_html=None
    )
    assert accepted
    assert "IK5*A" in acknowledgment.getvalue()
    assert "IK3*" not in acknowledgment.getvalue()


def test_either_claims_or_megabytes_must_be_given(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="either claims or megabytes"):
        generate(tmp_path / "claims.837")


@pytest.mark.parametrize(("code", "dose", "units"), [
    ("J1745", "350", [(35, "", "3.5"), (5, "JW", "0.5")]),       # UW-6
    ("J1745", "400", [(40, "JZ", "4")]),                         # UW-7
    ("Q5103", "415", [(42, "", "4.15"), (8, "JW", "0.85")]),     # UW-22
    ("J9041", "2.3", [(23, "", "0.657"), (12, "JW", "0.343")]),  # UW-26
    ("J0585", "155", [(155, "", "0.775"), (45, "JW", "0.225")]), # UW-19
    ("J3420", "1000", [(1, "", "1")]),                           # UW-18
])  # fmt: skip
def test_a_dose_becomes_the_lines_of_the_rulebook(code: str, dose: str, units: list[tuple[int, str, str]]) -> None:
    lines = drug_lines(DRUG[code], dose, says_waste=True)
    assert [(line.units, ":".join(line.modifiers), line.ndc_quantity) for line in lines] == units
    assert all(line.charge > 0 for line in lines)


def test_without_a_waste_policy_only_the_dose_is_billed() -> None:
    (line,) = drug_lines(DRUG["J1745"], "350", says_waste=False)
    assert (line.units, line.modifiers) == (35, ())


def test_every_fault_changes_the_lines() -> None:
    sound = drug_lines(DRUG["J1745"], "400", says_waste=True)
    assert all(spoil(sound) != sound for spoil in FAULTS.values())


class TestAgainstTheCrosswalk:
    pytestmark = needs_shared

    @pytest.mark.parametrize("quarter", [(2024, 3), (2025, 4)])
    def test_each_ndc_stands_under_its_code(self, quarter: tuple[int, int]) -> None:
        rows = crosswalk(quarter)
        assert [drug for drug in DRUGS if (drug.code, drug.ndc) not in rows] == []


def test_a_goal_says_whether_it_was_reached_and_by_how_much_not() -> None:
    assert Goal(40, "MB/s").verdict(40) == "reached"
    assert Goal(40, "MB/s").verdict(30) == "MISSED by 25 %"
    assert Goal(400, "MB", at_least=False).verdict(399) == "reached"
    assert Goal(400, "MB", at_least=False).verdict(440) == "MISSED by 10 %"


def test_what_was_not_measured_is_told_with_its_reason() -> None:
    speed = Row("speed", 1234.5, "MB/s", "one run", Goal(40, "MB/s"))
    rows = [speed, Row.failed("latency", "no checker", Goal(60, "ms"))]
    _, _, measured, missing = table(rows).splitlines()
    assert [cell.strip() for cell in measured.split("|")[1:-1]] == [
        "speed", "1,234 MB/s", "at least 40 MB/s", "reached", "one run",
    ]  # fmt: skip
    assert "NOT MEASURED" in missing
    assert "no checker" in missing
