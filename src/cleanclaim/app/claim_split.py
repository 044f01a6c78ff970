"""The claims that one above Medicare Part B's total becomes: whole claims, each with its share of the lines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cleanclaim.billing import BillLine, Refusal
from cleanclaim.billing.part_b_split import Charged, Share, split_lines

_STEP = Decimal("0.001")  # NDC-15


def split_claim(
    content: dict[str, Any], lines: Sequence[BillLine], later_modifier: str | None
) -> list[dict[str, Any]] | Refusal:
    """The claims of a claim in the keys of JSON Lines, whose `lines` are those of the bill.

    `later_modifier` stands on a drug's lines where an earlier claim has lines of its code. Each claim has a note with
    its number and the total of all.
    """
    said = content["lines"]
    charged = [
        Charged(
            int(one["billed_units"]), Decimal(one["charge_amount"]),
            line.is_drug and line.billed_units > 1 and line.description is None,
        )
        for one, line in zip(said, lines, strict=True)
    ]  # fmt: skip
    claims = split_lines(charged)
    if isinstance(claims, Refusal):
        return claims
    quantities = {place: _quantities(said[place], shares) for place, shares in _by_line(claims).items()}
    made, earlier = [], set[str]()
    for number, shares in enumerate(claims, 1):
        own = []
        for place, share in enumerate(shares, 1):
            line = {**said[share.line], **quantities[share.line][share]}
            if lines[share.line].is_drug and line["hcpcs_code"] in earlier and later_modifier:
                line["modifiers"] = [*line["modifiers"], later_modifier]
            own.append(line | {"line_number": place, "billed_units": share.units, "charge_amount": f"{share.charge:f}"})
        earlier |= {said[share.line]["hcpcs_code"] for share in shares}
        made.append(
            content
            | {
                "claim_id": f"{content['claim_id']}-{number}", "lines": own,
                "note": f"claim {number} of {len(claims)}, billing total {content['total_charge']}",
                "total_charge": f"{sum((share.charge for share in shares), Decimal(0)):f}",
            }
        )  # fmt: skip
    return made


def _by_line(claims: Sequence[Sequence[Share]]) -> dict[int, list[Share]]:
    found: dict[int, list[Share]] = {}
    for claim in claims:
        for share in claim:
            found.setdefault(share.line, []).append(share)
    return found


def _quantities(line: dict[str, Any], shares: Sequence[Share]) -> dict[Share, dict[str, Any]]:
    """What changes on each share of a divided line: its part of the NDC quantity; the chart is of the whole."""
    if len(shares) == 1:
        return {shares[0]: {}}
    units = sum(share.units for share in shares)
    if "ndc_quantity" not in line:
        return {share: {"charted": None} for share in shares}
    whole = Decimal(line["ndc_quantity"])
    parts = [(whole * share.units / units).quantize(_STEP, ROUND_HALF_UP) for share in shares]
    parts[-1] += whole - sum(parts)
    return {share: {"charted": None, "ndc_quantity": f"{part:f}"} for share, part in zip(shares, parts, strict=True)}
