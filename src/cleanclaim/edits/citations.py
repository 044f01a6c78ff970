"""What is known of what edits cite: a rule of the rulebook, a reason or remark code that they predict.

Answers are read from pages, `rules.yaml` and `reasons.yaml` alone: neither SQL parser nor Arrow is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from cleanclaim.edits.pages import Page, Prediction, capped, confidence_of, filled
from cleanclaim.edits.reasons import ReasonCode, shipped_reasons
from cleanclaim.edits.rules import RULE_ID, Rule, Source, shipped_rules
from cleanclaim.values import OPEN_END, Severity
from cleanclaim.values.confidence import Confidence

if TYPE_CHECKING:
    from cleanclaim.reference.library import Library


class CitingEdit(msgspec.Struct, frozen=True):
    """An edit by id and name, and what is wrong where it fires."""

    id: str
    name: str
    title: str


class RuleAnswer(msgspec.Struct, frozen=True, tag_field="kind", tag="rule"):
    """A rule that can be read."""

    id: str
    page: str
    topic: str
    sentence: str
    confidence: Confidence
    confidence_means: str
    authority: tuple[Source, ...]
    sources: tuple[Source, ...]
    edits: tuple[CitingEdit, ...]  # that check or cite it


class CitedRule(msgspec.Struct, frozen=True):
    """A rule by id and sentence."""

    id: str
    sentence: str


class PredictingEdit(msgspec.Struct, frozen=True):
    """An edit that predicts a code: what its remittance would say, and what it says to do."""

    id: str
    name: str
    title: str
    severity: Severity  # the worst of the cases that predict it
    expect: tuple[str, ...]  # CO-16 with N822
    fixes: tuple[str, ...]


class ReasonAnswer(msgspec.Struct, frozen=True, tag_field="kind", tag="reason"):
    """A reason or remark code: what it means, who predicts it, what to do."""

    code: str
    group: str | None
    carc: str | None
    rarc: str | None
    means: str | None  # in our own words
    group_means: str | None
    ended: date | None  # the last day on which it may be used, where it has ended
    do: str | None
    group_do: str | None
    confidence: Confidence | None  # of what to do
    rules: tuple[CitedRule, ...]
    predicted_by: tuple[PredictingEdit, ...]  # likeliest first
    other_groups: tuple[str, ...]  # under which edits predict it too, where one group was asked for


def rules_of(page: Page) -> tuple[str, ...]:
    """The ids of the rules that an edit checks or its page cites, in the order of the rulebook."""
    cited = set(RULE_ID.findall("\n".join((page.prose, *(f"{one.title} {one.at}" for one in page.front.authority)))))
    return tuple(rule.id for rule in shipped_rules().values() if rule.id in cited or page.front.id in rule.edits)


def rule_answer(rule: Rule, pages: Sequence[Page]) -> RuleAnswer:
    """A rule, and which of some edits check or cite it."""
    return RuleAnswer(
        id=rule.id, page=rule.page, topic=rule.topic, sentence=rule.sentence, confidence=rule.confidence,
        confidence_means=confidence_words(rule), authority=rule.authority, sources=rule.sources,
        edits=tuple(
            CitingEdit(page.front.id, page.name, page.title) for page in pages if rule.id in rules_of(page)
        ),
    )  # fmt: skip


def confidence_words(rule: Rule) -> str:
    """How sure we are of a rule, in words: the weakest part decides, and what else was read is told."""
    words = {
        Confidence.S: "read in a source",
        Confidence.K: "expert knowledge that no source confirms",
        Confidence.D: "a design of ours, without authority",
    }[rule.confidence]
    if rule.confidence is Confidence.S or not rule.sources:
        return words
    return f"in part {words}; the rest was read in its sources"


def is_known(code: ReasonCode, pages: Sequence[Page], library: Library) -> bool:
    """Whether anything is known of a reason or remark code."""
    bare = ReasonCode(None, code.carc, code.rarc)
    predicted = any(_is(one, bare) for page in pages for one in _predictions(page))
    return predicted or bool(shipped_reasons().step(code) or _row(code, library))


def reason_answer(code: ReasonCode, pages: Sequence[Page], library: Library, today: date) -> ReasonAnswer:
    """A reason or remark code, with the edits of some pages that predict it."""
    reasons, rules = shipped_reasons(), shipped_rules()
    step, row = reasons.step(code), _row(code, library)
    group = reasons.groups[code.group] if code.group else None
    others = {
        one.group
        for page in pages
        for one in _predictions(page)
        if code.group and one.carc == code.carc and one.group != code.group
    }
    return ReasonAnswer(
        code=str(code), group=code.group, carc=code.carc, rarc=code.rarc,
        means=row[0] if row else None, group_means=group.means if group else None,
        ended=row[1] if row and row[1] < min(today, OPEN_END) else None,
        do=step.do if step else None, group_do=group.do if group else None,
        confidence=step.confidence if step else None,
        rules=tuple(CitedRule(key, rules[key].sentence) for key in (step.rules if step else ())),
        predicted_by=tuple(one for _, one in sorted(_predicting(code, pages), key=lambda item: item[0])),
        other_groups=tuple(sorted(others)),
    )  # fmt: skip


def _predicting(code: ReasonCode, pages: Sequence[Page]) -> Iterator[tuple[tuple[int, int, int], PredictingEdit]]:
    """Each edit that predicts a code, with its place: how likely on its page, how bad, where in the catalogue."""
    for number, page in enumerate(pages):
        cases = [filled(case, page) for case in page.front.cases]
        hits = [
            (place, one, case) for case in cases for place, one in enumerate(case.predicted or ()) if _is(one, code)
        ]
        if hits:
            severities = list(Severity)
            worst = min((capped(case.severity, confidence_of(case, page)) for _, _, case in hits), key=severities.index)
            yield (
                (min(place for place, _, _ in hits), severities.index(worst), number),
                PredictingEdit(
                    page.front.id, page.name, page.title, worst,
                    expect=tuple(dict.fromkeys(expected(one) for _, one, _ in hits)),
                    fixes=tuple(dict.fromkeys(case.fix.say for _, _, case in hits if case.fix)),
                ),
            )  # fmt: skip


def expected(one: Prediction) -> str:
    """What a remittance would say, as billers write it: CO-16 with N822."""
    return f"{one.group}-{one.carc}" + (f" with {one.rarc}" if one.rarc else "")


def _predictions(page: Page) -> Iterator[Prediction]:
    for case in page.front.cases:
        yield from filled(case, page).predicted or ()


def _is(one: Prediction, code: ReasonCode) -> bool:
    if code.rarc:
        return one.rarc == code.rarc
    return one.carc == code.carc and code.group in {None, one.group}


def _row(code: ReasonCode, library: Library) -> tuple[str | None, date] | None:
    """What a code means in our own words, or in those of an imported list, and its last day."""
    table, column, words = ("remark", "rarc", "descriptor") if code.rarc else ("adjustment_reason", "carc", "wording")
    key = code.rarc or code.carc
    from cleanclaim.reference.tables import BY_NAME  # noqa: PLC0415 - a rule is read without the room of reference

    schema = BY_NAME[table]
    rows = library.starter.rows_where(table, column, key)
    if not rows and library.imports(table):
        place = schema.names.index(column)
        rows = [row for row in library.rows(table) if row[place] == key]
    if not rows:
        return None
    last = dict(zip(schema.names, rows[-1], strict=True))
    text, day = last[words], last["span_to"]
    return (str(text) if text else None, day if isinstance(day, date) else OPEN_END)
