"""Claims as JSON Lines: what is there, what is absent, what cannot be read."""

from __future__ import annotations

import copy
import hashlib
import io
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.claims.tables import ADMINISTRATION, CLAIM, FAULT, LINE, ClaimTables, claim_key, file_key
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.jsonl import claim_json_schema, read_jsonl

HASH = "0123456789abcdef" * 4
Json = dict[str, Any]

CLAIM_JSON: Json = {
    "claim_id": "A-1",
    "claim_type": "P",
    "payer_program": "medicare_b",
    "payer_id": "04412",
    "place_of_service": "11",
    "frequency": "1",
    "billing_npi": "1234567893",
    "total_charge": "1200.50",
    "diagnoses": ["C50.911", "Z51.11"],
    "patient": {"member_id": "1EG4TE5MK73", "birth_date": "1950-01-02", "sex": "F", "first_name": "Ann"},
    "lines": [
        {
            "line_number": 1,
            "hcpcs_code": "J1745",
            "modifiers": ["JZ"],
            "billed_units": 40,
            "service_date": "2026-03-02",
            "charge_amount": 1200.5,
            "ndc": "57894-030-01",
            "ndc_quantity": "4",
            "ndc_unit": "UN",
            "diagnosis_pointers": [2, 1],
            "charted": {
                "drug": "infliximab",
                "dose": {"amount": 400, "unit": "MG"},
                "route": "IV",
                "start": "09:30",
                "stop": "2026-03-02T11:40",
                "containers": [
                    {"amount": 100, "unit": "mg", "count": 3, "kind": "single_dose"},
                    {"amount": "0.1", "unit": "g"},
                ],
                "lot": "L1",
            },
        },
    ],
}


def read(*claims: Json | str | bytes, complete: bool = False, batch_claims: int = 20_000) -> list[ClaimTables]:
    rows = [
        claim if isinstance(claim, bytes) else (claim if isinstance(claim, str) else json.dumps(claim)).encode()
        for claim in claims
    ]
    stream = io.BytesIO(b"\n".join(rows))
    return list(read_jsonl(stream, name="claims.jsonl", file_hash=HASH, complete=complete, batch_claims=batch_claims))


def read_one(*claims: Json | str | bytes, complete: bool = False) -> ClaimTables:
    (tables,) = read(*claims, complete=complete)
    return tables


def first(table: Any) -> Json:
    row: Json = table.to_pylist()[0]
    return row


def changed(**values: object) -> Json:
    return {**copy.deepcopy(CLAIM_JSON), **values}


def with_line(**values: object) -> Json:
    claim = copy.deepcopy(CLAIM_JSON)
    claim["lines"][0].update(values)
    return claim


def faults(tables: ClaimTables) -> list[tuple[str, str | None, str]]:
    return [(row["fault"], row["element"], row["lost"]) for row in tables.fault.to_pylist()]


class TestWhatIsThere:
    def test_tables_have_the_schemas_of_the_claim_model(self) -> None:
        tables = read_one(CLAIM_JSON)
        assert tables.claim.schema == CLAIM.arrow()
        assert tables.line.schema == LINE.arrow()
        assert tables.administration.schema == ADMINISTRATION.arrow()
        assert tables.fault.schema == FAULT.arrow()
        assert tables.fault.num_rows == 0

    def test_claim(self) -> None:
        claim = first(read_one(CLAIM_JSON).claim)
        assert {
            name: claim[name] for name in ("claim_id", "claim_type", "payer_program", "payer_id", "place_of_service")
        } == {
            "claim_id": "A-1",
            "claim_type": "P",
            "payer_program": "medicare_b",
            "payer_id": "04412",
            "place_of_service": "11",
        }
        assert claim["claim_key"] == claim_key(file_key(HASH), 0)
        assert (claim["source_file"], claim["segment_number"], claim["complete"]) == ("claims.jsonl", 1, False)
        assert (claim["total_charge"], claim["diagnoses"]) == (Decimal("1200.50"), ["C50911", "Z5111"])
        assert (claim["birth_date"], claim["sex"], claim["diagnosis_code_set"]) == (date(1950, 1, 2), "F", "icd10")

    def test_line(self) -> None:
        line = first(read_one(CLAIM_JSON).line)
        assert (line["line_ordinal"], line["line_number"], line["segment_number"]) == (1, 1, 1)
        assert (line["code_qualifier"], line["hcpcs_code"], line["modifiers"]) == ("HC", "J1745", ["JZ"])
        assert (line["billed_units"], line["unit_basis"], line["charge_amount"]) == (
            Decimal(40),
            "UN",
            Decimal("1200.50"),
        )
        assert (line["service_date"], line["service_date_to"]) == (date(2026, 3, 2), date(2026, 3, 2))
        assert (line["ndc_given"], line["ndc11"], line["ndc_qualifier"], line["ndc_count"]) == (
            "57894003001",
            "57894003001",
            "N4",
            1,
        )
        assert (line["ndc_quantity"], line["ndc_unit"]) == (Decimal(4), "UN")
        assert line["diagnoses"] == ["Z5111", "C50911"]

    def test_chart(self) -> None:
        assert first(read_one(CLAIM_JSON).administration) == {
            "claim_key": claim_key(file_key(HASH), 0),
            "line_ordinal": 1,
            "drug": "infliximab",
            "dose_amount": Decimal(400),
            "dose_unit": "mg",
            "container": "single_dose",
            "content_amount": Decimal(400),
            "content_unit": "mg",
            "route": "IV",
            "start": "09:30",
            "stop": "2026-03-02T11:40",
            "lot": "L1",
        }

    def test_every_column_is_accepted_under_its_own_name(self) -> None:
        accepted = claim_json_schema()["properties"]
        assert set(CLAIM.names) - set(accepted) == {
            "claim_key",
            "source_file",
            "segment_number",
            "known_absent",
            "unreadable",
        }  # type: ignore[call-overload]
        lines = accepted["lines"]["items"]["properties"]  # type: ignore[index]
        assert set(LINE.names) - set(lines) == {
            "claim_key", "line_ordinal", "segment_number", "ndc_count", "known_absent", "unreadable",
        }  # fmt: skip

    def test_patient_key_is_that_of_every_format(self) -> None:
        # BLAKE2b-64 of "04412|1EG4TE5MK73|1950-01-02|ANN": docs/x12-reading.md section 3.
        expected = hashlib.blake2b(b"04412|1EG4TE5MK73|1950-01-02|ANN", digest_size=8).hexdigest()
        assert first(read_one(CLAIM_JSON).claim)["patient_key"] == expected
        assert first(read_one(changed(patient={"first_name": "Ann"})).claim)["patient_key"] is None

    def test_program_follows_from_the_claim_filing_indicator(self) -> None:
        claim = changed(claim_filing="MC")
        del claim["payer_program"]
        assert first(read_one(claim).claim)["payer_program"] == "medicaid"
        assert first(read_one(changed(claim_filing="MC")).claim)["payer_program"] == "medicare_b"

    @pytest.mark.parametrize(
        ("amount", "read_as"),
        [
            (0.1, "0.1"),
            ("0.1", "0.1"),
            (1e3, "1000"),
            ("12.500", "12.5"),
            (0.123, "0.123"),
            (2.675, "2.675"),
            ("+7", "7"),
            (0, "0"),
        ],
    )
    def test_numbers_and_texts_are_decimals_never_floats(self, amount: object, read_as: str) -> None:
        assert first(read_one(with_line(billed_units=amount)).line)["billed_units"] == Decimal(read_as)

    @pytest.mark.parametrize(
        ("ndc", "given", "ndc11"),
        [
            ("57894003001", "57894003001", "57894003001"),
            ("57894-0030-01", "57894003001", "57894003001"),
            ("57894-030-01", "57894003001", "57894003001"),
            ("0409-7332-01", "00409733201", "00409733201"),
            ("57894-0300-1", "57894030001", "57894030001"),
            ("5789403001", "5789403001", None),  # three readings: never guessed
            ("N457894003001", "N457894003001", None),
            ("none", "none", None),
        ],
    )
    def test_the_hyphens_of_an_ndc_are_normal_writing_and_other_forms_stand_as_given(
        self, ndc: str, given: str, ndc11: str | None
    ) -> None:
        for key in ("ndc", "ndc_given", "ndc11"):
            claim = copy.deepcopy(CLAIM_JSON)
            del claim["lines"][0]["ndc"]
            claim["lines"][0][key] = ndc
            tables = read_one(claim)
            line = first(tables.line)
            assert (line["ndc_given"], line["ndc11"], line["ndc_count"]) == (given, ndc11, 1)
            assert tables.fault.num_rows == 0

    def test_number_that_is_no_ndc_has_no_billing_form(self) -> None:
        assert first(read_one(with_line(ndc_qualifier="HI")).line)["ndc11"] is None

    def test_keys_are_distinct_and_batches_keep_the_order(self) -> None:
        batches = read(*(changed(claim_id=str(number)) for number in range(5)), batch_claims=2)
        assert [batch.claim.num_rows for batch in batches] == [2, 2, 1]
        claims = [row for batch in batches for row in batch.claim.to_pylist()]
        assert [row["claim_id"] for row in claims] == ["0", "1", "2", "3", "4"]
        assert len({row["claim_key"] for row in claims}) == 5
        assert [row["segment_number"] for row in claims] == [1, 2, 3, 4, 5]


class TestWhatIsAbsent:
    BARE: Json = {"claim_id": "A", "lines": [{"hcpcs_code": "J1745"}]}  # noqa: RUF012

    def test_in_a_partial_claim_it_is_unknown(self) -> None:
        tables = read_one(self.BARE)
        claim, line = first(tables.claim), first(tables.line)
        assert (claim["complete"], claim["diagnoses"], claim["payer_program"]) == (False, None, None)
        assert (line["modifiers"], line["diagnoses"], line["ndc_count"], line["unit_basis"]) == (None, None, None, None)
        assert tables.administration.num_rows == 0

    @pytest.mark.parametrize("by_caller", [True, False])
    def test_in_a_whole_claim_it_was_not_sent(self, by_caller: bool) -> None:
        tables = read_one(self.BARE if by_caller else {**self.BARE, "complete": True}, complete=by_caller)
        claim, line = first(tables.claim), first(tables.line)
        assert (claim["complete"], claim["diagnoses"], claim["condition_codes"]) == (True, [], [])
        # The published shape leaves diagnoses to the claim: a line without the key is not one that points to none.
        assert (line["modifiers"], line["diagnoses"], line["ndc_count"]) == ([], None, 0)

    @pytest.mark.parametrize("none", [None, [], "", " "])
    def test_null_empty_texts_and_empty_lists_say_none(self, none: object) -> None:
        line = {"modifiers": none, "ndc11": none, "billed_units": none, "service_date": none, "prior_auth": none}
        tables = read_one({"claim_id": "A", "diagnoses": none, "birth_date": none, "lines": [line]})
        claim, read = first(tables.claim), first(tables.line)
        assert (claim["diagnoses"], claim["known_absent"]) == ([], ["birth_date"])
        assert (read["modifiers"], read["ndc_count"]) == ([], 0)
        assert read["known_absent"] == ["billed_units", "ndc11", "ndc_given", "prior_auth", "service_date"]
        assert tables.fault.num_rows == 0

    def test_on_a_whole_claim_every_absence_is_known_and_none_is_named(self) -> None:
        tables = read_one({"complete": True, "frequency": None, "lines": [{"billed_units": None}]})
        assert (first(tables.claim)["known_absent"], first(tables.line)["known_absent"]) == (None, None)

    def test_no_last_day_is_one_day_and_no_payer_program_leaves_it_to_the_filing(self) -> None:
        tables = read_one(
            {
                "payer_program": None,
                "claim_filing": "MB",
                "lines": [{"service_date": "2024-08-01", "service_date_to": ""}],
            }
        )
        assert first(tables.claim)["payer_program"] == "medicare_b"
        assert first(tables.line)["service_date_to"] == date(2024, 8, 1)
        assert (first(tables.claim)["known_absent"], first(tables.line)["known_absent"]) == (None, None)

    @pytest.mark.parametrize(
        ("claim", "said"),
        [
            ({"lines": [{}]}, True),
            ({"lines": None}, True),
            ({"claim_id": "A"}, False),
            ({"claim_id": "A", "complete": True}, True),
            ({"lines": [{}], "lines_complete": True}, True),
            ({"lines": [{}], "lines_complete": None}, True),
            ({"lines": [{}], "lines_complete": False}, False),
            ({"lines": [{}], "lines_complete": False, "complete": True}, False),
            ({"lines": [{}], "lines_complete": "no"}, False),
            ({"lines": [{}, 5]}, False),
            ({"claim_id": "A", "lines": {}}, False),
        ],
    )
    def test_the_lines_are_all_lines_unless_the_claim_says_no_or_one_was_lost(self, claim: Json, said: bool) -> None:
        assert first(read_one(claim).claim)["lines_complete"] is said

    def test_blanks_in_lists_are_left_out(self) -> None:
        assert first(read_one(with_line(modifiers=["JW", None, " ", "59"])).line)["modifiers"] == ["JW", "59"]

    def test_line_number_is_the_place_where_it_is_missing(self) -> None:
        lines = read_one({"lines": [{}, {"line_number": 7}, {}]}).line.to_pylist()
        assert [(line["line_ordinal"], line["line_number"]) for line in lines] == [(1, 1), (2, 7), (3, 3)]


class TestWhatCannotBeRead:
    @pytest.mark.parametrize(
        ("line", "fault"),
        [
            ({"billed_units": "forty"}, "number-invalid"),
            ({"billed_units": 1.2345}, "number-invalid"),
            ({"billed_units": True}, "number-invalid"),
            ({"billed_units": "1e3"}, "number-invalid"),
            ({"billed_units": 10**9}, "number-invalid"),
            ({"billed_units": "\u0663"}, "number-invalid"),
            ({"charge_amount": "12.345"}, "amount-invalid"),
            ({"charge_amount": "$5"}, "amount-invalid"),
            ({"charge_amount": 10**12}, "amount-invalid"),
            ({"service_date": "03/02/2026"}, "date-invalid"),
            ({"service_date": "2026-02-30"}, "date-invalid"),
            ({"service_date": 20260302}, "date-invalid"),
            ({"service_date_to": "2026-03-01"}, "date-invalid"),
            ({"hcpcs_code": 1745}, "text-invalid"),
            ({"modifiers": "JZ, JW"}, "list-invalid"),
            ({"modifiers": ["JZ", 7]}, "list-invalid"),
            ({"line_number": "one"}, "number-invalid"),
            ({"ndc11": "57894003002"}, "ndc-contradicts"),
        ],
    )
    def test_bad_field_is_null_and_told_and_the_rest_stays(self, line: Json, fault: str) -> None:
        tables = read_one(with_line(**line))
        (name,) = line
        assert faults(tables) == [(fault, f"lines[0].{name}", "value")]
        told, kept = first(tables.fault), first(tables.line)
        assert told["row"] == 1
        assert told["expected"]
        assert told["expected"] in told["message"]
        assert kept[name] == (1 if name == "line_number" else None)
        assert kept["ndc_quantity"] == Decimal(4)

    @pytest.mark.parametrize(
        ("claim", "fault", "element"),
        [
            ({"payer_program": "medicare"}, "value-unknown", "payer_program"),
            ({"claim_type": "D"}, "value-unknown", "claim_type"),
            ({"complete": "yes"}, "boolean-invalid", "complete"),
            ({"diagnoses": {"a": 1}}, "list-invalid", "diagnoses"),
            ({"patient": ["M1"]}, "object-invalid", "patient"),
            ({"place_of_service": 11}, "text-invalid", "place_of_service"),
            ({"total_charge": None, "claim_filing": {}}, "text-invalid", "claim_filing"),
            ({"other_payer_count": 1.5}, "number-invalid", "other_payer_count"),
        ],
    )
    def test_bad_value_of_the_claim(self, claim: Json, fault: str, element: str) -> None:
        told = faults(read_one(changed(lines=[], **claim)))
        assert told == [(fault, element, "value")]

    @pytest.mark.parametrize(
        "patient",
        [{"birth_date": "02.01.1950"}, {"sex": "female"}, {"member_id": ["M1"]}, {"birth_date": "1951-01-01"}],
    )
    def test_value_of_a_patient_is_never_told(self, patient: Json) -> None:
        tables = read_one(changed(patient=patient, birth_date="1950-01-02"))
        told = first(tables.fault)
        assert told["element"] == f"patient.{next(iter(patient))}"
        assert told["value"] is None
        assert not any(value in told["message"] for value in ("1950", "1951", "female", "M1"))
        assert first(tables.claim)["birth_date"] == date(1950, 1, 2)

    def test_value_of_a_code_or_number_is_told_cut(self) -> None:
        assert first(read_one(with_line(billed_units="4" * 99)).fault)["value"] == "4" * 40
        assert first(read_one(with_line(billed_units={"a": 1})).fault)["value"] is None

    def test_unknown_key_is_told_with_the_nearest(self) -> None:
        tables = read_one(with_line(hcpcs="J1745", charted={"dosage": 1}))
        assert faults(tables) == [
            ("key-unknown", "lines[0].hcpcs", "value"),
            ("key-unknown", "lines[0].charted.dosage", "value"),
        ]
        assert "hcpcs_code" in first(tables.fault)["message"]

    def test_repeated_key_is_told_and_the_last_counts(self) -> None:
        tables = read_one('{"claim_id": "A", "claim_id": "B", "lines": []}')
        assert faults(tables) == [("key-repeated", "claim_id", "value")]
        assert first(tables.claim)["claim_id"] == "B"

    @pytest.mark.parametrize(
        "number", ["NaN", "Infinity", "-Infinity", "1e999999999999999999999", "1" * 5000, "1e-400"]
    )
    def test_number_beyond_all_bounds_is_a_fault_of_its_field(self, number: str) -> None:
        tables = read_one('{"claim_id": "A", "lines": [{"billed_units": ' + number + "}]}")
        assert faults(tables) == [("number-invalid", "lines[0].billed_units", "value")]

    def test_a_line_with_a_pointer_to_no_diagnosis_may_point_to_anything(self) -> None:
        tables = read_one(with_line(diagnosis_pointers=[1, 3, "2", 0, "x"]))
        assert [element for _, element, _ in faults(tables)] == [
            f"lines[0].diagnosis_pointers[{index}]" for index in (1, 3, 4)
        ]
        assert (first(tables.line)["diagnoses"], first(tables.line)["unreadable"]) == (None, ["diagnoses"])

    @pytest.mark.parametrize(("diagnoses", "told"), [({"a": 1}, ["diagnoses"]), (5, ["diagnoses"])])
    def test_a_line_that_points_to_unreadable_diagnoses_points_to_what_is_not_known(
        self, diagnoses: object, told: list[str]
    ) -> None:
        tables = read_one(changed(diagnoses=diagnoses, complete=True))
        assert [element for _, element, _ in faults(tables)] == told
        assert first(tables.line)["diagnoses"] is None

    def test_what_has_one_meaning_is_read_and_told(self) -> None:
        claim = changed(diagnoses="K50.90", complete="true")
        claim["lines"][0] |= {"modifiers": "JZ", "diagnosis_pointers": [1]}
        tables = read_one(claim)
        assert faults(tables) == [
            ("list-as-text", "diagnoses", "nothing"),
            ("boolean-as-text", "complete", "nothing"),
            ("list-as-text", "lines[0].modifiers", "nothing"),
        ]
        assert (first(tables.claim)["diagnoses"], first(tables.claim)["complete"]) == (["K5090"], True)
        assert (first(tables.line)["modifiers"], first(tables.line)["diagnoses"]) == (["JZ"], ["K5090"])

    def test_an_unreadable_number_is_unknown_not_absent(self) -> None:
        line = first(read_one(with_line(ndc=5, ndc_given=None) | {"complete": True}).line)
        assert (line["ndc_count"], line["unreadable"]) == (None, ["ndc11", "ndc_given"])
        assert not {"ndc_given", "ndc11"} & set(line["known_absent"])

    def test_line_that_is_no_object_keeps_its_place(self) -> None:
        tables = read_one({"claim_id": "A", "lines": [5, {"hcpcs_code": "J1745"}]})
        assert faults(tables) == [("line-invalid", "lines[0]", "claim")]
        assert [row["line_ordinal"] for row in tables.line.to_pylist()] == [2]

    def test_half_a_surrogate_pair_is_no_text(self) -> None:
        tables = read_one('{"claim_id": "A", "lines": [{"description": "\\ud800", "hcpcs_code": "J\\u00e91"}]}')
        assert faults(tables) == [("text-invalid", "lines[0].description", "value")]
        assert first(tables.line)["hcpcs_code"] == "J\u00e91"

    @pytest.mark.parametrize(
        ("charted", "element", "nulls"),
        [
            ({"dose": {"amount": "some", "unit": "mg"}}, "dose.amount", {"dose_amount"}),
            ({"dose": {"amount": 5, "unit": "mIU"}}, "dose.unit", {"dose_unit"}),
            ({"dose": 5}, "dose", {"dose_amount", "dose_unit"}),
            ({"container": "sdv"}, "container", set()),
            ({"container": "multi_dose"}, "container", {"container"}),
            ({"start": "half past nine"}, "start", {"start"}),
            (
                {"containers": [{"amount": 1, "unit": "mg"}, {"amount": 1, "unit": "mL"}]},
                "containers",
                {"content_amount", "content_unit"},
            ),
            ({"containers": [7]}, "containers[0]", {"content_amount", "content_unit"}),
            ({"containers": {}}, "containers", {"content_amount", "content_unit"}),
            (
                {"containers": [{"amount": 1, "unit": "mg", "count": 0.5}]},
                "containers[0].count",
                {"content_amount", "content_unit"},
            ),
            (
                {"containers": [{"amount": 1, "unit": "kg"}, {"amount": 1, "unit": "mcg"}]},
                "containers",
                {"content_amount", "content_unit"},
            ),
        ],
    )
    def test_bad_chart_is_told_and_the_rest_stays(self, charted: Json, element: str, nulls: set[str]) -> None:
        claim = copy.deepcopy(CLAIM_JSON)
        claim["lines"][0]["charted"].update(charted)
        tables = read_one(claim)
        assert [row["element"] for row in tables.fault.to_pylist()] == [f"lines[0].charted.{element}"]
        row = first(tables.administration)
        kinds = {"container"} if charted.keys() == {"containers"} else set()  # the kind stood with the containers
        assert {name for name, value in row.items() if value is None} == nulls | kinds
        assert row["lot"] == "L1"


class TestFilesThatAreNoClaims:
    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("{", "json-invalid"),
            ("ISA*00*", "json-invalid"),
            ("{} {}", "json-invalid"),
            ('{"claim_id": "A",}', "json-invalid"),
            ("[" * 100_000, "json-too-deep"),
            ("[" * 200 + "]" * 200, "json-not-object"),
            ('[{"claim_id": "A"}]', "json-not-object"),
            ("7", "json-not-object"),
            ("null", "json-not-object"),
            ('{"resourceType": "Claim"}', "not-a-claim"),
            ("{}", "not-a-claim"),
        ],
    )
    def test_line_that_is_no_claim_is_told_and_the_others_are_read(self, text: str, fault: str) -> None:
        tables = read_one(CLAIM_JSON, text, CLAIM_JSON)
        assert faults(tables) == [(fault, None, "claim")]
        assert first(tables.fault)["row"] == 2
        assert [row["segment_number"] for row in tables.claim.to_pylist()] == [1, 3]
        assert tables.claim.to_pylist()[1]["claim_key"] == claim_key(file_key(HASH), 1)

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "empty"),
            (b"\n\n", "empty"),
            (json.dumps(CLAIM_JSON, indent=1).encode(), "Row 1: not valid JSON"),
            (b"%PDF-1.7", "Row 1: not valid JSON"),
            ("\ufeff{}".encode("utf-16"), "UTF-16"),
            ('{"claim_id": "A"}'.encode("utf-16-le"), "UTF-16"),
            (b"[]", "not one line is a claim"),
        ],
    )
    def test_input_without_a_claim_cannot_be_read(self, content: bytes, says: str) -> None:
        with pytest.raises(UnreadableInput, match=says) as refusal:
            read(content)
        assert "claims.jsonl" in str(refusal.value)
        assert "C50.911" not in str(refusal.value)

    def test_byte_order_mark_blank_lines_and_line_ends_cost_nothing(self) -> None:
        row = json.dumps(CLAIM_JSON).encode()
        tables = read_one(b"\xef\xbb\xbf" + row + b"\r\n\r\n  \n" + row + b"\r\n")
        assert faults(tables) == [("byte-order-mark", None, "nothing"), ("blank-line", None, "nothing")]
        assert [row["segment_number"] for row in tables.claim.to_pylist()] == [1, 4]

    def test_other_encoding_is_told_and_read(self) -> None:
        tables = read_one(b'{"claim_id": "A", "note": "caf\xe9"}')
        assert faults(tables) == [("not-utf8", None, "nothing")]
        assert first(tables.claim)["note"] == "caf\u00e9"

    def test_endless_line_is_told_and_passed_over(self) -> None:
        tables = read_one(b'{"note": "' + b"x" * (17 * 1024 * 1024) + b'"}', CLAIM_JSON)
        assert faults(tables) == [("line-too-long", None, "claim")]
        assert tables.claim.num_rows == 1


class TestSchema:
    def test_it_is_a_json_schema_that_takes_the_claim(self) -> None:
        schema = claim_json_schema()
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(CLAIM_JSON, schema)

    @pytest.mark.parametrize(
        "claim", [changed(claimId="A"), changed(payer_program="medicare"), with_line(billed_units=[4]), [CLAIM_JSON]]
    )
    def test_it_refuses_what_the_reader_tells(self, claim: object) -> None:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(claim, claim_json_schema())


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(claim_json_schema()["properties"])), JSON_VALUES)  # type: ignore[call-overload]
def test_no_value_of_a_claim_stops_the_reading(key: str, value: object) -> None:
    tables = read_one(changed(**{key: value}), CLAIM_JSON)
    assert tables.claim.num_rows == 2


@given(
    st.sampled_from(
        [
            "hcpcs_code",
            "modifiers",
            "billed_units",
            "service_date",
            "ndc",
            "diagnosis_pointers",
            "charted",
            "charge_amount",
        ]
    ),
    JSON_VALUES,
)
def test_no_value_of_a_line_stops_the_reading(key: str, value: object) -> None:
    tables = read_one(with_line(**{key: value}))
    assert (tables.claim.num_rows, tables.line.num_rows) == (1, 1)


@given(st.lists(st.binary(max_size=60).filter(lambda row: b"\n" not in row), max_size=4))
def test_no_bytes_stop_the_reading(rows: Sequence[bytes]) -> None:
    tables = read(json.dumps(CLAIM_JSON).encode(), *rows, CLAIM_JSON)
    assert sum(batch.claim.num_rows for batch in tables) >= 2
