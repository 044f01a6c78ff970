"""Medicare's own rules that have days or lists of their own, as `medicare.yaml` holds them."""

from __future__ import annotations

from datetime import date
from functools import cache

import msgspec

from cleanclaim.dosing import JW_FROM
from cleanclaim.yaml_text import shipped_shape


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """No key but those that are named."""


class LaterSetting(_Strict, frozen=True):
    """A setting in which JW and JZ came later than elsewhere."""

    jw_from: date
    jz_from: date
    rule: str
    program: str | None = None
    facility_type: str | None = None

    def is_of(self, program: str | None, facility_type: str | None) -> bool:
        """Whether a claim is of the setting."""
        return (self.program or program) == program and (self.facility_type or facility_type) == facility_type

    def exempts(self, day: date) -> bool:
        """Whether a line of the day takes neither, though lines elsewhere do."""
        return JW_FROM <= day < min(self.jw_from, self.jz_from)


class SkinSubstitutes(_Strict, frozen=True):
    """From when contractors differed on JW and JZ of skin substitutes, and from when these are supplies."""

    by_contractor_from: date
    supplies_from: date
    rule: str


class OutsidePartB(_Strict, frozen=True):
    """Where nothing that is given is paid by itself."""

    places: frozenset[str]
    facility_types: frozenset[str]
    rule: str


class Indicators(_Strict, frozen=True):
    """Indicators of an addendum that say how a code is paid."""

    packaged: frozenset[str]
    by_itself: frozenset[str] = frozenset()


class MedicareRules(_Strict, frozen=True):
    """All of the file."""

    settings: tuple[LaterSetting, ...]
    skin_substitutes: SkinSubstitutes
    outside_part_b: OutsidePartB
    facilities: frozenset[str]
    status_indicators: Indicators
    payment_indicators: Indicators

    def later(self, program: str | None, facility_type: str | None) -> LaterSetting | None:
        """The setting of a claim, where it is one that took JW and JZ later."""
        return next((one for one in self.settings if one.is_of(program, facility_type)), None)


@cache
def medicare_rules() -> MedicareRules:
    """The rules that come with cleanclaim."""
    return shipped_shape("cleanclaim.terms", "medicare.yaml", MedicareRules)
