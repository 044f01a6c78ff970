"""Look-ups in the index of a library: a code as of a day, a drug number. Loads neither DuckDB nor Arrow nor numpy."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Self

from cleanclaim.engine.schema import TableSchema
from cleanclaim.errors import InvalidValue
from cleanclaim.reference import tables
from cleanclaim.reference.cells import plain
from cleanclaim.reference.code_forms import CodeForm, code_form
from cleanclaim.reference.codes.answers import CodeAnswer, CodeStatus, NdcAnswer, NdcCode, Product
from cleanclaim.reference.codes.index import Index, Record, open_index
from cleanclaim.reference.intervals import after, union
from cleanclaim.reference.library import Library
from cleanclaim.reference.library.presumption import (
    PRESUMED_AFTER,
    Band,
    PresumedRelease,
    horizons,
    price_band,
    quarters_between,
    read_label,
)
from cleanclaim.values import OPEN_END, Interval, parse_ndc

SERVICE_TYPES = ("practitioner", "outpatient", "dme")


@dataclass(frozen=True, slots=True)
class Standing:
    """A code on a day: the row of `hcpcs` that tells about it, its status, and why when that is not active.

    `worded` is the row whose descriptor, billing unit and span are shown: `row`, but where that is of a bare list.
    """

    row: Record
    worded: Record
    status: CodeStatus
    why: str | None

    @property
    def descriptor(self) -> str | None:
        """The descriptor of the day, or of the nearest day that is known."""
        return _text(self.worded, "descriptor") or _text(self.worded, "short_descriptor")

    @property
    def span(self) -> tuple[date | None, date | None]:
        """The first and the last day on which the code may be billed."""
        return _day(self.worded, "span_from"), _day(self.worded, "span_to")


@dataclass(frozen=True, slots=True)
class Told:
    """What a table tells of a key on a day. `known` without a row: a release that covers the day says there is none."""

    rows: tuple[Record, ...]
    known: bool
    release: str | None  # that tells it


@dataclass(frozen=True, slots=True)
class Lookup:
    """Answers from one open library."""

    library: Library
    index: Index
    _complete: list[Record] = field(default_factory=list, init=False, repr=False)  # coverage of whole tables, read once
    _codes: dict[str, None] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, library: Library) -> Self:
        """Look-ups in an open library; builds its index anew when that is missing or stale."""
        return cls(library, open_index(library))

    @classmethod
    def open(cls, folder: Path | None = None, *, presume: bool | None = None) -> Self:
        """Look-ups in the library of a folder (`Library.open`)."""
        return cls.of(Library.open(folder, presume=presume))

    @property
    def codes(self) -> Sequence[str]:
        """The number of every Level II code that the library has ever told of, in order."""
        if not self._codes:
            self._codes.update(dict.fromkeys(self.index.keys(tables.HCPCS, "hcpcs_code")))
        return list(self._codes)

    @property
    def known_codes(self) -> Container[str]:
        """The same, to ask whether one is among them."""
        return self._codes if self.codes else ()

    def code(self, code: str, on: date, *, service_type: str = "practitioner") -> CodeAnswer:
        """The HCPCS code as of a day.

        Units:   `payment_limit` is US dollars per billing unit; `mue` is billing units for the service type.
        Raises:  InvalidValue for a service type that no MUE table has.
        """
        if service_type not in SERVICE_TYPES:
            raise InvalidValue(f"the service type must be one of {', '.join(SERVICE_TYPES)}")
        code = code.strip().upper()
        standing = self.standing(code, on)
        worded, status, why = standing.worded, standing.status, standing.why
        limit, limit_unknown = self._of_day(tables.ASP_LIMIT, code, on)
        mue, mue_unknown = self._of_day(tables.MUE, code, on, service_type=service_type)
        followers = self.followers(code, on)
        factors = {str(one["replaced_by"]): _number(one, "unit_factor") for one in followers}
        followed = dict(sorted(factors.items()))
        known = status is CodeStatus.ACTIVE
        band = self._band(code, on) if limit_unknown and known else None
        reasons = [why, limit_unknown if known and not band else None, mue_unknown if known else None]
        releases = _releases([standing.row, worded, limit, mue, *followers])
        return CodeAnswer(
            code=code, on=on, status=status,
            descriptor=_text(worded, "descriptor"),
            substance=_text(worded, "substance"), amount=_number(worded, "amount"),
            unit=_text(worded, "unit"), unit_semantics=_text(worded, "unit_semantics"),
            valid_from=_day(worded, "span_from"), valid_to=_day(worded, "span_to"),
            replaced_by=tuple(followed), replaced_by_units=tuple(followed.values()),
            coverage_code=_text(worded, "coverage_code"),
            mue=_number(mue, "mue_value"), mue_adjudication_indicator=_integer(mue, "mue_adjudication_indicator"),
            payment_limit=price_of(limit, "payment_limit"), payment_limit_band=band,
            coinsurance_percent=_number(limit, "coinsurance_percent"),
            presumed=_presumed(releases, on),
            why="; ".join(reason for reason in reasons if reason) or None,
            releases=releases,
        )  # fmt: skip

    def standing(self, code: str, on: date) -> Standing:
        """Whether a code may be billed on a day: the quick part of `code`."""
        spans = self.index.rows(tables.HCPCS, "hcpcs_code", code)
        if not spans and (form := code_form(code)) is not CodeForm.LEVEL_II:
            return Standing({}, {}, *_of_another_form(code, form))
        covered = self._covered(tables.HCPCS, code)
        row, status, why = _settle(spans, covered, code, on)
        if status is CodeStatus.NOT_IN_REFERENCE and covered and not spans and self.library.presume:
            why = f"{why}; {_UNKNOWN_TO_THE_LAST}"
        worded = row if row is None or _is_worded(row) else next(filter(_is_worded, reversed(spans)), row)
        if row is not worded and row and worded:
            why = f"{why}; descriptor and days are shown as {worded['release']} prints them"
        return Standing(row or {}, worded or {}, status, why)

    def ndc(self, text: str, on: date | None = None) -> NdcAnswer:
        """A drug number as written: its eleven digits, the codes it is listed under, and its product.

        Shape:   with a day only what holds on it, without one all that the library knows, oldest first.
        """
        reading = parse_ndc(text)
        candidates = reading.candidates or ((reading.ndc11,) if reading.ndc11 else ())
        codes = [one for ndc11 in candidates for one in self._dated(tables.NDC_CROSSWALK, "ndc11", ndc11, on)]
        products = [one for ndc11 in candidates for one in self._dated(tables.PRODUCT, "ndc11", ndc11, on)]
        why = reading.problem
        if not why and not codes:
            why = self._not_listed(candidates, on)
        return NdcAnswer(
            given=reading.given, ndc11=reading.ndc11, candidates=candidates, kind=str(reading.kind),
            hcpcs=tuple(map(_ndc_code, codes)), products=tuple(map(_product, products)), why=why,
            releases=_releases([*codes, *products]), on=on,
        )  # fmt: skip

    def told(self, schema: TableSchema, column: str, key: str, on: date, **also: str) -> Told:
        """The rows of a key that hold on a day, and whether the library knows; `also` are values of other columns."""
        rows = [
            row
            for row in self._dated(schema, column, key, on)
            if all(row[name] == value for name, value in also.items())
        ]
        if rows:
            return Told(tuple(rows), known=True, release=str(rows[0]["release"]))
        saying = self._saying(schema, key, on, also.get(schema.part))
        return Told((), known=bool(saying), release=str(saying[-1]["release"]) if saying else None)

    def last_covered_day(self, code: str, on: date) -> date | None:
        """The last day before an uncovered one on which the code set is known for a code, as far as may be presumed."""
        ends = [days.last for days in self._covered(tables.HCPCS, code) if days.last < on]
        last = max(ends, default=None)
        if last is None or not self.library.presume:
            return None
        return last if quarters_between(last, on) <= horizons()[tables.HCPCS.name].quarters else None

    def covers(self, schema: TableSchema, key: str, on: date) -> bool:
        """Whether the rows of a key are all that there are on a day."""
        return bool(self._saying(schema, key, on))

    def _saying(self, schema: TableSchema, key: str, on: date, part: str | None = None) -> list[Record]:
        return [row for row in self._coverage(schema, key, part) if _start(row) <= on <= _end(row)]

    def followers(self, code: str, on: date) -> list[Record]:
        """The rows of `replacement` about the codes that followed a code until a day."""
        return [one for one in self.index.rows(tables.REPLACEMENT, "hcpcs_code", code) if _start(one) <= on]

    def _dated(self, schema: TableSchema, column: str, key: str, on: date | None) -> list[Record]:
        rows = self.index.rows(schema, column, key)
        if on is None:  # all that is known: what was carried repeats it
            return [row for row in rows if not _is_carried(row)]
        return [row for row in rows if _start(row) <= on <= _end(row)]

    def _covered(self, schema: TableSchema, key: str, part: str | None = None) -> list[Interval]:
        """The days on which releases of their own time know a key."""
        own = (row for row in self._coverage(schema, key, part) if not _is_carried(row))
        return union(Interval(_start(row), _end(row)) for row in own)

    def _coverage(self, schema: TableSchema, key: str, part: str | None = None) -> list[Record]:
        if not self._complete:
            self._complete.extend(self.index.rows(tables.COVERAGE, "key", None))
        rows = [*self.index.rows(tables.COVERAGE, "key", key), *self._complete]
        return [row for row in rows if (row["table"], row["part"]) == (schema.name, part)]

    def _of_day(self, schema: TableSchema, code: str, on: date, **also: str) -> tuple[Record, str | None]:
        """The row of the day, or an empty one and why there is none."""
        answer = self.told(schema, "hcpcs_code", code, on, **also)
        if answer.rows:
            return answer.rows[0], None
        name = _NAMES[schema.name]
        if answer.known:
            return {}, f"no {name} is published for {code} on {on}"
        return {}, f"{name} unknown: no release in the library tells it for {on}"

    def _band(self, code: str, on: date) -> Band | None:
        """Where the payment limit is likely to lie on a day that no release covers."""
        if not self.library.presume or self._saying(tables.ASP_LIMIT, code, on):
            return None
        rows = [row for row in self.index.rows(tables.ASP_LIMIT, "hcpcs_code", code) if _end(row) < on]
        price = price_of(rows[-1], "payment_limit") if rows else None
        return price_band(price, str(rows[-1]["release"]), _end(rows[-1]), on) if price is not None else None

    def _not_listed(self, candidates: Sequence[str], on: date | None) -> str:
        day = f" on {on}" if on else ""
        covered = [days for ndc11 in candidates for days in self._covered(tables.NDC_CROSSWALK, ndc11)]
        if any(on is None or days.contains(on) for days in covered):
            return f"the NDC-HCPCS crosswalk lists no code for it{day}"
        return f"no crosswalk in the library covers it{day}"


# What a release lacks may be new (PRS-03): 2.25 % of drug codes are in each quarter (presumption section 2).
_UNKNOWN_TO_THE_LAST = "no release before it knows the code: it may be new, as some 2 % of drug codes are each quarter"
_NAMES = {"asp_limit": "payment limit", "mue": "MUE value"}


def _settle(
    spans: Sequence[Record], covered: Sequence[Interval], code: str, on: date
) -> tuple[Record | None, CodeStatus, str | None]:
    """The row that tells about a code on a day, its status, and why when that is not active."""
    current = next((row for row in spans if _start(row) <= on <= _end(row)), None)
    spans = [row for row in spans if not _is_carried(row)]  # what was carried tells of no other day
    if current and not _is_worded(current):  # a bare list has codes that ended long ago, too
        newest = next(filter(_is_worded, reversed(spans)), None)
        last = _day(newest, "span_to") if newest else None
        if newest and last and last < on:
            return newest, *_status(newest, code, on)
        if newest and (left := _left(newest, spans, covered, code, on)):
            return left
    known = any(days.contains(on) for days in covered)
    if current:
        return current, *_status(current, code, on)
    if not known:
        nearest = _nearest(spans, on)
        return nearest, CodeStatus.NOT_IN_REFERENCE, _out_of_reach(nearest, covered, code, on)
    ended = [row for row in spans if (last := _day(row, "span_to")) and last < on]
    if ended:
        return ended[-1], *_status(ended[-1], code, on)
    coming = [row for row in spans if (first := _day(row, "span_from")) and first > on]
    if coming:
        return coming[0], *_status(coming[0], code, on)
    newest = next((row for row in reversed(spans) if _end(row) < on and _is_worded(row)), None)
    if newest and (left := _left(newest, spans, covered, code, on)):
        return left
    return None, CodeStatus.NOT_FOUND, f"{code} is in no release that covers {on}"


def _status(row: Record, code: str, on: date) -> tuple[CodeStatus, str | None]:
    first, last = _day(row, "span_from"), _day(row, "span_to")
    if first and on < first:
        return CodeStatus.NOT_YET_EFFECTIVE, f"{code} starts on {first}"
    if first is None or last is None:
        return CodeStatus.NOT_IN_REFERENCE, f"{row['release']} lists {code} and does not print its days"
    if on > last:
        return CodeStatus.TERMINATED, f"{code} ended on {last}"
    return CodeStatus.ACTIVE, None


def _left(
    newest: Record, spans: Sequence[Record], covered: Sequence[Interval], code: str, on: date
) -> tuple[Record, CodeStatus, str] | None:
    """A code that was open in every release that had it, and is in none that covers the next day: it ended by then."""
    last = _end(newest)
    if last >= on or last == OPEN_END:
        return None
    listed = any(_start(row) <= after(last) <= _end(row) for row in spans)
    if listed or not any(days.contains(after(last)) for days in covered):
        return None
    why = f"{code} is in no release that covers {after(last)}; {newest['release']} tells of it until {last}"
    return {**newest, "span_to": last}, CodeStatus.TERMINATED, why


def _of_another_form(code: str, form: CodeForm) -> tuple[CodeStatus, str]:
    """A HCPCS file that is complete says nothing about CPT and CDT codes: these are licensed, and never judged."""
    if form is CodeForm.NONE:
        return CodeStatus.NOT_FOUND, f"{code!r} has not the form of a HCPCS code: a letter and four digits"
    return CodeStatus.NOT_IN_REFERENCE, f"{code} has the form of a {form.upper()} code: licensed content, not judged"


def _is_worded(row: Record) -> bool:
    """Whether the release tells more than that the code is there."""
    return row["descriptor"] is not None or row["span_from"] is not None


def _out_of_reach(nearest: Record | None, covered: Sequence[Interval], code: str, on: date) -> str:
    if not covered:
        return f"the library does not cover {code}: whether it exists is unknown"
    spans = ", ".join(f"{days.first} to {days.last}" for days in covered)
    known = f"; what is shown is what held on {max(_start(nearest), min(on, _end(nearest)))}" if nearest else ""
    return f"the library covers {code} from {spans}, not on {on}{known}"


def _nearest(spans: Sequence[Record], on: date) -> Record | None:
    past = [row for row in spans if _end(row) < on]
    return past[-1] if past else next(iter(spans), None)


def _ndc_code(row: Record) -> NdcCode:
    return NdcCode(
        ndc11=str(row["ndc11"]), hcpcs_code=str(row["hcpcs_code"]), valid_from=_start(row), valid_to=_end(row),
        bill_units=_number(row, "bill_units"), bill_units_package=_number(row, "bill_units_package"),
        release=str(row["release"]),
    )  # fmt: skip


def _product(row: Record) -> Product:
    return Product(
        ndc11=str(row["ndc11"]), name=_text(row, "name"), container=_text(row, "container"), form=_text(row, "form"),
        strength=_text(row, "strength"), ndc_unit=_text(row, "ndc_unit"),
        content_amount=_number(row, "content_amount"), content_unit=_text(row, "content_unit"),
        hcpcs_code=_text(row, "hcpcs_code"), source=_text(row, "source"), release=str(row["release"]),
    )  # fmt: skip


def _releases(rows: Sequence[Record]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(row["release"]) for row in rows if row))


def _presumed(releases: Iterable[str], on: date) -> tuple[PresumedRelease, ...]:
    """Those of some releases that were carried to a day."""
    return tuple(presumed.told(on) for release in releases if (presumed := read_label(release)))


def _is_carried(row: Record) -> bool:
    return PRESUMED_AFTER in str(row["release"])


def _start(row: Record) -> date:
    return _day(row, "valid_from") or date.min


def _end(row: Record) -> date:
    return _day(row, "valid_to") or OPEN_END


def _text(row: Record, name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) else None


def _day(row: Record, name: str) -> date | None:
    value = row.get(name)
    return value if isinstance(value, date) else None


def _integer(row: Record, name: str) -> int | None:
    value = row.get(name)
    return value if isinstance(value, int) else None


def _number(row: Record, name: str) -> Decimal | None:
    value = row.get(name)
    return plain(value) if isinstance(value, Decimal) else None


def price_of(row: Record, name: str) -> Decimal | None:
    """A price with the three decimals that publications print, more where it has more."""
    value = _number(row, name)
    return value if value is None or int(value.as_tuple().exponent) < -3 else value.quantize(Decimal("0.001"))
