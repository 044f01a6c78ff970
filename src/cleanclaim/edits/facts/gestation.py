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
from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Any

_WEEKS = re.compile(r"Z3A\.?([0-9]{2})")
_NOT_WEEKS = {"00", "01", "49"}  # not specified, less than 8, more than 42 weeks


def facts_of(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a list of diagnoses and of what is on file."""
    codes, on_file = claim["claim_diagnoses"], claim["gestation_weeks_on_file"]
    coded = {found[1] for code in codes or () if (found := _WEEKS.fullmatch(code.upper()))} - _NOT_WEEKS
    weeks = Decimal(coded.pop()) if len(coded) == 1 else None
    return {
        # 36w6d, as 36.86, is week 36
        "gestation_weeks": weeks if on_file is None else on_file.to_integral_value(ROUND_FLOOR),
        "several_fetuses": None if codes is None else any(code.upper().startswith(("O30", "O31")) for code in codes),
    }
