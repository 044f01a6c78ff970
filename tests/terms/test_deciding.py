"""Which terms hold: by payer, plan, package and day; what is not settled has no value and names both sides."""

from __future__ import annotations

import pickle
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.claims import PayerProgram
from cleanclaim.policies import Policies, Policy
from cleanclaim.terms import Standing, Terms, TermsOfPayers

DAY = date(2025, 3, 3)
NDC, OTHER_NDC = "57894003001", "57894016001"


def policy(name: str, payer: str = "P1", **more: Any) -> Policy:
    said: dict[str, Any] = {
        "id": name, "payer": f"Payer {payer}", "payer_id": [payer], "effective": {"start": "2024-01-01"},
        "applies_to": {"hcpcs": ["J1745"]}, "on_fail": {"severity": "deny"}, **more,
    }  # fmt: skip
    return msgspec.convert(said, Policy)


def terms(*policies: Policy) -> TermsOfPayers:
    return TermsOfPayers(Policies(policies, {}, ()))


def of(
    held: TermsOfPayers, payer: str | None = "P1", program: str | None = "commercial", **more: Any
) -> Terms:  # the drug and the day of most tests
    asked = {"code": "J1745", "ndc11": NDC, "on": DAY, **more}
    return held.of(program, payer, asked.pop("code"), asked.pop("ndc11"), asked.pop("on"), **asked)


def test_a_payer_is_found_by_number_and_name_however_it_is_written() -> None:
    held = terms(policy("one", "P1", requires={"prior_auth": "required"}))
    assert {of(held, payer).asks("requires.prior_auth") for payer in ("P1", "p1", "payer p1", "PAYER P1")} == {True}
    assert of(held, "P2").standing("requires.prior_auth") is Standing.NOT_KNOWN


def test_silence_of_its_own_policy_asks_nothing_and_that_of_every_payer_says_nothing() -> None:
    own = terms(policy("one", limits={"interval_days": {"min": 28}}))
    assert of(own).standing("requires.age") is Standing.NOT_ASKED
    assert of(own, code="J9271").standing("requires.age") is Standing.NOT_KNOWN
    assert of(own, program=None).standing("requires.age") is Standing.NOT_KNOWN  # another plan may ask it
    every = terms(policy("one", "*", limits={"interval_days": {"min": 28}}))
    assert of(every).standing("requires.age") is Standing.NOT_KNOWN
    assert of(every).limits.interval_days == of(own).limits.interval_days


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2025, 7, 1), date(1, 1, 1), date(9999, 12, 31)])
def test_a_policy_holds_on_its_days_alone(day: date) -> None:
    held = terms(policy("one", effective={"start": "2024-01-01", "end": "2025-06-30"}, supply="buy_bill"))
    assert of(held, on=day).standing("supply") is Standing.NOT_KNOWN
    assert {of(held, on=one).supply for one in (date(2024, 1, 1), date(2025, 6, 30))} == {"buy_bill"}


def test_a_package_goes_before_a_code_and_another_package_leaves_it_open() -> None:
    held = terms(
        policy("by-code", billing={"waste": "cms"}),
        policy("by-package", applies_to={"ndc": [NDC]}, billing={"waste": "none"}),
    )
    assert (of(held).billing.waste, of(held).by("billing.waste")) == ("none", ("by-package",))
    assert of(held, ndc11=OTHER_NDC).billing.waste == "cms"
    open_one = of(held, ndc11=None, ndc_open=True)
    assert open_one.standing("billing.waste") is Standing.UNSETTLED
    assert open_one.billing.waste is None
    assert open_one.by("billing.waste") == ("by-code", "by-package")
    assert "package" in open_one.decided["billing.waste"].unsettled


def test_two_of_one_rank_that_differ_are_named_and_decide_nothing() -> None:
    first, second = (policy(name, requires={"age": {"min": age}}) for name, age in (("one", 6), ("two", 18)))
    told = of(terms(first, second))
    assert told.asks("requires.age") is True
    assert told.requires.age is None
    assert told.by("requires.age") == ("one", "two")
    precise = policy("two", precedence=1, requires={"age": {"min": 18}})
    assert of(terms(first, precise)).requires.age == precise.requires.age


def test_what_one_wants_and_another_refuses_is_not_settled() -> None:
    told = of(
        terms(
            policy("wants", billing={"modifiers_required": ["KX"]}),
            policy("refuses", "*", applies_to={"all": True}, billing={"modifiers_forbidden": ["KX", "JZ"]}),
        )
    )
    for name in ("required", "forbidden"):
        assert told.standing(f"billing.modifiers_{name}") is Standing.UNSETTLED
        assert told.by(f"billing.modifiers_{name}") == ("refuses", "wants")
    assert (told.billing.modifiers_required, told.billing.modifiers_forbidden) == ((), ())


def test_plans_that_a_commercial_claim_may_be_under_must_agree() -> None:
    exchange = policy("exchange", lines_of_business=["exchange"], requires={"prior_auth": "required"})
    assert of(terms(exchange)).standing("requires.prior_auth") is Standing.UNSETTLED
    commercial = policy("commercial", lines_of_business=["commercial"], requires={"prior_auth": "required"})
    assert of(terms(commercial)).requires.prior_auth == "required"
    assert of(terms(commercial, exchange)).requires.prior_auth == "required"
    assert of(terms(commercial), program="medicaid").standing("requires.prior_auth") is Standing.NOT_KNOWN


def test_days_and_years_of_filing_are_one_limit() -> None:
    own = terms(policy("own", applies_to={"all": True}, billing={"timely_filing_days": 90}))
    told = of(own, program="medicare_b")
    assert (told.billing.timely_filing_days, told.billing.timely_filing_years) == (90, None)
    shipped = of(own, "another", program="medicare_b")
    assert (shipped.billing.timely_filing_days, shipped.billing.timely_filing_years) == (None, 1)


@pytest.mark.parametrize(
    ("own", "expected"), [({"billing": {"ndc": "required"}}, "required"), ({"billing": {"ndc": "never"}}, None)]
)
def test_a_payer_that_is_not_told_follows_its_program_unless_a_payer_differs(
    own: dict[str, Any], expected: str | None
) -> None:
    assert of(terms(), None, "medicaid").billing.ndc == "required"
    of_medicaid = policy("own", lines_of_business=["medicaid"], **own)
    assert of(terms(of_medicaid), None, "medicaid").billing.ndc == expected
    assert of(terms(policy("own", **own)), None, "medicaid").billing.ndc == "required"  # no word that it is Medicaid


def test_documents_of_all_policies_are_wanted() -> None:
    told = of(terms(policy("one", documents=["DOC-02"]), policy("two", "*", documents=["DOC-05"])))
    assert told.documents == ("DOC-02", "DOC-05")
    assert told.by("documents") == ("one", "two")


def test_of_policies_that_say_the_same_the_worst_is_expected() -> None:
    same = {"requires": {"prior_auth": "required"}}
    mild = policy("mild", **same, on_fail={"severity": "warn"})
    told = of(terms(mild, policy("hard", **same, on_fail={"severity": "deny", "carc": "197"})))
    assert told.decided["requires.prior_auth"].on_fail.carc == "197"


def test_workers_elsewhere_decide_the_same() -> None:
    held = terms(policy("one", requires={"age": {"min": 18}}))
    sent = pickle.loads(pickle.dumps(held))  # noqa: S301 - our own
    assert of(sent).requires == of(held).requires
    assert of(sent, "15102", "medicare_b", on=date(2024, 5, 5)).billing.skin_substitute_waste == "none"


OPEN = {"ndc11": None, "ndc_open": True}


def test_an_open_package_leaves_the_one_filing_limit_open() -> None:
    held = terms(
        policy("code", billing={"timely_filing_days": 90}),
        policy("pack", applies_to={"ndc": [NDC]}, billing={"timely_filing_years": 1}),
    )
    told = of(held, **OPEN)
    assert (told.billing.timely_filing_days, told.billing.timely_filing_years) == (None, None)
    assert (of(held).billing.timely_filing_days, of(held).billing.timely_filing_years) == (None, 1)


def test_an_open_package_leaves_documents_and_what_is_at_odds_open() -> None:
    held = terms(
        policy("code", documents=["DOC-02"], billing={"modifiers_required": ["JZ"]}),
        policy("pack", "*", applies_to={"ndc": [NDC]}, documents=["DOC-05"], billing={"modifiers_forbidden": ["JZ"]}),
    )
    told = of(held, **OPEN)
    assert told.documents == ()
    assert told.billing.modifiers_required == ()
    assert told.standing("billing.modifiers_required") is Standing.UNSETTLED
    assert of(held).documents == ("DOC-02", "DOC-05")


def test_a_policy_on_a_code_and_a_package_of_it_holds_for_either() -> None:
    held = terms(policy("both", applies_to={"hcpcs": ["J1745"], "ndc": [NDC]}, billing={"waste": "cms"}))
    assert of(held, **OPEN).billing.waste == "cms"


def test_days_and_years_of_one_rank_are_two_limits_that_differ() -> None:
    told = of(terms(policy("d", billing={"timely_filing_days": 90}), policy("y", billing={"timely_filing_years": 1})))
    assert (told.billing.timely_filing_days, told.billing.timely_filing_years) == (None, None)
    assert told.by("billing.timely_filing_days") == ("d", "y")


def test_a_payer_that_is_not_told_may_be_one_that_says_the_opposite() -> None:
    days = policy("days", lines_of_business=["medicare"], applies_to={"all": True}, billing={"timely_filing_days": 90})
    assert of(terms(days), None, "medicare_b").billing.timely_filing_years is None
    wants = policy("wants", "*", billing={"modifiers_required": ["JZ"]})
    refuses = policy("refuses", billing={"modifiers_forbidden": ["JZ"]})
    assert of(terms(wants), None).billing.modifiers_required == ("JZ",)
    assert of(terms(wants, refuses), None).billing.modifiers_required == ()


def test_a_general_policy_of_another_plan_leaves_the_payers_own_alone() -> None:
    own = policy("own", lines_of_business=["commercial"], requires={"prior_auth": "required"})
    general = policy("general", "*", lines_of_business=["exchange"], requires={"age": {"min": 18}})
    told = of(terms(own, general))
    assert (told.requires.prior_auth, told.own, told.naming) == ("required", True, ("own",))
    assert told.standing("requires.age") is Standing.UNSETTLED


def test_contradictions_are_found_however_the_payer_is_written() -> None:
    held = terms(policy("one", "x", requires={"age": {"min": 6}}), policy("two", "X", requires={"age": {"min": 18}}))
    assert [one.policies for one in held.contradictions] == [("one", "two")]


PARTS = st.sampled_from(
    [
        {"requires": {"prior_auth": "required"}}, {"requires": {"prior_auth": "none"}},
        {"billing": {"waste": "cms", "modifiers_forbidden": ["JZ"]}}, {"billing": {"modifiers_required": ["JZ"]}},
        {"billing": {"timely_filing_years": 1}}, {"billing": {"timely_filing_days": 90}},
        {"limits": {"interval_days": {"min": 7}}}, {"documents": ["DOC-02"]}, {"supply": "white_bag"},
    ]
)  # fmt: skip
ANY_POLICY = st.builds(
    lambda payer, applies, plans, rank, said: {
        "payer": payer, "applies_to": applies, "lines_of_business": plans, "precedence": rank, **said
    },
    st.sampled_from(["P1", "P2", "*"]),
    st.sampled_from([{"hcpcs": ["J1745"]}, {"ndc": [NDC]}, {"all": True}, {"hcpcs": ["J9271"]}]),
    st.sampled_from([[], ["commercial"], ["exchange"], ["medicaid"], ["medicare"], ["medicare_b"]]),
    st.integers(0, 1),
    PARTS,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    said=st.lists(ANY_POLICY, max_size=5), payer=st.sampled_from(["P1", "P9", None]),
    program=st.sampled_from([*PayerProgram, None, "no such program"]), code=st.sampled_from(["J1745", "Q5103", None]),
    ndc11=st.sampled_from([NDC, OTHER_NDC, None]), on=st.sampled_from([DAY, None]), ndc_open=st.booleans(),
)  # fmt: skip
def test_learning_a_key_never_turns_one_value_into_another(
    said: list[dict[str, Any]], payer: str | None, program: str | None, code: str | None, ndc11: str | None,
    on: date | None, ndc_open: bool,
) -> None:  # fmt: skip
    """And what is not settled has no value; what has one names its policies."""
    held = terms(*(policy(f"p{place}", one.pop("payer"), **one) for place, one in enumerate(said)))
    told = held.of(program, payer, code, ndc11, on, ndc_open=ndc_open)
    for attribute, term in told.decided.items():
        assert term.by
        value = told.documents if attribute == "documents" else told.value(attribute)
        assert (value in (None, ())) == bool(term.unsettled), attribute
    if on is None:
        assert told.decided == {}
    assert held.of(program, payer, code, ndc11, on, ndc_open=ndc_open) is told
