"""What a payer wants in a bill: its dated rows in the reference, and what the case itself says of it.

A row of the payer goes before one of its program (`*`), and what the case says before both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from cleanclaim.claims import PayerProgram
from cleanclaim.dosing import Distinct, NdcUnit, SecondInjection, WastePolicy
from cleanclaim.errors import InvalidValue
from cleanclaim.policies import Policies
from cleanclaim.policies.compiling import with_defaults
from cleanclaim.reference import tables
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.terms.line_terms import LineTerms, decided_for, line_terms

_GENERAL = "*"
_LISTED = {"ndc_unit": "ndc_units"}  # rules with a row for each value
_NONE = "none"
_NOTHING = {"ndc_next_line_modifier": _NONE, "part_b_split_modifier": _NONE}  # said: no modifier
_Modifier = Annotated[str, msgspec.Meta(pattern="^([0-9A-Z]{2}|none)$")]
_MOST_KEPT = 10_000
# What a policy says of billing, by the term that it is. Two policies that contradict each other tell nothing.
_OF_POLICY = {"billing.waste": "waste_policy", "billing.ndc_units": "ndc_units"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a payer wants, and the release or policy that tells each term where the case does not."""

    terms: PayerTerms
    releases: Mapping[str, str]
    line: LineTerms


class NdcWaste(StrEnum):
    """Where the NDC quantity of discarded drug stands (UNW-20, NDC-43)."""

    EACH_LINE = "each_line"  # given on the dose line, discarded on the JW line
    WHOLE_CONTAINERS = "whole_containers"  # all that was opened, on the dose line alone


class NdcSplit(StrEnum):
    """How one drug from packages of several numbers is billed (NDC-33)."""

    NOTE = "note"  # one line; the further numbers in its note
    LINES = "lines"  # a line for each number


class Waived(StrEnum):
    """What a policy wants of a line that a payer may waive for a patient: by an exception, or for a claim with GA."""

    USE_CODE = "use_code"
    MODIFIERS_REQUIRED = "modifiers_required"
    MODIFIERS_FORBIDDEN = "modifiers_forbidden"


class PayerTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a payer wants; None is not known. The names are those of the rules in `payer_rule`.

    `jw_required_from` is for days before 2017, when each contractor decided (UNW-26). `skin_substitute_waste` holds
    until the end of 2025 (UNW-16), `radiopharmaceutical_waste` for contrast too (UNW-24); `no_cost_waste` is for drugs
    that cost the provider nothing. `part_b_split_modifier` stands on the later claims of one that was split (UNW-25).
    """

    waste_policy: WastePolicy | None = None
    jw_required_from: date | None = None
    skin_substitute_waste: WastePolicy | None = None
    radiopharmaceutical_waste: WastePolicy | None = None
    no_cost_waste: WastePolicy | None = None
    ndc_units: tuple[NdcUnit, ...] = ()
    ndc_waste_mode: NdcWaste | None = None
    ndc_split_lines: NdcSplit | None = None
    ndc_next_line_modifier: _Modifier | None = None
    ndc_qty_decimals: Annotated[int, msgspec.Meta(ge=0, le=3)] | None = None
    compound_code: Annotated[str, msgspec.Meta(pattern="^[A-Z][0-9]{4}$")] | None = None
    part_b_split_modifier: _Modifier | None = None
    second_injection: SecondInjection | None = None  # of another drug on one day (ADM-13)
    distinct: Distinct | None = None  # which modifiers say that a service is distinct (MDF-52, MDF-53)
    waived: tuple[Waived, ...] = ()  # what the payer does not ask for this patient, though its policy does


_FIELDS = {one.name: one.type for one in msgspec.structs.fields(PayerTerms)}
_KNOWN = (frozenset(PayerTerms.__struct_fields__) | set(_LISTED)) - {"waived"}


class TermsOfPayers:
    """The terms of payers in one library and in policies; what they say of a drug on a day is worked out once."""

    def __init__(self, lookup: Lookup, policies: Policies | None = None) -> None:
        """Takes open look-ups, and policies of payers that go before what the library has."""
        self._lookup, self._policies = lookup, with_defaults(policies)
        self._kept: dict[tuple[PayerProgram, str | None, date, str | None, str | None], Wanted] = {}

    def of(
        self,
        program: PayerProgram,
        payer_id: str | None,
        on: date,
        said: PayerTerms | None = None,
        *,
        code: str | None = None,
        ndc11: str | None = None,
    ) -> Wanted:
        """The terms of a payer on a day, by its rows and policies; what the case says (`said`) goes before both.

        Raises:  InvalidValue for a row whose value its rule does not have.
        """
        key = program, payer_id, on, code, ndc11
        if key not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = self._told(*key)
        wanted = self._kept[key]
        terms, releases = wanted.terms, dict(wanted.releases)
        for name in PayerTerms.__struct_fields__ if said else ():
            if (value := getattr(said, name)) not in (None, ()):
                terms = msgspec.structs.replace(terms, **{name: None if value == _NOTHING.get(name) else value})
                releases.pop(name, None)
        return Wanted(terms, releases, wanted.line)

    def _told(
        self, program: PayerProgram, payer_id: str | None, on: date, code: str | None, ndc11: str | None
    ) -> Wanted:
        """What rows and policies say, whatever the case does."""
        terms, releases = _of_reference(self._lookup, program, payer_id, on)
        decided = decided_for(self._policies, program, payer_id, code, ndc11, on) if code else ()
        for one in decided:
            if (name := _OF_POLICY.get(one.attribute)) and not one.conflicts:
                value = msgspec.convert(one.value, _FIELDS[name])
                terms = msgspec.structs.replace(terms, **{name: value})
                releases[name] = f"policy {one.policy}"
        return Wanted(terms, releases, line_terms(decided))


def _of_reference(
    lookup: Lookup, program: PayerProgram, payer_id: str | None, on: date
) -> tuple[PayerTerms, dict[str, str]]:
    values: dict[str, list[str]] = {}
    releases: dict[str, str] = {}
    told = lookup.told(tables.PAYER_RULE, "payer_program", str(program), on).rows
    own = [row for row in told if row["payer_id"] == payer_id]
    decided = {str(row["rule"]) for row in own}
    for row in (*own, *(row for row in told if row["payer_id"] == _GENERAL and row["rule"] not in decided)):
        rule = str(row["rule"])
        if rule in _KNOWN:
            values.setdefault(rule, []).append(str(row["value"]))
            releases[_LISTED.get(rule, rule)] = str(row["release"])
    return _read(values), releases


def _read(values: dict[str, list[str]]) -> PayerTerms:
    content = {
        _LISTED.get(rule, rule): sorted(given) if rule in _LISTED else given[0]
        for rule, given in values.items()
        if rule.endswith(("_policy", "_waste")) or given != [_NONE]  # there `none` is a policy; elsewhere nothing
    }
    try:
        return msgspec.convert(content, PayerTerms, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidValue(f"payer_rule: a value that its rule does not have: {error}") from None
