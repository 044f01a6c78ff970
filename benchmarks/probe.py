"""One measurement in a process of its own: `python -m benchmarks.probe NAME [PATH]` prints it as JSON.

A process of its own, so that nothing is warm from another measurement and the peak of memory is that of this one. Every
probe counts what it read, and the caller compares: work that was not done is never a speed. Peers are measured warm (a
second time in the same process: they load their maps and models with the first file), ours cold.
"""

# ruff: noqa: PLC0415 - a probe loads what it measures and nothing else
from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import re
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import zip_longest
from pathlib import Path

Result = dict[str, float]


def columnar(path: Path) -> Result:
    """Our reader, all tables taken and dropped."""
    from cleanclaim.formats.x12.reader import read_837

    # The hash only names the claims; a file's own is taken where the file is taken in, and is no part of reading.
    file_hash = hashlib.sha256(path.name.encode()).hexdigest()
    claims = lines = faults = 0
    start = time.perf_counter()
    with path.open("rb") as stream:
        for tables in read_837(stream, name=path.name, file_hash=file_hash):
            claims += tables.claim.num_rows
            lines += tables.line.num_rows
            faults += tables.fault.num_rows
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "claims": claims, "lines": lines, "faults": faults}


def rows(path: Path) -> Result:
    """Our readers of JSON Lines and of tables, all tables taken and dropped."""
    from cleanclaim.formats.jsonl import read_jsonl
    from cleanclaim.formats.tabular.reader import read_tabular

    read = read_jsonl if path.suffix == ".jsonl" else read_tabular
    claims = lines = faults = 0
    start = time.perf_counter()
    with path.open("rb") as stream:
        for tables in read(stream, name=path.name, file_hash=hashlib.sha256(path.name.encode()).hexdigest()):
            claims += tables.claim.num_rows
            lines += tables.line.num_rows
            faults += tables.fault.num_rows
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "claims": claims, "lines": lines, "faults": faults}


def x12sdk(path: Path) -> Result:
    """x12sdk's models of all transactions."""
    from x12sdk.io import X12ModelReader

    def read() -> Result:
        start = time.perf_counter()
        with X12ModelReader(str(path)) as reader:
            models = list(reader.models())
        seconds = time.perf_counter() - start
        subscribers = [one for model in models for billing in model.loop_2000a for one in billing.loop_2000b]
        patients = [patient for one in subscribers for patient in one.loop_2000c or []]
        return {"seconds": seconds, "claims": sum(len(one.loop_2300 or []) for one in [*subscribers, *patients])}

    return _warm(read)


def pyx12_segments(path: Path) -> Result:
    """pyx12's segment reader: separators and envelope only, no loops and no values."""
    import pyx12.x12file

    def read() -> Result:
        claims = 0
        start = time.perf_counter()
        with pyx12.x12file.X12Reader(str(path)) as reader:
            for segment in reader:
                claims += segment.get_seg_id() == "CLM"
        return {"seconds": time.perf_counter() - start, "claims": claims}

    return _warm(read)


def pyx12_validator(path: Path) -> Result:
    """pyx12's whole way: loops, elements, codes, acknowledgment. It counts no claims, so the file is counted here."""
    import pyx12.params
    import pyx12.x12n_document

    def read() -> Result:
        acknowledgment = io.StringIO()
        start = time.perf_counter()
        accepted = pyx12.x12n_document.x12n_document(
            param=pyx12.params.params(), src_file=str(path), fd_997=acknowledgment, fd_html=None
        )
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "claims": path.read_text("ascii").count("~CLM*") if accepted else 0}

    return _warm(read)


def check(path: Path, *, workers: int = 0) -> Result:
    """File to findings, the checker opened before."""
    from cleanclaim.app import Checker

    checker = Checker.open(workers=workers)
    start = time.perf_counter()
    summary = checker.check_files([path]).summary
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "claims": summary.claims, "lines": summary.lines, "findings": summary.findings}


def check_alone(path: Path) -> Result:
    """The same in one process."""
    return check(path, workers=1)


def check_doubled(path: Path) -> Result:
    """The same in one process, with every edit and every group of facts twice."""
    from benchmarks.doubled import double
    from cleanclaim.app import Checker
    from cleanclaim.reference.library import Library

    edits = double()
    checker = replace(Checker.of(Library.open(), edits), workers=1)
    start = time.perf_counter()
    result = checker.check_files([path])
    seconds = time.perf_counter() - start
    fires = {edit.id: edit.fires for edit in result.edits}
    summary = result.summary
    return {
        "seconds": seconds, "claims": summary.claims, "lines": summary.lines, "edits": len(edits),
        "less": sum(count > fires[f"{name}-2"] for name, count in fires.items() if f"{name}-2" in fires),
    }  # fmt: skip


def latency(path: Path) -> Result:
    """Times for files of one claim each, all different, the checker open and used once; and for a hundred at once."""
    from benchmarks.generate import generate
    from cleanclaim.app import Checker

    checker = Checker.open()
    claims = checker.check_files([path]).summary.claims
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        one = Path(folder) / "one.837"
        for seed in range(300):
            generate(one, claims=1, seed=seed)
            start = time.perf_counter()
            claims += checker.check_files([one]).summary.claims
            seconds.append(time.perf_counter() - start)
        hundred = Path(folder) / "hundred.837"
        generate(hundred, claims=100, seed=300)
        of_hundred = _median(lambda: checker.check_files([hundred]), 5)
    seconds.sort()
    opening = _median(Checker.open, 5)
    return {"p50": seconds[150], "p95": seconds[285], "hundred": of_hundred, "opening": opening, "claims": claims}


def lookup(_: Path) -> Result:
    """Median time of a code look-up in an open library, over codes and days."""
    from cleanclaim.reference.codes.lookup import Lookup

    opened = time.perf_counter()
    library = Lookup.open()
    opening = time.perf_counter() - opened
    codes = ("J9271", "J1745", "J3420", "J0585", "J1030", "J3121", "Q5103", "J0897", "J9312", "J2919")
    days = tuple(date(2024, 7, 1 + place) for place in range(20))
    wanted = [(code, day) for code in codes for day in days]
    found = sum(library.code(code, day).valid_from is not None for code, day in wanted)
    turn = iter(wanted * 5)
    seconds = _median(lambda: library.code(*next(turn)), len(wanted) * 5)
    return {"seconds": seconds, "opening": opening, "found": found, "asked": len(wanted)}


def questions(_: Path) -> Result:
    """Median times of search, similar and guide in an open library, over questions of every kind."""
    from cleanclaim.app.code_pages import CodePages
    from cleanclaim.reference.codes.lookup import Lookup
    from cleanclaim.reference.codes.search import Search
    from cleanclaim.reference.codes.similar import similar

    library, day = Lookup.open(), date(2025, 11, 3)
    search = Search(library)
    asked = (
        "infliximab",
        "vitamin b12",
        "metylprednisolone",
        "makena",
        "J34",
        "57894003001",
        "injection 10 mg",
        "keytruda",
    )
    codes = ("J9271", "J1745", "J3420", "J2930", "J1010", "Q5103", "J3490", "J0897")
    found = sum(bool(search.find(query, day).hits) for query in asked)
    like = sum(bool(similar(library, code, day).similar) for code in codes)
    queries, likes, guides = iter(asked * 25), iter(codes * 25), iter(codes * 5)
    with CodePages.open() as pages:
        told = sum(len(pages.guide(code, day).sections) == 7 for code in codes)
        return {
            "search": _median(lambda: search.find(next(queries), day), 200), "found": found, "asked": len(asked),
            "similar": _median(lambda: similar(library, next(likes), day), 200), "like": like, "codes": len(codes),
            "guide": _median(lambda: pages.guide(next(guides), day), 40), "told": told,
        }  # fmt: skip


def billing(_: Path) -> Result:
    """10,000 administrations of five drugs in visits of two, with what giving them takes: billed, then checked too."""
    from cleanclaim.app.bill_cases import bill_cases

    drugs = (("J1745", 100), ("J9271", 100), ("J2919", 125), ("J0897", 60), ("J9035", 400))
    cases = []
    for number in range(10_000):
        (code, size), visit, dose = drugs[number % len(drugs)], number // 2, 30 + number * 7 % 370
        day = f"2025-{visit % 12 + 1:02}-{visit % 27 + 1:02}"
        container = {"amount": size, "unit": "mg", "count": -(-dose // size), "kind": "single_dose"}
        cases.append({
            "id": str(number), "visit": str(visit), "service_date": day, "payer_program": "medicare_b",
            "place_of_service": "11", "hcpcs_code": code, "dose": {"amount": dose, "unit": "mg"},
            "containers": [container], "route": "iv_infusion", "admin_family": "complex", "diagnoses": ["C50911"],
            "charge_amount": "900.00",
        })  # fmt: skip
    texts = [json.dumps(one) for one in cases]
    taken = {}
    for name, check in (("billed", False), ("checked", True)):
        start = time.perf_counter()
        done = bill_cases(texts, check=check)
        taken[name] = time.perf_counter() - start
    lines = sum(len(one.bill.lines) for one in done.cases)
    billed = sum(one.bill.refusal is None for one in done.cases)
    return {**taken, "cases": billed, "lines": lines, "claims": len(done.claims)}


def imports(folder: Path) -> Result:
    """A folder of publications into a new library, the look-up index built, and the library opened again."""
    from cleanclaim.reference.importing import import_files
    from cleanclaim.reference.library import Library

    with tempfile.TemporaryDirectory(prefix="cleanclaim-bench-") as temporary:
        library = Path(temporary) / "library"
        start = time.perf_counter()
        run = import_files(library, [folder])
        seconds = time.perf_counter() - start
        opening = _median(lambda: Library.open(library), 5)
        rows = sum(one.manifest.kept for one in run.reports)
    return {
        "seconds": seconds, "opening": opening, "rows": rows,
        "releases": len(run.reports), "refused": len(run.refused) + bool(run.without_index),
    }  # fmt: skip


def spark(path: Path) -> Result:
    """File to findings on Spark, its start apart; and how many findings DuckDB has otherwise of the same file."""
    from cleanclaim.app import Checker
    from cleanclaim.edits.plan.spark import any_session

    start = time.perf_counter()
    session = any_session()
    started = time.perf_counter()
    result = Checker.open(engine="spark").check_files([path])
    seconds = time.perf_counter() - started
    other = Checker.open().check_files([path])
    session.stop()
    return {
        "starting": started - start, "seconds": seconds, "differing": _differing(result.findings, other.findings),
        "same_counts": result.edits == other.edits and result.summary == other.summary,
        "claims": result.summary.claims, "lines": result.summary.lines, "findings": result.summary.findings,
    }  # fmt: skip


def _differing(some: Sequence[object], others: Sequence[object]) -> int:
    pairs = zip_longest(some, others)
    return sum(one != other for one, other in pairs)


PROBES: dict[str, Callable[[Path], Result]] = {
    "columnar": columnar,
    "rows": rows,
    "x12sdk": x12sdk,
    "pyx12-segments": pyx12_segments,
    "pyx12-validator": pyx12_validator,
    "check": check,
    "check_alone": check_alone,
    "check_doubled": check_doubled,
    "latency": latency,
    "lookup": lookup,
    "questions": questions,
    "billing": billing,
    "imports": imports,
    "spark": spark,
}


def _warm(work: Callable[[], Result]) -> Result:
    work()
    return work()


def _median(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _peak_megabytes() -> float:
    """Largest memory of this process so far, in 10**6 bytes (Linux tells kibibytes, macOS bytes)."""
    # Not ru_maxrss where there is another way: on Linux a process starts with that of the one which started it.
    status = Path("/proc/self/status")
    if status.is_file() and (told := re.search(r"VmHWM:\s+([0-9]+) kB", status.read_text("ascii", errors="replace"))):
        return int(told[1]) * 1024 / 1_000_000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1_000_000 if sys.platform == "darwin" else peak * 1024 / 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("probe", choices=PROBES)
    parser.add_argument("path", type=Path, nargs="?", default=Path(os.devnull))
    given = parser.parse_args()
    result = PROBES[given.probe](given.path) | {"peak_megabytes": _peak_megabytes()}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
