"""Authorizations on paper."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TextIO

import msgspec

from cleanclaim.billing.auth_status import AuthStatus
from cleanclaim.cli.options import ShortFormat


def write_auth_status(told: AuthStatus, output_format: ShortFormat, out: TextIO) -> None:
    """Each authorization with what is left of it, then the planned doses that none covers."""
    if output_format is not ShortFormat.TABLE:
        doses = [{"planned": msgspec.to_builtins(one.planned), "taken": asdict(one.taken)} for one in told.doses]
        plain = asdict(told) | {"doses": doses}
        out.write(json.dumps(plain, default=str, ensure_ascii=False, indent=2) + "\n")
        return
    for one in told.authorizations:
        left = [f"{one.days_left:,} days"]
        left += [f"{one.units_left:,} units"] if one.units_left is not None else []
        left += [f"{one.visits_left:,} visits"] if one.visits_left is not None else []
        state = str(one.state).replace("_", " ")
        out.write(f"{one.number}  {', '.join(one.hcpcs_codes)}  {state}; left: {', '.join(left)}\n")
        out.writelines(f"  about to run out: {why}\n" for why in one.running_out)
    for dose in told.doses:
        planned = dose.planned
        name = f"{planned.id}  " if planned.id else ""
        by = dose.taken.number or f"NOT COVERED: {dose.taken.why or 'there is no authorization'}"
        out.write(f"{name}{planned.service_date}  {planned.hcpcs_code} x{planned.units:,}  {by}\n")
        out.writelines(f"  note: {warning}\n" for warning in dose.taken.warnings)
    uncovered = sum(one.taken.number is None for one in told.doses)
    out.write(f"as of {told.on}: {len(told.doses):,} planned doses, {uncovered:,} not covered\n")
