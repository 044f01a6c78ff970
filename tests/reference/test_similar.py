"""What a code may be taken for: the worked rows of the rulebook (codes.md, sections 3 and 6), on the starter set and whole."""

from __future__ import annotations

import re
import time
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.errors import UnknownName
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.codes.naming import code_meant
from cleanclaim.reference.codes.similar import Relation, Similar, similar
from tests.shared import SHARED, needs_shared

R = Relation
DAY = date(2025, 11, 3)


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Lookup:
    return Lookup.open(tmp_path_factory.mktemp("library"))


def by_code(lookup: Lookup, code: str, day: date = DAY, look_alikes: int = 100) -> dict[str, Similar]:
    return {one.code: one for one in similar(lookup, code, day, most_look_alikes=look_alikes).similar}


# code asked, other code, relation that it must have, words of the reason, words of what decides
ROWS = [
    ("J2930", "J2919", R.REPLACED_BY, "from 2024-04-01", "1 unit is 5 mg, not up to 125 mg"),
    ("J1030", "J1010", R.REPLACED_BY, "1 unit of this code = 40 of that one", "1 unit is 1 mg, not 40 mg"),
    ("J1010", "J1030", R.REPLACES, "1 unit of that code = 40 of this one", "ended on 2024-03-31"),
    ("J1320", "J1630", None, "", ""),  # the seeds' claims are no relation
    ("J2920", "J1010", R.OTHER_SALT, "methylprednisolone in another salt", "acetate, not sodium succinate"),
    ("J2920", "J2930", R.SAME_SUBSTANCE, "the same substance", "1 unit is up to 125 mg, not up to 40 mg"),
    ("J1729", "J1726", R.SAME_SUBSTANCE, "the same substance, hydroxyprogesterone", "the brand Makena"),
    ("J1726", "Q9986", R.REPLACES, "from 2018-01-01", "ended on 2017-12-31"),
    ("J1726", "J1725", R.REPLACES, "1 unit of that code = 0.1 of this one", "1 unit is 1 mg, not 10 mg"),
    ("J3121", "J1729", None, "", ""),
    ("J3420", "J2785", None, "", ""),
    ("J3250", "J3260", None, "", ""),  # two digits off: no relation at all
    ("J0013", "S0013", R.REPLACES, "from 2026-01-01", ""),
    ("J0013", "G2082", R.NAMES_THE_DRUG, "its descriptor names esketamine", "no drug"),
    ("J1745", "Q5103", R.BIOSIMILAR, "a biosimilar of infliximab", "Inflectra (infliximab-dyyb)"),
    ("Q5103", "J1745", R.REFERENCE_PRODUCT, "not as a biosimilar", "the reference product"),
    ("Q5103", "Q5104", R.BIOSIMILAR, "the same reference product", "Renflexis (infliximab-abda), not the biosimilar Infl"),
    ("Q5103", "Q5102", R.REPLACES, "from 2018-04-01", "ended on 2018-03-31"),
]  # fmt: skip

OFFICIAL_ROWS = [  # with codes that the starter set lacks
    ("J3420", "J3240", R.LOOK_ALIKE, "two neighboring digits exchanged", "another drug: thyrotropin alpha"),
    ("J9305", "J9314", R.SAME_SUBSTANCE, "the same substance, pemetrexed", "only the product of Teva: the NDC decides"),
    ("J9314", "J9305", R.SAME_SUBSTANCE, "", "any other product than that of Teva: the NDC decides"),
    ("J9305", "J9323", R.SAME_SUBSTANCE, "", "the salt ditromethamine"),
    ("J9355", "J9356", R.COMBINATION, "has trastuzumab too", "trastuzumab and hyaluronidase, not trastuzumab"),
    ("J3121", "J1071", R.OTHER_SALT, "testosterone in another salt", "cypionate, not enanthate"),
    ("J2919", "J7509", R.SAME_SUBSTANCE, "", "its route is oral"),
    ("J3420", "J3425", None, "", ""),  # hydroxocobalamin is another substance
]  # fmt: skip


@pytest.mark.parametrize(("code", "other", "relation", "why", "decides"), ROWS)
def test_rows_of_the_rulebook(
    starter: Lookup, code: str, other: str, relation: Relation | None, why: str, decides: str
) -> None:
    check_row(starter, code, other, relation, why, decides)


def check_row(lookup: Lookup, code: str, other: str, relation: Relation | None, why: str, decides: str) -> None:
    found = by_code(lookup, code)
    if relation is None:
        assert set(found.get(other, NOTHING).relations) <= {R.LOOK_ALIKE}
        return
    assert relation in found[other].relations
    assert why in found[other].why
    assert decides in found[other].difference
    assert found[other].releases


NOTHING = Similar("", (), "", "", CodeStatus.NOT_FOUND, None, None, None)


def test_the_factor_of_units_is_told(starter: Lookup) -> None:
    assert by_code(starter, "J1030")["J1010"].unit_factor == Decimal(40)
    assert by_code(starter, "J2930")["J2919"].unit_factor is None  # `up to` units have none


def test_as_of_the_day(starter: Lookup) -> None:
    before, after = by_code(starter, "J2930", date(2024, 3, 31)), by_code(starter, "J2930", date(2024, 4, 1))
    assert before["J2919"].status is CodeStatus.NOT_YET_EFFECTIVE
    assert "starts on 2024-04-01" in before["J2919"].difference
    assert after["J2919"].status is CodeStatus.ACTIVE
    assert "may be billed since 2024-04-01, this code may not" in after["J2919"].difference
    assert "ended" not in before["J2920"].difference
    assert "ended on 2024-03-31" in after["J2920"].difference


def test_the_closest_come_first_and_none_is_listed_twice(starter: Lookup) -> None:
    answer = similar(starter, "J1010", DAY, most_look_alikes=100)
    ranks = [list(Relation).index(one.relations[0]) for one in answer.similar]
    assert ranks == sorted(ranks)
    codes = [one.code for one in answer.similar]
    assert len(codes) == len(set(codes))
    assert "J1010" not in codes
    assert answer.more_look_alikes == 0


def test_look_alikes_that_are_not_listed_are_counted(starter: Lookup) -> None:
    whole = similar(starter, "J1010", DAY, most_look_alikes=100)
    few = similar(starter, "J1010", DAY, most_look_alikes=2)
    only_alike = [one for one in whole.similar if one.relations == (R.LOOK_ALIKE,)]
    assert len(only_alike) > 2
    assert few.more_look_alikes == len(only_alike) - 2


def test_a_code_that_is_not_there_has_look_alikes_and_says_so(starter: Lookup) -> None:
    answer = similar(starter, "J9217", DAY)  # the starter may or may not know it: then its neighbors are told
    assert answer.code == "J9217"
    missing = similar(starter, "J0000", DAY)
    assert missing.descriptor is None
    assert missing.why


def test_names(starter: Lookup) -> None:
    assert code_meant(starter, " j2919 ", DAY) == "J2919"
    assert code_meant(starter, "96372", DAY) == "96372"
    assert code_meant(starter, "makena", DAY) == "J1726"
    with pytest.raises(UnknownName, match=r"(?s)methylprednisolone may mean several codes.*J1010.*J2919"):
        code_meant(starter, "methylprednisolone", DAY)
    with pytest.raises(UnknownName, match="qqqqzz is no drug, brand or synonym in the library, and no name is like it"):
        code_meant(starter, "qqqqzz", DAY)


class TestOfficialFiles:
    """On the HCPCS files, the crosswalks and the payment limits as published."""

    pytestmark = needs_shared

    @pytest.mark.parametrize(("code", "other", "relation", "why", "decides"), [*ROWS, *OFFICIAL_ROWS])
    def test_rows_of_the_rulebook(
        self, official: Lookup, code: str, other: str, relation: Relation | None, why: str, decides: str
    ) -> None:
        check_row(official, code, other, relation, why, decides)

    def test_split_families(self, official: Lookup) -> None:
        """Each row of the rulebook's table: all codes of a family that the file has find each other."""
        section = (SHARED / "domain" / "codes.md").read_text("utf-8").split("Split families")[1].split("Recent repl")[0]
        families = re.findall(r"^\| ([a-z]+) \| (.+) \|$", section, re.MULTILINE)
        assert len(families) >= 13
        for ingredient, cell in families:
            named = [code for one in cell.split(";")[0].split(",") for code in expanded(one)]
            known = [code for code in named if official.code(code, DAY).descriptor]
            assert len(known) >= 3, ingredient
            for code in known:
                found = by_code(official, code)
                lost = [other for other in known if other != code and not family(found.get(other, NOTHING))]
                assert lost == [], f"{ingredient}: {code} does not find {lost}"

    def test_recent_replacements(self, official: Lookup) -> None:
        """Each row of the rulebook's table whose successor the file has."""
        section = (SHARED / "domain" / "codes.md").read_text("utf-8").split("Recent replacements")[1].split("COD-34")[0]
        pairs = [
            (old, new)
            for row in section.splitlines()
            if row.startswith("| ") and len(cells := row.split("|")) > 4
            for old in re.findall(r"\b[JQS][0-9]{4}\b", cells[1])
            for new in re.findall(r"\b[JQS][0-9]{4}\b", cells[2])[:1]
        ]
        assert len(pairs) >= 15
        known = [(old, new) for old, new in pairs if official.standing(new, DAY).descriptor]
        lost = [
            (old, new) for old, new in known if R.REPLACED_BY not in by_code(official, old).get(new, NOTHING).relations
        ]
        # The file of October 2025 names for these two another successor each, of the same drug.
        assert set(lost) <= {("Q5131", "J0139"), ("Q5132", "J0139"), ("Q5139", "J1299")}

    def test_packages_that_moved_show_the_successor(self, official: Lookup) -> None:
        moved = by_code(official, "J1030")["J1010"]
        assert R.SAME_NDC in moved.relations
        assert "listed under this code until 2024-03-31, under that one from 2024-04-01" in moved.why

    def test_a_package_under_two_codes_at_once(self, official: Lookup) -> None:
        both = by_code(official, "J0881")["J0882"]  # darbepoetin, outside dialysis and for it
        assert R.SAME_NDC in both.relations
        assert "listed under both from" in both.why

    def test_quick(self, official: Lookup) -> None:
        for code in ("J1010", "J9305", "Q5103", "J9355"):
            similar(official, code, DAY)
            started = time.perf_counter()
            for _ in range(5):
                similar(official, code, DAY)
            assert (time.perf_counter() - started) / 5 < 0.05  # the goal is 10 ms; `make bench` measures it


def family(one: Similar) -> bool:
    return bool({R.SAME_SUBSTANCE, R.OTHER_SALT, R.BIOSIMILAR, R.REFERENCE_PRODUCT, R.COMBINATION} & set(one.relations))


def expanded(cell: str) -> list[str]:
    """`J0162-J0169` as its codes, `J9305 (NOS)` as one."""
    span = re.search(r"([A-Z])([0-9]{4})-[A-Z]([0-9]{4})", cell)
    if span:
        return [f"{span[1]}{number:04d}" for number in range(int(span[2]), int(span[3]) + 1)]
    return re.findall(r"\b[A-Z][0-9]{4}\b", cell)[:1]


def test_expanded() -> None:
    assert expanded(" J0162-J0164") == ["J0162", "J0163", "J0164"]
    assert expanded("J9305 (NOS)") == ["J9305"]
