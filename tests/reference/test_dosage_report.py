"""The report on how the descriptors of a day are read: on a small library, and as a command prints it."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from cleanclaim.cli.dosage import write_dosage_report
from cleanclaim.cli.options import RowsFormat
from cleanclaim.cli.shapes import shape_text
from cleanclaim.reference.codes.dosage_report import NO_TEXT, DosageReport, dosage_report, read_codes
from cleanclaim.reference.codes.index import Record
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.library import starter_set

DAY = date(2025, 11, 1)


def row(code: str, descriptor: str | None, first: date | None = date(2020, 1, 1), last: date | None = None) -> Record:
    return {
        "hcpcs_code": code, "descriptor": descriptor, "is_drug": True, "span_from": first,
        "span_to": last or date(9999, 12, 31), "release": "hcpcs 2025-Q4 r1",
    }  # fmt: skip


ROWS = [
    row("Q2034", "Influenza virus vaccine, split virus, for intramuscular use (agriflu)"),
    row("J9271", "Injection, pembrolizumab, 1 mg"),
    row("J0999", None),
    row("J1030", "Injection, methylprednisolone acetate, 40 mg", last=date(2025, 10, 31)),
    row("J0013", "Esketamine, nasal spray, 1 mg", first=date(2025, 11, 2)),
    row("J0570", "Buprenorphine implant, 74.2 mg", first=None),
    row("J3490", "Unclassified drugs", first=DAY, last=DAY),
    row("G0008", "Administration of influenza virus vaccine") | {"is_drug": None},
    row("J3262", "Injection, tocilizumab, a word of tomorrow, 1 mg"),
]


def printed(report: DosageReport, output_format: RowsFormat) -> str:
    out = io.StringIO()
    write_dosage_report(report, output_format, out)
    return out.getvalue()


def test_codes_in_force_are_read_or_told_with_their_reason() -> None:
    report = read_codes(ROWS, DAY)
    assert [one.code for one in report.readings] == ["J0999", "J3262", "J3490", "J9271", "Q2034"]
    assert [(one.code, one.reason) for one in report.not_parsed] == [("J0999", NO_TEXT), ("Q2034", "no amount")]
    assert (report.codes, report.parsed, report.share) == (5, 3, Decimal(60))
    assert report.by_semantics == {"linear": 2, "unclassified": 1}


def test_a_share_is_never_rounded_up_to_all() -> None:
    many = [row(f"J{number:04}", "Injection, pembrolizumab, 1 mg") for number in range(30_000 // 10)]
    assert read_codes([*many, row("J9999", "No drug")], DAY).share == Decimal("99.96")


def test_the_table_has_the_summary_and_what_is_left() -> None:
    assert printed(read_codes(ROWS, DAY), RowsFormat.TABLE).splitlines() == [
        "descriptors on 2025-11-01: 3 of 5 drug codes parsed, 60 %",
        "  linear             2",
        "  unclassified       1",
        "  not parsed         2",
        "    J0999  the library has no long descriptor of the code: no descriptor known",
        "    Q2034  no amount: Influenza virus vaccine, split virus, for intramuscular use (agriflu)",
        "    J3262  part of the name in no vocabulary: a word of tomorrow",
        "  by  hcpcs 2025-Q4 r1",
    ]


def test_json_and_csv_have_every_code() -> None:
    report = read_codes(ROWS, DAY)
    told = json.loads(printed(report, RowsFormat.JSON))
    jsonschema.validate(told, json.loads(shape_text("dosage")))
    assert told["readings"][3]["dosage"] == {
        "substance": "pembrolizumab", "amount": "1", "unit": "mg", "semantics": "linear",
    }  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(printed(report, RowsFormat.CSV))))
    assert [one["code"] for one in rows] == [one.code for one in report.readings]
    vaccine = rows[-1]
    assert (vaccine["reason"], vaccine["ingredients"], vaccine["brand"], vaccine["routes"], vaccine["biosimilar"]) == (
        "no amount", "influenza virus vaccine", "agriflu", "intramuscular", "false",
    )  # fmt: skip


def test_a_day_that_no_release_covers_is_told() -> None:
    report = read_codes([], DAY)
    assert report.share is None
    assert printed(report, RowsFormat.TABLE) == (
        "descriptors on 2025-11-01: no release in the library tells of a drug code that may be billed on 2025-11-01\n"
    )


def test_a_library_answers_for_the_day_that_is_asked(library: Path) -> None:
    october, april = (dosage_report(Lookup.open(library), on) for on in (date(2025, 10, 2), date(2020, 5, 1)))
    assert [one.code for one in october.readings] == ["J0570", "J1010", "J3490", "J9271"]
    assert [one.code for one in april.readings] == ["J0570", "J1030", "J9271"]
    assert october.releases == ("hcpcs 2025-Q4 r1",)


def test_the_starter_set_answers_too(tmp_path: Path, starter: starter_set.StarterSet) -> None:
    report = dosage_report(Lookup.open(tmp_path), date(2024, 3, 31))
    assert [(one.code, one.name and one.name.salt) for one in report.readings] == [
        ("J1030", "acetate"),
        ("J9271", None),
    ]
    assert all(release.startswith("starter") for release in report.releases)


@pytest.mark.parametrize("output_format", list(RowsFormat))
def test_every_format_is_the_same_twice(output_format: RowsFormat) -> None:
    assert printed(read_codes(ROWS, DAY), output_format) == printed(read_codes(reversed(ROWS), DAY), output_format)
