"""What users read is American English in short sentences, and never the internal name of a fact."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from cleanclaim.app import Checker
from cleanclaim.cli.commands import app
from cleanclaim.cli.shapes import shape_text
from cleanclaim.edits.collection import shipped_edits
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.examples import facts_read
from cleanclaim.edits.findings import fix_of, message_of
from cleanclaim.edits.outcomes import Edit, EditCase
from cleanclaim.formats.x12.faults import KINDS
from tests.app.test_checker import claim, write

ROOT = Path(__file__).parents[1]
EDITS = shipped_edits()
LONGEST_SENTENCE = 110  # characters, with a fact of six characters in each pair of braces

_ISE = (
    "anonym|author|capital|categor|central|character|critic|custom|emphas|equal|familiar|final|formal|general|harmon|"
    "hospital|immun|initial|item|legal|local|maxim|memor|minim|modern|neutral|normal|optim|organ|penal|popular|prior|real|"
    "recogn|serial|special|stabil|standard|steril|subsid|summar|synchron|token|util|visual"
)
_WORDS = (
    r"analys(?:e|ed|es|ing)|anaem\w+|behaviour\w*|cancell(?:ed|ing)|catalogue\w*|centre\w*|cheques?|colour\w*|defence|enrolment|"
    r"favour\w*|foetal|foetus\w*|fulfil|grey|haemat\w+|haemo\w+|honour\w*|judgement|labell(?:ed|ing)|learnt|licence\w*|litre\w*|"
    r"modelled|neighbour\w*|oedema|oesoph\w+|orthopaedic|paediatric\w*|practis(?:e|ed|es|ing)|programmes?|spelt|tumour\w*|"
    r"travell\w+|unlabelled|whilst"
)
BRITISH = re.compile(rf"\b(?:(?:{_ISE})is(?:e|ed|es|ing|ation|ations)|{_WORDS})\b", re.IGNORECASE)
# Code, and the package `edits/catalogue` with what is named for it.
_NAMES = re.compile(r"`[^`]*`|\S*catalogue[/.]\S*|\S*/catalogue\S*|\bimport catalogue\b")
_FACT_NAME = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")


def british(text: str) -> list[str]:
    """The British spellings in a text, outside of code and paths."""
    return BRITISH.findall(_NAMES.sub(" ", text))


def commands() -> Iterator[tuple[str, Any]]:
    """Every command by its whole name."""
    waiting: list[tuple[str, Any]] = [("cleanclaim", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        yield name, command
        waiting += [(f"{name} {below}", item) for below, item in getattr(command, "commands", {}).items()]


def texts_of_commands() -> Iterator[tuple[str, str]]:
    for name, command in commands():
        yield name, f"{command.help or ''} {command.epilog or ''}"
        for parameter in command.params:
            yield f"{name} {parameter.name}", f"{' '.join(parameter.opts)} {getattr(parameter, 'help', '') or ''}"


def texts_of_pages() -> Iterator[tuple[str, str]]:
    for edit in EDITS:
        yield edit.id, f"{edit.page.title}\n{edit.page.prose}"
        for case in edit.cases:
            yield f"{edit.id} {case.case.name}", "\n".join(templates(edit, case))


def texts_of_facts() -> Iterator[tuple[str, str]]:
    for group in dictionary().groups:
        for name, column in group.head.columns.items():
            yield f"{group.name}.{name}", f"{column.ask}\n{column.meaning}"


def texts_of_code() -> Iterator[tuple[str, str]]:
    """The texts in the code that are sentences; what is explained to its readers is not among them."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in told
                and " " in node.value
            ):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


@cache
def texts() -> dict[str, list[tuple[str, str]]]:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    return {
        "commands": list(texts_of_commands()),
        "pages": list(texts_of_pages()),
        "facts": list(texts_of_facts()),
        "faults": [(name, f"{kind.message} {kind.expected}") for name, kind in KINDS.items()],
        "schemas": [(name, json.dumps(shape_text(name))) for name in ("", *shape_text("").split("\n"))],
        "docs": [(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in pages],
        "code": list(texts_of_code()),
    }


def templates(edit: Edit, case: EditCase) -> tuple[str, str]:
    """Message and fix of a case, with the facts still in braces."""
    return case.case.message or edit.page.front.message, (case.case.fix or edit.page.front.fix).say


@pytest.mark.parametrize("kind", ["commands", "pages", "facts", "faults", "schemas", "docs", "code"])
def test_no_british_spelling(kind: str) -> None:
    found = texts()[kind]
    assert found, "there is nothing to read"
    assert [(place, words) for place, text in found if (words := british(text))] == []


def test_british_spelling_is_seen() -> None:
    assert british("the authorisation, labelled in colour; `--licence`, edits/catalogue/ndc, otherwise, revised") == [
        "authorisation", "labelled", "colour",
    ]  # fmt: skip


def test_no_fact_is_called_by_its_name() -> None:
    named = []
    for edit in EDITS:
        for case in edit.cases:
            shown = [re.sub(r"\{\w+\}|`[^`]*`", "", text) for text in templates(edit, case)]
            named += [(edit.id, case.case.name, name) for text in shown for name in _FACT_NAME.findall(text)]
    assert named == []


def test_sentences_are_short() -> None:
    long = []
    for edit in EDITS:
        for case in edit.cases:
            for text in templates(edit, case):
                sentences = re.split(r"(?<=[.;:]) ", re.sub(r"\{\w+\}", "J12345", text))
                long += [(edit.id, case.case.name, one) for one in sentences if len(one) > LONGEST_SENTENCE]
    assert long == []


def test_every_fact_that_can_be_missing_is_asked_for_in_words() -> None:
    facts = dictionary()
    for edit in EDITS:
        for name in facts_read(edit):
            ask = facts.facts(edit.grain)[name].ask
            assert ask, f"{edit.id}: what would tell `{name}`?"
            assert not _FACT_NAME.search(re.sub(r"`[^`]*`", "", ask)), ask
    every = {(grain, name) for grain in {edit.grain for edit in EDITS} for name in facts.facts(grain)}
    assert all(facts.ask(grain, name) for grain, name in every)


def test_what_is_not_evaluated_says_what_is_missing_in_words(tmp_path: Path) -> None:
    line = {
        "hcpcs_code": "J1745",
        "modifiers": ["JW"],
        "billed_units": 40,
        "service_date": "2030-08-01",
        "ndc": "57894003001",
    }
    result = Checker.open(tmp_path / "none").check_files(
        [write(tmp_path, claim(lines=[line]))], show_not_evaluated=True
    )
    waiting = [finding for finding in result.findings if finding.missing]
    assert len({finding.id for finding in waiting}) > 20
    for finding in waiting:
        assert finding.message.startswith("Not evaluated; missing: ")
        assert not _FACT_NAME.search(re.sub(r"`[^`]*`", "", finding.message + finding.fix.say)), finding.message
    for summary in result.edits:
        assert not any(_FACT_NAME.search(re.sub(r"`[^`]*`", "", want)) for want in summary.wants), summary.wants


def test_facts_in_messages_read_as_people_write_them() -> None:
    def told(edit_id: str, case: str, **facts: object) -> tuple[str, str]:
        edit = next(edit for edit in EDITS if edit.id == edit_id)
        found = next(item for item in edit.cases if item.case.name == case)
        return message_of(edit, found, facts), fix_of(edit, found, facts).say

    assert told(
        "NDC-E-006", "disagrees", ndc_quantity=Decimal("16.000"), ndc_unit="ML", billed_units=Decimal(4000), expected_ndc_quantity=Decimal("160"),
        hcpcs_code="J9271",
    )[0] == "NDC quantity 16 ML does not match 4,000 units (expected 160 ML)."  # fmt: skip
    assert told("WASTE-002", "one-line")[0] == "Report JW or JZ on this line, not both."
    assert told(
        "FMT-E-003", "differs", total_charge=Decimal("12345.6"), line_charge_sum=Decimal("12000"),
    )[0] == "Total charge is $12,345.60, but the lines add up to $12,000.00."  # fmt: skip
    assert told("PAYR-002", "units", auth_units_left=Decimal(1), billed_units=Decimal(2))[0].endswith(
        "it had 1 unit left."
    )
    assert told("PAYR-002", "units", auth_units_left=Decimal("0.1"), billed_units=Decimal(2))[0].endswith(
        "it had 0.1 units left."
    )
    assert "two hours, rems enrollment" in told(
        "PAYR-007", "incomplete", policy_rems="SPRAVATO", hcpcs_code="G2083", rems_missing="two_hours, rems_enrollment"
    )[0]  # fmt: skip
    assert told("PAYR-016", "incomplete", policy="north_lake", hcpcs_code="J1745", documents_missing="lab_result")[
        0
    ] == ("Documents that north_lake requires for J1745 are not on file: lab result.")
