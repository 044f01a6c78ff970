"""A mapping file to start from: each of their columns with the name of ours that is likeliest, or none."""

from __future__ import annotations

import csv
import difflib
import json
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import BinaryIO

from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.tabular.names import find, known_names, normal
from cleanclaim.formats.tabular.parquet_file import ParquetSource
from cleanclaim.formats.tabular.source import Dialect, header_of, is_parquet, read_head

# What exports of practice systems call it, as `normal` writes it.
_CALLED = {
    "claim_id": "claim claim_no claim_number claim_num account account_no account_number patient_account "
    "patient_control_number pcn encounter encounter_id invoice",
    "hcpcs_code": "hcpcs cpt code cpt_code procedure procedure_code proc proc_code service_code cpt_hcpcs hcpcs_cpt",
    "modifiers": "mods modifier_list",
    "billed_units": "units qty quantity unit_count service_units units_billed days_or_units service_unit_quantity",
    "charge_amount": "charge charges line_charge amount billed_amount billed fee",
    "total_charge": "claim_total total total_charges claim_charge",
    "service_date": "dos date_of_service service_from from_date date_from svc_date start_date claim_line_start_date "
    "line_start_date",
    "service_date_to": "to_date date_to to_dos through_date end_date service_to claim_line_end_date line_end_date",
    "place_of_service": "pos place_of_svc pos_code place_of_service_code",
    "line_number": "line line_no seq sequence line_seq claim_line_number",
    "ndc": "ndc_code ndc_number drug_code ndc_11", "ndc_quantity": "ndc_qty ndc_units",
    "ndc_unit": "ndc_uom ndc_unit_of_measure uom", "diagnoses": "dx icd icd10 diagnosis_codes dx_codes",
    "diagnosis_pointers": "dx_pointer pointer dx_ptr pointers diagnosis_pointer",
    "payer_program": "payer_type program insurance_type financial_class",
    "payer_id": "payer insurance_id payer_number payor_id", "member_id": "mbi subscriber_id insured_id policy_number",
    "first_name": "patient_first_name patient_first", "birth_date": "dob date_of_birth patient_dob birthdate",
    "sex": "gender patient_sex patient_gender", "billing_npi": "billing_provider_npi group_npi",
    "rendering_npi": "rendering_provider_npi provider_npi npi", "facility_npi": "service_facility_npi",
    "prior_auth": "auth_number authorization authorization prior_authorization auth",
    "revenue_code": "rev_code revenue rev revenue_center_code", "bill_type": "tob type_of_bill bill_type_code",
    "diagnosis_code_set": "diagnosis_code_type icd_version",
    "frequency": "frequency_code claim_frequency",
    "charted_dose_amount": "dose dose_given administered_dose", "charted_dose_unit": "dose_uom dose_units",
    "charted_lot": "lot lot_number",
    **{f"modifier_{number}": f"mod{number} mod_{number} hcpcs_modifier_{number}" for number in range(1, 5)},
    **{f"diagnosis_{number}": f"dx{number} dx_{number} icd_{number} diag{number} diag_{number} icd10_{number} "
       f"diagnosis_code_{number}"
       for number in range(1, 13)},
}  # fmt: skip
_BY_CALL = {called: ours for ours, calls in _CALLED.items() for called in calls.split()}
_NEAR = 0.8
# What cells look like under a name that says nothing; the first that fits. A code of drugs looks like a diagnosis too.
_LOOKS = {
    "hcpcs_code": r"[A-CEGHJ-MP-V][0-9]{4}|[0-9]{5}",
    "ndc": r"[0-9]{11}|[0-9]{4,5}-[0-9]{3,4}-[0-9]{1,2}",
    "diagnosis_1": r"[A-TV-Z][0-9][0-9A-Z](?:\.?[0-9A-Z]{1,4})?",
}
# Words of theirs that have one meaning, by the name of ours.
_WORDS = {
    "claim_type": {"professional": "P", "institutional": "I", "prof": "P", "inst": "I"},
    "diagnosis_code_set": {"icd-10-cm": "icd10", "icd-10": "icd10", "icd-9-cm": "icd9", "icd-9": "icd9", "10": "icd10",
                           "9": "icd9"},
    "payer_program": {"medicare": "medicare_b", "medicaid": "medicaid", "commercial": "commercial",
                      "tricare": "tricare",
                      "medicare advantage": "medicare_advantage", "medicare part b": "medicare_b"},
    "sex": {"male": "M", "female": "F"},
}  # fmt: skip
_LIKE = 0.8  # of the cells of a sample
_SAMPLE_ROWS = 200


def proposed_mapping(stream: BinaryIO, *, name: str) -> str:
    """A mapping file in YAML for a table, with comments on what has to be decided.

    Raises: UnreadableInput when the file has no header.
    """
    head = read_head(stream)
    cells: dict[str, list[str]] = {}
    if is_parquet(head):
        names: Sequence[str] = ParquetSource(stream, name).names
    elif b"\0" in head or (dialect := header_of(head)) is None:
        raise UnreadableInput(f"{name}: no header of column names was found. Expected: CSV or Parquet")
    else:
        names = dialect.names
        cells = _sample(head, dialect)
    return _written(list(dict.fromkeys(filter(None, names))), cells)


def _sample(head: bytes, dialect: Dialect) -> dict[str, list[str]]:
    """What stands under each name in the first rows, blanks left out."""
    text = head.decode("utf-8-sig", "replace")
    rows = list(islice(csv.reader(text.splitlines(), delimiter=dialect.delimiter), _SAMPLE_ROWS))[dialect.header_row :]
    return {
        theirs: [row[place].strip() for row in rows if place < len(row) and row[place].strip()]
        for place, theirs in enumerate(dialect.names)
    }


def _written(names: list[str], cells: Mapping[str, list[str]]) -> str:
    proposed: dict[str, str] = {}
    own, ours_taken = [], set()
    for theirs in names:
        if found := find(theirs):
            own.append(theirs)
            ours_taken.add(found[0].name if not found[1] else normal(theirs))
    for likeliest in (_called, _likeliest, lambda theirs: _by_look(cells.get(theirs, ()))):
        for theirs in names:
            ours = None if theirs in own or theirs in proposed else likeliest(theirs)
            if ours is not None and ours not in ours_taken:
                proposed[theirs] = ours
                ours_taken.add(ours)
    unknown = [theirs for theirs in names if theirs not in own and theirs not in proposed]
    found_words = _words({**{theirs: theirs for theirs in own}, **proposed}, cells)
    lines = [
        "# Proposed by the likeness of names and cells: check each line.",
        "# `cleanclaim schema mapping` lists what may stand here.",
    ]
    lines += [f"# {theirs}: bears our name already" for theirs in map(_quoted, own)]
    lines += ["columns:" if proposed else "columns: {}"]
    lines += [f"  {_quoted(theirs)}: {ours}" for theirs, ours in proposed.items()]
    if unknown:
        lines += ["# Not mapped: move a line to columns with a name of ours, or leave it here to pass the column over.",
                  "ignore:"]  # fmt: skip
        lines += [f"  - {_quoted(theirs)}" for theirs in unknown]
    if found_words:
        lines += ["values:"]
        lines += [f"  {ours}: {json.dumps(words)}" for ours, words in found_words.items()]
    lines += [
        "# constants: {payer_program: medicare_b, claim_type: P}",
        '# values: {payer_program: {"Medicare Part B": medicare_b}}',
        "# dates: MM/DD/YYYY",
        '# empty: ["NULL", "N/A"]',
    ]
    return "\n".join(lines) + "\n"


def _called(theirs: str) -> str | None:
    return _BY_CALL.get(normal(theirs))


def _by_look(cells: Sequence[str]) -> str | None:
    """The name of ours whose cells look so."""
    for ours, look in _LOOKS.items():
        if cells and sum(re.fullmatch(look, cell) is not None for cell in cells) >= _LIKE * len(cells):
            return ours
    return None


def _words(proposed: Mapping[str, str], cells: Mapping[str, list[str]]) -> dict[str, dict[str, str]]:
    """Their words for closed lists of ours, where they stand in the sample."""
    found: dict[str, dict[str, str]] = {}
    for theirs, ours in proposed.items():
        known = _WORDS.get(ours, {})
        if words := {
            cell: known[cell.lower()] for cell in dict.fromkeys(cells.get(theirs, ())) if cell.lower() in known
        }:
            found[ours] = words
    return found


def _likeliest(theirs: str) -> str | None:
    written = normal(theirs)
    if written in _BY_CALL:
        return _BY_CALL[written]
    near = difflib.get_close_matches(written, [*known_names(), *_BY_CALL], n=1, cutoff=_NEAR)
    return _BY_CALL.get(near[0], near[0]) if near else None


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=True)  # a JSON text is a YAML text too
