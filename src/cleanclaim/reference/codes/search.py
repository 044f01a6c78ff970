"""Codes found by what people remember of them: a name, words, an NDC, part of a number, with typos.

Every word of the query counts as much as it is rare; a word that is in no name or descriptor is taken for the nearest
one that is. What is found is ranked: codes that have the query as their name, then those with all its words, then what
is only near; within each, codes that may be billed on the day first. Each hit says why it is one.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from cleanclaim.errors import InvalidValue
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.look_alikes import look_alikes
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.codes.naming import NDC, Match, NamedCode, named_codes
from cleanclaim.reference.codes.search_terms import SEARCH_TERM, VOCABULARY, terms_of

MOST_HITS = 10
_MOST_LOOKED_UP = 25  # of the candidates with the best words: each costs a look-up
_WHOLE_CODE = re.compile(r"(?<![A-Z0-9])(?:[A-Z]-?[0-9][0-9OIL]{3}|[0-9]{4}[0-9AFMTU])(?![A-Z0-9])")
_PART_OF_CODE = re.compile(r"[A-Z]?[0-9]{2,4}|[A-Z][0-9]")
_LETTERS_FOR_DIGITS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_PREFIX, _INSIDE, _TYPO = 0.85, 0.6, 0.75  # of what the word itself would count
_CLOSE = 78  # of 100: how like a word must be to be taken for a typo of it
_KEPT = 0.6  # of the best score: below it a hit is noise
_NOT_ACTIVE = 0.8
_SURENESS = {Match.EXACT: 0, Match.BRAND: 0, Match.SYNONYM: 0, Match.WORD: 1, Match.NEAR: 2}


@dataclass(frozen=True, slots=True)
class Hit:
    """A code that answers a search."""

    code: str
    match: Match
    status: CodeStatus
    descriptor: str | None
    valid_from: date | None
    valid_to: date | None
    score: int  # of 100: how much of the query it answers
    why: str


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What a search found on a day, best first; `why` says what was taken for what, or that nothing was found."""

    query: str
    on: date
    hits: tuple[Hit, ...]
    why: str | None = None
    releases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    """A term of the library that stands for a word of the query."""

    term: str
    share: float  # 1 for the word itself
    how: str


class Search:
    """Searches in one open library."""

    def __init__(self, lookup: Lookup) -> None:
        """Reads the vocabulary at the first search by words."""
        self.lookup = lookup

    def find(self, query: str, on: date, *, most: int = MOST_HITS) -> SearchAnswer:
        """The codes that a query may mean on a day.

        Raises: InvalidValue for a query without a letter or digit.
        """
        text = query.strip()
        if not re.search(r"[A-Za-z0-9]", text):
            raise InvalidValue("a search needs a word, a number or a code")
        number = text.upper().replace(" ", "")
        if NDC.fullmatch(number):
            return self._by_ndc(query, number, on, most)
        numbers = [(found[0], _read_as(found[0])) for found in _WHOLE_CODE.finditer(text.upper())]
        if numbers:
            return self._by_numbers(query, numbers, on, most)
        if _PART_OF_CODE.fullmatch(number):
            answer = self._by_part(query, number, on, most)
            if answer.hits:
                return answer
        return self._by_words(query, on, most)

    def _by_ndc(self, query: str, number: str, on: date, most: int) -> SearchAnswer:
        answer = self.lookup.ndc(number, on)
        codes = dict.fromkeys(one.hcpcs_code for one in answer.hcpcs)
        hits = [self._hit(code, on, Match.EXACT, 100, f"{answer.hcpcs[0].ndc11} is listed under it") for code in codes]
        return SearchAnswer(query, on, tuple(hits[:most]), answer.why, answer.releases)

    def _by_numbers(self, query: str, numbers: Sequence[tuple[str, str]], on: date, most: int) -> SearchAnswer:
        """Whole code numbers are looked up, never taken for others; of one that is none, the look-alikes are told."""
        hits, notes = [], []
        for written, code in dict.fromkeys(numbers):
            standing = self.lookup.standing(code, on)
            if written != code:
                notes.append(f"read as {code}")
            if standing.row:
                hits.append(self._hit(code, on, Match.EXACT if written == code else Match.NEAR, 100, "the number"))
                continue
            near = [other for other in look_alikes(code) if other in self.lookup.known_codes][:5]
            slips = f"; one slip away: {', '.join(near)}" if near else ""
            notes.append(f"no code {code}: {standing.why}{slips}")
        return self._answer(query, on, hits[:most], "; ".join(notes) or None)

    def _by_part(self, query: str, number: str, on: date, most: int) -> SearchAnswer:
        codes = sorted(code for code in self.lookup.codes if number in code)
        hits = [self._hit(code, on, Match.NEAR, 50, "the number") for code in codes[:_MOST_LOOKED_UP]]
        known = _ranked([hit for hit in hits if hit.status is not CodeStatus.NOT_FOUND], most)
        why = f"{len(codes)} codes have {number} in their number" if len(codes) > len(known) else None
        return self._answer(query, on, known, why)

    def _by_words(self, query: str, on: date, most: int) -> SearchAnswer:
        words = list(dict.fromkeys(terms_of(query)))
        scores: dict[str, float] = defaultdict(float)
        reasons: dict[str, list[str]] = defaultdict(list)
        itself: dict[str, int] = defaultdict(int)  # words of the query that a code has as they are
        notes = []
        whole = sum(self._rarity(word) for word in words)
        for word in words:
            stand_ins = list(self._stand_ins(word))
            if stand_ins and all(one.how for one in stand_ins):
                notes.append(f"{word!r} {stand_ins[0].how} {stand_ins[0].term!r}")
            elif not stand_ins:
                notes.append(f"{word!r} is in no name or descriptor")
            for code, (share, reason, as_is) in self._codes_of(stand_ins).items():
                scores[code] += share * self._rarity(word)
                reasons[code].append(reason)
                itself[code] += as_is
        named = {one.code: one for one in named_codes(self.lookup, query)}
        best = sorted(scores, key=lambda code: (-scores[code], code))[:_MOST_LOOKED_UP]
        hits = [self._named(one, on) for one in named.values()][:_MOST_LOOKED_UP]
        for code in best if whole else ():
            if code not in named:
                match = Match.WORD if itself[code] == len(words) else Match.NEAR
                by = "; ".join(dict.fromkeys(reasons[code]))
                hits.append(self._hit(code, on, match, round(100 * scores[code] / whole), by))
        why = "; ".join(notes) or None
        if not hits:
            why = f"no code of the library is found by {query.strip()!r}" + (f": {why}" if why else "")
        return self._answer(query, on, _ranked(hits, most), why)

    def _named(self, named: NamedCode, on: date) -> Hit:
        how = {Match.EXACT: "the name of its drug", Match.BRAND: "the name of a product", Match.SYNONYM: "a synonym"}
        return self._hit(named.code, on, named.match, 100, f"{named.name}: {how[named.match]}")

    def _answer(self, query: str, on: date, hits: Sequence[Hit], why: str | None) -> SearchAnswer:
        rows = (self.lookup.standing(hit.code, on).row for hit in hits)
        return SearchAnswer(
            query, on, tuple(hits), why, tuple(dict.fromkeys(str(row["release"]) for row in rows if row))
        )

    def _hit(self, code: str, on: date, match: Match, score: int, why: str) -> Hit:
        standing = self.lookup.standing(code, on)
        return Hit(code, match, standing.status, standing.descriptor, *standing.span, min(score, 100), why)

    def _codes_of(self, words: Sequence[_Word]) -> dict[str, tuple[float, str, bool]]:
        """How much of a word each code answers, by which term, and whether by the word as it is."""
        best: dict[str, tuple[float, str, bool]] = {}
        for word in words:
            for row in self.lookup.index.rows(SEARCH_TERM, "term", word.term):
                weight = row["weight"] if isinstance(row["weight"], int) else 0
                share = word.share * weight / 100
                code = str(row["hcpcs_code"])
                if share > best.get(code, (0.0, "", False))[0]:
                    best[code] = share, f"{word.term} in the {row['place']}", not word.how
        return best

    def _stand_ins(self, word: str) -> Iterator[_Word]:
        """The terms that a word may mean: itself, else what begins with it, has it inside, or is like it."""
        known = self._vocabulary
        if word in known:
            yield _Word(word, 1, "")
        longer = [term for term in known if term.startswith(word) and term != word] if len(word) >= 3 else []
        yield from (_Word(term, _PREFIX, "begins") for term in longer[:20])
        if word in known or longer:
            return
        inside = [term for term in known if word in term] if len(word) >= 4 else []
        yield from (_Word(term, _INSIDE, "is inside") for term in inside[:20])
        if not inside and len(word) >= 4 and not word.isdigit():
            from rapidfuzz import fuzz, process  # noqa: PLC0415 - only a slip of the keyboard needs it

            for term, likeness, _ in process.extract(
                word, self._words, scorer=fuzz.ratio, limit=5, score_cutoff=_CLOSE
            ):
                yield _Word(term, _TYPO * likeness / 100, "is taken for")

    def _rarity(self, word: str) -> float:
        """How much a word tells: much when few codes have it."""
        return math.log(2 + len(self.lookup.codes) / (1 + self._vocabulary.get(word, 0)))

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        rows = self.lookup.index.every(VOCABULARY)
        return {str(row["term"]): count for row in rows if isinstance(count := row["codes"], int)}

    @cached_property
    def _words(self) -> list[str]:
        return [term for term in self._vocabulary if not term.isdigit()]


def _read_as(written: str) -> str:
    """The code number that somebody wrote with a hyphen, or with letters for digits."""
    bare = written.replace("-", "")
    return bare[:1] + bare[1:].translate(_LETTERS_FOR_DIGITS) if bare[0].isalpha() else bare


def _ranked(hits: Sequence[Hit], most: int) -> list[Hit]:
    def value(hit: Hit) -> float:
        return hit.score * (1 if hit.status is CodeStatus.ACTIVE else _NOT_ACTIVE)

    best = max(map(value, hits), default=0)
    kept = [hit for hit in hits if value(hit) >= _KEPT * best]
    return sorted(kept, key=lambda hit: (_SURENESS[hit.match], -value(hit), hit.code))[:most]
