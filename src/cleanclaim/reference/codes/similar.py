"""Codes that a code may be taken for, or that may be meant in its place: each with why, and what decides between them.

What publications say comes first (successors, shared NDCs), then what descriptors say (the same substance in another
salt, amount, brand, maker or route; a biosimilar and its reference product), then numbers that one slip makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cleanclaim.reference import tables
from cleanclaim.reference.cells import plain
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.differences import Identity, decides, identity
from cleanclaim.reference.codes.drug_identity import DRUG_IDENTITY
from cleanclaim.reference.codes.index import Record
from cleanclaim.reference.codes.look_alikes import look_alikes, slip_between
from cleanclaim.reference.codes.lookup import Lookup, Standing
from cleanclaim.reference.codes.search_terms import SEARCH_TERM, terms_of
from cleanclaim.reference.codes.shared_ndc import SHARED_NDC

MOST_LOOK_ALIKES = 8


class Relation(StrEnum):
    """How a code is like another one, the closest first."""

    REPLACED_BY = "replaced_by"
    REPLACES = "replaces"
    REFERENCE_PRODUCT = "reference_product"
    BIOSIMILAR = "biosimilar"
    SAME_SUBSTANCE = "same_substance"
    OTHER_SALT = "other_salt"
    COMBINATION = "combination"  # one of the two has more ingredients
    SAME_NDC = "same_ndc"
    NAMES_THE_DRUG = "names_the_drug"  # no drug code, and its descriptor names the drug
    LOOK_ALIKE = "look_alike"


_RANK = {relation: place for place, relation in enumerate(Relation)}


@dataclass(frozen=True, slots=True)
class Similar:
    """A code that is like another one. `unit_factor`: units of the later code for one unit of the earlier."""

    code: str
    relations: tuple[Relation, ...]
    why: str
    difference: str  # the one line that decides between the two
    status: CodeStatus
    descriptor: str | None
    valid_from: date | None
    valid_to: date | None
    unit_factor: Decimal | None = None
    releases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SimilarCodes:
    """What a code may be taken for on a day; `more_look_alikes`: codes not listed whose number alone is alike."""

    code: str
    on: date
    status: CodeStatus
    descriptor: str | None
    similar: tuple[Similar, ...]
    more_look_alikes: int = 0
    why: str | None = None
    releases: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    """What has been found out about one other code so far."""

    reasons: dict[Relation, str] = field(default_factory=dict)
    factor: Decimal | None = None
    releases: list[str] = field(default_factory=list)

    def add(self, relation: Relation, why: str, release: object) -> None:
        self.reasons.setdefault(relation, why)
        if isinstance(release, str):
            self.releases.append(release)


def similar(lookup: Lookup, code: str, on: date, *, most_look_alikes: int = MOST_LOOK_ALIKES) -> SimilarCodes:
    """The codes that are like a HCPCS Level II code on a day, the closest relation first."""
    code = code.strip().upper()
    asked = lookup.standing(code, on)
    mine = identity(lookup.index.rows(DRUG_IDENTITY, "hcpcs_code", code))
    relatives: dict[str, _Found] = {}

    def of(other: object) -> _Found:
        return relatives.setdefault(str(other), _Found())

    for other, relation, why, row in (
        *_successors(lookup, code),
        *_of_substance(lookup, code, mine),
        *_of_package(lookup, code),
        *(_named(lookup, mine, on) if mine else _names_of(lookup, code, asked, on)),
    ):
        of(other).add(relation, why, row.get("release"))
        if isinstance(factor := row.get("unit_factor"), Decimal):
            of(other).factor = plain(factor)
    slips = _slips(lookup, code)
    for other in (one for one in slips if one in relatives):
        of(other).add(Relation.LOOK_ALIKE, str(slips[other]), None)
    standings = {other: lookup.standing(other, on) for other in (*relatives, *slips)}
    numbers = [other for other in slips if other not in relatives]
    numbers.sort(key=lambda other: (_seriousness(standings[other]), list(slips).index(other)))
    for other in numbers[:most_look_alikes]:
        of(other).add(Relation.LOOK_ALIKE, str(slips[other]), None)
    listed = [_compared(lookup, other, relatives[other], mine, asked, standings[other]) for other in relatives]
    listed.sort(key=lambda one: (_RANK[one.relations[0]], one.status is not CodeStatus.ACTIVE, one.code))
    return SimilarCodes(
        code, on, asked.status, asked.descriptor, tuple(listed), max(0, len(numbers) - most_look_alikes),
        asked.why, tuple(dict.fromkeys(str(row["release"]) for row in (asked.row, asked.worded) if row)),
    )  # fmt: skip


_Relative = tuple[object, Relation, str, Record]


def _successors(lookup: Lookup, code: str) -> Iterator[_Relative]:
    for column, other, relation in (
        ("hcpcs_code", "replaced_by", Relation.REPLACED_BY), ("replaced_by", "hcpcs_code", Relation.REPLACES),
    ):  # fmt: skip
        for row in lookup.index.rows(tables.REPLACEMENT, column, code):
            verb = "replaced by it" if relation is Relation.REPLACED_BY else "replaces it"
            yield row[other], relation, f"{verb} from {row['valid_from']}{_factor(row, relation)}", row


def _factor(row: Record, relation: Relation) -> str:
    factor = row["unit_factor"]
    if not isinstance(factor, Decimal):
        return ", no fixed factor of units"
    here, there = ("this code", "that one") if relation is Relation.REPLACED_BY else ("that code", "this one")
    return f", 1 unit of {here} = {plain(factor):f} of {there}"


def _of_substance(lookup: Lookup, code: str, mine: Identity | None) -> Iterator[_Relative]:
    if mine is None:
        return
    rows: dict[str, list[Record]] = {}
    for ingredient in mine.ingredients:
        for row in lookup.index.rows(DRUG_IDENTITY, "ingredient", ingredient):
            if row["hcpcs_code"] != code:
                rows.setdefault(str(row["hcpcs_code"]), []).append(row)
    for other, listed in rows.items():
        count = listed[0]["ingredients"]
        theirs = identity(listed if count == len(listed) else lookup.index.rows(DRUG_IDENTITY, "hcpcs_code", other))
        if theirs is None:
            continue
        relation, why = _relation(mine, theirs)
        yield other, relation, why, listed[0]


def _relation(mine: Identity, theirs: Identity) -> tuple[Relation, str]:
    if set(mine.ingredients) != set(theirs.ingredients):
        shared = [one for one in mine.ingredients if one in theirs.ingredients]
        return Relation.COMBINATION, f"has {' and '.join(shared)} too, with or without others"
    name = " and ".join(mine.ingredients)
    if theirs.biosimilar and mine.biosimilar:
        return Relation.BIOSIMILAR, f"a biosimilar of the same reference product, {name}"
    if theirs.biosimilar:
        return Relation.BIOSIMILAR, f"a biosimilar of {name}"
    if mine.biosimilar and theirs.is_reference_product:
        return Relation.REFERENCE_PRODUCT, f"{name}, not as a biosimilar"
    if mine.biosimilar or (mine.suffix and theirs.suffix and mine.suffix != theirs.suffix):
        return Relation.SAME_SUBSTANCE, f"{name}; whether as a biosimilar its descriptor does not say"
    if mine.salt != theirs.salt and mine.salt and theirs.salt:
        return Relation.OTHER_SALT, f"{name} in another salt"
    return Relation.SAME_SUBSTANCE, f"the same substance, {name}"


def _of_package(lookup: Lookup, code: str) -> Iterator[_Relative]:
    for row in lookup.index.rows(SHARED_NDC, "hcpcs_code", code):
        count = row["ndcs"]
        packages = f"{count} packages are" if count != 1 else f"NDC {row['ndc11']} is"
        if row["together_from"]:
            when = f"listed under both from {row['together_from']} to {row['together_to']}"
        elif str(row["other_from"]) > str(row["listed_to"]):
            when = f"listed under this code until {row['listed_to']}, under that one from {row['other_from']}"
        elif str(row["listed_from"]) > str(row["other_to"]):
            when = f"listed under that code until {row['other_to']}, under this one from {row['listed_from']}"
        else:
            when = "listed under both, none of them on the same day"
        yield row["other"], Relation.SAME_NDC, f"{packages} {when}", row


def _names_of(lookup: Lookup, code: str, asked: Standing, on: date) -> Iterator[_Relative]:
    """The other way round: the codes of the drug that the descriptor of a visit names, and other visits that do."""
    if not _is_service(code):
        return
    words = set(terms_of(asked.descriptor or ""))
    for word in sorted(words):
        rows = lookup.index.rows(DRUG_IDENTITY, "ingredient", word)
        for row in rows:
            yield row["hcpcs_code"], Relation.NAMES_THE_DRUG, f"the drug that this descriptor names, {word}", row
        for row in lookup.index.rows(SEARCH_TERM, "term", word) if rows else ():
            other = str(row["hcpcs_code"])
            named = other != code and row["place"] == "descriptor" and _is_service(other)
            if named and lookup.standing(other, on).status is CodeStatus.ACTIVE:
                yield other, Relation.NAMES_THE_DRUG, f"its descriptor names {word} too", {}


def _is_service(code: str) -> bool:
    """Whether a number is one of visits and administrations, which may hold a drug; quality measures are not."""
    return "G0000" <= code <= "G2999"


def _named(lookup: Lookup, mine: Identity | None, on: date) -> Iterator[_Relative]:
    """Codes of no drug, in force on the day, whose descriptor has the name of the drug in it: a visit, a test."""
    if mine is None or len(mine.ingredients) != 1:
        return
    terms = list(terms_of(mine.ingredients[0]))
    if len(terms) != 1:
        return
    for row in lookup.index.rows(SEARCH_TERM, "term", terms[0]):
        other = str(row["hcpcs_code"])
        if (
            row["place"] != "descriptor"
            or not _is_service(other)
            or lookup.index.rows(DRUG_IDENTITY, "hcpcs_code", other)
        ):
            continue
        if lookup.standing(other, on).status is CodeStatus.ACTIVE:
            yield other, Relation.NAMES_THE_DRUG, f"its descriptor names {mine.ingredients[0]}", {}


def _slips(lookup: Lookup, code: str) -> dict[str, str]:
    """The codes of the library whose number one slip makes of this one, the likeliest first."""
    slips = {other: slip for other in look_alikes(code) if (slip := slip_between(code, other))}
    known = lookup.known_codes
    order = list(type(next(iter(slips.values())))) if slips else []
    return {other: slip for other, slip in sorted(slips.items(), key=lambda one: order.index(one[1])) if other in known}


def _seriousness(standing: Standing) -> int:
    """A drug that may be billed on the day is the likeliest to be taken for another."""
    return 2 * (standing.status is not CodeStatus.ACTIVE) + (standing.worded.get("is_drug") is not True)


def _compared(
    lookup: Lookup, code: str, relative: _Found, mine: Identity | None, asked: Standing, standing: Standing
) -> Similar:
    theirs = identity(lookup.index.rows(DRUG_IDENTITY, "hcpcs_code", code))
    relations = sorted(relative.reasons, key=_RANK.__getitem__)
    releases = [*relative.releases, *(str(row["release"]) for row in (standing.row, standing.worded) if row)]
    return Similar(
        code=code, relations=tuple(relations), why="; ".join(relative.reasons[one] for one in relations),
        difference=decides(mine, theirs, asked, standing), status=standing.status, descriptor=standing.descriptor,
        valid_from=standing.span[0], valid_to=standing.span[1], unit_factor=relative.factor,
        releases=tuple(dict.fromkeys(releases)),
    )  # fmt: skip
