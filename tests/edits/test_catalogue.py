"""Every page's examples on every engine, and the health of the catalogue."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from cleanclaim.edits.collection import message_fields, shipped_edits
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.examples import ExampleRow, example_rows, example_table
from cleanclaim.edits.language.tree import And, Expression, Not, Or
from cleanclaim.edits.outcomes import Edit, Outcome, Verdict
from cleanclaim.edits.plan.rows import judge
from tests.edits.engines import ENGINES, on_closures, on_planes

EDITS = shipped_edits()
BY_ID = {edit.id: edit for edit in EDITS}
PAGES = {
    "CODE-001", "CODE-002", "UNIT-001", "UNIT-003", "WASTE-001", "WASTE-002", "WASTE-005", "WASTE-014", "NDC-E-002", "NDC-E-004",
    "MOD-010", "MOD-014", "MOD-017", "NCCI-002", "FMT-E-003",
    "CODE-004", "CODE-005", "CODE-007", "CODE-009", "UNIT-004", "WASTE-004", "WASTE-006", "WASTE-008", "NDC-E-001", "NDC-E-003", "NDC-E-005",
    "NDC-E-006", "NDC-E-009", "MOD-001", "MOD-003", "MOD-012", "MOD-025", "ADMN-001", "ADMN-002", "DX-002", "DX-003", "FMT-E-008", "FMT-E-013",
    "DEMO-006", "NCCI-001",
}  # fmt: skip


def rows_of(edit: Edit) -> list[ExampleRow]:
    return list(example_rows(edit))


def ids(edit: Edit) -> str:
    return edit.name


def test_the_catalogue_has_the_pages_of_the_issues_so_far() -> None:
    assert set(BY_ID) >= PAGES


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("edit", EDITS, ids=ids)
def test_examples(edit: Edit, engine: str) -> None:
    rows = rows_of(edit)
    found = ENGINES[engine](edit, example_table(edit, (row.row for row in rows)))
    wrong = [
        f"{row.example.name}: expected {' '.join(row.expected).strip()}, got {verdict.outcome} {verdict.case}".strip()
        for row, verdict in zip(rows, found, strict=True)
        if (verdict.outcome, verdict.case) != row.expected
    ]
    assert not wrong, "\n".join([f"{edit.page.file} on {engine}", *wrong])


@pytest.mark.parametrize("edit", EDITS, ids=ids)
def test_planes_and_closures_miss_the_same_facts(edit: Edit) -> None:
    table = example_table(edit, (row.row for row in rows_of(edit)))
    assert on_planes(edit, table) == on_closures(edit, table)


@pytest.mark.parametrize("edit", EDITS, ids=ids)
def test_not_evaluated_names_what_was_missing(edit: Edit) -> None:
    verdict = judge(edit)
    for row in rows_of(edit):
        found = verdict(row.row)
        assert bool(found.missing) == (found.outcome is Outcome.NOT_EVALUATED), row.example.name
        assert all(row.row[name] is None for name in found.missing), row.example.name


@pytest.mark.parametrize("edit", EDITS, ids=ids)
def test_every_page_shows_every_case_and_every_outcome_that_it_can_have(edit: Edit) -> None:
    shown = {row.expected for row in rows_of(edit)}
    outcomes = {outcome for outcome, _ in shown}
    assert {("fires", case.case.name) for case in edit.cases} <= shown
    assert {"clear", "not evaluated"} <= outcomes
    if edit.page.front.in_force.first or edit.page.front.in_force.last:
        assert "not in force" in outcomes
    if edit.page.front.scope != "true":
        assert "out of scope" in outcomes


@pytest.mark.parametrize("edit", EDITS, ids=ids)
def test_both_sides_of_every_date_boundary_are_shown(edit: Edit) -> None:
    days = {row.row["service_date"] for row in rows_of(edit)}
    for case in edit.cases:
        for day in {
            case.in_force.first,
            case.in_force.last,
            edit.page.front.in_force.first,
            edit.page.front.in_force.last,
        } - {None}:
            near = {other for other in days if other and abs((other - day).days) <= 1}
            assert len(near) == 2, f"{edit.page.file}: {case.case.name}: both sides of {day}"


def mutants(expression: Expression) -> list[tuple[str, Expression]]:
    """The expression with one clause removed, or one `not` dropped, in each possible place."""
    found: list[tuple[str, Expression]] = []
    match expression:
        case And() | Or():
            for place, item in enumerate(expression.items):
                rest = expression.items[:place] + expression.items[place + 1 :]
                found.append((f"without {item}", rest[0] if len(rest) == 1 else type(expression)(rest)))
                for name, changed in mutants(item):
                    found.append(
                        (name, type(expression)((*expression.items[:place], changed, *expression.items[place + 1 :])))
                    )
        case Not():
            found.append((f"without not {expression.item}", expression.item))
            found += [(name, Not(changed)) for name, changed in mutants(expression.item)]
    return found


def mutated_edits(edit: Edit) -> list[tuple[str, Edit]]:
    found = [(f"scope {name}", replace(edit, scope=changed)) for name, changed in mutants(edit.scope)]
    for place, case in enumerate(edit.cases):
        others = (edit.cases[:place], edit.cases[place + 1 :])
        if len(edit.cases) > 1:
            found.append((f"without case {case.case.name}", replace(edit, cases=(*others[0], *others[1]))))
        for name, changed in mutants(case.when):
            found.append(
                (f"{case.case.name} {name}", replace(edit, cases=(*others[0], replace(case, when=changed), *others[1])))
            )
    return found


@pytest.mark.parametrize("edit", EDITS, ids=ids)
def test_removing_any_clause_fails_an_example(edit: Edit) -> None:
    survivors = []
    for name, mutant in mutated_edits(edit):
        verdict = judge(mutant)
        if all((found := verdict(row.row), (found.outcome, found.case) == row.expected)[1] for row in rows_of(edit)):
            survivors.append(name)
    assert not survivors, "\n".join([edit.page.file, *survivors])


@pytest.mark.parametrize("edit", EDITS, ids=ids)
def test_blanking_a_fact_never_changes_one_outcome_into_another(edit: Edit) -> None:
    verdict = judge(edit)
    order = [case.case.name for case in edit.cases]
    for row in rows_of(edit):
        whole = verdict(row.row)
        for name in row.row:
            blank = verdict({**row.row, name: None})
            if name == "complete" or blank.outcome is Outcome.NOT_EVALUATED:
                continue
            allowed = [whole]
            if (
                whole.outcome is Outcome.FIRES
            ):  # the first *true* case is told: with an earlier one unknown it can be a later one
                allowed += [Verdict(Outcome.FIRES, later) for later in order[order.index(whole.case) + 1 :]]
            if row.row["complete"] and blank not in allowed:
                # `given` makes absence on a whole claim a statement of its own: blanking is then another claim, not less knowledge.
                partial = verdict({**row.row, name: None, "complete": False})
                assert partial in allowed or partial.outcome is Outcome.NOT_EVALUATED, (
                    f"{edit.page.file}: {row.example.name}: {name}"
                )
                continue
            assert blank in allowed, f"{edit.page.file}: {row.example.name}: blank {name}: {whole} -> {blank}"


@pytest.mark.parametrize("edit", EDITS, ids=ids)
def test_a_date_outside_is_not_in_force(edit: Edit) -> None:
    front = edit.page.front
    if front.in_force.first is None:
        assert all(row.expected[0] != "not in force" for row in rows_of(edit))
        return
    verdict = judge(edit)
    outside = front.in_force.first.replace(year=front.in_force.first.year - 1)
    for row in rows_of(edit):
        if row.row["service_date"] is not None:
            assert verdict({**row.row, "service_date": outside}).outcome is Outcome.NOT_IN_FORCE, row.example.name


def test_ids_names_and_pages_agree() -> None:
    assert len({edit.id for edit in EDITS}) == len(EDITS) == len({edit.name for edit in EDITS})
    for edit in EDITS:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", edit.name), edit.name
        assert all(silencer in BY_ID for silencer in edit.page.front.unless_fires), edit.name
        assert edit.page.prose, edit.name
        read = [authority for authority in edit.page.front.authority if authority.confidence == "S"]
        assert any(one.checked for one in read), f"{edit.name}: one authority needs `confidence: S` and `checked`"


def test_predictions_are_codes_and_messages_read_facts_of_the_grain() -> None:
    facts = dictionary()
    for edit in EDITS:
        names = facts.types(edit.grain)
        for case in edit.cases:
            assert case.case.predicted, edit.name
            for prediction in case.case.predicted or ():
                assert prediction.group in {"CO", "PR", "OA", "PI"}, edit.name
                assert re.fullmatch(r"[A-Z]?[0-9]{1,3}", prediction.carc), edit.name
                assert prediction.rarc is None or re.fullmatch(r"(M|MA|N)[0-9]{1,3}", prediction.rarc), edit.name
            assert set(message_fields(case.case.message or "")) <= set(names), edit.name
            assert "patient" not in (case.case.message or ""), edit.name


def test_what_nobody_confirmed_is_never_a_reject() -> None:
    unconfirmed = [
        (edit.id, case.case.name, case.severity) for edit in EDITS for case in edit.cases if case.confidence != "S"
    ]
    assert unconfirmed
    assert all(severity != "reject" for _, _, severity in unconfirmed)
