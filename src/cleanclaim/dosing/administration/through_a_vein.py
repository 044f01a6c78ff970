"""The lines of what went into a vein: one initial service per access, the others beside it.

Rules ADM-03 to ADM-11, and the bases of add-on codes (ADM-17).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cleanclaim.dosing.administration.codes import ADD_ON_BASES, base_rule
from cleanclaim.dosing.administration.draft import Draft
from cleanclaim.dosing.administration.events import DrugEvent, Setting
from cleanclaim.dosing.administration.plan import AdministrationLine, Rule, known, sourced
from cleanclaim.dosing.administration.vein_services import INFUSIONS, Kind, Service, vein_services
from cleanclaim.dosing.infusion_time import Run, alone, both, extra_hours, is_push, minutes_of

_INITIAL = {
    Kind.COMPLEX_INFUSION: "96413",
    Kind.COMPLEX_PUSH: "96409",
    Kind.INFUSION: "96365",
    Kind.PUSH: "96374",
    Kind.HYDRATION: "96360",
}
_FURTHER = {
    Kind.COMPLEX_INFUSION: "96417",
    Kind.COMPLEX_PUSH: "96411",
    Kind.INFUSION: "96367",
    Kind.PUSH: "96375",
    Kind.HYDRATION: "96361",
}
_EXTRA_HOUR = {Kind.COMPLEX_INFUSION: "96415", Kind.INFUSION: "96366", Kind.HYDRATION: "96361"}
_HAS_HOURS = frozenset(_EXTRA_HOUR)
_SAME_DRUG_PUSH, _CONCURRENT, _UNLISTED_COMPLEX = "96376", "96368", "96549"
_FURTHER_RULES: dict[Kind, tuple[Rule, ...]] = {
    Kind.COMPLEX_INFUSION: (known("ADM-08"), sourced("ADM-02")),
    Kind.COMPLEX_PUSH: (known("administration.md section 1"), sourced("ADM-02")),
    Kind.INFUSION: (known("ADM-08"),),
    Kind.PUSH: (sourced("ADM-10"),),
    Kind.HYDRATION: (sourced("ADM-06"),),
}


@dataclass(slots=True)
class _Access:
    """The services through one access."""

    name: str | None
    services: list[Service]
    setting: Setting
    reason_told: bool  # whether the encounter names its primary reason
    concurrent_used: bool = False
    placed: list[Run] = field(default_factory=list)

    @property
    def first(self) -> Service:
        """The highest in the hierarchy."""
        return next(service for service in self.services if not service.repeated)


def draft_veins(given: Sequence[DrugEvent], setting: Setting, draft: Draft) -> None:
    """Take in the lines of what went into veins in one encounter; the main access comes first."""
    services = vein_services(_on_a_named_access(given, draft), setting, draft)
    told = any(service.primary for service in services)
    names = {service.access for service in services}
    accesses = [_Access(name, [s for s in services if s.access == name], setting, told) for name in names]
    concurrent = False
    for access in sorted(accesses, key=lambda access: (not _primary(access), access.first.place, access.name or "")):
        access.concurrent_used = concurrent
        draft.take(_lines(access, draft.encounter))
        concurrent = any(line.code == _CONCURRENT for line in draft.lines)


def _primary(access: _Access) -> bool:
    return access.setting is Setting.OFFICE and any(service.primary for service in access.services)


def _on_a_named_access(given: Sequence[DrugEvent], draft: Draft) -> list[DrugEvent]:
    """What names no access went through the one that others name: a second site must be told (ADM-05)."""
    names = sorted({each.access for each in given if each.access is not None})
    if not names or all(each.access is not None for each in given):
        return list(given)
    if len(names) > 1:
        for drug in sorted({each.drug for each in given if each.access is None}):
            draft.warn(drug, f"its access is not told: {names[0]} is taken", sourced("ADM-05"))
    return [replace(each, access=each.access or names[0]) for each in given]


def _lines(access: _Access, encounter: int) -> Draft:
    """The lines of one access under the initial service that its setting asks for."""
    new = [service for service in access.services if not service.repeated]
    if access.setting is Setting.FACILITY:
        draft = _under(new[0], access, encounter)
    else:
        fit = [service for service in new if not _without_base(_under(service, access, encounter))] or new[:1]
        initial = next((service for service in fit if service.primary), fit[0])
        draft = _under(initial, access, encounter)
        _warn_of_choice(initial, fit, access, draft)
    while unfit := _without_base(draft):
        draft.turn_down(unfit[0], "no code stands beside it that it can be added to", known("ADM-17"), warn=True)
    return draft


def _warn_of_choice(initial: Service, fit: Sequence[Service], access: _Access, draft: Draft) -> None:
    """Tell where the main reason did not decide, on the initial line too."""
    code = _INITIAL[initial.kind]
    cautions: list[tuple[str, str, Rule]] = []
    primary = [service for service in access.services if service.primary]
    if primary and not initial.primary:
        why = "the main reason of the encounter, but its initial code is no base for the other services"
        cautions.append((" + ".join(primary[0].drugs), why, known("ADM-17")))
    if not access.reason_told and len({service.kind for service in fit}) > 1:
        why = "the main reason of the encounter is not told: the facility hierarchy chose the initial service"
        cautions.append((code, why, known("ADM-03")))
    if len(primary) > 1:
        cautions.append((code, "more than one main reason is told: the hierarchy chose", known("ADM-03")))
    for caution in cautions:
        draft.warn(*caution)
    rules = tuple(rule for _, _, rule in cautions)
    draft.lines = [replace(line, rules=line.rules + rules) if line.code == code else line for line in draft.lines]


def _without_base(draft: Draft) -> list[AdministrationLine]:
    codes = {line.code for line in draft.lines}
    return [line for line in draft.lines if line.code in ADD_ON_BASES and not ADD_ON_BASES[line.code] & codes]


def _under(initial: Service, access: _Access, encounter: int) -> Draft:
    """The lines of an access when this service is the initial one."""
    draft = Draft(encounter)
    why = "initial service"
    if access.setting is Setting.FACILITY:
        why += ": facility hierarchy"
    elif initial.primary:
        why += ": main reason of the encounter"
    rules = [sourced("ADM-04" if access.setting is Setting.FACILITY else "ADM-03"), sourced("ADM-05")]
    if initial.kind in {Kind.COMPLEX_INFUSION, Kind.COMPLEX_PUSH}:
        rules.append(sourced("ADM-02"))
    _add(draft, initial, _INITIAL[initial.kind], why, (*rules, sourced("ADM-06")))
    state = replace(access, placed=list(initial.runs) if initial.kind in INFUSIONS else [])
    for service in access.services:
        if service is initial:
            continue
        if service.repeated:
            _add(draft, service, _SAME_DRUG_PUSH, "same drug again, more than 30 min later", ())
        elif service.kind in INFUSIONS:
            _add_infusion(draft, service, state)
        else:
            why = "hydration beside another initial service" if service.kind is Kind.HYDRATION else "further drug, push"
            _add(draft, service, _FURTHER[service.kind], why, _FURTHER_RULES[service.kind])
    codes = frozenset(line.code for line in draft.lines)
    draft.lines = [
        replace(line, rules=(*line.rules, base_rule(line.code, codes))) if line.code in ADD_ON_BASES else line
        for line in draft.lines
    ]
    return draft


def _add_infusion(draft: Draft, service: Service, access: _Access) -> None:
    """A further infusion: after the others (ADM-08) or at the same time (ADM-09)."""
    together = minutes_of(both(service.runs, access.placed))
    rest = minutes_of(alone(service.runs, access.placed))
    access.placed.extend(service.runs)
    name = " + ".join(service.drugs)
    if is_push(together) and not is_push(rest):
        if together:
            why = f"overlaps another infusion for {together} min: its other {rest} min count as sequential"
            draft.warn(name, why, known("ADM-09"))
            service = replace(service, minutes=rest, rules=(*service.rules, known("ADM-09")))
        _add(draft, service, _FURTHER[service.kind], "further drug, after", _FURTHER_RULES[service.kind])
        return
    if service.kind is Kind.COMPLEX_INFUSION:
        draft.warn(name, "complex drugs at the same time have no code of their own", known("ADM-09"))
        rules = (known("ADM-09"), sourced("ADM-02"))
        _add(draft, service, _UNLISTED_COMPLEX, "complex drugs at the same time: unlisted", rules, hours=False)
        return
    if access.concurrent_used:
        draft.leave_out(name, "a further infusion at the same time: once per encounter", sourced("ADM-09"))
        return
    access.concurrent_used = True
    rule = known("ADM-09") if is_push(together) else sourced("ADM-09")
    if is_push(together):
        why = f"{together} min together: sources differ on whether more than 15 are needed"
        draft.warn(name, why, known("ADM-09"))
    elif not is_push(rest):
        draft.warn(name, f"it ran alone for {rest} min: a payer may want it as sequential", known("ADM-09"))
    _add(draft, service, _CONCURRENT, "another bag at the same time", (rule,), hours=False)


def _add(draft: Draft, service: Service, code: str, why: str, rules: tuple[Rule, ...], *, hours: bool = True) -> None:
    """The line of a service, and that of its extra hours."""
    extra = extra_hours(service.minutes) if hours and service.minutes and service.kind in _HAS_HOURS else 0
    minutes = 60 if extra and service.minutes else service.minutes
    draft.add(code, service.drugs, why, *dict.fromkeys(rules + service.rules), minutes=minutes, access=service.access)
    if extra and service.minutes:
        draft.add(
            _EXTRA_HOUR[service.kind], service.drugs, f"extra hours of {service.minutes} min", known("ADM-07"),
            units=extra, minutes=service.minutes - 60, access=service.access,
        )  # fmt: skip
