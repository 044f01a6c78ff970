"""Faults of the NDC family: NDC-E-001, 002, 003, 004, 005, 006, 009."""

from __future__ import annotations

from decimal import Decimal

from benchmarks.injected import specials
from benchmarks.injected.catalogue import BY_CODE, LIQUID, POWDER
from benchmarks.injected.draft import Draft, Line, plain
from benchmarks.injected.fault import MEDICARE, Fault, base, drop_ndc, mixed, until
from benchmarks.injected.products import Product
from benchmarks.injected.reference import quarter_of
from benchmarks.injected.workshop import Wish, Workshop, agrees, ndc_fields

FAMILIES = (
    ("J1745", "Q5103", "Q5104", "Q5121"), ("J9035", "Q5107", "Q5118"), ("J9312", "Q5115", "Q5119", "Q5123"),
    ("J9355", "Q5116", "Q5117", "Q5114"), ("J2506", "Q5108", "Q5111", "Q5120"), ("J1442", "Q5101", "Q5110"),
    ("J1568", "J1459", "J1561", "J1569"), ("J1756", "J1750"), ("J2426", "J1631"), ("J1200", "J2360", "J1885"),
)  # fmt: skip
NOT_COMPARABLE = ("NDC-E-006", "the quantity cannot be compared, or is compared with another product")
NOT_LISTED = ("NDC-E-004", "the number as sent is in no crosswalk row")


def ndc_line(draft: Draft) -> Line:
    """The first dose line with an NDC."""
    return next(line for line in draft.lines if line.role == "drug" and "ndc_given" in line.fields)


def ndc_001(shop: Workshop, index: int) -> Fault:
    """No NDC where it is required: Medicaid drug, one of several drugs, NOC to Medicare."""
    case = ("Medicaid drug", "Medicaid, one of several drugs", "Medicare NOC", "Medicaid drug")[index % 4]
    if case == "Medicare NOC":
        draft = specials.noc(shop, Wish(programs=MEDICARE))
        line = draft.first("drug")
        text = line.fields["description"]
        line.fields["description"] = text.split(", NDC")[0]
        drop_ndc(line)
        return Fault(draft, [("NDC-E-001", line, "reject")], case, [("CODE-005", "the NDC is part of the NOC content")])
    if case == "Medicaid drug":
        draft = base(shop, 0.15, programs=("medicaid",), waste=False)
    else:
        while True:
            draft = mixed(shop, programs=("medicaid",))
            if len(draft.find("drug")) > 1 and not draft.find("jw"):
                break
    line = draft.lines[shop.random.choice(draft.find("drug"))]
    drop_ndc(line)
    return Fault(draft, [("NDC-E-001", line, "reject")], case)


def ndc_002(shop: Workshop, index: int) -> Fault:
    """Wrong form of the number or wrong qualifier."""
    case = (
        "hyphens 5-4-2, digits right", "ten digits with hyphens", "ten bare digits", "twelve digits", "letter O",
        "blanks", "qualifier", "asterisk", "nine digits",
    )[index % 9]  # fmt: skip

    def padded(draft: Draft) -> bool:
        given = ndc_line(draft).fields["ndc_given"]
        return "0" in (given[0], given[5], given[9])

    draft = until(shop, padded, ndc=True)
    line = ndc_line(draft)
    given = line.fields["ndc_given"]
    short, cut = shortened(given)
    forms = {
        "hyphens 5-4-2, digits right": (f"{given[:5]}-{given[5:9]}-{given[9:]}", given),
        "ten digits with hyphens": (short, given), "ten bare digits": (short.replace("-", ""), None),
        "twelve digits": ("0" + given, None), "letter O": (given[:cut] + "O" + given[cut + 1 :], None),
        "blanks": (f"{given[:5]} {given[5:9]} {given[9:]}", given), "qualifier": (given, given),
        "asterisk": (given[:cut] + "*" + given[cut + 1 :], None), "nine digits": (given[:9], None),
    }  # fmt: skip
    line.fields["ndc_given"], line.fields["ndc11"] = forms[case]
    if case == "qualifier":
        line.fields["ndc_qualifier"] = shop.random.choice(("EN", "UP", "HI", "ND"))
    may = [
        NOT_LISTED,
        NOT_COMPARABLE,
        ("NDC-E-001", "a number that is no NDC may count as absent"),
        ("FMT-E-002", "the qualifier is outside the code list"),
    ]
    return Fault(draft, [("NDC-E-002", line, "reject")], case, may)


def shortened(ndc: str) -> tuple[str, int]:
    """A ten-digit hyphenated form of an 11-digit NDC and the place of the padding zero."""
    if ndc[0] == "0":
        return f"{ndc[1:5]}-{ndc[5:9]}-{ndc[9:]}", 0
    if ndc[5] == "0":
        return f"{ndc[:5]}-{ndc[6:9]}-{ndc[9:]}", 5
    return f"{ndc[:5]}-{ndc[5:9]}-{ndc[10:]}", 9


def ndc_003(shop: Workshop, index: int) -> Fault:
    """An NDC whose marketing ended before the day of service, by the FDA directory."""
    while True:
        draft = base(shop, ndc=True, waste=False)
        line = ndc_line(draft)
        old = ended(shop, line)
        if old:
            line.fields["ndc_given"] = line.fields["ndc11"] = shop.random.choice(old)
            may = [
                ("NDC-E-004", "the ended NDC is in no crosswalk row of the quarter (warn)"),
                NOT_COMPARABLE,
                ("NDC-E-005", "form of the ended product"),
            ]
            return Fault(draft, [("NDC-E-003", line, "warn")], "marketing ended", may)


def ended(shop: Workshop, line: Line) -> list[str]:
    """NDCs of the same ingredient, form and container kind that ended before 2024 and are in no crosswalk."""
    assert line.drug is not None and line.prepared is not None
    word = line.drug.name.split("-")[0].split()[0].lower()
    if len(word) < 6:
        return []
    kind, product = line.prepared.product.kind, line.prepared.product
    out = []
    for ndc, pack in shop.reference.ended_packs:
        dry = "POWDER" in pack.form
        same = pack.name.lower().startswith(word) and "INJECTION" in pack.form
        fits = same and dry == (line.drug.form == POWDER) and pack.kind in ("", kind)
        if fits and (dry or pack.volume == product.size):
            out.append(ndc)
    return out


def ndc_004(shop: Workshop, index: int) -> Fault:
    """An NDC of a sibling or another drug (deny), or in no crosswalk row at all (warn)."""
    case = ("sibling", "sibling", "another drug", "in no crosswalk row")[index % 4]
    family = FAMILIES[index % 6 if case == "sibling" else 6 + index % 4]
    may = [
        NOT_COMPARABLE,
        ("NDC-E-005", "form of the other product"),
        ("NDC-E-003", "the number is not listed"),
        ("NDC-E-002", "the number is in no registry"),
    ]
    while True:
        draft = base(
            shop,
            0.1 if case != "sibling" else 0.0,
            ndc=True,
            waste=False,
            codes=None if case == "in no crosswalk row" else family,
        )
        line = ndc_line(draft)
        assert line.prepared is not None
        quarter = quarter_of(draft.day)
        if case == "in no crosswalk row":
            given = line.fields["ndc_given"]
            new = given[:9] + f"{shop.random.randrange(70, 99)}"
            if new in shop.reference.fda or any(new in table for table in shop.reference.ndc_codes.values()):
                continue
            line.fields["ndc_given"] = line.fields["ndc11"] = new
            return Fault(draft, [("NDC-E-004", line, "warn")], case, may[:3] + may[3:])
        others = [code for code in family if code != line.code]
        products = [
            item
            for code in others
            for item in shop.finder.products(BY_CODE[code], draft.day)
            if item.kind == line.prepared.product.kind and item.uom == line.prepared.product.uom
        ]
        products = [item for item in products if line.code not in shop.reference.ndc_codes[quarter][item.ndc]]
        if not products:
            continue
        other = shop.random.choice(products)
        line.fields.update(ndc_fields(other.ndc, quantity_of(line, other), other.uom))
        more = [
            ("CODE-008", "the NDC belongs to another member of the family"),
            ("CODE-003", "another product than the code names"),
        ]
        return Fault(draft, [("NDC-E-004", line, "deny")], case, [may[0], may[1], *more])


def quantity_of(line: Line, other: Product) -> Decimal:
    """Quantity of the other product that agrees with the units of the line, to three decimals."""
    exact = Decimal(line.units or 1) * other.size / other.units
    return exact.quantize(Decimal("0.001")).normalize()


def ndc_005(shop: Workshop, index: int) -> Fault:
    """Unit of measure outside the list (reject), wrong for the form (deny), ME without a payer list (warn)."""
    case = ("not in the list", "ML on a powder", "UN on a liquid", "ML on a powder", "UN on a liquid", "ME")[index % 6]
    form = {"ML on a powder": POWDER, "UN on a liquid": LIQUID}.get(case)

    def fits(draft: Draft) -> bool:
        line = ndc_line(draft)
        assert line.drug is not None and line.prepared is not None
        if case == "ME":
            return shop.reference.unit_size(line.code).unit == "mg"
        known = line.prepared.product.ndc in shop.reference.fda or line.prepared.product.size != 1
        return form is None or (line.drug.form == form and known)

    draft = until(shop, fits, ndc=True, waste=False)
    line = ndc_line(draft)
    assert line.prepared is not None
    if case == "ME":
        line.fields["ndc_unit"], line.fields["ndc_quantity"] = "ME", plain(line.prepared.dose)
        return Fault(
            draft, [("NDC-E-005", line, "warn")], case, [("NDC-E-006", "a quantity in mg without a payer list")]
        )
    may = [("NDC-E-006", "the quantity is in the wrong unit")]
    if case == "not in the list":
        line.fields["ndc_unit"] = shop.random.choice(("MG", "EA", "VL", "CC", "GM"))
        return Fault(draft, [("NDC-E-005", line, "reject")], case, [*may, ("FMT-E-002", "CTP05-1 is outside the list")])
    line.fields["ndc_unit"] = "ML" if form == POWDER else "UN"
    wrong = 10 * line.prepared.count if form == POWDER and index // 6 % 2 else line.prepared.count
    line.fields["ndc_quantity"] = wrong
    return Fault(draft, [("NDC-E-005", line, "deny")], case, may)


def ndc_006(shop: Workshop, index: int) -> Fault:
    """Quantity missing, zero, negative, or not agreeing with the units (NDC-43)."""
    case = ("missing", "zero", "negative", "ten times", "a tenth", "units copied", "half")[index % 7]

    def wrong(line: Line) -> Decimal | None:
        right = Decimal(str(line.fields["ndc_quantity"]))
        return {
            "missing": None,
            "zero": Decimal(0),
            "negative": -right,
            "ten times": right * 10,
            "a tenth": right / 10,
            "units copied": Decimal(line.units or 0),
            "half": right / 2,
        }[case]

    def fits(draft: Draft) -> bool:
        line = ndc_line(draft)
        quantity = wrong(line)
        assert line.prepared is not None
        product, units = line.prepared.product, int(line.units or 0)
        if quantity is None or quantity <= 0:
            return True
        whole = -(-units // product.units) * product.size
        three = quantity == quantity.quantize(Decimal("0.001"))
        return three and not agrees(product, quantity, units, False) and quantity != whole

    draft = until(shop, fits, ndc=True, waste=False)
    line = ndc_line(draft)
    quantity = wrong(line)
    if quantity is None:
        del line.fields["ndc_quantity"]
    else:
        line.fields["ndc_quantity"] = plain(quantity)
    may = (
        [("FMT-E-001", "CTP04 is empty")]
        if quantity is None
        else [("UNIT-003", "the NDC quantity implies another dose")]
    )
    return Fault(draft, [("NDC-E-006", line, "deny")], case, may)


def ndc_009(shop: Workshop, index: int) -> Fault:
    """Two numbers on one line, joined in `ndc_given` since the schema has no count of 2410 loops."""
    separator = (" | ", " | ", ", ", "/")[index % 4]
    while True:
        draft = base(shop, ndc=True, waste=False)
        line = ndc_line(draft)
        assert line.drug is not None
        others = [
            item.ndc for item in shop.finder.products(line.drug, draft.day) if item.ndc != line.fields["ndc_given"]
        ]
        if others:
            break
    line.fields["ndc_given"] += separator + shop.random.choice(others)
    line.fields["ndc11"] = None
    may = [
        ("NDC-E-002", "the text as sent has blanks or other characters"),
        NOT_LISTED,
        NOT_COMPARABLE,
        ("NDC-E-001", "a text that is no NDC may count as absent"),
    ]
    return Fault(draft, [("NDC-E-009", line, "reject")], f"joined by {separator.strip()!r}", may)


FAULTS = {
    "NDC-E-001": ndc_001, "NDC-E-002": ndc_002, "NDC-E-003": ndc_003, "NDC-E-004": ndc_004, "NDC-E-005": ndc_005,
    "NDC-E-006": ndc_006, "NDC-E-009": ndc_009,
}  # fmt: skip
