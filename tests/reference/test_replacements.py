"""Successors as the HCPCS file says them: cross-references of ended codes, with the factor of units where there is one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cleanclaim.reference.dosage import parse_dosage
from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library import Library
from cleanclaim.reference.publications.hcpcs_replacements import replacement_rows, unit_factor
from cleanclaim.values import OPEN_END
from tests.shared import SHARED, needs_shared

ENDED = date(2015, 12, 31)


@pytest.mark.parametrize(
    ("old", "new", "factor"),
    [
        ("Injection, alemtuzumab, 10 mg", "Injection, alemtuzumab, 1 mg", "10"),
        ("Injection, hydroxyprogesterone caproate, 1 mg", "Injection, hydroxyprogesterone caproate, 10 mg", "0.1"),
        ("Injection, example, 1 gm", "Injection, example, 250 mg", "4"),
        ("Injection, example, 1 mg", "Injection, example, 3 mg", None),  # a third has no end
        ("Injection, example, up to 40 mg", "Injection, example, 5 mg", None),  # any dose up to 40 mg was one unit
        ("Injection, example, 1000 units", "Injection, example, 1 mg", None),
        ("Unclassified drugs", "Injection, example, 1 mg", None),
    ],
)
def test_factor_of_units(old: str, new: str, factor: str | None) -> None:
    found = unit_factor(parse_dosage(old), parse_dosage(new))
    assert found == (None if factor is None else Decimal(factor))


def test_only_an_ended_code_has_successors_and_only_level_ii_ones() -> None:
    cells = {"XREF1": "J0202", "XREF2": "77046", "XREF3": "J0202", "XREF4": ""}
    rows = list(replacement_rows("J9010", cells, ENDED, {}))
    assert rows == [("J9010", "J0202", None, "cross-reference of the HCPCS file", date(2016, 1, 1), OPEN_END)]
    assert list(replacement_rows("J9010", cells, None, {})) == []
    assert list(replacement_rows("J9010", cells, OPEN_END, {})) == []


class TestOfficialFile:
    pytestmark = needs_shared

    def test_five_successors_of_october_2025(self, tmp_path: Path) -> None:
        """Read in the file by hand: code, its TERM DT, XREF1, and both descriptors' amounts."""
        import_file(tmp_path, SHARED / "data" / "cms" / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx")
        library = Library.open(tmp_path)
        rows = library.table("replacement").to_pylist()
        told = {
            (row["hcpcs_code"], row["replaced_by"]): (row["unit_factor"], row["valid_from"])
            for row in rows
            if row["release"] == "hcpcs 2025-Q4 r1"
        }
        assert told["J9010", "J0202"] == (Decimal(10), date(2016, 1, 1))
        assert told["C9027", "J9271"] == (Decimal(1), date(2016, 1, 1))
        assert told["C9173", "Q5148"] == (Decimal(1), date(2025, 7, 1))
        assert told["Q9985", "J1729"] == (Decimal(1), date(2018, 1, 1))
        assert told["C9302", "J9276"] == (Decimal(1), date(2025, 7, 1))
        assert ("J0694", "Q0090") not in told  # open: it points to a code of years ago
        # The pairs of the rulebook, which no publication cross-references, stay.
        assert any((row["hcpcs_code"], row["replaced_by"]) == ("J1030", "J1010") for row in rows)
