"""What payers other than Medicare ask for: what any of them may ask, then payer by payer what their policies say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Annotated, Any

import msgspec

from cleanclaim.guides.blocks import Section, Table
from cleanclaim.policies import Asked, Decided, Explained, Policies, Policy, explain
from cleanclaim.values import OPEN_END, Severity
from cleanclaim.values.confidence import Confidence
from cleanclaim.yaml_text import shipped_shape

_HEADING = "Special Considerations for Commercial Insurers"
_FILE = "payer_questions.yaml"
_ANY = ("question", "what may be asked", "if it is not met", "source")
_OF_PAYER = ("what", "asked", "by policy", "if it is not met")
# Keys of values: how they are read aloud.
_KEYS = {
    "min": "at least", "max": "at most", "include": "covered", "exclude": "never", "min_match": "to match: at least",
    "allow": "allowed", "deny": "not allowed", "prefer": "first", "trial_days": "days", "exceptions": "exceptions",
}  # fmt: skip
# Where nothing is asked for, nothing can be missed.
_ASKS_NOTHING = {
    ("requires.prior_auth", "none"),
    ("requires.sex", "any"),
    ("supply", "either"),
    ("billing.ndc", "never"),
}
_BY = {"ndc": "package", "hcpcs": "code", "group": "group of codes"}
_COMES_TO = {
    Severity.REJECT: "rejected", Severity.DENY: "denied", Severity.WARN: "looked at", Severity.INFO: "a note",
}  # fmt: skip


class PayerQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that payers may ask about a drug, and the attributes of policies that say so, by their short names."""

    question: str
    asks: str
    denials: tuple[Annotated[str, msgspec.Meta(pattern="^[A-Z]?[0-9]{1,3}$")], ...]
    confidence: Confidence
    source: str
    attributes: dict[str, str]
    codes: tuple[str, ...] = ()
    values: dict[str, str] = {}


@cache
def payer_questions() -> tuple[PayerQuestion, ...]:
    """The entries of `payer_questions.yaml`."""
    return shipped_shape("cleanclaim.guides", _FILE, tuple[PayerQuestion, ...])


def commercial_insurers(code: str, on: date, policies: Policies | None, *, drug: bool = True) -> Section:
    """The section. Without policies it says that none was loaded, and how they are.

    What any plan may ask is asked of drugs; where the code bills none, only what policies say is told.
    """
    told = _explained(code, on, policies)
    tables = [*([_questions(code)] if drug else []), *(_table(one, policies.policies) for one in told if policies)]
    text = "Each plan decides by its own policy and contract: none of this is a rule that all share."
    return Section(_HEADING, (text, *_what_was_loaded(code, on, policies, told)), tuple(tables))


def _explained(code: str, on: date, policies: Policies | None) -> list[Explained]:
    """By payer, what the policies that are about the code on the day say; by kind of plan where it has several."""
    if policies is None:
        return []
    payers = {one.payer.casefold(): one.payer for one in reversed(policies.policies)}
    found: list[Explained] = []
    for name in sorted(payers):
        whole = explain(policies.policies, policies.groups, Asked(payers[name], code, on))
        kinds = {kind for one in policies.policies if one.id in whole.policies for kind in one.lines_of_business}
        asked = [replace(whole.asked, line_of_business=kind) for kind in sorted(kinds)] if len(kinds) > 1 else []
        found += [explain(policies.policies, policies.groups, one) for one in asked] or [whole]
    return [one for one in found if one.policies]


def _what_was_loaded(code: str, on: date, policies: Policies | None, told: list[Explained]) -> Iterator[str]:
    if policies is None:
        yield (
            "No policies of payers were loaded, so what a plan asks for is not known. Write them down as dated files,"
            f" then `cleanclaim guide {code} --policies FOLDER`; `cleanclaim schema policies` is their shape."
        )
        return
    count = f"{len(policies.policies):,} policies were loaded"
    if told:
        names = ", ".join(dict.fromkeys(one.asked.payer for one in told))
        yield f"{count}. About {code} on {on} are those of {names}; what other payers ask for is not known."
    else:
        yield f"{count}, none of them about {code} on {on}: what payers ask for is not known."
    by_package = sum(1 for one in policies.policies if one.applies_to.ndc)
    if by_package:
        yield (
            f"{by_package:,} of them are about single packages, which this page leaves out: `cleanclaim policies"
            " explain --ndc` tells them."
        )


def _questions(code: str) -> Table:
    rows = tuple(
        (one.question, one.asks, f"CARC {' or '.join(one.denials)}", f"{one.source} (confidence {one.confidence})")
        for one in payer_questions()
        if not one.codes or code in one.codes
    )
    return Table("What any plan may ask", _ANY, rows)


def _table(told: Explained, policies: tuple[Policy, ...]) -> Table:
    by_id = {one.id: one for one in policies}
    held = [by_id[name] for name in told.policies]
    asked = told.asked.line_of_business
    kinds = sorted({asked} if asked else {kind for one in held for kind in one.lines_of_business})
    title = told.asked.payer + (f" ({', '.join(kinds).replace('_', ' ')})" if kinds else "")
    order = list(attribute_words())
    rows = tuple(_row(one, by_id) for one in sorted(told.decided, key=lambda one: order.index(one.attribute)))
    note = "Two policies of the same rank contradict each other: ask the payer." if told.has_conflict else ""
    return Table(title, _OF_PAYER, rows, "; ".join(map(_cited, held)), note)


def _row(one: Decided, by_id: dict[str, Policy]) -> tuple[str, str, str, str]:
    name, meanings = attribute_words()[one.attribute]
    by = f"{one.policy}, by {_BY[one.by]}"
    if one.before:
        by += f"; goes before {', '.join(one.before)}"
    asked = in_words(one.value, meanings)
    for other, value in one.conflicts:
        asked += f". CONFLICT: {other} says {in_words(value, meanings)}"
    nothing = not one.conflicts and (one.attribute, str(one.value)) in _ASKS_NOTHING
    return name, asked, by, "" if nothing else _fails(by_id[one.policy])


def _fails(policy: Policy) -> str:
    fails = policy.on_fail
    codes = " with ".join(code for code in (f"CARC {fails.carc}" if fails.carc else "", fails.rarc or "") if code)
    return ", ".join(part for part in (_COMES_TO[fails.severity], codes) if part)


@cache
def attribute_words() -> dict[str, tuple[str, dict[str, str]]]:
    """The short names of the attributes of policies, with what their closed words mean."""
    return {name: (words, one.values) for one in payer_questions() for name, words in one.attributes.items()}


def in_words(value: Any, meanings: Mapping[str, str] | None = None) -> str:  # noqa: ANN401 - what YAML may hold
    """A value of a policy as people read it; `meanings` are those of closed words."""
    match value:
        case bool():
            return "yes" if value else "no"
        case {"n": count, "days": days}:
            return f"{count} in {days} days"
        case dict() if value and all(one is True for one in value.values()):
            return ", ".join(key.replace("_", " ") for key in value)
        case dict():
            value = {key: one for key, one in value.items() if (key, one) != ("min_match", 1)}
            return "; ".join(f"{_KEYS.get(key, key.replace('_', ' '))} {in_words(one)}" for key, one in value.items())
        case list() | tuple():
            return ", ".join(map(in_words, value))
        case _:
            return (meanings or {}).get(str(value), str(value).replace("_", " "))


def _cited(policy: Policy) -> str:
    days = f"from {policy.effective.start}" + (
        f" to {policy.effective.end}" if policy.effective.end != OPEN_END else " on"
    )
    source = f": {policy.source}" if policy.source else ""
    checked = f", checked {policy.checked}" if policy.checked else ""
    return f"{policy.id} ({days}{source}{checked})"
