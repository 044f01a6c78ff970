"""What a library knows of a code over time: validity, wording, price, limits, status, the codes before and after it.

Each entry holds on its days and names the release that told it; of days that no entry has nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cleanclaim.engine.schema import TableSchema
from cleanclaim.reference import tables
from cleanclaim.reference.cells import Cell, plain
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.index import Record
from cleanclaim.reference.codes.lookup import Lookup, price_of
from cleanclaim.reference.intervals import after, before
from cleanclaim.reference.library.presumption import read_label
from cleanclaim.values import OPEN_END


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that held from a first to a last day, as a release told it."""

    first: date
    last: date
    value: str
    release: str  # that told it first
    also: str | None = None  # what goes with the value: coinsurance, adjudication indicator, factor of units
    told_by: tuple[tuple[date, str], ...] = ()  # every release that told it, and its first day

    def release_on(self, day: date) -> str:
        """The release that tells it on a day."""
        return next((release for first, release in reversed(self.told_by) if first <= day), self.release)

    @property
    def sources(self) -> str:
        """The first and the last release that told it."""
        last = self.told_by[-1][1] if self.told_by else self.release
        return self.release if last == self.release else f"{self.release} to {last}"


@dataclass(frozen=True, slots=True)
class Price:
    """A payment limit of one billing unit in US dollars; None where the file prints none."""

    first: date
    last: date
    payment_limit: Decimal | None
    coinsurance_percent: Decimal | None
    release: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything dated about one code, oldest first. `validity` are the days on which it may be billed."""

    code: str
    validity: tuple[Entry, ...]
    wordings: tuple[Entry, ...]
    units: tuple[Entry, ...]
    prices: tuple[Price, ...]
    mues: tuple[Entry, ...]
    statuses: tuple[Entry, ...]  # in hospitals
    asc_indicators: tuple[Entry, ...]  # in ambulatory surgical centers
    replaces: tuple[Entry, ...]  # the codes before it
    replaced_by: tuple[Entry, ...]

    @property
    def known(self) -> bool:
        """Whether the library tells anything about the code."""
        return any(
            (self.validity, self.wordings, self.prices, self.mues, self.statuses, self.asc_indicators, self.replaces)
        )


def timeline(lookup: Lookup, code: str) -> Timeline:
    """The timeline of a HCPCS code in an open library."""
    code = code.strip().upper()

    def rows(schema: TableSchema, column: str = "hcpcs_code") -> list[Record]:
        # What was published: what is presumed of later days is no part of it.
        return [row for row in lookup.index.rows(schema, column, code) if not read_label(str(row["release"]))]

    spans = [row for row in map(_in_its_span, rows(tables.HCPCS)) if str(row["valid_from"]) <= str(row["valid_to"])]
    return Timeline(
        code=code,
        validity=tuple(_until_it_left(lookup, code, spans)),
        wordings=_entries(spans, lambda row: _text(row["descriptor"]) or _text(row["short_descriptor"])),
        units=_entries(spans, _unit),
        prices=tuple(map(_price, rows(tables.ASP_LIMIT))),
        mues=_entries(
            rows(tables.MUE),
            lambda row: f"{row['service_type']} {_number(row['mue_value'])}",
            lambda row: f"adjudication indicator {row['mue_adjudication_indicator']}",
        ),
        statuses=_entries(rows(tables.OPPS_STATUS), lambda row: _text(row["status_indicator"]), _rate),
        asc_indicators=_entries(rows(tables.ASC_PAYMENT), lambda row: _text(row["payment_indicator"]), _rate),
        replaces=_entries(rows(tables.REPLACEMENT, "replaced_by"), lambda row: _text(row["hcpcs_code"]), _factor),
        replaced_by=_entries(rows(tables.REPLACEMENT), lambda row: _text(row["replaced_by"]), _factor),
    )


def _in_its_span(row: Record) -> Record:
    """A release tells of days before the code: these are none of its own."""
    cut = dict(row)
    for name, bound, choose in (("valid_from", "span_from", max), ("valid_to", "span_to", min)):
        day, edge = row[name], row[bound]
        if isinstance(day, date) and isinstance(edge, date):
            cut[name] = choose(day, edge)
    return cut


def _validity(spans: Iterable[Record]) -> Iterable[Entry]:
    """Each span in which the code may be billed, once, by the release that told it last."""
    latest: dict[date, tuple[date, str]] = {}
    for row in spans:
        first, last = row["span_from"], row["span_to"]
        if isinstance(first, date) and isinstance(last, date):
            latest[first] = last, str(row["release"])
    starts = sorted(latest)
    for first, following in zip(starts, [*starts, None][1:], strict=True):
        last, release = latest[first]
        if following and following <= last:  # it came back, so it had ended: on a day that no file prints
            yield Entry(first, before(following), "may be billed", release, "its last day is not published")
        else:
            yield Entry(first, last, "may be billed", release)


def _until_it_left(lookup: Lookup, code: str, rows: Sequence[Record]) -> Iterable[Entry]:
    """A code that was open in every release that had it, and is in none that came after, has ended by then."""
    spans = list(_validity(rows))
    yield from spans[:-1]
    last_days = (row["valid_to"] for row in rows if row["span_from"] is not None)
    told_to = max((day for day in last_days if isinstance(day, date)), default=OPEN_END)
    for last in spans[-1:]:
        after_it = lookup.standing(code, after(told_to)) if last.last == OPEN_END != told_to else None
        if after_it and after_it.status is CodeStatus.TERMINATED and after_it.span[1]:
            yield replace(last, last=after_it.span[1], also="it has left the code set; no file prints its last day")
        else:
            yield last


def _entries(
    rows: Iterable[Record],
    value: Callable[[Record], str | None],
    also: Callable[[Record], str | None] = lambda _: None,
) -> tuple[Entry, ...]:
    """The rows as entries; what holds on without a change is one entry, told by the release that began it."""
    open_by_value: dict[tuple[str, str | None], Entry] = {}
    done: list[Entry] = []
    for row in rows:
        text, first, last = value(row), row["valid_from"], row["valid_to"]
        if text is None or not isinstance(first, date) or not isinstance(last, date):
            continue
        key = (text, also(row))
        running = open_by_value.pop(key, None)
        if running and running.last != OPEN_END and first <= after(running.last):
            releases = (*running.told_by, (first, str(row["release"])))
            open_by_value[key] = replace(running, last=max(last, running.last), told_by=releases)
            continue
        if running:
            done.append(running)
        release = str(row["release"])
        open_by_value[key] = Entry(first, last, text, release, key[1], ((first, release),))
    return tuple(sorted((*done, *open_by_value.values()), key=lambda entry: (entry.first, entry.last, entry.value)))


def _price(row: Record) -> Price:
    first, last, share = row["valid_from"], row["valid_to"], row["coinsurance_percent"]
    return Price(
        first if isinstance(first, date) else date.min, last if isinstance(last, date) else OPEN_END,
        price_of(row, "payment_limit"), plain(share) if isinstance(share, Decimal) else None, str(row["release"]),
    )  # fmt: skip


def _unit(row: Record) -> str | None:
    if row["unit_semantics"] is None:
        return None
    amount = _number(row["amount"])
    return " ".join(part for part in (amount, _text(row["unit"]), f"({_words(row['unit_semantics'])})") if part)


def _rate(row: Record) -> str | None:
    rate = price_of(row, "payment_rate")
    return f"payment rate ${rate:f}" if rate else None


def _factor(row: Record) -> str | None:
    factor = _number(row["unit_factor"])
    return f"one unit of the old code is {factor} of the new one" if factor else "no fixed factor of units"


def _words(cell: Cell) -> str:
    return str(cell).replace("_", " ")


def _text(cell: Cell) -> str | None:
    return cell if isinstance(cell, str) else None


def _number(cell: Cell) -> str | None:
    return f"{plain(cell):f}" if isinstance(cell, Decimal) else None
