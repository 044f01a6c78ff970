"""The score of the edits on claims with injected faults: recall and precision by edit, every miss and false alarm.

Command: `python -m benchmarks.injected_score FOLDER --reference LIBRARY [--list]`, with the folder that
`benchmarks.injected.generate` wrote. How a hit and a false alarm are counted stands in `injected/README.md`.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from cleanclaim.app import Checker
from cleanclaim.edits.findings import Finding
from cleanclaim.edits.outcomes import Outcome

CHECKED_ON = date(2026, 11, 22)
_SEVERE = frozenset({"reject", "deny"})
# Where the place of the finding is a matter of taste, the claim decides (injected/README.md).
_BY_CLAIM = frozenset({"DX-002", "DX-003", "FMT-E-008", "WASTE-002"})


@dataclass(slots=True)
class Score:
    """What was expected and found of one edit."""

    expected: int = 0
    hits: int = 0
    severity_differs: int = 0
    misses: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Hits of what was expected."""
        return self.hits / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        """Hits of what was told severely, right or wrong."""
        told = self.hits + len(self.false_alarms)
        return self.hits / told if told else 1.0


@dataclass(slots=True)
class Scores:
    """The scores by edit, and what was told severely on clean claims."""

    by_edit: dict[str, Score]
    on_clean: list[str]
    clean: int
    not_evaluated: Counter[str]  # of the misses: the facts that were missing


def score(folder: Path, library: Path) -> Scores:
    """Check the claims of a folder in one run and hold the findings against their labels."""
    labels = [json.loads(line) for line in (folder / "labels.jsonl").read_text("utf-8").splitlines()]
    result = Checker.open(library).check_files(
        [folder / "claims.jsonl"], checked_on=CHECKED_ON, show_not_evaluated=True
    )
    found: dict[str | None, list[Finding]] = defaultdict(list)
    for finding in result.findings:
        found[finding.claim_id].append(finding)
    scores = Scores(defaultdict(Score), [], 0, Counter())
    for label in labels:
        _claim(scores, label, found[label["claim_id"]])
    return scores


def _claim(scores: Scores, label: dict[str, Any], findings: list[Finding]) -> None:
    fired = [finding for finding in findings if finding.outcome is Outcome.FIRES]
    wanted = {item["id"] for item in label["expected"]}
    allowed = wanted | {item["id"] for item in label["may_also"]}
    for item in label["expected"]:
        own = scores.by_edit[item["id"]]
        own.expected += 1
        hits = [finding for finding in fired if _is_hit(item, finding)]
        own.hits += bool(hits)
        own.severity_differs += bool(hits) and all(finding.severity != item["severity"] for finding in hits)
        if not hits:
            missing = sorted({name for one in findings if one.id == item["id"] for name in one.missing})
            scores.not_evaluated.update(f"{item['id']}: {name}" for name in missing)
            own.misses.append(f"{label['claim_id']} {label['kind']}: {item} missing={missing}")
    scores.clean += label["clean"]
    for finding in fired:
        if label["clean"] and any(place.claim_id != label["claim_id"] for place in finding.related_lines):
            continue  # told on the first of several claims: it is the other one, with the fault, that made it
        if finding.severity in _SEVERE and finding.id not in allowed:
            text = f"{label['claim_id']} line {finding.line_number} {finding.id} {finding.case} {finding.message}"
            scores.by_edit[finding.id].false_alarms.append(f"{text} [{label['kind'] or 'clean'}]")
            if label["clean"]:
                scores.on_clean.append(text)


def _is_hit(item: dict[str, Any], finding: Finding) -> bool:
    if finding.id != item["id"]:
        return False
    lines = {finding.line_number, *(place.line_number for place in finding.related_lines)}
    return item["line_number"] is None or None in lines or item["line_number"] in lines or item["id"] in _BY_CLAIM


def table(scores: Scores) -> Iterator[str]:
    """The scores as a Markdown table."""
    yield "| edit | expected | found | recall | severity differs | false alarms | precision |"
    yield "|---|---|---|---|---|---|---|"
    for name, own in sorted(scores.by_edit.items()):
        counts = (own.expected, own.hits, f"{own.recall:.3f}", own.severity_differs, len(own.false_alarms))
        yield f"| {name} | {' | '.join(map(str, counts))} | {own.precision:.3f} |"


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reference", type=Path, required=True)
    parser.add_argument("--list", action="store_true", help="each miss and false alarm too")
    given = parser.parse_args()
    scores = score(given.folder, given.reference)
    print("\n".join(table(scores)))
    print(f"\n{scores.clean} clean claims; {len(scores.on_clean)} of reject or deny on them")
    if given.list:
        for name, own in sorted(scores.by_edit.items()):
            for kind, texts in (("miss", own.misses), ("false alarm", own.false_alarms)):
                for text in texts:
                    print(f"{name} {kind}: {text}")


if __name__ == "__main__":
    main()
