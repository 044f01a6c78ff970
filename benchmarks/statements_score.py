"""Score of the audit on the frozen statements: `python -m benchmarks.statements_score [--reference DIR] [--misses]`.

Recall of contradictions: labeled ones that the audit contradicts, on the same code. Precision: of the contradictions
that it tells on labeled codes, those that a label bears out (README.md of the folder, rule 2).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from cleanclaim.guides.audit import Auditor
from cleanclaim.reference.codes.lookup import Lookup

STATEMENTS = Path(__file__).parent / "statements" / "statements.jsonl"
HELD_OUT = STATEMENTS.with_name("held_out.jsonl")
UNSEEN = STATEMENTS.with_name("unseen_2026_11.jsonl")  # of a third hand, frozen before the detector saw it
SUPPORTED, CONTRADICTED = "supported", "contradicted"
# A wrong salt may be told as a wrong drug, a wrong unit as a wrong amount: README.md of the folder, rules 4 and 5.
_AS_GOOD = {
    "salt": {"salt", "meaning"},
    "meaning": {"meaning", "salt"},
    "amount": {"amount", "unit"},
    "unit": {"amount", "unit"},
}


def score(auditor: Auditor, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts by way and kind, and the misses."""
    found, wanted, false, told = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    agreed, labeled, missed, alarms = Counter[str](), Counter[str](), [], []
    for item in items:
        audit = auditor.audit(item["text"], date.fromisoformat(item["on"]))
        said = [one for one in audit.statements if one.kind is not None]
        labels = item["expected"]
        for label in labels:
            alike = [one for one in said if one.code == label["code"] and str(one.verdict) == label["verdict"]]
            good = any(str(one.kind) in _AS_GOOD.get(label["kind"], {label["kind"]}) for one in alike)
            if label["verdict"] == CONTRADICTED:
                wanted[label["way"]] += 1
                found[label["way"]] += bool(alike)
                if not alike:
                    missed.append((item["id"], label, item["text"]))
            elif label["verdict"] == SUPPORTED:
                labeled[label["kind"]] += 1
                agreed[label["kind"]] += good
        by_code: dict[str, set[str]] = {}
        for label in labels:
            by_code.setdefault(label["code"], set()).add(label["verdict"])
        for one in said:
            if str(one.verdict) == CONTRADICTED and one.code in by_code:
                right = CONTRADICTED in by_code[one.code]
                told[str(one.kind)] += 1
                false[str(one.kind)] += not right
                if not right:
                    alarms.append((item["id"], one.code, str(one.kind), item["text"], one.official))
    return {
        "found": found, "wanted": wanted, "told": told, "false": false, "agreed": agreed, "labeled": labeled,
        "missed": missed, "alarms": alarms,
    }  # fmt: skip


def items_of(path: Path = STATEMENTS) -> list[dict[str, Any]]:
    """The frozen items."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--held-out", action="store_true", help="the texts that were written after the detector")
    parser.add_argument("--unseen", action="store_true", help="the texts of 2026-11-26, of a third hand")
    given = parser.parse_args()
    items = items_of(UNSEEN if given.unseen else HELD_OUT if given.held_out else STATEMENTS)
    result = score(Auditor.of(Lookup.open(given.reference)), items)
    found, wanted = result["found"], result["wanted"]
    told, false = sum(result["told"].values()), sum(result["false"].values())
    print(f"{len(items)} items")
    hits, labeled = sum(found.values()), sum(wanted.values())
    print(f"contradictions: recall {hits}/{labeled} = {hits / labeled:.3f}")
    print(f"contradictions: precision {told - false}/{told} = {(told - false) / max(told, 1):.3f}")
    for way in sorted(wanted):
        print(f"  {way:30} recall {found[way]}/{wanted[way]} = {found[way] / wanted[way]:.2f}")
    for kind in sorted(result["told"]):
        print(f"  told as {kind:22} precision {result['told'][kind] - result['false'][kind]}/{result['told'][kind]}")
    for kind in sorted(result["labeled"]):
        print(f"  supported {kind:20} {result['agreed'][kind]}/{result['labeled'][kind]}")
    if given.misses:
        for name, label, text in result["missed"]:
            print("MISSED", name, label["code"], label["kind"], label["way"], "|", text.replace("\n", " / "))
        for name, code, kind, text, official in result["alarms"]:
            print("ALARM", name, code, kind, "|", text.replace("\n", " / "), "|", official)


if __name__ == "__main__":
    main()
