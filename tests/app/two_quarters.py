"""A library of two made-up quarters in which every kind of change happens to some code, and claims on these codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cleanclaim.reference.importing import import_file
from cleanclaim.reference.publications import asp_crosswalk, asp_csv, hcpcs_records, ncci_mue, opps_addendum_b
from tests.reference.publications import addendum_file, asp_file, code, crosswalk_file, hcpcs_file, limit, mue_file

JULY, OCTOBER = "July 1, 2025 through September 30, 2025", "October 1, 2025 through December 31, 2025"

_ALWAYS = [
    code("J9271", "Injection, pembrolizumab, 1 mg", "20160101"),
    code("J1745", "Injection, infliximab, 10 mg", "19990101"),
    code("J0585", "Injection, onabotulinumtoxina, 1 unit", "19940101"),
    code("J3490", "Unclassified drugs", "19860101"),
    code("J1885", "Injection, ketorolac tromethamine, per 15 mg", "19970101"),
    code("J2405", "Injection, ondansetron hydrochloride, per 1 mg", "19980101"),
    code("J2802", "Injection, romiplostim, 1 microgram", "20250101"),
    code("J2002", "Injection, one, 1 mg", "20241001"),
    code("J2003", "Injection, two, 1 mg", "20241001"),
    code("J1171", "Injection, hydromorphone, 0.1 mg", "20241001"),
    code("J0897", "Injection, denosumab, 1 mg", "20120101"),
    code("J0166", "Injection, epinephrine, 0.1 mg", "20250701"),
]
CODES = {
    "JUL": [
        *_ALWAYS,
        code("J2796", "Injection, romiplostim, 10 micrograms", "20100101"),
        code("J2001", "Injection, lidocaine, 10 mg", "20040101"),
        code("J1170", "Injection, hydromorphone, up to 4 mg", "19820101"),
        code("Q0138", "Injection, ferumoxytol, 10 mg", "20100101"),
        code("Q0139", "Injection, ferumoxytol, 1 mg (esrd)", "20100101"),
        code("J3300", "Injection, triamcinolone, 1 mg", "20090101"),
    ],
    "OCT": [
        *_ALWAYS,
        code("J2796", "Injection, romiplostim, 10 micrograms", "20100101", "20250930", acted="20251001"),
        code("J2001", "Injection, lidocaine, 10 mg", "20040101", "20250930", acted="20251001"),
        code("J1170", "Injection, hydromorphone, up to 4 mg", "19820101", "20250930", acted="20251001"),
        code("Q0138", "Injection, ferumoxytol, 1 mg", "20100101"),
        code("Q0139", "Injection, ferumoxytol, 1 mg (for esrd)", "20100101"),
        code("J3300", "Injection, triamcinolone, up to 40 mg", "20090101"),
        code("J0013", "Esketamine, nasal spray, 1 mg", "20251001"),
    ],
}
# Code: limits of July and October; None where the file prints N/A, "" where it has no row.
LIMITS: dict[str, tuple[str | None, str | None]] = {
    "J9271": ("58.000", "60.291"), "J1745": ("31.707", "30.123"), "J0585": ("6.500", "6.500"), "J3490": (None, None),
    "J1885": (None, "0.333"), "J2405": ("0.091", ""), "J2802": ("10.000", "10.123"), "J2796": ("99.000", ""),
    "J2001": ("0.020", ""), "J2002": ("", "0.003"), "J2003": ("", "0.004"), "J1170": ("1.500", ""),
    "J1171": ("", "0.050"), "Q0138": ("5.000", "0.600"), "Q0139": ("0.500", "0.500"), "J3300": ("1.000", "45.000"),
    "J0013": ("", "12.000"), "J0897": ("26.000", None),
}  # fmt: skip
MUE_DAYS = ("07-01-2025", "10-01-2025")
MUES = {
    "07-01-2025": ["J9271,400,3", "J1745,50,2", "J0585,600,1"],
    "10-01-2025": ["J9271,200,3", "J0585,100,1", "J1885,8,3"],
}
NDCS = {
    "JUL": ["J9271,,M,00006-3026-02,K,1 MG,4,1,100,100", "J2796,,M,55513-0221-01,N,10 MCG,1,1,25,25"],
    "OCT": ["J9271,,M,00006-3026-04,K,1 MG,4,1,100,200", "J2802,,M,55513-0221-01,N,1 MCG,1,1,250,250"],
}
_STATUS = {"July": [("J9271", "K"), ("J1745", "K"), ("J0897", "G")], "October": [("J9271", "N"), ("J1745", "K")]}
LABELER_NDC = {"old": "00006302602", "new": "00006302604", "moved": "55513022101"}


def prices(quarter: int) -> list[str]:
    """The rows of the payment limit file of July (0) or October (1)."""
    return [limit(code, both[quarter] or "N/A") for code, both in LIMITS.items() if both[quarter] != ""]


def two_quarters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the library."""
    library = tmp_path / "library"
    for files in made_files(tmp_path, monkeypatch).values():
        for path in files:
            import_file(library, path)
    return library


def made_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Path]]:
    """The publications of each quarter."""
    monkeypatch.setattr(hcpcs_records, "FEWEST_CODES", 1)
    monkeypatch.setattr(ncci_mue, "FEWEST_ROWS", {"practitioner": 1, "outpatient": 1, "dme": 1})
    for importer in (asp_csv, asp_crosswalk, opps_addendum_b):
        monkeypatch.setattr(importer, "FEWEST_ROWS", 1)
    made = tmp_path / "made"
    made.mkdir()
    files: dict[str, list[Path]] = {}
    for at, (month, days) in enumerate({"JUL": JULY, "OCT": OCTOBER}.items()):
        name, first = days.split()[0], MUE_DAYS[at]
        mues = [f"{row} Date of Service Edit: Clinical,Clinical: Data" for row in MUES[first]]
        statuses = [f"{code},Short,{status},9000,,$1.000,,$0.20,,,,," for code, status in _STATUS[name]]
        crosswalk = crosswalk_file(made / f"crosswalk_{month}.csv", NDCS[month])
        text = crosswalk.read_bytes().replace(b"January 1, 2024 through March 31, 2024", days.encode())
        crosswalk.write_bytes(text.replace(b"January 2024 ASP", f"{name} 2025 ASP".encode()))
        files[month] = [
            hcpcs_file(made / f"HCPC2025_{month}_ANWEB.xlsx", CODES[month]),
            asp_file(made / f"{name[:3]}.csv", prices(at), days),
            mue_file(made / f"MCR_MUE_PractitionerServices_Eff_{first}.csv", mues), crosswalk,
            addendum_file(made / f"{name} 2025 Web Addendum B.csv", statuses),
        ]  # fmt: skip
    return files


def line(code: str | None, units: object = 1, **more: Any) -> dict[str, Any]:
    """A line of the third quarter."""
    return {
        "hcpcs_code": code, "billed_units": units, "service_date": "2025-08-15", "charge_amount": "100.00", **more,
    }  # fmt: skip
