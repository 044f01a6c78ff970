"""The checklists: every item of the rulebook, by drug and day, its denials known, a slip in the file refused."""

from __future__ import annotations

import csv
from datetime import date
from importlib.resources import files

import pytest

from cleanclaim.edits.collection import shipped_edits
from cleanclaim.errors import UnknownName, UnreadableInput
from cleanclaim.policies import checklist, checklists_for, general_items, items_for_edit
from cleanclaim.policies.checklists import CLASS, read_checklists, shipped_checklists

DAY = date(2025, 11, 3)
SOUND = """\
general:
  - id: DOC-01
    title: Order
    why: "Proof."
    items: [{key: an-order, say: "an order"}]
    without: "no order"
    denials: [{carc: "16", rarc: N455}]
    confidence: K
    source: "made up"
classes: []
edits: {DX-001: [DOC-01]}
"""


def of_class(code: str, on: date = DAY) -> list[str]:
    return [one.id for one in checklists_for(code, on) if one.codes]


def test_every_row_of_the_rulebook_is_there() -> None:
    assert [one.id for one in general_items()] == [f"DOC-{number:02}" for number in range(1, 13)]
    assert [one.id for one in shipped_checklists().classes] == [f"DOC-{number}" for number in range(20, 35)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("J3121", ["DOC-26"]), ("J3420", ["DOC-22"]), ("J2919", ["DOC-23"]), ("J1010", ["DOC-23"]), ("J0013", ["DOC-24"]),
        ("G2082", ["DOC-24"]), ("G2083", ["DOC-24"]), ("J3031", ["DOC-25"]), ("J9271", ["DOC-27"]), ("Q5117", ["DOC-27"]),
        ("J0885", ["DOC-28"]), ("J1569", ["DOC-29"]), ("J1439", ["DOC-30"]), ("J0696", ["DOC-30"]), ("J0178", ["DOC-31"]),
        ("J7325", ["DOC-32"]), ("J0585", ["DOC-33"]), ("90686", ["DOC-33"]),
        # Antidepressant and antiemetic that the seed articles take for other drugs; a drug of no class; J9 without cancer.
        ("J1320", []), ("J3250", []), ("J1745", []), ("J9332", []),
    ],
)  # fmt: skip
def test_the_class_of_a_drug(code: str, expected: list[str]) -> None:
    assert of_class(code) == expected


def test_the_day_decides_between_before_and_after_the_withdrawal() -> None:
    for code in ("J1726", "J1729"):
        assert of_class(code, date(2023, 4, 5)) == ["DOC-20"]
        assert of_class(code, date(2023, 4, 6)) == ["DOC-21"]


def test_items_are_those_of_the_drug() -> None:
    def keys(code: str) -> set[str]:
        return {item.key for one in checklists_for(code, DAY) for item in one.items}

    assert "steroid-joint-side" in keys("J1010")
    assert "steroid-joint-side" not in keys("J2919")
    assert "ferritin-saturation" in keys("J1439") - keys("J0696")
    assert "culture-sensitivity" in keys("J0696") - keys("J1439")
    assert "established-patient" in keys("G2082") - keys("J0013")
    assert "pretherapy-testosterone-twice" in keys("J3121")


def test_drug_that_was_not_bought_is_for_any_drug_and_comes_last() -> None:
    for code in ("J3420", "J1745"):
        last = checklists_for(code, DAY)[-1]
        assert last.id == "DOC-34"
        assert last.when


def test_what_holds_always_and_what_under_a_condition() -> None:
    assert [one.id for one in general_items() if not one.when] == ["DOC-01", "DOC-02", "DOC-04"]


def test_each_reason_and_remark_code_is_one_that_the_reference_knows() -> None:
    known = {name: starter(file, name) for file, name in (("adjustment_reason.csv", "carc"), ("remark.csv", "rarc"))}
    for one in (*shipped_checklists().general, *shipped_checklists().classes):
        for denial in one.denials:
            assert denial.carc in known["carc"], one.id
            assert denial.rarc is None or denial.rarc in known["rarc"], one.id


def starter(file: str, name: str) -> set[str]:
    text = files("cleanclaim.reference.library").joinpath("starter", file).read_text(encoding="utf-8")
    return {row[name] for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))}


def test_what_answers_an_edit() -> None:
    assert items_for_edit("WASTE-005") == ("DOC-05",)
    assert items_for_edit("PAYR-004") == ("DOC-02", CLASS)
    assert items_for_edit("PAYR-004", "J3121", DAY) == ("DOC-02", "DOC-26")
    assert items_for_edit("PAYR-004", "J1745", DAY) == ("DOC-02",)
    assert items_for_edit("FMT-E-003") == ()


def test_edits_that_the_catalogue_has_are_spelled_as_there() -> None:
    """Those of payers are not shipped yet; their ids are the rulebook's."""
    shipped = {edit.id for edit in shipped_edits()}
    named = set(shipped_checklists().edits)
    assert {"WASTE-001", "UNIT-003", "CODE-005", "NCCI-002", "DX-002", "MOD-015", "NDC-E-001"} <= named & shipped


def test_one_checklist_by_its_id() -> None:
    assert checklist("doc-24").title == "Esketamine by nose"
    with pytest.raises(UnknownName, match="DOC-99: no checklist has this id; there are DOC-01"):
        checklist("DOC-99")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("title:", "titel:", "unknown field `titel`"),
        ("key: an-order", "key: An Order", "Expected `str` matching regex"),
        ("confidence: K", "confidence: sure", "Invalid enum value 'sure'"),
        ("[DOC-01]}", "[DOC-02]}", "no checklist has the id DOC-02"),
        ('say: "an order"}]', 'say: "an order"}, {key: an-order, say: "twice"}]', "key given twice: an-order"),
        ('carc: "16"', "carc: 16", "Expected `str`, got `int`"),
        ("general:", "general: [", "not YAML: did not find"),
    ],
)  # fmt: skip
def test_a_slip_in_the_file_is_refused(before: str, after: str, message: str) -> None:
    assert read_checklists(SOUND).general[0].id == "DOC-01"
    with pytest.raises(UnreadableInput, match=r"^checklists\.yaml:(\d+:)? ") as raised:
        read_checklists(SOUND.replace(before, after))
    assert message in str(raised.value)
