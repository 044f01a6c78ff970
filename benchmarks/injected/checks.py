"""A second look at every clean claim, written against the rendered claim: any problem stops the generation."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from benchmarks.injected.people import luhn_digit
from benchmarks.injected.reference import Reference, parse_day, quarter_of

BYPASS = {"25", "59", "XS", "XE", "XP", "XU", "RT", "LT", "24", "57", "58", "78", "79", "27", "91"}
CPT_MODIFIERS = {"25", "59", "76"}
NPI_KEYS = ("billing_npi", "rendering_npi", "referring_npi", "facility_npi", "supervising_npi")
ADD_ON = {
    "96366": {"96365", "96367"}, "96367": {"96365", "96374", "96409", "96413"}, "96415": {"96413"}, "96417": {"96413"},
    "96375": {"96365", "96374", "96409", "96413"}, "96411": {"96409", "96413"},
}  # fmt: skip


def problems(claim: dict[str, Any], reference: Reference) -> list[str]:
    """Reasons why a claim would not be clean."""
    out = header_problems(claim)
    codes = {line["hcpcs_code"] for line in claim["lines"]}
    for line in claim["lines"]:
        out += line_problems(claim, line, reference)
    out += pair_problems(claim, reference)
    for code in sorted(codes & set(ADD_ON)):
        if not codes & ADD_ON[code]:
            out.append(f"{code} without base")
    return out


def header_problems(claim: dict[str, Any]) -> list[str]:
    """Total, NPIs, dates, places."""
    out = []
    total = sum(Decimal(line["charge_amount"]) for line in claim["lines"])
    if total != Decimal(claim["total_charge"]):
        out.append("total")
    if claim["payer_program"] == "medicare_b" and claim["claim_type"] == "P" and total > Decimal("99999.99"):
        out.append("over $99,999.99")
    for key in NPI_KEYS:
        value = claim.get(key)
        if value and (len(value) != 10 or str(luhn_digit(value[:9])) != value[9]):
            out.append(key)
    if (claim["claim_type"] == "P") != bool(claim.get("place_of_service")):
        out.append("place of service")
    born = date.fromisoformat(claim["patient"]["birth_date"])
    if any(date.fromisoformat(line["service_date"]) <= born for line in claim["lines"]):
        out.append("birth")
    if claim.get("place_of_service") in ("19", "22") and any(
        "96360" <= line["hcpcs_code"] <= "96549" for line in claim["lines"] if line["hcpcs_code"].isdigit()
    ):
        out.append("ADMN-013")
    return out


def line_problems(claim: dict[str, Any], line: dict[str, Any], reference: Reference) -> list[str]:
    """Code, modifiers, diagnosis, units, MUE, NDC and waste of one line."""
    day, code, out = date.fromisoformat(line["service_date"]), line["hcpcs_code"], []
    if not reference.valid_code(code, day):
        out.append(f"{code} not valid")
    for modifier in line["modifiers"]:
        record = reference.modifiers.get(modifier)
        ended = record and record["TERM DT"] and parse_day(record["TERM DT"]) < day
        if modifier not in CPT_MODIFIERS and (record is None or ended):
            out.append(f"modifier {modifier}")
    if len(line["modifiers"]) > 4 or len(set(line["modifiers"])) != len(line["modifiers"]):
        out.append("modifier count")
    if any(not reference.valid_icd(item, day) for item in claim["diagnoses"]):
        out.append(f"diagnosis {claim['diagnoses']}")
    if claim["claim_type"] == "P" and not (line.get("diagnoses") or line.get("diagnosis_pointers")):
        out.append("pointer")
    if not isinstance(line["billed_units"], int) or line["billed_units"] < 1:
        out.append("units")
    limit = reference.mue_limit(code, claim["claim_type"])
    same = sum(item["billed_units"] for item in claim["lines"] if item["hcpcs_code"] == code)
    if limit and same > limit[0] and limit[0] > 0:
        out.append(f"MUE {code} {same}>{limit[0]}")
    return out + ndc_problems(line, reference, day) + chart_problems(claim, line, reference, day)


def ndc_problems(line: dict[str, Any], reference: Reference, day: date) -> list[str]:
    """NDC of the quarter's crosswalk, quantity by NDC-43."""
    given = line.get("ndc_given")
    if given is None:
        return []
    if given != line["ndc11"] or len(given) != 11 or line["ndc_unit"] not in ("ML", "UN"):
        return ["NDC form"]
    rows = [row for row in reference.crosswalk[quarter_of(day)].get(line["hcpcs_code"], []) if row.ndc == given]
    if not rows:
        return [] if line["hcpcs_code"] in ("J3490", "J3590", "J9999") else ["NDC not of the code"]
    reached = Fraction(str(line["ndc_quantity"])) * Fraction(rows[0].units) / Fraction(rows[0].size)
    whole = math.floor(reached) if "JW" in line["modifiers"] else math.ceil(reached)
    units = line["billed_units"]
    if whole != units and abs(reached - units) > Fraction(units, 100):
        return [f"NDC quantity {line['ndc_quantity']} gives {float(reached)} for {units}"]
    return []


def chart_problems(claim: dict[str, Any], line: dict[str, Any], reference: Reference, day: date) -> list[str]:
    """Units, JW and JZ against the chart; Medicare single-dose containers always carry a mark."""
    chart = line.get("charted") or {}
    code = line["hcpcs_code"]
    jw = [item for item in claim["lines"] if item["hcpcs_code"] == code and "JW" in item["modifiers"]]
    out = []
    if code[0] not in "JQ":
        return out
    kind = chart.get("container")
    pack = reference.fda.get(line.get("ndc11") or "")
    if pack and pack.kind and kind and not kind.startswith(pack.kind):
        out.append("container kind differs from FDA")
    if pack and pack.end and parse_day(pack.end) < day:
        out.append("NDC ended")
    marks = {"JW", "JZ"} & set(line["modifiers"])
    known = kind or (f"{pack.kind}_dose" if pack and pack.kind in ("single", "multi") else None)
    if known == "multi_dose" and (marks or jw):
        out.append("JW/JZ on multi-dose")
    payable = claim["claim_type"] == "P" or reference.always_status(code) <= {"G", "K"}
    paid = Decimal(line["charge_amount"]) != Decimal("0.01")
    if claim["payer_program"] == "medicare_b" and known == "single_dose" and payable and paid and not marks and not jw:
        out.append("WASTE-001")
    if "dose" in chart:
        out += dose_problems(line, chart, jw, reference)
    return out


def dose_problems(
    line: dict[str, Any], chart: dict[str, Any], jw: list[dict[str, Any]], reference: Reference
) -> list[str]:
    """Billed and discarded units recomputed from the charted dose."""
    unit = reference.unit_size(line["hcpcs_code"])
    scale = 1000 if chart["dose"]["unit"] == "g" and unit.unit == "mg" else 1
    dose = Fraction(str(chart["dose"]["amount"])) * scale
    size = Fraction(unit.amount)
    out = []
    if math.ceil(dose / size) != line["billed_units"]:
        out.append(f"UNIT-003 {dose} {line['billed_units']}")
    held = (
        sum((Fraction(str(item["amount"])) * item["count"] for item in chart.get("containers", [])), Fraction(0))
        * scale
    )
    if held:
        administered = math.ceil(dose / size)
        left = min(math.floor((held - dose) / size), max(0, math.floor(held / size) - administered))
        billed = sum(item["billed_units"] for item in jw)
        packaged = not jw and left and not ({"JZ"} & set(line["modifiers"]))
        if packaged or billed != left:
            out.append(f"JW {billed} instead of {left}")
    return out


def pair_problems(claim: dict[str, Any], reference: Reference) -> list[str]:
    """PTP pairs of the 2024 Q3 file without a bypass, on every day."""
    table, out = reference.ptp[claim["claim_type"]], []
    for first in claim["lines"]:
        for second in claim["lines"]:
            indicator = table.get((first["hcpcs_code"], second["hcpcs_code"]))
            if indicator is None or first is second:
                continue
            if indicator == "0" or not BYPASS & (set(first["modifiers"]) | set(second["modifiers"])):
                out.append(f"PTP {first['hcpcs_code']}/{second['hcpcs_code']}")
    return out
