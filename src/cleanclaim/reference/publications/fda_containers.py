"""Which kind of container a package of the FDA's directory is, from its description; None where that says nothing.

`5 VIAL, SINGLE-DOSE in 1 CARTON (0009-5175-02)  > 1 mL in 1 VIAL, SINGLE-DOSE`: what counts is the innermost container;
in a kit (parts joined by `*`) that of every part. A bare `VIAL`, an ampule or a bag says nothing; where parts
disagree, or one says nothing, the package says nothing.
"""

from __future__ import annotations

import re

_KINDS = {
    "VIAL, SINGLE-DOSE": "single_dose", "VIAL, SINGLE-USE": "single_dose", "VIAL, MULTI-DOSE": "multi_dose",
    "VIAL, PHARMACY BULK PACKAGE": "pharmacy_bulk",
    "SYRINGE": "single_dose", "SYRINGE, GLASS": "single_dose", "SYRINGE, PLASTIC": "single_dose",  # sold prefilled
}  # fmt: skip
_WRAPPINGS = {
    "BLISTER PACK", "BOX", "CARTON", "CASE", "CELLO PACK", "KIT", "PACKAGE", "PACKAGE, COMBINATION", "PACKET", "POUCH",
    "TRAY", "CAN",
}  # fmt: skip
_PART = re.compile(r"\s*[0-9.]+ (.+?) in [0-9]+ ([A-Z][A-Z, -]*)")
_NUMBER = re.compile(r"\s*\([0-9-]+\)")


def without_numbers(description: str) -> str:
    """A description without the drug numbers in it: of 240,000, a tenth is left to be told apart."""
    return _NUMBER.sub("", description).strip()


def container_kind(description: str) -> str | None:
    """`single_dose`, `multi_dose` or `pharmacy_bulk`, when the description says so."""
    parts = [_innermost(part) for part in description.split(" *  ")]
    containers = [part for part in parts if part not in _WRAPPINGS]
    kinds = {_KINDS.get(part) for part in containers}
    return kinds.pop() if len(kinds) == 1 else None


def _innermost(part: str) -> str:
    step = _PART.match(re.split(r"\s>\s", part)[-1])
    if not step:
        return ""
    content, container = step[1].strip(), step[2].strip(" ,-")
    # `10 VIAL, SINGLE-DOSE in 1 CARTON` without a further step: the container is what is counted.
    return content if content in _KINDS or content.startswith(("VIAL", "SYRINGE", "AMPULE")) else container
