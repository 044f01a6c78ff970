"""Checks a generated folder: schema, counts, ids, totals, NPIs, and prints coverage figures."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.injected.people import luhn_digit

SEVERITIES = {"reject", "deny", "warn", "info"}


def rows(path: Path) -> list[dict[str, Any]]:
    """Objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def schema_errors(claims: list[dict[str, Any]], schema: Path) -> list[str]:
    """Schema violations, with format checks; empty when jsonschema is not installed."""
    try:
        import jsonschema
    except ImportError:
        return ["jsonschema is not installed"]
    checker = jsonschema.Draft202012Validator(
        json.loads(schema.read_text(encoding="utf-8")), format_checker=jsonschema.FormatChecker()
    )
    return [f"{claim['claim_id']}: {error.message}" for claim in claims for error in checker.iter_errors(claim)]


def content_errors(claims: list[dict[str, Any]], labels: list[dict[str, Any]]) -> list[str]:
    """Ids in step, expected lines present, clean totals and NPIs right."""
    out = []
    if [claim["claim_id"] for claim in claims] != [label["claim_id"] for label in labels]:
        out.append("claim ids and label ids differ")
    for claim, label in zip(claims, labels, strict=True):
        name = f"{claim['claim_id']} {label['kind']}"
        numbers = {line["line_number"] for line in claim["lines"]} | {None}
        if any(item["line_number"] not in numbers or item["severity"] not in SEVERITIES for item in label["expected"]):
            out.append(f"{name}: expected line or severity")
        if label["clean"] == bool(label["expected"]) or label["clean"] != (label["kind"] is None):
            out.append(f"{name}: label is not consistent")
        total = sum((Decimal(line["charge_amount"]) for line in claim["lines"]), Decimal(0))
        if (total == Decimal(claim["total_charge"])) == (label["kind"] == "FMT-E-003"):
            out.append(f"{name}: total")
        npis = [value for key, value in claim.items() if key.endswith("_npi")]
        npis += [line["rendering_npi"] for line in claim["lines"] if "rendering_npi" in line]
        good = all(len(npi) == 10 and str(luhn_digit(npi[:9])) == npi[9] for npi in npis)
        if good == (label["kind"] == "FMT-E-013"):
            out.append(f"{name}: NPI")
    return out


def coverage(claims: list[dict[str, Any]], labels: list[dict[str, Any]]) -> dict[str, Any]:
    """Figures for the README."""
    lines = [line for claim in claims for line in claim["lines"]]
    drugs = [line for line in lines if not line["hcpcs_code"][:1].isdigit() and line["hcpcs_code"][:1] in "JQA"]
    codes = Counter(line["hcpcs_code"] for line in drugs)
    doses = [line for line in drugs if "JW" not in line["modifiers"]]
    quarters = Counter(f"{line['service_date'][:4]}Q{(int(line['service_date'][5:7]) + 2) // 3}" for line in drugs)
    return {
        "claims": len(claims), "clean": sum(label["clean"] for label in labels),
        "kinds": dict(sorted(Counter(label["kind"] for label in labels if label["kind"]).items())),
        "severities": dict(Counter(item["severity"] for label in labels for item in label["expected"])),
        "drug_codes": len(codes), "charted_share": round(sum("charted" in line for line in doses) / len(doses), 3),
        "full_chart_share": round(sum("dose" in line.get("charted", {}) for line in doses) / len(doses), 3),
        "programs": dict(Counter(claim["payer_program"] for claim in claims)),
        "claim_types": dict(Counter(claim["claim_type"] for claim in claims)),
        "places": dict(Counter(claim.get("place_of_service", "none") for claim in claims)),
        "quarters": dict(sorted(quarters.items())), "cpt": dict(sorted(Counter(
            line["hcpcs_code"] for line in lines if line["hcpcs_code"][:1].isdigit()).items())),
        "jw_lines": sum("JW" in line["modifiers"] for line in drugs),
    }  # fmt: skip


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--schema", type=Path, default=Path("claim.schema.json"))
    options = parser.parse_args()
    claims, labels = rows(options.folder / "claims.jsonl"), rows(options.folder / "labels.jsonl")
    wrong = schema_errors(claims, options.schema) + content_errors(claims, labels)
    print(json.dumps(coverage(claims, labels), indent=1))
    if wrong:
        raise SystemExit("\n".join(wrong[:40]))
    print("valid")


if __name__ == "__main__":
    main()
