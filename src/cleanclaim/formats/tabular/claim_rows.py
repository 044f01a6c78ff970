"""Rows sorted by claim to claim tables: the same rules as for a claim in JSON Lines."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from cleanclaim.claims.patients import patient_key
from cleanclaim.claims.tables import (
    ADMINISTRATION,
    CLAIM,
    FAULT,
    KNOWN_ABSENT,
    LINE,
    UNREADABLE,
    ClaimTables,
    Lost,
    payer_program_of,
)
from cleanclaim.claims.unreadable import names_where, settled
from cleanclaim.engine.schema import ColumnType
from cleanclaim.formats.tabular import columns
from cleanclaim.formats.tabular.columns import Column, Ints, Mask
from cleanclaim.formats.tabular.grouped import Grouped, is_short_of_zeros
from cleanclaim.formats.tabular.names import NAMES, Name, Owner
from cleanclaim.values import parse_ndc, without_dot, without_hyphens

_parse_ndc = lru_cache(maxsize=4096)(parse_ndc)
_NDC_NAMES = ("ndc", "ndc_given", "ndc11")
_OF_FILE = {"claim_id", "complete", "lines_complete"}  # of which nothing is ever absent
_LINE_NAMES = tuple(name for name in NAMES.values() if name.owner in {Owner.LINE, Owner.CHART})
# Numbers whose leading zeros a spreadsheet takes off, and their digits.
_WITH_ZEROS = {"place_of_service": 2, "line_place_of_service": 2, "revenue_code": 4, "ndc": 10, "ndc_given": 10,
               "ndc11": 10}  # fmt: skip


def claim_tables(rows: Grouped, keys: Ints, *, name: str, complete: bool, broken: Mask) -> ClaimTables:
    """The tables of some claims. `broken`: those that a row of theirs may have been lost of, which are never whole."""
    claims = _claims(rows, keys, name, broken, complete=complete)
    whole = columns.true(claims["complete"])[rows.claim_of]
    has_line = _has_line(rows)
    ordinals = columns.whole_numbers(_ordinals(rows, has_line))
    lines = _lines(rows, claims, whole)
    lines |= {
        "claim_key": columns.whole_numbers(keys[rows.claim_of]),
        "line_ordinal": ordinals,
        "line_number": columns.first_of(lines["line_number"], ordinals),
        "segment_number": columns.whole_numbers(rows.rows),
    }
    _tell_lost_zeros(rows)
    claim = pa.table([claims[column] for column in CLAIM.names], schema=CLAIM.arrow())
    line = pa.table([lines[column] for column in LINE.names], schema=LINE.arrow())
    if not has_line.all():
        line = line.filter(columns.flags(has_line))
    claim, line = settled(claim, line)
    administration = _administrations(rows, lines, has_line)
    faults = sorted(rows.faults.drain(), key=lambda fault: int(str(fault["row"])))
    return ClaimTables(claim, line, administration, fault_table(faults))


def fault_table(faults: list[dict[str, object]]) -> pa.Table:
    """The fault table of some rows of faults."""
    by_name = {name: [fault.get(name) for fault in faults] for name in FAULT.names}
    return pa.Table.from_pydict(by_name, schema=FAULT.arrow())


# -- claims ----------------------------------------------------------------------------------------------------------


def _claims(rows: Grouped, keys: Ints, name: str, broken: Mask, *, complete: bool) -> dict[str, Column]:
    claims = {one.column: rows.of_claims(one.name) for one in NAMES.values() if one.owner.is_of_claim}
    whole = (columns.true(claims["complete"]) | complete) & ~broken
    claims |= {
        "claim_key": columns.whole_numbers(keys),
        "source_file": columns.repeated(name, len(keys)),
        "segment_number": columns.whole_numbers(rows.rows[rows.starts]),
        "complete": columns.flags(whole),
    }
    lines_denied = rows.said_by_claims("lines_complete") & ~columns.true(claims["lines_complete"])
    claims["lines_complete"] = columns.flags(~lines_denied & ~broken)
    claims["diagnoses"] = columns.member_by_member(without_dot, claims["diagnoses"])
    for column in ("diagnoses", "condition_codes"):
        known = whole | rows.has_column(column)
        claims[column] = _none_where_absent(claims[column], known, rows.said_by_claims(column))
    codes, filings = columns.codes(claims["claim_filing"])
    programs = columns.decoded([_program(filing) for filing in filings], pa.string(), codes)
    claims["payer_program"] = columns.chosen(rows.said_by_claims("payer_program"), claims["payer_program"], programs)
    if not rows.has_column("diagnosis_code_set"):
        has_codes = columns.longer_than(claims["diagnoses"], 0)
        claims["diagnosis_code_set"] = columns.chosen(has_codes, "icd10", claims["diagnosis_code_set"])
    digests = map(
        patient_key, claims["payer_id"].to_pylist(), claims["member_id"].to_pylist(),
        claims["birth_date"].cast(pa.string()).to_pylist(), claims["first_name"].to_pylist(),
    )  # fmt: skip
    claims["patient_key"] = columns.first_of(claims["patient_key"], pa.array(list(digests), pa.string()))
    empty = {
        one.column: ~rows.said_by_claims(one.name) for one in NAMES.values() if _can_be_absent(rows, one, Owner.CLAIM)
    }
    claims[KNOWN_ABSENT] = _known_absent(claims, empty, ~whole)
    claims[UNREADABLE] = _unreadable({
        one.column: rows.said_by_claims(one.name) & ~columns.valid(claims[one.column])
        for one in NAMES.values()
        if one.owner.is_of_claim and one.column in CLAIM.names
    }, len(keys))  # fmt: skip
    return claims


def _program(filing: str | None) -> str | None:
    program = payer_program_of(filing)
    return program.value if program else None


def _none_where_absent(lists: Column, known: Mask, said: Mask) -> Column:
    """A list of which nothing is said is empty where its absence is known; one that could not be read stays null."""
    return columns.chosen(known & ~said & ~columns.valid(lists), pa.scalar([], lists.type), lists)


def _can_be_absent(rows: Grouped, one: Name, owner: Owner) -> bool:
    """Whether an empty cell of a column says that there is none. Lists say it by being empty."""
    return (
        one.owner is owner
        and one.type is not ColumnType.TEXTS
        and one.column not in _OF_FILE
        and rows.has_column(one.name)
    )


def _unreadable(lost: dict[str, Mask], size: int) -> Column:
    """For each row the columns in which something was written that could not be read."""
    found = {name: mask for name, mask in lost.items() if mask.any()}
    return names_where(found, size) if found else columns.nulls(size, pa.list_(pa.string()))


def _known_absent(table: dict[str, Column], empty: dict[str, Mask], partial: Mask) -> Column:
    """For each row of a partial claim the names of the columns that it has empty and that nothing else fills."""
    masks = {name: mask & partial & ~columns.valid(table[name]) for name, mask in empty.items()}
    return names_where({name: mask for name, mask in masks.items() if mask.any()}, len(partial))


# -- lines -----------------------------------------------------------------------------------------------------------


def _has_line(rows: Grouped) -> Mask:
    """Where a row says anything of a line: one that does not has the claim only."""
    has = np.zeros(rows.size, np.bool_)
    for one in _LINE_NAMES:
        if one.name not in rows.layout.constants:
            has |= rows.said(one.name)
    return has


def _ordinals(rows: Grouped, has_line: Mask) -> Ints:
    counted = np.cumsum(has_line)
    before: Ints = counted[rows.starts] - has_line[rows.starts]
    ordinals: Ints = counted - before[rows.claim_of]
    return ordinals


def _lines(rows: Grouped, claims: dict[str, Column], whole: Mask) -> dict[str, Column]:
    lines = {
        one.column: rows.values(one.name)
        for one in NAMES.values()
        if one.owner is Owner.LINE and one.name not in {*_NDC_NAMES, "diagnosis_pointers"}
    }
    named = columns.member_by_member(without_dot, lines["diagnoses"])
    lines["diagnoses"], is_astray = _pointed(rows, claims["diagnoses"], named)
    pointed = rows.said("line_diagnoses") | rows.said("diagnosis_pointers")
    # As in JSON: where no line of a claim points anywhere, the diagnoses are left to the claim.
    points = np.logical_or.reduceat(columns.valid(lines["diagnoses"]), rows.starts)[rows.claim_of]
    known = (whole & points) | rows.has_column("line_diagnoses") | rows.has_column("diagnosis_pointers")
    lost = {"diagnoses": is_astray | (rows.said("line_diagnoses") & ~columns.valid(lines["diagnoses"]))}
    lines["diagnoses"] = _none_where_absent(lines["diagnoses"], known, pointed)
    known = whole | rows.has_column("modifiers")
    lines["modifiers"] = _none_where_absent(lines["modifiers"], known, rows.said("modifiers"))
    for column, beside, default in (("code_qualifier", "hcpcs_code", "HC"), ("unit_basis", "billed_units", "UN")):
        if not rows.has_column(column):
            lines[column] = columns.chosen(columns.valid(lines[beside]), default, lines[column])
    lost |= {
        one.column: rows.said(one.name) & ~columns.valid(lines[one.column])
        for one in NAMES.values()
        if one.owner is Owner.LINE and one.name not in {*_NDC_NAMES, "diagnosis_pointers", "line_diagnoses"}
    }
    lines["service_date_to"] = _last_days(rows, lines["service_date"], lines["service_date_to"])
    lost["service_date_to"] |= lost["service_date"] & ~columns.valid(lines["service_date_to"])
    lines |= _drugs(rows, lines["ndc_qualifier"], whole)
    no_number = np.logical_or.reduce([rows.said(name) for name in _NDC_NAMES]) & ~columns.valid(lines["ndc_given"])
    lost |= {"ndc_given": no_number, "ndc11": no_number}
    lines[UNREADABLE] = _unreadable(lost, rows.size)
    empty = {
        one.column: ~rows.said(one.name)
        for one in NAMES.values()
        if _can_be_absent(rows, one, Owner.LINE) and one.name not in _NDC_NAMES
    }
    if any(rows.has_column(name) for name in _NDC_NAMES):
        no_number = ~np.logical_or.reduce([rows.said(name) for name in _NDC_NAMES])
        empty |= {"ndc_given": no_number, "ndc11": no_number}
    lines[KNOWN_ABSENT] = _known_absent(lines, empty, ~whole)
    return lines


def _last_days(rows: Grouped, first: Column, last: Column) -> Column:
    """One day where no last day is given; a last day before the first is told and dropped."""
    filled = columns.chosen(rows.said("service_date_to"), last, first)
    before = columns.less(filled, first)
    for place in np.flatnonzero(before).tolist():
        rows.tell(
            "date-invalid", place, "service_date_to", "a last day that is not before service_date",
            value=str(filled[place]),
        )  # fmt: skip
    return columns.without(before, filled)


def _pointed(rows: Grouped, diagnoses: Column, named: Column) -> tuple[Column, Mask]:
    """The diagnoses that each line points to, where it does not name them itself; and where it points to none."""
    is_astray = np.zeros(rows.size, np.bool_)
    if "diagnosis_pointers" not in rows.texts:
        return named, is_astray
    pointers: list[list[str] | None] = rows.values("diagnosis_pointers").to_pylist()
    of_claims, said = diagnoses.to_pylist(), rows.said("line_diagnoses")
    found: list[object] = named.to_pylist()
    for place, claim in enumerate(rows.claim_of.tolist()):
        pointed, codes = pointers[place], of_claims[claim]
        if pointed is None or said[place] or codes is None:  # where no codes are known it points to what is not known
            continue
        places = [_place(pointer) for pointer in pointed]
        if any(not 1 <= number <= len(codes) for number in places):
            expected = f"places from 1 to {len(codes)}, or from A on, in the claim's diagnoses"
            rows.tell("pointer-invalid", place, "diagnosis_pointers", expected)
            is_astray[place] = True  # it may point to anything
            continue
        found[place] = [codes[number - 1] for number in places]
    return pa.array(found, named.type), is_astray


def _place(pointer: str) -> int:
    # A list that came as one (Parquet) holds texts that no reader has seen.
    return int(pointer) if pointer.isascii() and pointer.isdigit() and len(pointer) < 3 else _letter(pointer)


def _letter(pointer: str) -> int:
    return ord(pointer.upper()) - ord("A") + 1 if len(pointer) == 1 else 0


def _drugs(rows: Grouped, qualifiers: Column, whole: Mask) -> dict[str, Column]:
    """The drug number as given, and its billing form when the number tells it."""
    numbers = [rows.values(name) for name in _NDC_NAMES]
    said = np.logical_or.reduce([rows.said(name) for name in _NDC_NAMES])
    given = columns.first_of(*numbers)
    has = columns.valid(given)
    forms = [_billing_forms(column) for column in numbers]
    first = columns.first_of(*forms)
    contradicts = np.logical_or.reduce([columns.differs(form, first) for form in forms])
    for place in np.flatnonzero(contradicts).tolist():
        rows.tell("ndc-contradicts", place, "ndc11", "one drug number on the line")
    qualifier = qualifiers if rows.has_column("ndc_qualifier") else columns.chosen(has, "N4", qualifiers)
    is_ndc = columns.equal(qualifier, "N4")
    has_form = is_ndc & ~contradicts & columns.differs(first, "")
    # A number that could not be read is unknown, not absent.
    has_column = any(rows.has_column(name) for name in _NDC_NAMES)
    known = has | ((whole | has_column) & ~said)
    codes, words = columns.codes(given)
    # Hyphens are normal writing here; other forms stand as given, and are judged.
    bare = columns.decoded([without_hyphens(number) for number in words], pa.string(), codes)
    return {
        "ndc_qualifier": qualifier,
        "ndc_given": columns.chosen(is_ndc, bare, given),
        "ndc11": columns.without(~has_form, first),
        "ndc_count": columns.without(~known, columns.whole_numbers(has.astype(np.int64))),
    }


def _billing_forms(numbers: Column) -> Column:
    """The billing form of each number, "" where it has none; null where there is no number."""
    codes, words = columns.codes(numbers)
    return columns.decoded([_parse_ndc(number).ndc11 or "" for number in words], pa.string(), codes)


def _administrations(rows: Grouped, lines: dict[str, Column], has_line: Mask) -> pa.Table:
    charted = {one.column: rows.values(one.name) for one in NAMES.values() if one.owner is Owner.CHART}
    is_charted = np.logical_or.reduce([columns.valid(column) for column in charted.values()]) & has_line
    charted |= {"claim_key": lines["claim_key"], "line_ordinal": lines["line_ordinal"]}
    table = pa.table([charted[name] for name in ADMINISTRATION.names], schema=ADMINISTRATION.arrow())
    return table.filter(columns.flags(is_charted))


def _tell_lost_zeros(rows: Grouped) -> None:
    """Tell, once for a column, a number that is shorter than it can be."""
    for name, digits in _WITH_ZEROS.items():
        texts = rows.texts.get(name)
        if texts is None or f"zeros {name}" in rows.told or not columns.is_text(texts):
            continue
        codes, words = columns.codes(texts)
        short = [place for place, word in enumerate(words) if is_short_of_zeros(word, digits)]
        if short:
            rows.told.add(f"zeros {name}")
            first = int(np.flatnonzero(np.isin(codes, short))[0])
            rows.tell(
                "zeros-lost", first, name,
                "all digits, zeros in front too (a spreadsheet takes them off; here and below it was kept as it "
                "stands)", Lost.NOTHING,
            )  # fmt: skip
