"""The last day on which a claim may be filed.

---
about: The last day on which a claim may be filed.
grain: line
keys: [last_day, policy_filing_days, policy_filing_years]
columns:
  filing_deadline: {type: date, meaning: "last day for the claim: of a professional one counted from the day of service, of an institutional one from the end of its statement", ask: "the payer's time limit for claims (`--policies`)", source: "policies, claim.statement_to"}
---
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any


def facts_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The deadline by a day and a limit."""
    deadline = _deadline(row["last_day"], row["policy_filing_days"], row["policy_filing_years"])
    return {"filing_deadline": deadline}


def _deadline(last_day: date | None, days: int | None, years: int | None) -> date | None:
    if last_day is None or (days is None and years is None):
        return None
    try:
        if years is None:
            return last_day + timedelta(days=days or 0)
        # 42 CFR 424.44: one calendar year. 29 February has none: the last day is 28 February (rulebook, DEMO-005).
        day = 28 if (last_day.month, last_day.day) == (2, 29) else last_day.day
        return last_day.replace(year=last_day.year + years, day=day)
    except (OverflowError, ValueError):
        return None
