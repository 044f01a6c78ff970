"""Claims of what was given: accepted by others, read back the same, without findings; what is missing is named."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

import pytest
import pyx12.params
import pyx12.x12n_document
from pydantic import ValidationError
from typer.testing import CliRunner
from x12sdk.io import X12ModelReader

from cleanclaim.app.checker import check_files
from cleanclaim.app.claim_cases import Claims, claim_cases
from cleanclaim.app.claim_parties import read_parties
from cleanclaim.billing import revenue
from cleanclaim.cli.commands import app
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.jsonl import write_jsonl
from cleanclaim.formats.x12.reader import read_837
from cleanclaim.formats.x12.writing import ControlNumbers
from tests.formats.x12_compare import joined
from tests.oracles.x12.institutional import claims_of

EXAMPLES = Path(__file__).parents[2] / "examples" / "billing"
PARTIES = json.loads((EXAMPLES / "parties.json").read_text())
MADE_AT = datetime(2026, 3, 20, 9, 5)  # noqa: DTZ001 - X12 has no time zone
Case = dict[str, Any]
# Code, unit, amount of one billing unit, content of a container, NDC, route, family.
DRUGS = [
    ("J1745", "mg", 10, 100, "57894-030-01", "iv_infusion", "complex"),
    ("J9271", "mg", 1, 100, "00006-3026-02", "iv_infusion", "complex"),
    ("J0897", "mg", 1, 60, "55513-710-01", "sc", "therapeutic"),
    ("J3420", "mcg", 1000, 1000, None, "im", "therapeutic"),
]
CHARGES = {code: Decimal(charge) for code, charge in PARTIES["charges"].items()}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


def case(drug: int = 0, dose: int = 100, **more: object) -> Case:
    code, unit, _, size, ndc, route, family = DRUGS[drug]
    container = {"amount": str(size), "unit": unit, "count": ceil(dose / size), "kind": "single_dose"}
    made: Case = {
        "service_date": "2025-11-03", "payer_program": "medicare_b", "payer_id": "00435", "place_of_service": "11",
        "hcpcs_code": code, "dose": {"amount": str(dose), "unit": unit},
        "containers": [container | ({"ndc": ndc} if ndc else {})], "route": route, "admin_family": family,
        "charge_amount": "100.00", "diagnoses": ["K50.90"], "claim": {"id": "A1", "subscriber": "alma"}, **more,
    }  # fmt: skip
    if route == "iv_infusion":
        made |= {"start": f"{made['service_date']}T09:00:00", "stop": f"{made['service_date']}T10:00:00"}
    return {name: value for name, value in made.items() if value is not None}


def administrations(seed: int, count: int) -> list[Case]:
    """Made-up administrations, in visits of one to three drugs, in offices and hospitals, for two payers."""
    chance, cases = random.Random(seed), []  # noqa: S311 - made-up data
    days = {True: date(2025, 10, 1), False: date(2025, 10, 1)}
    while len(cases) < count:
        number = len(cases)
        hospital, medicare = chance.random() < 0.4, chance.random() < 0.5
        # A day of its own: JW of one visit and JZ of another on a day would rightly be denied (WASTE-002).
        days[medicare] += timedelta(1)
        day = days[medicare].isoformat()
        said: Case = {
            "service_date": day, "visit": f"v{number}",
            "payer_program": "medicare_b" if medicare else "commercial", "payer_id": "00435" if medicare else "MADEUP1",
            "payer_terms": None if medicare else {"waste_policy": "cms"}, "diagnoses": chance.sample(["K5090", "M0579", "L400"], 2),
            "place_of_service": None if hospital else "11", "bill_type": "131" if hospital else None,
            "claim": {"id": f"C{number}", "subscriber": "alma" if medicare else "bruno"},
        }  # fmt: skip
        # One infusion at most: which of several was first is another test's matter.
        drugs = chance.sample([chance.choice([0, 1]), 2, 3], min(chance.randint(1, 3), count - number))
        for place, drug in enumerate(drugs):
            dose = 1000 if drug == 3 else chance.randint(1, 4) * DRUGS[drug][3] - chance.choice([0, 0, 10, 30])
            charge = f"{chance.randint(100, 900_000) / 100:.2f}"
            cases.append(case(drug, dose, **said, charge_amount=charge))
            if place and chance.random() < 0.5:
                del cases[-1]["claim"]  # one of a visit says it
    return cases


def claimed(library: Path, *cases: Case, **parties: object) -> Claims:
    said = read_parties(json.dumps({**PARTIES, **parties}))
    return claim_cases(map(json.dumps, cases), said, ControlNumbers(7, 3), MADE_AT, reference=library)


@pytest.fixture(scope="module")
def made(library: Path) -> tuple[list[Case], Claims]:
    cases = administrations(20251103, 200)
    return cases, claimed(library, *cases)


def rows(claims: Claims, claim_type: str) -> dict[str, list[dict[str, Any]]]:
    assert claims.tables is not None
    names = {
        row["claim_key"]: row["claim_id"] for row in claims.tables.claim.to_pylist() if row["claim_type"] == claim_type
    }
    found: dict[str, list[dict[str, Any]]] = {}
    for line in claims.tables.line.to_pylist():
        if line["claim_key"] in names:
            found.setdefault(names[line["claim_key"]], []).append(line)
    return found


def without_file(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in {"claim_key", "segment_number"}}


def content(claims: Claims) -> bytes:
    assert claims.written is not None
    return claims.written.content


def of_kind(claims: Claims, place: int) -> bytes:
    """The file with one of its groups: the professional claims stand first."""
    groups = re.split(rb"(?=GS\*|IEA\*)", content(claims))
    assert [group[:3] for group in groups] == [b"ISA", b"GS*", b"GS*", b"IEA"]
    return groups[0] + groups[1 + place] + groups[3].replace(b"IEA*2*", b"IEA*1*")


# Complete ones


def test_every_visit_is_a_claim_with_what_was_charged(made: tuple[list[Case], Claims]) -> None:
    """Against a reckoning of its own: units rounded up, charges of drugs as told, those of giving by their code."""
    cases, claims = made
    assert claims.refused == ()
    both = rows(claims, "P") | rows(claims, "I")
    visits: dict[str, list[Case]] = {}
    for one in cases:
        visits.setdefault(one["visit"].replace("v", "C"), []).append(one)
    assert both.keys() == visits.keys()
    assert min(len(rows(claims, "P")), len(rows(claims, "I"))) > 20
    for name, of_visit in visits.items():
        lines = both[name]
        for one in of_visit:
            doses = [row for row in lines if row["hcpcs_code"] == one["hcpcs_code"] and "JW" not in row["modifiers"]]
            per_unit = next(drug[2] for drug in DRUGS if drug[0] == one["hcpcs_code"])
            assert [row["billed_units"] for row in doses] == [ceil(int(one["dose"]["amount"]) / per_unit)]
        giving = [row for row in lines if row["hcpcs_code"] in CHARGES]
        assert giving
        expected = sum(Decimal(one["charge_amount"]) for one in of_visit)
        expected += sum(CHARGES[row["hcpcs_code"]] * row["billed_units"] for row in giving)
        assert sum(row["charge_amount"] for row in lines) == expected
    modifiers = {modifier for lines in both.values() for row in lines for modifier in row["modifiers"]}
    assert {"JW", "JZ"} <= modifiers


def test_pyx12_acknowledges_them_without_an_error(tmp_path: Path, made: tuple[list[Case], Claims]) -> None:
    path, acknowledgment = tmp_path / "claims.837", io.StringIO()
    path.write_bytes(content(made[1]))
    accepted = pyx12.x12n_document.x12n_document(
        param=pyx12.params.params(), src_file=str(path), fd_997=acknowledgment, fd_html=None
    )
    assert accepted
    tags = [text.strip().split("*") for text in acknowledgment.getvalue().split("~")]
    assert [one[1] for one in tags if one[0] == "IK5"] == ["A", "A"]  # professional, institutional
    assert not [one for one in tags if one[0] in {"IK3", "IK4"}]


def test_they_are_read_back_the_same(made: tuple[list[Case], Claims]) -> None:
    _, claims = made
    office = of_kind(claims, 0)
    digest = hashlib.sha256(office).hexdigest()
    read = joined(list(read_837(io.BytesIO(office), name="claims", file_hash=digest)))
    assert read.fault.to_pylist() == []
    names = dict(zip(read.claim["claim_key"].to_pylist(), read.claim["claim_id"].to_pylist(), strict=True))
    found: dict[str, list[dict[str, Any]]] = {}
    for line in read.line.to_pylist():
        found.setdefault(names[line["claim_key"]], []).append(without_file(line))
    assert found == {name: [without_file(line) for line in lines] for name, lines in rows(claims, "P").items()}
    institutional = {claim["claim_id"]: (claim, lines) for claim, lines in claims_of(of_kind(claims, 1))}
    expected = rows(claims, "I")
    assert institutional.keys() == expected.keys()
    for name, (claim, lines) in institutional.items():
        assert claim["statement_from"] == lines[0]["service_date"]
        assert lines == [{**without_file(line)} for line in expected[name]]
        assert all(line["revenue_code"] for line in lines)


def read_by_x12sdk(path: Path) -> dict[str, list[tuple[Decimal, Decimal]]]:
    """Charge and units of each line, by claim; each claim's total is checked against them."""
    found = {}
    with X12ModelReader(str(path)) as reader:
        for model in reader.models():
            for subscriber in (one for billing in model.loop_2000a for one in billing.loop_2000b):
                for level in [subscriber, *(subscriber.loop_2000c or [])]:
                    for claim in level.loop_2300 or []:
                        services = [getattr(line, "sv1_segment", None) or line.sv2_segment for line in claim.loop_2400]
                        said = [(one.line_item_charge_amount, one.service_unit_count) for one in services]
                        found[claim.clm_segment.patient_control_number] = said
                        assert claim.clm_segment.total_claim_charge_amount == sum(charge for charge, _ in said)
    return found


def with_links(text: str) -> str:
    """A REF after each CTP, which x12sdk's 837I model wants everywhere, where the transaction has it only as needed."""
    linked = re.sub(r"(CTP\*[^~]*~)(?!\s*REF\*XZ)", r"\1REF*XZ*1~", text)
    segments = [one.strip().partition("*")[0] for one in linked.split("~")]
    counted = segments.index("SE") - segments.index("ST") + 1
    return re.sub(r"SE\*\d+\*", f"SE*{counted}*", linked)


@pytest.mark.parametrize(("place", "kind"), [(0, "P"), (1, "I")])
def test_x12sdk_reads_the_same_amounts(tmp_path: Path, made: tuple[list[Case], Claims], place: int, kind: str) -> None:
    _, claims = made
    path, text = tmp_path / "claims.837", of_kind(claims, place).decode()
    path.write_text(with_links(text) if kind == "I" else text)
    assert read_by_x12sdk(path) == {
        name: [(line["charge_amount"], line["billed_units"]) for line in lines]
        for name, lines in rows(claims, kind).items()
    }


def test_x12sdk_refuses_institutional_claims_for_that_alone(tmp_path: Path, made: tuple[list[Case], Claims]) -> None:
    path = tmp_path / "claims.837"
    path.write_bytes(of_kind(made[1], 1))
    with pytest.raises(ValidationError) as refused:
        read_by_x12sdk(path)
    assert {(error["loc"][-2:], error["type"]) for error in refused.value.errors()} == {
        (("loop_2410", "ref_segment"), "missing")
    }


def test_nothing_is_rejected_or_denied(tmp_path: Path, library: Path, made: tuple[list[Case], Claims]) -> None:
    _, claims = made
    assert claims.tables is not None
    as_lines = write_jsonl(claims.tables)
    assert as_lines.fault.to_pylist() == []
    (tmp_path / "claims.jsonl").write_bytes(as_lines.content)
    result = check_files([tmp_path / "claims.jsonl"], reference=library)
    assert result.summary.claims == claims.tables.claim.num_rows
    assert [(one.claim_id, one.id, one.message) for one in result.findings if one.severity in ("reject", "deny")] == []
    # Some doses are above the label on purpose (UNIT-004 warns): the same is told with the claims.
    assert {(one.claim_id, one.id) for one in claims.findings} == {(one.claim_id, one.id) for one in result.findings}


def test_what_fires_on_a_claim_that_is_written_is_told(library: Path) -> None:
    claims = claimed(library, case(modifiers=["25"]), case(2, 60, claim={"id": "A2", "subscriber": "nobody"}))
    assert [one.place for one in claims.refused] == ["claim A2"]
    assert {(one.claim_id, one.id) for one in claims.findings} >= {("A1", "MOD-010")}
    assert {one.claim_id for one in claims.findings} == {"A1"}


# What is missing


@pytest.mark.parametrize(
    ("change", "parties", "field"),
    [
        ({"claim": None}, {}, "claim"),
        ({"claim": {"id": "A1", "subscriber": "nobody"}}, {}, "claim.subscriber"),
        ({"payer_id": None}, {}, "payer_id"),
        ({"payer_program": "commercial", "payer_terms": {"waste_policy": "cms"}}, {}, "payer_program"),
        ({"charge_amount": None}, {}, "charge_amount"),
        ({}, {"charges": {}}, "charges"),
        ({"diagnoses": []}, {}, "diagnoses"),
        ({"place_of_service": None}, {}, "place_of_service"),
        ({"admin_family": None}, {}, "admin_family"),
        ({}, {"rendering_npi": "1200000010"}, "rendering_npi"),
        ({"place_of_service": None, "bill_type": "13"}, {}, "bill_type"),
        ({"place_of_service": None, "bill_type": "137"}, {}, "original_reference"),
        ({"place_of_service": None, "bill_type": "131"}, {"admission": None}, "admission"),
        ({"place_of_service": None, "bill_type": "131"}, {"attending_npi": None}, "attending_npi"),
        ({"charge_amount": "5000000.00", "dose": 10}, {}, "FMT-E-004"),
    ],
)
def test_what_is_missing_is_named_and_others_are_written(
    library: Path, change: Case, parties: Case, field: str
) -> None:
    sound = case(3, 1000, claim={"id": "B2", "subscriber": "bruno"}, route=None, admin_family=None)
    sound |= {"payer_program": "commercial", "payer_id": "MADEUP1", "payer_terms": {"waste_policy": "cms"}}
    sound["claim"]["rendering_npi"] = "1200000002"
    claims = claimed(library, case(**change), sound, **parties)
    (one,) = claims.refused
    assert field in one.refusal.explanation
    assert not {"ASHGROVE", "ALMA", "1MA0AA0AA00", "nobody", "1951"} & set(one.refusal.explanation.split())
    assert b"CLM*B2*" in content(claims)
    assert b"CLM*A1*" not in content(claims)


def test_a_visit_is_whole_or_not_written(library: Path) -> None:
    """A drug that cannot be billed, or a case that cannot be read, holds back the claim of its visit."""
    sound = case(visit="1")
    for other in (case(2, 60, visit="1") | {"dose": {"amount": "70", "unit": "mg"}}, {"visit": "1", "dose": 4}):
        claims = claimed(library, sound, other)
        assert claims.written is None
        assert "claim A1" in {one.place for one in claims.refused}


def test_cases_of_a_visit_say_the_same(library: Path) -> None:
    other = case(2, 60, visit="1", claim={"id": "A2", "subscriber": "alma"})
    (one,) = claimed(library, case(visit="1"), other).refused
    assert one.refusal.reason == "contradiction"
    first, second = claimed(library, case(), case(2, 60)).refused  # one number, two visits
    assert {first.refusal.reason, second.refusal.reason} == {"claim-id-repeats"}


def test_revenue_codes_are_by_rule_and_can_be_said(library: Path) -> None:
    hospital = case(place_of_service=None, bill_type="131")
    (lines,) = rows(claimed(library, hospital), "I").values()
    assert [(line["hcpcs_code"], line["revenue_code"]) for line in lines] == [("J1745", "0636"), ("96413", "0335")]
    hospital["claim"] |= {"revenue_codes": {"96413": "0260"}, "charges": {"96413": "1.50"}}
    (lines,) = rows(claimed(library, hospital), "I").values()
    assert [(line["revenue_code"], line["charge_amount"]) for line in lines] == [
        ("0636", Decimal("100.00")), ("0260", Decimal("1.50")),
    ]  # fmt: skip


def test_a_packaged_drug_stands_under_pharmacy_and_an_untold_code_is_refused(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The starter set has no Addendum B, so a status is put in its place; a pump under the skin has no revenue code in the rulebook."""
    packaged = case(place_of_service=None, bill_type="131", route=None, admin_family=None, hcpcs_code="J2405")
    packaged |= {"dose": {"amount": "4", "unit": "mg"}, "service_date": "2026-02-02", "start": None, "stop": None}
    packaged["containers"] = [{"amount": "4", "unit": "mg", "count": 1, "kind": "single_dose"}]
    for is_packaged, revenue_code in ((False, "0636"), (True, "0250")):
        monkeypatch.setattr(revenue, "is_packaged", lambda *_, told=is_packaged: told)
        (lines,) = rows(claimed(library, packaged), "I").values()
        assert [(line["hcpcs_code"], line["revenue_code"]) for line in lines] == [("J2405", revenue_code)]
    pumped = case(place_of_service=None, bill_type="131", admin_family="therapeutic") | {"route": "sc_infusion"}
    (one,) = claimed(library, pumped, charges={"96369": "80.00"}).refused
    assert "revenue_code" in one.refusal.explanation


def test_the_file_of_parties_tells_its_faults() -> None:
    with pytest.raises(UnreadableInput, match=r"parties\.json: there is no field `tax`"):
        read_parties(json.dumps({**PARTIES, "tax": 1}), place="parties.json")
    with pytest.raises(UnreadableInput, match="below zero"):
        read_parties(json.dumps({**PARTIES, "charges": {"96413": "-1"}}))


def test_the_command_writes_the_example_and_tells_what_is_refused(tmp_path: Path) -> None:
    output = tmp_path / "out.837"
    options = ["--parties", str(EXAMPLES / "parties.json"), "-o", str(output), "--made", "2025-11-05T09:00"]
    run = CliRunner().invoke(app, ["claim", str(EXAMPLES / "given.jsonl"), *options, "--control", "41"])
    assert run.exit_code == 0, run.output
    assert "1 claim written; the next control number is 42" in run.output
    assert b"CLM*A1*2162*" in output.read_bytes()
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps(case(charge_amount=None)))
    run = CliRunner().invoke(app, ["claim", str(cases), *options])
    assert run.exit_code == 1
    assert "not written: claim A1: charge_amount" in run.output
    assert b"CLM*A1*2162*" in output.read_bytes()  # no claim, no file: the earlier one stays
