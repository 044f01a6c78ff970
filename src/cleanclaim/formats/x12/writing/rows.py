"""The rows of the claim tables that an 837 carries, with their types."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import TypeVar

import pyarrow as pa

from cleanclaim.claims.tables import CLAIM, LINE, ClaimTables
from cleanclaim.engine.schema import TableSchema
from cleanclaim.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class LineRow:
    """A row of the line table. Names and meanings are those of its columns."""

    claim_key: int
    line_ordinal: int
    line_number: int | None
    line_control: str | None
    code_qualifier: str | None
    hcpcs_code: str | None
    modifiers: list[str] | None
    description: str | None
    charge_amount: Decimal | None
    unit_basis: str | None
    billed_units: Decimal | None
    place_of_service: str | None
    service_date: date | None
    service_date_to: date | None
    revenue_code: str | None
    diagnoses: list[str] | None
    ndc_qualifier: str | None
    ndc_given: str | None
    ndc11: str | None
    ndc_quantity: Decimal | None
    ndc_unit: str | None
    ndc_count: int | None
    ndc_link: str | None
    prior_auth: str | None
    note: str | None
    rendering_npi: str | None
    ordering_npi: str | None


@dataclass(frozen=True, slots=True, repr=False)
class ClaimRow:
    """A row of the claim table. Left out is what only a file tells: its name, its day, its segments."""

    claim_key: int
    claim_id: str | None
    claim_type: str | None
    complete: bool | None
    payer_id: str | None
    claim_filing: str | None
    payer_sequence: str | None
    frequency: str | None
    original_reference: str | None
    patient_key: str | None
    birth_date: date | None
    sex: str | None
    weight: Decimal | None
    place_of_service: str | None
    bill_type: str | None
    billing_npi: str | None
    billing_taxonomy: str | None
    rendering_npi: str | None
    rendering_taxonomy: str | None
    referring_npi: str | None
    supervising_npi: str | None
    facility_npi: str | None
    prior_auth: str | None
    referral: str | None
    note: str | None
    diagnosis_code_set: str | None
    diagnoses: list[str] | None
    condition_codes: list[str] | None
    statement_from: date | None
    statement_to: date | None
    total_charge: Decimal | None
    other_payer_count: int | None
    other_payer_paid: Decimal | None


_Row = TypeVar("_Row", ClaimRow, LineRow)
_KEYS = {"claim_key", "line_ordinal", "claim_type"}


def rows_of(tables: ClaimTables, without: Collection[str]) -> list[tuple[ClaimRow, list[LineRow]]]:
    """Each claim with its lines in their order. `without`: columns that are taken as null, `line.` before a line's.

    Raises:  InvalidValue when a table has another schema, a column does not exist, a claim key repeats, a line
             belongs to no claim, or its ordinal repeats in its claim.
    """
    _check_without(without)
    claims = _typed(ClaimRow, tables.claim, CLAIM, {name for name in without if not name.startswith("line.")})
    found: dict[int, tuple[ClaimRow, list[LineRow]]] = {claim.claim_key: (claim, []) for claim in claims}
    if len(found) < len(claims):
        raise InvalidValue("claim table: claim_key repeats; expected a key of its own for every claim")
    in_lines = {name.removeprefix("line.") for name in without if name.startswith("line.")}
    for line in _typed(LineRow, tables.line, LINE, in_lines):
        if line.claim_key not in found:
            raise InvalidValue("line table: a line has a claim_key that no claim has")
        found[line.claim_key][1].append(line)
    for _, lines in found.values():
        lines.sort(key=lambda line: line.line_ordinal)
        if len({line.line_ordinal for line in lines}) < len(lines):
            raise InvalidValue("line table: line_ordinal repeats within a claim")
    return list(found.values())


def _typed(kind: type[_Row], table: pa.Table, schema: TableSchema, without: set[str]) -> list[_Row]:
    if not table.schema.equals(schema.arrow()):
        raise InvalidValue(f"{schema.name} table: expected the columns and types of claims.tables")
    names = [one.name for one in fields(kind)]
    columns = [[None] * len(table) if name in without else table[name].to_pylist() for name in names]
    return [kind(*values) for values in zip(*columns, strict=True)]


def _check_without(without: Collection[str]) -> None:
    known = {one.name for one in fields(ClaimRow)} | {f"line.{one.name}" for one in fields(LineRow)}
    for name in without:
        if name not in known or name.removeprefix("line.") in _KEYS:
            raise InvalidValue(f"without: {name!r} is no column that can be left out; for a line, write line.note")
