"""Codes found by what people remember of them, on the starter set alone."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.errors import InvalidValue
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.codes.search import Search

DAY = date(2025, 11, 1)


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Search:
    return Search(Lookup.open(tmp_path_factory.mktemp("library")))


def codes(search: Search, query: str, on: date = DAY) -> list[str]:
    return [hit.code for hit in search.find(query, on).hits]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("J3420", "J3420"),
        ("j3420", "J3420"),
        ("J342O", "J3420"),
        ("3420", "J3420"),
        ("pembrolizumab", "J9271"),
        ("Keytruda", "J9271"),
        ("keytrudda", "J9271"),
        ("vitamin b12", "J3420"),
        ("b-12", "J3420"),
        ("cyanocobalamin 1000 mcg", "J3420"),
        ("testosterone enanthate", "J3121"),
        ("hydroxyprogesterone makena", "J1726"),
        ("amitriptyline", "J1320"),
        ("trimethobenzamide", "J3250"),
        ("fremanezumab", "J3031"),
        ("regadenoson", "J2785"),
        ("ketorolac", "J1885"),
        ("thiamine", "J3411"),
        ("solu-medrol", "J2919"),
        ("methylprednisolone acetate", "J1010"),
        ("50242-0060-01", "J9035"),
        ("50242006001", "J9035"),
    ],
)
def test_the_first_answer_is_the_code_that_is_meant(search: Search, query: str, first: str) -> None:
    assert codes(search, query)[:1] == [first]


def test_what_was_typed_wrong_is_told(search: Search) -> None:
    assert search.find("J342O", DAY).why == "read as J3420"
    assert search.find("keytrudda", DAY).why == "'keytrudda' is taken for 'keytruda'"


def test_codes_of_the_day_come_before_ended_ones(search: Search) -> None:
    before, after = (search.find("methylprednisolone acetate", on).hits for on in (date(2024, 3, 31), date(2024, 4, 1)))
    assert {hit.code for hit in before[:3]} == {"J1020", "J1030", "J1040"}
    assert [hit.status for hit in before[:3]] == [CodeStatus.ACTIVE] * 3
    assert after[0].code == "J1010"
    assert {hit.status for hit in after[1:]} == {CodeStatus.TERMINATED}


def test_a_name_of_several_codes_gives_them_all(search: Search) -> None:
    assert {"J0013", "S0013", "G2082", "G2083"} == set(codes(search, "esketamine"))


def test_part_of_a_number_gives_the_codes_that_have_it(search: Search) -> None:
    found = search.find("J342", DAY, most=3)
    assert all("J342" in hit.code for hit in found.hits)
    assert found.hits


def test_nothing_found_is_said_and_a_drug_number_nobody_lists_too(search: Search) -> None:
    nothing = search.find("zzzzqx", DAY)
    assert (nothing.hits, nothing.why) == (
        (), "no code of the library is found by 'zzzzqx': 'zzzzqx' is in no name or descriptor",
    )  # fmt: skip
    assert search.find("99999-9999-99", DAY).why == "no crosswalk in the library covers it on 2025-11-01"
    absent = search.find("G0605", DAY)
    assert absent.hits == ()


def test_a_query_of_marks_alone_is_refused(search: Search) -> None:
    with pytest.raises(InvalidValue, match="a word, a number or a code"):
        search.find(" -- ", DAY)


def test_the_order_of_words_does_not_matter(search: Search) -> None:
    assert codes(search, "acetate methylprednisolone") == codes(search, "methylprednisolone acetate")


def test_code_numbers_are_never_taken_for_others(search: Search) -> None:
    """Not for one that looks like it, nor for a word: they are looked up, or said to be none."""
    assert [hit.code for hit in search.find("J1745, J9271", DAY).hits] == ["J1745", "J9271"]
    assert [hit.code for hit in search.find("code j-1745 please", DAY).hits] == ["J1745"]
    none = search.find("G0605", DAY)
    assert none.hits == ()
    assert "no code G0605" in (none.why or "")
    assert "J3490" not in {hit.code for hit in search.find("J3494", DAY).hits}
    assert "one slip away: " in (search.find("J3494", DAY).why or "")
    cpt = search.find("96372", DAY)
    assert cpt.hits == ()
    assert "CPT" in (cpt.why or "")
