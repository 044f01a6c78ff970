"""Payer programs by the names that people use for them. A name that may mean several is refused, with the list."""

from __future__ import annotations

import difflib
import re

from cleanclaim.claims.tables import PayerProgram
from cleanclaim.errors import InvalidValue

_P = PayerProgram
# In small letters, without points; hyphens and slashes are blanks. These are words of people: the claim filing
# indicators of X12 (SBR09), where MA is Medicare Part A and MC is Medicaid, are read in `claim_filing` alone.
_NAMES = {
    _P.MEDICARE_B: "medicare/medicare b/medicare part b/part b/original medicare/traditional medicare/medicare ffs"
    "/medicare fee for service",
    _P.MEDICARE_A: "medicare a/medicare part a/part a",
    _P.MEDICARE_DME: "medicare dme/dme/dmepos/dme mac/durable medical equipment",
    _P.MEDICARE_ADVANTAGE: "medicare advantage/ma/ma plan/mapd/medicare c/medicare part c/part c"
    "/medicare advantage plan/medicare hmo/medicare ppo/medicare replacement",
    _P.MEDICAID: "medicaid/managed medicaid/medicaid managed care/medicaid hmo/medicaid ffs/medi cal/title xix",
    _P.TRICARE: "tricare/tricare for life/tricare prime/tricare select/champus",
    _P.VA: "va/veterans/veterans affairs/veterans administration/va community care/department of veterans affairs",
    _P.COMMERCIAL: "commercial/commercial insurance/private/private insurance/employer/group health/exchange"
    "/marketplace/aca",
    _P.WORKERS_COMP: "workers comp/workers compensation/workers comp insurance/workers' comp/workers' compensation"
    "/worker's comp/worker's compensation/work comp/wc",
    _P.AUTO: "auto/auto insurance/automobile/no fault/pip/mva",
    _P.OTHER: "other",
}  # fmt: skip
_BY_NAME = {name: program for program, names in _NAMES.items() for name in names.split("/")}
_PLANS = (_P.COMMERCIAL, _P.MEDICARE_ADVANTAGE, _P.MEDICAID)
_SEVERAL = {
    **dict.fromkeys(("hmo", "ppo", "epo", "managed care", "mco", "health plan", "insurance", "bcbs", "blue cross",
                     "blue shield", "blue cross blue shield", "aetna", "cigna", "humana", "uhc", "unitedhealthcare",
                     "united healthcare", "united", "anthem", "elevance", "centene", "molina", "kaiser"), _PLANS),
    **dict.fromkeys(("mc", "dual", "dual eligible", "dsnp", "d snp", "medi medi"),
                    (_P.MEDICARE_B, _P.MEDICARE_ADVANTAGE, _P.MEDICAID)),
    "champva": (_P.VA, _P.TRICARE),
    **dict.fromkeys(("government", "federal", "public"), (_P.MEDICARE_B, _P.MEDICAID, _P.TRICARE, _P.VA)),
    "liability": (_P.AUTO, _P.WORKERS_COMP, _P.OTHER),
}  # fmt: skip


def payer_program_named(text: str) -> PayerProgram:
    """The payer program that a text means: one of our own names, or a common one: Medicare, Part B, Tricare.

    Raises:  InvalidValue that lists what it may mean, or the names that there are. It never says what stood there.
    """
    name = re.sub(r"[\s_/-]+", " ", text.strip().casefold().replace(".", "").replace("\u2019", "'"))
    if program := _BY_NAME.get(name):
        return program
    if several := _SEVERAL.get(name):
        raise InvalidValue(f"may be {' or '.join(several)}: expected one of them")
    near = difflib.get_close_matches(name, _BY_NAME, n=1, cutoff=0.75)
    told = f"; the nearest is {_BY_NAME[near[0]]}" if near else ""
    raise InvalidValue(f"expected one of {', '.join(PayerProgram)}{told}")
