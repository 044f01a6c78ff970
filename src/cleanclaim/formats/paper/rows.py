"""What stands in the boxes of the paper forms, from the claim tables. The forms themselves are not ours to print.

Source: NDC-34 and FMT-39 of the rulebook; how digits and blanks stand in the shaded half of item 24 and in FL 43 is
expert knowledge: payers' own instructions decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from string import ascii_uppercase
from typing import Any

from cleanclaim.claims.tables import ClaimTables

PROFESSIONAL, INSTITUTIONAL = "cms1500", "ub04"
_LINES = {PROFESSIONAL: 6, INSTITUTIONAL: 22}  # of one sheet
_NARRATIVE = "ZZ"  # the qualifier of a description in the shaded half


@dataclass(frozen=True, slots=True)
class Form:
    """One sheet: its boxes by name, each as it is printed; empty where the claim says nothing."""

    form: str
    claim_id: str
    sheet: int
    sheets: int
    head: Mapping[str, str]
    diagnoses: Sequence[tuple[str, str]]  # letter and code, of the professional form
    rows: Sequence[Mapping[str, str]]
    total: str  # of the claim, on its last sheet

    def plain(self) -> dict[str, Any]:
        """For the template."""
        return asdict(self)


def paper_forms(tables: ClaimTables) -> list[Form]:
    """The sheets of each claim, in order."""
    lines: dict[int, list[dict[str, Any]]] = {}
    for line in tables.line.to_pylist():
        lines.setdefault(line["claim_key"], []).append(line)
    return [form for claim in tables.claim.to_pylist() for form in _sheets(claim, lines.get(claim["claim_key"], []))]


def _sheets(claim: dict[str, Any], lines: Sequence[dict[str, Any]]) -> Iterator[Form]:
    form = INSTITUTIONAL if claim["claim_type"] == "I" else PROFESSIONAL
    row = _institutional if form == INSTITUTIONAL else _professional
    parts = list(_parts([row(claim, line) for line in lines], _LINES[form]))
    for number, rows in enumerate(parts, 1):
        yield Form(
            form, _text(claim["claim_id"]), number, len(parts),
            {
                "prior_auth": _text(claim["prior_auth"]), "bill_type": _text(claim["bill_type"]),
                "note": _text(claim["note"]),
            },
            list(zip(ascii_uppercase, claim["diagnoses"] or (), strict=False)), rows,
            _money(_total(claim, lines)) if number == len(parts) else "",
        )  # fmt: skip


def _parts(rows: Sequence[dict[str, str]], size: int) -> Iterable[Sequence[dict[str, str]]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)] or [[]]


def _total(claim: dict[str, Any], lines: Sequence[dict[str, Any]]) -> Decimal | None:
    if claim["total_charge"] is not None:
        return Decimal(claim["total_charge"])
    charges = [line["charge_amount"] for line in lines]
    return None if None in charges else sum(charges, Decimal(0))


def _professional(claim: dict[str, Any], line: dict[str, Any]) -> dict[str, str]:
    """A row of item 24."""
    codes = claim["diagnoses"] or []
    pointers = [ascii_uppercase[codes.index(code)] for code in line["diagnoses"] or () if code in codes]
    return {
        "shaded": "   ".join(filter(None, (_ndc(line, " "), _narrative(line)))),
        "from": _day(line["service_date"], " "), "to": _day(line["service_date_to"], " "),
        "place": _text(line["place_of_service"] or claim["place_of_service"]),
        "code": _text(line["hcpcs_code"]), "modifiers": " ".join(line["modifiers"] or ()),
        "pointer": "".join(pointers), "charge": _money(line["charge_amount"]), "units": _number(line["billed_units"]),
        "rendering": _text(line["rendering_npi"] or claim["rendering_npi"]),
    }  # fmt: skip


def _institutional(_claim: dict[str, Any], line: dict[str, Any]) -> dict[str, str]:
    """A row of FL 42 to 47."""
    return {
        "revenue": _text(line["revenue_code"]), "description": _ndc(line, "") or _text(line["description"]),
        "code": " ".join((_text(line["hcpcs_code"]), *(line["modifiers"] or ()))).strip(),
        "day": _day(line["service_date"], ""), "units": _number(line["billed_units"]),
        "charge": _money(line["charge_amount"]),
    }  # fmt: skip


def _ndc(line: dict[str, Any], gap: str) -> str:
    """N4, the eleven digits, and the quantity in its unit, where it has them."""
    if not line["ndc11"]:
        return ""
    quantity = f"{gap}{line['ndc_unit']}{_number(line['ndc_quantity'])}" if line["ndc_quantity"] is not None else ""
    return f"N4{line['ndc11']}{quantity}"


def _narrative(line: dict[str, Any]) -> str:
    said = " ".join(filter(None, (line["description"], line["note"])))
    return f"{_NARRATIVE}{said}" if said else ""


def _day(value: date | None, gap: str) -> str:
    return value.strftime(f"%m{gap}%d{gap}%y") if value else ""


def _money(value: Decimal | None) -> str:
    """Dollars and cents with a blank between them, as the boxes stand."""
    return f"{value:.2f}".replace(".", " ") if value is not None else ""


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _text(value: str | None) -> str:
    return value or ""
