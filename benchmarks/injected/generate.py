"""Writes the benchmark: 2,500 clean and 2,500 faulty claims with their labels, the same bytes for the same seed."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.injected import (
    checks,
    faults_claim,
    faults_code,
    faults_modifier,
    faults_ncci,
    faults_ndc,
    faults_units,
    faults_waste,
    regimens,
    specials,
)
from benchmarks.injected.draft import Draft, render
from benchmarks.injected.fault import Fault
from benchmarks.injected.people import Directory
from benchmarks.injected.reference import Reference
from benchmarks.injected.singles import single
from benchmarks.injected.workshop import Wish, Workshop

HALF = 2500
FAULTS: dict[str, Callable[[Workshop, int], Fault]] = {
    kind: maker
    for module in (faults_code, faults_units, faults_waste, faults_ndc, faults_modifier, faults_claim, faults_ncci)
    for kind, maker in module.FAULTS.items()
}
CLEAN_MIX: tuple[tuple[str, int, Callable[[Workshop, Wish], Draft]], ...] = (
    ("single drug, office", 1230, single),
    ("single drug, hospital outpatient", 300, lambda shop, wish: single(shop, Wish(claim_type="I"))),
    ("regimen", 300, regimens.regimen),
    ("two injections", 110, regimens.two_injections),
    ("infusion and injection", 40, regimens.infusion_and_injection),
    ("two NDCs", 50, regimens.two_ndcs),
    ("vaccine", 70, specials.vaccine),
    ("radiopharmaceutical", 70, specials.tracer),
    ("NOC", 80, specials.noc),
    ("NOC with waste", 12, specials.noc_waste),
    ("drug at no cost", 40, specials.free_drug),
    ("facility place of service", 70, specials.facility_visit),
    ("esketamine session", 20, specials.esketamine),
    ("340B hospital", 24, specials.hospital_340b),
    ("replacement", 16, specials.replacement),
)
TODAY = date(2026, 11, 22)


@dataclass
class Entry:
    """A claim with its label, before numbering."""

    draft: Draft
    kind: str | None
    template: str
    expected: list[dict[str, Any]]
    may_also: list[tuple[str, str]]


def clean_may(draft: Draft, template: str) -> list[tuple[str, str]]:
    """Edits that a correct scrubber may report on a clean claim, for reasons outside the claim."""
    out = []
    try:
        deadline = draft.day.replace(year=draft.day.year + 1)
    except ValueError:
        deadline = date(draft.day.year + 1, 2, 28)
    if deadline < TODAY:
        out.append(("DEMO-005", "no claim date is given: only if 2026-11-22 is taken as the day of filing"))
    if template == "split over two claims":
        out.append(("ADMN-001", "the administration stands on the first claim of the split"))
    if template == "first of a claim sent twice":
        out.append(("DEMO-006", "its twin is in the file and is the faulty one"))
    return out


def clean_entry(draft: Draft, template: str) -> Entry:
    """A clean entry."""
    return Entry(draft, None, template, [], clean_may(draft, template))


def faulty_entries(shop: Workshop) -> list[list[Entry]]:
    """All faulty entries; a claim that needs a clean twin comes as a pair."""
    out = []
    for place, (kind, maker) in enumerate(FAULTS.items()):
        for index in range(HALF // len(FAULTS) + (1 if place < HALF % len(FAULTS) else 0)):
            fault = maker(shop, index)
            may = clean_may(fault.draft, "") + fault.may_also
            entry = Entry(fault.draft, kind, fault.case, fault.labels(), may)
            first = [clean_entry(fault.before, "first of a claim sent twice")] if fault.before else []
            out.append([*first, entry])
    return out


def clean_entries(shop: Workshop, wanted: int) -> list[list[Entry]]:
    """Clean entries by the mix, split claims in pairs, filled up with office claims."""
    out: list[list[Entry]] = []
    for _ in range(8):
        first, second = specials.split_claims(shop, Wish())
        out.append([clean_entry(part, "split over two claims") for part in (first, second)])
    for name, count, template in CLEAN_MIX:
        out += [[clean_entry(template(shop, Wish()), name)] for _ in range(count)]
    have = sum(len(group) for group in out)
    out += [[clean_entry(single(shop, Wish()), "single drug, office")] for _ in range(wanted - have)]
    return out


def build(reference: Reference, seed: int) -> list[Entry]:
    """Every entry in the order of the file."""
    shop = Workshop(reference, Random(f"injected {seed}"), Directory(Random(f"directory {seed}")))
    groups = faulty_entries(shop)
    twins = sum(len(group) - 1 for group in groups)
    groups += clean_entries(shop, HALF - twins)
    shop.random.shuffle(groups)
    return [entry for group in groups for entry in group]


def label(entry: Entry, claim_id: str) -> dict[str, Any]:
    """The label of a claim."""
    seen: set[str] = {item["id"] for item in entry.expected}
    may = []
    for edit, reason in entry.may_also:
        if edit not in seen:
            seen.add(edit)
            may.append({"id": edit, "reason": reason})
    return {
        "claim_id": claim_id,
        "clean": entry.kind is None,
        "kind": entry.kind,
        "expected": entry.expected,
        "may_also": may,
    }


def dump(rows: list[dict[str, Any]], path: Path) -> None:
    """JSON Lines with LF, ASCII only."""
    text = "".join(json.dumps(row, ensure_ascii=True, separators=(", ", ": ")) + "\n" for row in rows)
    path.write_bytes(text.encode("ascii"))


def summary(entries: list[Entry]) -> dict[str, Any]:
    """Counts by kind and case, and by clean template."""
    cases: dict[str, Counter[str]] = {kind: Counter() for kind in FAULTS}
    templates: Counter[str] = Counter()
    for entry in entries:
        if entry.kind is None:
            templates[entry.template] += 1
        else:
            cases[entry.kind][entry.template] += 1
    return {
        "clean": dict(sorted(templates.items())),
        "faulty": {kind: dict(sorted(c.items())) for kind, c in cases.items()},
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the official files")
    parser.add_argument("--out", type=Path, required=True, help="folder for claims.jsonl and labels.jsonl")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    reference = Reference(options.data)
    entries = build(reference, options.seed)
    claims, labels, wrong = [], [], []
    for number, entry in enumerate(entries, start=1):
        claim_id = f"FB{number:05d}"
        claims.append(render(entry.draft, claim_id))
        labels.append(label(entry, claim_id))
        if entry.kind is None:
            wrong += [f"{claim_id} ({entry.template}): {text}" for text in checks.problems(claims[-1], reference)]
    if wrong:
        raise SystemExit("clean claims with problems:\n" + "\n".join(wrong[:60]))
    options.out.mkdir(parents=True, exist_ok=True)
    dump(claims, options.out / "claims.jsonl")
    dump(labels, options.out / "labels.jsonl")
    print(json.dumps(summary(entries), indent=1))


if __name__ == "__main__":
    main()
