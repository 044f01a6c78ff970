"""What a payer's policies want of the line before it is written: another code, modifiers that it takes or wants."""

from __future__ import annotations

from cleanclaim.billing.given import Given
from cleanclaim.billing.lines import Refusal
from cleanclaim.terms import JW, JZ, LineTerms


def refused_for_line(given: Given, code: str, line: LineTerms) -> Refusal | None:
    """Why the payer would send a line back for its code or its modifiers, JW and JZ apart.

    Another code may stand for another product, and a modifier attests something: both a person must say.
    """
    if line.use_code not in (None, code):
        wanted = f"this payer wants {line.use_code} instead of {code} (policy {line.told_by['use_code']})"
        why = (
            f"{wanted}: say `hcpcs_code` {line.use_code} if that is what was given, else ask the payer for an exception"
        )
        return Refusal("other-code-wanted", why)
    return _refused_for_modifiers(given, code, line)


def _refused_for_modifiers(given: Given, code: str, line: LineTerms) -> Refusal | None:
    if missing := [one for one in line.modifiers_required if one not in (*given.modifiers, JW, JZ)]:
        wanted = f"this payer wants {', '.join(missing)} on {code} (policy {line.told_by['modifiers_required']})"
        return Refusal("modifiers-wanted", f"{wanted}: say it in `modifiers` where it is true of this patient")
    if refused := [one for one in given.modifiers if one in line.modifiers_forbidden]:
        told = f"this payer does not take {', '.join(refused)} on {code} (policy {line.told_by['modifiers_forbidden']})"
        return Refusal("modifiers-refused", f"{told}: leave it out of `modifiers`")
    return None


def contradictions(line: LineTerms) -> list[str]:
    """What policies of one rank say differently, of which nothing was followed."""
    return [
        f"policies {' and '.join(policies)} contradict each other on {attribute}: neither was followed"
        for attribute, policies in line.contradicted.items()
    ]
