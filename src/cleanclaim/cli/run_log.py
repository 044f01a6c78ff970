"""`check --log`: a run as JSON Lines, for whoever runs it. Never anything of a claim: no number, no patient, no code.

Events: `start` (version, options, releases of the library), `file` for each that was read, `edit` for each that ran,
`end` (exit code, seconds by phase, totals). A run that was killed has no `end`.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import msgspec

from cleanclaim import __version__
from cleanclaim.errors import CleanclaimError, InvalidValue

if TYPE_CHECKING:
    from cleanclaim.app.reading import FileRead, Watch
    from cleanclaim.app.result import CheckResult


class RunLog:
    """The log of one run; without a stream nothing is written."""

    def __init__(self, out: TextIO | None = None) -> None:
        """A run that begins now."""
        self._out, self._run = out, uuid.uuid4().hex[:12]
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._phase, self._since = "opening", time.monotonic()

    def start(self, options: Mapping[str, object]) -> None:
        """The options that were set, by name, as texts."""
        self._write("start", version=__version__, options={name: _text(value) for name, value in options.items()})

    def library(self, releases: Sequence[str]) -> None:
        """The releases that the run stands on, as the library calls them; none is the starter set."""
        self._write("library", releases=list(releases))

    def file(self, read: FileRead) -> None:
        """A file of which claims were read."""
        self._write(
            "file", name=read.name, size=read.size, sha256=read.sha256, format=read.format, claims=read.claims,
            lines=read.lines, faults=read.faults,
        )  # fmt: skip

    def phase(self, name: str) -> None:
        """What the run does from now on."""
        now = time.monotonic()
        self._seconds[self._phase] += now - self._since
        self._phase, self._since = name, now

    def watch(self, watch: Watch | None) -> Watch | None:
        """A watcher that also tells reading from checking."""
        if self._out is None:
            return watch

        def watching(doing: str, done: int, total: int) -> None:
            self.phase("checking" if doing == "checking" else "reading")
            if watch:
                watch(doing, done, total)

        return watching

    def result(self, result: CheckResult) -> None:
        """What each edit came to, and the totals: numbers alone."""
        for edit in result.edits:
            self._write(
                "edit", id=edit.id, rows=edit.rows, fires=edit.fires, clear=edit.clear,
                not_evaluated=edit.not_evaluated, not_in_force=edit.not_in_force, out_of_scope=edit.out_of_scope,
                silenced=edit.silenced, failed=edit.error is not None,
            )  # fmt: skip
        summary = result.summary
        self._write(
            "totals", files=summary.files, claims=summary.claims, lines=summary.lines, findings=summary.findings,
            by_severity=summary.by_severity, not_evaluated=summary.not_evaluated,
            edits_left_out=summary.edits_left_out, switched_off=summary.switched_off,
            faults=Counter(fault.fault for fault in result.faults), claims_unread=summary.claims_unread,
        )  # fmt: skip

    def end(self, code: int, error: str | None = None) -> None:
        """The exit code; of an error the kind alone, for its text may quote a file."""
        self.phase("")
        seconds = {name: round(spent, 3) for name, spent in self._seconds.items() if name}
        self._write("end", exit=code, error=error, seconds=seconds)

    def _write(self, event: str, **said: object) -> None:
        if self._out is not None:
            head = {"event": event, "run": self._run, "time": datetime.now(UTC).isoformat(timespec="milliseconds")}
            self._out.write(msgspec.json.encode(head | said).decode() + "\n")
            self._out.flush()


@contextmanager
def opened_log(path: Path | None, *, inputs: Sequence[Path]) -> Iterator[RunLog]:
    """A log that is added to a file; an error is its end, with the kind of it.

    Raises:  InvalidValue for a file that cannot be written to, and for one that is an input.
    """
    from cleanclaim.cli import CANNOT_RUN, OUR_FAULT  # noqa: PLC0415 - which imports the commands

    if path is None:
        yield RunLog()
        return
    if any(one.exists() and path.exists() and one.samefile(path) for one in inputs):
        raise InvalidValue(f"--log {path}: is a file to be checked, and would be written to")
    try:
        out = path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise InvalidValue(f"--log {path}: {error.strerror or type(error).__name__}") from None
    with out:
        log = RunLog(out)
        try:
            yield log
        except Exception as error:
            log.end(CANNOT_RUN if isinstance(error, CleanclaimError | OSError) else OUR_FAULT, type(error).__name__)
            raise


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
