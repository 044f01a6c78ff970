"""The claims on which the engines are held against each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cleanclaim.app.files import digest, open_file, read_claims
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.reference.library import Library
from tests.app.test_checker import claim
from tests.app.test_rules import MODIFIERS, MUE, PATIENT, WASTE, WASTED, line

EXAMPLES = [
    path for path in sorted((Path(__file__).parents[2] / "examples").iterdir()) if path.suffix in {".837", ".jsonl"}
]

_TEXTS = [
    "", " ", " j1745 ", "j1745\n", "J1745\t", "j1745\u00a0", "\u3000J1745", "straße", "ıI", "ﬁ", "é", "ᾳ", "J174", "J17455",
    "𝒥1745", "0071a", "'; --", "\\z",
]  # fmt: skip
# Facts that none of these claims can show, and why.
UNSEEN = {"line.revenue_code": "it stands in institutional claims, which are not read yet"}


def load(bench: Workbench, library: Library, files: list[Path]) -> None:
    """Read files into a workbench."""
    bench.use_reference(library.table)
    for path in files:
        with open_file(path) as stream:
            read = read_claims(stream, name=path.name, file_hash=digest(stream), complete=False, progress=None)
            for tables in read.tables:
                bench.load_claims(tables)
            if read.by_row:
                bench.files_by_row.add(path.name)


def claims_of_the_rules() -> Iterator[dict[str, Any]]:
    """The claims of `test_rules`, in one run: each alone, and those of one patient together."""
    for number, (_, of_line, of_claim, _) in enumerate(WASTE):
        yield _known(claim(f"WASTE{number}", lines=[line(**of_line)], **of_claim))
    for number, (_, lines, of_claim, _) in enumerate(MUE):
        yield claim(f"MUE{number}", lines=lines, **of_claim)
    for number, (_, lines, _) in enumerate(WASTED):
        yield claim(f"WASTED{number}", lines=lines)
    for number, (_, code, modifier, _) in enumerate(MODIFIERS):
        yield claim(f"MODIFIER{number}", lines=[line(hcpcs_code=code, modifiers=[modifier])])
    for number, frequency in enumerate([None, "1", "7", "8"]):
        more = {"frequency": frequency} if frequency else {}
        yield claim(f"DOSE{number}", lines=[line()], **more, **PATIENT)
        yield claim(f"JW{number}", lines=[line(modifiers=["JW"], billed_units=5)], **more, **PATIENT)


def odd_claims() -> Iterator[dict[str, Any]]:
    """What no clinic sends and a file may hold: values at the edge of their type, other alphabets, nothing at all."""
    for number, text in enumerate(_TEXTS):
        yield claim(f"TEXT{number}", lines=[line(hcpcs_code=text, modifiers=[text, "jw"], ndc=text, description=text)])
    amounts = ["0", "0.001", "0.01", "0.5", "2.5", "3.500", "999999999.999", "-1", "-0.5"]
    for number, amount in enumerate(amounts):
        yield claim(f"UNITS{number}", lines=[line(billed_units=amount, charge_amount=amount) for _ in range(3)])
    lists: list[list[str] | None] = [None, [], ["JZ"], ["JZ", "JZ"], ["JW", "59", "11", "02"], ["LT", "RT", "25", "XS"]]
    for number, modifiers in enumerate(lists):
        given = {key: value for key, value in line(modifiers=modifiers).items() if value is not None}
        yield {**claim(f"LIST{number}", lines=[given]), "complete": number % 2 == 0}
    yield claim("NOTHING", lines=[])
    yield {"claim_id": "BARE", "lines": [{}]}
    dates = ["0001-01-01", "1582-10-10", "1899-12-31", "2023-07-01", "2024-02-29", "9999-12-31"]
    for number, day in enumerate(dates):
        yield claim(
            f"DAY{number}", lines=[line(service_date=day), line(service_date=day, service_date_to="9999-12-31")]
        )


def _known(given: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if value is not None}
