"""The facts of the starter set: well formed, as the rulebook says, and equal to the official files that they name."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise

import pytest

from cleanclaim.engine.schema import TableSchema
from cleanclaim.reference.dosage import Dosage, parse_dosage
from cleanclaim.reference.library import starter_set
from cleanclaim.reference.tables import BY_NAME
from cleanclaim.values import read_unit

Fact = dict[str, object]

NAMES = (
    "hcpcs", "modifier", "place_of_service", "asp_limit", "ndc_crosswalk",
    "product", "mue", "replacement", "drug_trait", "cpt_modifier", "dose_limit", "adjustment_reason",
    "remark", "revenue_code", "bill_type", "bill_frequency", "claim_filing", "coverage",
)  # fmt: skip
OPEN_END = date(9999, 12, 31)
BARE_LIST = "starter: list of HCPCS Level II codes, July 2026 (codes only)"


@cache
def facts(name: str) -> tuple[Fact, ...]:
    columns = BY_NAME[name].names
    return tuple(dict(zip(columns, row, strict=True)) for row in starter_set.load().rows(name))


def on(name: str, day: date, **key: str | None) -> list[Fact]:
    """The rows of a key that hold on a day."""
    return [
        fact
        for fact in facts(name)
        if fact["valid_from"] <= day <= fact["valid_to"] and all(fact[column] == value for column, value in key.items())
    ]


def covered(table: str, key: str, day: date, part: str | None = None) -> bool:
    return bool(on("coverage", day, table=table, key=key, part=part))


def keys(schema: TableSchema, fact: Fact) -> tuple[object, ...]:
    # A span of a code or modifier is its own row, but two spans may not answer for one day.
    return tuple(fact[column] for column in schema.key if column != "span_from")


class TestForm:
    @pytest.mark.parametrize("name", NAMES)
    def test_file_is_plain_sorted_csv_with_the_columns_of_its_schema(self, name):
        content = (starter_set.FOLDER / f"{name}.csv").read_bytes()
        assert b"\r" not in content
        assert content.endswith(b"\n")
        text = content.decode("utf-8")
        header, *records = csv.reader([line for line in text.splitlines() if not line.startswith("#")], strict=True)
        schema = BY_NAME[name]
        assert header == [*schema.names[:-1], "publication"]
        places = [header.index(column) for column in (*schema.key, "valid_from")]
        order = [tuple(record[place] for place in places) for record in records]
        assert order == sorted(order)
        told_by_rows = {(f["ndc11"], f["valid_from"]) for f in facts("ndc_crosswalk")} if name == "coverage" else ()
        assert len(records) == len(facts(name)) - len(told_by_rows) > 0

    @pytest.mark.parametrize("name", NAMES)
    def test_at_most_one_row_answers_for_a_key_and_day(self, name):
        schema = BY_NAME[name]
        intervals = defaultdict(list)
        for fact in facts(name):
            assert fact["valid_from"] <= fact["valid_to"], fact
            intervals[keys(schema, fact)].append((fact["valid_from"], fact["valid_to"]))
        overlaps = [
            (key, one, other)
            for key, days in intervals.items()
            for one, other in pairwise(sorted(days))
            if other[0] <= one[1]
        ]
        assert overlaps == []

    @pytest.mark.parametrize("name", ["hcpcs", "modifier", "adjustment_reason", "remark"])
    def test_a_row_holds_inside_its_span(self, name):
        assert all(
            fact["span_from"] <= fact["valid_from"] and fact["valid_to"] <= fact["span_to"]
            for fact in facts(name)
            if fact["release"] != BARE_LIST
        )

    def test_of_a_bare_list_nothing_is_told_but_that_its_codes_are_there(self):
        told = [fact for fact in facts("hcpcs") if fact["release"] == BARE_LIST]
        assert "J0463" in {fact["hcpcs_code"] for fact in told}
        for fact in told:
            assert {name for name, value in fact.items() if value is not None} == {
                "hcpcs_code", "is_drug", "valid_from", "valid_to", "release",
            }  # fmt: skip
            assert (fact["valid_from"], fact["valid_to"]) == (date(2026, 7, 1), date(2026, 9, 30))
            assert not covered("hcpcs", fact["hcpcs_code"], date(2026, 6, 30))

    def test_every_package_is_covered_where_the_crosswalk_lists_it_and_nowhere_else(self):
        days = {
            (fact["key"], fact["valid_from"], fact["valid_to"])
            for fact in facts("coverage")
            if fact["table"] == "ndc_crosswalk"
        }
        assert days == {(fact["ndc11"], fact["valid_from"], fact["valid_to"]) for fact in facts("ndc_crosswalk")}
        assert all(key for key, _, _ in days)

    def test_numbers_have_their_form(self):
        assert all(re.fullmatch(r"[A-CEGHJ-MP-V][0-9]{4}", fact["hcpcs_code"]) for fact in facts("hcpcs"))
        assert all(re.fullmatch(r"[A-Z0-9]{2}", fact["modifier"]) for fact in facts("modifier"))
        assert all(re.fullmatch(r"[0-9]{11}", fact["ndc11"]) for fact in (*facts("ndc_crosswalk"), *facts("product")))

    def test_coverage_names_known_tables_and_every_row_of_a_keyed_table_is_covered_somewhere(self):
        vouched = {(fact["table"], fact["key"]) for fact in facts("coverage")}
        assert {table for table, _ in vouched} <= set(NAMES)
        for name, column in (
            ("hcpcs", "hcpcs_code"), ("modifier", "modifier"), ("place_of_service", "place_of_service"),
            ("asp_limit", "hcpcs_code"), ("mue", "hcpcs_code"), ("ndc_crosswalk", "ndc11"),
            ("adjustment_reason", "carc"), ("remark", "rarc"),
        ):  # fmt: skip
            told = {key for table, key in vouched if table == name}
            assert None in told or {fact[column] for fact in facts(name)} <= told, name

    def test_closed_lists(self):
        assert {fact["container"] for fact in facts("product")} <= {None, "single_dose", "multi_dose", "pharmacy_bulk"}
        assert {fact["form"] for fact in facts("product")} <= {"liquid", "powder", "syringe", "implant", "other"}
        assert {fact["ndc_unit"] for fact in facts("product")} <= {"ML", "UN", "GR", "F2"}
        assert {fact["service_type"] for fact in facts("mue")} == {"practitioner", "outpatient", "dme"}
        assert {fact["trait"] for fact in facts("drug_trait")} == {
            "intravitreal", "local", "systemic", "vaccine_1861s10", "radiopharmaceutical", "contrast",
            "skin_substitute", "self_administered", "withdrawn",
        }  # fmt: skip


class TestUnits:
    """What one billing unit is, held against the descriptor twice: as text, and through the dosage grammar."""

    @pytest.mark.parametrize("fact", facts("hcpcs"), ids=lambda fact: fact["hcpcs_code"])
    def test_amount_stands_in_the_descriptor(self, fact):
        amount, unit, text = fact["amount"], fact["unit"], (fact["descriptor"] or "").lower()
        if amount is None:
            assert fact["unit_semantics"] in {None, "unclassified", "combination"}
            return
        if not text:  # later than the descriptors that were read: the payment limit file prints the unit
            (limit,) = on("asp_limit", date(2026, 1, 1), hcpcs_code=fact["hcpcs_code"])
            assert limit["dosage"].lower() == f"{amount.normalize():f} {unit}"
        elif unit not in {"each", "dose", "study dose"}:
            plain = f"{amount.normalize():f}"
            written = {plain, f"{amount.normalize():,f}"} | ({"per"} if amount == 1 else set())
            written |= {"1 billion"} if amount == 10**9 else set()
            assert any(re.search(rf"(?<![\d.]){re.escape(one)}(?![\d.]*\d)", text) for one in written), (plain, text)

    def test_the_grammar_reads_the_same(self):
        differ = []
        for fact in facts("hcpcs"):
            if not fact["descriptor"] or not fact["is_drug"]:
                continue
            read = parse_dosage(fact["descriptor"])
            told = (fact["amount"], fact["unit"], fact["unit_semantics"])
            found = (read.amount, read.unit, read.semantics) if isinstance(read, Dosage) else (None, None, None)
            if told != found:
                differ.append((fact["hcpcs_code"], told, found))
        assert differ == []

    def test_units_are_those_of_the_vocabulary(self):
        units = {
            fact["unit"] for fact in facts("hcpcs") if fact["unit"] and fact["unit_semantics"] != "combination"
        } | {fact["content_unit"] for fact in facts("product") if fact["content_unit"]}  # fmt: skip
        assert {unit for unit in units if read_unit(unit) != unit} == set()


# codes.md section 6: code, day, active, words of the descriptor, amount, unit
SEED_FACTS = [
    ("J3121", "2026-03-15", True, "testosterone enanthate", "1", "mg"),
    ("J3121", "2014-12-31", False, "", None, None),
    ("J1729", "2018-01-01", True, "hydroxyprogesterone caproate, not otherwise specified", "10", "mg"),
    ("J1729", "2017-12-31", False, "", None, None),
    ("J2675", "2026-03-15", True, "progesterone", "50", "mg"),
    ("J1050", "2013-01-01", True, "medroxyprogesterone acetate", "1", "mg"),
    ("J1050", "2012-12-31", False, "", None, None),
    ("J1726", "2026-03-15", True, "(makena)", "10", "mg"),
    ("Q9986", "2017-07-01", True, "(makena)", "10", "mg"),
    ("Q9986", "2018-01-01", False, "", None, None),
    ("Q9985", "2017-12-31", True, "hydroxyprogesterone", "10", "mg"),
    ("J1725", "2017-12-31", True, "hydroxyprogesterone", "1", "mg"),
    ("J1725", "2018-01-01", False, "", None, None),
    ("J3420", "2026-03-15", True, "cyanocobalamin, up to 1000 mcg", "1000", "mcg"),
    ("J2785", "2026-03-15", True, "regadenoson", "0.1", "mg"),
    ("J3425", "2024-01-01", True, "hydroxocobalamin, intramuscular", "10", "mcg"),
    ("J3425", "2023-12-31", False, "", None, None),
    ("J3424", "2024-04-01", True, "hydroxocobalamin, intravenous", "25", "mg"),
    ("J0570", "2024-12-31", True, "buprenorphine implant", "74.2", "mg"),
    ("J0570", "2025-01-01", False, "", None, None),
    ("J0570", "2025-10-01", True, "buprenorphine implant", "74.2", "mg"),
    ("J3411", "2026-03-15", True, "thiamine hcl", "100", "mg"),
    ("J3490", "2026-03-15", True, "unclassified drugs", None, None),
    ("J7999", "2016-01-01", True, "compounded drug", None, None),
    ("J7999", "2015-12-31", False, "", None, None),
    ("J1320", "2026-03-15", True, "amitriptyline hcl, up to 20 mg", "20", "mg"),
    ("J2920", "2024-03-31", True, "methylprednisolone sodium succinate, up to 40 mg", "40", "mg"),
    ("J2920", "2024-04-01", False, "", None, None),
    ("J2930", "2024-03-31", True, "methylprednisolone sodium succinate, up to 125 mg", "125", "mg"),
    ("J2930", "2024-04-01", False, "", None, None),
    ("J2919", "2024-04-01", True, "methylprednisolone sodium succinate", "5", "mg"),
    ("J1030", "2024-03-31", True, "methylprednisolone acetate", "40", "mg"),
    ("J1030", "2024-04-01", False, "", None, None),
    ("J1040", "2024-04-01", False, "", None, None),
    ("J1010", "2024-04-01", True, "methylprednisolone acetate", "1", "mg"),
    ("J1010", "2024-03-31", False, "", None, None),
    ("J3250", "2026-03-15", True, "trimethobenzamide hcl, up to 200 mg", "200", "mg"),
    ("J3260", "2026-03-15", True, "tobramycin sulfate, up to 80 mg", "80", "mg"),
    ("J3031", "2019-10-01", True, "fremanezumab-vfrm", "1", "mg"),
    ("S0013", "2025-12-31", True, "esketamine, nasal spray", "1", "mg"),
    ("S0013", "2026-01-01", False, "", None, None),
    ("J0013", "2026-01-01", True, "esketamine, nasal spray", "1", "mg"),
    ("J0013", "2025-12-31", False, "", None, None),
    ("G2082", "2026-03-15", True, "up to 56 mg of esketamine", None, None),
    ("G2083", "2026-03-15", True, "greater than 56 mg esketamine", None, None),
    ("J1630", "2026-03-15", True, "haloperidol, up to 5 mg", "5", "mg"),
    ("J1885", "2026-03-15", True, "ketorolac tromethamine", "15", "mg"),
]  # fmt: skip

# codes.md section 3: old code, new code, first day of the new one, units of the new for one of the old
REPLACEMENTS = [
    ("J2920", "J2919", "2024-04-01", None), ("J2930", "J2919", "2024-04-01", None),
    ("J1020", "J1010", "2024-04-01", "20"), ("J1030", "J1010", "2024-04-01", "40"),
    ("J1040", "J1010", "2024-04-01", "80"), ("J9250", "J9260", "2024-04-01", "0.1"),
    ("J2001", "J2002", "2024-10-01", "10"), ("J2001", "J2003", "2024-10-01", "10"),
    ("J2001", "J2004", "2024-10-01", "10"), ("J1170", "J1171", "2024-10-01", None),
    ("J0135", "J0139", "2025-01-01", "20"), ("Q5131", "Q5144", "2025-01-01", "20"),
    ("Q5132", "Q5145", "2025-01-01", "10"), ("J2796", "J2802", "2025-01-01", "10"),
    ("J1300", "J1299", "2025-04-01", "5"), ("Q5139", "Q5152", "2025-04-01", "5"),
    ("J1940", "J1938", "2025-04-01", None), ("J3370", "J3373", "2025-07-01", "50"),
    ("J2310", "J2312", "2025-07-01", "100"), ("J2310", "J2313", "2025-07-01", "100"),
    ("J9340", "J9341", "2025-07-01", "15"), ("J9340", "J9342", "2025-07-01", "15"),
    ("S0013", "J0013", "2026-01-01", "1"),
]  # fmt: skip

SPLIT_FAMILIES = {
    "pemetrexed": "J9292 J9294 J9296 J9297 J9304 J9305 J9314 J9322 J9323",
    "bortezomib": "J9041 J9046 J9048 J9049 J9051 J9054",
    "cyclophosphamide": "J9071 J9072 J9073 J9074 J9075 J9076",
    "vancomycin": "J3373 J3374 J3375 J3376",
    "daptomycin": "J0872 J0873 J0874 J0877 J0878",
    "epinephrine": "J0162 J0163 J0164 J0165 J0166 J0167 J0168 J0169",
    "fulvestrant": "J9393 J9394 J9395",
    "infliximab": "J1745 Q5103 Q5104 Q5121 J1748",
    "trastuzumab": "J9355 J9356 Q5112 Q5113 Q5114 Q5116 Q5117 Q5146",
    "bevacizumab": "J9035 C9257 Q5107 Q5118 Q5126 Q5129",
    "rituximab": "J9312 J9311 Q5115 Q5119 Q5123",
    "pegfilgrastim": "J2506 Q5108 Q5111 Q5120 Q5122 Q5127 Q5130",
    "denosumab": "J0897 Q5136 Q5157 Q5158 Q5159",
}


class TestRulebook:
    @pytest.mark.parametrize("seed_fact", SEED_FACTS, ids=lambda seed_fact: f"{seed_fact[0]} {seed_fact[1]}")
    def test_section_6_of_the_codes(self, seed_fact):
        code, day, active, words, amount, unit = seed_fact
        found = on("hcpcs", date.fromisoformat(day), hcpcs_code=code)
        assert covered("hcpcs", code, date.fromisoformat(day))
        assert len(found) == active
        for fact in found:
            assert words in fact["descriptor"].lower()
            assert (fact["amount"], fact["unit"]) == (amount and Decimal(amount), unit)

    def test_what_does_not_exist_is_covered_and_has_no_row(self):
        assert covered("hcpcs", "G0605", date(2025, 6, 1))
        assert not [fact for fact in facts("hcpcs") if fact["hcpcs_code"] == "G0605"]
        for place in ("11", "12", "19", "20", "21", "31", "49", "65"):
            assert covered("modifier", place, date(2026, 3, 15))
            assert on("modifier", date(2026, 3, 15), modifier=place) == []

    def test_what_was_not_checked_is_not_covered(self):
        day = date(2026, 3, 15)
        assert not any(covered("hcpcs", code, day) for code in ("J9999X", "J1234", "G0659", "Q5161"))
        assert not covered("hcpcs", "J9271", date(2027, 1, 1))

    @pytest.mark.parametrize(("old", "new", "first", "factor"), REPLACEMENTS)
    def test_section_3_successors(self, old, new, first, factor):
        day = date.fromisoformat(first)
        (pair,) = on("replacement", day, hcpcs_code=old, replaced_by=new)
        assert pair["unit_factor"] == (factor and Decimal(factor))
        assert pair["valid_from"] == day
        assert on("hcpcs", day, hcpcs_code=new)
        assert not on("hcpcs", day, hcpcs_code=old)

    def test_factor_of_every_pair_follows_from_the_two_units(self):
        units = {fact["hcpcs_code"]: fact for fact in facts("hcpcs")}
        for pair in facts("replacement"):
            old, new = units[pair["hcpcs_code"]], units[pair["replaced_by"]]
            exact = {old["unit_semantics"], new["unit_semantics"]} <= {"linear", "volume"}
            assert old["unit"] == new["unit"] or not exact, pair
            assert pair["unit_factor"] == (old["amount"] / new["amount"] if exact else None), pair

    @pytest.mark.parametrize(("ingredient", "codes"), SPLIT_FAMILIES.items())
    def test_section_3_split_families(self, ingredient, codes):
        for code in codes.split():
            (fact,) = on("hcpcs", date(2026, 3, 15), hcpcs_code=code)
            assert fact["substance"].startswith(ingredient)

    def test_modifiers_that_ended_and_began(self):
        last_day = {"JF": "2015-06-30", "JG": "2024-12-31", "ZA": "2018-03-31", "ZB": "2018-03-31", "ZC": "2018-03-31"}
        for modifier, day in last_day.items():
            assert [f["span_to"] for f in facts("modifier") if f["modifier"] == modifier] == [date.fromisoformat(day)]
        for modifier, day in {"JZ": "2023-01-01", "JK": "2023-04-01", "JL": "2023-04-01", "PN": "2017-01-01"}.items():
            assert [f["span_from"] for f in facts("modifier") if f["modifier"] == modifier] == [date.fromisoformat(day)]

    def test_facility_places(self):
        facility = {fact["place_of_service"] for fact in facts("place_of_service") if fact["facility"]}
        assert facility == {"19", "21", "22", "23", "24", "26", "31", "34", "51", "52", "53", "56", "61"}


def containers(code: str, day: date) -> set[object]:
    return {fact["container"] for fact in on("product", day, hcpcs_code=code)}


class TestContainers:
    @pytest.mark.parametrize("code", ["J9271", "J1745", "J0585", "J0178", "J9035", "J9312", "J9355", "Q5103"])
    def test_known_without_a_drug_number(self, code):
        assert covered("product", code, date(2026, 3, 15))
        assert containers(code, date(2026, 3, 15)) == {"single_dose"}

    def test_whatever_is_vouched_for_has_one_kind_on_every_day_of_it(self):
        for fact in facts("coverage"):
            if fact["table"] == "product":
                for day in (fact["valid_from"], fact["valid_to"]):
                    assert len(containers(fact["key"], day) - {None}) == len(containers(fact["key"], day)) == 1, fact

    @pytest.mark.parametrize("code", ["J3420", "J1010", "J1885", "J2919", "J3301", "J9041", "J0885", "Q5112"])
    def test_unknown_without_a_drug_number_where_products_differ(self, code):
        assert not [fact for fact in facts("coverage") if (fact["table"], fact["key"]) == ("product", code)]

    def test_single_and_multi_dose_vials_of_one_code(self):
        for code in ("J3420", "J1010", "J3301"):
            assert {"single_dose", "multi_dose"} <= containers(code, date(2026, 3, 15))

    def test_code_of_a_package_changes_with_its_successor(self):
        (before,) = on("product", date(2024, 3, 31), ndc11="63323025803")
        (after,) = on("product", date(2024, 4, 1), ndc11="63323025803")
        assert (before["hcpcs_code"], after["hcpcs_code"]) == ("J2930", "J2919")

    def test_content_is_what_the_crosswalk_bills_for_one_item(self):
        units = {fact["hcpcs_code"]: fact for fact in facts("hcpcs")}
        wrong, compared = [], 0
        for product in facts("product"):
            unit = units[product["hcpcs_code"]]
            if product["content_amount"] is None or unit["unit_semantics"] not in {"linear", "up_to"}:
                continue
            for row in facts("ndc_crosswalk"):
                if (row["ndc11"], row["hcpcs_code"]) == (product["ndc11"], product["hcpcs_code"]):
                    compared += 1
                    if row["bill_units"] * unit["amount"] != product["content_amount"]:
                        wrong.append((product["ndc11"], row["bill_units"], product["content_amount"]))
        assert compared > 500
        assert wrong == []


class TestReasonAndRemarkCodes:
    def test_every_code_has_short_words(self):
        for name, column in (("adjustment_reason", "wording"), ("remark", "descriptor")):
            assert all(10 <= len(fact[column]) <= 110 for fact in facts(name)), name
            assert len({fact[column] for fact in facts(name)}) == len(facts(name)), name

    @pytest.mark.parametrize(
        ("carc", "day", "valid"),
        [
            ("151", date(2026, 3, 1), True), ("253", date(2013, 6, 1), False), ("253", date(2013, 6, 2), True),
            ("15", date(2018, 5, 1), True), ("15", date(2018, 5, 2), False), ("17", date(2024, 1, 1), False),
            ("B5", date(2016, 5, 2), False), ("125", date(2013, 11, 1), True),
        ],
    )  # fmt: skip
    def test_a_code_by_day(self, carc, day, valid):
        assert bool(on("adjustment_reason", day, carc=carc)) == valid

    def test_an_ended_code_is_covered_without_a_row(self):
        assert covered("adjustment_reason", "15", date(2020, 1, 1))
        assert not covered("adjustment_reason", "15", date(2026, 1, 1))

    @pytest.mark.parametrize("rarc", ["N362", "MA130", "N211", "N822", "N823", "N386", "N115"])
    def test_the_remarks_that_decide_are_there(self, rarc):
        assert on("remark", date(2026, 3, 15), rarc=rarc)

    def test_every_part_of_a_table_in_parts_is_covered_by_itself(self):
        parts = {fact["part"] for fact in facts("coverage") if fact["table"] == "mue"}
        assert parts == {"practitioner", "outpatient", "dme"}
        assert {fact["part"] for fact in facts("coverage") if not BY_NAME[fact["table"]].part} == {None}


class TestTraits:
    @pytest.mark.parametrize(
        ("code", "traits"),
        [
            ("J0178", {"intravitreal"}), ("C9257", {"intravitreal"}), ("J7323", {"local"}), ("J7308", {"local"}),
            ("J3121", {"systemic"}), ("J3420", {"systemic"}), ("J1320", {"systemic"}), ("J3250", {"systemic"}),
            ("J3031", {"systemic", "self_administered"}), ("J2919", {"systemic"}), ("J1630", {"systemic"}),
            ("Q2039", {"vaccine_1861s10"}), ("90662", {"vaccine_1861s10"}), ("A9513", {"radiopharmaceutical"}),
            ("Q9967", {"contrast"}), ("Q4101", {"skin_substitute"}),
            ("J1010", set()), ("J3301", set()), ("J0585", set()),
        ],
    )  # fmt: skip
    def test_traits_of_a_code(self, code, traits):
        assert {fact["trait"] for fact in on("drug_trait", date(2026, 3, 15), hcpcs_code=code)} == traits
        assert covered("drug_trait", code, date(2026, 3, 15))

    def test_unclassified_codes_have_no_known_traits(self):
        unclassified = {fact["hcpcs_code"] for fact in facts("hcpcs") if fact["unit_semantics"] == "unclassified"}
        assert {"J3490", "C9399"} <= unclassified
        assert not [code for code in unclassified if code[0] in "CJ" and covered("drug_trait", code, date(2025, 6, 1))]
