"""What comes out of the choice of administration codes: lines, what is not billed, and cautions, each with its rule."""

from __future__ import annotations

from dataclasses import dataclass

from cleanclaim.values.confidence import Confidence


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """A rule of the rulebook with the confidence of the part of it that was used."""

    id: str
    confidence: Confidence

    def __str__(self) -> str:
        return f"{self.id} [{self.confidence}]"


def sourced(rule: str) -> Rule:
    """The rule, read in a source."""
    return Rule(rule, Confidence.S)


def known(rule: str) -> Rule:
    """The rule, known and not confirmed."""
    return Rule(rule, Confidence.K)


CODE_FAMILIES = known("administration.md section 1")
SETTINGS = known("administration.md section 5")


@dataclass(frozen=True, slots=True)
class AdministrationLine:
    """One claim line for giving drugs."""

    code: str
    units: int
    drugs: tuple[str, ...]
    rules: tuple[Rule, ...]
    why: str
    minutes: int | None = None  # documented minutes that the line stands for; None where it does not go by time
    modifiers: tuple[str, ...] = ()
    encounter: int = 1
    access: str | None = None

    @property
    def confidence(self) -> Confidence:
        """That of its weakest rule."""
        weak = any(rule.confidence is Confidence.K for rule in self.rules)
        return Confidence.K if weak else Confidence.S


@dataclass(frozen=True, slots=True, order=True)
class NotBilled:
    """Something given or done that makes no line of its own."""

    what: str  # the drug, or the code
    why: str
    rule: Rule
    encounter: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Caution:
    """A choice that a person must look at: it needs a licensed CPT book, a payer's word, or sources disagree."""

    what: str  # the drug, or the code
    why: str
    rule: Rule
    encounter: int = 1


@dataclass(frozen=True, slots=True)
class AdministrationPlan:
    """The administration lines of a day. Drugs have their own lines, which are not among them."""

    lines: tuple[AdministrationLine, ...] = ()
    not_billed: tuple[NotBilled, ...] = ()
    warnings: tuple[Caution, ...] = ()

    def warnings_on(self, line: AdministrationLine) -> tuple[Caution, ...]:
        """The cautions of the line's encounter that name its code or one of its drugs."""
        names = {line.code, *line.drugs}
        return tuple(
            caution
            for caution in self.warnings
            if caution.encounter == line.encounter and names & set(caution.what.split(" + "))
        )
