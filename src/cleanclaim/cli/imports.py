"""An import of files on paper: releases, what was set aside, what was refused and why."""

from __future__ import annotations

from typing import TextIO

from cleanclaim.cli import CANNOT_RUN
from cleanclaim.cli.answers import write_import
from cleanclaim.reference.importing import ImportRun
from cleanclaim.reference.publications import known_titles


def exit_code(run: ImportRun) -> int:
    """0 all imported or there already; 1 some were refused; 2 nothing could be imported."""
    if not run.refused:
        return 0
    return 1 if run.reports else CANNOT_RUN


def write_run(run: ImportRun, out: TextIO, errors: TextIO) -> None:
    """What became of each file: releases on `out`, refusals on `errors`."""
    for report in run.reports:
        write_import(report, out)
    for member in run.aside:
        write_import(member, out)
    if run.without_index:
        out.write(f"note: {run.without_index}\n")
    out.flush()
    for one in run.refused:
        errors.write(f"cleanclaim: {one.place}: not imported: {one.why}\n")
    if any(not one.known for one in run.refused):
        errors.write(f"cleanclaim: known publications are: {'; '.join(known_titles())}\n")
