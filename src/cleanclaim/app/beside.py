"""What a clinic hands in beside its claims: policies, authorisations, earlier claims, what is on file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
import pyarrow as pa

from cleanclaim.app.reading import Reading
from cleanclaim.app.result import Fault
from cleanclaim.app.row_files import read_rows
from cleanclaim.billing.authorisations import Authorisation
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.engine.connection import Engine
from cleanclaim.errors import InvalidValue
from cleanclaim.formats.tabular import ColumnMapping
from cleanclaim.policies import Policies, read_policies
from cleanclaim.policies.on_file import OnFile, on_file_tables
from cleanclaim.policies.tables import AUTHORISATION, HISTORY, HISTORY_COVERAGE

# What was given on earlier days: discarded drug (JW) and voided claims are none of it.
_HISTORY = """
  SELECT
    c.patient_key,
    upper_ascii(trim(l.hcpcs_code)) AS hcpcs_code,
    l.service_date,
    CASE WHEN count(*) = count(l.billed_units) THEN CAST(sum(l.billed_units) AS DECIMAL(28, 3)) END AS units
  FROM line AS l
  JOIN claim AS c USING (claim_row)
  WHERE c.patient_key IS NOT NULL AND l.hcpcs_code IS NOT NULL AND l.service_date IS NOT NULL
    AND NOT coalesce(list_contains(l.modifiers, 'JW'), FALSE) AND c.frequency IS DISTINCT FROM '8'
  GROUP BY c.patient_key, upper_ascii(trim(l.hcpcs_code)), l.service_date
  ORDER BY c.patient_key, hcpcs_code, l.service_date
"""


@dataclass(frozen=True, slots=True)
class Beside:
    """The files that are handed in beside some claims.

    `history_from`: the first day from which the history has every claim of the clinic. Without it a dose in the history
    counts, but that there was none is never known.
    """

    authorisations: Path | None = None
    on_file: Path | None = None
    history: tuple[Path, ...] = ()
    history_from: date | None = None

    def tables(self, mapping: ColumnMapping | None = None) -> tuple[dict[str, pa.Table], tuple[Fault, ...]]:
        """The tables that edits read, and the faults of the history.

        Raises: UnreadableInput for a file that cannot be used; a wrong row of authorisations or records is one.
        """
        tables: dict[str, pa.Table] = {}
        faults: tuple[Fault, ...] = ()
        if self.authorisations:
            tables[AUTHORISATION.name] = authorisation_table(read_rows(self.authorisations, Authorisation))
        if self.on_file:
            tables |= on_file_tables(read_rows(self.on_file, OnFile))
        if self.history:
            tables[HISTORY.name], faults = _history(self.history, mapping)
        if self.history_from:
            tables[HISTORY_COVERAGE.name] = pa.table(
                {"history_from": [self.history_from]}, schema=HISTORY_COVERAGE.arrow()
            )
        return tables, faults


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


def authorisation_table(authorisations: Iterable[Authorisation]) -> pa.Table:
    """The table `authorisation`. Raises: InvalidValue for a number that stands twice."""
    rows = [msgspec.structs.asdict(one) for one in authorisations]
    numbers = [row["number"] for row in rows]
    if twice := {number for number in numbers if numbers.count(number) > 1}:
        raise InvalidValue(f"authorisation {min(twice)} stands twice: expected each number once")
    for row in rows:
        row["hcpcs_codes"] = [code.strip().upper() for code in row["hcpcs_codes"]]
    columns = {name: [row[name] for row in rows] for name in AUTHORISATION.names}
    return pa.table(columns, schema=AUTHORISATION.arrow())


def _history(paths: tuple[Path, ...], mapping: ColumnMapping | None) -> tuple[pa.Table, tuple[Fault, ...]]:
    with Engine() as engine:
        bench = Workbench(engine, dictionary())
        reading = Reading(bench, complete=False, mapping=mapping)
        reading.read(paths)
        parts = [engine.table(_HISTORY) for _ in bench.parts()]
        table = pa.concat_tables(parts).cast(HISTORY.arrow())
        return table, reading.told()
