"""Billing provider, subscriber and patient: what their levels say, and which of them stand behind each claim."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from cleanclaim.claims.patients import patient_key
from cleanclaim.formats.x12 import decode, gather
from cleanclaim.formats.x12.arrays import Column, Columns, Ints, Mask
from cleanclaim.formats.x12.part import Decimals, Part, first_values
from cleanclaim.formats.x12.places import Zone
from cleanclaim.formats.x12.segments import Spans
from cleanclaim.formats.x12.tags import Tag, packed

_IL, _PR = packed("IL"), packed("PR")
_NONE = -1
# HL 20 forgets the subscriber and the patient, HL 22 the patient.
_FORGOTTEN_AT = {
    Zone.BILLING: (), Zone.SUBSCRIBER: (Zone.BILLING,), Zone.PATIENT: (Zone.BILLING, Zone.SUBSCRIBER),
}  # fmt: skip


@dataclass(slots=True)
class OpenLevels:
    """The values of the levels that are open at the end of a buffer, as columns of one row."""

    values: dict[Zone, Columns] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Level:
    """For each claim what one level above it says, and whether there is one."""

    values: Columns
    is_open: Mask


@dataclass(frozen=True, slots=True)
class Parties:
    """For each claim of a buffer the values of its levels."""

    billing: Columns
    subscriber: Columns
    person: Columns  # the patient: of HL 23, else the subscriber
    has_subscriber: Mask
    is_whole: Mask  # the subscriber has SBR, NM1*IL and NM1*PR
    patient_key: Column


def parties_of(part: Part, levels: OpenLevels) -> Parties:
    """The parties behind each claim.

    `levels` holds what was open before this buffer; afterwards it holds what is open at its end.
    """
    billing = _level_of_claims(part, Zone.BILLING, _billing(part), levels)
    subscriber = _level_of_claims(part, Zone.SUBSCRIBER, _subscriber(part), levels)
    patient = _level_of_claims(part, Zone.PATIENT, _patient(part), levels)
    person = {
        name: gather.chosen(patient.is_open, own, subscriber.values[name]) for name, own in patient.values.items()
    }
    keys = _patient_keys(subscriber.values, person)
    insured = subscriber.values["is_whole"].fill_null(False).to_numpy(zero_copy_only=False)  # noqa: FBT003 - Arrow's
    return Parties(billing.values, subscriber.values, person, subscriber.is_open, insured, keys)


def _level_of_claims(part: Part, zone: Zone, own: Columns, levels: OpenLevels) -> _Level:
    carried = levels.values.pop(zone, None)
    columns = own
    if carried is not None:
        columns = {name: pa.concat_arrays([carried[name], column]) for name, column in own.items()}
    places = np.append(part.loops.claims, len(part.segments))
    row = _row_in_force(part, zone, places, carried=carried is not None)
    if (last := int(row[-1])) != _NONE:  # copied, so that the buffer can go
        levels.values[zone] = {name: pa.array([column[last].as_py()], column.type) for name, column in columns.items()}
    row = row[:-1]
    index = gather.indices(row, row == _NONE)
    return _Level({name: column.take(index) for name, column in columns.items()}, row != _NONE)


def _row_in_force(part: Part, zone: Zone, places: Ints, *, carried: bool) -> Ints:
    """For each place the row of the level that is open there: 0 is the carried one if there is one, -1 none."""
    own = part.loops.levels[zone]
    closing = np.concatenate([part.loops.transactions, *(part.loops.levels[above] for above in _FORGOTTEN_AT[zone])])
    rows = np.concatenate((np.arange(len(own)) + carried, np.full(len(closing), _NONE)))
    order = np.argsort(np.concatenate((own, closing)), kind="stable")
    at = np.searchsorted(np.concatenate((own, closing))[order], places, side="right")
    return np.concatenate((np.array([0 if carried else _NONE]), rows[order]))[at]


def _owner(part: Part, zone: Zone, rows: Ints) -> Ints:
    return np.searchsorted(part.loops.levels[zone], rows, side="right") - 1


def _billing(part: Part) -> Columns:
    size = len(part.loops.levels[Zone.BILLING])
    names = part.qualified(part.loops.select(Zone.BILLING, Tag.NM1), 1, "85")
    names = part.qualified(names, 8, "XX")
    specialties = part.qualified(part.loops.select(Zone.BILLING, Tag.PRV), 1, "BI")
    return {
        "npi": part.first_texts(names, 9, _owner(part, Zone.BILLING, names), size),
        "taxonomy": part.first_texts(specialties, 3, _owner(part, Zone.BILLING, specialties), size),
    }


def _subscriber(part: Part) -> Columns:
    zone = Zone.SUBSCRIBER
    size = len(part.loops.levels[zone])
    insurances = part.loops.select(zone, Tag.SBR)
    names = part.loops.select(zone, Tag.NM1)
    qualifiers = part.codes(names, 1)
    insured = names[qualifiers == _IL]
    payers = names[qualifiers == _PR]
    insurance_of = _owner(part, zone, insurances)
    insured_of = _owner(part, zone, insured)
    for rows in (insured, payers):
        owner = _owner(part, zone, rows)
        is_first = np.zeros(len(rows), np.bool_)
        is_first[gather.first_per_owner(owner, np.ones(len(rows), np.bool_))] = True
        part.tell_rows("segment-repeated", rows[~is_first])
    owners = (insurance_of, insured_of, _owner(part, zone, payers))
    has = [np.bincount(owner, minlength=size) > 0 for owner in owners]
    return {
        "is_whole": gather.flags(np.logical_and.reduce(has)),
        "payer_sequence": part.first_texts(insurances, 1, insurance_of, size),
        "claim_filing": part.first_texts(insurances, 9, insurance_of, size),
        "payer_id": part.first_texts(payers, 9, _owner(part, zone, payers), size),
        "member_id": part.first_texts(insured, 9, insured_of, size),
        "first_name": part.first_texts(insured, 4, insured_of, size),
        **_demographics(part, zone),
    }


def _patient(part: Part) -> Columns:
    zone = Zone.PATIENT
    names = part.qualified(part.loops.select(zone, Tag.NM1), 1, "QC")
    size = len(part.loops.levels[zone])
    return {"first_name": part.first_texts(names, 4, _owner(part, zone, names), size), **_demographics(part, zone)}


def _demographics(part: Part, zone: Zone) -> Columns:
    size = len(part.loops.levels[zone])
    rows = part.loops.select(zone, Tag.DMG)
    dated = part.qualified(rows, 1, "D8")
    spans = part.segments.element(dated, 2)
    born = decode.single_days(part.data, spans)
    part.tell_spans("date-invalid", dated, spans, spans.present & ~born.valid, "02", is_private=True)
    weighed = part.qualified(part.loops.select(zone, Tag.PAT), 7, "01")
    of_dated, of_weighed = _owner(part, zone, dated), _owner(part, zone, weighed)
    weights, weight = part.decimals(weighed, 8, Decimals.WEIGHT)
    values, is_weight = first_values(weights, weight, of_weighed, size)
    return {
        "birth_date": gather.dates(*first_values(spans, born, of_dated, size)),
        "birth_date_lost": gather.flags(_first_lost(spans, born.valid, of_dated, size)),
        "sex": part.first_texts(rows, 3, _owner(part, zone, rows), size),
        "weight": gather.decimals(values, is_weight, Decimals.WEIGHT.column.arrow()),
        "weight_lost": gather.flags(_first_lost(weights, weight.valid, of_weighed, size)),
    }


def _first_lost(spans: Spans, valid: Mask, owner: Ints, size: int) -> Mask:
    """The owners of which the first value is there and bad."""
    first = gather.first_per_owner(owner, spans.present)
    return gather.scattered(~valid[first], owner[first], size)


def _patient_keys(subscriber: Columns, person: Columns) -> Column:
    """Digests that tell one patient from another; null without a member id."""
    keys = map(
        patient_key, subscriber["payer_id"].to_pylist(), subscriber["member_id"].to_pylist(),
        person["birth_date"].cast(pa.string()).to_pylist(), person["first_name"].to_pylist(),
    )  # fmt: skip
    return pa.array(list(keys), pa.string())
