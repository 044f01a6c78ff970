"""A plan in the making: lines under today's codes, gathered by encounter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cleanclaim.dosing.administration.plan import AdministrationLine, Caution, NotBilled, Rule


@dataclass(slots=True)
class Draft:
    """What was found for one encounter so far."""

    encounter: int
    lines: list[AdministrationLine] = field(default_factory=list)
    not_billed: list[NotBilled] = field(default_factory=list)
    warnings: list[Caution] = field(default_factory=list)

    def add(
        self,
        code: str,
        drugs: Iterable[str],
        why: str,
        *rules: Rule,
        units: int = 1,
        minutes: int | None = None,
        modifiers: tuple[str, ...] = (),
        access: str | None = None,
    ) -> None:
        """Take a line in."""
        self.lines.append(
            AdministrationLine(code, units, tuple(drugs), rules, why, minutes, modifiers, self.encounter, access)
        )

    def leave_out(self, what: str, why: str, rule: Rule, *, warn: bool = False) -> None:
        """Take in what is not billed; with `warn`, say so as a caution too."""
        self.not_billed.append(NotBilled(what, why, rule, self.encounter))
        if warn:
            self.warn(what, why, rule)

    def warn(self, what: str, why: str, rule: Rule) -> None:
        """Take a caution in."""
        self.warnings.append(Caution(what, why, rule, self.encounter))

    def take(self, other: Draft) -> None:
        """Take in all that another draft of the encounter found."""
        self.lines += other.lines
        self.not_billed += other.not_billed
        self.warnings += other.warnings

    def turn_down(self, line: AdministrationLine, why: str, rule: Rule, *, warn: bool = False) -> None:
        """Take a line out again: its drugs stay told as not billed."""
        self.lines.remove(line)
        for drug in line.drugs:
            self.leave_out(drug, f"{line.code}: {why}", rule, warn=warn)


def merged(lines: Iterable[AdministrationLine]) -> list[AdministrationLine]:
    """The lines with those of one code, modifiers, encounter and access as one: payers read two as a duplicate."""
    found: dict[tuple[object, ...], AdministrationLine] = {}
    for line in lines:
        key = (line.encounter, line.access, line.code, line.modifiers)
        found[key] = _as_one(found[key], line) if key in found else line
    return list(found.values())


def _as_one(first: AdministrationLine, second: AdministrationLine) -> AdministrationLine:
    known_minutes = [line.minutes for line in (first, second) if line.minutes is not None]
    return replace(
        first,
        units=first.units + second.units,
        drugs=tuple(dict.fromkeys(first.drugs + second.drugs)),
        rules=tuple(dict.fromkeys(first.rules + second.rules)),
        why=first.why if second.why in first.why else f"{first.why}; {second.why}",
        minutes=sum(known_minutes) if known_minutes else None,
    )
