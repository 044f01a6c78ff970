"""Revenue codes of a facility's lines, each with the rule that chose it; none where no rule tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from cleanclaim.billing.lines import BillLine
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.terms.waste import is_packaged, traits_of

_DETAILED, _PHARMACY = "0636", "0250"
_INFUSION, _CHEMOTHERAPY, _CLINIC, _VACCINATION = "0260", "0335", "0510", "0771"
# Source: rulebook, administration.md section 5 and FMT-39. Through an artery, into a cavity and by a pump under the
# skin are not told there, nor is esketamine: those have to be said.
_OF_GIVING = MappingProxyType({
    **dict.fromkeys(("96360", "96361", "96365", "96366", "96367", "96368", "96374", "96375", "96376"), _INFUSION),
    **dict.fromkeys(("96409", "96411", "96413", "96415", "96416", "96417"), _CHEMOTHERAPY),
    **dict.fromkeys(("96372", "96401", "96402"), _CLINIC),
    **dict.fromkeys(("90460", "90461", "90471", "90472", "90473", "90474", "90480"), _VACCINATION),
    **dict.fromkeys(("G0008", "G0009", "G0010"), _VACCINATION),
})  # fmt: skip


def with_revenue(lookup: Lookup, line: BillLine, day: date, said: Mapping[str, str]) -> BillLine:
    """The line with its revenue code, and the rule of it beside its own. `said`: what a person decided, by code."""
    code = line.hcpcs_code
    if code in said:
        return replace(line, revenue_code=said[code])
    if line.is_procedure:
        return line  # told by its department, which is not known here
    if line.drugs:
        revenue, rule = _OF_GIVING.get(code), "FMT-39"
    elif "radiopharmaceutical" in traits_of(lookup, code, day):
        return line  # 0343 or 0344: whether it finds or treats is not known here
    else:
        revenue, rule = (_PHARMACY if is_packaged(lookup, code, day) else _DETAILED), "FMT-E-005"
    return replace(line, revenue_code=revenue, rule=f"{line.rule}, {rule}") if revenue else line
