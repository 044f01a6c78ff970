"""What a code is: descriptor, days, billing unit, prices and limits; the table dose -> units; the packages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from cleanclaim.dosing import BillingUnit, units_for_dose
from cleanclaim.edits.language.closures import Row
from cleanclaim.errors import InvalidValue
from cleanclaim.guides.blocks import Section, Table
from cleanclaim.guides.packages import packages
from cleanclaim.reference.codes.answers import COVERAGE, CodeAnswer
from cleanclaim.reference.codes.differences import unit_words
from cleanclaim.reference.codes.drug_names import read_drug_name
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.codes.timeline import Entry, Timeline
from cleanclaim.reference.dosage import UnitSemantics
from cleanclaim.values import OPEN_END, Quantity, read_unit

_HEADING = "Definition"
_COUNTS = {
    UnitSemantics.LINEAR: "units = dose / {unit}, rounded up to the next whole unit (COD-51)",
    UnitSemantics.UP_TO: "one unit covers any dose above 0 and {unit}; a larger dose takes the next unit (COD-52)",
    UnitSemantics.PER_CONTAINER: "units count what was used, not what it held (COD-54)",
    UnitSemantics.PER_STUDY: "one unit a study or treatment, whatever the activity (COD-56)",
    UnitSemantics.VOLUME: "units = volume / {unit}, rounded up; a dose in mg needs the concentration (COD-55)",
    UnitSemantics.COMBINATION: (
        "one unit holds all the listed amounts together; the ingredient that needs most units decides (COD-61)"
    ),
    UnitSemantics.RANGE: "one unit of the one code of the series whose range holds the dose (COD-62)",
    UnitSemantics.UNCLASSIFIED: (
        "no unit of its own: Medicare takes one unit whatever the dose; the claim names drug, dose and NDC (COD-41)"
    ),
}
# Multiples of a billing unit at which something happens: below, at and above whole units.
_LINEAR = tuple(map(Fraction, ("1/2", "1", "3/2", "2", "5", "10", "25", "100")))
_UP_TO = tuple(map(Fraction, ("1/2", "1", "11/10", "2", "5/2")))


def definition(
    lookup: Lookup, answer: CodeAnswer, told: Timeline, facts: Mapping[str, Row]
) -> tuple[Section, tuple[str, ...]]:
    """The section, and the releases that it rests on beside those of the answer."""
    found = packages(lookup, answer)
    tables = [_known(answer, told), *_units(answer, found.contents), *found.tables]
    return Section(_HEADING, tuple(_paragraphs(answer, facts)), tuple(tables)), found.releases


def _paragraphs(answer: CodeAnswer, facts: Mapping[str, Row]) -> Iterator[str]:
    if not answer.descriptor:
        yield f"{answer.code}: nothing is known of what it stands for."
        return
    yield f"{answer.code} is “{answer.descriptor}”."
    row = next(iter(facts.values()), {})
    if row.get("is_noc"):
        yield "It is for drugs that have no code of their own on the day; where one exists, this one is denied."
    elif row.get("line_kind") == "drug":
        yield "It stands for the drug alone. Giving it (injection, infusion) has a code and a line of its own."
    if read_drug_name(answer.descriptor).self_administered_clause:
        yield (
            "The descriptor limits it to drug that is given under a physician's direct supervision and not by the"
            " patients themselves: Medicare Part B pays it only so (COD-58)."
        )


def _known(answer: CodeAnswer, told: Timeline) -> Table:
    rows: list[tuple[str, str, str]] = []
    for entry in told.validity:
        rows.append(("may be billed", _days(entry), entry.release))
    unit = unit_words(answer.amount, answer.unit, answer.unit_semantics, answer.descriptor)
    rows.append(("one billing unit", unit or "none stated", "long descriptor"))
    if answer.unit_semantics:
        rows.append(
            ("how units count", _COUNTS[UnitSemantics(answer.unit_semantics)].format(unit=unit), "project rulebook")
        )
    if answer.coverage_code in COVERAGE:
        rows.append(
            ("Medicare coverage", f"{COVERAGE[answer.coverage_code]} ({answer.coverage_code})", answer.releases[0])
        )
    rows += _prices(answer, told)
    for title, entries in (("most units (MUE)", told.mues), ("hospital outpatient status", told.statuses)):
        current = (one for one in entries if one.first <= answer.on <= one.last)
        rows += [
            (title, one.value + (f", {one.also}" if one.also else ""), one.release_on(answer.on)) for one in current
        ]
    for title, entries in (("replaces", told.replaces), ("replaced by", told.replaced_by)):
        rows += [(title, f"{one.value} from {one.first}: {one.also}", one.release) for one in entries]
    title = f"What is known of {answer.code} on {answer.on}"
    return Table(title, ("what", "value", "source"), tuple(rows), note=answer.why or "")


def _prices(answer: CodeAnswer, told: Timeline) -> Iterator[tuple[str, str, str]]:
    for price in (one for one in told.prices if one.first <= answer.on <= one.last):
        limit = f"${price.payment_limit:f} a unit" if price.payment_limit is not None else "none is printed"
        share = f", coinsurance {price.coinsurance_percent:f} %" if price.coinsurance_percent is not None else ""
        yield "Medicare Part B payment limit", limit + share, price.release


def _units(answer: CodeAnswer, contents: Iterable[tuple[Decimal, str]]) -> Iterator[Table]:
    """Dose -> units at the doses where a unit more is due, and at what the packages hold."""
    if answer.amount is None or answer.unit is None or answer.unit_semantics not in ("linear", "up_to", "volume"):
        return
    billing_unit = BillingUnit.of(answer.amount, answer.unit, answer.unit_semantics)
    shares = _UP_TO if answer.unit_semantics == UnitSemantics.UP_TO else _LINEAR
    doses = {Quantity(share * Fraction(answer.amount), read_unit(answer.unit)) for share in shares}
    for amount, unit in contents:
        try:
            doses.add(Quantity(Fraction(amount), read_unit(unit)))
        except InvalidValue:
            continue
    counted = [(dose, units_for_dose(dose, billing_unit).units) for dose in doses]
    known = [(units, dose) for dose, units in counted if units is not None]
    rows = sorted({(units, Fraction(dose.amount), f"{_amount(dose.amount)} {dose.unit}") for units, dose in known})
    yield Table(
        "Dose given, and units to bill", ("dose", "units"), tuple((dose, f"{units:,}") for units, _, dose in rows),
        source="descriptor; rules COD-51 to COD-55",
    )  # fmt: skip


def _amount(number: Fraction) -> str:
    value = Decimal(number.numerator) / Decimal(number.denominator)
    return f"{value.normalize():,f}"


def _days(entry: Entry) -> str:
    end = "on" if entry.last == OPEN_END else f"to {entry.last}"
    return f"from {entry.first} {end}" + (f" ({entry.also})" if entry.also else "")
