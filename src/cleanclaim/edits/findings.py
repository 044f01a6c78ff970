"""Findings: what an edit found, where, why, by which rule and release, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import msgspec

from cleanclaim.edits.collection import OF_TERMS, message_fields
from cleanclaim.edits.dictionary import SUBJECT, Dictionary, dictionary
from cleanclaim.edits.examples import facts_read
from cleanclaim.edits.language.tree import BESIDE_GIVEN, COMPLETE, columns_of
from cleanclaim.edits.outcomes import Edit, EditCase, Outcome
from cleanclaim.edits.pages import Authority, Fix, Grain, Prediction, capped
from cleanclaim.reference.library.presumption import PresumedRelease
from cleanclaim.terms import Terms, TermsOfPayers
from cleanclaim.values import Severity
from cleanclaim.values.confidence import Confidence

_ONE_OF_MANY = re.compile(r"(?<![\d.,])1 (unit|day|time|visit|NDC)s\b")  # a page says "units" of any number
_ORDER = {severity: place for place, severity in enumerate(Severity)}
_BETWEEN_WORDS = re.compile(r"(?<=[a-z])_(?=[a-z0-9])")


class LinePlace(msgspec.Struct, frozen=True):
    """A claim line, as a person finds it."""

    claim_id: str | None
    line_number: int | None


class Finding(msgspec.Struct, frozen=True):
    """One edit on one row: it fired, or (when asked for) could not be evaluated. Amounts are strings of decimals."""

    edit: str
    id: str
    case: str
    outcome: Outcome
    severity: Severity
    claim_id: str | None
    line_number: int | None
    related_lines: tuple[LinePlace, ...]
    message: str
    fix: Fix
    predicted: tuple[Prediction, ...]
    authority: tuple[Authority, ...]
    confidence: Confidence
    evidence: dict[str, str]
    missing: tuple[str, ...]
    edit_version: str
    releases: tuple[str, ...]
    file: str
    claim_key: int
    segment_number: int | None = None  # where the file is X12
    row: int | None = None  # where it is not
    hcpcs_code: str | None = None
    charge_amount: str | None = None
    presumed: tuple[PresumedRelease, ...] = ()  # what its severity was lowered for, where it had to be
    caused_by: str | None = None  # id of the edit whose finding on the line is the cause of this one


def as_text(value: Any) -> str:  # noqa: ANN401 - a value of any fact
    """A value of a fact as people and scripts read it."""
    match value:
        case None:
            return "unknown"
        case bool():
            return "yes" if value else "no"
        case Decimal():
            text = f"{value:f}"
            if "." not in text:
                return text
            whole, _, decimals = text.partition(".")
            kept = decimals.rstrip("0")
            return f"{whole}.{kept}" if kept else whole
        case date():
            return value.isoformat()
        case list():
            return " ".join(value)
        case _:
            return str(value)


def as_money(value: Decimal | None) -> str | None:
    """An amount in dollars as a string with two decimals."""
    return None if value is None else f"{value:.2f}"


def facts_to_show(edit: Edit) -> tuple[str, ...]:
    """The facts that findings of an edit need: those its cases read and those its messages name."""
    names = [*columns_of(edit.scope), *_subject(edit)]
    for case in edit.cases:
        fix = case.case.fix or edit.page.front.fix
        names += [*columns_of(case.when), *message_fields(case.case.message or ""), *message_fields(fix.say)]
    return tuple(dict.fromkeys(name for name in names if name not in BESIDE_GIVEN))


def _subject(edit: Edit) -> tuple[str, ...]:
    """The fact that tells rows of one line apart, where its grain has several."""
    return (SUBJECT[edit.grain],) if edit.grain in SUBJECT else ()


@cache
def facts_needed(edit: Edit) -> tuple[str, ...]:
    """The facts that judging and telling an edit need."""
    of_terms = OF_TERMS if attributes_read(edit) else ()
    return tuple(dict.fromkeys((*facts_read(edit), *facts_to_show(edit), *of_terms, COMPLETE)))


@lru_cache(maxsize=1_000)
def facts_of_edits(known: Dictionary, edits: tuple[Edit, ...]) -> tuple[str, ...]:
    """The facts that judging and telling some edits of one grain need, with the releases that decided them."""
    names: dict[str, None] = {}
    for edit in edits:
        needed = facts_needed(edit)
        own = ("hcpcs_code",) if "hcpcs_code" in known.facts(edit.grain) else ()
        names |= dict.fromkeys((*needed, *known.releases_of(edit.grain, needed), *own))
    return tuple(names)


@cache
def attributes_read(edit: Edit) -> frozenset[str]:
    """The attributes of policies that have a say in an edit: those that it names, else those that its facts read."""
    named = {name for case in edit.cases for name in case.case.by_policy or ()}
    return frozenset(named) or dictionary().attributes_of(edit.grain, tuple(facts_read(edit)))


def terms_of(terms: TermsOfPayers, facts: Mapping[str, Any]) -> Terms:
    """The terms of the payer for the line that some facts are about."""
    *keys, ndc_open = (facts.get(name) for name in OF_TERMS)
    return terms.of(*keys, ndc_open=bool(ndc_open))


def message_of(edit: Edit, case: EditCase, facts: Mapping[str, Any]) -> str:
    """The message of a case with the facts of a row in it."""
    return _with_facts(case.case.message or edit.page.front.message, facts)


def fix_of(edit: Edit, case: EditCase, facts: Mapping[str, Any]) -> Fix:
    """The fix of a case with the facts of a row in it."""
    fix = case.case.fix or edit.page.front.fix
    return Fix(_with_facts(fix.say, facts), fix.safe)


def _with_facts(text: str, facts: Mapping[str, Any]) -> str:
    filled = text.format_map({name: _in_message(name, facts[name]) for name in message_fields(text)})
    return _ONE_OF_MANY.sub(r"1 \1", filled)


def evidence_of(edit: Edit, case: EditCase, facts: Mapping[str, Any]) -> dict[str, str]:
    """The known facts that a case rests on, as texts."""
    return {name: as_text(facts[name]) for name in _names_in_evidence(edit, case) if facts[name] is not None}


@cache
def _names_in_evidence(edit: Edit, case: EditCase) -> tuple[str, ...]:
    of_message = message_fields(case.case.message or "")
    names = dict.fromkeys((*_subject(edit), *columns_of(edit.scope), *columns_of(case.when), *of_message))
    return tuple(name for name in names if name not in BESIDE_GIVEN)


def predictions_of(case: EditCase) -> tuple[Prediction, ...]:
    """What a remittance would say, likeliest first."""
    return case.case.predicted or ()


def by_policy(case: EditCase, terms: Terms) -> tuple[Severity, tuple[Prediction, ...]] | None:
    """The severity and reason code that the deciding policy expects where it is not met; None where none says."""
    for attribute in case.case.by_policy or ():
        if term := terms.decided.get(attribute):
            expected = term.on_fail
            group = case.case.predicted[0].group if case.case.predicted else "CO"
            predicted = (Prediction(group, expected.carc, expected.rarc),) if expected.carc else ()
            return capped(expected.severity, case.confidence), predicted
    return None


def severity_order(severity: Severity) -> int:
    """0 for the worst."""
    return _ORDER[severity]


def severity_of(order: int) -> Severity:
    """The severity of a place in the order."""
    return list(Severity)[order]


def worst(cases: Sequence[EditCase]) -> Severity:
    """The worst severity of some cases."""
    return min((case.severity for case in cases), key=severity_order)


def _in_message(name: str, value: Any) -> str:  # noqa: ANN401 - a value of any fact
    match value:
        case Decimal() if "charge" in name or (
            name.endswith("_amount") and name.startswith(("paid", "allowed", "billed"))
        ):
            return f"${value:,.2f}"
        case Decimal() | int() if not isinstance(value, bool):
            whole, point, decimals = as_text(value).partition(".")
            return f"{int(whole):,}{point}{decimals}" if whole.isdigit() else as_text(value)
        case list() | tuple() if name == "unreadable":
            return ", ".join(_BETWEEN_WORDS.sub(" ", one) for one in value)
        case str() if name != SUBJECT[Grain.POLICY_LINE]:  # a policy is called by its id; other keys are read as words
            return _BETWEEN_WORDS.sub(" ", value)
    return as_text(value)
