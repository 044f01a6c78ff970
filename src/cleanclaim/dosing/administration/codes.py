"""Administration codes by number: which need a base beside them, and what they were called on a day.

CPT numbers alone stand here. Their wording belongs to the AMA, and the licensed book has the say.
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from cleanclaim.dosing.administration.plan import Rule, known, sourced
from cleanclaim.values import Interval

# Add-on code -> the codes of which one must stand beside it (ADM-17). The CMS add-on file wins where it is loaded.
ADD_ON_BASES = MappingProxyType({
    "96361": frozenset({"96360", "96365", "96374", "96409", "96413"}),
    "96366": frozenset({"96365", "96367"}),
    "96367": frozenset({"96365", "96374", "96409", "96413"}),
    "96368": frozenset({"96365", "96366", "96413", "96415", "96416"}),
    "96370": frozenset({"96369"}),
    "96371": frozenset({"96369"}),
    "96375": frozenset({"96365", "96374", "96409", "96413"}),
    "96376": frozenset({"96365", "96374", "96409", "96413"}),
    "96411": frozenset({"96409", "96413"}),
    "96415": frozenset({"96413"}),
    "96417": frozenset({"96413"}),
    "96423": frozenset({"96422"}),
    "90461": frozenset({"90460"}),
    "90472": frozenset({"90471", "90473"}),
    "90474": frozenset({"90471", "90473"}),
    "99602": frozenset({"99601"}),
})  # fmt: skip

# The codes of which an access has one per encounter (ADM-05); 96369 stands for the pump under the skin.
INITIAL = frozenset({"96360", "96365", "96369", "96374", "96409", "96413"})


def base_rule(code: str, codes: frozenset[str]) -> Rule:
    """The rule on the base of an add-on code, as sure as the rulebook is of this pair."""
    told = code in {"96361", "96375"} or (code == "96366" and "96365" in codes)
    return sourced("ADM-17") if told else known("ADM-17")


# First days of codes that came after the families as they are read here.
_FIRST_DAYS = MappingProxyType({
    "90460": date(2011, 1, 1),
    "90461": date(2011, 1, 1),
    "90480": date(2023, 9, 11),
    "96377": date(2017, 1, 1),
    "G0498": date(2016, 1, 1),
    "G2082": date(2020, 1, 1),
    "G2083": date(2020, 1, 1),
})  # fmt: skip

_YEARS_90760 = Interval(date(2006, 1, 1), date(2008, 12, 31))
# The same services under earlier numbers.
_NAMED_2006 = MappingProxyType({
    "96360": "90760", "96361": "90761", "96365": "90765", "96366": "90766", "96367": "90767", "96368": "90768",
    "96369": "90769", "96370": "90770", "96371": "90771", "96372": "90772", "96373": "90773", "96374": "90774",
    "96375": "90775", "96376": "90776", "96379": "90779",
})  # fmt: skip
_CAME_IN_2008 = frozenset({"96369", "96370", "96371", "96376"})
_NAMED_BEFORE_2006 = MappingProxyType({
    "96360": "90780", "96361": "90781", "96365": "90780", "96366": "90781", "96372": "90782", "96373": "90783",
    "96374": "90784", "96375": "90784",
})  # fmt: skip
CURRENT_FROM = date(2009, 1, 1)
FAMILIES_FROM = _YEARS_90760.first


def code_on(code: str, day: date) -> str | None:
    """The number of a service of today on a day; None where none is known that had it then."""
    if day < _FIRST_DAYS.get(code, date.min):
        return None
    if not is_infusion_or_injection(code) or day >= CURRENT_FROM:
        return code
    if not _YEARS_90760.contains(day):
        return _NAMED_BEFORE_2006.get(code)
    if code in _CAME_IN_2008 and day.year < 2008:
        return None
    return _NAMED_2006.get(code, code)


def is_infusion_or_injection(code: str) -> bool:
    """Whether the code is one of 96360 to 96549: not a vaccine's, not a bundle."""
    return code.isdigit() and 96360 <= int(code) <= 96549
