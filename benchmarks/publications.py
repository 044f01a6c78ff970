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
