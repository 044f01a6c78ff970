"""Measure cleanclaim and print one table: `python -m benchmarks.run [--quick] [--only NAME] [--reference DIR]`.

Every figure is from this run on this machine; goals are those of the design (section 10). Exit status: 0 when all was
measured, 1 when a measurement did not come about. A missed goal is told and does not change the status.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.generate import generate
from benchmarks.history import HISTORY, append
from benchmarks.publications import PTP_PAIRS, ptp_files, quarter_files
from benchmarks.report import Goal, Row, machine, table
from benchmarks.tables import written
from cleanclaim.reference.library import Library

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".bench"
_TOO_OLD = 24 * 3600.0  # seconds
_PROBE_TIMEOUT = 1800.0  # seconds


class ProbeError(Exception):
    """A measurement that did not come about; the message says why."""


@dataclass(frozen=True)
class Bench:
    """What this run measures with: how much, and which reference library."""

    quick: bool
    reference: Path

    @cached_property
    def environment(self) -> dict[str, str]:
        """That of the measured processes. They keep bytecode, as those of a user do."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return kept | {"CLEANCLAIM_REFERENCE": str(self.reference), "PYTHONHASHSEED": "0"}

    def probe(self, name: str, path: Path | None = None, *, times: int = 1) -> dict[str, float]:
        """The median of some runs of a probe, each in a process of its own; the peak of memory is the largest.

        Raises: ProbeError with the last words of the process.
        """
        command = [sys.executable, "-m", "benchmarks.probe", name, *([str(path)] if path else [])]
        results = [json.loads(self.run(command)) for _ in range(times)]
        middle = {key: statistics.median(result[key] for result in results) for key in results[0]}
        return middle | {"peak_megabytes": max(result["peak_megabytes"] for result in results)}

    def run(self, command: Sequence[str]) -> str:
        """What a command prints. Raises: ProbeError when it fails or takes too long."""
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=_PROBE_TIMEOUT,
                check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ProbeError(str(error)) from error
        if done.returncode:
            last_words = done.stderr.strip().splitlines() or [f"exit status {done.returncode}, nothing said"]
            raise ProbeError(last_words[-1])
        return done.stdout

    def claims(
        self,
        *,
        megabytes: float | None = None,
        claims: int | None = None,
        faulty: float = 0.0,
        varied: bool = False,
    ) -> Path:
        """A file of made-up claims, written once and kept for a day."""
        FOLDER.mkdir(exist_ok=True)
        amount = f"{megabytes:g}mb" if megabytes else f"{claims}claims"
        path = FOLDER / f"{amount}-faulty{faulty:g}{'-varied' * varied}-{_generator_version()}.837"
        if not path.is_file():
            unfinished = path.with_suffix(".unfinished")
            generate(unfinished, megabytes=megabytes, claims=claims, faulty=faulty, varied=varied)
            unfinished.rename(path)
        return path

    def publications(self, name: str, write: Callable[[Path], object]) -> Path:
        """A folder of made-up publications, written once and kept for a day."""
        digest = hashlib.sha256((ROOT / "benchmarks" / "publications.py").read_bytes()).hexdigest()[:8]
        folder = FOLDER / f"{name}-{digest}.publications"
        if not folder.is_dir():
            unfinished = folder.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            write(unfinished)
            unfinished.rename(folder)
        return folder


def _generator_version() -> str:
    digest = hashlib.sha256()
    for name in ("drugs", "faults", "generate", "segments"):
        digest.update((ROOT / "benchmarks" / f"{name}.py").read_bytes())
    return digest.hexdigest()[:8]


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 1_000_000


def _claims_in(path: Path) -> int:
    """The claims of a generated file, by counting; a chunk may end inside a tag, so the end of the last is kept."""
    count, tail = 0, b""
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 24):
            piece = tail + chunk
            count += piece.count(b"~CLM*")
            tail = piece[-4:]
    return count


def _all_read(name: str, result: dict[str, float], path: Path) -> None:
    claims = _claims_in(path)
    if result["claims"] != claims:
        raise ProbeError(f"{name} found {result['claims']:.0f} claims, the file has {claims}")


def reading(bench: Bench) -> list[Row]:
    """Speed of the 837P readers on sound claims: x12sdk refuses a file with 0 units in it."""
    big = bench.claims(megabytes=10 if bench.quick else 100)
    cut = bench.claims(claims=100 if bench.quick else 300)
    runs = 1 if bench.quick else 3
    speeds: dict[str, float] = {}
    rows = []
    for name, what, path in (
        ("columnar", "837P reading", big),
        ("columnar", "837P reading, small file", cut),
        ("x12sdk", "x12sdk, its models", cut),
        ("pyx12-segments", "pyx12, segments only", cut),
        ("pyx12-validator", "pyx12, loops and validation", cut),
    ):
        goal = Goal(40, "MB/s") if path is big else None
        try:
            result = bench.probe(name, path, times=runs)
            _all_read(what, result, path)
        except ProbeError as failure:
            rows.append(Row.failed(what, str(failure), goal))
            continue
        speeds[what] = _megabytes(path) / result["seconds"]
        how = f"{_megabytes(path):.1f} MB, {result['claims']:,.0f} claims, median of {runs}"
        rows.append(Row(what, speeds[what], "MB/s", how, goal))
    rows += [
        Row(f"837P reading against {peer}", speeds["837P reading"] / speeds[peer], "x", "speed by speed", goal)
        for peer, goal in (("x12sdk, its models", Goal(100, "x")), ("pyx12, loops and validation", None))
        if peer in speeds and "837P reading" in speeds
    ]
    return rows


def memory(bench: Bench) -> list[Row]:
    """Peak memory of a process that reads a file, the interpreter and its libraries included."""
    rows, goal = [], Goal(400, "MB", at_least=False)
    for size in (1, 10) if bench.quick else (1, 10, 100, 600):
        what = f"memory, reading {size} MB"
        path = bench.claims(megabytes=size)
        try:
            result = bench.probe("columnar", path)
            _all_read(what, result, path)
            how = f"{_megabytes(path) / result['seconds']:.0f} MB/s in this run"
            rows.append(Row(what, result["peak_megabytes"], "MB", how, goal))
        except ProbeError as failure:
            rows.append(Row.failed(what, str(failure), goal))
    return rows


def tables(bench: Bench) -> list[Row]:
    """Speed and memory of the other formats at growing size; the Parquet file holds what the CSV file holds."""
    rows, goal = [], Goal(400, "MB", at_least=False)
    base = bench.claims(claims=5_000)
    for size in (1, 10) if bench.quick else (1, 10, 100, 600):
        for suffix in ("csv", "parquet", "jsonl"):
            what = f"{suffix}, {size} MB" + (" of CSV" if suffix == "parquet" else "")
            path = FOLDER / f"{size}mb-{_generator_version()}.{suffix}"
            if not path.is_file():
                unfinished = path.with_stem(f"{path.stem}-unfinished")
                written(base, unfinished, megabytes=size)
                unfinished.rename(path)
            try:
                result = bench.probe("rows", path)
                _lines_read(what, result, path)
            except ProbeError as failure:
                rows.append(Row.failed(what, str(failure), goal))
                continue
            speed = (size if suffix == "parquet" else _megabytes(path)) / result["seconds"]
            how = f"{result['claims']:,.0f} claims, {result['lines'] / result['seconds']:,.0f} lines/s"
            rows.append(Row(f"reading {what}", speed, "MB/s", how))
            rows.append(Row(f"memory, {what}", result["peak_megabytes"], "MB", "peak of the process", goal))
    return rows


def _lines_read(name: str, result: dict[str, float], path: Path) -> None:
    if path.suffix == ".parquet":
        expected = pq.ParquetFile(path).metadata.num_rows
    else:
        with path.open("rb") as stream:
            ends = sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 24), b""))
        expected = ends - 1 if path.suffix == ".csv" else ends
    found = result["claims"] if path.suffix == ".jsonl" else result["lines"]
    if found != expected or result["faults"]:
        raise ProbeError(f"{name}: {found:.0f} of {expected} rows read, {result['faults']:.0f} faults")


def check(bench: Bench) -> list[Row]:
    """File to findings, three claims in a hundred faulty."""
    size = 10 if bench.quick else 100
    path = bench.claims(megabytes=size, faulty=0.03)
    runs = 1 if bench.quick else 3
    what, goal = "file to findings", Goal(20_000, "claims/s")
    try:
        result = bench.probe("check", path, times=runs)
        _all_read(what, result, path)
    except ProbeError as failure:
        return [Row.failed(what, str(failure), goal)]
    counted = ", ".join(f"{result[name]:,.0f} {name}" for name in ("claims", "lines", "findings"))
    how = f"{counted}, median of {runs}"
    return [
        Row(what, result["claims"] / result["seconds"], "claims/s", how, goal),
        _otherwise(bench, "one process", "check_alone", path, "the same file, with `workers=1`"),
        _otherwise(bench, "varied claims", "check", bench.claims(megabytes=size, faulty=0.03, varied=True), _VARIED),
        _doubled(bench, path),
        Row("file to findings, lines", result["lines"] / result["seconds"], "lines/s", "same run"),
        Row("memory, file to findings", result["peak_megabytes"], "MB", f"{_megabytes(path):.0f} MB file"),
    ]


_VARIED = "doses, units and charges hardly ever meet again"


def _otherwise(bench: Bench, name: str, probe: str, path: Path, how: str) -> Row:
    what = f"file to findings, {name}"
    try:
        result = bench.probe(probe, path)
        _all_read(what, result, path)
    except ProbeError as failure:
        return Row.failed(what, str(failure))
    return Row(what, result["claims"] / result["seconds"], "claims/s", how)


def _doubled(bench: Bench, path: Path) -> Row:
    what, goal = "file to findings, every edit and group twice", Goal(15_000, "claims/s")
    try:
        result = bench.probe("check_doubled", path)
        _all_read(what, result, path)
        if result["less"]:
            raise ProbeError(f"{result['less']:.0f} edits found less the second time")
    except ProbeError as failure:
        return Row.failed(what, str(failure), goal)
    return Row(
        what, result["claims"] / result["seconds"], "claims/s", f"{result['edits']:.0f} edits, one process", goal
    )


def latency(bench: Bench) -> list[Row]:
    """One claim through an open checker."""
    goals = {
        "one claim, open checker, p50": ("p50", Goal(10, "ms", at_least=False)),
        "one claim, open checker, p95": ("p95", Goal(20, "ms", at_least=False)),
        "100 claims, open checker": ("hundred", Goal(150, "ms", at_least=False)),
        "a checker opened again": ("opening", Goal(50, "ms", at_least=False)),
    }
    try:
        result = bench.probe("latency", bench.claims(claims=1))
    except ProbeError as failure:
        return [Row.failed(what, str(failure), goal) for what, (_, goal) in goals.items()]
    how = "300 different claims, each a file of its own, file to findings"
    return [Row(what, result[name] * 1000, "ms", how, goal) for what, (name, goal) in goals.items()]


def lookup(bench: Bench) -> list[Row]:
    """A code as of a day, in an open library."""
    what, goal = "code look-up, open library", Goal(1, "ms", at_least=False)
    try:
        result = bench.probe("lookup")
    except ProbeError as failure:
        return [Row.failed(what, str(failure), goal)]
    if result["found"] < result["asked"] / 2:
        known = f"{result['found']:.0f} of {result['asked']:.0f}"
        return [Row.failed(what, f"only {known} codes and days are in the library: misses are no look-ups", goal)]
    how = f"median of {result['asked'] * 5:,.0f}, {result['found']:.0f} of {result['asked']:.0f} codes and days known"
    return [Row(what, result["seconds"] * 1000, "ms", how, goal)]


def questions(bench: Bench) -> list[Row]:
    """Search, similar and guide, in an open library."""
    goals = {name: Goal(most, "ms", at_least=False) for name, most in (("search", 10), ("similar", 10), ("guide", 100))}
    try:
        result = bench.probe("questions")
    except ProbeError as failure:
        return [Row.failed(f"{name}, open library", str(failure), goal) for name, goal in goals.items()]
    hows = {
        "search": f"median of 200, {result['found']:.0f} of {result['asked']:.0f} questions answered",
        "similar": f"median of 200, {result['like']:.0f} of {result['codes']:.0f} codes have some",
        "guide": f"median of 40, {result['told']:.0f} of {result['codes']:.0f} have their seven sections",
    }
    return [Row(f"{name}, open library", result[name] * 1000, "ms", hows[name], goals[name]) for name in goals]


def billing(bench: Bench) -> list[Row]:
    """Administrations to claim lines, and their check."""
    what, goal = "10,000 administrations billed", Goal(10, "s", at_least=False)
    try:
        result = bench.probe("billing", times=1 if bench.quick else 3)
        if result["cases"] != 10_000:
            raise ProbeError(f"{result['cases']:.0f} of 10,000 cases could be billed")
    except ProbeError as failure:
        return [Row.failed(what, str(failure), goal)]
    how = f"{result['lines']:,.0f} lines in {result['claims']:,.0f} visits"
    return [
        Row(what, result["billed"], "s", how, goal),
        Row(f"{what} and checked", result["checked"], "s", "the same, checked as claims", goal),
    ]


def start(bench: Bench) -> list[Row]:
    """The command line, from start to end, once everything that is kept has been made."""
    script = Path(sys.executable).with_name("cleanclaim")
    entry = "from cleanclaim.cli import main; main()"
    command = [str(script)] if script.is_file() else [sys.executable, "-c", entry]
    look_up = Goal(0.25, "s", at_least=False)
    asked = (
        (("code", "J9271", "--on", "2025-11-01"), "J9271", look_up),
        (("search", "keytruda", "--on", "2025-11-01"), "J9271", look_up),
        (("explain", "WASTE-001"), "WASTE-001", look_up),
        (("check", "--fail-on", "never", str(bench.claims(claims=1))), "1 claim", Goal(0.5, "s", at_least=False)),
    )
    rows = []
    for arguments, expected, goal in asked:
        what = " ".join(["cleanclaim", *(Path(one).name if "/" in one else one for one in arguments)])
        taken = []
        try:
            for _ in range(3 if bench.quick else 11):
                before = time.perf_counter()
                printed = bench.run([*command, *arguments])
                taken.append(time.perf_counter() - before)
                if expected not in printed:
                    raise ProbeError(f"the command printed nothing about {expected}")
        except ProbeError as failure:
            rows.append(Row.failed(what, str(failure), goal))
            continue
        warm = taken[1:]  # the first one may build what is kept
        rows.append(Row(what, statistics.median(warm), "s", f"median of {len(warm)}, start to end", goal))
    return rows


def imports(bench: Bench) -> list[Row]:
    """Imports of made-up publications of official size, from files to a library with its look-up index."""
    pairs = 1_050_000 if bench.quick else PTP_PAIRS  # fewer are refused as a cut file
    ptp = bench.publications(f"ptp{pairs}", lambda folder: ptp_files(folder, pairs))
    rows: list[Row] = []
    for what, folder, releases, goal in (
        ("import of a quarter", bench.publications("quarter", quarter_files), 6, Goal(10, "s", at_least=False)),
        (f"import of {pairs / 1e6:g} M PTP pairs", ptp, 1, Goal(20, "s", at_least=False)),
    ):  # fmt: skip
        try:
            result = bench.probe("imports", folder)
            if (result["releases"], result["refused"]) != (releases, 0):
                raise ProbeError(f"{result['releases']:.0f} releases of {releases}, {result['refused']:.0f} refused")
        except ProbeError as failure:
            rows.append(Row.failed(what, str(failure), goal))
            continue
        how = f"{result['rows']:,.0f} rows in {result['releases']:.0f} releases, index included"
        rows.append(Row(what, result["seconds"], "s", how, goal))
        rows.append(
            Row(f"memory, {what}", result["peak_megabytes"], "MB", "same run", Goal(1000, "MB", at_least=False))
        )
        rows.append(
            Row("opening that library", result["opening"] * 1000, "ms", "median of 5", Goal(100, "ms", at_least=False))
        )
    return rows


def spark(bench: Bench) -> list[Row]:
    """File to findings on a Spark of this machine, and whether it finds what DuckDB finds."""
    path = bench.claims(claims=3_000 if bench.quick else 60_000, faulty=0.03)
    what, goal = "file to findings on Spark, lines", Goal(40_000, "lines/s")
    try:
        result = bench.probe("spark", path)
        _all_read(what, result, path)
        if result["differing"] or not result["same_counts"]:
            raise ProbeError(f"{result['differing']:.0f} findings, or counts, are not those of DuckDB")
    except ProbeError as failure:
        return [Row.failed(what, str(failure), goal)]
    counted = ", ".join(f"{result[name]:,.0f} {name}" for name in ("claims", "lines", "findings"))
    return [
        Row("file to findings on Spark", result["seconds"], "s", f"{counted}, none other than DuckDB's; local mode"),
        Row(what, result["lines"] / result["seconds"], "lines/s", "same run", goal),
        Row("start of a local Spark", result["starting"], "s", "same run"),
    ]


SECTIONS: dict[str, Callable[[Bench], list[Row]]] = {
    "reading": reading, "memory": memory, "tables": tables, "check": check, "latency": latency, "lookup": lookup,
    "questions": questions, "billing": billing, "start": start, "imports": imports, "spark": spark,
}  # fmt: skip
ASKED_FOR = {"spark"}  # it needs the extra and Java: measured where it is named alone


def _remove_old_files() -> None:
    kept = ("*.837", "*.unfinished", "*mb-*", "*.publications")
    for path in [path for pattern in kept for path in FOLDER.glob(pattern)]:
        if time.time() - path.stat().st_mtime > _TOO_OLD:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure cleanclaim and print one table.")
    parser.add_argument("--only", action="append", choices=SECTIONS, metavar="NAME", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="small files and few runs: a look, no figures to quote")
    parser.add_argument(
        "--reference", type=Path, default=FOLDER / "reference", help="library (default: the starter set)"
    )
    given = parser.parse_args()
    _remove_old_files()
    bench = Bench(given.quick, given.reference.resolve())
    rows: list[Row] = []
    for name in given.only or [name for name in SECTIONS if name not in ASKED_FOR]:
        print(f"measuring {name} ...", file=sys.stderr)
        rows += SECTIONS[name](bench)
    library = "the starter set" if Library.open(bench.reference).starter_only else f"the library in {given.reference}"
    print(f"Measured on {machine()}; reference: {library}{'; quick run' if given.quick else ''}.\n")
    print(table(rows))
    if not given.quick:
        print(f"\n{append(rows):,} figures were added to {HISTORY.relative_to(ROOT)}.")
    return 1 if any(row.figure is None for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
