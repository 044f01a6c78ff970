"""How the descriptors of all drug codes in force on a day are read: billing unit, drug, and what is not parsed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.reference.codes.drug_names import DrugName, read_drug_name
from cleanclaim.reference.codes.index import Record
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.dosage import Dosage, NotParsed, UnitSemantics, parse_dosage
from cleanclaim.reference.tables import HCPCS

NO_TEXT = "the library has no long descriptor of the code"


@dataclass(frozen=True, slots=True)
class CodeReading:
    """What the descriptor of one code says; either a billing unit, or the reason why none was read."""

    code: str
    descriptor: str | None
    dosage: Dosage | None
    reason: str | None
    name: DrugName | None


@dataclass(frozen=True, slots=True)
class DosageReport:
    """The readings of a day, by code; `why` says why there are none."""

    on: date
    codes: int
    parsed: int
    share: Decimal | None  # of a hundred, rounded down, so that 100 means all
    by_semantics: dict[UnitSemantics, int]
    readings: tuple[CodeReading, ...]
    why: str | None = None
    releases: tuple[str, ...] = ()

    @property
    def not_parsed(self) -> tuple[CodeReading, ...]:
        """The codes without a billing unit, each with its reason."""
        return tuple(one for one in self.readings if one.reason)


def dosage_report(lookup: Lookup, on: date) -> DosageReport:
    """The drug codes that may be billed on a day, each descriptor read anew."""
    return read_codes(lookup.index.of_day(HCPCS, on), on)


def read_codes(rows: Iterable[Record], on: date) -> DosageReport:
    """The readings of the drugs among the rows of `hcpcs` that hold on a day."""
    drugs = [row for row in rows if row["is_drug"] and _in_force(row, on)]
    drugs.sort(key=lambda row: str(row["hcpcs_code"]))
    readings = tuple(_read(row) for row in drugs)
    parsed = [one.dosage for one in readings if one.dosage]
    counts = Counter(dosage.semantics for dosage in parsed)
    return DosageReport(
        on=on, codes=len(readings), parsed=len(parsed), share=_share(len(parsed), len(readings)),
        by_semantics={kind: counts[kind] for kind in UnitSemantics if counts[kind]}, readings=readings,
        why=None if readings else f"no release in the library tells of a drug code that may be billed on {on}",
        releases=tuple(dict.fromkeys(str(row.get("release")) for row in drugs)),
    )  # fmt: skip


def _in_force(row: Record, on: date) -> bool:
    first, last = row["span_from"], row["span_to"]
    return isinstance(first, date) and isinstance(last, date) and first <= on <= last


def _read(row: Record) -> CodeReading:
    code, text = str(row["hcpcs_code"]), row["descriptor"]
    if not isinstance(text, str):
        return CodeReading(code, None, None, NO_TEXT, None)
    reading, name = parse_dosage(text), read_drug_name(text)
    if isinstance(reading, NotParsed):
        return CodeReading(code, text, None, reading.reason, name)
    return CodeReading(code, text, reading, None, name)


def _share(part: int, whole: int) -> Decimal | None:
    return Decimal(part * 10_000 // whole) / 100 if whole else None
