"""What `explain` prints: an edit, a rule of the rulebook, a reason or remark code; in words or as data."""

from __future__ import annotations

import difflib
import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import msgspec

from cleanclaim.cli.options import ShortFormat
from cleanclaim.edits.citations import ReasonAnswer, RuleAnswer, is_known, reason_answer, rule_answer
from cleanclaim.edits.page_files import pages_of_folder, shipped_pages
from cleanclaim.edits.reasons import reason_code, shipped_reasons
from cleanclaim.edits.rules import Source, shipped_rules
from cleanclaim.errors import UnknownName

if TYPE_CHECKING:
    from cleanclaim.edits.outcomes import Edit
    from cleanclaim.edits.pages import Page

_WIDTH = 80
_NEAR = 3
_LABEL = re.compile(r"  \S+ {2,}|  ")  # what stands before the text of a line: a word in a column, or a margin

Found = RuleAnswer | ReasonAnswer | str  # the id of an edit stands for the edit


def explained(
    wanted: Sequence[str], own: Path | None, reference: Path | None, today: date
) -> list[Edit | RuleAnswer | ReasonAnswer]:
    """What each of some names stands for: the id or name of an edit, a rule, a reason or remark code.

    Raises:  UnknownName with the nearest names.
    """
    pages = (*shipped_pages(), *(pages_of_folder(own) if own else ()))
    found = [_found(text.strip(), pages, reference, today) for text in wanted]
    return [_edit(one, own) if isinstance(one, str) else one for one in found]


def _found(wanted: str, pages: Sequence[Page], reference: Path | None, today: date) -> Found:
    edits = {key.lower(): page for page in pages for key in (page.front.id, page.name, *page.front.aliases)}
    if page := edits.get(wanted.lower()):
        return page.front.id
    if rule := shipped_rules().get(wanted.upper()):
        return rule_answer(rule, pages)
    if code := reason_code(wanted):
        from cleanclaim.reference.library import Library  # noqa: PLC0415 - only the words of a reason code stand there

        library = Library.open(reference)
        if is_known(code, pages, library):
            return reason_answer(code, pages, library, today)
    if wanted.lower() == "terms":
        raise UnknownName("`terms` stands alone, with options: `explain terms --code J1745 --place 11`")
    near = _nearest(wanted, edits)
    raise UnknownName(
        f"`{wanted}` is no edit, no rule and no reason code" + (f"; did you mean {', '.join(near)}?" if near else "")
    )


def _nearest(wanted: str, edits: dict[str, Page]) -> list[str]:
    reasons = shipped_reasons()
    # A code is near to codes written as it was: CO-999 to CO-96, N82 to N822.
    group = wanted.upper().partition("-")[0] if "-" in wanted else ""
    codes = [f"{group}-{carc}" if group in reasons.groups else carc for carc in reasons.carcs]
    names = {key.lower(): key for key in (*shipped_rules(), *codes, *reasons.rarcs)}
    names |= {key: page.front.id if key == page.front.id.lower() else key for key, page in edits.items()}
    return [names[key] for key in difflib.get_close_matches(wanted.lower(), names, n=_NEAR, cutoff=0.5)]


def _edit(wanted: str, own: Path | None) -> Edit:
    from cleanclaim.edits.collection import all_edits, find_edit  # noqa: PLC0415 - loads the SQL parser

    return find_edit(all_edits(own), wanted)


def write_explained(told: Sequence[Edit | RuleAnswer | ReasonAnswer], output_format: ShortFormat, out: TextIO) -> None:
    """Explanations in words, a blank line between two; as a JSON list, or as JSON Lines."""
    if output_format is ShortFormat.TABLE:
        out.write("\n\n".join("\n".join(_lines(one)) for one in told) + "\n")
        return
    data = [msgspec.to_builtins(_as_data(one)) for one in told]
    if output_format is ShortFormat.JSON:
        out.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    else:
        out.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in data)


def _as_data(told: Edit | RuleAnswer | ReasonAnswer) -> object:
    if isinstance(told, RuleAnswer | ReasonAnswer):
        return told
    from cleanclaim.edits.explaining import edit_answer  # noqa: PLC0415 - loads the facts

    return edit_answer(told)


def _lines(told: Edit | RuleAnswer | ReasonAnswer) -> Iterator[str]:
    match told:
        case RuleAnswer():
            return _rule(told)
        case ReasonAnswer():
            return _reason(told)
        case _:
            from cleanclaim.cli.catalogue import explained as edit_explained  # noqa: PLC0415 - loads the facts

            return (line for text in edit_explained(told) for line in _wrapped(text))


def _rule(told: RuleAnswer) -> Iterator[str]:
    yield f"{told.id}: {told.page} / {told.topic}"
    yield ""
    yield from _entry("", told.sentence, indent=0)
    yield ""
    yield from _entry(f"Confidence {told.confidence}: ", told.confidence_means, indent=0, hang=2)
    for title, sources in (("Rests on", told.authority), ("Read in", told.sources)):
        if sources:
            yield ""
            yield title
            for one in sources:
                yield from _source(one)
    yield ""
    yield "Edits" if told.edits else "No edit checks it."
    for edit in told.edits:
        yield from _entry(f"{edit.id} {edit.name}: ", edit.title, hang=4)


def _source(one: Source) -> Iterator[str]:
    yield from _entry("", one.title, hang=4)
    if one.address:
        yield f"    {one.address}"


def _reason(told: ReasonAnswer) -> Iterator[str]:
    yield from _entry(f"{told.code}: ", told.means or "we have no words for it", indent=0, hang=2)
    if told.ended:
        yield f"  ended     {told.ended}: no longer used"
    if told.group_means:
        yield from _entry(f"{told.group:<10}", told.group_means)
    yield from _entry("to do     ", told.do or "nothing is written about it: ask the payer")
    if told.group_do:
        yield from _entry("          ", told.group_do)
    if told.rules:
        rules = ", ".join(rule.id for rule in told.rules)
        yield from _entry("by rules  ", f"{rules} (confidence {told.confidence})")
    yield ""
    count = len(told.predicted_by)
    if count:
        yield f"Predicted by {count} edit{'s' if count > 1 else ''}{', likeliest first' if count > 1 else ''}"
    else:
        yield "No edit predicts it."
    for edit in told.predicted_by:
        yield from _entry(f"{edit.id} {edit.name}: ", edit.title, hang=4)
        yield from _entry("  expect  ", " or ".join(edit.expect))
        for number, fix in enumerate(edit.fixes):
            yield from _entry("          " if number else "  fix     ", _plain(fix))
    if told.other_groups:
        yield f"Edits predict {told.carc} under {', '.join(told.other_groups)} too."


def _wrapped(text: str) -> Iterator[str]:
    """A line of an edit's explanation, or its prose, in lines of 80 columns."""
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ""
        if "\n" in paragraph and not re.search(r"^[-*|]", paragraph, re.MULTILINE):
            yield from _entry("", " ".join(paragraph.split()), indent=0)
            continue
        for line in paragraph.split("\n"):
            label = _LABEL.match(line)
            start = label[0] if label else ""
            yield from _entry(start, line[len(start) :], indent=0, hang=4 if start == "  " else len(start) or 2) or [""]


def _entry(label: str, text: str, *, indent: int = 2, hang: int | None = None) -> list[str]:
    """A label and a text of several lines, each after the first as far in as the label is long."""
    start = " " * indent
    further = " " * (indent + len(label) if hang is None else hang)
    return textwrap.wrap(
        text, _WIDTH, initial_indent=start + label, subsequent_indent=further, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _plain(fix: str) -> str:
    # A fix names facts of the line in braces; without a line it names what would stand there.
    return re.sub(r"\{(\w+)\}", lambda found: f"[{found[1].replace('_', ' ')}]", fix)
