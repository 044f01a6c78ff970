"""The rules of the rulebook as data: complete, readable, and every id that anything cites can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleanclaim.edits.citations import rules_of
from cleanclaim.edits.collection import shipped_edits
from cleanclaim.edits.page_files import shipped_pages
from cleanclaim.edits.rules import PREFIXES, RULE_ID, read_rules, shipped_rules
from cleanclaim.errors import UnreadableInput
from tests.shared import SHARED, needs_shared

ROOT = Path(__file__).parents[2]
DOMAIN = SHARED / "domain"
BRITISH = re.compile(
    r"(?i)\b(?:(?:author|recogn|summar|normal|organ|special|minim|maxim|util|final)is(?:e|ed|ing|ation)s?"
    r"|\w*(?:anaem|anaesth|haemo|oedema|tumour|titre)\w*|labell(?:ed|ing)|licence|programme|centre|colour|favour"
    r"|behaviour|enrolment|grey|judgement|acknowledgement|catalogue|whilst|cancelled|fulfil)\b"
)
RULE = """
rules:
  - page: "A"
    topics:
      - topic: "B"
        rules:
          - id: UNW-01
            sentence: "Something holds."
            confidence: S
            sources: [KEY]
sources:
  KEY: {title: "Where"}
"""


def test_every_rule_is_one_or_two_readable_sentences() -> None:
    for rule in shipped_rules().values():
        assert rule.sentence.endswith("."), rule.id
        assert len(rule.sentence) < 400, rule.id
        assert not rule.sentence.lstrip('"')[0].islower(), rule.id
        assert len(re.findall(r"\.(?= [A-Z])", rule.sentence)) <= 2, rule.id
        assert not BRITISH.search(rule.sentence), (rule.id, BRITISH.search(rule.sentence))
        assert "|" not in rule.sentence, rule.id


def test_every_source_has_a_title_and_an_address_that_is_one() -> None:
    sources = {one.key: one for rule in shipped_rules().values() for one in (*rule.authority, *rule.sources)}
    assert len(sources) > 150
    for one in sources.values():
        assert len(one.title) > 10, one.key
        assert not BRITISH.search(one.title), one.key
        assert one.address is None or re.fullmatch(r"https://[a-z0-9.-]+\.[a-z]{2,4}/\S*", one.address), one.key
    assert sources["CFR414.904"].address == "https://www.ecfr.gov/current/title-42/section-414.904"


def test_what_was_read_in_a_source_names_it() -> None:
    without = [rule.id for rule in shipped_rules().values() if rule.confidence == "S" and not rule.sources]
    assert all(shipped_rules()[key].authority for key in without), without


def test_the_edits_of_rules_are_edits() -> None:
    edits = {edit.id for edit in shipped_edits()}
    assert {edit for rule in shipped_rules().values() for edit in rule.edits} <= edits
    unruled = {page.front.id for page in shipped_pages() if not rules_of(page)}
    assert unruled == set(), (
        "every edit checks a rule: cite one in the prose of its page, or name the edit in edits/rules.yaml"
    )


def cited() -> Iterator[tuple[str, str]]:
    """Every rule id that code, pages, data and documents cite, and the file."""
    folders = (ROOT / "src" / "cleanclaim", ROOT / "docs", ROOT / "examples", ROOT / "benchmarks")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    for path in (*files, ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"):
        if path.suffix in {".py", ".md", ".yaml", ".sql", ".csv", ".j2", ".typ", ".json"}:
            for key in RULE_ID.findall(path.read_text(encoding="utf-8")):
                yield key, str(path.relative_to(ROOT))


def test_every_rule_that_anything_cites_can_be_read() -> None:
    found = set(cited())
    assert {"UNW-13", "COD-60", "ADM-18", "DOC-34"} <= {key for key, _ in found}
    assert sorted((key, file) for key, file in found if key not in shipped_rules()) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("confidence: S", "confidence: X", "rules.0.topics.0.rules.0.confidence: Invalid enum value 'X'"),
        ("sources: [KEY]", "sources: [OTHER]", "rules.yaml: UNW-01: sources has no `OTHER`"),
        ("            sources: [KEY]\n", "", "rules.yaml: sources: no rule names `KEY`"),
        ("id: UNW-01", "id: UNW-1", "Expected `str` matching regex"),
        ("sentence:", "says:", "Object contains unknown field `says`"),
        ('title: "Where"', 'title: "Where", address: "http://x.org"', "Expected `str` matching regex '^https://'"),
        ("rules:\n  - page", "rules: [\n  - page", "not YAML: did not find"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_refused_with_file_and_key(old: str, new: str, said: str) -> None:
    assert set(read_rules(RULE)) == {"UNW-01"}
    assert old in RULE
    with pytest.raises(UnreadableInput, match=rf"^rules\.yaml:(\d+:)?.*{re.escape(said.removeprefix('rules.yaml:'))}"):
        read_rules(RULE.replace(old, new, 1))


def test_an_id_given_twice_is_refused() -> None:
    rule = RULE[RULE.index("          - id") : RULE.index("sources:\n  KEY")]
    with pytest.raises(UnreadableInput, match=r"rules.yaml: id given twice: UNW-01"):
        read_rules(RULE.replace(rule, rule + rule, 1))


class Defined:
    """What the rulebook's own pages define, read anew: each id with the marks of its row."""

    # Pages that say of rules without a mark: segment facts were read in the maps, thresholds are a design, what a
    # checker must say is one too; else nobody confirmed it.
    UNMARKED = (("FMT-", "S"), ("PRS-", "D"), ("PA-6", "D"), ("", "K"))

    def __init__(self) -> None:
        self.confidence: dict[str, str] = {}
        key = rf"((?:{'|'.join(PREFIXES)})-[0-9]+)"
        forms = (
            rf"\|\s*\**{key}\**\s*\|(.*)",
            rf"\s*[*-]\s+\**{key}\**(?=:|\W)(.*)",
            rf"{key}:(.*)",
            rf"## .*\({key}\)()$",
        )
        for path in sorted(DOMAIN.glob("*.md")):
            if path.name in {"README.md", "edits.md", "sources-2026-11.md"}:
                continue
            for line in path.read_text(encoding="utf-8").splitlines():
                for form in forms:
                    if found := re.match(form, line):
                        assert found[1] not in self.confidence, f"{found[1]} is defined twice"
                        self.confidence[found[1]] = self._weakest(found[1], found[2])
                        break

    def _weakest(self, key: str, row: str) -> str:
        marks = {mark for group in re.findall(r"\[([^\[\]]*)\]", row) for mark in self._marks(group)}
        unmarked = next(mark for start, mark in self.UNMARKED if key.startswith(start))
        return next((mark for mark in "DKS" if mark in marks), unmarked)

    @staticmethod
    def _marks(group: str) -> Iterator[str]:
        # [S:KEY], [K], [D], [S/K], [S:KEY; K], [K liability]
        for part in re.split(r"[;/,] ?", group):
            if found := re.match(r"(S(?=:|$)|[KD](?=$| ))", part):
                yield found[1]


class TestAgainstTheRulebook:
    pytestmark = needs_shared

    def test_every_rule_of_the_rulebook_is_there_and_none_else(self) -> None:
        assert set(shipped_rules()) == set(Defined().confidence)

    def test_each_has_the_confidence_of_its_weakest_mark(self) -> None:
        defined = Defined().confidence
        assert {key: str(rule.confidence) for key, rule in shipped_rules().items()} == defined

    def test_no_sentence_is_copied(self) -> None:
        text = " ".join(path.read_text(encoding="utf-8") for path in DOMAIN.glob("*.md")).replace("*", "")
        copied = [rule.id for rule in shipped_rules().values() if len(rule.sentence) > 120 and rule.sentence in text]
        assert copied == []
