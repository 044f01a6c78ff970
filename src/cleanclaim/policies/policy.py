"""A payer policy as its file says it (documentation-and-policies.md, sections 3 to 5). Unknown keys are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from cleanclaim.dosing import Distinct, NdcUnit, SecondInjection, WastePolicy
from cleanclaim.errors import InvalidValue
from cleanclaim.values import OPEN_END, Severity

_MOST = 1_000_000
_Count = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
_Code = Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]{5}$")]
_Place = Annotated[str, msgspec.Meta(pattern="^[0-9]{2}$")]
_Modifier = Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]{2}$")]
_ModifierOrNone = Annotated[str, msgspec.Meta(pattern="^([A-Z0-9]{2}|none)$")]
_Taxonomy = Annotated[str, msgspec.Meta(pattern="^[0-9A-Z]{1,10}$")]
_Diagnosis = re.compile(r"[A-Z][0-9][0-9A-Z](?:\.?[0-9A-Z]{0,4})?\*?(?:-[A-Z][0-9][0-9A-Z](?:\.?[0-9A-Z]{0,4})?)?")
OnFileName = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9][A-Za-z0-9_.:-]*$", max_length=80)]
_Tried = Annotated[str, msgspec.Meta(pattern="^([A-V][0-9]{4}|[0-9]{4}[0-9AFMTU]|[a-z]+(_[a-z0-9]+)*)$")]
_Evidence = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]*(>=[0-9]+(\\.[0-9]+)?)?$")]
_NAME = "^[a-z0-9]+(?:-[a-z0-9]+)*$"


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """No key but those that are named."""


class Need(StrEnum):
    """Whether a prior authorization is needed."""

    NONE = "none"
    REQUIRED = "required"
    NOTIFICATION = "notification"


class NdcNeed(StrEnum):
    """When the payer wants an NDC on the line."""

    REQUIRED = "required"
    NOC_ONLY = "noc_only"
    NEVER = "never"


class NdcWaste(StrEnum):
    """Where the NDC quantity of discarded drug stands (UNW-20, NDC-43)."""

    EACH_LINE = "each_line"  # given on the dose line, discarded on the JW line
    WHOLE_CONTAINERS = "whole_containers"  # all that was opened, on the dose line alone


class NdcSplit(StrEnum):
    """How one drug from packages of several numbers is billed (NDC-33)."""

    NOTE = "note"  # one line; the further numbers in its note
    LINES = "lines"  # a line for each number


class Supply(StrEnum):
    """Who may buy the drug: the provider (buy and bill), or a pharmacy (white bag)."""

    BUY_BILL = "buy_bill"
    WHITE_BAG = "white_bag"
    EITHER = "either"


class Benefit(StrEnum):
    """Under which benefit the payer covers a drug that a provider gives, if at all."""

    MEDICAL = "medical"
    SELF_ADMINISTERED = "self_administered"  # only what patients give themselves: not as a provider's drug
    EXCLUDED = "excluded"


class LineOfBusiness(StrEnum):
    """The kind of plan; Medicare's own rules are policies of `medicare`, or of its Part B alone."""

    COMMERCIAL = "commercial"
    MEDICAID = "medicaid"
    MEDICARE_ADVANTAGE = "medicare_advantage"
    EXCHANGE = "exchange"
    MEDICARE = "medicare"
    MEDICARE_B = "medicare_b"  # what is asked of professional and outpatient claims to Part B alone
    TRICARE = "tricare"


def plan_named(text: str) -> LineOfBusiness:
    """The kind of plan that a text names. Raises: InvalidValue."""
    try:
        return LineOfBusiness(text.strip().lower().replace(" ", "_"))
    except ValueError:
        raise InvalidValue(f"expected one of {', '.join(LineOfBusiness)}") from None


class Effective(Strict, frozen=True):
    """The first and the last day of service on which a policy holds."""

    start: date
    end: date = OPEN_END

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("end: expected a day that is not before start")

    def holds(self, day: date) -> bool:
        """Whether a policy holds on a day."""
        return self.start <= day <= self.end


class AppliesTo(Strict, frozen=True):
    """The drugs of a policy: by NDC (eleven digits), by code, by a group of codes that the policies name, or all."""

    ndc: tuple[Annotated[str, msgspec.Meta(pattern="^[0-9]{11}$")], ...] = ()
    hcpcs: tuple[_Code, ...] = ()
    group: tuple[Annotated[str, msgspec.Meta(pattern="^[a-z0-9_]+$")], ...] = ()
    all: bool = False  # what the payer says of every drug

    def __post_init__(self) -> None:
        if not (self.ndc or self.hcpcs or self.group or self.all):
            raise ValueError("expected ndc, hcpcs or group, or all: true")


def _expect_diagnoses(name: str, said: tuple[str, ...]) -> None:
    if not all(_Diagnosis.fullmatch(one) for one in said):
        raise ValueError(f"{name}: expected diagnosis codes as K50*, O09.211 or C00-C97")


class Bounds(Strict, frozen=True):
    """A lowest and a highest value, both in."""

    min: Decimal | None = None
    max: Decimal | None = None

    def __post_init__(self) -> None:
        if self.min is None and self.max is None:
            raise ValueError("expected min or max")
        for name, value in (("min", self.min), ("max", self.max)):
            if value is not None and not (value.is_finite() and 0 <= value <= _MOST and value == round(value, 6)):
                raise ValueError(f"{name}: expected a number from 0 to {_MOST:,} with at most six decimals")
        if self.min is not None and self.max is not None and self.max < self.min:
            raise ValueError("max: expected no less than min")


class WholeBounds(Strict, frozen=True):
    """A lowest and a highest whole number, both in."""

    min: _Count | None = None
    max: _Count | None = None

    def __post_init__(self) -> None:
        if self.min is None and self.max is None:
            raise ValueError("expected min or max")
        if self.min is not None and self.max is not None and self.max < self.min:
            raise ValueError("max: expected no less than min")


class AtLeast(Strict, frozen=True):
    """A lowest whole number."""

    min: _Count


class AtMost(Strict, frozen=True):
    """A highest whole number."""

    max: _Count


class AtMostAmount(Strict, frozen=True):
    """A highest amount."""

    max: Decimal

    def __post_init__(self) -> None:
        Bounds(max=self.max)


class Diagnoses(Strict, frozen=True):
    """Diagnoses that are covered, or never; as `K50*`, `O09.211`, `C00-C97`."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    min_match: _Count = 1

    def __post_init__(self) -> None:
        for name in ("include", "exclude"):
            _expect_diagnoses(name, getattr(self, name))


class ExcludedUse(Strict, frozen=True):
    """Diagnoses for which a coverage decision names the drug as not covered, and the decision."""

    dx: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    by: Annotated[str, msgspec.Meta(min_length=3)]

    def __post_init__(self) -> None:
        _expect_diagnoses("dx", self.dx)


class Places(Strict, frozen=True):
    """Places of service where the drug may be given, or may not."""

    allow: tuple[_Place, ...] = ()
    deny: tuple[_Place, ...] = ()

    def __post_init__(self) -> None:
        if set(self.allow) & set(self.deny):
            raise ValueError("expected each place in allow or in deny")


class Step(Strict, frozen=True):
    """What must have been tried before: codes, or a class of drugs by name.

    `lookback_days` before the day are searched: a trial is missing only where the history covers them.
    """

    prefer: Annotated[tuple[_Tried, ...], msgspec.Meta(min_length=1)]
    trial_days: _Count | None = None
    exceptions: tuple[OnFileName, ...] = ()  # what, when it is on file, stands for the trial
    lookback_days: _Count = 365

    def __post_init__(self) -> None:
        if self.trial_days is not None and self.trial_days > self.lookback_days:
            raise ValueError("trial_days: expected no more than lookback_days (365 unless it says another number)")


class Rems(Strict, frozen=True):
    """A safety program (REMS) and what shows that it was kept."""

    program: str
    evidence: tuple[_Evidence, ...] = ()


class Scope(Strict, frozen=True):
    """What an authorization is bound to."""

    units: bool = False
    dates: bool = False
    site: bool = False
    provider: bool = False


class Requires(Strict, frozen=True):
    """What must be there."""

    prior_auth: Need | None = None
    auth_scope: Scope | None = None
    dx: Diagnoses | None = None
    label_dx: tuple[str, ...] = ()  # the diagnoses of label and compendia: another one is off-label
    nc_dx: ExcludedUse | None = None
    age: WholeBounds | None = None
    sex: Annotated[str, msgspec.Meta(pattern="^(any|F|M)$")] | None = None
    weight_kg: Bounds | None = None
    gestation_weeks: WholeBounds | None = None
    singleton: bool | None = None  # one fetus alone
    specialty: tuple[_Taxonomy, ...] = ()
    pos: Places | None = None
    site_of_care: tuple[
        Annotated[str, msgspec.Meta(pattern="^(office|outpatient_hospital|home|infusion_center|asc)$")], ...
    ] = ()
    step: tuple[Step, ...] = ()
    rems: Rems | None = None
    ordering_provider: bool | None = None

    def __post_init__(self) -> None:
        _expect_diagnoses("label_dx", self.label_dx)


class Period(Strict, frozen=True):
    """So many in so many days."""

    n: _Count
    days: _Count


class Limits(Strict, frozen=True):
    """The most that is covered."""

    units_per_dose: AtMost | None = None
    mg_per_kg: AtMostAmount | None = None
    doses_per_period: Period | None = None
    units_per_period: Period | None = None
    interval_days: AtLeast | None = None
    course_doses: AtMost | None = None
    lifetime_doses: AtMost | None = None


class BillTerms(Strict, frozen=True):
    """What the payer wants of a bill, by keys that a case may say too.

    `jw_required_from` is for days before 2017, when each contractor decided (UNW-26). `skin_substitute_waste` holds
    until the end of 2025 (UNW-16), `radiopharmaceutical_waste` for contrast too (UNW-24); `no_cost_waste` is for drugs
    that cost the provider nothing. `part_b_split_modifier` stands on the later claims of one that was split (UNW-25).
    """

    jw_required_from: date | None = None
    skin_substitute_waste: WastePolicy | None = None
    radiopharmaceutical_waste: WastePolicy | None = None
    no_cost_waste: WastePolicy | None = None
    ndc_units: tuple[NdcUnit, ...] = ()
    ndc_waste_mode: NdcWaste | None = None
    ndc_split_lines: NdcSplit | None = None
    ndc_next_line_modifier: _ModifierOrNone | None = None
    ndc_qty_decimals: Annotated[int, msgspec.Meta(ge=0, le=3)] | None = None
    compound_code: Annotated[str, msgspec.Meta(pattern="^[A-Z][0-9]{4}$")] | None = None
    part_b_split_modifier: _ModifierOrNone | None = None
    second_injection: SecondInjection | None = None  # of another drug on one day (ADM-13)
    distinct: Distinct | None = None  # which modifiers say that a service is distinct (MDF-52, MDF-53)


class Billing(BillTerms, frozen=True):
    """How the line must look, and until when what may be filed."""

    modifiers_required: tuple[_Modifier, ...] = ()
    modifiers_forbidden: tuple[_Modifier, ...] = ()
    route_modifiers: tuple[_Modifier, ...] = ()  # exactly one of them tells the route
    use_code: _Code | None = None  # the code that the payer wants instead
    waste: WastePolicy | None = None
    ndc: NdcNeed | None = None
    corrected_claim_days: _Count | None = None
    timely_filing_days: _Count | None = None  # from the day of service to the last day on which it may file
    timely_filing_years: _Count | None = None  # the same day so many calendar years on
    appeal_levels: _Count | None = None

    def __post_init__(self) -> None:
        if set(self.modifiers_required) & set(self.modifiers_forbidden):
            raise ValueError("expected each modifier in modifiers_required or in modifiers_forbidden")


class OnFail(Strict, frozen=True):
    """What to expect where the policy is not met."""

    severity: Severity
    carc: Annotated[str, msgspec.Meta(pattern="^[A-Z]?[0-9]{1,3}$")] | None = None
    rarc: Annotated[str, msgspec.Meta(pattern="^(M|MA|N)[0-9]{1,4}$")] | None = None
    message: str | None = None


class Policy(Strict, frozen=True):
    """One policy of one payer. `payer_id`: as claims name the payer; several where it has several."""

    id: Annotated[str, msgspec.Meta(pattern=_NAME)]
    payer: Annotated[str, msgspec.Meta(min_length=1)]
    effective: Effective
    applies_to: AppliesTo
    on_fail: OnFail
    payer_id: tuple[str, ...] = ()
    lines_of_business: tuple[LineOfBusiness, ...] = ()
    precedence: int = 0
    requires: Requires = Requires()
    limits: Limits = Limits()
    billing: Billing = Billing()
    supply: Supply | None = None
    benefit: Benefit | None = None
    documents: tuple[Annotated[str, msgspec.Meta(pattern="^DOC-[0-9A-Z]+$")], ...] = ()
    source: str | None = None  # where the payer says so
    checked: date | None = None

    def attributes(self) -> dict[str, Any]:
        """What the policy says, by the names of its keys: `requires.prior_auth`, `limits.interval_days`; no more."""
        found = {name: _said(msgspec.to_builtins(value)) for name, value in self.typed()}
        if self.documents:
            found["documents"] = list(self.documents)
        return found

    def typed(self) -> Iterator[tuple[str, Any]]:
        """What the policy says but for documents, as the shapes above have it."""
        for part in ("requires", "limits", "billing"):
            said = getattr(self, part)
            for name in said.__struct_fields__:
                if (value := getattr(said, name)) not in (None, ()):
                    yield f"{part}.{name}", value
        for name in ("supply", "benefit"):
            if (value := getattr(self, name)) is not None:
                yield name, value


def _said(value: Any) -> Any:  # noqa: ANN401 - what YAML may hold
    """Without keys that say nothing."""
    if not isinstance(value, dict):
        return value
    return {key: _said(one) for key, one in value.items() if one not in (None, [], (), False)}
