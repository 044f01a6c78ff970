"""A mapping file to start from: each of their columns with the name of ours that is likeliest, or none."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from typing import BinaryIO

from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.tabular.names import find, known_names, normal
from cleanclaim.formats.tabular.parquet_file import ParquetSource
from cleanclaim.formats.tabular.source import header_of, is_parquet, read_head

# What exports of practice systems call it, as `normal` writes it.
_CALLED = {
    "claim_id": "claim claim_no claim_number claim_num account account_no account_number patient_account "
    "patient_control_number pcn encounter encounter_id invoice",
    "hcpcs_code": "hcpcs cpt code cpt_code procedure procedure_code proc proc_code service_code cpt_hcpcs hcpcs_cpt",
    "modifiers": "mods modifier_list",
    "billed_units": "units qty quantity unit_count service_units units_billed days_or_units",
    "charge_amount": "charge charges line_charge amount billed_amount billed fee",
    "total_charge": "claim_total total total_charges claim_charge",
    "service_date": "dos date_of_service service_from from_date date_from svc_date start_date",
    "service_date_to": "to_date date_to to_dos through_date end_date service_to",
    "place_of_service": "pos place_of_svc pos_code", "line_number": "line line_no seq sequence line_seq",
    "ndc": "ndc_code ndc_number drug_code ndc_11", "ndc_quantity": "ndc_qty ndc_units",
    "ndc_unit": "ndc_uom ndc_unit_of_measure uom", "diagnoses": "dx icd icd10 diagnosis_codes dx_codes",
    "diagnosis_pointers": "dx_pointer pointer dx_ptr pointers diagnosis_pointer",
    "payer_program": "payer_type program insurance_type financial_class",
    "payer_id": "payer insurance_id payer_number payor_id", "member_id": "mbi subscriber_id insured_id policy_number",
    "first_name": "patient_first_name patient_first", "birth_date": "dob date_of_birth patient_dob birthdate",
    "sex": "gender patient_sex patient_gender", "billing_npi": "billing_provider_npi group_npi",
    "rendering_npi": "rendering_provider_npi provider_npi npi", "facility_npi": "service_facility_npi",
    "prior_auth": "auth_number authorization authorization prior_authorization auth",
    "revenue_code": "rev_code revenue rev", "bill_type": "tob type_of_bill",
    "frequency": "frequency_code claim_frequency",
    "charted_dose_amount": "dose dose_given administered_dose", "charted_dose_unit": "dose_uom dose_units",
    "charted_lot": "lot lot_number",
    **{f"modifier_{number}": f"mod{number} mod_{number}" for number in range(1, 5)},
    **{f"diagnosis_{number}": f"dx{number} dx_{number} icd_{number} diag{number} diag_{number} icd10_{number}"
       for number in range(1, 13)},
}  # fmt: skip
_BY_CALL = {called: ours for ours, calls in _CALLED.items() for called in calls.split()}
_NEAR = 0.8


def proposed_mapping(stream: BinaryIO, *, name: str) -> str:
    """A mapping file in YAML for a table, with comments on what has to be decided.

    Raises: UnreadableInput when the file has no header.
    """
    head = read_head(stream)
    if is_parquet(head):
        names: Sequence[str] = ParquetSource(stream, name).names
    elif b"\0" in head or (dialect := header_of(head)) is None:
        raise UnreadableInput(f"{name}: no header of column names was found. Expected: CSV or Parquet")
    else:
        names = dialect.names
    return _written(list(dict.fromkeys(filter(None, names))))


def _written(names: list[str]) -> str:
    proposed: dict[str, str] = {}
    unknown, own, ours_taken = [], [], set()
    for theirs in names:
        if found := find(theirs):
            own.append(theirs)
            ours_taken.add(found[0].name if not found[1] else normal(theirs))
    for theirs in names:
        if theirs in own:
            continue
        ours = _likeliest(theirs)
        if ours is None or ours in ours_taken:
            unknown.append(theirs)
        else:
            proposed[theirs] = ours
            ours_taken.add(ours)
    lines = [
        "# Proposed by the likeness of names: check each line. `cleanclaim schema mapping` lists what may stand here."
    ]
    lines += [f"# {theirs}: bears our name already" for theirs in map(_quoted, own)]
    lines += ["columns:" if proposed else "columns: {}"]
    lines += [f"  {_quoted(theirs)}: {ours}" for theirs, ours in proposed.items()]
    if unknown:
        lines += ["# Not mapped: move a line to columns with a name of ours, or leave it here to pass the column over.",
                  "ignore:"]  # fmt: skip
        lines += [f"  - {_quoted(theirs)}" for theirs in unknown]
    lines += [
        "# constants: {payer_program: medicare_b, claim_type: P}",
        '# values: {payer_program: {"Medicare Part B": medicare_b}}',
        "# dates: MM/DD/YYYY",
        '# empty: ["NULL", "N/A"]',
    ]
    return "\n".join(lines) + "\n"


def _likeliest(theirs: str) -> str | None:
    written = normal(theirs)
    if written in _BY_CALL:
        return _BY_CALL[written]
    near = difflib.get_close_matches(written, [*known_names(), *_BY_CALL], n=1, cutoff=_NEAR)
    return _BY_CALL.get(near[0], near[0]) if near else None


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=True)  # a JSON text is a YAML text too
