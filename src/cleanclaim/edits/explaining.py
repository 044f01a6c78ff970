"""An edit explained as data: what its page says, ready for a script."""

from __future__ import annotations

import msgspec

from cleanclaim.edits.citations import CitedRule, expected, rules_of
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.examples import facts_read
from cleanclaim.edits.outcomes import Edit, EditCase
from cleanclaim.edits.pages import Authority, Fix, Grain, InForce
from cleanclaim.edits.rules import shipped_rules
from cleanclaim.values import Severity
from cleanclaim.values.confidence import Confidence


class ExplainedCase(msgspec.Struct, frozen=True):
    """One way in which an edit fires."""

    name: str
    severity: Severity
    confidence: Confidence
    in_force: InForce
    when: str
    message: str
    fix: Fix
    expect: tuple[str, ...]  # CO-16 with N822, likeliest first
    by_policy: tuple[str, ...]  # attributes of a policy, whose own word goes before `expect`


class ExplainedFact(msgspec.Struct, frozen=True):
    """A fact that an edit reads."""

    name: str
    meaning: str
    source: str


class ExplainedExample(msgspec.Struct, frozen=True):
    """An example of a page, and what comes out."""

    name: str
    outcome: str


class EditAnswer(msgspec.Struct, frozen=True, tag_field="kind", tag="edit"):
    """An edit that can be read."""

    id: str
    name: str
    title: str
    why: str
    grain: Grain
    scope: str
    cases: tuple[ExplainedCase, ...]
    facts: tuple[ExplainedFact, ...]
    authority: tuple[Authority, ...]
    rules: tuple[CitedRule, ...]
    examples: tuple[ExplainedExample, ...]
    unless_fires: tuple[str, ...]
    version: str


def edit_answer(edit: Edit) -> EditAnswer:
    """An edit with all that its page says."""
    page, front, rules = edit.page, edit.page.front, shipped_rules()
    facts = dictionary().facts(edit.grain)
    return EditAnswer(
        id=edit.id, name=edit.name, title=page.title, why=page.prose, grain=edit.grain, scope=front.scope,
        cases=tuple(_case(edit, case) for case in edit.cases),
        facts=tuple(ExplainedFact(name, facts[name].meaning, facts[name].source) for name in facts_read(edit)),
        authority=front.authority,
        rules=tuple(CitedRule(key, rules[key].sentence) for key in rules_of(page)),
        examples=tuple(ExplainedExample(one.name, one.outcome) for one in page.examples),
        unless_fires=front.unless_fires, version=page.version,
    )  # fmt: skip


def _case(edit: Edit, case: EditCase) -> ExplainedCase:
    front, told = edit.page.front, case.case
    return ExplainedCase(
        name=told.name, severity=case.severity, confidence=case.confidence, in_force=case.in_force, when=told.when,
        message=told.message or front.message, fix=told.fix or front.fix,
        expect=tuple(map(expected, told.predicted or ())), by_policy=told.by_policy or (),
    )  # fmt: skip
