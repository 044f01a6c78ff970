"""Edits on paper: the list, a page explained, its SQL, its examples run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cleanclaim.edits.citations import expected, rules_of
from cleanclaim.edits.collection import all_edits, edits_of_folder, find_edit, shipped_edits
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.examples import example_rows, facts_read
from cleanclaim.edits.outcomes import Edit, EditCase
from cleanclaim.edits.plan.rows import judge
from cleanclaim.edits.plan.sql import outcome_sql


def listing(folder: Path | None) -> str:
    """The edits, a line each."""
    edits = all_edits(folder)
    width, severe = (max(len(text(edit)) for edit in edits) for text in (lambda edit: edit.name, _severities))
    rows = [f"{edit.id:<10} {edit.name:<{width}} {_severities(edit):<{severe}} {edit.page.title}" for edit in edits]
    return "\n".join([f"{'id':<10} {'name':<{width}} {'severity':<{severe}} what", *rows])


def sql_text(wanted: str, folder: Path | None) -> str:
    """An edit as SQL, with the facts that it reads."""
    edit = find_edit(all_edits(folder), wanted)
    facts = dictionary().facts(edit.grain)
    head = [f"-- {edit.id} {edit.name}: one row per {edit.grain.replace('_', ' ')}; facts read:"]
    head += [f"--   {name} ({facts[name].type}): {facts[name].meaning}" for name in facts_read(edit)]
    return "\n".join([*head, outcome_sql(edit)])


def failing_examples(pages: str) -> tuple[int, list[str]]:
    """How many examples the pages of a folder, or one shipped page, have, and those that come out otherwise."""
    count, failures = 0, []
    folder = Path(pages)
    for edit in edits_of_folder(folder) if folder.is_dir() else (find_edit(shipped_edits(), pages),):
        verdict_of = judge(edit)
        for row in example_rows(edit):
            count += 1
            verdict = verdict_of(row.row)
            if (verdict.outcome, verdict.case) != row.expected:
                expected, got = " ".join(row.expected).strip(), f"{verdict.outcome} {verdict.case}".strip()
                failures.append(
                    f"{edit.page.file}:{row.example.line}: {row.example.name}: expected {expected}, got {got}"
                )
    return count, failures


def _severities(edit: Edit) -> str:
    return "/".join(dict.fromkeys(case.severity for case in edit.cases))


def explained(edit: Edit) -> Iterator[str]:
    """The lines that explain an edit."""
    front = edit.page.front
    yield f"{edit.id} {edit.name}: {edit.page.title}"
    yield ""
    yield edit.page.prose
    yield ""
    yield f"One row is a {edit.grain.replace('_', ' ')}. It applies where: {front.scope}"
    for case in edit.cases:
        yield ""
        yield from _case(edit, case)
    facts = dictionary().facts(edit.grain)
    yield ""
    yield "Facts read"
    width = max(len(name) for name in facts_read(edit))
    for name in facts_read(edit):
        yield f"  {name:<{width}}  {facts[name].meaning} [{facts[name].source}]"
    yield ""
    yield "Sources"
    for item in front.authority:
        checked = f", checked {item.checked}" if item.checked else ""
        yield f"  {item.title}{f', {item.at}' if item.at else ''} [{item.confidence}{checked}]" + (
            f" {item.url}" if item.url else ""
        )
    if rules := rules_of(edit.page):
        yield ""
        yield f"Rules (`cleanclaim explain {rules[0]}` reads one)"
        yield f"  {', '.join(rules)}"
    yield ""
    yield "Examples"
    for example in edit.page.examples:
        yield f"  {example.name}: {example.outcome}"
    if front.essential:
        yield ""
        yield "Essential: a claim on which it could not be evaluated is `cannot say`, not ready."
    if front.follows:
        yield ""
        yield f"Follows from {', '.join(front.follows)}: where one of these fires on the line, it stands with it."
    if front.unless_fires:
        yield ""
        yield f"Not told where {', '.join(front.unless_fires)} fires on the line."
    yield ""
    yield f"Page version {edit.page.version}."


def _case(edit: Edit, case: EditCase) -> Iterator[str]:
    interval = case.in_force
    days = " ".join(
        part
        for part in (f"from {interval.first}" if interval.first else "", f"to {interval.last}" if interval.last else "")
        if part
    )
    lowered = (
        f" (the page says {case.case.severity}; never more than deny while nobody has confirmed it)"
        if case.case.severity != case.severity
        else ""
    )
    yield f"{case.case.name}: {case.severity}{lowered}, confidence {case.confidence}, {days or 'always in force'}"
    yield f"  when     {case.case.when}"
    yield f"  message  {case.case.message or edit.page.front.message}"
    fix = case.case.fix or edit.page.front.fix
    yield f"  fix      {fix.say}{' (safe to apply)' if fix.safe else ''}"
    yield f"  expect   {' or '.join(map(expected, case.case.predicted or ())) or 'no denial'}"
    if case.case.by_policy:
        yield f"  unless   a policy says otherwise (`on_fail`) that decides {' or '.join(case.case.by_policy)}"
