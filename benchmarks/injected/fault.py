"""What a fault is: the changed claim, the edits that must and may answer it, and how a base claim is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from benchmarks.injected import regimens
from benchmarks.injected.draft import Draft, Line
from benchmarks.injected.products import ndc_quantity
from benchmarks.injected.singles import NoClaimError, single
from benchmarks.injected.workshop import Wish, Workshop, ndc_fields

NOT_MEDICAID = ("medicare_b", "medicare_b", "medicare_advantage", "commercial")
MEDICARE = ("medicare_b",)
LAST_Q3 = {"first": date(2024, 7, 1), "last": date(2024, 9, 30)}


@dataclass
class Fault:
    """A faulty claim; `expected` holds (edit, line or None, severity), `may_also` (edit, reason)."""

    draft: Draft
    expected: list[tuple[str, Line | None, str]]
    case: str
    may_also: list[tuple[str, str]] = field(default_factory=list)
    before: Draft | None = None

    def labels(self) -> list[dict[str, Any]]:
        """The expected findings with line numbers as rendered."""
        out = []
        for edit, line, severity in self.expected:
            number = None
            if line is not None:
                number = next(place for place, item in enumerate(self.draft.lines, start=1) if item is line)
            out.append({"id": edit, "line_number": number, "severity": severity})
        return out


def base(shop: Workshop, hospital: float = 0.0, **wish: Any) -> Draft:
    """A clean single-drug claim; `hospital` is the share of institutional claims."""
    wanted = Wish(**wish)
    if wanted.claim_type == "P" and shop.random.random() < hospital:
        try:
            return single(shop, replace(wanted, claim_type="I"))
        except NoClaimError:
            pass
    return single(shop, wanted)


def mixed(shop: Workshop, **wish: Any) -> Draft:
    """A clean claim of any common template."""
    roll = shop.random.random()
    wanted = Wish(**wish)
    if roll < 0.18:
        return regimens.regimen(shop, wanted)
    if roll < 0.26:
        return regimens.two_injections(shop, wanted)
    return base(shop, 0.15, **wish)


def until(shop: Workshop, accept: Any, tries: int = 400, **wish: Any) -> Draft:
    """The first clean claim that `accept` likes."""
    for _ in range(tries):
        draft = base(shop, **wish)
        if accept(draft):
            return draft
    raise NoClaimError(str(wish))


def drop_ndc(line: Line) -> None:
    """Takes the 2410 fields off a line."""
    for key in [key for key in line.fields if key.startswith("ndc")]:
        del line.fields[key]


def resync_ndc(line: Line, units: int) -> None:
    """NDC quantity that agrees with changed units, so that only the units are wrong."""
    if "ndc_quantity" not in line.fields or line.prepared is None:
        return
    product = line.prepared.product
    amount = Decimal(units) / product.units * product.content
    line.fields.update(ndc_fields(product.ndc, ndc_quantity(product, amount, units, False), product.uom))


def over_mue(draft: Draft, shop: Workshop, code: str, units: int) -> bool:
    """Whether units are over the 2024 Q3 MUE on a day of that quarter."""
    limit = shop.reference.mue_limit(code, draft.claim_type)
    return bool(limit and units > limit[0] and LAST_Q3["first"] <= draft.day <= LAST_Q3["last"])


def visit_of(draft: Draft) -> Line | None:
    """The E/M line, if any."""
    places = draft.find("em")
    return draft.lines[places[0]] if places else None
