"""What decides between two codes, in one line: the drug, what its descriptor says of it, the billing unit, the days."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.reference.cells import Cell, plain
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.index import Record
from cleanclaim.reference.codes.lookup import Standing
from cleanclaim.reference.dosage import UnitSemantics, range_words


@dataclass(frozen=True, slots=True)
class Identity:
    """What a code is a code of, as its descriptor says it. None: the descriptor does not say."""

    ingredients: tuple[str, ...]
    salt: str | None
    brand: str | None
    maker: str | None
    suffix: str | None
    biosimilar: bool
    excludes_biosimilars: bool
    not_equivalent_to: str | None
    route: str | None
    form: str | None
    qualifiers: str | None
    vehicle: str | None
    concentrated: bool
    compounded: bool | None
    esrd: bool | None
    billing_unit: str | None
    descriptor: str

    @property
    def is_reference_product(self) -> bool:
        """Whether nothing in the descriptor speaks against it: no biosimilar, no name of another biological."""
        return not self.biosimilar and (self.excludes_biosimilars or not (self.suffix or self.brand))


def identity(rows: Sequence[Record]) -> Identity | None:
    """The identity of a code from its rows of `drug_identity`, one for each ingredient; None without any."""
    if not rows:
        return None
    first = rows[0]

    def text(name: str) -> str | None:
        value = first[name]
        return value if isinstance(value, str) else None

    def truth(name: str) -> bool | None:
        value = first[name]
        return value if isinstance(value, bool) else None

    in_range = text("dose_range")
    unit = f"a dose {in_range}" if in_range else unit_words(first["amount"], first["unit"], first["unit_semantics"])
    return Identity(
        tuple(str(row["ingredient"]) for row in rows), text("salt"), text("brand"), text("maker"), text("suffix"),
        first["biosimilar"] is True, first["excludes_biosimilars"] is True, text("not_equivalent_to"), text("route"),
        text("form"), text("qualifiers"), text("vehicle"), first["concentrated"] is True, truth("compounded"),
        truth("esrd"), unit, text("descriptor") or "",
    )  # fmt: skip


def unit_words(amount: Cell, unit: Cell, semantics: Cell, descriptor: str | None = None) -> str | None:
    """A billing unit in words: `1 mg`, `up to 40 mg`, `1 vial`, `a dose above 100 mg`; None when it was not parsed."""
    shown = " ".join(f"{plain(part):f}" if isinstance(part, Decimal) else str(part) for part in (amount, unit) if part)
    match semantics:
        case None | UnitSemantics.UNCLASSIFIED:
            return None
        case UnitSemantics.UP_TO:
            return f"up to {shown}"
        case UnitSemantics.PER_CONTAINER:
            counted = isinstance(amount, Decimal) and amount == 1
            return f"one {unit}" if counted or amount is None else f"one piece of {shown}"
        case UnitSemantics.PER_STUDY:
            return f"one {unit}" if unit else "one study or treatment"
        case UnitSemantics.RANGE:
            return f"a dose {(descriptor and range_words(descriptor)) or f'in the range that {shown} bounds'}"
        case _:
            return shown or None


def decides(mine: Identity | None, theirs: Identity | None, asked: Standing, other: Standing) -> str:
    """What decides for the other code and against the one that was asked for, in one line."""
    same_drug = mine is not None and theirs is not None and bool(set(mine.ingredients) & set(theirs.ingredients))
    parts = [*_drug(mine, theirs, other)]
    if same_drug and mine and theirs and not parts:
        parts += _words_apart(mine.descriptor, theirs.descriptor)
    parts += _days(asked, other, same_drug=same_drug)
    return "; ".join(dict.fromkeys(parts)) or "the two descriptors are the same: the NDC or the payer decides"


# What may set several codes of one name apart, in words that ask for it.
_ASKED: tuple[tuple[str, Callable[[Identity], object]], ...] = (
    ("what else is in it", lambda drug: frozenset(drug.ingredients)),
    ("the salt", lambda drug: drug.salt),
    ("the product, which its NDC tells", lambda drug: (drug.brand, drug.maker, drug.suffix, drug.not_equivalent_to)),
    ("the route", lambda drug: drug.route),
    ("the form", lambda drug: drug.form),
    ("how it is made up", lambda drug: (drug.qualifiers, drug.vehicle, drug.concentrated, drug.compounded)),
    ("whether the patient is on dialysis", lambda drug: drug.esrd),
    ("the billing unit", lambda drug: drug.billing_unit),
)


def what_decides(codes: Sequence[Sequence[Record]]) -> tuple[str, ...]:
    """What decides between several codes of one name, from their rows of `drug_identity`: what to ask, surest first."""
    known = [drug for rows in codes if (drug := identity(rows))]
    apart = tuple(asked for asked, of in _ASKED if len({of(drug) for drug in known}) > 1)
    return apart or ("the words of the descriptors",)


def _drug(mine: Identity | None, theirs: Identity | None, other: Standing) -> Iterator[str]:
    if theirs is None:
        yield ("no drug: " if other.worded.get("is_drug") is False else "") + _short(other.descriptor)
        return
    if mine is None or not set(mine.ingredients) & set(theirs.ingredients):
        yield f"another drug: {_name(theirs)}"
        return
    if set(mine.ingredients) != set(theirs.ingredients):
        yield f"{' and '.join(theirs.ingredients)}, not {' and '.join(mine.ingredients)}"
    yield from _apart(mine, theirs)
    if theirs.billing_unit != mine.billing_unit and theirs.billing_unit:
        yield f"1 unit is {theirs.billing_unit}" + (f", not {mine.billing_unit}" if mine.billing_unit else "")


# What a descriptor may say of a drug beside its ingredients: how it reads where only the other code says it, and where
# only this one does.
_SAID: tuple[tuple[Callable[[Identity], str | None], str, str], ...] = (
    (lambda drug: drug.salt, "the salt {}", "the salt is not named"),
    (lambda drug: drug.route, "its route is {}", "no route is named"),
    (lambda drug: drug.form, "the form is {}", "no form is named"),
    (lambda drug: drug.qualifiers, "it is {}", "not said to be so"),
    (lambda drug: drug.vehicle, "in {}", "not said to be in it"),
    (lambda drug: "the concentrated form" if drug.concentrated else None, "{}", "not the concentrated form"),
)


def _apart(mine: Identity, theirs: Identity) -> Iterator[str]:
    """What sets two codes of the same ingredients apart, but for the billing unit."""
    if theirs.suffix != mine.suffix or theirs.biosimilar != mine.biosimilar:
        named = _product(theirs) or ("the reference product" if theirs.is_reference_product else "no name is said")
        other = _product(mine)
        yield named + (f", not {other}" if other else "")
    elif theirs.brand != mine.brand:
        yield _instead(_brand(theirs), _brand(mine), "the brand {}", "no brand is named")
    for of, alone, without in _SAID:
        if of(theirs) != of(mine):
            yield _instead(of(theirs), of(mine), alone, without)
    if theirs.esrd != mine.esrd and theirs.esrd is not None:
        yield "for patients on dialysis" if theirs.esrd else "for patients who are not on dialysis"
    if theirs.compounded != mine.compounded and theirs.compounded is not None:
        yield "compounded" if theirs.compounded else "not compounded: as FDA approved it"
    if theirs.maker != mine.maker:
        yield (
            f"only the product of {_titled(theirs.maker)}: the NDC decides" if theirs.maker
            else f"any other product than that of {_titled(mine.maker or '')}: the NDC decides"
        )  # fmt: skip
    elif theirs.not_equivalent_to and theirs.not_equivalent_to != mine.not_equivalent_to:
        yield f"only products that are not therapeutically equivalent to those of {theirs.not_equivalent_to}"


def _words_apart(mine: str, theirs: str) -> Iterator[str]:
    """The words that only one of two descriptors has: for what no field tells."""
    words, other = (re.findall(r"[\w.%/-]+", text.casefold()) for text in (mine, theirs))
    more = [word for word in other if word not in words]
    less = [word for word in words if word not in other]
    if more:
        yield f"its descriptor says “{' '.join(more)}”" + (f", not “{' '.join(less)}”" if less else "")
    elif less:
        yield f"its descriptor does not say “{' '.join(less)}”"


def _brand(drug: Identity) -> str | None:
    return _titled(drug.brand) if drug.brand else None


def _product(drug: Identity) -> str | None:
    """A biological product by its names: `the biosimilar Inflectra (infliximab-dyyb)`."""
    name = f"{' and '.join(drug.ingredients)}-{drug.suffix}" if drug.suffix else None
    brand = _brand(drug)
    named = f"{brand} ({name})" if brand and name else brand or name
    return (f"the biosimilar {named}" if named else "a biosimilar that is not named") if drug.biosimilar else named


def _titled(name: str) -> str:
    """A name with capitals at the start of its words, but not after an apostrophe."""
    return re.sub(r"(?<![\w'’])[a-z]", lambda letter: letter[0].upper(), name)


def _instead(theirs: str | None, mine: str | None, alone: str, without: str) -> str:
    if theirs and mine:
        return f"{theirs}, not {mine}"
    return alone.format(theirs) if theirs else f"{without}; this code names {mine}"


def _days(asked: Standing, other: Standing, *, same_drug: bool) -> Iterator[str]:
    first, last = other.span
    match other.status:
        case CodeStatus.ACTIVE:
            if same_drug and asked.status is not CodeStatus.ACTIVE:
                yield f"may be billed since {first}, this code may not"
        case CodeStatus.TERMINATED:
            yield f"ended on {last}"
        case CodeStatus.NOT_YET_EFFECTIVE:
            yield f"starts on {first}"
        case CodeStatus.NOT_FOUND:
            yield "is not in the code set"
        case _ if last is not None and last.year < 9999:
            yield f"ended on {last}, as far as is known"
        case _:
            if asked.status is not other.status:
                yield "not in the reference: unknown whether it may be billed"


def _name(drug: Identity) -> str:
    return " and ".join(drug.ingredients) + (f" {drug.salt}" if drug.salt else "")


def _short(descriptor: str | None) -> str:
    text = descriptor or "no descriptor known"
    return text if len(text) <= 80 else text[:77].rsplit(" ", 1)[0] + " ..."
