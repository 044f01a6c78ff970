"""The terms of a payer for a drug in a setting on a day, one after the other: what was decided, by whom, how surely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

import msgspec

from cleanclaim.claims import PayerProgram
from cleanclaim.edits.applying import CodeFacts, Setting
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.presuming import presumed_in
from cleanclaim.guides.payers import attribute_words, in_words
from cleanclaim.policies import Policies
from cleanclaim.policies.choosing import ANY, PLANS, names_of
from cleanclaim.reference.library import Library
from cleanclaim.terms import DOCUMENTS, MEDICARE, Place, Standing, Terms, TermsOfPayers, exempt_by_day, outside_part_b

_NOT_SAID = "-"
_WASTE = {
    "cms": "JW, or JZ where nothing was discarded",
    "jw_only": "JW alone",
    "none": "neither JW nor JZ",
    "deny_waste": "not paid",
    "exempt": "neither JW nor JZ: exempt",
    _NOT_SAID: "no policy says",
}
_PAID = "paid by itself (Part B)"
_WASTE_ROW = "discarded drug on this line"
_OF_WASTE = ("billing.waste", "billing.skin_substitute_waste", "billing.modifiers_forbidden")
_LINE = Grain.LINE


class Known(StrEnum):
    """How surely a term is known."""

    KNOWN = "known"
    PRESUMED = "presumed"  # by a release that was carried to the day
    NOT_ASKED = "not asked"
    UNSETTLED = "unsettled"
    NOT_KNOWN = "not known"


_KNOWN = {
    Standing.ASKED: Known.KNOWN, Standing.NOT_ASKED: Known.NOT_ASKED, Standing.UNSETTLED: Known.UNSETTLED,
    Standing.NOT_KNOWN: Known.NOT_KNOWN,
}  # fmt: skip


class TermRow(msgspec.Struct, frozen=True):
    """One term. `by`: policies or releases that decide it; `why`: what would tell it, or why it is not settled."""

    term: str
    attribute: str  # the key of a policy; empty for what Medicare's own rules decide
    known: Known
    says: str = ""
    by: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose terms, for what, where and when. Without a program the payer's policies tell it, else it is presumed."""

    code: str
    on: date
    payer: str | None = None
    program: PayerProgram | None = None
    place_of_service: str | None = None
    bill_type: str | None = None
    ndc11: str | None = None


class ExplainedTerms(msgspec.Struct, frozen=True):
    """What a payer wants of a drug on a day. `program_presumed`: nothing said which program it is."""

    payer: str | None
    program: PayerProgram
    program_presumed: bool
    code: str
    ndc11: str | None
    place_of_service: str | None
    bill_type: str | None
    on: date
    policies: tuple[str, ...]  # those that name the drug
    terms: tuple[TermRow, ...]


def explain_terms(library: Library, policies: Policies | None, asked: Asked) -> ExplainedTerms:
    """Every term, in the order of the guide: what was decided and why, or what would tell it."""
    payers = TermsOfPayers(policies)
    program, presumed = _program(payers.policies, asked)
    held = payers.of(program, asked.payer, asked.code, asked.ndc11, asked.on, ndc_open=asked.ndc11 is None)
    rows = (*_of_setting(library, payers, held, asked, program), *_of_policies(held))
    return ExplainedTerms(
        asked.payer, program, presumed, asked.code, asked.ndc11, asked.place_of_service, asked.bill_type, asked.on,
        held.naming, rows,
    )  # fmt: skip


def _program(policies: Policies, asked: Asked) -> tuple[PayerProgram, bool]:
    if asked.program:
        return asked.program, False
    if asked.payer is None:
        return PayerProgram.MEDICARE_B, True
    own = [one for one in policies.policies if ANY not in one.payer_id and asked.payer.casefold() in names_of(one)]
    plans = {plan for one in own for plan in one.lines_of_business}
    programs = [one for one in PayerProgram if plans and plans <= set(PLANS.get(one, ()))]
    return (programs[0], False) if len(programs) == 1 else (PayerProgram.COMMERCIAL, True)


def _of_setting(
    library: Library, payers: TermsOfPayers, held: Terms, asked: Asked, program: PayerProgram
) -> Iterator[TermRow]:
    """What the drug and the setting decide beside policies: separate payment, discarded drug."""
    setting = Setting(
        "asked", "I" if asked.bill_type else "P", program, asked.place_of_service, asked.bill_type, asked.payer
    )
    with CodeFacts(cache(library.table), (setting,), payers) as facts:
        row = facts.of(asked.code, asked.on)["asked"]
    if program in MEDICARE:
        yield _paid(row, asked)
    if wanted := row["waste_wanted"]:
        by = (*held.by(*_OF_WASTE), *_rules(row, wanted, program), *_releases(row, "waste_wanted"))
        known, by = (Known.KNOWN, ()) if wanted == _NOT_SAID else (_how_known(row, "waste_wanted"), by)
        yield TermRow(_WASTE_ROW, "", known, _WASTE[wanted], by)
    else:
        yield TermRow(_WASTE_ROW, "", Known.NOT_KNOWN, why=dictionary().ask(_LINE, "waste_wanted"))


def _rules(row: Mapping[str, Any], wanted: str, program: PayerProgram) -> tuple[str, ...]:
    """The rules of Medicare's own that decide how discarded drug is told."""
    if wanted == "exempt":
        skin = bool(row["is_skin_substitute"])
        return (exempt_by_day(program, row["facility_type"], row["service_date"], is_skin_substitute=skin) or "UNW-13",)
    return ("UNW-01",) if program in MEDICARE else ()


def _paid(row: Mapping[str, Any], asked: Asked) -> TermRow:
    paid = row["separately_payable"]
    if paid is None:
        return TermRow(_PAID, "", Known.NOT_KNOWN, why=dictionary().ask(_LINE, "separately_payable"))
    place = Place(asked.place_of_service, (asked.bill_type or "")[:2] or None)
    if not paid and outside_part_b(place):
        return TermRow(_PAID, "", Known.KNOWN, "no: given where Part B pays no drug by itself", ("UNW-13",))
    said = "yes" if paid else "no"
    if status := row["status_indicator"]:
        said += f" (status indicator {status})" if asked.bill_type else ""
    known = _how_known(row, "separately_payable")
    return TermRow(_PAID, "", known, said, (*_releases(row, "separately_payable"), "UNW-14" if paid else "UNW-13"))


def _releases(row: Mapping[str, Any], fact: str) -> tuple[str, ...]:
    names = dictionary().releases_of(_LINE, (fact,))
    return tuple(dict.fromkeys(str(row[name]) for name in names if row.get(name)))


def _how_known(row: Mapping[str, Any], fact: str) -> Known:
    if row[fact] is None:
        return Known.NOT_KNOWN
    return Known.PRESUMED if presumed_in(row, dictionary().releases_of(_LINE, (fact,))) else Known.KNOWN


def _of_policies(held: Terms) -> Iterator[TermRow]:
    for attribute, (words, meanings) in attribute_words().items():
        term = held.decided.get(attribute)
        known = _KNOWN[held.standing(attribute)]
        value = _in_words(held, attribute, meanings) if term and known is Known.KNOWN else ""
        yield TermRow(
            words, attribute, known, value, term.by if term else (),
            tuple(one.source for one in term.policies if one.source) if term else (), term.unsettled if term else "",
        )  # fmt: skip


def _in_words(held: Terms, attribute: str, meanings: Mapping[str, str]) -> str:
    said = held.documents if attribute == DOCUMENTS else held.decided[attribute].policies[0].attributes()[attribute]
    return in_words(said, meanings)
