"""What two days mean for claims: the shape that scripts rely on. A change here is a breaking change.

Amounts, units and limits are decimals, in JSON strings. No field of it is a patient's.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from cleanclaim.app.result import Fault
from cleanclaim.reference.codes.code_changes import Change, ChangeKind, Gap, Side
from cleanclaim.reference.codes.code_day import CodeDay, Successor


class AskedDay(msgspec.Struct, frozen=True):
    """One of the two days: as it was asked for, and the releases that told anything of it."""

    asked: str  # 2025-Q4, or a day
    day: date
    releases: tuple[str, ...]


class LineCounts(msgspec.Struct, frozen=True):
    """Where every line that was read went: `read` is the sum of what was taken and of what was not.

    Of those taken, every one is in one of `level_two`, `cpt`, `cdt`, `other_code_set`, `no_code`.
    """

    read: int
    taken: int
    not_taken_void: int  # of claims that void another
    not_taken_undated: int
    not_taken_of_quarter: dict[str, int]
    taken_of_quarter: dict[str, int]  # by the quarter of the service date; those without one are in `taken_undated`
    taken_undated: int
    taken_of_replacements: int  # of claims that replace another, which may be among the files too
    level_two: int
    cpt: int  # outside: licensed, and in no file of HCPCS
    cdt: int
    other_code_set: int
    no_code: int  # none, or nothing that has a code's form
    without_units: int  # of level II, as all that follow: none, zero, negative, or minutes
    without_charge: int
    without_money: int  # in no sum of money: `money_missing` of the code says why, or it is without units
    ndc_unreadable: int  # a drug number that is no NDC in eleven digits
    setting_unknown: int  # whose MUE is not compared: neither payer nor type of the claim tells the service type


class CodeMoney(msgspec.Struct, frozen=True):
    """Units times payment limit on each day, in US dollars. It is Medicare's limit, whoever the payer is."""

    lines: int
    old: Decimal
    new: Decimal
    difference: Decimal
    percent: Decimal | None
    successor: str | None = None  # the new amount is that of the code that follows
    successor_units: Decimal | None = None


class Money(msgspec.Struct, frozen=True):
    """The sums over codes: what goes up, what goes down, and the net of both, in US dollars."""

    lines: int
    old: Decimal
    new: Decimal
    up: Decimal
    down: Decimal  # zero or negative
    net: Decimal
    net_by_successors: Decimal  # of the net, what comes from codes that others follow


class NdcChange(msgspec.Struct, frozen=True):
    """A package on these lines that the crosswalk lists under the code on one of the days alone."""

    ndc11: str
    kind: ChangeKind  # ndc_left or ndc_joined
    old: tuple[str, ...]  # the codes under which it is listed
    new: tuple[str, ...]
    lines: int


class AboveMue(msgspec.Struct, frozen=True):
    """Lines of a code and a service type that exceed the MUE of the new day, and not that of the old one.

    Units are counted by line or by day, as the indicator of each day says; a line of several days counts in no day.
    """

    service_type: str
    lines: int
    old_unknown: bool  # whether the old day's MUE is unknown: they may have exceeded it too


class CodeChanges(msgspec.Struct, frozen=True):
    """A code on these claims: how much of it, both days, what changed, and what it comes to."""

    code: str
    lines: int
    units: Decimal  # JW and JZ lines too
    waste_units: Decimal  # of these, with JW
    charged: Decimal
    lines_without_units: int
    lines_without_charge: int
    old: CodeDay
    new: CodeDay
    changes: tuple[Change, ...]
    ndcs: tuple[NdcChange, ...]
    unknown: tuple[Gap, ...]  # what one of the days does not tell of it
    successors: tuple[Successor, ...]
    money: CodeMoney | None
    money_missing: str | None  # why there is none
    above_mue: tuple[AboveMue, ...]


class Unknown(msgspec.Struct, frozen=True):
    """Something that no release tells for one of the days."""

    what: str  # code, payment limit, MUE practitioner, OPPS status, NDC crosswalk
    side: Side
    day: date
    codes: tuple[str, ...]
    lines: int


class AffectedLine(msgspec.Struct, frozen=True):
    """A line whose code cannot be billed on the new day, or above a changed MUE; of a code the first thousand."""

    claim_id: str | None
    line_number: int | None
    file: str
    hcpcs_code: str
    units: Decimal | None
    why: str  # not_billable, mue, mue_old_unknown
    service_type: str | None
    counted_units: Decimal | None = None  # that the MUE counts: of the line or of the day
    mue: Decimal | None = None


class ClaimChanges(msgspec.Struct, frozen=True):
    """What a new day changes for claims: the codes in order, what is unknown, the lines that are touched."""

    question: str
    old: AskedDay
    new: AskedDay
    backwards: bool  # the new day lies before the old one
    files: int
    claims: int
    lines: LineCounts
    money: Money
    codes: tuple[CodeChanges, ...]
    not_in_reference: tuple[str, ...]  # codes of which the library tells nothing on either day
    unknown: tuple[Unknown, ...]
    affected: tuple[AffectedLine, ...]
    affected_not_listed: int
    faults: tuple[Fault, ...]
    fault_count: int
    claims_unread: bool
    reference: str  # in words: on what it stands
