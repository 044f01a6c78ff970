"""The line table of a buffer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cleanclaim.claims.tables import LINE
from cleanclaim.formats.x12 import decode, gather
from cleanclaim.formats.x12.arrays import Column, Columns, Ints
from cleanclaim.formats.x12.diagnoses import Diagnoses
from cleanclaim.formats.x12.part import Decimals, Part, first_values
from cleanclaim.formats.x12.places import IN_LINE, Zone
from cleanclaim.formats.x12.segments import Composites, Spans
from cleanclaim.formats.x12.tags import Tag, packed
from cleanclaim.values import parse_ndc

_NDC_LENGTH = 11
_QUALIFIER = 2  # characters of SV101-1
_FIRST_MODIFIER, _MODIFIERS = 3, 4  # SV101-3 to -6


@dataclass(frozen=True, slots=True)
class _Services:
    """The SV1 segments: their rows, and the line of each."""

    rows: Ints
    line: Ints


def line_table(part: Part, claim_keys: Ints, diagnoses: Diagnoses) -> pa.Table:
    """One row per service line."""
    rows = part.loops.lines
    size = len(rows)
    claim = part.loops.claim_of[rows]
    ordinal = np.arange(size) - np.searchsorted(claim, claim) + 1
    has_service = np.flatnonzero(part.loops.services >= 0)
    services = _Services(part.loops.services[has_service], has_service)
    notes = part.loops.select(Zone.LINE, Tag.NTE)
    columns: Columns = {
        "claim_key": gather.integers(claim_keys[claim]),
        "line_ordinal": gather.integers(ordinal),
        "line_number": gather.integers(_line_numbers(part, ordinal)),
        "segment_number": part.numbers(rows),
        "revenue_code": pa.nulls(size, pa.string()),
        "known_absent": pa.nulls(size, pa.list_(pa.string())),
        "note": gather.joined_strings(part.data, part.segments.element(notes, 2), part.loops.line_of[notes], size),
        "diagnoses": _pointed_to(part, services, size, claim, diagnoses),
        **_service(part, services, size),
        **_dates(part, size),
        **_references(part, size),
        **_drug(part, size),
        **_providers(part, size),
    }
    columns["unreadable"] = part.unreadable(LINE.name, size)
    return pa.table([columns[name] for name in LINE.names], schema=LINE.arrow())


def _line_numbers(part: Part, ordinal: Ints) -> Ints:
    rows = part.loops.lines
    is_lx = part.segments.tag[rows] == Tag.LX
    numbers = ordinal.copy()
    spans = part.segments.element(rows[is_lx], 1)
    given = decode.whole_numbers(part.data, spans)
    part.tell_spans("line-number-invalid", rows[is_lx], spans, ~given.valid, "01")
    numbers[is_lx] = np.where(given.valid, given.values, ordinal[is_lx])
    return numbers


def _service(part: Part, services: _Services, size: int) -> Columns:
    procedure = part.segments.composites(part.segments.element(services.rows, 1))

    def of_procedure(number: int) -> Column:
        return gather.first_strings(part.data, part.segments.component(procedure, number), services.line, size)

    def text(number: int) -> Column:
        return part.first_texts(services.rows, number, services.line, size)

    qualifiers = _qualifiers(part, procedure, services)
    return {
        "code_qualifier": gather.first_strings(part.data, qualifiers, services.line, size),
        "hcpcs_code": of_procedure(2),
        "description": of_procedure(7),
        "charge_amount": part.first_decimals(
            services.rows, 2, services.line, size, Decimals.AMOUNT, (LINE.name, "charge_amount")
        ),
        "unit_basis": text(3),
        "billed_units": part.first_decimals(
            services.rows, 4, services.line, size, Decimals.NUMBER, (LINE.name, "billed_units")
        ),
        "place_of_service": text(5),
        "modifiers": _modifiers(part, procedure, services, size),
    }


def _qualifiers(part: Part, procedure: Composites, services: _Services) -> Spans:
    """SV101-1; a procedure of one component that is no qualifier is told: its parts stand between another separator."""
    whole = part.segments.component(procedure, 1)
    bad = (procedure.sizes == 1) & (whole.end - whole.start > _QUALIFIER)
    if bad.any():
        separator = chr(part.segments.data[part.segments.separators[0]]) if len(part.segments.separators) else ":"
        expected = f"a qualifier and a code with `{separator}` between them, as ISA16 says"
        part.tell_spans("procedure-unreadable", services.rows, whole, bad, "01", expected=expected)
        for name in ("code_qualifier", "hcpcs_code"):
            part.lose(LINE.name, name, services.line[bad])
    return Spans(whole.start, np.where(bad, whole.start, whole.end))


def _modifiers(part: Part, procedure: Composites, services: _Services, size: int) -> Column:
    places = [part.segments.component(procedure, _FIRST_MODIFIER + place) for place in range(_MODIFIERS)]
    start = np.column_stack([spans.start for spans in places]).reshape(-1)
    end = np.column_stack([spans.end for spans in places]).reshape(-1)
    given = Spans(start, end)
    owner = np.repeat(services.line, _MODIFIERS)[given.present]
    return gather.string_lists(part.texts(given.take(given.present)), owner, size, known=part.loops.services >= 0)


def _pointed_to(part: Part, services: _Services, size: int, claim: Ints, diagnoses: Diagnoses) -> Column:
    """The diagnoses that the pointers of each line lead to."""
    composites = part.segments.composites(part.segments.element(services.rows, 7))
    counts = composites.sizes
    repeated = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(len(repeated)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    spans = part.segments.component(composites.take(repeated), number)
    line = services.line[repeated]
    pointer = decode.whole_numbers(part.data, spans)
    leads = pointer.valid & (pointer.values >= 1) & (pointer.values <= diagnoses.counts[claim[line]])
    bad = spans.present & ~leads
    if bad.any():
        places = [f"07-{one}" for one in number.tolist()]
        part.tell_spans("pointer-invalid", services.rows[repeated], spans, bad, places)
        part.lose(LINE.name, "diagnoses", np.unique(line[bad]))
    known = part.loops.services >= 0
    known[line[bad]] = False  # a line that points to what is not there may point to anything
    leads &= known[line]
    index = diagnoses.offsets[claim[line[leads]]] + pointer.values[leads] - 1
    codes = diagnoses.codes.take(gather.indices(index))
    return gather.string_lists(codes, line[leads], size, known=known)


def _dates(part: Part, size: int) -> Columns:
    rows = part.qualified(part.loops.select(Zone.LINE, Tag.DTP), 1, "472")
    qualifiers = part.segments.element(rows, 2)
    kind = part.packed(qualifiers)
    spans = part.segments.element(rows, 3)
    says_range = kind == packed("RD8")
    is_known = says_range | (kind == packed("D8"))
    first, last, is_range = decode.day_ranges(part.data, spans)
    part.tell_spans("date-form", rows, spans, first.valid & is_known & (is_range != says_range), "03")
    part.tell_spans("date-invalid", rows, spans, spans.present & is_known & ~first.valid, "03",
                    expected="a date as CCYYMMDD (D8) or a range as CCYYMMDD-CCYYMMDD (RD8)")  # fmt: skip
    part.tell_spans("date-invalid", rows, qualifiers, spans.present & ~is_known, "02", expected="D8 or RD8")
    line = part.loops.line_of[rows]
    valid = first.valid & is_known
    is_first = np.zeros(len(rows), np.bool_)
    is_first[gather.first_per_owner(line, spans.present)] = True
    part.tell_rows("segment-repeated", rows[spans.present & ~is_first])
    for name in ("service_date", "service_date_to"):
        part.lose_first(LINE.name, name, spans, valid, line)
    return {
        "service_date": gather.dates(*first_values(spans, decode.Decoded(first.values, valid), line, size)),
        "service_date_to": gather.dates(*first_values(spans, decode.Decoded(last.values, valid), line, size)),
    }


def _references(part: Part, size: int) -> Columns:
    rows = part.loops.select(Zone.LINE, Tag.REF)
    kind = part.codes(rows, 1)
    columns = {}
    for name, qualifier in (("line_control", "6R"), ("prior_auth", "G1")):
        own = rows[kind == packed(qualifier)]
        columns[name] = part.first_texts(own, 2, part.loops.line_of[own], size)
    return columns


def _providers(part: Part, size: int) -> Columns:
    rows = part.loops.select(Zone.LINE_PROVIDER, Tag.NM1)
    kind = np.where(part.codes(rows, 8) == packed("XX"), part.codes(rows, 1), -1)
    columns = {}
    for name, qualifier in (("rendering_npi", "82"), ("ordering_npi", "DK")):
        own = rows[kind == packed(qualifier)]
        columns[name] = part.first_texts(own, 9, part.loops.line_of[own], size)
    return columns


def _drug(part: Part, size: int) -> Columns:
    """What the first LIN of each line says, and the CTP and REF between it and the next LIN."""
    line_of = part.loops.line_of
    rows = part.loops.select(Zone.DRUG, Tag.LIN)
    counts = np.bincount(line_of[rows], minlength=size)
    first = rows[gather.first_per_owner(line_of[rows], np.ones(len(rows), np.bool_))]
    line = line_of[first]

    def of_first(found: Ints) -> Ints:
        """The rows before which their line has one LIN at most, and which are of a line that has one."""
        kept: Ints = found[_drugs_before(rows, line_of, found) <= 1]
        return kept

    quantities = part.loops.select(Zone.DRUG, Tag.CTP)
    quantities = of_first(quantities[counts[line_of[quantities]] > 0])
    units = part.segments.component(part.segments.composites(part.segments.element(quantities, 5)), 1)
    links = part.loops.select(Zone.DRUG, Tag.REF)
    link_kind = part.codes(links, 1)
    links = of_first(links[(counts[line_of[links]] > 0) & np.isin(link_kind, (packed("XZ"), packed("VY")))])
    _tell_quantities(part, rows, counts)
    qualifiers = part.segments.element(first, 2)
    given = part.segments.element(first, 3)
    is_ndc = part.packed(qualifiers) == packed("N4")
    return {
        "ndc_qualifier": gather.first_strings(part.data, qualifiers, line, size),
        "ndc_given": gather.first_strings(part.data, given, line, size),
        "ndc11": _ndc11(part, given.take(is_ndc), line[is_ndc], size),
        "ndc_quantity": part.first_decimals(
            quantities, 4, line_of[quantities], size, Decimals.NUMBER, (LINE.name, "ndc_quantity")
        ),
        "ndc_unit": gather.first_strings(part.data, units, line_of[quantities], size),
        "ndc_count": gather.integers(counts),
        "ndc_link": part.first_texts(links, 2, line_of[links], size),
    }


def _drugs_before(drugs: Ints, line_of: Ints, rows: Ints) -> Ints:
    """How many LIN stand before each row in its line."""
    found: Ints = np.searchsorted(drugs, rows) - np.searchsorted(line_of[drugs], line_of[rows])
    return found


def _tell_quantities(part: Part, drugs: Ints, counts: Ints) -> None:
    """Tell the CTP that do not follow a LIN, and bad numbers in those of a second drug."""
    loops = part.loops
    for zone in IN_LINE:
        rows = loops.select(zone, Tag.CTP)
        part.tell_rows("lin-missing", rows[counts[loops.line_of[rows]] == 0])
    rows = loops.select(Zone.DRUG, Tag.CTP)
    part.decimals(rows[_drugs_before(drugs, loops.line_of, rows) > 1], 4, Decimals.NUMBER)


def _ndc11(part: Part, given: Spans, line: Ints, size: int) -> Column:
    number = decode.whole_numbers(part.data, given)
    is_plain = number.valid & (given.end - given.start == _NDC_LENGTH) & (number.values > 0)
    plain = given.take(is_plain)
    found = gather.strings_at(part.data, plain, line[is_plain], size)
    unusual = np.flatnonzero(given.present & ~is_plain)
    if not len(unusual):
        return found
    mask = np.zeros(size, np.bool_)
    mask[line[unusual]] = True
    texts = [part.segments.text(given.start[row], given.end[row]) for row in unusual.tolist()]
    parsed = pa.array([parse_ndc(text).ndc11 for text in texts], pa.string())
    replaced: Column = pc.replace_with_mask(found, gather.flags(mask), parsed)
    return replaced
