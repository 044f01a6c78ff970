"""The code sets of claims in the starter set: types of bill, payers, revenue codes, in words of our own."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from cleanclaim.claims.tables import PayerProgram, payer_program_of
from cleanclaim.reference.library import Library
from tests.reference.test_starter_facts import facts
from tests.shared import SHARED, needs_shared

SETS = ("revenue_code", "bill_type", "bill_frequency", "claim_filing")


@pytest.mark.parametrize("name", SETS)
def test_every_row_names_its_source_and_how_sure_we_are(name: str) -> None:
    for row in facts(name):
        assert row["confidence"] in {"S", "K"}
        assert row["source"]
        assert row["name"]
        assert "expert knowledge" not in str(row["source"]) or row["confidence"] == "K", row


def test_codes_have_their_form() -> None:
    form = {
        "revenue_code": "0[0-9]{3}",
        "bill_type": "[1-8][1-8]",
        "bill_frequency": "[0-9Q]",
        "claim_filing": "[0-9A-Z]{2}",
    }
    for name in SETS:
        assert all(re.fullmatch(form[name], str(next(iter(row.values())))) for row in facts(name)), name


def test_revenue_codes_of_the_rulebook() -> None:
    kinds = {row["revenue_code"]: row["kind"] for row in facts("revenue_code")}
    assert set(kinds.values()) == {"drug", "radiopharmaceutical", "blood", "administration", "supply", "setting"}
    for code in ("0250", "0258", "0259", "0631", "0634", "0635", "0636", "0637"):
        assert kinds[code] == "drug", code
    for code in ("0260", "0331", "0332", "0335", "0390", "0771", "0940"):
        assert kinds[code] == "administration", code
    assert (kinds["0343"], kinds["0344"], kinds["0387"]) == ("radiopharmaceutical", "radiopharmaceutical", "blood")
    assert (kinds["0450"], kinds["0510"]) == ("setting", "setting")


def test_types_of_bill_of_the_rulebook() -> None:
    told = {row["facility_type"]: row for row in facts("bill_type")}
    assert set(told) == {
        "11", "12", "13", "14", "18", "21", "22", "23", "32", "34", "71", "72", "75", "77", "81", "82", "83", "85",
    }  # fmt: skip
    assert told["13"]["name"] == "hospital outpatient department"
    assert told["85"]["name"] == "critical access hospital outpatient"
    # The first digit names one kind of facility.
    assert len({(code[0], row["facility"]) for code, row in told.items()}) == len({code[0] for code in told})
    assert {row["frequency"] for row in facts("bill_frequency")} == set("01234578Q")


def test_every_indicator_that_decides_a_program_is_there() -> None:
    told = {row["claim_filing"]: row for row in facts("claim_filing")}
    assert len(told) == 23
    program = {code: payer_program_of(str(code)) for code in told}
    assert set(program.values()) == set(PayerProgram) - {PayerProgram.MEDICARE_DME}  # which is told otherwise
    assert (program["MB"], told["MB"]["name"]) == (PayerProgram.MEDICARE_B, "Medicare Part B")
    assert (program["16"], program["MC"], program["CH"]) == (
        PayerProgram.MEDICARE_ADVANTAGE,
        PayerProgram.MEDICAID,
        PayerProgram.TRICARE,
    )
    assert {code for code, row in told.items() if not row["in_remittance"]} == {"11", "BL", "CI", "FI"}


def test_a_library_without_imports_tells_them(tmp_path: Path) -> None:
    opened = Library.open(tmp_path / "nothing")
    names = {row[0]: row[1] for row in opened.rows("revenue_code") if row[5] <= date(2026, 1, 1) <= row[6]}
    assert names["0636"] == "drugs with a HCPCS code on the line"


class TestAgainstTheListAtSecondHand:
    pytestmark = needs_shared

    def test_the_words_are_our_own_and_what_cites_the_list_stands_in_it(self) -> None:
        with (SHARED / "data" / "cms" / "codesets" / "revenue_codes_drug_subset.csv").open(
            "r", encoding="utf-8"
        ) as file:
            listed = {row["code"]: row["description"] for row in csv.DictReader(file)}
        for row in facts("revenue_code"):
            code, name = str(row["revenue_code"]), str(row["name"])
            assert ("second hand" not in str(row["source"])) or code in listed, code
            assert name.casefold() != listed.get(code, "").casefold(), code
