"""What decides between two codes, in one line: the drug, its salt, brand, maker, route, the billing unit, the days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.reference.answers import CodeStatus
from cleanclaim.reference.cells import Cell, plain
from cleanclaim.reference.dosage import UnitSemantics
from cleanclaim.reference.index import Record
from cleanclaim.reference.lookup import Standing


@dataclass(frozen=True, slots=True)
class Identity:
    """What a code is a code of, as its descriptor says it."""

    ingredients: tuple[str, ...]
    salt: str | None
    brand: str | None
    maker: str | None
    suffix: str | None
    biosimilar: bool
    not_equivalent_to: str | None
    route: str | None
    billing_unit: str | None


def identity(rows: Sequence[Record]) -> Identity | None:
    """The identity of a code from its rows of `drug_identity`, one for each ingredient; None without any."""
    if not rows:
        return None
    first = rows[0]

    def text(name: str) -> str | None:
        value = first[name]
        return value if isinstance(value, str) else None

    return Identity(
        tuple(str(row["ingredient"]) for row in rows), text("salt"), text("brand"), text("maker"), text("suffix"),
        first["biosimilar"] is True, text("not_equivalent_to"), text("route"),
        unit_words(first["amount"], first["unit"], first["unit_semantics"]),
    )  # fmt: skip


def unit_words(amount: Cell, unit: Cell, semantics: Cell) -> str | None:
    """A billing unit in words: `1 mg`, `up to 40 mg`, `1 vial`, `a dose up to 5 mg`; None when it was not parsed."""
    shown = " ".join(f"{plain(part):f}" if isinstance(part, Decimal) else str(part) for part in (amount, unit) if part)
    match semantics:
        case None | UnitSemantics.UNCLASSIFIED:
            return None
        case UnitSemantics.UP_TO:
            return f"up to {shown}"
        case UnitSemantics.PER_CONTAINER:
            return f"one {shown}" if amount is None else f"one of {shown}"
        case UnitSemantics.PER_STUDY:
            return f"one study or treatment ({shown})" if shown else "one study or treatment"
        case UnitSemantics.RANGE:
            return f"a dose in the range that ends at {shown}"
        case _:
            return shown or None


def decides(mine: Identity | None, theirs: Identity | None, asked: Standing, told: Standing) -> str:
    """What decides for the other code and against the one that was asked for, in one line."""
    same_drug = mine is not None and theirs is not None and bool(set(mine.ingredients) & set(theirs.ingredients))
    parts = [*_drug(mine, theirs, told), *_days(asked, told, same_drug=same_drug)]
    return "; ".join(parts) or "nothing in the descriptors: the NDC or the payer decides"


def _drug(mine: Identity | None, theirs: Identity | None, told: Standing) -> Iterator[str]:
    if theirs is None:
        yield f"no drug: {_short(told.descriptor)}" if told.worded.get("is_drug") is False else _short(told.descriptor)
        return
    if mine is None or not set(mine.ingredients) & set(theirs.ingredients):
        yield f"another drug: {_name(theirs)}"
        return
    if set(mine.ingredients) != set(theirs.ingredients):
        yield f"{' and '.join(theirs.ingredients)}, not {' and '.join(mine.ingredients)}"
    yield from _apart(mine, theirs)
    if theirs.billing_unit != mine.billing_unit and theirs.billing_unit:
        yield f"1 unit is {theirs.billing_unit}" + (f", not {mine.billing_unit}" if mine.billing_unit else "")


def _apart(mine: Identity, theirs: Identity) -> Iterator[str]:
    """What sets two codes of the same ingredients apart, but for the billing unit."""
    if theirs.salt != mine.salt:
        yield _instead(theirs.salt, mine.salt, "the salt {}", "the salt is not named")
    if theirs.suffix != mine.suffix or theirs.biosimilar != mine.biosimilar:
        yield _instead(_product(theirs), _product(mine), "{}", "the reference product")
    elif theirs.brand != mine.brand:
        yield _instead(_brand(theirs), _brand(mine), "the brand {}", "no brand is named")
    if theirs.maker != mine.maker:
        yield (
            f"only the product of {theirs.maker.title()}: the NDC decides" if theirs.maker
            else f"any other product than that of {(mine.maker or '').title()}: the NDC decides"
        )  # fmt: skip
    if theirs.route != mine.route:
        yield _instead(theirs.route, mine.route, "its route is {}", "no route is named")


def _brand(one: Identity) -> str | None:
    return one.brand.title() if one.brand else None


def _product(one: Identity) -> str | None:
    """A biological product by its names: `the biosimilar Inflectra (infliximab-dyyb)`."""
    name = f"{' and '.join(one.ingredients)}-{one.suffix}" if one.suffix else None
    brand = _brand(one)
    named = f"{brand} ({name})" if brand and name else brand or name
    return (f"the biosimilar {named}" if named else "a biosimilar that is not named") if one.biosimilar else named


def _instead(theirs: str | None, mine: str | None, alone: str, without: str) -> str:
    if theirs and mine:
        return f"{theirs}, not {mine}"
    return alone.format(theirs) if theirs else f"{without}; this code names {mine}"


def _days(asked: Standing, told: Standing, *, same_drug: bool) -> Iterator[str]:
    first, last = told.span
    match told.status:
        case CodeStatus.ACTIVE:
            if same_drug and asked.status is not CodeStatus.ACTIVE:
                yield f"may be billed since {first}, this code may not"
        case CodeStatus.TERMINATED:
            yield f"ended on {last}"
        case CodeStatus.NOT_YET_EFFECTIVE:
            yield f"starts on {first}"
        case CodeStatus.NOT_FOUND:
            yield "is not in the code set"
        case _:
            if asked.status is not told.status:
                yield "not in the reference: unknown whether it may be billed"


def _name(one: Identity) -> str:
    return " and ".join(one.ingredients) + (f" {one.salt}" if one.salt else "")


def _short(descriptor: str | None) -> str:
    text = descriptor or "no descriptor known"
    return text if len(text) <= 80 else text[:77].rsplit(" ", 1)[0] + " ..."
