"""Policies decide edits: the tests that the examples bring, every attribute among them, and what a day changes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

import msgspec
import pytest

from cleanclaim.app.policy_tests import Judged, run_policy_tests
from cleanclaim.edits.collection import find_edit, shipped_edits
from cleanclaim.policies import Policies, read_policies
from cleanclaim.policies.contradicting import contradictions
from cleanclaim.policies.diagnosis_codes import named_in
from cleanclaim.policies.policy import Billing, BillTerms, Limits, Policy, Requires
from cleanclaim.policies.shipped import default_policies, with_defaults
from cleanclaim.policies.tables import HANDED_IN
from cleanclaim.reference.library import Library
from cleanclaim.terms import TermsOfPayers

EXAMPLES = Path(__file__).parents[2] / "examples" / "policies"
# Attributes that no edit reads yet: what an appeal or a corrected claim may rest on, and what billing alone reads.
TOLD_ALONE = {"billing.appeal_levels", "billing.corrected_claim_days", "requires.auth_scope"}
BILLED_BY = {f"billing.{name}" for name in BillTerms.__struct_fields__} - {
    "billing.ndc_units", "billing.skin_substitute_waste"
}  # fmt: skip


@pytest.fixture(scope="module")
def examples() -> Policies:
    return read_policies([EXAMPLES])


@pytest.fixture(scope="module")
def tested(examples: Policies, tmp_path_factory: pytest.TempPathFactory) -> list[Judged]:
    library = Library.open(tmp_path_factory.mktemp("library"))
    return list(run_policy_tests(examples, shipped_edits(), library))


def test_the_tests_of_the_examples_hold(tested: list[Judged]) -> None:
    assert len(tested) >= 60
    wrong = [f"{one.placed.test.name}: {one.wrong}" for one in tested if one.wrong]
    assert not wrong, "\n".join(wrong)


def test_a_wrong_expectation_is_told(examples: Policies, tmp_path: Path) -> None:
    placed = examples.tests[0]
    turned = {edit: "clear" if outcome != "clear" else "out of scope" for edit, outcome in placed.test.expect.items()}
    changed = msgspec.structs.replace(placed.test, expect=turned)
    only = Policies(examples.policies, examples.groups, (), (type(placed)(placed.file, placed.line, changed),))
    (one,) = run_policy_tests(only, shipped_edits(), Library.open(tmp_path))
    found = {edit: outcome for edit, _, outcome in one.wrong}
    assert found == placed.test.expect


def attributes() -> set[str]:
    said = {"requires": Requires, "limits": Limits, "billing": Billing}
    parts = {f"{part}.{name}" for part, shape in said.items() for name in shape.__struct_fields__}
    return parts | {"supply", "benefit", "documents"}


def test_every_attribute_stands_in_a_policy(examples: Policies) -> None:
    policies = (*examples.policies, *default_policies().policies)
    assert {name for one in policies for name in one.attributes()} == attributes()


def test_every_edit_of_a_policy_fires_and_is_clear_in_an_example(examples: Policies) -> None:
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for placed in examples.tests:
        for name, outcome in placed.test.expect.items():
            seen[find_edit(shipped_edits(), name).id].add(outcome)
    read: dict[str, set[str]] = {}
    for edit in shipped_edits():
        cases = {case.case.name: set(case.case.by_policy or edit.page.front.by_policy) for case in edit.cases}
        if edit.page.family in {"payer", "diagnosis", "demographic"} and any(cases.values()):
            read[edit.id] = set().union(*cases.values())
            assert "clear" in seen[edit.id], edit.id
            missing = {f"fires {name}" for name, said in cases.items() if said} - seen[edit.id]
            # Where an authorization is wrong is shown once for each way in the page; here the ways that a policy can bind.
            assert edit.id == "PAYR-002" or not missing, (edit.id, missing)
    others = {attribute for edit in shipped_edits() for case in edit.cases for attribute in case.case.by_policy or ()}
    decided = set().union(*read.values()) | others
    filing = {"billing.timely_filing_days", "billing.timely_filing_years"}  # DEMO-005 keeps its own consequence
    through_facts = {"billing.ndc", "billing.ndc_units", "documents", *filing}  # NDC-E-001, NDC-E-005, PAYR-016
    assert attributes() - decided - through_facts - TOLD_ALONE - BILLED_BY == set()


def test_medicare_ships_as_policies_of_every_payer_and_of_its_contractors() -> None:
    shipped = default_policies()
    assert not shipped.faults
    contractors = {payer for one in shipped.policies for payer in one.payer_id} - {"*"}
    assert all(len(payer) == 5 and payer.isdigit() for payer in contractors)
    assert all(one.source and one.checked for one in shipped.policies)
    own = msgspec.structs.replace(shipped.policies[0], payer="Mine")
    assert with_defaults(Policies((own,), {}, ())).policies[0].payer == "Mine"
    assert len(with_defaults(Policies((own,), {}, ())).policies) == len(shipped.policies)


def test_tables_have_the_schemas_that_are_written_down(examples: Policies) -> None:
    for name, table in TermsOfPayers(examples).tables.items():
        assert table.schema == HANDED_IN[name].arrow()
        assert table.num_rows


def test_contradictions_are_told_with_both_policies(examples: Policies) -> None:
    (one,) = contradictions(examples)
    assert one.policies == ("statecare-b12", "statecare-b12-2026")
    assert (one.drug, one.attribute, one.first_day) == ("J3420", "limits.doses_per_period", date(2026, 1, 1))


def test_a_payer_that_is_not_told_follows_the_general_policy_only_where_no_payer_differs() -> None:
    def policy(name: str, payer: str, days: int) -> Policy:
        said = {
            "id": name, "payer": name, "payer_id": [payer], "effective": {"start": "2020-01-01"},
            "applies_to": {"all": True}, "billing": {"timely_filing_days": days}, "on_fail": {"severity": "deny"},
        }  # fmt: skip
        return msgspec.convert(said, Policy)

    general = policy("general", "*", 365)
    for own, expected in ((None, 365), (policy("own", "P1", 365), 365), (policy("own", "P1", 90), None)):
        read = Policies((general, own) if own else (general,), {}, ())
        told = TermsOfPayers(read).of("commercial", None, "J1745", None, date(2025, 3, 3))
        assert told.billing.timely_filing_days == expected
        assert told.asks("billing.timely_filing_days") is (None if expected is None else True)


@pytest.mark.parametrize(
    ("diagnosis", "named", "expected"),
    [
        ("K50.90", "K50*", True), ("K5090", "K50*", True), ("K51.0", "K50*", False), ("O09.211", "O09.21*", True),
        ("E53.8", "E53.8", True), ("E53.81", "E53.8", False), ("C34.90", "C00-C97", True), ("D00.0", "C00-C97", False),
        ("C97.9", "C00-C97", True), ("M76.61", "M76.6*", True), ("k50.9", "K50*", True), ("C0", "C00-C97", False),
    ],
)  # fmt: skip
def test_diagnoses_are_matched_as_people_write_them(diagnosis: str, named: str, expected: bool) -> None:
    assert named_in(diagnosis, [named]) is expected
