"""What decides between two codes, from their descriptors alone: each field that sets drugs apart, and never silence."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.reference.codes.differences import unit_words
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.codes.similar import Relation, similar
from tests.shared import needs_shared

pytestmark = needs_shared
DAY = date(2025, 11, 3)

# code asked, other, words of the line that decides; descriptors read in the file of October 2025
ROWS = [
    ("J0881", "J0882", "for patients on dialysis"),
    ("J0882", "J0881", "for patients who are not on dialysis"),
    ("J0178", "J0177", "hd"),
    ("J0461", "J0462", "only products that are not therapeutically equivalent to those of J0461"),
    ("J7608", "J7604", "compounded"),
    ("P9047", "P9041", "its descriptor says “5%”, not “25%”"),
    ("J2002", "J2003", ""),
    ("J0885", "Q4081", "for patients on dialysis"),
    ("Q9991", "Q9992", "1 unit is a dose above 100 mg, not a dose up to 100 mg"),
    ("J9370", "J9371", "liposom"),
]


@pytest.mark.parametrize(("code", "other", "words"), ROWS)
def test_what_decides(official: Lookup, code: str, other: str, words: str) -> None:
    found = {one.code: one for one in similar(official, code, DAY).similar}
    assert words in found[other].difference
    assert "descriptors are the same" not in found[other].difference


@pytest.mark.slow
def test_nothing_is_only_said_of_equal_descriptors(official: Lookup) -> None:
    """Every pair of relatives of every drug code in force: 'the same' is true where it stands, and days alone decide rarely."""
    pairs = 0
    for code in official.codes:
        if not code.startswith(("J", "Q", "A9", "C9", "P9")):
            continue
        answer = similar(official, code, DAY, most_look_alikes=0)
        mine = " ".join((answer.descriptor or "").casefold().split())
        for one in answer.similar:
            pairs += 1
            theirs = " ".join((one.descriptor or "").casefold().split())
            assert one.difference
            if "the two descriptors are the same" in one.difference:
                assert mine == theirs, (code, one.code)
            only_days = all(
                part.startswith(("ended on", "starts on", "may be billed", "not in"))
                for part in one.difference.split("; ")
            )
            if only_days and one.relations != (Relation.NAMES_THE_DRUG,):
                assert same_words(mine, theirs), (code, one.code, one.difference)
    assert pairs > 3_000


def same_words(one: str, two: str) -> bool:
    """Whether two descriptors have the same words: order, commas and brackets aside."""

    def words(text: str) -> list[str]:
        return sorted(text.replace("(", " ").replace(")", " ").replace(",", " ").split())

    return words(one) == words(two)


def test_the_reference_product_is_none_with_a_name_of_its_own(official: Lookup) -> None:
    """Q5103: Zymfentra (J1748) is infliximab-dyyb under the skin, not the reference product."""
    found = {one.code: one.relations for one in similar(official, "Q5103", DAY).similar}
    assert Relation.REFERENCE_PRODUCT in found["J1745"]
    assert Relation.REFERENCE_PRODUCT not in found["J1748"]
    for asked in ("Q5098", "Q5099"):
        for one in similar(official, asked, DAY).similar:
            assert not (Relation.REFERENCE_PRODUCT in one.relations and one.code in {"Q9996", "Q9997"})


def test_visits_lead_to_their_drug_and_to_each_other(official: Lookup) -> None:
    found = {one.code: one.relations for one in similar(official, "G2082", DAY).similar}
    assert Relation.NAMES_THE_DRUG in found["G2083"]
    assert Relation.NAMES_THE_DRUG in found["S0013"]
    assert "S3620" not in {one.code for one in similar(official, "J1726", DAY).similar}  # a newborn screen


def test_units_in_words() -> None:
    assert unit_words(None, None, "unclassified") is None
    assert unit_words(None, "vial", "per_container") == "one vial"
    assert unit_words(None, "study dose", "per_study") == "one study dose"
