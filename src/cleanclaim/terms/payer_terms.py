"""What a payer wants in a bill: by its policies, and what the case itself says of it, which goes before them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from cleanclaim.dosing import WastePolicy
from cleanclaim.policies.policy import BillTerms
from cleanclaim.terms.terms import Terms

_NONE = "none"  # said: no modifier
_MODIFIERS = ("ndc_next_line_modifier", "part_b_split_modifier")


class Waived(StrEnum):
    """What a policy wants of a line that a payer may waive for a patient: by an exception, or for a claim with GA."""

    USE_CODE = "use_code"
    MODIFIERS_REQUIRED = "modifiers_required"
    MODIFIERS_FORBIDDEN = "modifiers_forbidden"


class PayerTerms(BillTerms, frozen=True):
    """What a payer wants of a bill, by the names of the keys of `billing` in policies; None is not known."""

    waste_policy: WastePolicy | None = None
    waived: tuple[Waived, ...] = ()  # what the payer does not ask for this patient, though its policy does


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a payer wants in a bill; the policies that tell each term where the case does not; the terms of the line."""

    terms: PayerTerms
    told_by: Mapping[str, tuple[str, ...]]
    payer: Terms

    @classmethod
    def of(cls, payer: Terms, said: PayerTerms | None = None) -> Wanted:
        """What a bill goes by: what the case says, then the terms of the payer."""
        values: dict[str, object] = {}
        told_by: dict[str, tuple[str, ...]] = {}
        for name in PayerTerms.__struct_fields__:
            value = getattr(said, name) if said else None
            attribute = "billing.waste" if name == "waste_policy" else f"billing.{name}"
            if value in (None, ()) and name != "waived":
                value = payer.value(attribute)
                if value not in (None, ()):
                    told_by[name] = payer.by(attribute)
            if value not in (None, ()):
                values[name] = None if name in _MODIFIERS and value == _NONE else value
        return cls(msgspec.structs.replace(PayerTerms(), **values), told_by, payer)
