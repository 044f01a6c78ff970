"""What was given and under which circumstances: what the choice of administration codes starts from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from cleanclaim.dosing.infusion_time import Run, minutes_between
from cleanclaim.errors import InvalidValue


class Route(StrEnum):
    """How the drug went in."""

    IM = "im"
    SC = "sc"
    SC_INFUSION = "sc_infusion"
    INTRADERMAL = "intradermal"
    IV = "iv"  # push or infusion, by the minutes (ADM-06)
    IV_PUSH = "iv_push"
    IV_INFUSION = "iv_infusion"
    INTRA_ARTERIAL = "intra_arterial"
    INTRA_ARTICULAR = "intra_articular"
    INTRALESIONAL = "intralesional"
    INTRAVITREAL = "intravitreal"
    TENDON_OR_TRIGGER_POINT = "tendon_or_trigger_point"
    EPIDURAL = "epidural"
    INTRATHECAL = "intrathecal"
    INTRAVENTRICULAR = "intraventricular"  # by a reservoir
    INTRAPLEURAL = "intrapleural"
    INTRAPERITONEAL = "intraperitoneal"
    NASAL = "nasal"
    ORAL = "oral"
    OTHER = "other"


class AdminFamily(StrEnum):
    """Which family of administration codes a drug takes (ADM-02): the payer's list decides, not its name."""

    THERAPEUTIC = "therapeutic"
    COMPLEX = "complex"  # chemotherapy, monoclonal antibodies, biologics, what needs special handling
    HORMONAL_ANTINEOPLASTIC = "hormonal_antineoplastic"
    HYDRATION = "hydration"  # fluid for its own sake, not what a drug was given in (ADM-11)
    VACCINE = "vaccine"
    ESKETAMINE = "esketamine"
    IMAGING = "imaging"  # radiopharmaceuticals and contrast: the imaging service includes giving them


class Vaccine(StrEnum):
    """The vaccines whose administration has a code of its own."""

    INFLUENZA = "influenza"
    PNEUMOCOCCAL = "pneumococcal"
    HEPATITIS_B = "hepatitis_b"
    COVID = "covid"
    OTHER = "other"


class Device(StrEnum):
    """What gave the drug after the patient left, or was filled."""

    ON_BODY_INJECTOR = "on_body_injector"
    PORTABLE_PUMP = "portable_pump"  # started here, for more than 8 hours
    OFFICE_TO_HOME_PUMP = "office_to_home_pump"  # the same, as Medicare's code for it means it
    PORTABLE_PUMP_REFILL = "portable_pump_refill"
    IMPLANTED_PUMP_REFILL = "implanted_pump_refill"


PUMPS = frozenset({Device.PORTABLE_PUMP, Device.OFFICE_TO_HOME_PUMP})
_LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class DrugEvent:
    """One drug as given once: a bag, a push, the injections of one product in one session.

    Raises:  InvalidValue for times that run backwards or over 24 hours (but of a pump), and counts below one.
    """

    drug: str  # its key, such as the HCPCS code
    route: Route
    family: AdminFamily
    start: datetime | None = None  # local and naive, as the stop
    stop: datetime | None = None
    access: str | None = None  # the site or line; None where the encounter had one
    primary: bool | None = None  # whether it was the main reason of the encounter (ADM-03)
    encounter: int = 1
    bag: str | None = None  # drugs mixed into one bag name the same one (ADM-08)
    syringes: int = 1
    sites: int = 1  # injection sites, or lesions
    pump_setups: int = 1  # pumps set up for an infusion under the skin
    device: Device | None = None
    vaccine: Vaccine = Vaccine.OTHER
    counseled_components: int = 0  # of a vaccine, on which the patient was counseled
    dose_mg: Decimal | None = None  # esketamine alone is chosen by its dose

    def __post_init__(self) -> None:
        if not self.drug:
            raise InvalidValue("what was given needs the key of its drug")
        if "" in {self.access, self.bag}:
            raise InvalidValue("access and bag must have a name where they are given")
        counts = {
            "encounter": self.encounter, "syringes": self.syringes, "sites": self.sites, "pump_setups": self.pump_setups
        }  # fmt: skip
        for name, count in counts.items():
            if count < 1:
                raise InvalidValue(f"{name} must be at least 1")
        if self.counseled_components < 0:
            raise InvalidValue("counseled_components must not be negative")
        if self.dose_mg is not None and not (self.dose_mg.is_finite() and self.dose_mg > 0):
            raise InvalidValue("dose_mg must be above zero")
        self._check_times()

    def _check_times(self) -> None:
        if any(time is not None and time.tzinfo is not None for time in (self.start, self.stop)):
            raise InvalidValue("start and stop must be local times without a time zone")
        if self.start is None or self.stop is None:
            return
        minutes_between(self.start, self.stop)
        if self.stop - self.start > _LONGEST and self.device not in PUMPS:
            raise InvalidValue("from start to stop there must be no more than 24 hours")

    @property
    def run(self) -> Run | None:
        """The time that it ran; None where start or stop is not documented."""
        return Run(self.start, self.stop) if self.start is not None and self.stop is not None else None

    @property
    def minutes(self) -> int | None:
        """The documented minutes; None where start or stop is missing."""
        return minutes_between(self.start, self.stop) if self.start and self.stop else None


class Setting(StrEnum):
    """Whose claim it is: by primary reason or by hierarchy (ADM-03, ADM-04)."""

    OFFICE = "office"  # the physician's, on the professional claim
    FACILITY = "facility"  # the hospital's or another facility's


class SecondInjection(StrEnum):
    """How a payer wants the injection of another drug on the same day (ADM-13)."""

    LINE = "line"  # a second line that says it is distinct
    LINE_76 = "line_76"
    UNITS = "units"


class Distinct(StrEnum):
    """Which modifiers tell a distinct service (MDF-52, MDF-53)."""

    SUBSETS = "subsets"  # XE and XS from 2015 on, 59 before
    FIFTY_NINE = "59"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where, when and for whose money the drugs of a day were given.

    `payer_program` is a name of the claim table's closed list (`medicare_b`, `commercial` ...).
    """

    setting: Setting
    service_date: date
    payer_program: str | None = None
    place_of_service: str | None = None
    bill_type: str | None = None  # of an institutional claim, with or without the leading zero
    age_years: int | None = None
    established_patient: bool | None = None
    second_injection: SecondInjection = SecondInjection.LINE
    distinct: Distinct = Distinct.SUBSETS

    def __post_init__(self) -> None:
        if self.age_years is not None and self.age_years < 0:
            raise InvalidValue("age_years must not be negative")

    @property
    def medicare(self) -> bool | None:
        """Whether Medicare's own codes apply; None where the payer is not known."""
        return None if self.payer_program is None else self.payer_program in _MEDICARE


_MEDICARE = frozenset({"medicare_a", "medicare_b", "medicare_advantage"})
