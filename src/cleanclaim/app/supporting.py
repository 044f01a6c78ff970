"""What a clinic hands in beside its claims: policies, authorizations, earlier claims, what is on file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa

from cleanclaim.app.reading import Reading
from cleanclaim.app.result import Fault
from cleanclaim.app.row_files import read_rows
from cleanclaim.app.site import PayerNames
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.engine.connection import Engine
from cleanclaim.errors import InvalidValue
from cleanclaim.formats.tabular.mapping import ColumnMapping
from cleanclaim.policies import Policies, read_policies
from cleanclaim.policies.on_file import OnFile, on_file_tables
from cleanclaim.policies.tables import AUTHORIZATION, HISTORY, HISTORY_COVERAGE

if TYPE_CHECKING:
    from cleanclaim.billing.authorizations import Authorization

# What was given on earlier days: discarded drug (JW) and voids are none of it. A claim that replaces or voids another
# leaves open which of the doses of the drug were given.
_HISTORY = """
  SELECT
    c.patient_key,
    upper_ascii(trim(l.hcpcs_code)) AS hcpcs_code,
    l.service_date,
    CASE WHEN count(*) = count(l.billed_units) THEN CAST(sum(l.billed_units) AS DECIMAL(28, 3)) END AS units,
    bool_or(bool_or(coalesce(f.corrects, FALSE))) OVER (
      PARTITION BY c.patient_key, upper_ascii(trim(l.hcpcs_code))
    ) AS corrected
  FROM line AS l
  JOIN fact_line AS f ON f.line_row = l.line_row
  JOIN claim AS c ON c.claim_row = l.claim_row
  WHERE c.patient_key IS NOT NULL AND l.hcpcs_code IS NOT NULL AND l.service_date IS NOT NULL
    AND NOT coalesce(list_contains(l.modifiers, 'JW'), FALSE)
  GROUP BY c.patient_key, upper_ascii(trim(l.hcpcs_code)), l.service_date
  ORDER BY c.patient_key, hcpcs_code, l.service_date
"""


@dataclass(frozen=True, slots=True)
class SupportingTables:
    """What was handed in, as tables; the faults of the history, and whether claims of it could not be read."""

    tables: Mapping[str, pa.Table]
    faults: tuple[Fault, ...] = ()
    claims_unread: bool = False


@dataclass(frozen=True, slots=True)
class SupportingFiles:
    """The files that are handed in beside some claims.

    `history_from`: the first day from which the history has every claim of the clinic. Without it a dose in the history
    counts, but that there was none is never known.
    """

    authorizations: Path | None = None
    on_file: Path | None = None
    history: tuple[Path, ...] = ()
    history_from: date | None = None

    def tables(self, mapping: ColumnMapping | None = None, payer_names: PayerNames | None = None) -> SupportingTables:
        """The tables that edits read, and the faults of the history; one of which claims were lost covers nothing.

        Raises: UnreadableInput for a file that cannot be used; a wrong row of authorizations or records is one.
        """
        tables: dict[str, pa.Table] = {}
        faults: tuple[Fault, ...] = ()
        claims_unread = False
        if self.authorizations:
            from cleanclaim.billing.authorizations import Authorization  # noqa: PLC0415 - most checks have none

            tables[AUTHORIZATION.name] = authorization_table(read_rows(self.authorizations, Authorization))
        if self.on_file:
            tables |= on_file_tables(read_rows(self.on_file, OnFile))
        if self.history:
            tables[HISTORY.name], faults, claims_unread = _history(self.history, mapping, payer_names)
        if self.history_from and not claims_unread:
            tables[HISTORY_COVERAGE.name] = pa.table(
                {"history_from": [self.history_from]}, schema=HISTORY_COVERAGE.arrow()
            )
        return SupportingTables(tables, faults, claims_unread)


def sound_policies(path: Path | None) -> Policies | None:
    """The policies of a file or folder, all of them sound: no answer must rest on half of them.

    Raises:  InvalidValue for the first fault.
    """
    if path is None:
        return None
    read = read_policies([path])
    for fault in read.faults:
        raise InvalidValue(f"--policies {fault.file}:{fault.line}: {fault.key}: {fault.message}")
    return read


def authorization_table(authorizations: Iterable[Authorization]) -> pa.Table:
    """The table `authorization`. Raises: InvalidValue for a number that stands twice."""
    rows = [msgspec.structs.asdict(one) for one in authorizations]
    numbers = [row["number"] for row in rows]
    if twice := {number for number in numbers if numbers.count(number) > 1}:
        raise InvalidValue(f"authorization {min(twice)} stands twice: expected each number once")
    for row in rows:
        row["hcpcs_codes"] = [code.strip().upper() for code in row["hcpcs_codes"]]
    columns = {name: [row[name] for row in rows] for name in AUTHORIZATION.names}
    return pa.table(columns, schema=AUTHORIZATION.arrow())


def _history(
    paths: tuple[Path, ...], mapping: ColumnMapping | None, payer_names: PayerNames | None
) -> tuple[pa.Table, tuple[Fault, ...], bool]:
    with Engine() as engine:
        bench = Workbench(engine, dictionary())
        reading = Reading(bench, complete=False, mapping=mapping, payer_names=payer_names)
        reading.read(paths)
        parts = []
        for _ in bench.parts():
            bench.make_facts(Grain.LINE, ("corrects",))
            parts.append(engine.table(_HISTORY))
        table = pa.concat_tables(parts).cast(HISTORY.arrow())
        return table, reading.told(), reading.claims_unread
