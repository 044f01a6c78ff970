"""The auditor: sentence by sentence, what a text says of codes, held against one open library as of a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Self

from cleanclaim.guides.audit.amounts import with_digits
from cleanclaim.guides.audit.billing_units import billing_unit
from cleanclaim.guides.audit.clauses import CODE, Clause, clauses, is_called_wrong
from cleanclaim.guides.audit.coverage import coverage
from cleanclaim.guides.audit.passages import Sentence, sentences
from cleanclaim.guides.audit.phrases import phrases
from cleanclaim.guides.audit.relations import Followed, relations
from cleanclaim.guides.audit.spans import span
from cleanclaim.guides.audit.statement import Judged, Kind, Statement, Verdict
from cleanclaim.guides.audit.uses import Line, has_modifier, uses
from cleanclaim.guides.audit.vocabulary import Drug, Vocabulary
from cleanclaim.guides.audit.what_it_is import meaning, routes, service, unclassified
from cleanclaim.reference import tables
from cleanclaim.reference.code_forms import CodeForm, code_form
from cleanclaim.reference.codes.answers import CodeAnswer, CodeStatus
from cleanclaim.reference.codes.lookup import Lookup

_NOT_THERE, _IS_CODE = phrases("not_there"), phrases("code_is")
_SPEAKS_OF_CODE, _RETRACTS = phrases("speaks_of_code"), phrases("retracts")  # `It isn't.` takes back what stands before
_ANSWERED_NO = re.compile(r"^[^?]*\?\s+(?:No|Nope|Wrong|Not quite)\b[,.:!;]?\s*(?=.*[A-V][0-9]{4})")
_SHORT_HEADING = 60  # characters
_UNCLASSIFIED = {"J3490", "J3590", "J7999", "J9999", "C9399"}
_ENDING = ("JG",)  # modifiers whose last day matters to what is written of them


@dataclass(frozen=True, slots=True)
class Summary:
    """How many statements have each verdict."""

    supported: int
    contradicted: int
    not_checkable: int


@dataclass(frozen=True, slots=True)
class Audit:
    """The statements of a text, in its order, as of a day."""

    on: date
    statements: tuple[Statement, ...]
    summary: Summary
    releases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Auditor:
    """Audits texts against one library."""

    lookup: Lookup
    vocabulary: Vocabulary
    places: Mapping[str, str]  # names of places of service by number

    @classmethod
    def of(cls, lookup: Lookup) -> Self:
        """An auditor of an open library."""
        rows = lookup.index.every(tables.PLACE_OF_SERVICE)
        return cls(lookup, Vocabulary.of(lookup), {str(row["place_of_service"]): str(row["name"]) for row in rows})

    def audit(self, text: str, on: date) -> Audit:
        """What a text says of codes, each statement once for its place, with its verdict as of a day."""
        found: list[Statement] = []
        topic, about_modifiers = "", False
        for sentence, following in pairwise([*_with_headings(sentences(text)), None]):
            if sentence is None:
                continue
            codes = [one[1] for one in CODE.finditer(sentence.lead + sentence.text)]
            if sentence.is_heading:
                about_modifiers = "modifier" in sentence.text.lower()
                topic = codes[0] if codes else topic
                if not codes:
                    continue
            topic = topic or next(iter(codes), "")
            retracted = following is not None and bool(_RETRACTS.search(following.text))
            found += self._sentence(sentence, on, topic, about_modifiers=about_modifiers, is_retracted=retracted)
        unique = tuple(dict.fromkeys(found))
        count = {verdict: sum(one.verdict is verdict for one in unique) for verdict in Verdict}
        releases = dict.fromkeys(one.source for one in unique if one.source)
        return Audit(on, unique, Summary(*(count[one] for one in Verdict)), tuple(releases))

    def _sentence(
        self, sentence: Sentence, on: date, topic: str, *, about_modifiers: bool, is_retracted: bool
    ) -> Iterator[Statement]:
        text = with_digits(_ANSWERED_NO.sub("", sentence.lead + sentence.text))
        if is_retracted:
            text = f"It is a mistake that {text}"
        parts = clauses(text)
        if not parts and topic and (about_modifiers or _SPEAKS_OF_CODE.search(text)):
            parts = [Clause(text, topic, 0 if _IS_CODE.search(text) else -1)]
        related = [] if is_called_wrong(text, 0) else relations(text)
        for judged, code in self._relations(related, on):
            yield _statement(sentence, code, judged, self.lookup.code(code, on))
        of_relation = {code for one in related for code in one[:2]}
        replaced = {one.old for one in related if not one.same}
        named = [(one.start, one.end) for one in self.vocabulary.mentions(text)] if parts else []
        ended = self._ended(on) if parts else {}
        for clause in parts:
            answer = self._answer(clause.code, on)
            rows = self.lookup.told(tables.DRUG_TRAIT, "hcpcs_code", clause.code, on).rows
            line = Line(
                text=text, places=self.places,
                is_drug=clause.code in self.vocabulary.drugs or clause.code in _UNCLASSIFIED,
                is_local=bool({"local", "intravitreal"} & {str(row["trait"]) for row in rows}),
                one_unit_holds_all=answer.unit_semantics == "up_to", about_modifiers=about_modifiers,
                ended=ended, names=named,
            )  # fmt: skip
            seen = list(self._clause(clause, answer, line, is_replaced=clause.code in replaced))
            if not seen and clause.at >= 0 and clause.code not in of_relation:
                yield Statement(sentence.text, sentence.line, clause.code, None, Verdict.NOT_CHECKABLE)
            for judged in seen:
                yield _statement(sentence, clause.code, judged, answer)

    def _answer(self, code: str, on: date) -> CodeAnswer:
        """The code as of a day, or as of the last day that is known where it was not there."""
        answer = self.lookup.code(code, on)
        if answer.status is CodeStatus.NOT_IN_REFERENCE and (last := self.lookup.last_covered_day(code, on)):
            before = self.lookup.code(code, last)
            return before if before.status is CodeStatus.NOT_FOUND else answer
        return answer

    def _clause(self, clause: Clause, answer: CodeAnswer, line: Line, *, is_replaced: bool) -> Iterator[Judged]:
        if answer.status is CodeStatus.NOT_FOUND:
            if clause.at >= 0:
                denied = bool(_NOT_THERE.search(clause.text))
                yield Judged.of(Kind.EXISTENCE, answer.why or "no such code", right=denied)
            return
        if answer.status is CodeStatus.NOT_IN_REFERENCE or code_form(clause.code) is not CodeForm.LEVEL_II:
            return
        if clause.at >= 0 and not is_replaced:
            yield from span(clause, answer)
        if clause.at >= 0:
            yield from coverage(clause, line.text, answer, lambda: self._status(clause.code, answer.on))
        drug = self.vocabulary.drugs.get(clause.code)
        yield from self._drug(clause, answer, drug)
        yield from uses(clause, line)

    def _drug(self, clause: Clause, answer: CodeAnswer, drug: Drug | None) -> Iterator[Judged]:
        if drug is None:
            if clause.code in _UNCLASSIFIED and (judged := unclassified(clause, answer)):
                yield judged
            return
        if judged := None if has_modifier(clause.text) else service(clause, answer):
            yield judged
            if not judged.is_right:
                return
        if clause.at >= 0:
            names = self.vocabulary.mentions(clause.text)
            yield from meaning(clause, names, drug, answer, lambda: self._of_same_drug(clause.code, drug, answer.on))
        yield from billing_unit(clause, answer)
        if clause.at >= 0 and not has_modifier(clause.text):
            yield from routes(clause, drug)

    def _of_same_drug(self, code: str, drug: Drug, on: date) -> list[str]:
        """Other codes of a drug that may be billed on a day."""
        return [
            other
            for other, one in self.vocabulary.drugs.items()
            if other != code
            and one.ingredients & drug.ingredients
            and self.lookup.code(other, on).status is CodeStatus.ACTIVE
        ]

    def _status(self, code: str, on: date) -> str | None:
        """The status indicator of hospital outpatient payment on a day, where a release tells it."""
        rows = self.lookup.told(tables.OPPS_STATUS, "hcpcs_code", code, on).rows
        return next((str(row["status_indicator"]) for row in rows), None)

    def _ended(self, on: date) -> dict[str, str]:
        """Modifiers that ended before a day, with the words for it."""
        found = {}
        for name in _ENDING:
            rows = self.lookup.told(tables.MODIFIER, "modifier", name, on).rows
            last = next((row["span_to"] for row in rows), None)
            if isinstance(last, date) and last < on:
                found[name] = f"modifier {name} ended on {last}"
        return found

    def _relations(self, related: Iterable[Followed], on: date) -> Iterator[tuple[Judged, str]]:
        for old, new, same in related:
            if same:
                one, two = (self.vocabulary.drugs.get(code) for code in (old, new))
                if one and two:
                    official = f"{old}: {one.in_words}; {new}: {two.in_words}"
                    judged = Judged.of(Kind.SIMILAR, official, right=bool(one.ingredients & two.ingredients))
                    yield from ((judged, old), (judged, new))
                continue
            followers = {str(row["replaced_by"]) for row in self.lookup.followers(old, date.max)}
            if followers:
                official = f"{old} was replaced by {' or '.join(sorted(followers))}"
                yield Judged.of(Kind.SIMILAR, official, right=new in followers), old
            elif (judged_or_not := self._may_follow(old, new, on)) is not None:
                yield judged_or_not, old

    def _may_follow(self, old: str, new: str, on: date) -> Judged | None:
        """Whether two codes, of which no publication says that one followed the other, can have done so."""
        first, second = self.lookup.code(old, on), self.lookup.code(new, on)
        one, two = self.vocabulary.drugs.get(old), self.vocabulary.drugs.get(new)
        if one and two and not one.ingredients & two.ingredients:
            return Judged.of(Kind.SIMILAR, f"{old} is {one.in_words}, {new} is {two.in_words}", right=False)
        if first.status is CodeStatus.ACTIVE and second.status in (CodeStatus.ACTIVE, CodeStatus.NOT_FOUND):
            return Judged.of(Kind.SIMILAR, f"{old} has not ended", right=False)
        if one and two and first.valid_to and second.valid_from and second.valid_from > first.valid_to:
            official = f"{old} ended on {first.valid_to}, {new} began on {second.valid_from}, for the same drug"
            return Judged.of(Kind.SIMILAR, official, right=True)
        return None


def _with_headings(found: Iterable[Sentence]) -> Iterator[Sentence]:
    """The sentences, the first under a short heading with the heading before it where only one of them has a code."""
    heading: Sentence | None = None
    for one in found:
        if one.is_heading:
            heading = one
            yield one
            continue
        joins = heading and len(heading.text) < _SHORT_HEADING
        if heading and joins and bool(CODE.search(heading.text)) != bool(CODE.search(one.text)):
            yield one._replace(lead=f"{heading.text}: ")
        else:
            yield one
        heading = None


def _statement(sentence: Sentence, code: str, judged: Judged, answer: CodeAnswer) -> Statement:
    source = next(iter(answer.releases), "")
    return Statement(sentence.text, sentence.line, code, judged.kind, judged.verdict, judged.official, source)
