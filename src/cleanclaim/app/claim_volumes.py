"""How much of each code stands on claims, and which lines a changed MUE or an end touches: counted in SQL, by code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cleanclaim.app.change_result import AffectedLine
from cleanclaim.app.reading import MOST_OF_A_KIND
from cleanclaim.claims import ClaimTables
from cleanclaim.edits.pages import Grain
from cleanclaim.edits.plan.facts import Workbench
from cleanclaim.engine.schema import ColumnType
from cleanclaim.reference.cells import plain
from cleanclaim.reference.codes.code_day import Mue
from cleanclaim.values import Interval

_VOID, _REPLACEMENT = "8", "7"
_LINE_FACTS = (
    "hcpcs_code", "code_qualifier", "claim_type", "payer_program", "frequency", "modifiers", "unit_basis",
    "billed_units", "charge_amount", "service_date", "ndc11", "ndc_given",
)  # fmt: skip
_DAY_FACTS = ("hcpcs_code", "claim_type", "payer_program", "service_date", "units_at_least")
# As in the facts of the MUE (`edits/facts/mue.sql`).
_SERVICE_TYPE = (
    "CASE WHEN payer_program = 'medicare_dme' THEN 'dme' WHEN claim_type = 'P' THEN 'practitioner' "
    "WHEN claim_type = 'I' THEN 'outpatient' END"
)
# Minutes and what is not above zero are no units of a drug. A line is taken unless its claim voids another or, where
# lines of some days alone are asked for, it is not of them.
_ASKED = f"""
CREATE OR REPLACE VIEW asked AS
SELECT
  line_row, claim_row, hcpcs_code, code_qualifier, charge_amount, ndc11, {_SERVICE_TYPE} AS service_type,
  ndc_given IS NOT NULL AND ndc11 IS NULL AS ndc_unreadable,
  CASE WHEN billed_units > 0 AND unit_basis IS DISTINCT FROM 'MJ' THEN billed_units END AS units,
  coalesce(list_contains(modifiers, 'JW'), FALSE) AS is_waste,
  coalesce(frequency = '{_REPLACEMENT}', FALSE) AS replaces,
  year(service_date) || '-Q' || quarter(service_date) AS quarter,
  CASE WHEN frequency = '{_VOID}' THEN 'void' WHEN NOT {{whole}} AND service_date IS NULL THEN 'undated'
    WHEN NOT {{whole}} AND service_date NOT BETWEEN '{{first}}' AND '{{last}}' THEN 'quarter' ELSE 'taken' END AS fate
FROM {{lines}}
"""
_VOLUMES = """
SELECT
  fate, quarter, hcpcs_code, code_qualifier, ndc11, service_type,
  count(*) AS lines,
  coalesce(sum(units), 0) AS units,
  coalesce(sum(units) FILTER (is_waste), 0) AS waste_units,
  coalesce(sum(charge_amount), 0) AS charged,
  count(*) FILTER (units IS NULL) AS lines_without_units,
  count(*) FILTER (charge_amount IS NULL) AS lines_without_charge,
  count(*) FILTER (replaces) AS of_replacements,
  count(*) FILTER (ndc_unreadable) AS ndc_unreadable
FROM asked
GROUP BY ALL
"""
_ABOVE = f"""
CREATE OR REPLACE TABLE above AS
WITH days AS (
  SELECT m.*, d.units_at_least, unnest(d.line_rows) AS line_row
  FROM {{days}} AS d
  JOIN mue_pair AS m ON m.hcpcs_code = d.hcpcs_code AND m.service_type = {_SERVICE_TYPE}
), counted AS (
  SELECT
    a.line_row, a.claim_row, a.hcpcs_code, a.service_type, a.units, d.new_value, d.old_known,
    CASE WHEN d.new_indicator = 1 THEN a.units ELSE d.units_at_least END AS counted_units,
    coalesce(CASE WHEN d.old_indicator = 1 THEN a.units ELSE d.units_at_least END > d.old_value, FALSE) AS was_above
  FROM days AS d
  JOIN asked AS a ON a.line_row = d.line_row AND a.fate = 'taken'
)
SELECT * EXCLUDE (was_above), CASE WHEN old_known THEN 'mue' ELSE 'mue_old_unknown' END AS why
FROM counted
WHERE counted_units > new_value AND NOT was_above
"""
_NOT_BILLABLE = """
CREATE OR REPLACE TABLE not_billable AS
SELECT a.line_row, a.claim_row, a.hcpcs_code, a.service_type, a.units, 'not_billable' AS why,
  CAST(NULL AS DECIMAL(28, 3)) AS counted_units, CAST(NULL AS DECIMAL(28, 3)) AS new_value
FROM asked AS a
JOIN gone ON gone.hcpcs_code = a.hcpcs_code
WHERE a.fate = 'taken'
"""
_LISTED = """
SELECT
  c.claim_id, l.line_number, c.source_file, t.hcpcs_code, t.why, t.service_type, t.units, t.counted_units, t.new_value
FROM {table} AS t
JOIN claim AS c ON c.claim_row = t.claim_row
JOIN line AS l ON l.line_row = t.line_row
QUALIFY row_number() OVER (PARTITION BY t.hcpcs_code, t.why ORDER BY t.line_row) <= {most}
ORDER BY t.line_row
"""


@dataclass(frozen=True, slots=True)
class Volume:
    """Lines that are alike in what is asked about them, together."""

    fate: str  # taken; void, undated or quarter, where not
    quarter: str | None
    hcpcs_code: str | None
    code_qualifier: str | None
    ndc11: str | None
    service_type: str | None
    lines: int
    units: Decimal
    waste_units: Decimal
    charged: Decimal
    lines_without_units: int
    lines_without_charge: int
    of_replacements: int
    ndc_unreadable: int


@dataclass(frozen=True, slots=True)
class MuePair:
    """The MUE of a code on both days, where they may differ in which lines they deny."""

    code: str
    old: Mue
    new: Mue
    old_known: bool


class DatedBench(Workbench):
    """A workbench that knows the last day of service among its claims, those that void another left out."""

    latest: date | None = None

    def load_claims(self, tables: ClaimTables) -> None:
        """Append claims, as a workbench does."""
        super().load_claims(tables)
        voids = tables.claim.filter(pc.field("frequency") == _VOID)["claim_key"].combine_chunks()
        lines = tables.line.filter(~pc.field("claim_key").isin(voids)) if len(voids) else tables.line
        last: date | None = pc.max(lines["service_date"]).as_py()
        if last and (self.latest is None or last > self.latest):
            self.latest = last


class AskedLines:
    """The lines of one part of a run, as they are asked about."""

    def __init__(self, bench: DatedBench, of_days: Interval | None) -> None:
        """The part that the workbench reads now; lines of other days are not taken."""
        self._bench, self._engine = bench, bench.engine
        lines = bench.make_facts(Grain.LINE, _LINE_FACTS)
        days = of_days or Interval(date.min)
        self._engine.run(_ASKED.format(lines=lines, whole=of_days is None, first=days.first, last=days.last))

    def volumes(self) -> list[Volume]:
        """Its lines, counted together where they are alike."""
        return [Volume(**row) for row in self._engine.table(_VOLUMES).to_pylist()]

    def above(self, pairs: Iterable[MuePair], listed: Listed) -> Counter[tuple[str, str, bool]]:
        """How many lines exceed the new MUE and not the old one: by code, service type and whether that is unknown."""
        table = _pairs_table(list(pairs))
        if not table.num_rows:
            return Counter()
        self._engine.register("mue_pair", table)
        self._engine.run(_ABOVE.format(days=self._bench.make_facts(Grain.DRUG_DAY, _DAY_FACTS)))
        self._engine.unregister("mue_pair")
        self._list("above", listed)
        counts = self._engine.table(
            "SELECT hcpcs_code, service_type, NOT old_known AS unknown, count(*) AS n FROM above GROUP BY ALL"
        )
        return Counter(
            {(row["hcpcs_code"], row["service_type"], row["unknown"]): row["n"] for row in counts.to_pylist()}
        )

    def not_billable(self, codes: Iterable[str], listed: Listed) -> None:
        """Lists the lines of codes that cannot be billed on the new day."""
        table = pa.table({"hcpcs_code": pa.array(sorted(codes), pa.string())})
        if table.num_rows:
            self._engine.register("gone", table)
            self._engine.run(_NOT_BILLABLE)
            self._engine.unregister("gone")
            self._list("not_billable", listed)

    def _list(self, table: str, listed: Listed) -> None:
        rows = self._engine.table(_LISTED.format(table=table, most=MOST_OF_A_KIND)).to_pylist()
        listed.add(rows, self._engine.table(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py())


class Listed:
    """The lines that are listed one by one: of a code and a reason the first thousand, then only counted."""

    def __init__(self) -> None:
        """None yet."""
        self.lines: list[AffectedLine] = []
        self.not_listed = 0
        self._room: dict[tuple[str, str], int] = {}

    def add(self, rows: Iterable[dict[str, Any]], count: int) -> None:
        """List these rows, the first of so many, as far as there is room; the rest is counted."""
        self.not_listed += count
        for line in self._with_room(rows):
            self.lines.append(line)
            self.not_listed -= 1

    def _with_room(self, rows: Iterable[dict[str, Any]]) -> Iterator[AffectedLine]:
        for row in rows:
            key = (row["hcpcs_code"], row["why"])
            if self._room.setdefault(key, MOST_OF_A_KIND):
                self._room[key] -= 1
                yield AffectedLine(
                    row["claim_id"], row["line_number"], row["source_file"], row["hcpcs_code"],
                    _plain(row["units"]), row["why"], row["service_type"], _plain(row["counted_units"]),
                    _plain(row["new_value"]),
                )  # fmt: skip


def _plain(value: Decimal | None) -> Decimal | None:
    return None if value is None else plain(value)


def _pairs_table(pairs: list[MuePair]) -> pa.Table:
    units = ColumnType.UNITS.arrow()
    columns: dict[str, pa.Array[Any]] = {
        "hcpcs_code": pa.array([one.code for one in pairs], pa.string()),
        "service_type": pa.array([one.new.service_type for one in pairs], pa.string()),
        "old_value": pa.array([one.old.value for one in pairs], units),
        "new_value": pa.array([one.new.value for one in pairs], units),
        "old_indicator": pa.array([one.old.adjudication_indicator for one in pairs], pa.int64()),
        "new_indicator": pa.array([one.new.adjudication_indicator for one in pairs], pa.int64()),
        "old_known": pa.array([one.old_known for one in pairs], pa.bool_()),
    }
    return pa.table(columns)
