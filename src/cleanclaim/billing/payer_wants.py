"""What a payer's policies want of a line: another code, modifiers that it wants or refuses."""

from __future__ import annotations

from collections.abc import Sequence

from cleanclaim.billing.lines import BillLine, Refusal
from cleanclaim.terms import JW, JZ, Terms, Waived

_WASTE = (JW, JZ)
_WAIVED = "Where the payer waived it, say `payer_terms` with waived"


def refused_for_lines(lines: Sequence[BillLine], payer: Terms, waived: Sequence[Waived]) -> Refusal | None:
    """Why the payer would send lines back for their code or modifiers.

    Another code may stand for another product, and a modifier attests something: both a person must say.
    """
    for line in lines:
        code = line.hcpcs_code
        wanted = payer.billing.use_code
        if wanted not in (None, code) and Waived.USE_CODE not in waived:
            asked = f"this payer wants {wanted} instead of {code} ({_by(payer, 'use_code')})"
            what = f"say `hcpcs_code` {wanted} if that is what was given, else ask the payer for an exception"
            return Refusal("other-code-wanted", f"{asked}: {what}. {_WAIVED} use_code")
        missing = [one for one in payer.billing.modifiers_required if one not in line.modifiers]
        if missing and Waived.MODIFIERS_REQUIRED not in waived:
            return _modifiers_wanted(code, missing, payer)
        refused = [one for one in payer.billing.modifiers_forbidden if one in line.modifiers]
        if refused and Waived.MODIFIERS_FORBIDDEN not in waived:
            return _modifiers_refused(line, refused, payer)
    return None


def _modifiers_wanted(code: str, missing: Sequence[str], payer: Terms) -> Refusal:
    asked = f"this payer wants {', '.join(missing)} on {code} ({_by(payer, 'modifiers_required')})"
    if set(missing) <= set(_WASTE):
        what = "say `payer_terms` with the waste_policy by which it wants that"
    else:
        what = "say it in `modifiers` where it is true of this patient"
    return Refusal("modifiers-wanted", f"{asked}: {what}. {_WAIVED} modifiers_required")


def _modifiers_refused(line: BillLine, refused: Sequence[str], payer: Terms) -> Refusal:
    by = _by(payer, "modifiers_forbidden")
    asked = f"this payer does not take {', '.join(refused)} on {line.hcpcs_code} ({by})"
    if JW in refused:
        what = f"{line.billed_units} units were discarded: ask how it wants that told, then say waste_policy"
    elif JZ in refused:
        what = "ask how it wants it told that nothing was discarded, then say waste_policy"
    else:
        what = "leave it out"
    return Refusal("modifiers-refused", f"{asked}: {what}. {_WAIVED} modifiers_forbidden")


def _by(payer: Terms, name: str) -> str:
    return f"policy {payer.decided[f'billing.{name}'].by[0]}"


def unsettled(payer: Terms) -> list[str]:
    """What policies, or plans of one payer, say differently of billing: nothing of it was followed."""
    return [
        f"{' and '.join(f'policy {one}' for one in term.by)}, {attribute}: {term.unsettled}; not followed"
        for attribute, term in payer.decided.items()
        if term.unsettled and attribute.startswith("billing.")
    ]
