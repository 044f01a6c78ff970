"""Make the CSVs of the starter set that stand on official files: `make starter SHARED=../shared`.

    python scripts/make_starter.py ../shared [FOLDER]

Codes, modifiers, successors, unlikely edits, payment limits, the crosswalk and what is covered come from the files, as
the importers of the library read them. `scripts/by_hand` holds the facts that are better than the files or stand in
none of them: a row there takes the place of every made row of its key. The tables that no script makes (traits,
products, payer rules, code sets ...) stay as they are. What is made goes to FOLDER, the starter set by default.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from cleanclaim.reference.cells import Cell, plain
from cleanclaim.reference.dosage import parse_dosage
from cleanclaim.reference.publications import recognize
from cleanclaim.reference.publications.drug_codes import CodeFacts, is_drug
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source
from cleanclaim.reference.tables import BY_NAME

BY_HAND = Path(__file__).parent / "by_hand"
STARTER = Path(__file__).parents[1] / "src" / "cleanclaim" / "reference" / "starter"

Record = dict[str, str]  # the cells of a row of a CSV, by column
Made = dict[str, list[Record]]

LEVEL_II = "CMS HCPCS Level II, October 2025"
LEVEL_II_FILE = "hcpcs/HCPC2025_OCT_ANWEB.xlsx"
CODE_LIST = "list of HCPCS Level II codes, July 2026 (codes only)"
CODE_LIST_FILE = "hcpcs/hcpcs_level2_2026q3.txt.gz"
# Seven files from January 2018 on agree on the days of these codes; the oldest that they keep ended in 2012 and later.
FIRST, LAST = date(2012, 1, 1), date(2025, 12, 31)
FACTOR = "CMS HCPCS Level II, October 2025"


class Quarter(NamedTuple):
    """The payment limits and the crosswalk of a quarter: file and name."""

    limits: str
    limits_name: str
    crosswalk: str
    crosswalk_name: str


QUARTERS = (
    Quarter(
        "asp/*Jul 2024 ASP Pricing*", "CMS ASP Pricing File, July 2024",
        "asp/*July 2024 ASP NDC-HCPCS*", "CMS ASP NDC-HCPCS Crosswalk, July 2024",
    ),
    Quarter(
        "asp/*Oct 2025 ASP Pricing File REVISED*", "CMS ASP Pricing File, October 2025, re-issued January 2026",
        "asp/*October 2025 ASP NDC-HCPCS*", "CMS ASP NDC-HCPCS Crosswalk, October 2025",
    ),
    Quarter(
        "asp/*January 2026 Medicare Part B Payment Limit*", "CMS Medicare Part B Payment Limit File, January 2026",
        "asp/*January 2026 ASP NDC-HCPCS*", "CMS ASP NDC-HCPCS Crosswalk, January 2026",
    ),
)  # fmt: skip
MUE = {
    "practitioner": ("ncci/MUE_Pract*", "CMS NCCI MUE, Practitioner Services, July 2024"),
    "outpatient": ("ncci/MUE_Outp*", "CMS NCCI MUE, Outpatient Hospital Services, July 2024"),
    "dme": ("ncci/MUE_DME*", "CMS NCCI MUE, DME Supplier Services, July 2024"),
}
MUE_DAYS = (date(2024, 7, 1), date(2024, 9, 30))

HEADS = {
    "hcpcs": (
        "Level II codes of drugs: one row per validity span, as in the October 2025 file; rows from elsewhere name it.",
        "Substance, amount, unit and unit semantics are read from the long descriptor; 140 substances by hand.",
        "J0570 was off the list from 2025-01-01 to 2025-09-30; S0013 ended when J0013 came.",
        "Codes of the list of July 2026 that no older file has are known to exist, and nothing else of them is known.",
    ),
    "modifier": ("Level II modifiers as in the October 2025 file.",),
    "replacement": (
        'unit_factor: units of the new code for one unit of the old; empty where the old unit is "up to" an amount.',
    ),
    "asp_limit": (
        "Medicare Part B payment limits of three quarters, every row of each.",
        "2025 Q4 is the re-issue of January 2026 (it corrects J2782).",
    ),
    "ndc_crosswalk": ("All rows of three quarters, as CMS prints them. No names for CPT codes.",),
    "mue": ("Medically unlikely edit values of 2024 Q3 of the codes in hcpcs.csv, for three service types.",),
    "coverage": (
        "For which codes and modifiers each table is complete, and on which days; without a key, for all.",
        "A key without rows in its table was looked for and does not exist.",
        "The crosswalk is complete for each package in the quarters that list it: read from its own rows, not here.",
    ),
}


def make(shared: Path) -> Mapping[str, str]:
    """The text of each CSV that is made, by table, from the official files below `shared`."""
    cms = shared / "data" / "cms"
    level_ii = _parse(cms, LEVEL_II_FILE)
    made: Made = {name: [] for name in HEADS}
    made["asp_limit"], made["ndc_crosswalk"] = list(_limits(cms)), list(_crosswalk(cms))
    made["hcpcs"] = _merged("hcpcs", [*_codes(level_ii), *_later_codes(cms, level_ii)])
    made["modifier"] = list(_modifiers(level_ii))
    drugs = {record["hcpcs_code"] for record in made["hcpcs"] if record["is_drug"] == "true"}
    made["replacement"] = _merged("replacement", _successors(level_ii, drugs))
    codes = {record["hcpcs_code"] for record in made["hcpcs"]}
    made["mue"] = list(_unlikely_edits(cms, codes))
    made["coverage"] = _merged("coverage", _coverage(made))
    return {name: _text(name, records) for name, records in made.items()}


def _codes(level_ii: Parsed) -> Iterator[Record]:
    substances = {record["hcpcs_code"]: record["substance"] for record in _read(BY_HAND / "substance.csv")}
    for record in _records(level_ii.tables["hcpcs"], LEVEL_II):
        if record["is_drug"] == "true":
            code = record["hcpcs_code"]
            yield record | _days_of_span(record) | {"substance": substances.get(code, record["substance"])}


def _later_codes(cms: Path, level_ii: Parsed) -> Iterator[Record]:
    """Codes whose number alone makes them drugs, and that only the list of July 2026 has."""
    known = set(level_ii.tables["hcpcs"]["hcpcs_code"].to_pylist())
    for record in _records(_parse(cms, CODE_LIST_FILE).tables["hcpcs"], CODE_LIST):
        code = record["hcpcs_code"]
        if code not in known and is_drug(CodeFacts(code, "", "", "", ""), parse_dosage("")):
            yield record | {"is_drug": "true"}


def _modifiers(level_ii: Parsed) -> Iterator[Record]:
    for record in _records(level_ii.tables["modifier"], LEVEL_II):
        yield record | _days_of_span(record)


def _days_of_span(record: Record) -> Record:
    # A starter row holds for its span; what is covered says how far anybody knows.
    return {"valid_from": record["span_from"], "valid_to": record["span_to"]}


def _successors(level_ii: Parsed, drugs: set[str]) -> Iterator[Record]:
    for record in _records(level_ii.tables["replacement"], FACTOR):
        if {record["hcpcs_code"], record["replaced_by"]} <= drugs:
            yield record | {"source": f"cross-reference of {LEVEL_II}"}


def _limits(cms: Path) -> Iterator[Record]:
    for quarter in QUARTERS:
        for record in _records(_parse(cms, quarter.limits).tables["asp_limit"], quarter.limits_name):
            yield record | {"notes": " ".join(record["notes"].split())}


def _crosswalk(cms: Path) -> Iterator[Record]:
    for quarter in QUARTERS:
        yield from _records(_parse(cms, quarter.crosswalk).tables["ndc_crosswalk"], quarter.crosswalk_name)


def _unlikely_edits(cms: Path, codes: set[str]) -> Iterator[Record]:
    for pattern, name in MUE.values():
        for record in _records(_parse(cms, pattern).tables["mue"], name):
            if record["hcpcs_code"] in codes:
                yield record


def _coverage(made: Made) -> Iterator[Record]:
    last_limits = QUARTERS[-1].limits_name
    listed = {record["hcpcs_code"] for record in made["asp_limit"] if record["publication"] == last_limits}
    last = max(date.fromisoformat(record["valid_to"]) for record in made["asp_limit"])
    for code in dict.fromkeys(record["hcpcs_code"] for record in made["hcpcs"]):
        of_code = [record for record in made["hcpcs"] if record["hcpcs_code"] == code]
        if of_code[0]["publication"] == CODE_LIST:
            yield _covered("hcpcs", code, of_code[0]["valid_from"], of_code[0]["valid_to"], CODE_LIST)
        elif code in listed:  # a code with a limit is open: no limit file of these years has one that had ended
            yield _covered("hcpcs", code, FIRST, last, f"{LEVEL_II}; {last_limits}")
        else:
            yield _covered("hcpcs", code, FIRST, LAST, LEVEL_II)
        if of_code[0]["publication"] != CODE_LIST:
            for service_type, (_, name) in MUE.items():
                yield _covered("mue", code, *MUE_DAYS, name, part=service_type)
    for modifier in dict.fromkeys(record["modifier"] for record in made["modifier"]):
        yield _covered("modifier", modifier, FIRST, LAST, LEVEL_II)
    for quarter in QUARTERS:
        days = next(one for one in made["asp_limit"] if one["publication"] == quarter.limits_name)
        yield _covered("asp_limit", "", days["valid_from"], days["valid_to"], quarter.limits_name)


def _covered(table: str, key: str, first: object, last: object, publication: str, part: str = "") -> Record:
    return {
        "table": table, "part": part, "key": key, "valid_from": str(first), "valid_to": str(last),
        "publication": publication,
    }  # fmt: skip


def _merged(name: str, made: Iterable[Record]) -> list[Record]:
    """The made rows but for those whose key has rows by hand, and these."""
    by_hand = _read(BY_HAND / f"{name}.csv")
    key = [column for column in BY_NAME[name].key if column != "span_from"]
    taken = {tuple(record[column] for column in key) for record in by_hand}
    return [record for record in made if tuple(record[column] for column in key) not in taken] + by_hand


def _parse(cms: Path, pattern: str) -> Parsed:
    (path,) = cms.glob(pattern)
    source = Source.read(path)
    return recognize(source).parse(source)


def _records(table: pa.Table, publication: str) -> Iterator[Record]:
    for row in table.to_pylist():
        yield {name: _cell(value) for name, value in row.items()} | {"publication": publication}


def _cell(value: Cell) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{plain(value):f}"
    return "" if value is None else str(value)


def _read(path: Path) -> list[Record]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if line[:1] != "#"))


def _text(name: str, records: list[Record]) -> str:
    schema = BY_NAME[name]
    columns = [*schema.names[:-1], "publication"]
    order = (*schema.key, "valid_from")
    out = io.StringIO()
    out.writelines(f"# {line}\n" for line in HEADS[name])
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(records, key=lambda record: tuple(record[column] for column in order)))
    return out.getvalue()


def main(arguments: list[str]) -> int:
    """Writes what is made; exit code 2 without the folder of the official files."""
    if not 1 <= len(arguments) <= 2 or not Path(arguments[0]).is_dir():
        print("usage: make_starter.py SHARED [FOLDER]; SHARED holds the official files (data/cms)", file=sys.stderr)
        return 2
    folder = Path(arguments[1]) if len(arguments) == 2 else STARTER
    for name, text in make(Path(arguments[0])).items():
        (folder / f"{name}.csv").write_text(text, "utf-8", newline="\n")
        print(f"{name}.csv: {len(text):,} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
