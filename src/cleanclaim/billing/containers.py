"""What the drug came from: the containers that were opened, their kind, their NDC and what one NDC unit holds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cleanclaim.billing.given import Given
from cleanclaim.billing.lines import Refusal
from cleanclaim.dosing import Container, ContainerKind, NdcUnit
from cleanclaim.engine.schema import TableSchema
from cleanclaim.errors import CleanclaimError
from cleanclaim.reference import tables
from cleanclaim.reference.index import Record
from cleanclaim.reference.lookup import Lookup
from cleanclaim.values import Quantity, exact, parse_ndc, read_unit

KIND_ASKED = (
    "the kind of container is not known, so neither JW nor JZ was added: say `kind` (single_dose or multi_dose, by the"
    " label) or the NDC"
)


@dataclass(frozen=True, slots=True)
class Opened:
    """The containers of an administration. `kind` is None where the label is not known: it is asked, never assumed."""

    containers: tuple[Container, ...]
    kind: ContainerKind | None
    ndc11: str | None
    more_ndcs: tuple[str, ...]
    product: Record | None
    listed: Record | None  # the crosswalk's row of the NDC under the code
    warnings: tuple[str, ...] = ()

    @property
    def ndc_unit(self) -> NdcUnit | None:
        """The unit in which the product is billed."""
        unit = self.product["ndc_unit"] if self.product else None
        return NdcUnit(unit) if isinstance(unit, str) and unit in set(NdcUnit) else None

    @property
    def factor(self) -> Fraction | None:
        """HCPCS units per NDC unit, by the crosswalk (NDC-18)."""
        if self.listed is None:
            return None
        units, size = self.listed["bill_units"], self.listed["package_size"]
        if isinstance(units, Decimal) and isinstance(size, Decimal) and units > 0 and size > 0:
            return Fraction(units) / Fraction(size)
        return None


def opened(lookup: Lookup, code: str, given: Given) -> Opened | Refusal:
    """What an administration came from."""
    containers = []
    for number, one in enumerate(given.containers):
        try:
            content = Quantity.of(one.amount, one.unit)
            elsewhere = Quantity.of(one.shared, one.unit) if one.shared is not None else None
            containers.append(Container(content, one.count, elsewhere))
        except CleanclaimError as error:
            return Refusal("container-unread", f"containers[{number}]: {error}")
    numbers = list(dict.fromkeys(one.ndc for one in given.containers if one.ndc)) or ([given.ndc] if given.ndc else [])
    readings = [parse_ndc(number) for number in numbers]
    warnings = [f"NDC {one.given}: {one.problem}" for one in readings if one.ndc11 is None]
    ndcs = tuple(one.ndc11 for one in readings if one.ndc11)
    product = _on(lookup, tables.PRODUCT, ndcs[0], code, given) if ndcs else None
    listed = _on(lookup, tables.NDC_CROSSWALK, ndcs[0], code, given) if ndcs else None
    kind, told = _kind(lookup, code, given, product)
    return Opened(tuple(containers), kind, ndcs[0] if ndcs else None, ndcs[1:], product, listed, (*warnings, *told))


def _kind(
    lookup: Lookup, code: str, given: Given, product: Record | None
) -> tuple[ContainerKind | None, tuple[str, ...]]:
    said = {one.kind for one in given.containers if one.kind is not None}
    if len(said) > 1:
        return None, ("containers of two kinds were opened: bill each kind as an administration of its own",)
    if said:
        return said.pop(), ()
    if product is not None and product["container"]:
        return ContainerKind(str(product["container"])), ()
    # Without a number all products of the code must agree, and must be all that there are.
    kinds: set[object] = set()
    numbered = given.ndc or any(one.ndc for one in given.containers)
    if not numbered and lookup.covers(tables.PRODUCT, code, given.service_date):
        known = lookup.told(tables.PRODUCT, "hcpcs_code", code, given.service_date)
        kinds = {row["container"] for row in known.rows}
    if len(kinds) == 1 and None not in kinds:
        return ContainerKind(str(next(iter(kinds)))), ()
    return None, (KIND_ASKED,)


def _on(lookup: Lookup, schema: TableSchema, ndc11: str, code: str, given: Given) -> Record | None:
    return next(iter(lookup.told(schema, "ndc11", ndc11, given.service_date, hcpcs_code=code).rows), None)


def content_per_ndc_unit(product: Record | None, unit: NdcUnit) -> Quantity | None:
    """The labelled content of one NDC unit of a product, where a container is one unit (UN)."""
    if product is None or unit is not NdcUnit.UN or not isinstance(product["content_amount"], Decimal):
        return None
    return Quantity(exact(product["content_amount"]), read_unit(str(product["content_unit"])))
