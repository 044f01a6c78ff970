"""A claim above Medicare Part B's total becomes several, each below it, no two alike; nothing is lost (UNW-25)."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest
import pyx12.params
import pyx12.x12n_document
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.billing import Refusal
from cleanclaim.billing.part_b_split import MOST, Charged, split_lines
from tests.billing.test_claims import case, claimed, content, rows


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


LINES = st.lists(
    st.builds(
        Charged,
        st.integers(1, 5000),
        st.decimals("0.01", "999999.99", places=2),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=400, deadline=None)
@given(lines=LINES)
def test_each_claim_stays_below_and_nothing_is_lost(lines: list[Charged]) -> None:
    claims = split_lines(lines)
    if isinstance(claims, Refusal):
        assert any(line.charge > MOST and (not line.divides or line.units < 20_000) for line in lines)
        return
    for claim in claims:
        assert sum(share.charge for share in claim) <= MOST
        assert len({share.line for share in claim}) == len(claim)
        assert all(share.units >= 1 for share in claim)
    for place, line in enumerate(lines):
        shares = [share for claim in claims for share in claim if share.line == place]
        assert (sum(share.units for share in shares), sum(share.charge for share in shares)) == (
            line.units,
            line.charge,
        )
        assert len(shares) == 1 or line.divides
        assert len({share.units for share in shares}) == len(shares)  # no two claims have the same units of a line
    assert claims[0][0].line == 0


@settings(max_examples=200, deadline=None)
@given(units=st.integers(20, 5000), price=st.decimals("30", "900", places=2))
def test_a_dose_is_on_the_fewest_claims_that_hold_it(units: int, price: Decimal) -> None:
    charge = units * price
    claims = split_lines([Charged(units, charge, divides=True)])
    assert not isinstance(claims, Refusal)
    most = int(MOST / price)  # units of one claim; no two claims have the same number
    fewest = next(count for count in range(1, units + 1) if sum(range(most, most - count, -1)) >= units)
    assert len(claims) == fewest
    prices = [share.charge / share.units for claim in claims for share in claim]
    assert max(prices) - min(prices) < Decimal("0.02")


def test_two_claims_of_the_same_total_are_made_unequal() -> None:
    """Dose and waste of 60 units each at $1,000: First Coast wants other totals on each claim."""
    dose = waste = Charged(60, Decimal(60_000), divides=True)
    claims = split_lines([dose, waste])
    assert not isinstance(claims, Refusal)
    totals = [sum(share.charge for share in claim) for claim in claims]
    assert len(claims) == len(set(totals)) == 2
    assert sum(totals) == 120_000


@pytest.mark.parametrize(("units", "charge"), [(1, "100000.00"), (2, "250000.00"), (3, "149999.00"), (3, "200000.00")])
def test_units_divide_as_far_as_no_two_claims_are_alike(units: int, charge: str) -> None:
    told = split_lines([Charged(units, Decimal(charge), divides=True)])
    if charge == "149999.00":
        assert not isinstance(told, Refusal)
        assert [[share.units for share in claim] for claim in told] == [[2], [1]]
    else:
        assert isinstance(told, Refusal)
        assert told.reason == "part-b-total"


def test_claims_of_a_visit(library: Path, tmp_path: Path) -> None:
    """350 mg of 400 mg for $240,000, and giving it: dose on two claims, waste on its own, the infusion once."""
    visit = case(dose=350, charge_amount="240000.00")
    claims = claimed(library, visit)
    assert claims.refused == ()
    assert claims.tables is not None
    found = rows(claims, "P")
    assert list(found) == ["A1-1", "A1-2", "A1-3"]
    told = [
        [(line["hcpcs_code"], line["modifiers"], line["billed_units"]) for line in lines] for lines in found.values()
    ]
    drug = [[line for line in lines if line[0] == "J1745"] for lines in told]
    assert sum(units for lines in drug for _, modifiers, units in lines if "JW" not in modifiers) == 35
    assert sum(units for lines in drug for _, modifiers, units in lines if "JW" in modifiers) == 5
    assert all("76" not in modifiers for _, modifiers, _ in drug[0])
    assert all("76" in modifiers for lines in drug[1:] for _, modifiers, _ in lines)
    assert sum(line[0] == "96413" for lines in told for line in lines) == 1
    totals = {row["claim_id"]: row["total_charge"] for row in claims.tables.claim.to_pylist()}
    assert all(total <= MOST for total in totals.values())
    assert len(set(totals.values())) == 3
    notes = [row["note"] for row in claims.tables.claim.to_pylist()]
    whole = sum(totals.values())
    assert notes == [f"claim {number} of 3, billing total {whole}" for number in (1, 2, 3)]
    assert any("split into 3 claims" in note for note in claims.notes)
    quantities = [line["ndc_quantity"] for lines in found.values() for line in lines if line["ndc_quantity"]]
    assert sum(quantities) == 4
    assert [(one.claim_id, one.id, one.message) for one in claims.findings if one.severity in ("reject", "deny")] == []
    path, acknowledgment = tmp_path / "claims.837", io.StringIO()
    path.write_bytes(content(claims))
    assert pyx12.x12n_document.x12n_document(
        param=pyx12.params.params(), src_file=str(path), fd_997=acknowledgment, fd_html=None
    )


def test_palmetto_asks_for_the_note_alone(library: Path) -> None:
    parties = json.loads((Path(__file__).parents[2] / "examples" / "billing" / "parties.json").read_text())
    payers = parties["payers"] | {"11202": parties["payers"]["00435"]}
    claims = claimed(library, case(dose=350, charge_amount="240000.00", payer_id="11202"), payers=payers)
    assert not [line for lines in rows(claims, "P").values() for line in lines if "76" in line["modifiers"]]


def test_a_split_claim_is_written_whole_or_not_at_all(library: Path) -> None:
    """Four modifiers leave no room for 76 on the later claims: none of them is written."""
    claims = claimed(
        library, case(dose=400, charge_amount="240000.00", modifiers=["KX", "TB", "GA"]),
        case(dose=100, claim={"id": "A2", "subscriber": "alma"}),
    )  # fmt: skip
    assert set(rows(claims, "P")) >= {"A2"}
    assert claims.written is not None
    assert b"A1-" not in content(claims)
    assert {one.place for one in claims.refused} == {"claim A1-2", "claim A1-3"}


@pytest.mark.parametrize(("names"), list(combinations(["payer_program", "bill_type"], 1)))
def test_other_claims_keep_their_total(library: Path, names: tuple[str]) -> None:
    others = {
        "payer_program": {"payer_program": "commercial", "payer_id": "MADEUP1", "payer_terms": {"waste_policy": "cms"}},
        "bill_type": {"bill_type": "131", "place_of_service": None},
    }
    kind = {"payer_program": "P", "bill_type": "I"}[names[0]]
    subscriber = "bruno" if names[0] == "payer_program" else "alma"
    claims = claimed(
        library,
        case(dose=350, charge_amount="240000.00", claim={"id": "A1", "subscriber": subscriber}, **others[names[0]]),
    )
    assert list(rows(claims, kind)) == ["A1"], claims.refused
