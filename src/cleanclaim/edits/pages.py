"""An edit page: one Markdown file that is the edit, its documentation and its test.

Front matter (YAML without aliases or tags) holds the facts of the edit, then comes prose, then an examples table. This
module reads the text and checks its form; `collection` checks it against the facts and the other pages.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import msgspec

from cleanclaim.errors import PageError
from cleanclaim.values import Severity
from cleanclaim.values.confidence import Confidence
from cleanclaim.yaml_text import YamlProblem, YamlText, place_of, read_yaml

MOST_PAGE_BYTES = 100_000
MOST_DEPTH = 20


class Grain(StrEnum):
    """What one row is."""

    LINE = "line"
    CLAIM = "claim"
    DRUG_DAY = "drug_day"
    LINE_PAIR = "line_pair"
    POLICY_LINE = "policy_line"
    DIAGNOSIS = "diagnosis"


class InForce(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A closed interval of service dates; a missing end is open."""

    first: date | None = msgspec.field(default=None, name="from")
    last: date | None = msgspec.field(default=None, name="to")

    def contains(self, day: date) -> bool:
        """Whether a day is in it."""
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


class Prediction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a remittance would say: group code, CARC and, where known, RARC."""

    group: str
    carc: str
    rarc: str | None = None


class Authority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who says so: title, place in it, address, how sure we are, and when somebody last looked."""

    title: Annotated[str, msgspec.Meta(min_length=3)]
    confidence: Confidence
    at: str | None = None
    url: str | None = None
    checked: date | None = None


class Fix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do about it, and whether a machine may do it without asking."""

    say: Annotated[str, msgspec.Meta(min_length=3)]
    safe: bool


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way in which the edit fires. What it leaves out is the page's."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]*$")]
    when: str
    severity: Severity
    in_force: InForce = InForce()
    message: str | None = None
    fix: Fix | None = None
    predicted: tuple[Prediction, ...] | None = None
    confidence: Confidence | None = None
    by_policy: tuple[str, ...] | None = None


class FrontMatter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of an edit, as its page writes them."""

    id: Annotated[str, msgspec.Meta(pattern="^[A-Z][A-Z0-9]*(-[A-Z])?-[0-9]{3}$")]
    grain: Grain
    message: str
    fix: Fix
    predicted: tuple[Prediction, ...]
    authority: Annotated[tuple[Authority, ...], msgspec.Meta(min_length=1)]
    cases: Annotated[tuple[Case, ...], msgspec.Meta(min_length=1)]
    scope: str = "true"
    in_force: InForce = InForce()
    unless_fires: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()  # ids: what these find on a line is the cause of what this finds there
    any_day: bool = False  # judged where the day of service is not known too: what it asks does not depend on it
    essential: bool = False  # a claim on which it could not be evaluated is not known to be ready
    aliases: tuple[str, ...] = ()
    by_policy: tuple[str, ...] = ()  # attributes of a policy, whose own word on what to expect goes before the page's


@dataclass(frozen=True, slots=True)
class Example:
    """A row of the examples table: what the facts are and what must come out."""

    name: str
    values: dict[str, str]  # as written; `?` is null, `-` the empty list
    outcome: str
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """An edit page as read."""

    name: str  # the file's: in words, the fault
    family: str  # the folder's
    file: str
    front: FrontMatter
    title: str
    prose: str
    examples: tuple[Example, ...]
    version: str  # digest of the page: it changes with any word of it
    lines: dict[str, int]  # line in the file of `scope` and of each case's `when`


def filled(case: Case, page: Page) -> Case:
    """A case with what it leaves out taken from its page."""
    front = page.front
    return Case(
        name=case.name, when=case.when, severity=case.severity, in_force=case.in_force, confidence=case.confidence,
        by_policy=front.by_policy if case.by_policy is None else case.by_policy,
        message=case.message or front.message, fix=case.fix or front.fix,
        predicted=front.predicted if case.predicted is None else case.predicted,
    )  # fmt: skip


def confidence_of(case: Case, page: Page) -> Confidence:
    """How sure we are of a case: as it says, else as the strongest authority of its page."""
    order = [Confidence.S, Confidence.K, Confidence.D]
    return case.confidence or min((item.confidence for item in page.front.authority), key=order.index)


def capped(severity: Severity, confidence: Confidence) -> Severity:
    """A severity that the confidence allows."""
    # What nobody confirmed may warn of a denial, but never stop a claim by itself.
    return Severity.DENY if severity is Severity.REJECT and confidence is not Confidence.S else severity


def read_page(text: str, *, name: str, family: str, file: str) -> Page:
    """The page in a text. Raises: PageError that names file and line."""
    if len(text.encode()) > MOST_PAGE_BYTES:
        raise PageError(f"the page is longer than {MOST_PAGE_BYTES} bytes", file=file)
    parts = re.match(r"---\n(.*?\n)---\n(.*)\Z", text, re.DOTALL)
    if not parts:
        raise PageError("expected front matter between two lines of `---`", file=file, line=1)
    front_text, body = parts[1], parts[2]
    try:
        read = read_yaml(front_text)
        front = msgspec.convert(read.value, FrontMatter, strict=True)
    except YamlProblem as problem:
        raise PageError(f"front matter: {problem}", file=file, line=problem.line + 1) from None
    except msgspec.ValidationError as error:
        _, steps = place_of(error)
        raise PageError(f"front matter: {error}", file=file, line=read.line(*steps) + 1) from None
    body_line = front_text.count("\n") + 3
    title = re.search(r"^# +(.+)$", body, re.MULTILINE)
    if not title:
        raise PageError("expected a title line `# ...` after the front matter", file=file, line=body_line)
    prose, _, examples = body.partition("\n## Examples\n")
    examples_line = text[: len(text) - len(examples)].count("\n") + 1
    return Page(
        name=name, family=family, file=file, front=front, title=title[1].strip(),
        prose=prose[title.end() :].strip(), examples=_examples(examples, examples_line, file),
        version=hashlib.sha256(text.encode()).hexdigest()[:12], lines=_expression_lines(read),
    )  # fmt: skip


def _expression_lines(read: YamlText) -> dict[str, int]:
    """Where the expressions of a page stand."""
    cases = range(len(read.value["cases"]))
    return {
        "scope": read.line("scope") + 1,
        **{f"case {number}": read.line("cases", number, "when") + 1 for number in cases},
    }


def _examples(text: str, first_line: int, file: str) -> tuple[Example, ...]:
    rows = [
        (first_line + number, [cell.strip() for cell in line.strip().strip("|").split("|")])
        for number, line in enumerate(text.splitlines())
        if line.lstrip().startswith("|")
    ]
    if len(rows) < 3:
        raise PageError("expected a table under `## Examples`", file=file, line=first_line)
    header, examples = rows[0][1], []
    if header[0] != "case" or header[-1] != "outcome":
        raise PageError("the examples table starts with `case` and ends with `outcome`", file=file, line=rows[0][0])
    for line, cells in rows[2:]:
        if len(cells) != len(header):
            raise PageError(f"{len(cells)} cells where the table has {len(header)} columns", file=file, line=line)
        values = dict(zip(header[1:-1], cells[1:-1], strict=True))
        examples.append(Example(cells[0], values, cells[-1], line))
    return tuple(examples)


def cell_value(text: str, kind: str) -> str | bool | int | Decimal | date | list[str] | None:
    """The value that a cell of the examples table stands for: `?` is null, `-` an empty list.

    Raises: ValueError when the text does not fit the kind (a `ColumnType` value).
    """
    if text == "?":
        return None
    match kind:
        case "text":
            return text
        case "list of text":
            return [] if text == "-" else text.split()
        case "boolean":
            if text not in {"yes", "no"}:
                raise ValueError(f"`{text}` is neither yes nor no")
            return text == "yes"
        case "integer":
            return int(text)
        case "date":
            return date.fromisoformat(text)
        case _:
            return Decimal(text)
