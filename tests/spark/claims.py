"""The claims on which the engines are held against each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from cleanclaim.app.files import digest, open_file, read_claims
from cleanclaim.app.policy_tests import whole_claim
from cleanclaim.app.supporting import SupportingFiles, authorization_table
from cleanclaim.billing.authorizations import Authorization
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.policies import read_policies
from cleanclaim.policies.on_file import OnFile, on_file_tables
from cleanclaim.reference.library import Library
from cleanclaim.reference.tables import BY_NAME
from cleanclaim.terms import TermsOfPayers
from tests.app.test_checker import claim
from tests.app.test_rules import MODIFIERS, MUE, PATIENT, WASTE, WASTED, line
from tests.app.test_rules_lines import CASES, INFUSION

EXAMPLES = [
    path for path in sorted((Path(__file__).parents[2] / "examples").iterdir()) if path.suffix in {".837", ".jsonl"}
]

EXAMPLE_POLICIES = Path(__file__).parents[2] / "examples" / "policies"
_TEXTS = [
    "", " ", " j1745 ", "j1745\n", "J1745\t", "j1745\u00a0", "\u3000J1745", "straße", "ıI", "ﬁ", "é", "ᾳ", "J174", "J17455",
    "𝒥1745", "0071a", "'; --", "\\z",
]  # fmt: skip
# Rows of tables for which the starter set has none: just what shows each fact, not what any publication says.
MADE_UP: dict[str, list[dict[str, Any]]] = {
    "ptp": [
        {"ptp_column_one": "96413", "ptp_column_two": "36000", "service_type": "practitioner", "span_from": date(2002, 1, 1), "span_to": date(9999, 12, 31), "modifier_indicator": 1},
    ],
    "diagnosis": [
        {"diagnosis_code": "K5090", "billable": True, "manifestation": False}, {"diagnosis_code": "K50", "billable": False},
        {"diagnosis_code": "J17", "billable": True, "manifestation": True},
    ],
    "ndc_package": [
        {"ndc11": "00000000001", "product_id": "P1", "description": "1 VIAL, SINGLE-DOSE in 1 CARTON", "container": "single_dose", "marketing_start": date(2001, 1, 1), "marketing_end": date(2020, 1, 1), "listed_on": date(2019, 4, 29)},
    ],
    "ndc_product": [{"product_id": "P1", "dosage_form": "INJECTION, SOLUTION", "route": "INTRAVENOUS; SUBCUTANEOUS"}],
    "opps_status": [{"hcpcs_code": "J1745", "status_indicator": "K"}],
    "coverage": [{"table": "diagnosis", "valid_to": date(2024, 12, 31)}, {"table": "ptp", "part": "practitioner"}],
}  # fmt: skip
# Facts that none of these claims can show, and why.
UNSEEN = {
    "line.revenue_code": "it stands in institutional claims, which are not read yet",
    **{
        f"{grain}.known_absent": "it is of partial claims; these are whole"
        for grain in ("line_pair", "policy_line", "drug_day", "diagnosis")
    },
}


def load(bench: Workbench, library: Library, files: list[Path], beside: Mapping[str, pa.Table]) -> None:
    """Read files into a workbench."""
    bench.hand_in(beside, TermsOfPayers(read_policies([EXAMPLE_POLICIES])) if beside else None)
    bench.use_reference(lambda name: _with_made_up(library.table(name), name))
    for path in files:
        with open_file(path) as stream:
            read = read_claims(stream, name=path.name, file_hash=digest(stream), complete=False, progress=None)
            for tables in read.tables:
                bench.load_claims(tables)
            if read.by_row:
                bench.files_by_row.add(path.name)


def of_policies(folder: Path) -> tuple[Path, dict[str, pa.Table]]:
    """The claims that test the example policies as one file, and what is handed in beside them, all in one run."""
    policies = read_policies([EXAMPLE_POLICIES])
    claims, records, authorizations, earlier = [], [], [], []
    for number, placed in enumerate(policies.tests):
        test, name = placed.test, f"POLICY{number}"
        claims.append(_of_one_patient(test.claim, name))
        records.append({"claim_id": name, "items": test.on_file, "whole": test.whole})
        authorizations += [{**one, "number": f"{one['number']}-{name}"} for one in test.authorizations]
        earlier += [_of_one_patient(one, name) for one in test.history]
    claims[0]["lines"][0]["modifiers"] = ["JW"]
    records[0]["items"] = {"abn": True, "kx": True, "singleton": True, "gestation_weeks": "20", "DOC-24": True}
    records[0] |= {"claim_id": claims[0]["claim_id"]}
    path, history = folder / "policies.jsonl", folder / "history.jsonl"
    for file, rows in ((path, claims), (history, earlier)):
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    handed = SupportingFiles(history=(history,), history_from=date(2005, 1, 1)).tables()
    assert not handed.faults
    read = [msgspec.convert(one, Authorization, strict=False) for one in authorizations]
    on_file = on_file_tables(msgspec.json.decode(json.dumps(records), type=list[OnFile], strict=False))
    tables = {**handed.tables, **on_file}
    return path, {**tables, "authorization": authorization_table(read)}


def _of_one_patient(said: dict[str, Any], name: str) -> dict[str, Any]:
    """The claim of a test, of a patient and with an authorization that no other test has."""
    made = whole_claim(said)
    lines = [
        {**line, "prior_auth": f"{line['prior_auth']}-{name}"} if "prior_auth" in line else line
        for line in made["lines"]
    ]
    patient = {**made.get("patient", {}), "member_id": name}
    return {**made, "claim_id": name, "patient": patient, "lines": lines, "billing_npi": "1234567893"}


def _with_made_up(table: pa.Table, name: str) -> pa.Table:
    """A reference table with rows of a table that the starter set lacks."""
    rows = [
        {
            **dict.fromkeys(BY_NAME[name].names),
            "valid_from": date(2012, 1, 1),
            "valid_to": date(9999, 12, 31),
            "release": "made up",
            **row,
        }
        for row in MADE_UP.get(name, ())
    ]
    return (
        pa.concat_tables([table, pa.Table.from_pylist(rows, schema=table.schema)]).combine_chunks() if rows else table
    )


def claims_of_the_rules() -> Iterator[dict[str, Any]]:
    """The claims of `test_rules`, in one run: each alone, and those of one patient together."""
    for number, (_, of_line, of_claim, _) in enumerate(WASTE):
        yield _known(claim(f"WASTE{number}", lines=[line(**of_line)], **of_claim))
    for number, (_, lines, of_claim, _) in enumerate(MUE):
        yield claim(f"MUE{number}", lines=lines, **of_claim)
    for number, (_, lines, _) in enumerate(WASTED):
        yield claim(f"WASTED{number}", lines=lines)
    for number, (_, code, modifier, _) in enumerate(MODIFIERS):
        yield claim(f"MODIFIER{number}", lines=[line(hcpcs_code=code, modifiers=[modifier])])
    for number, (_, _, lines, of_claim, _) in enumerate(CASES):
        yield claim(f"LINES{number}", lines=lines, **of_claim)
    hospital = {"claim_type": "I", "bill_type": "0131", "place_of_service": None}
    yield _known(claim("HOSPITAL", lines=[line(), {**INFUSION, "hcpcs_code": "36000"}], **hospital))
    yield claim(
        "PAIR",
        lines=[line(diagnoses=["K5090"], ndc="00000000001"), INFUSION, {**INFUSION, "hcpcs_code": "36000"}],
        diagnoses=["K50.90", "J17", "K50", "XX"],
        **PATIENT,
    )
    for number, frequency in enumerate([None, "1", "7", "8"]):
        more = {"frequency": frequency} if frequency else {}
        yield claim(f"DOSE{number}", lines=[line()], **more, **PATIENT)
        yield claim(f"JW{number}", lines=[line(modifiers=["JW"], billed_units=5)], **more, **PATIENT)


def odd_claims() -> Iterator[dict[str, Any]]:
    """What no clinic sends and a file may hold: values at the edge of their type, other alphabets, nothing at all."""
    for number, text in enumerate(_TEXTS):
        yield claim(f"TEXT{number}", lines=[line(hcpcs_code=text, modifiers=[text, "jw"], ndc=text, description=text)])
    amounts = ["0", "0.001", "0.01", "0.5", "2.5", "3.500", "999999999.999", "-1", "-0.5"]
    for number, amount in enumerate(amounts):
        yield claim(f"UNITS{number}", lines=[line(billed_units=amount, charge_amount=amount) for _ in range(3)])
    lists: list[list[str] | None] = [None, [], ["JZ"], ["JZ", "JZ"], ["JW", "59", "11", "02"], ["LT", "RT", "25", "XS"]]
    for number, modifiers in enumerate(lists):
        given = {key: value for key, value in line(modifiers=modifiers).items() if value is not None}
        yield {**claim(f"LIST{number}", lines=[given]), "complete": number % 2 == 0}
    skin = line(hcpcs_code="Q4101", service_date="2025-06-02", modifiers=["JW"])
    yield claim("CONTRACTOR", payer_id="15102", payer_program="medicare_b", lines=[skin])
    twice = {"original_reference": "ICN1", "diagnoses": ["K5090", "K5090"]}
    yield {**claim("AGAIN", frequency="7", lines=[line()]), **twice}
    yield claim("NOTHING", lines=[])
    yield {"claim_id": "BARE", "lines": [{}]}
    dates = ["0001-01-01", "1582-10-10", "1899-12-31", "2023-07-01", "2024-02-29", "9999-12-31"]
    for number, day in enumerate(dates):
        yield claim(
            f"DAY{number}", lines=[line(service_date=day), line(service_date=day, service_date_to="9999-12-31")]
        )


def _known(given: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if value is not None}
