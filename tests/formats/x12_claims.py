"""Claims and the parties behind them, made up from a seed. All people, numbers and amounts are invented."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from cleanclaim.claims.patients import patient_key
from cleanclaim.claims.tables import ADMINISTRATION, CLAIM, FAULT, LINE, ClaimTables, payer_program_of
from cleanclaim.formats.x12.writing import (
    Address,
    Admission,
    Agreements,
    ClaimParties,
    ControlNumbers,
    Exchange,
    Form,
    Organization,
    Parties,
    Patient,
    Payer,
    Person,
    Provider,
    Receiver,
    Submitter,
    Subscriber,
    Written,
    write_837,
)
from cleanclaim.values import is_npi

Row = dict[str, object]

MADE_AT = datetime(2026, 3, 20, 9, 5)  # noqa: DTZ001 - X12 has no time zone
EXCHANGE = Exchange("MADEUPSENDER", "MADEUPRECEIVER", MADE_AT, is_test=True)
CONTROLS = ControlNumbers(interchange=7, group=3)
_FAMILIES = ["ASHGROVE", "BRINDLE", "CALLOWAY", "DUNMORE-HILL", "EVERSTONE", "O'FARREN"]
_FIRST = ["ALMA", "BRUNO", "CELIA", "DARIUS", "JO ANN", "KEZIA"]
_DRUGS = [
    ("J1745", "57894003001", "UN"), ("J9271", "00006302602", "ML"), ("J3420", "00517003125", "ML"),
    ("J3490", "55150018801", "ME"), ("Q5103", "00069080901", "UN"), ("96413", "", ""), ("J0585", "00023114501", "UN"),
]  # fmt: skip
_DIAGNOSES = ["K5090", "C3490", "M0579", "E538", "G43709", "Z5111", "D649", "L400", "C787", "R112", "D701", "Z79899"]


def npi(number: int) -> str:
    """The NPI whose first nine digits are this number."""
    return next(text for text in (f"{number:09}{digit}" for digit in range(10)) if is_npi(text))


BILLING = [npi(100000000 + number) for number in range(3)]
PEOPLE = [npi(120000000 + number) for number in range(6)]
GROUPS = [npi(140000000 + number) for number in range(2)]
FACILITIES = [npi(160000000 + number) for number in range(2)]
PAYERS = ["00435", "MADEUP1", "XV9"]


def providers() -> dict[str, Provider]:
    """The providers that made-up claims name."""
    found = {
        number: Provider(
            Organization(f"MADE UP CLINIC {place}"), Address("1 INVENTED ROAD", "ATLANTA", "GA", "303010001", "SUITE 4"),
            tax_id=f"58000000{place}",
        )
        for place, number in enumerate(BILLING)
    }  # fmt: skip
    for place, number in enumerate(PEOPLE):
        taxonomy = "207RX0202X" if place % 2 else None
        found[number] = Provider(Person(f"PHYSICIAN{place}", "PAT", "Q", "JR"), taxonomy=taxonomy)
    for place, number in enumerate(GROUPS):
        found[number] = Provider(Organization(f"MADE UP GROUP {place}"), taxonomy="261QX0203X")
    for place, number in enumerate(FACILITIES):
        found[number] = Provider(
            Organization(f"MADE UP HOSPITAL {place}"), Address("2 INVENTED ROAD", "MACON", "GA", "312010002")
        )
    return found


SUBMITTER = Submitter(Organization("MADE UP BILLING"), "123456", "FRONT DESK", "4045550100")
RECEIVER = Receiver("MADE UP CLEARING HOUSE", "654321")


@dataclass(slots=True)
class MadeUp:
    """Rows of claims and lines, and everybody behind them; a test may change any of it."""

    claims: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    own: dict[int, ClaimParties] = field(default_factory=dict)
    providers: dict[str, Provider] = field(default_factory=providers)

    def tables(self) -> ClaimTables:
        """The rows as tables."""
        return ClaimTables(
            pa.Table.from_pylist(self.claims, CLAIM.arrow()), pa.Table.from_pylist(self.lines, LINE.arrow()),
            ADMINISTRATION.empty(), FAULT.empty(),
        )  # fmt: skip

    def parties(self) -> Parties:
        """Everybody."""
        payers = {one: Payer(f"MADE UP PAYER {one}") for one in PAYERS[:-1]}
        payers[PAYERS[-1]] = Payer("MADE UP PLAN", Address("3 INVENTED ROAD", "SAVANNAH", "GA", "31401"))
        return Parties(SUBMITTER, RECEIVER, self.providers, payers, self.own)


def make_claims(seed: int, count: int, claim_type: str, *, sexes: str = "FMU") -> MadeUp:
    """Valid claims of one type, which use every column that it carries."""
    maker = _Maker(random.Random(f"{seed} {claim_type}"), claim_type, sexes)  # noqa: S311 - test claims, not secrets
    for key in range(count):
        maker.claim(key)
    return maker.out


class _Maker:
    def __init__(self, rng: random.Random, claim_type: str, sexes: str) -> None:
        self.rng, self.claim_type, self.sexes, self.out = rng, claim_type, sexes, MadeUp()
        self.is_professional = claim_type == "P"

    def some(self, chance: float) -> bool:
        return self.rng.random() < chance

    def maybe(self, chance: float, value: object) -> object:
        return value if self.some(chance) else None

    def one_of(self, chance: float, values: list[str]) -> str | None:
        return self.rng.choice(values) if self.some(chance) else None

    def digits(self, count: int) -> str:
        return "".join(self.rng.choices("0123456789", k=count))

    def amount(self) -> Decimal:
        return Decimal(self.rng.choice([0, 5, 50, 300_00, 1, self.rng.randint(1, 999_999)])) / 100

    def units(self) -> Decimal:
        return Decimal(self.rng.choice(["1", "40", "12.5", "0.125", "99999999", str(self.rng.randint(1, 999))]))

    def day(self) -> date:
        return date(2026, 1, 1) + timedelta(days=self.rng.randrange(75))

    def address(self) -> Address:
        return Address(f"{self.digits(2)} MADE-UP LANE", "DECATUR", "GA", self.rng.choice(["30030", "300301234"]))

    def subscriber(self) -> Subscriber:
        """One of few, so that claims share their subscriber."""
        which = self.rng.randrange(8)
        rng = random.Random(which)  # noqa: S311
        return Subscriber(
            Person(rng.choice(_FAMILIES), rng.choice(_FIRST), rng.choice([None, "T"]), rng.choice([None, "III"])),
            f"M{which:08}A", Address(f"{which} MADE-UP LANE", "DECATUR", "GA", "30030"),
            group_number=rng.choice([None, f"G{which}"]), group_name=rng.choice([None, "MADE UP EMPLOYER"]),
            birth_date=date(1950 + which, 3, 4), sex=rng.choice(self.sexes),
        )  # fmt: skip

    def parties(self) -> ClaimParties:
        subscriber = self.subscriber()
        if self.some(0.25):
            patient = Patient(Person(subscriber.name.last_name, "MINA"), self.address(), self.rng.choice(["01", "19"]))
        else:
            patient = None
        agreed = Agreements() if self.some(0.8) else Agreements("N", "C", "W", "I")
        if self.is_professional:
            return ClaimParties(subscriber, patient, agreements=agreed)
        admission = Admission("3", "1", "01")
        return ClaimParties(subscriber, patient, self.rng.choice(PEOPLE), admission, agreed)

    def claim(self, key: int) -> None:
        own, payer = self.parties(), self.rng.choice(PAYERS)
        subscriber = own.subscriber
        born = subscriber.birth_date if own.patient is None else date(2010, 7, 9)
        person = (own.patient or subscriber).name
        filing, frequency = self.rng.choice(["MB", "MA", "16", "MC", "CI", "BL", "ZZ", "CH"]), self.rng.choice("1178")
        diagnoses = self.rng.sample(_DIAGNOSES, self.rng.choice([1, 2, 3, 5, 12]))
        rendering = self.one_of(0.5, [*PEOPLE, *GROUPS] if self.is_professional else PEOPLE)
        row: Row = {
            "claim_key": key, "claim_id": f"A{key:05}", "source_file": "made-up", "claim_type": self.claim_type,
            "complete": True, "lines_complete": True, "payer_id": payer, "claim_filing": filing, "payer_program": payer_program_of(filing),
            "payer_sequence": self.rng.choice("PST"), "frequency": frequency,
            "original_reference": f"ICN{self.digits(9)}" if frequency in "78" else None,
            "patient_key": patient_key(payer, subscriber.member_id, str(born), person.first_name), "birth_date": born,
            "sex": subscriber.sex if own.patient is None else "F", "billing_npi": self.rng.choice(BILLING),
            "billing_taxonomy": self.maybe(0.5, "207R00000X"), "rendering_npi": rendering,
            "referring_npi": self.one_of(0.4, PEOPLE), "facility_npi": self.one_of(0.3, FACILITIES),
            "prior_auth": self.maybe(0.3, f"PA{self.digits(8)}"), "referral": self.maybe(0.2, self.digits(8)),
            "note": self.maybe(0.3, "STABLE ON THERAPY, SECOND  DOSE"), "diagnosis_code_set": "icd10",
            "diagnoses": diagnoses, "condition_codes": self.rng.choice([[], [], ["30"], ["07", "D1", "AA"]]),
            "other_payer_count": 0,
        }  # fmt: skip
        if self.is_professional:
            row |= {
                "place_of_service": self.rng.choice(["11", "22", "12"]),
                "weight": self.maybe(0.3, Decimal(self.rng.choice(["154", "88.5", "61.123456"]))),
                "rendering_taxonomy": self.maybe(0.5, "207RX0202X") if rendering else None,
                "supervising_npi": self.one_of(0.2, PEOPLE),
            }
        else:
            first = self.day()
            row |= {
                "bill_type": self.rng.choice(["13", "85", "11"]) + frequency, "statement_from": first,
                "statement_to": first + timedelta(days=self.rng.randrange(4)),
            }  # fmt: skip
        lines = [self.line(key, number, diagnoses) for number in range(1, self.rng.choice([1, 1, 2, 3, 6]) + 1)]
        row["total_charge"] = sum(line["charge_amount"] for line in lines)
        self.out.claims.append(row)
        self.out.lines += lines
        self.out.own[key] = own

    def line(self, key: int, number: int, diagnoses: list[str]) -> Row:
        code, ndc, unit = self.rng.choice(_DRUGS)
        first = self.day()
        row: Row = {
            "claim_key": key, "line_ordinal": number, "line_number": number,
            "line_control": self.maybe(0.5, f"L{number}"), "code_qualifier": "HC", "hcpcs_code": code,
            "modifiers": self.rng.sample(["JZ", "JW", "59", "RT", "76"], self.rng.choice([0, 1, 1, 2, 4])),
            "description": self.maybe(0.2, "MADE UP DRUG 5 MG/ML"), "charge_amount": self.amount(), "unit_basis": "UN",
            "billed_units": self.units(), "service_date": first,
            "service_date_to": first + timedelta(days=self.rng.choice([0, 0, 0, 2])),
            "note": self.maybe(0.2, "LINE NOTE 1"), "ndc_count": 0,
        }  # fmt: skip
        if ndc and self.some(0.8):
            row |= {
                "ndc_qualifier": "N4", "ndc_given": ndc, "ndc11": ndc, "ndc_unit": unit, "ndc_count": 1,
                "ndc_quantity": Decimal(self.rng.choice(["1", "4", "0.5", "2.125"])),
                "ndc_link": self.maybe(0.2, self.digits(7)),
            }  # fmt: skip
        if self.is_professional:
            row |= {
                "place_of_service": self.one_of(0.2, ["22", "19"]), "prior_auth": self.maybe(0.2, self.digits(6)),
                "diagnoses": self.rng.sample(diagnoses, min(len(diagnoses), self.rng.randint(1, 4))),
                "unit_basis": self.rng.choice(["UN", "UN", "MJ"]), "ordering_npi": self.one_of(0.3, PEOPLE),
                "rendering_npi": self.one_of(0.2, [*PEOPLE, *GROUPS]),
            }  # fmt: skip
        else:
            row |= {
                "revenue_code": self.rng.choice(["0636", "0335", "0258"]),
                "rendering_npi": self.one_of(0.2, PEOPLE),
            }
        return row


# Written

_USUAL = Form()


def write(made: MadeUp, form: Form = _USUAL) -> Written:
    return write_837(made.tables(), made.parties(), EXCHANGE, CONTROLS, form=form)


def with_drug(made: MadeUp) -> MadeUp:
    """The first line of the first claim with a drug, and no provider but the billing one."""
    made.lines[0] |= {
        "ndc_qualifier": "N4", "ndc_given": "00006302602", "ndc11": "00006302602", "ndc_unit": "ML", "ndc_count": 1,
        "ndc_quantity": Decimal(2), "ndc_link": None,
    }  # fmt: skip
    return made


def sound_claim(claim_type: str) -> MadeUp:
    """One claim of a person who holds the insurance, with one line with a drug."""
    made = next(found for seed in range(99) if (found := make_claims(seed, 1, claim_type)).own[0].patient is None)
    made.lines = made.lines[:1]
    made.claims[0] |= {
        "billing_npi": BILLING[0], "total_charge": made.lines[0]["charge_amount"], "frequency": "1",
        "original_reference": None,
    }  # fmt: skip
    if claim_type == "I":
        made.claims[0]["bill_type"] = "131"
    return with_drug(made)


def only_fault(written: Written) -> Row:
    (fault,) = written.fault.to_pylist()
    assert isinstance(fault, dict)
    return fault
