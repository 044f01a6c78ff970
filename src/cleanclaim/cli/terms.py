"""What `explain terms` reads and prints: a payer's terms for a drug, each with who decides it and how surely."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TextIO

import msgspec

from cleanclaim.app.explained_terms import Asked, ExplainedTerms, Known, explain_terms
from cleanclaim.app.supporting import sound_policies
from cleanclaim.claims import PayerProgram
from cleanclaim.cli.options import ShortFormat
from cleanclaim.errors import InvalidValue
from cleanclaim.reference.library import Library
from cleanclaim.values import parse_ndc

_WIDTH = 110
_TERM = 30  # columns of the name of a term
_SHAPES = {
    "--code": (re.compile(r"[A-Z0-9]{5}"), "a HCPCS code of five characters"),
    "--place": (re.compile(r"[0-9]{2}"), "a place of service of two digits"),
    "--bill-type": (re.compile(r"0?[0-9]{3}"), "a type of bill of three digits, as 131"),
}


def read_asked(said: Mapping[str, str], on: date) -> Asked:
    """What the options ask for.

    Raises:  InvalidValue names the option and what was expected.
    """
    values = {option: text.strip() for option, text in said.items()}
    values["--code"] = values["--code"].upper()
    if not values["--code"]:
        raise InvalidValue("--code: say which drug, by its HCPCS code")
    for option, (shape, expected) in _SHAPES.items():
        if values[option] and not shape.fullmatch(values[option]):
            raise InvalidValue(f"{option} {values[option]}: expected {expected}")
    if values["--place"] and values["--bill-type"]:
        raise InvalidValue("--place is for professional claims and --bill-type for institutional ones: say one")
    number = parse_ndc(values["--ndc"]) if values["--ndc"] else None
    if number and number.ndc11 is None:
        raise InvalidValue(f"--ndc {values['--ndc']}: {number.problem}")
    return Asked(
        values["--code"], on, values["--payer"] or None, _program(values["--program"]), values["--place"] or None,
        values["--bill-type"].removeprefix("0") or None, number.ndc11 if number else None,
    )  # fmt: skip


def _program(text: str) -> PayerProgram | None:
    if not text:
        return None
    name = text.lower().replace(" ", "_")
    if name not in [*PayerProgram]:
        raise InvalidValue(f"--program {text}: expected one of {', '.join(PayerProgram)}")
    return PayerProgram(name)


def write_terms(
    asked: Asked, reference: Path | None, policies: Path | None, output_format: ShortFormat, out: TextIO
) -> None:
    """The terms in words, or as data.

    Raises:  InvalidValue for a policy that cannot be used; LibraryError for a damaged library.
    """
    terms = explain_terms(Library.open(reference), sound_policies(policies), asked)
    match output_format:
        case ShortFormat.TABLE:
            out.write("\n".join(_lines(terms)) + "\n")
        case ShortFormat.JSON:
            out.write(json.dumps(msgspec.to_builtins(terms), ensure_ascii=False, indent=2) + "\n")
        case ShortFormat.JSONL:
            out.write(json.dumps(msgspec.to_builtins(terms), ensure_ascii=False) + "\n")


def _lines(terms: ExplainedTerms) -> Iterator[str]:
    where = f"place of service {terms.place_of_service}" if terms.place_of_service else ""
    where = where or (f"type of bill {terms.bill_type}" if terms.bill_type else "place not told")
    program = str(terms.program).replace("_", " ") + (" (presumed: say --program)" if terms.program_presumed else "")
    yield f"{terms.code} on {terms.on} for {terms.payer or 'a payer that is not told'}, {program}, {where}"
    if terms.policies:
        yield from _entry("policies that name it", ", ".join(terms.policies))
    yield ""
    for row in terms.terms:
        if row.known in (Known.KNOWN, Known.PRESUMED):
            by = f" [{', '.join(row.by)}]" if row.by else ""
            yield from _entry(row.term, row.says + (", presumed" if row.known is Known.PRESUMED else "") + by)
        elif row.known is Known.UNSETTLED:
            yield from _entry(row.term, f"not settled: {row.why} ({', '.join(row.by)})")
        elif not row.attribute:
            yield from _entry(row.term, f"not known; would tell: {row.why}")
    for known, label in ((Known.NOT_ASKED, "not asked"), (Known.NOT_KNOWN, "not known: no policy")):
        if names := [row.term for row in terms.terms if row.known is known and row.attribute]:
            yield ""
            yield from _entry(label, ", ".join(names))


def _entry(label: str, text: str) -> list[str]:
    lines = textwrap.wrap(text, _WIDTH - _TERM, break_long_words=False, break_on_hyphens=False) or [""]
    labels = textwrap.wrap(label, _TERM - 4) or [""]
    count = max(len(lines), len(labels))
    pad = [*labels, *[""] * (count - len(labels))], [*lines, *[""] * (count - len(lines))]
    return [f"  {left:{_TERM - 2}}{right}".rstrip() for left, right in zip(*pad, strict=True)]
