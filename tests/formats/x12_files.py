"""837P files made up from a seed, and what they hold. All people, numbers and amounts are invented."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

Element = str | tuple[str, ...]  # a tuple is written with the component separator
Segment = list[Element]

_ELEMENT_SEPARATORS = "*|\x1d"
_COMPONENT_SEPARATORS = ":>\x1f"
_TERMINATORS = ["~", "'", "\n", "\r", "\x1c"]
_AFTER_TERMINATOR = ["", "", "\n", "\r\n", " \n"]
_NAMES = ["ALMA", "Bruno", "CHLOÉ", "DAO", "Élise", "FÉLIX", "GRETE", "Strauß", "INES", "JO ANN"]
_DRUGS = [
    ("J1745", "57894003001", "UN"), ("J9271", "00006302602", "ML"), ("J3420", "0517-0031-25", "ML"),
    ("J3490", "55150-188-1", "ME"), ("Q5103", "0069080901", "UN"), ("96413", "", ""),
    ("J0585", "00023-1145-01", "UN"),
]  # fmt: skip
_DIAGNOSES = ["K5090", "C3490", "M0579", "E538", "G43709", "Z5111", "D649", "L400"]
_FILINGS = ["MB", "MA", "16", "MC", "CI", "BL", "ZZ", "CH"]


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The delimiters of one interchange, and the text that stands after each terminator."""

    element: str = "*"
    component: str = ":"
    terminator: str = "~"
    repetition: str = "^"
    after: str = ""


@dataclass(slots=True)
class Interchange:
    """One interchange: its delimiters and its segments from ISA to IEA."""

    delimiters: Delimiters
    segments: list[Segment] = field(default_factory=list)

    def text(self) -> str:
        """The interchange as written."""
        d = self.delimiters
        return "".join(
            d.element.join(part if isinstance(part, str) else d.component.join(part) for part in segment)
            + d.terminator
            + d.after
            for segment in self.segments
        )


@dataclass(slots=True)
class Holds:
    """What a file holds, counted while it was made."""

    interchanges: int = 0
    groups: int = 0
    transactions: int = 0
    claims: int = 0
    lines: int = 0
    claim_charge: Decimal = Decimal(0)
    line_charge: Decimal = Decimal(0)


@dataclass(slots=True)
class X12File:
    """A made-up file in pieces that a mutator may change."""

    interchanges: list[Interchange]
    holds: Holds

    def bytes(self) -> bytes:
        """The file in UTF-8."""
        return "".join(interchange.text() for interchange in self.interchanges).encode()


def isa(control: str, delimiters: Delimiters = Delimiters(), *, sender: str = "SENDER") -> Segment:
    """An interchange header of 106 characters."""
    return [
        "ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{sender:15}", "ZZ", f"{'RECEIVER':15}", "260315", "1200",
        delimiters.repetition, "00501", f"{control:>09}", "0", "P", delimiters.component,
    ]  # fmt: skip


def make_file(seed: int) -> X12File:
    """A valid 837P file: one to three interchanges with delimiters of their own."""
    return _Maker(random.Random(seed)).file()  # noqa: S311 - test files, not secrets


class _Maker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.holds = Holds()
        self.out: list[Segment] = []
        self.level = 0

    def some(self, chance: float) -> bool:
        return self.rng.random() < chance

    def add(self, *parts: Element) -> None:
        elements = list(parts)
        while len(elements) > 1 and elements[-1] in {"", ()}:
            elements.pop()  # X12 leaves empty elements at the end away
        self.out.append(elements)

    def digits(self, count: int) -> str:
        return "".join(self.rng.choices("0123456789", k=count))

    def amount(self, low: int = 1, high: int = 500_000) -> str:
        return self.rng.choice(["{:.2f}", "{:f}"]).format(Decimal(self.rng.randint(low, high)) / 100)

    def day(self) -> date:
        return date(2026, 1, 1) + timedelta(days=self.rng.randrange(360))

    # Envelope

    def file(self) -> X12File:
        interchanges = [self.interchange(number) for number in range(1, self.rng.choice([1, 1, 1, 1, 2, 3]) + 1)]
        return X12File(interchanges, self.holds)

    def delimiters(self) -> Delimiters:
        if self.some(0.5):
            return Delimiters(after=self.rng.choice(_AFTER_TERMINATOR))
        terminator = self.rng.choice(_TERMINATORS)
        return Delimiters(
            self.rng.choice(_ELEMENT_SEPARATORS), self.rng.choice(_COMPONENT_SEPARATORS), terminator,
            self.rng.choice(["^", "U", "!"]), self.rng.choice(_AFTER_TERMINATOR),
        )  # fmt: skip

    def interchange(self, number: int) -> Interchange:
        delimiters, self.out = self.delimiters(), []
        self.holds.interchanges += 1
        self.add(*isa(str(number), delimiters))
        if self.some(0.1):
            self.add("TA1", "000000001", "260314", "1200", "A", "000")
        groups = self.rng.choice([1, 1, 1, 1, 2])
        for group in range(1, groups + 1):
            self.group(str(group))
        self.add("IEA", str(groups), f"{number:09}")
        return Interchange(delimiters, self.out)

    def group(self, control: str) -> None:
        self.holds.groups += 1
        version = self.rng.choice(["005010X222A1", "005010X222A1", "005010X222"])
        self.add("GS", "HC", "SENDER", "RECEIVER", "20260315", "1200", control, "X", version)
        transactions = self.rng.choice([1, 1, 1, 2])
        for number in range(1, transactions + 1):
            self.transaction(f"{number:04}", version)
        self.add("GE", str(transactions), control)

    def transaction(self, control: str, version: str) -> None:
        self.holds.transactions += 1
        start, self.level = len(self.out), 0
        self.add("ST", "837", control, version if self.some(0.9) else "")
        self.add("BHT", "0019", "00", self.digits(6), "20260315", "1200", "CH")
        self.add("NM1", "41", "2", "CLEARING HOUSE", "", "", "", "", "46", self.digits(6))
        self.add("PER", "IC", "DESK", "TE", "5550100")
        self.add("NM1", "40", "2", "PAYER", "", "", "", "", "46", self.digits(5))
        for _ in range(self.rng.choice([1, 1, 1, 2])):
            self.billing()
        self.add("SE", str(len(self.out) - start + 1), control)

    # Hierarchy

    def hierarchical_level(self, code: str, parent: int | None = None) -> int:
        self.level += 1
        self.add("HL", str(self.level), str(parent or ""), code, "1" if code == "20" else "0")
        return self.level

    def billing(self) -> None:
        level = self.hierarchical_level("20")
        if self.some(0.8):
            self.add("PRV", "BI", "PXC", "207R00000X")
        self.add("NM1", "85", "2", "CLINIC", "", "", "", "", *(("XX", self.digits(10)) if self.some(0.9) else ("", "")))
        self.add("N3", "1 ROAD")
        self.add("N4", "TOWN", "GA", "300010001")
        self.add("REF", "EI", self.digits(9))
        if self.some(0.2):
            self.add("NM1", "87", "2")
        for _ in range(self.rng.choice([1, 1, 1, 2])):
            self.subscriber(level)

    def subscriber(self, parent: int) -> None:
        level = self.hierarchical_level("22", parent)
        dependents = self.rng.choice([0, 0, 0, 0, 1, 2])
        self.add("SBR", self.rng.choice("PST"), "" if dependents else "18", *[""] * 6, self.rng.choice(_FILINGS))
        self.weight()
        self.add("NM1", "IL", "1", "DOE", self.name(), "", "", "", "MI", self.digits(9) if self.some(0.9) else "")
        if self.some(0.8):
            self.demographics()
        self.add("NM1", "PR", "2", "PAYER", "", "", "", "", "PI", self.digits(5) if self.some(0.9) else "")
        if not dependents or self.some(0.2):
            self.claims()
        for _ in range(dependents):
            self.hierarchical_level("23", level)
            self.weight(relation="19")
            self.add("NM1", "QC", "1", "DOE", self.name())
            self.demographics()
            self.claims()

    def name(self) -> str:
        return self.rng.choice(_NAMES) if self.some(0.95) else ""

    def weight(self, relation: str = "") -> None:
        if self.some(0.3):
            self.add("PAT", relation, *[""] * 5, "01", self.rng.choice(["154", "88.5", "61.123456"]))
        elif relation:
            self.add("PAT", relation)

    def demographics(self) -> None:
        birth = date(1950, 1, 1) + timedelta(days=self.rng.randrange(25000))
        self.add("DMG", "D8", f"{birth:%Y%m%d}", self.rng.choice("FMU"))

    # Claim

    def claims(self) -> None:
        for _ in range(self.rng.choice([1, 1, 1, 2])):
            self.claim()

    def claim(self) -> None:
        self.holds.claims += 1
        charge = self.amount()
        self.holds.claim_charge += Decimal(charge)
        place = (self.rng.choice(["11", "22", "12"]), "B", self.rng.choice("178"))
        self.add("CLM", f"A{self.digits(5)}", charge, "", "", place, "Y", "A", "Y", "Y")
        if self.some(0.3):
            self.add("DTP", "431", "D8", f"{self.day():%Y%m%d}")
        for qualifier in ("G1", "F8", "9F", "EA", "G1"):
            if self.some(0.25):
                self.add("REF", qualifier, self.digits(8))
        for _ in range(self.rng.choice([0, 0, 1, 2])):
            self.add("NTE", "ADD", self.rng.choice(["STABLE ON THERAPY", "dose  per label", "Naïve patient"]))
        diagnoses = self.codes()
        self.providers(["DN", "82", "77", "DQ", "82"], taxonomy=True)
        for _ in range(self.rng.choice([0, 0, 0, 1, 2])):
            self.other_payer()
        for number in range(1, self.rng.choice([1, 1, 2, 3]) + 1):
            self.line(number, diagnoses)

    def codes(self) -> int:
        """Adds HI segments; gives back the number of diagnoses."""
        icd9 = self.some(0.05)
        codes = self.rng.sample(_DIAGNOSES, self.rng.choice([1, 2, 3, 5]))
        kinds = ["BK" if icd9 else "ABK", *["BF" if icd9 else "ABF"] * (len(codes) - 1)]
        if self.some(0.2):
            self.rng.shuffle(kinds)  # the principal diagnosis may not stand first
        pairs: list[tuple[str, ...]] = list(zip(kinds, codes, strict=True))
        cut = self.rng.choice([0, 0, 1]) if len(pairs) > 1 else 0
        for part in (pairs[:cut], pairs[cut:]):
            if part:
                self.add("HI", *part)
        if self.some(0.2):
            conditions = self.rng.sample(["30", "07", "D1", "AA"], self.rng.randint(1, 3))
            self.add("HI", *[("BG", code) for code in conditions])
        if self.some(0.2):
            self.add("HI", self.rng.choice([("BP", "33010"), ("APR", "R05"), ("BH", "11", "D8", "20260101")]))
        return len(codes)

    def providers(self, codes: list[str], *, taxonomy: bool) -> None:
        for code in codes:
            if self.some(0.25):
                npi = ("XX", self.digits(10)) if self.some(0.8) else ("34", self.digits(9))
                self.add("NM1", code, "1", "ROE", "R", "", "", "", *npi)
                if taxonomy and code == "82" and self.some(0.5):
                    self.add("PRV", "PE", "PXC", f"{self.digits(9)}X")

    def other_payer(self) -> None:
        self.add("SBR", self.rng.choice("PST"), "18", "", "", "", "", "", "", self.rng.choice(_FILINGS))
        if self.some(0.5):
            self.add("CAS", "CO", "45", self.amount())
        if self.some(0.7):
            self.add("AMT", "D", self.amount(0))
        if self.some(0.3):
            self.add("AMT", "EAF", self.amount())
        self.add("OI", "", "", "Y", "B", "", "Y")
        self.add("NM1", "IL", "1", "DOE", "X", "", "", "", "MI", self.digits(9))
        self.add("NM1", "PR", "2", "OTHER", "", "", "", "", "PI", self.digits(5))
        if self.some(0.2):
            self.add("DTP", "573", "D8", f"{self.day():%Y%m%d}")
            self.add("REF", "F8", self.digits(8))

    # Line

    def line(self, number: int, diagnoses: int) -> None:
        self.holds.lines += 1
        code, ndc, unit = self.rng.choice(_DRUGS)
        charge = self.amount()
        self.holds.line_charge += Decimal(charge)
        modifiers = self.rng.sample(["JZ", "JW", "59", "RT", "76"], self.rng.choice([0, 1, 1, 2, 4]))
        text = [""] * (4 - len(modifiers)) + ["made up drug"] if self.some(0.15) else []
        pointers = tuple(str(self.rng.randint(1, diagnoses)) for _ in range(self.rng.randint(1, min(4, diagnoses))))
        self.add("LX", str(number))
        units = self.rng.choice(["1", "40", "12.5", "0.125", str(self.rng.randint(1, 999))])
        place = self.rng.choice(["", "", "22"])
        basis = self.rng.choice(["UN", "MJ"])
        self.add("SV1", ("HC", code, *modifiers, *text), charge, basis, units, place, "", pointers)
        first = self.day()
        dates = ("D8", f"{first:%Y%m%d}")
        if self.some(0.3):
            dates = ("RD8", f"{first:%Y%m%d}-{first + timedelta(days=self.rng.randrange(5)):%Y%m%d}")
        if self.some(0.95):
            self.add("DTP", "472", *dates)
        for qualifier in ("6R", "G1", "X4", "G1"):
            if self.some(0.3):
                self.add("REF", qualifier, self.digits(6))
        for _ in range(self.rng.choice([0, 0, 0, 1, 2])):
            self.add("NTE", "ADD", f"note {self.digits(2)}")
        if ndc and self.some(0.8):
            self.drug(ndc, unit)
        self.providers(["82", "DK", "DK", "DN"], taxonomy=False)
        if self.some(0.15):
            self.add("SVD", self.digits(5), self.amount(0), ("HC", code), "", "1")
            self.add("CAS", "PR", "2", self.amount())
            self.add("DTP", "573", "D8", f"{self.day():%Y%m%d}")
        if self.some(0.05):
            self.add("LQ", "UT", "04.04B")
            self.add("FRM", "1A", "", "J0585")

    def drug(self, ndc: str, unit: str) -> None:
        self.add("LIN", "", self.rng.choice(["N4", "N4", "N4", "N4", "EN"]), ndc)
        if self.some(0.9):
            self.add("CTP", "", "", "", self.rng.choice(["1", "4", "0.5", "2.125"]), (unit,))
        if self.some(0.2):
            self.add("REF", self.rng.choice(["XZ", "VY"]), self.digits(7))
