"""Claim files on their way into a workbench: each read once, and what went wrong on the way told as faults."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec
import pyarrow as pa

from cleanclaim.app.archives import Limits, contents
from cleanclaim.app.files import InputFile, Progress, digest, given_files, holds_files, open_file, read_claims
from cleanclaim.app.result import Fault
from cleanclaim.app.site import PayerNames
from cleanclaim.claims import ClaimTables, Lost
from cleanclaim.claims.tables import check_tables
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.edits.plan.few import MOST_LINES
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.tabular.mapping import ColumnMapping
from cleanclaim.formats.x12.faults import CUT_OFF

_WORTH_A_THREAD = 1_000_000  # bytes of a file
MOST_OF_A_KIND = 1_000  # faults of a kind that are told one by one
Watch = Callable[[str, int, int], None]  # what is being done, how far, of how much


@dataclass(slots=True)
class FileRead:
    """A file of which claims were read, in numbers; nothing of what it says."""

    name: str
    size: int  # bytes, unpacked
    sha256: str
    format: str
    claims: int = 0
    lines: int = 0
    faults: int = 0


Grow = Callable[[Workbench], Workbench]
OnRead = Callable[[FileRead], None]


class Reading:
    """Files on their way into the workbench, and what went wrong on it."""

    def __init__(
        self,
        bench: Workbench,
        *,
        complete: bool = False,
        mapping: ColumnMapping | None = None,
        limits: Limits | None = None,
        watch: Watch | None = None,
        payer_names: PayerNames | None = None,
        on_read: OnRead | None = None,
        grow: Grow | None = None,
    ) -> None:
        """Nothing read yet. `mapping` says which columns of tables are which, `limits` what an archive may hold.

        `payer_names` are what a site calls its payers; `on_read` is told of each file when it was read. `grow` gives
        the workbench for many claims when those that were read are no longer few.
        """
        self.payers, self.on_read, self._grow = payer_names or PayerNames(), on_read, grow
        self.bench, self.complete, self.watch = bench, complete, watch
        self.mapping = self.payers.in_mapping(mapping)
        self.limits = limits or Limits()
        self.faults: list[Fault] = []
        self.seen: dict[str, str] = {}
        self.names_taken: set[str] = set()  # of files behind tables
        self.unreadable: list[str] = []
        self.files = self.fault_count = 0
        self.of_kind: Counter[str] = Counter()
        self.claims_unread = False

    def read(self, paths: Iterable[Path]) -> None:
        """Read the files and folders that were named into the workbench.

        Raises: UnreadableInput when nothing could be read in any of them.
        """
        for given in given_files(list(paths)):
            self._file(given)
        if self.unreadable and not self.bench.claims and len(self.seen) <= len(self.unreadable):
            raise UnreadableInput("\n".join(self.unreadable))

    def take(self, tables: ClaimTables, *, by_row: bool) -> None:
        """Claims that are tables already.

        Raises: InvalidValue for a table of another schema.
        """
        check_tables(tables)
        names = set(_distinct(tables.claim, "source_file"))
        self.files += len(names - self.names_taken)
        self.names_taken |= names
        if by_row:
            self.bench.files_by_row |= names
        self._load(tables)

    def told(self) -> tuple[Fault, ...]:
        """The faults in the order of the files; of a kind with very many the first ones, and how many more."""
        return (*self.faults, *self._more_of_a_kind())

    def _file(self, given: InputFile) -> None:
        if given.note:
            self._fault(given.name, "files-passed-over", f"{given.note}.", Lost.NOTHING)
            return
        self.files += 1
        if given.refusal:
            self._unreadable(given.name, f"{given.name}: {given.refusal}")
            return
        with self._refusals_told(given.name), open_file(given.path) as stream:
            if holds_files(stream):
                self._archive(stream, given.name)
            else:
                self._stream(stream, given.name)

    def _archive(self, stream: BinaryIO, name: str) -> None:
        found = contents(stream, name=name, limits=self.limits)
        self.files -= 1  # its members are counted
        for member in found.members:
            self.files += 1
            with self._refusals_told(member.name), member.open() as unpacked:
                self._stream(unpacked, member.name)
        if found.passed_over:
            told = f"{found.passed_over:,} hidden, lock or temporary files skipped."
            self._fault(name, "files-passed-over", told, Lost.NOTHING)

    @contextmanager
    def _refusals_told(self, name: str) -> Iterator[None]:
        """What cannot be read is a fault, and the next file is read."""
        try:
            yield
        except UnreadableInput as error:
            self._unreadable(name, str(error))
        except OSError as error:
            self._unreadable(name, f"{name}: reading stopped: {error.strerror or type(error).__name__}")

    def _stream(self, stream: BinaryIO, name: str) -> None:
        file_hash = digest(stream)
        if file_hash in self.seen:
            self._fault(name, "file-duplicate", f"Duplicate of {self.seen[file_hash]}; read only once.", Lost.NOTHING)
            return
        self.seen[file_hash] = name
        claims = read_claims(
            stream, name=name, file_hash=file_hash, complete=self.complete, mapping=self.mapping,
            progress=self._progress(stream, name),
        )  # fmt: skip
        for fault, message in claims.notes:
            self._fault(name, fault, message, Lost.NOTHING)
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        read = FileRead(name, size, file_hash, claims.kind)
        try:
            with closing(_one_ahead(claims.tables) if size > _WORTH_A_THREAD else _one_by_one(claims.tables)) as parts:
                for tables in parts:
                    self._load(tables)
                    read.claims += tables.claim.num_rows
                    read.lines += tables.line.num_rows
                    read.faults += tables.fault.num_rows
        finally:
            if self.on_read:
                self.on_read(read)
        if claims.by_row:
            self.bench.files_by_row.add(name)

    def _unreadable(self, name: str, why: str) -> None:
        self.unreadable.append(why)
        self._fault(name, "file-unreadable", _sentence(why.removeprefix(f"{name}: ")), Lost.FILE)

    def _progress(self, stream: BinaryIO, name: str) -> Progress | None:
        if (watch := self.watch) is None:
            return None
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        return lambda done: watch(f"reading {name}", done, size)

    def _load(self, tables: ClaimTables) -> None:
        self.bench.load_claims(self.payers.in_claims(tables))
        if self._grow and self.bench.lines > MOST_LINES:
            self.bench, self._grow = self._grow(self.bench), None
        if not tables.fault.num_rows:
            return
        self.fault_count += tables.fault.num_rows
        self.claims_unread |= any(Lost(lost).left_claims_unread for lost in _distinct(tables.fault, "lost"))
        self.claims_unread |= not CUT_OFF.isdisjoint(_distinct(tables.fault, "fault"))
        self.faults += self._worth_telling(tables.fault)

    def _worth_telling(self, faults: pa.Table) -> list[Fault]:
        # A file can be one fault a million times over: each kind is told so often, and then counted.
        import pyarrow.compute as pc  # noqa: PLC0415 - a few claims are checked without it

        told = []
        for kind in _distinct(faults, "fault"):
            of_kind = faults.filter(pc.field("fault") == kind)
            room = max(0, MOST_OF_A_KIND - self.of_kind[kind])
            self.of_kind[kind] += of_kind.num_rows
            told.append(of_kind.slice(0, room))
        rows = pa.concat_tables(told).sort_by([("segment_number", "ascending"), ("row", "ascending")]).to_pylist()
        return msgspec.convert(rows, list[Fault])

    def _more_of_a_kind(self) -> Iterator[Fault]:
        """How many faults of a kind were counted and not told one by one."""
        for kind, count in self.of_kind.items():
            if count > MOST_OF_A_KIND:
                message = f"{count - MOST_OF_A_KIND:,} more faults of this kind are not listed."
                yield Fault(source_file="(all files)", fault=kind, message=message, lost=Lost.NOTHING)

    def _fault(self, name: str, fault: str, message: str, lost: Lost) -> None:
        self.fault_count += 1
        self.claims_unread |= lost.left_claims_unread
        self.faults.append(Fault(source_file=name, fault=fault, message=message, lost=lost))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].removesuffix(".") + "."


def _distinct(faults: pa.Table, column: str) -> list[str]:
    return [str(value) for value in faults[column].unique().to_pylist()]


def _one_by_one(parts: Iterator[ClaimTables]) -> Generator[ClaimTables]:
    yield from parts


def _one_ahead(parts: Iterator[ClaimTables]) -> Generator[ClaimTables]:
    """The parts in order, the next one being read while the last one is loaded."""
    # Worth a thread: both leave the interpreter lock for long.
    with ThreadPoolExecutor(max_workers=1) as reader:
        waiting = reader.submit(next, parts, None)
        while (part := waiting.result()) is not None:
            waiting = reader.submit(next, parts, None)
            yield part
