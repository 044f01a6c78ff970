"""Hold a quarter's crosswalk against our NDC arithmetic: `python -m benchmarks.crosswalk [--quarter 2026-Q1]`.

Reads CMS's files from `--data` (`../shared/data`) and writes `docs/crosswalk-arithmetic.md`: counts, and every row that
disagrees, by kind. Exit status 1 when there is no such file.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from benchmarks.crosswalk import checks
from benchmarks.crosswalk.page import Run, page
from benchmarks.crosswalk.rows import read_descriptors, read_rows, read_strengths
from cleanclaim.reference.publications.quarters import named_quarter

ROOT = Path(__file__).resolve().parents[2]
QUARTER = "2026-Q1"
PAGE = ROOT / "docs" / "crosswalk-arithmetic.md"
_CODES, _CODES_ON = Path("cms", "hcpcs", "HCPC2025_OCT_ANWEB.xlsx"), date(2025, 10, 1)
_PRODUCTS = Path("fda", "product.2019.txt.gz")


def run(data: Path, quarter: str = QUARTER) -> Run:
    """The checks of a quarter's crosswalk.

    Raises:  FileNotFoundError when the folder has no crosswalk of the quarter.
    """
    first = named_quarter(quarter).first
    pattern = f"*{first:%B} {first:%Y}*NDC-HCPCS Crosswalk*"
    path = next((path for path in sorted((data / "cms" / "asp").glob(pattern)) if "NOC" not in path.name), None)
    if path is None:
        raise FileNotFoundError(f"{data / 'cms' / 'asp'}: no file {pattern}")
    rows, unread = read_rows(path)
    made = (
        checks.package(rows),
        checks.volume(rows),
        checks.strength(rows, read_strengths(data / _PRODUCTS)),
        checks.siblings(rows),
        checks.several_codes(rows),
        checks.alone(rows),
        checks.dosage(rows, read_descriptors(data / _CODES, _CODES_ON)),
    )
    return Run(quarter, path.name, rows, unread, made)


def main() -> None:
    """Write the page and print where it stands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quarter", default=QUARTER)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--out", type=Path, default=PAGE)
    told = parser.parse_args()
    try:
        made = run(told.data, told.quarter)
    except FileNotFoundError as problem:
        sys.exit(str(problem))
    told.out.write_text("\n".join(page(made)).rstrip("\n") + "\n", "utf-8")
    print(f"{len(made.rows)} rows, {len(made.differing)} differ, {len(made.undecided)} unexplained: {told.out}")


if __name__ == "__main__":
    main()
