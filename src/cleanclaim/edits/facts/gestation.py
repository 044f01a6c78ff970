"""In which week of gestation the drug was given.

---
about: In which week of gestation the drug was given, and of how many.
grain: line
keys: [claim_diagnoses, gestation_weeks_on_file]
columns:
  gestation_weeks: {type: amount, unit: weeks, meaning: "completed weeks: on file, else of the code Z3A of the claim", ask: "the weeks of gestation: a Z3A code on the claim, or `--on-file`", source: "on_file, claim.diagnoses (ICD-10-CM Z3A)"}
  several_fetuses: {type: boolean, meaning: "whether a code O30 or O31 of the claim says that there is more than one", ask: "the diagnosis codes of the claim", source: "claim.diagnoses (ICD-10-CM O30, O31)"}
---
"""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, Decimal

import pyarrow as pa

from cleanclaim.engine.schema import ColumnType

_WEEKS = re.compile(r"Z3A\.?([0-9]{2})")
_NOT_WEEKS = {"00", "01", "49"}  # not specified, less than 8, more than 42 weeks


def compute(keys: pa.Table) -> pa.Table:
    """The facts of each distinct list of diagnoses."""
    weeks, several = [], []
    for row in keys.to_pylist():
        codes = row["claim_diagnoses"]
        coded = {found[1] for code in codes or () if (found := _WEEKS.fullmatch(code.upper()))} - _NOT_WEEKS
        said = Decimal(coded.pop()) if len(coded) == 1 else None
        on_file = row["gestation_weeks_on_file"]
        weeks.append(said if on_file is None else on_file.to_integral_value(ROUND_FLOOR))  # 36w6d, as 36.86, is week 36
        several.append(None if codes is None else any(code.upper().startswith(("O30", "O31")) for code in codes))
    keys = keys.append_column("gestation_weeks", pa.array(weeks, ColumnType.AMOUNT.arrow()))
    return keys.append_column("several_fetuses", pa.array(several, pa.bool_()))
