"""What the drug came from: the containers that were opened, their kind, their NDC and what one NDC unit holds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cleanclaim.billing.administration import Administration, GivenContainer
from cleanclaim.billing.lines import Refusal
from cleanclaim.dosing import Container, ContainerKind, NdcUnit
from cleanclaim.engine.schema import TableSchema
from cleanclaim.errors import CleanclaimError
from cleanclaim.reference import tables
from cleanclaim.reference.codes.index import Record
from cleanclaim.reference.codes.lookup import Lookup
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


def opened(lookup: Lookup, code: str, given: Administration) -> Opened | Refusal:
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
    kind = _kind(lookup, code, given)
    if isinstance(kind, Refusal):
        return kind
    if kind is None:
        warnings.append(KIND_ASKED)
    return Opened(tuple(containers), kind, ndcs[0] if ndcs else None, ndcs[1:], product, listed, tuple(warnings))


def _kind(lookup: Lookup, code: str, given: Administration) -> ContainerKind | Refusal | None:
    """The kind of the containers: of each by its label as told, else by its product; None where one is not known."""
    kinds = {_kind_of(lookup, code, one, given) for one in given.containers}
    if len(kinds - {None}) > 1:
        return Refusal("two-kinds", "containers of two kinds were opened: bill each kind as a case of its own")
    if given.containers and kinds != {None}:
        return kinds.pop() if len(kinds) == 1 else None
    if given.ndc:
        return _kind_of_product(_on(lookup, tables.PRODUCT, parse_ndc(given.ndc).ndc11, code, given))
    # Without a number all products of the code must agree, and must be all that there are.
    if any(one.ndc for one in given.containers) or not lookup.covers(tables.PRODUCT, code, given.service_date):
        return None
    known = lookup.told(tables.PRODUCT, "hcpcs_code", code, given.service_date)
    of_code = {_kind_of_product(row) for row in known.rows}
    return of_code.pop() if len(of_code) == 1 else None


def _kind_of(lookup: Lookup, code: str, one: GivenContainer, given: Administration) -> ContainerKind | None:
    if one.kind is not None:
        return one.kind
    number = one.ndc or given.ndc
    return _kind_of_product(_on(lookup, tables.PRODUCT, parse_ndc(number).ndc11, code, given)) if number else None


def _kind_of_product(product: Record | None) -> ContainerKind | None:
    return ContainerKind(str(product["container"])) if product is not None and product["container"] else None


def _on(lookup: Lookup, schema: TableSchema, ndc11: str | None, code: str, given: Administration) -> Record | None:
    if ndc11 is None:
        return None
    return next(iter(lookup.told(schema, "ndc11", ndc11, given.service_date, hcpcs_code=code).rows), None)


def content_per_ndc_unit(product: Record | None, unit: NdcUnit) -> Quantity | None:
    """The labeled content of one NDC unit of a product, where a container is one unit (UN)."""
    if product is None or unit is not NdcUnit.UN or not isinstance(product["content_amount"], Decimal):
        return None
    return Quantity(exact(product["content_amount"]), read_unit(str(product["content_unit"])))
