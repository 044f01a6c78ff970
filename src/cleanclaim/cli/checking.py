"""`check`, once its options are read: open, read, judge, write."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cleanclaim.app import Checker
from cleanclaim.app.result import CheckResult
from cleanclaim.app.site import Site
from cleanclaim.app.supporting import SupportingFiles
from cleanclaim.cli import CANNOT_RUN
from cleanclaim.cli.config import Config
from cleanclaim.cli.options import FailOn, Format, Show
from cleanclaim.cli.output import opened_output, refuse_output
from cleanclaim.cli.progress import watching
from cleanclaim.cli.report import exit_code, tell_faults, write_result
from cleanclaim.cli.run_log import RunLog
from cleanclaim.cli.statistics import refuse_statistics, write_statistics
from cleanclaim.edits.outcomes import Edit
from cleanclaim.edits.profile import Profile, read_profile
from cleanclaim.engine.interface import EngineName
from cleanclaim.errors import InvalidValue, UnreadableInput
from cleanclaim.formats.tabular.mapping import ColumnMapping
from cleanclaim.formats.x12.faults import CUT_OFF


@dataclass(frozen=True, slots=True)
class Asked:
    """What `check` was asked to do."""

    files: Sequence[Path]
    output_format: Format
    reference: Path | None
    edits: Path | None
    complete: bool
    mapping: ColumnMapping | None
    show: Show | None
    fail_on: FailOn
    output: Path | None
    checked_on: date | None
    policies: Path | None
    authorizations: Path | None
    history: tuple[Path, ...]
    history_from: date | None
    on_file: Path | None
    memory_limit: str
    engine: EngineName
    workers: int
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    profile: Path | None
    config: Config
    statistics: bool
    quiet: bool
    verbose: bool


def run_check(asked: Asked, log: RunLog) -> int:
    """The exit code of a check whose result is written.

    Raises:  CleanclaimError for what cannot run.
    """
    if asked.history_from and not asked.history:
        raise InvalidValue("--history-from tells what --history covers: expected both")
    if asked.statistics:
        refuse_statistics(asked.output_format)
    if asked.output or not asked.quiet:
        refuse_output(asked.output, asked.output_format, inputs=asked.files)
    checker = Checker.open(
        asked.reference, edits=asked.edits, policies=asked.policies, memory_limit=asked.memory_limit,
        engine=asked.engine, workers=asked.workers,
    )  # fmt: skip
    site = site_of(asked.config, asked.profile, checker.edits)
    checker = checker.choosing(site, select=asked.select, ignore=asked.ignore)
    log.library([release.label for release in checker.library.releases])
    supporting = SupportingFiles(asked.authorizations, asked.on_file, asked.history, asked.history_from)
    with watching() as watch:
        result = checker.check_files(
            asked.files,
            complete=asked.complete,
            mapping=asked.mapping,
            show_not_evaluated=asked.show is Show.NOT_EVALUATED,
            checked_on=asked.checked_on,
            supporting=supporting,
            watch=log.watch(watch),
            on_read=log.file,
        )
    log.phase("writing")
    _write(asked, result)
    log.result(result)
    code = exit_code(result, asked.fail_on)
    if code == CANNOT_RUN:
        print("cleanclaim: no claim could be read; the faults say why", file=sys.stderr)
    return code


def site_of(config: Config, profile: Path | None, edits: Sequence[Edit]) -> Site:
    """What the configuration and a profile set. Raises: InvalidValue; UnreadableInput."""
    try:
        read = Profile() if profile is None else read_profile(profile.read_bytes(), edits, file=profile.name)
    except OSError as error:
        raise UnreadableInput(f"--profile {profile}: {error.strerror or type(error).__name__}") from None
    return Site(config.payer_names(), read)


def _write(asked: Asked, result: CheckResult) -> None:
    if asked.quiet and not asked.output:
        lost = [one for one in result.faults if one.lost.left_claims_unread or one.fault in CUT_OFF]
        tell_faults(lost, len(lost))
        return
    with opened_output(asked.output) as out:
        if asked.statistics:
            write_statistics(result, asked.output_format, out)
        else:
            write_result(result, asked.output_format, out, checked_on=asked.checked_on, verbose=asked.verbose)
