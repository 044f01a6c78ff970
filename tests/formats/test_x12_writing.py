"""Claims written as 837P and 837I: read back the same, accepted by others, byte for byte."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pyx12.params
import pyx12.x12n_document
from hypothesis import given, settings
from hypothesis import strategies as st
from x12sdk.io import X12ModelReader

from cleanclaim.claims.tables import ClaimTables
from cleanclaim.formats.x12.reader import read_837
from cleanclaim.formats.x12.writing import (
    Address,
    CharacterSet,
    ClaimParties,
    ControlNumbers,
    Fault,
    Form,
    Patient,
    Person,
    Separators,
    Written,
    write_837,
)
from tests.formats.x12_claims import (
    BILLING,
    EXCHANGE,
    FACILITIES,
    GROUPS,
    MADE_AT,
    PEOPLE,
    MadeUp,
    Row,
    make_claims,
    only_fault,
    sound_claim,
    with_drug,
    write,
)
from tests.formats.x12_compare import joined
from tests.oracles.x12.institutional import claims_of

_OF_FILE = {"claim_key", "source_file", "segment_number", "created_on"}
_FORMS = [
    Form(),
    Form(line_end="\n"),
    Form(Separators("|", ">", "'", "^"), line_end="\r\n"),
    Form(Separators("\x1d", "\x1f", "\n", "!"), CharacterSet.EXTENDED),
    Form(claims_per_transaction=7),
]


def _read(content: bytes) -> ClaimTables:
    parts = read_837(io.BytesIO(content), name="written", file_hash=hashlib.sha256(content).hexdigest())
    return joined(list(parts))


def _said(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _OF_FILE}


def _by_claim(lines: list[Row]) -> dict[object, list[Row]]:
    found: dict[object, list[Row]] = {}
    for line in lines:
        found.setdefault(line["claim_key"], []).append(_said(line))
    return found


def _expected(made: MadeUp, keys: tuple[int, ...]) -> list[tuple[Row, list[Row]]]:
    """The rows of these claims as they were given, in this order."""
    tables = made.tables()
    claims = {row["claim_key"]: _said(row) for row in tables.claim.to_pylist()}
    lines = _by_claim(tables.line.to_pylist())
    return [(claims[key], lines[key]) for key in keys]


def _found(content: bytes) -> list[tuple[Row, list[Row]]]:
    tables = _read(content)
    assert tables.fault.to_pylist() == []
    assert set(tables.claim["created_on"].to_pylist()) == {MADE_AT.date()}
    lines = _by_claim(tables.line.to_pylist())
    return [(_said(row), lines[row["claim_key"]]) for row in tables.claim.to_pylist()]


# Read back


@pytest.mark.parametrize("form", _FORMS, ids=["usual", "lines", "other separators", "control characters", "lots of 7"])
@pytest.mark.parametrize("seed", range(4))
def test_our_reader_reads_back_what_was_written(seed: int, form: Form) -> None:
    made = make_claims(seed, 60, "P")
    written = write(made, form)
    assert written.fault.to_pylist() == []
    assert sorted(written.claim_keys) == list(range(60))
    assert _found(written.content) == _expected(made, written.claim_keys)


@pytest.mark.parametrize("seed", range(3))
def test_the_loops_of_pyx12_hold_what_was_written_as_837i(seed: int) -> None:
    made = make_claims(seed, 70, "I")
    written = write(made)
    assert written.fault.to_pylist() == []
    for place, (found, expected) in enumerate(
        zip(claims_of(written.content), _expected(made, written.claim_keys), strict=True)
    ):
        assert found == expected, f"claim {place} of seed {seed}"


_PROSE = st.text(st.sampled_from("AZaz09 .,-/'*:~^|é\t"), min_size=1, max_size=100)
_NUMBERS = st.decimals(0, 999_999, places=3)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 10_000), _PROSE, _PROSE, _PROSE, st.sampled_from(_FORMS), _NUMBERS, st.decimals(0, 9999, places=2)
)
def test_a_claim_is_read_back_the_same_or_refused_by_name(
    seed: int, note: str, description: str, identifier: str, form: Form, units: Decimal, charge: Decimal
) -> None:
    made = make_claims(seed, 1, "P")
    form = replace(form, characters=CharacterSet.EXTENDED)
    made.claims[0] |= {"note": note, "claim_id": identifier}
    made.lines[0] |= {"description": description, "billed_units": units, "charge_amount": charge}
    made.claims[0]["total_charge"] = sum(Decimal(str(line["charge_amount"])) for line in made.lines)
    written = write(made, form)
    if written.claim_keys:
        assert _found(written.content) == _expected(made, written.claim_keys)
    else:
        (fault,) = written.fault.to_pylist()
        bad = {"CLM01": identifier, "NTE02": note, "SV101-7": description, "SV104": ""}[fault["element"]]
        if fault["element"] == "SV104":
            assert len(f"{units.normalize():f}".lstrip("0").replace(".", "")) > 8
        else:
            is_sound = set(bad) <= set("AZaz09 .,-/':~^|*") - set(form.separators.all) and bad == bad.strip(" ")
            assert not is_sound or len(bad) > (20 if fault["element"] == "CLM01" else 80)
        assert written.content == b""


def test_prose_is_capitalized_in_the_basic_set_and_identifiers_are_not() -> None:
    made = make_claims(1, 1, "P")
    made.claims[0]["note"] = "stable on therapy"
    assert b"NTE*ADD*STABLE ON THERAPY~" in write(made).content
    assert b"NTE*ADD*stable on therapy~" in write(made, Form(characters=CharacterSet.EXTENDED)).content
    made.claims[0]["claim_id"] = "a1"
    assert only_fault(write(made))["element"] == "CLM01"


def test_a_hyphenated_ndc_is_written_in_eleven_digits() -> None:
    made = with_drug(make_claims(2, 5, "P"))
    made.lines[0] |= {"ndc_given": "57894-030-01", "ndc11": "57894003001"}
    assert b"LIN**N4*57894003001~CTP****2*ML~" in write(made).content


def test_a_refused_claim_takes_no_other_with_it() -> None:
    made = make_claims(3, 20, "P")
    made.claims[4]["payer_id"] = None
    made.claims[9]["claim_id"] = None
    written = write(made)
    assert sorted(written.claim_keys) == [key for key in range(20) if key not in {4, 9}]
    assert written.fault["row"].to_pylist() == [5, 10]
    assert _found(written.content) == _expected(made, written.claim_keys)


# Others


def _acknowledged(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    acknowledgment = io.StringIO()
    accepted = pyx12.x12n_document.x12n_document(
        param=pyx12.params.params(), src_file=str(path), fd_997=acknowledgment, fd_html=None
    )
    assert accepted
    return acknowledgment.getvalue()


@pytest.mark.parametrize("claim_type", ["P", "I"])
@pytest.mark.parametrize(
    "form", [Form(), Form(Separators("|", ">", "'", "^"), line_end="\n", claims_per_transaction=99)]
)
def test_pyx12_acknowledges_250_claims_without_an_error(tmp_path: Path, claim_type: str, form: Form) -> None:
    made = make_claims(11, 250, claim_type)
    written = write(made, form)
    assert len(written.claim_keys) == 250
    acknowledgment = _acknowledged(tmp_path / "written.837", written.content)
    tags = [text.strip().split("*") for text in acknowledgment.replace("|", "*").replace("'", "~").split("~")]
    transactions = 1 if form.claims_per_transaction > 250 else 3
    assert [one[1] for one in tags if one[0] == "IK5"] == ["A"] * transactions
    assert [one[1:] for one in tags if one[0] == "AK9"] == [["A", *[str(transactions)] * 3]]
    assert not {one[0] for one in tags} & {"IK3", "IK4", "TA1"}


def _both(professional: MadeUp, institutional: MadeUp) -> MadeUp:
    """Claims of both kinds, the institutional ones first and their keys raised by 100."""
    for row in [*institutional.claims, *institutional.lines]:
        row["claim_key"] = int(str(row["claim_key"])) + 100
    return MadeUp(
        [*institutional.claims, *professional.claims], [*professional.lines, *institutional.lines],
        professional.own | {key + 100: own for key, own in institutional.own.items()},
    )  # fmt: skip


def test_a_provider_fit_for_one_kind_of_claim_is_not_thereby_fit_for_the_other() -> None:
    both = _both(sound_claim("P"), sound_claim("I"))
    both.claims.reverse()
    for claim in both.claims:
        claim["rendering_npi"] = GROUPS[0]
    written = write(both)
    assert written.claim_keys == (0,)
    assert str(only_fault(written)["message"]).endswith(
        "NM102 (rendering provider: name): code not allowed; expected a person as rendering provider."
    )


def test_pyx12_accepts_both_kinds_in_one_interchange(tmp_path: Path) -> None:
    written = write(_both(make_claims(3, 20, "P"), make_claims(4, 20, "I")))
    assert [key >= 100 for key in written.claim_keys] == [False] * 20 + [True] * 20
    acknowledgment = _acknowledged(tmp_path / "written.837", written.content)
    assert acknowledgment.count("AK9*A*1*1*1~") == 2
    assert written.next_controls == ControlNumbers(interchange=8, group=5, transaction=3)


def _sdk_claims(path: Path, content: bytes) -> Iterator[Any]:
    path.write_bytes(content)
    with X12ModelReader(str(path)) as reader:
        for model in reader.models():
            for subscriber in (one for billing in model.loop_2000a for one in billing.loop_2000b):
                for person in [subscriber, *(subscriber.loop_2000c or [])]:
                    yield from person.loop_2300 or []


def test_x12sdk_reads_the_amounts_and_units_of_837p(tmp_path: Path) -> None:
    made = make_claims(5, 100, "P", sexes="FM")  # it knows no sex U
    written = write(made)
    found = [
        (claim.clm_segment.total_claim_charge_amount,
         [(line.sv1_segment.line_item_charge_amount, line.sv1_segment.service_unit_count,
           line.loop_2410 and line.loop_2410.ctp_segment.quantity) for line in claim.loop_2400])
        for claim in _sdk_claims(tmp_path / "written.837", written.content)
    ]  # fmt: skip
    assert found == _amounts(made, written)


def test_x12sdk_reads_the_amounts_and_units_of_837i(tmp_path: Path) -> None:
    made = make_claims(6, 100, "I", sexes="FM")
    # Its model of 837I wants a REF in each 2410 and knows neither ranges of service days nor NTE*ADD; the map does.
    for claim in made.claims:
        claim["note"] = None
    for line in made.lines:
        line |= {"service_date_to": line["service_date"], "ndc_link": "1234567" if line["ndc_count"] else None}
    written = write(made)
    found = [
        (claim.clm_segment.total_claim_charge_amount,
         [(line.sv2_segment.line_item_charge_amount, line.sv2_segment.service_unit_count,
           line.loop_2410 and line.loop_2410.ctp_segment.quantity) for line in claim.loop_2400])
        for claim in _sdk_claims(tmp_path / "written.837", written.content)
    ]  # fmt: skip
    assert found == _amounts(made, written)


def _amounts(made: MadeUp, written: Written) -> list[object]:
    return [
        (claim["total_charge"],
         [(line["charge_amount"], line["billed_units"], line["ndc_quantity"]) for line in lines])
        for claim, lines in _expected(made, written.claim_keys)
    ]  # fmt: skip


# Byte for byte

_GOLDEN_PROFESSIONAL = """\
ISA*00*          *00*          *ZZ*MADEUPSENDER   *ZZ*MADEUPRECEIVER *260320*0905*^*00501*000000007*0*T*:~
GS*HC*MADEUPSENDER*MADEUPRECEIVER*20260320*0905*3*X*005010X222A1~
ST*837*0001*005010X222A1~
BHT*0019*00*0000000070001*20260320*0905*CH~
NM1*41*2*MADE UP BILLING*****46*123456~
PER*IC*FRONT DESK*TE*4045550100~
NM1*40*2*MADE UP CLEARING HOUSE*****46*654321~
HL*1**20*1~
PRV*BI*PXC*207R00000X~
NM1*85*2*MADE UP CLINIC 0*****XX*1000000004~
N3*1 INVENTED ROAD*SUITE 4~
N4*ATLANTA*GA*303010001~
REF*EI*580000000~
HL*2*1*22*1~
SBR*P**G1*MADE UP EMPLOYER*****MB~
NM1*IL*1*ASHGROVE*ALMA*T**III*MI*M00000001A~
N3*1 MADE-UP LANE~
N4*DECATUR*GA*30030~
DMG*D8*19510304*F~
NM1*PR*2*MADE UP PAYER 00435*****PI*00435~
HL*3*2*23*0~
PAT*19******01*61.123456~
NM1*QC*1*ASHGROVE*MINA~
N3*1 MADE-UP LANE~
N4*DECATUR*GA*30030~
DMG*D8*20100709*F~
CLM*AC123*1541.64***11:B:7*Y*A*Y*Y~
REF*9F*REFERRAL1~
REF*G1*PA99887766~
REF*F8*ICN1~
NTE*ADD*STABLE~
HI*ABK:K5090*ABF:Z5111~
HI*BG:30~
NM1*DN*1*PHYSICIAN0*PAT*Q**JR*XX*1200000002~
NM1*82*1*PHYSICIAN1*PAT*Q**JR*XX*1200000010~
PRV*PE*PXC*207RX0202X~
NM1*77*2*MADE UP HOSPITAL 0*****XX*1600000008~
N3*2 INVENTED ROAD~
N4*MACON*GA*312010002~
NM1*DQ*1*PHYSICIAN2*PAT*Q**JR*XX*1200000028~
LX*1~
SV1*HC:J1745:JZ::::MADE UP DRUG*1241.64*UN*40*22**2:1~
DTP*472*RD8*20260315-20260316~
REF*G1*PA1~
REF*6R*L1~
NTE*ADD*LINE~
LIN**N4*57894003001~
CTP****.5*UN~
REF*XZ*RX1~
NM1*82*1*PHYSICIAN3*PAT*Q**JR*XX*1200000036~
PRV*PE*PXC*207RX0202X~
NM1*DK*1*PHYSICIAN4*PAT*Q**JR*XX*1200000044~
LX*2~
SV1*HC:96413*300*UN*1***1~
DTP*472*D8*20260315~
SE*54*0001~
GE*1*3~
IEA*1*000000007~
"""

_GOLDEN_INSTITUTIONAL = """\
HL*1**20*1~
NM1*85*2*MADE UP CLINIC 0*****XX*1000000004~
N3*1 INVENTED ROAD*SUITE 4~
N4*ATLANTA*GA*303010001~
REF*EI*580000000~
HL*2*1*22*0~
SBR*P*18*G1*MADE UP EMPLOYER*****MA~
NM1*IL*1*ASHGROVE*ALMA*T**III*MI*M00000001A~
N3*1 MADE-UP LANE~
N4*DECATUR*GA*30030~
DMG*D8*19510304*F~
NM1*PR*2*MADE UP PAYER 00435*****PI*00435~
CLM*AC124*1241.65***13:A:1**A*Y*Y~
DTP*434*RD8*20260315-20260315~
CL1*3*1*01~
HI*ABK:K5090~
HI*ABF:Z5111~
HI*BG:30~
NM1*71*1*PHYSICIAN1*PAT*Q**JR*XX*1200000010~
PRV*AT*PXC*207RX0202X~
LX*1~
SV2*0636*HC:J1745*1086.44*UN*35~
DTP*472*D8*20260315~
LIN**N4*57894003001~
CTP****3.5*UN~
LX*2~
SV2*0636*HC:J1745:JW*155.21*UN*5~
DTP*472*D8*20260315~
LX*3~
SV2*0258**0*UN*1~
"""


def _golden_professional() -> MadeUp:
    made = make_claims(1, 1, "P")
    own = made.own[0]
    subscriber = replace(
        own.subscriber, name=Person("Ashgrove", "Alma", "T", "III"), member_id="M00000001A", group_number="G1",
        group_name="Made up employer", birth_date=date(1951, 3, 4), sex="F",
        address=Address("1 Made-up Lane", "Decatur", "GA", "30030"),
    )  # fmt: skip
    child = Patient(Person("Ashgrove", "Mina"), Address("1 Made-up Lane", "Decatur", "GA", "30030"), "19")
    made.own = {0: ClaimParties(subscriber, child)}
    made.claims[0] |= {
        "claim_id": "AC123", "payer_id": "00435", "claim_filing": "MB", "payer_sequence": "P", "frequency": "7",
        "original_reference": "ICN1", "patient_key": None, "birth_date": date(2010, 7, 9), "sex": "F",
        "weight": Decimal("61.123456"), "place_of_service": "11", "billing_npi": BILLING[0],
        "billing_taxonomy": "207R00000X", "rendering_npi": PEOPLE[1], "rendering_taxonomy": "207RX0202X",
        "referring_npi": PEOPLE[0], "supervising_npi": PEOPLE[2], "facility_npi": FACILITIES[0],
        "prior_auth": "PA99887766", "referral": "REFERRAL1", "note": "stable", "diagnoses": ["K5090", "Z5111"],
        "condition_codes": ["30"], "total_charge": Decimal("1541.64"),
    }  # fmt: skip
    first: Row = {
        "claim_key": 0, "line_ordinal": 1, "line_control": "L1", "hcpcs_code": "J1745", "modifiers": ["JZ"],
        "description": "made up drug", "charge_amount": Decimal("1241.64"), "unit_basis": "UN", "note": "line",
        "billed_units": Decimal("40.000"), "place_of_service": "22", "service_date": date(2026, 3, 15),
        "service_date_to": date(2026, 3, 16), "diagnoses": ["Z5111", "K5090"], "ndc_given": "57894-0030-01",
        "ndc11": "57894003001", "ndc_quantity": Decimal("0.5"), "ndc_unit": "UN", "ndc_link": "RX1",
        "prior_auth": "PA1", "rendering_npi": PEOPLE[3], "ordering_npi": PEOPLE[4],
    }  # fmt: skip
    second: Row = {
        "claim_key": 0, "line_ordinal": 2, "line_number": 2, "hcpcs_code": "96413", "charge_amount": Decimal(300),
        "unit_basis": "UN", "billed_units": Decimal(1), "service_date": date(2026, 3, 15), "diagnoses": ["K5090"],
    }  # fmt: skip
    made.lines = [second, first]
    return made


def _golden_institutional() -> MadeUp:
    made = make_claims(1, 1, "I")
    professional = _golden_professional()
    made.own = {
        0: replace(made.own[0], subscriber=professional.own[0].subscriber, patient=None, attending_npi=PEOPLE[1])
    }
    made.claims[0] |= {
        "claim_id": "AC124", "payer_id": "00435", "claim_filing": "MA", "payer_sequence": "P", "frequency": None,
        "original_reference": None, "patient_key": None, "birth_date": date(1951, 3, 4), "sex": "F",
        "bill_type": "0131", "billing_npi": BILLING[0], "billing_taxonomy": None, "rendering_npi": None,
        "referring_npi": None, "facility_npi": None, "prior_auth": None, "referral": None, "note": None,
        "diagnoses": ["K5090", "Z5111"], "condition_codes": ["30"], "statement_from": date(2026, 3, 15),
        "statement_to": date(2026, 3, 15), "total_charge": Decimal("1241.65"),
    }  # fmt: skip
    made.own[0] = replace(made.own[0], agreements=ClaimParties(made.own[0].subscriber).agreements)
    drug: Row = {
        "claim_key": 0, "revenue_code": "0636", "hcpcs_code": "J1745", "unit_basis": "UN",
        "service_date": date(2026, 3, 15), "service_date_to": date(2026, 3, 15),
    }  # fmt: skip
    made.lines = [
        drug | {"line_ordinal": 1, "charge_amount": Decimal("1086.44"), "billed_units": Decimal(35),
                "ndc_given": "57894003001", "ndc11": "57894003001", "ndc_quantity": Decimal("3.5"), "ndc_unit": "UN"},
        drug | {"line_ordinal": 2, "charge_amount": Decimal("155.21"), "billed_units": Decimal(5), "modifiers": ["JW"]},
        {"claim_key": 0, "line_ordinal": 3, "revenue_code": "0258", "charge_amount": Decimal(0), "unit_basis": "UN",
         "billed_units": Decimal(1)},
    ]  # fmt: skip
    return made


def test_a_professional_claim_byte_for_byte() -> None:
    written = write(_golden_professional(), Form(line_end="\n"))
    assert written.content.decode().splitlines() == _GOLDEN_PROFESSIONAL.splitlines()
    assert written.content == _GOLDEN_PROFESSIONAL.encode()


def test_an_institutional_claim_byte_for_byte() -> None:
    lines = write(_golden_institutional(), Form(line_end="\n")).content.decode().splitlines()
    assert lines[7:-3] == _GOLDEN_INSTITUTIONAL.splitlines()
    assert lines[1:3] == [
        "GS*HC*MADEUPSENDER*MADEUPRECEIVER*20260320*0905*3*X*005010X223A2~", "ST*837*0001*005010X223A2~"
    ]  # fmt: skip


def test_the_same_claims_give_the_same_bytes() -> None:
    assert write(make_claims(9, 30, "P")).content == write(make_claims(9, 30, "P")).content


# Levels


def _levels(content: bytes) -> list[str]:
    return [text.split("*")[3] for text in content.decode().split("~") if text.startswith("HL*")]


def _same_person(count: int, *, is_subscriber: bool = True) -> MadeUp:
    """Claims of one person, all alike but for their numbers."""
    made = next(
        found for seed in range(99) if ((found := make_claims(seed, 1, "P")).own[0].patient is None) == is_subscriber
    )
    claim, lines, own = made.claims[0], made.lines, made.own[0]
    made.claims = [claim | {"claim_key": key, "claim_id": f"S{key}"} for key in range(count)]
    made.lines = [line | {"claim_key": key} for key in range(count) for line in lines]
    made.own = dict.fromkeys(range(count), own)
    return made


def test_claims_of_one_person_share_their_levels_up_to_a_hundred() -> None:
    assert _levels(write(_same_person(100)).content) == ["20", "22"]
    assert _levels(write(_same_person(101)).content) == ["20", "22", "22"]
    assert _levels(write(_same_person(100, is_subscriber=False)).content) == ["20", "22", "23"]
    assert _levels(write(_same_person(101, is_subscriber=False)).content) == ["20", "22", "23", "23"]


def test_claims_stand_by_billing_provider_and_payer() -> None:
    made = make_claims(8, 120, "P")
    written = write(made)
    order = [
        (claim["billing_npi"], claim["billing_taxonomy"], claim["payer_id"])
        for claim, _ in _expected(made, written.claim_keys)
    ]
    runs = [one for place, one in enumerate(order) if not place or order[place - 1] != one]
    assert len(runs) == len(set(runs))
    assert _levels(written.content).count("20") == len({one[:2] for one in order})


def test_each_transaction_starts_its_levels_anew_and_takes_the_next_number() -> None:
    content = write(_same_person(5), Form(claims_per_transaction=2)).content.decode()
    assert [text for text in content.split("~") if text[:3] in {"ST*", "SE*"}][0::2] == [
        f"ST*837*{number:04}*005010X222A1" for number in (1, 2, 3)
    ]
    assert content.count("HL*1**20*1~") == 3


def test_control_numbers_go_on_after_a_file_and_start_again_after_the_last() -> None:
    made = _same_person(1)
    last = ControlNumbers(999_999_999, 999_999_999, 999_999_999)
    written = write_837(made.tables(), made.parties(), EXCHANGE, last)
    assert b"*999999999~IEA*1*999999999~" in written.content
    assert written.next_controls == ControlNumbers(1, 1, 1)


# The page


_PAGE = Path(__file__).resolve().parents[2] / "docs" / "x12-writing.md"


def test_the_example_of_the_page_writes_a_claim(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", _PAGE.read_text("utf-8"), re.DOTALL)
    exec(code, {})  # noqa: S102
    shown = capsys.readouterr().out
    assert shown.endswith("IEA*1*000000001~\n []\n")
    assert "SV1*HC:J1745:JZ*1241.64*UN*40***1~\nDTP*472*D8*20260315~\nLIN**N4*57894003001~\nCTP****4*UN~\n" in shown


def test_the_page_lists_every_fault() -> None:
    assert set(re.findall(r"^\| `([a-z-]+)` \|", _PAGE.read_text("utf-8"), re.MULTILINE)) == {
        fault.value for fault in Fault
    }
