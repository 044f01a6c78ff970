"""Made-up publications of official size, in the official layouts: for the speed of imports. Nothing in them is true."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

PTP_PAIRS = 2_000_000
PTP_FILES = 4

_PTP_HEADING = (
    "CPT only copyright.  All rights reserved.\t\t\t\t\t\t\r\n"
    "Column1/Column2 Edits\t\t\t\t\t\t\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n"
    "\t\t\t\t*=no data\t1=allowed\t\r\n"
    "\t\t\t\t\t9=not applicable\t\r\n"
)
_RATIONALES = (
    "Misuse of Column Two code with Column One code", "CPT Manual or CMS manual coding instruction",
    "Standards of medical/surgical practice", "Mutually exclusive procedures",
)  # fmt: skip


def codes(count: int) -> list[str]:
    """As many codes in the order of the files: digits first, Level II last."""
    level_two = count // 8
    numbers = [f"{number:05}" for number in range(100, 100 + 7 * (count - level_two), 7)]
    return [*numbers, *(f"J{number:04}" for number in range(level_two))]


def ptp_files(folder: Path, pairs: int = PTP_PAIRS, *, version: str = "v322r0") -> list[Path]:
    """The practitioner's PTP edits of one quarter in four text files."""
    rng = np.random.default_rng(20260701)
    many = codes(2 * int(pairs**0.5) + 8)
    per_code = -(-pairs // len(many))
    starts = [f"{year}{month:02}01" for year in range(1996, 2026) for month in (1, 4, 7, 10)]
    ended = [f"{year}1231" for year in range(2000, 2026)]
    files = []
    for number, own in enumerate(np.array_split(np.array(many), PTP_FILES), 1):
        lines: list[str] = []
        for one in own:
            partners = np.sort(rng.choice(len(many), min(per_code, pairs), replace=False))
            is_active = rng.random(len(partners)) < 0.6
            drawn = rng.integers(0, 1 << 30, (len(partners), 4))
            for two, active, (a, b, c, d) in zip(partners.tolist(), is_active.tolist(), drawn.tolist(), strict=True):
                end = "*" if active else ended[b % len(ended)]
                start = starts[a % len(starts)]
                end = end if end == "*" or end > start else start
                lines.append(f"{one}\t{many[two]}\t\t{start}\t{end}\t{c % 2}\t{_RATIONALES[d % 4]}\r\n")
        path = folder / f"ccipra-{version}-f{number}.TXT"
        path.write_text(_PTP_HEADING + "".join(lines), "ascii", newline="")
        files.append(path)
    return files


def mue_file(folder: Path, service: str = "Practitioner", *, effective: str = "07-01-2026", rows: int = 15_000) -> Path:
    """The unlikely edits of one service type."""
    draw = random.Random(service)
    header = f'"HCPCS/\r\nCPT Code",{service} Services MUE Values,MUE Adjudication Indicator,MUE Rationale\r\n'
    kinds = ("1 Line Edit", "2 Date of Service Edit: Policy", "3 Date of Service Edit: Clinical")
    body = "".join(f"{code},{draw.randrange(1, 400)},{draw.choice(kinds)},Clinical: Data\r\n" for code in codes(rows))
    path = folder / f"MCR_MUE_{service.replace(' ', '')}Services_Eff_{effective}.csv"
    path.write_text('"Notice.\r\n\r\nMore of it.",,,\r\n' + header + body, "latin-1", newline="")
    return path


def hcpcs_file(folder: Path, *, rows: int = 8_800) -> Path:
    """The Level II codes of one quarter, as the 320-column text."""
    lines = []
    for number in range(rows):
        descriptor = f"Injection, drug number {number}, {1 + number % 50} mg"
        code, day = f"{'AJQC'[number // 2500]}{number % 2500 + 1000:04}", "20200101" if number else "20260701"
        places = {
            1: code, 6: "00100", 11: "3", 12: descriptor, 92: descriptor[:28],
            120: "51", 230: "D", 257: "O1E", 261: "1", 269: day, 277: day, 293: "N",
        }  # fmt: skip
        line = [" "] * 320
        for place, text in places.items():
            line[place - 1 : place - 1 + len(text)] = text
        lines.append("".join(line).rstrip())
    path = folder / "HCPC2026_JUL_ANWEB.txt"
    path.write_text("\r\n".join([*lines, ""]), "ascii", newline="")
    return path


def _preamble(name: str) -> list[str]:
    return [name, "", '"Effective July 1, 2026 through September 30, 2026"', *[""] * 5]


def asp_file(folder: Path, *, rows: int = 900) -> Path:
    """The payment limits of one quarter."""
    header = (
        "HCPCS Code,Short Description,HCPCS Code Dosage,Payment Limit,Co-insurance Percentage,"
        "Vaccine AWP%,Vaccine Limit,Blood AWP%,Blood limit,Clotting Factor,Notes"
    )
    body = [f"J{number:04},Drug,1 MG,{number / 7:.3f},20.000,,,,,," for number in range(rows)]
    path = folder / "July 2026 Medicare Part B Payment Limit File 062626.csv"
    path.write_text("\r\n".join([*_preamble("Payment Limits"), header, *body, ""]), "ascii", newline="")
    return path


def crosswalk_file(folder: Path, *, rows: int = 8_000) -> Path:
    """The NDC-HCPCS crosswalk of one quarter."""
    header = (
        "_2026_CODE,Short Description,LABELER NAME,NDC2,Drug Name,HCPCS dosage,PKG SIZE,PKG QTY,BILLUNITS,BILLUNITSPKG"
    )
    body = [
        f"J{number % 900:04},Drug,A labeler,{10000 + number // 100}-{number % 100:04}-01,Drug,1 MG,5,1,50,50"
        for number in range(rows)
    ]
    path = folder / "July 2026 ASP NDC-HCPCS Crosswalk 062626.csv"
    path.write_text(
        "\r\n".join([*_preamble("July 2026 ASP NDC - HCPCS Crosswalk"), header, *body, ""]), "ascii", newline=""
    )
    return path


def quarter_files(folder: Path) -> None:
    """What a quarter brings: HCPCS, payment limits, crosswalk and the unlikely edits of three service types."""
    hcpcs_file(folder)
    asp_file(folder)
    crosswalk_file(folder)
    for service in ("Practitioner", "Outpatient Hospital", "DME Supplier"):
        mue_file(folder, service)
