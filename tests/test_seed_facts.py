"""Every code that the five seed articles name, and every code that is really meant, on both sides of each change.

Source: the rulebook's table "Seed facts checked" (codes.md, section 6), read in HCPCS 2019, 2020 and October 2025 and in Addendum B.
Answered from the starter set alone.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.lookup import Lookup

ACTIVE, ENDED, NOT_YET, ABSENT, UNKNOWN = (
    CodeStatus.ACTIVE, CodeStatus.TERMINATED, CodeStatus.NOT_YET_EFFECTIVE, CodeStatus.NOT_FOUND, CodeStatus.NOT_IN_REFERENCE,
)  # fmt: skip

# code, day, status, words of the descriptor, amount and unit of one billing unit, semantics
FACTS = [
    ("J3121", "2024-08-01", ACTIVE, "testosterone enanthate", "1 mg", "linear"),
    ("J3121", "2015-01-01", ACTIVE, "testosterone enanthate", "1 mg", "linear"),
    ("J3121", "2014-12-31", NOT_YET, "testosterone enanthate", "1 mg", "linear"),
    ("J1729", "2024-08-01", ACTIVE, "hydroxyprogesterone caproate, not otherwise specified", "10 mg", "linear"),
    ("J1729", "2017-12-31", NOT_YET, "hydroxyprogesterone caproate", "10 mg", "linear"),
    ("J2675", "2024-08-01", ACTIVE, "progesterone", "50 mg", "linear"),
    ("J1050", "2024-08-01", ACTIVE, "medroxyprogesterone acetate", "1 mg", "linear"),
    ("J1050", "2013-01-01", ACTIVE, "medroxyprogesterone acetate", "1 mg", "linear"),
    ("J1050", "2012-12-31", NOT_YET, "medroxyprogesterone acetate", "1 mg", "linear"),
    ("J1726", "2018-01-01", ACTIVE, "makena", "10 mg", "linear"),
    ("J1726", "2017-12-31", NOT_YET, "makena", "10 mg", "linear"),
    ("Q9986", "2017-07-01", ACTIVE, "hydroxyprogesterone caproate", "10 mg", "linear"),
    ("Q9986", "2017-12-31", ACTIVE, "hydroxyprogesterone caproate", "10 mg", "linear"),
    ("Q9986", "2018-01-01", ENDED, "hydroxyprogesterone caproate", "10 mg", "linear"),
    ("Q9986", "2017-06-30", NOT_YET, "hydroxyprogesterone caproate", "10 mg", "linear"),
    ("J1725", "2012-01-01", ACTIVE, "hydroxyprogesterone caproate", "1 mg", "linear"),
    ("J1725", "2017-12-31", ACTIVE, "hydroxyprogesterone caproate", "1 mg", "linear"),
    ("J1725", "2018-01-01", ENDED, "hydroxyprogesterone caproate", "1 mg", "linear"),
    ("J3420", "2024-08-01", ACTIVE, "vitamin b-12 cyanocobalamin", "1000 mcg", "up_to"),
    ("J2785", "2024-08-01", ACTIVE, "regadenoson", "0.1 mg", "linear"),
    ("J3425", "2024-08-01", ACTIVE, "hydroxocobalamin", "10 mcg", "linear"),
    ("J3425", "2024-01-01", ACTIVE, "hydroxocobalamin", "10 mcg", "linear"),
    ("J3425", "2023-12-31", NOT_YET, "hydroxocobalamin", "10 mcg", "linear"),
    ("J3424", "2024-04-01", ACTIVE, "hydroxocobalamin", "25 mg", "linear"),
    ("J3424", "2024-03-31", NOT_YET, "hydroxocobalamin", "25 mg", "linear"),
    ("J0570", "2024-08-01", ACTIVE, "buprenorphine", "74.2 mg", None),
    ("J3411", "2024-08-01", ACTIVE, "thiamine", "100 mg", "linear"),
    ("J3490", "2024-08-01", ACTIVE, "unclassified drugs", None, "unclassified"),
    ("J7999", "2024-08-01", ACTIVE, "compounded drug", None, "unclassified"),
    ("G0605", "2024-08-01", ABSENT, None, None, None),
    ("G0605", "2025-11-01", ABSENT, None, None, None),
    ("J1320", "2024-08-01", ACTIVE, "amitriptyline", "20 mg", "up_to"),
    ("J2920", "2024-03-31", ACTIVE, "methylprednisolone sodium succinate", "40 mg", "up_to"),
    ("J2920", "2024-04-01", ENDED, "methylprednisolone sodium succinate", "40 mg", "up_to"),
    ("J2930", "2024-03-31", ACTIVE, "methylprednisolone sodium succinate", "125 mg", "up_to"),
    ("J2930", "2024-04-01", ENDED, "methylprednisolone sodium succinate", "125 mg", "up_to"),
    ("J2919", "2024-04-01", ACTIVE, "methylprednisolone sodium succinate", "5 mg", "linear"),
    ("J2919", "2024-03-31", NOT_YET, "methylprednisolone sodium succinate", "5 mg", "linear"),
    ("J1020", "2024-03-31", ACTIVE, "methylprednisolone acetate", "20 mg", "linear"),
    ("J1020", "2024-04-01", ENDED, "methylprednisolone acetate", "20 mg", "linear"),
    ("J1030", "2024-03-31", ACTIVE, "methylprednisolone acetate", "40 mg", "linear"),
    ("J1030", "2024-04-01", ENDED, "methylprednisolone acetate", "40 mg", "linear"),
    ("J1040", "2024-03-31", ACTIVE, "methylprednisolone acetate", "80 mg", "linear"),
    ("J1040", "2024-04-01", ENDED, "methylprednisolone acetate", "80 mg", "linear"),
    ("J1010", "2024-04-01", ACTIVE, "methylprednisolone acetate", "1 mg", "linear"),
    ("J1010", "2024-03-31", NOT_YET, "methylprednisolone acetate", "1 mg", "linear"),
    ("J3250", "2024-08-01", ACTIVE, "trimethobenzamide", "200 mg", "up_to"),
    ("J3260", "2024-08-01", ACTIVE, "tobramycin", "80 mg", "up_to"),
    ("J3031", "2024-08-01", ACTIVE, "fremanezumab", "1 mg", "linear"),
    ("S0013", "2025-12-31", ACTIVE, "esketamine", "1 mg", "linear"),
    ("S0013", "2026-01-01", ENDED, "esketamine", "1 mg", "linear"),
    ("S0013", "2021-01-01", ACTIVE, "esketamine", "1 mg", "linear"),
    ("S0013", "2020-12-31", NOT_YET, "esketamine", "1 mg", "linear"),
    ("J0013", "2026-01-01", ACTIVE, "esketamine", "1 mg", "linear"),
    ("J0013", "2025-12-31", NOT_YET, "esketamine", "1 mg", "linear"),
    ("G2082", "2024-08-01", ACTIVE, "esketamine", None, None),
    ("G2083", "2024-08-01", ACTIVE, "esketamine", None, None),
    ("J1630", "2024-08-01", ACTIVE, "haloperidol", "5 mg", "up_to"),
    ("J1885", "2024-08-01", ACTIVE, "ketorolac", "15 mg", "linear"),
    ("J9271", "2031-01-01", UNKNOWN, "pembrolizumab", "1 mg", "linear"),
]
FOLLOWERS = {
    "J2920": ("J2919",), "J2930": ("J2919",), "J1020": ("J1010",), "J1030": ("J1010",), "J1040": ("J1010",), "S0013": ("J0013",),
}  # fmt: skip


@pytest.fixture(scope="module")
def lookup(tmp_path_factory: pytest.TempPathFactory) -> Lookup:
    return Lookup.open(tmp_path_factory.mktemp("library"))


@pytest.mark.parametrize(
    ("code", "day", "status", "words", "unit", "semantics"), FACTS, ids=lambda value: str(value)[:24]
)
def test_code_on_day(
    lookup: Lookup, code: str, day: str, status: CodeStatus, words: str | None, unit: str | None, semantics: str | None
) -> None:
    answer = lookup.code(code, date.fromisoformat(day))
    assert answer.status is status, answer.why
    if words:
        assert words in (answer.descriptor or "").lower()
    if unit:
        amount, name = unit.split()
        assert (answer.amount, answer.unit) == (Decimal(amount), name)
    if semantics:
        assert answer.unit_semantics == semantics
    if status is not ACTIVE:
        assert answer.why


@pytest.mark.parametrize("code", FOLLOWERS)
def test_what_follows_a_code(lookup: Lookup, code: str) -> None:
    assert lookup.code(code, date(2026, 1, 1)).replaced_by == FOLLOWERS[code]


def test_every_code_of_the_rulebooks_table_is_here() -> None:
    rulebook = Path(__file__).resolve().parents[1].parent / "shared" / "domain" / "codes.md"
    if not rulebook.is_file():
        pytest.skip("needs the official files beside the checkout (../shared), absent here")
    section = rulebook.read_text(encoding="utf-8").split("## 6. Seed facts checked")[1].split("## 7.")[0]
    named = {
        code for row in section.splitlines() if row.startswith("|") for code in re.findall(r"\b[GJQS][0-9]{4}\b", row)
    }
    named -= {"G0659", "G0660", "G0667", "Q9985"}  # ends of number ranges, and a twin of Q9986
    assert named - {code for code, *_ in FACTS} == set()
