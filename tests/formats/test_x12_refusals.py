"""Claims that cannot be written as 837: each is refused by name, and its fault shows no patient; misuse is an exception."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from cleanclaim.errors import InvalidValue
from cleanclaim.formats.x12.writing import (
    Address,
    CharacterSet,
    ClaimParties,
    ControlNumbers,
    Exchange,
    Fault,
    Form,
    Organization,
    Parties,
    Patient,
    Person,
    Provider,
    Receiver,
    Separators,
    Submitter,
    TaxIdKind,
    write_837,
)
from tests.formats.x12_claims import (
    BILLING,
    CONTROLS,
    EXCHANGE,
    GROUPS,
    PEOPLE,
    MadeUp,
    Row,
    make_claims,
    only_fault,
    sound_claim,
    write,
)

_BAD_DAY = date(2026, 1, 1)
Change = Callable[[MadeUp], object]


@dataclass(frozen=True)
class Case:
    """A change to sound claims, and the refusal that it must bring."""

    name: str
    change: Change
    fault: Fault
    element: str
    field: str
    line: int | None = None
    claim_type: str = "P"


def _claim(**values: object) -> Change:
    return lambda made: made.claims[0].update(values)


def _line(**values: object) -> Change:
    return lambda made: made.lines[0].update(values)


def _own(change: Callable[[ClaimParties], ClaimParties]) -> Change:
    return lambda made: made.own.update({0: change(made.own[0])})


def _person(**values: Any) -> Change:
    """Change the subscriber's name; the key of the patient goes, which would tell it first."""

    def change(made: MadeUp) -> None:
        subscriber = made.own[0].subscriber
        made.claims[0]["patient_key"] = None
        made.own[0] = replace(made.own[0], subscriber=replace(subscriber, name=replace(subscriber.name, **values)))

    return change


def _subscriber(**values: Any) -> Change:
    return _own(lambda own: replace(own, subscriber=replace(own.subscriber, **values)))


def _provider(npi: str, **values: Any) -> Change:
    return lambda made: made.providers.update({npi: replace(made.providers[npi], **values)})


_TOO_LONG = "X" * 81
_BOX = Address("PO BOX 1", "ATLANTA", "GA", "303010001")
_SHORT_ZIP = Address("1 INVENTED ROAD", "ATLANTA", "GA", "30301")
_CASES = [
    Case("no account number", _claim(claim_id=None), Fault.MISSING, "CLM01", "claim_id"),
    Case("long account number", _claim(claim_id="A" * 21), Fault.LENGTH, "CLM01", "claim_id"),
    Case("not of a type", _claim(claim_type="D"), Fault.CODE, "ST03", "claim_type"),
    Case("partial", _claim(complete=False), Fault.PARTIAL, "CLM01", "complete"),
    Case("no total", _claim(total_charge=None), Fault.MISSING, "CLM02", "total_charge"),
    Case("other total", _claim(total_charge=Decimal("0.07")), Fault.TOTAL, "CLM02", "total_charge"),
    Case("no place", _claim(place_of_service=None), Fault.MISSING, "CLM05-1", "place_of_service"),
    Case("place in words", _claim(place_of_service="OF"), Fault.CODE, "CLM05-1", "place_of_service"),
    Case("no frequency", _claim(frequency=None), Fault.MISSING, "CLM05-3", "frequency"),
    Case("replaces nothing", _claim(frequency="7", original_reference=None), Fault.MISSING, "REF02", "original_reference"),
    Case("no payer", _claim(payer_id=None), Fault.MISSING, "NM109", "payer_id"),
    Case("payer nobody names", _claim(payer_id="NOBODY", patient_key=None), Fault.PARTY, "NM103", "payer_id"),
    Case("no filing", _claim(claim_filing=None), Fault.MISSING, "SBR09", "claim_filing"),
    Case("filing unknown", _claim(claim_filing="09"), Fault.CODE, "SBR09", "claim_filing"),
    Case("no sequence", _claim(payer_sequence=None), Fault.MISSING, "SBR01", "payer_sequence"),
    Case("another patient", _claim(patient_key="0" * 16), Fault.PATIENT, "NM109", "patient_key"),
    Case("another member", _subscriber(member_id="OTHER"), Fault.PATIENT, "NM109", "patient_key"),
    Case("no birth date", _claim(birth_date=None, patient_key=None), Fault.MISSING, "DMG02", "birth_date"),
    Case("no sex", _claim(sex=None), Fault.MISSING, "DMG03", "sex"),
    Case("sex unknown", _claim(sex="X"), Fault.CODE, "DMG03", "sex"),
    Case("negative weight", _claim(weight=Decimal(-1)), Fault.NUMBER, "PAT08", "weight"),
    Case("no billing provider", _claim(billing_npi=None), Fault.MISSING, "NM109", "billing_npi"),
    Case("billing NPI wrong", _claim(billing_npi="1000000005"), Fault.NPI, "NM109", "billing_npi"),
    Case("nobody of this NPI", _claim(rendering_npi="1234567893"), Fault.PARTY, "NM103", "rendering_npi"),
    Case("organization refers", _claim(referring_npi=GROUPS[0]), Fault.CODE, "NM102", "referring provider: name"),
    Case("person as facility", _claim(facility_npi=PEOPLE[0]), Fault.CODE, "NM102", "service facility: name"),
    Case("taxonomy of nobody", _claim(rendering_npi=None, rendering_taxonomy="207RX0202X"), Fault.MISSING, "NM109", "rendering_npi"),
    Case("taxonomy wrong", _claim(billing_taxonomy="INTERNIST1"), Fault.CODE, "PRV03", "billing provider: taxonomy"),
    Case("no diagnosis", _claim(diagnoses=[]), Fault.MISSING, "HI01-2", "diagnoses"),
    Case("diagnosis with a point", _claim(diagnoses=["K50.90"]), Fault.CODE, "HI01-2", "diagnoses"),
    Case("thirteen diagnoses", _claim(diagnoses=["K5090"] * 13), Fault.TOO_MANY, "HI01-2", "diagnoses"),
    Case("many conditions", _claim(condition_codes=["30"] * 25), Fault.TOO_MANY, "HI01-2", "condition_codes"),
    Case("code set unknown", _claim(diagnosis_code_set="icd11"), Fault.CODE, "HI01-1", "diagnosis_code_set"),
    Case("long note", _claim(note=_TOO_LONG), Fault.LENGTH, "NTE02", "note"),
    Case("separator in note", _claim(note="A*B"), Fault.DELIMITER, "NTE02", "note"),
    Case("terminator in note", _claim(note="A~"), Fault.DELIMITER, "NTE02", "note"),
    Case("line end in note", _claim(note="A\nB"), Fault.CHARACTER, "NTE02", "note"),
    Case("accent in note", _claim(note="NAÏVE"), Fault.CHARACTER, "NTE02", "note"),
    Case("other payers", _claim(other_payer_count=1), Fault.NO_PLACE, "SBR01", "other_payer_count"),
    Case("bill type", _claim(bill_type="131"), Fault.NO_PLACE, "CLM05-1", "bill_type"),
    Case("statement", _claim(statement_from=_BAD_DAY), Fault.NO_PLACE, "DTP03", "statement_from"),
    Case("component separator in reference", _claim(prior_auth="PA:1"), Fault.DELIMITER, "REF02", "prior_auth"),
    Case("no parties", lambda made: made.own.clear(), Fault.PARTY, "NM103", "claim_key"),
    Case("no lines", lambda made: made.lines.clear(), Fault.MISSING, "LX01", "lines"),
    Case("fifty-one lines", lambda made: made.lines.extend(made.lines[0] | {"line_ordinal": n} for n in range(10, 60)), Fault.TOO_MANY, "LX01", "lines"),
    Case("gap in line numbers", _line(line_number=2), Fault.CONTRADICTS, "LX01", "line_number", 1),
    Case("no code", _line(hcpcs_code=None), Fault.MISSING, "SV101-2", "hcpcs_code", 1),
    Case("code in small letters", _line(hcpcs_code="j1745"), Fault.CHARACTER, "SV101-2", "hcpcs_code", 1),
    Case("qualifier unknown", _line(code_qualifier="N4"), Fault.CODE, "SV101-1", "code_qualifier", 1),
    Case("five modifiers", _line(modifiers=["JZ"] * 5), Fault.TOO_MANY, "SV101-3", "modifiers", 1),
    Case("long modifier", _line(modifiers=["JZZ"]), Fault.LENGTH, "SV101-3", "modifiers", 1),
    Case("blank modifier", _line(modifiers=[""]), Fault.MISSING, "SV101-3", "modifiers", 1),
    Case("long description", _line(description=_TOO_LONG), Fault.LENGTH, "SV101-7", "description", 1),
    Case("no units", _line(billed_units=None), Fault.MISSING, "SV104", "billed_units", 1),
    Case("negative units", _line(billed_units=Decimal(-1)), Fault.NUMBER, "SV104", "billed_units", 1),
    Case("nine digits of units", _line(billed_units=Decimal("999999.125")), Fault.NUMBER, "SV104", "billed_units", 1),
    Case("no unit", _line(unit_basis=None), Fault.MISSING, "SV103", "unit_basis", 1),
    Case("days as unit", _line(unit_basis="DA"), Fault.CODE, "SV103", "unit_basis", 1),
    Case("place of line in words", _line(place_of_service="X1"), Fault.CODE, "SV105", "place_of_service", 1),
    Case("no pointer", _line(diagnoses=[]), Fault.MISSING, "SV107-1", "diagnoses", 1),
    Case("pointer to nothing", _line(diagnoses=["A000"]), Fault.CONTRADICTS, "SV107-1", "diagnoses", 1),
    Case("five pointers", _line(diagnoses=["K5090"] * 5), Fault.TOO_MANY, "SV107-1", "diagnoses", 1),
    Case("no service date", _line(service_date=None), Fault.MISSING, "DTP03", "service_date", 1),
    Case("days reversed", _line(service_date_to=date(2020, 1, 1)), Fault.DAYS, "DTP03", "service_date", 1),
    Case("long control", _line(line_control="L" * 31), Fault.LENGTH, "REF02", "line_control", 1),
    Case("revenue code", _line(revenue_code="0636"), Fault.NO_PLACE, "SV201", "revenue_code", 1),
    Case("drug of ten digits", _line(ndc_given="0006302602", ndc11=None), Fault.MISSING, "LIN03", "ndc11", 1),
    Case("drug without quantity", _line(ndc_quantity=None), Fault.MISSING, "CTP04", "ndc_quantity", 1),
    Case("drug without unit", _line(ndc_unit=None), Fault.MISSING, "CTP05-1", "ndc_unit", 1),
    Case("drug in milligrams", _line(ndc_unit="MG"), Fault.CODE, "CTP05-1", "ndc_unit", 1),
    Case("two drugs", _line(ndc_count=2), Fault.TOO_MANY, "LIN03", "ndc_count", 1),
    Case("quantity without drug", _line(ndc_given=None, ndc11=None, ndc_count=0), Fault.MISSING, "LIN03", "ndc11", 1),
    Case("ordering NPI wrong", _line(ordering_npi="1"), Fault.NPI, "NM109", "ordering_npi", 1),
    Case("no last name", _person(last_name=""), Fault.MISSING, "NM103", "subscriber: last_name"),
    Case("long first name", _person(first_name="A" * 36), Fault.LENGTH, "NM104", "subscriber: first_name"),
    Case("accent in name", _person(first_name="ÉLISE"), Fault.CHARACTER, "NM104", "subscriber: first_name"),
    Case("separator in name", _person(last_name="ASH*GROVE"), Fault.DELIMITER, "NM103", "subscriber: last_name"),
    Case("no address", _subscriber(address=None), Fault.MISSING, "N301", "subscriber: address"),
    Case("ZIP of four", _subscriber(address=Address("1 LANE", "DECATUR", "GA", "3003")), Fault.LENGTH, "N403", "subscriber: zip_code"),
    Case("state in small letters", _subscriber(address=Address("1 LANE", "DECATUR", "Ga", "30030")), Fault.CHARACTER, "N402", "subscriber: state"),
    Case("relation unknown", _own(lambda own: replace(own, patient=Patient(own.subscriber.name, own.subscriber.address or _BOX, "18"))), Fault.CODE, "PAT01", "patient: relation"),
    Case("why secondary unknown", _subscriber(medicare_secondary="99"), Fault.CODE, "SBR05", "subscriber: medicare_secondary"),
    Case("assignment unknown", _own(lambda own: replace(own, agreements=replace(own.agreements, assignment="P"))), Fault.CODE, "CLM07", "agreements: assignment"),
    Case("billing in a box", _provider(BILLING[0], address=_BOX), Fault.CODE, "N301", "billing provider: street"),
    Case("billing without address", _provider(BILLING[0], address=None), Fault.MISSING, "N301", "billing provider: street"),
    Case("billing ZIP of five", _provider(BILLING[0], address=_SHORT_ZIP), Fault.CODE, "N403", "billing provider: zip_code"),
    Case("no tax id", _provider(BILLING[0], tax_id=None), Fault.MISSING, "REF02", "billing provider: tax_id"),
    Case("tax id with a hyphen", _provider(BILLING[0], tax_id="58-000000"), Fault.CODE, "REF02", "billing provider: tax_id"),
    Case("attending missing", _own(lambda own: replace(own, attending_npi=None)), Fault.MISSING, "NM109", "attending_npi", claim_type="I"),
    Case("no admission", _own(lambda own: replace(own, admission=None)), Fault.MISSING, "CL101", "admission: kind", claim_type="I"),
    Case("no bill type", _claim(bill_type=None), Fault.MISSING, "CLM05-1", "bill_type", claim_type="I"),
    Case("bill type of two", _claim(bill_type="13"), Fault.LENGTH, "CLM05-1", "bill_type", claim_type="I"),
    Case("frequencies differ", _claim(bill_type="131", frequency="8"), Fault.CONTRADICTS, "CLM05-3", "frequency", claim_type="I"),
    Case("no statement", _claim(statement_from=None), Fault.MISSING, "DTP03", "statement_from", claim_type="I"),
    Case("no end of statement", _claim(statement_to=None), Fault.MISSING, "DTP03", "statement_from", claim_type="I"),
    Case("weight", _claim(weight=Decimal(70)), Fault.NO_PLACE, "PAT08", "weight", claim_type="I"),
    Case("place", _claim(place_of_service="22"), Fault.NO_PLACE, "CLM05-1", "place_of_service", claim_type="I"),
    Case("supervised", _claim(supervising_npi=PEOPLE[0]), Fault.NO_PLACE, "NM109", "supervising_npi", claim_type="I"),
    Case("no revenue code", _line(revenue_code=None), Fault.MISSING, "SV201", "revenue_code", 1, "I"),
    Case("revenue code of three", _line(revenue_code="636"), Fault.LENGTH, "SV201", "revenue_code", 1, "I"),
    Case("minutes", _line(unit_basis="MJ"), Fault.CODE, "SV204", "unit_basis", 1, "I"),
    Case("pointers", _line(diagnoses=["K5090"]), Fault.NO_PLACE, "SV107", "diagnoses", 1, "I"),
    Case("ordered", _line(ordering_npi=PEOPLE[0]), Fault.NO_PLACE, "NM109", "ordering_npi", 1, "I"),
    Case("authorized line", _line(prior_auth="PA1"), Fault.NO_PLACE, "REF02", "prior_auth", 1, "I"),
    Case("a UPC", _line(ndc_qualifier="UP"), Fault.CODE, "LIN02", "ndc_qualifier", 1, "I"),
    Case("a group renders", _claim(rendering_npi=GROUPS[0]), Fault.CODE, "NM102", "rendering provider: name", claim_type="I"),
    Case("a social security number", _provider(BILLING[0], tax_id_kind=TaxIdKind.SOCIAL_SECURITY), Fault.CODE, "REF01", "billing provider: tax_id_kind", claim_type="I"),
    Case("a person bills", _provider(BILLING[0], name=Person("PHYSICIAN")), Fault.CODE, "NM102", "billing provider: name", claim_type="I"),
    Case("why secondary", _subscriber(medicare_secondary="12"), Fault.NO_PLACE, "SBR05", "subscriber: medicare_secondary", claim_type="I"),
]  # fmt: skip


@pytest.mark.parametrize("case", _CASES, ids=lambda case: f"{case.claim_type} {case.name}")
def test_a_bad_claim_is_refused_by_name(case: Case) -> None:
    made = sound_claim(case.claim_type)
    assert write(made).claim_keys == (0,), "the claim is sound before it is changed"
    identifier = made.claims[0]["claim_id"]
    case.change(made)
    written = write(made)
    assert (written.content, written.claim_keys, written.next_controls) == (b"", (), CONTROLS)
    fault = only_fault(written)
    assert (fault["fault"], fault["element"], fault["lost"], fault["row"]) == (case.fault, case.element, "claim", 1)
    assert fault["segment"] == case.element.split("-")[0][:-2]
    where = f", line {case.line}" if case.line else ""
    who = made.claims[0]["claim_id"] or "in row 1"
    assert fault["message"] == (
        f"claim {who}{where}: {case.element} ({case.field}): {case.fault.replace('-', ' ')}; expected {fault['expected']}."
    )
    _shows_no_patient(made, fault, str(identifier))


def _shows_no_patient(made: MadeUp, fault: Row, identifier: str) -> None:
    assert fault["value"] is None
    shown = str(fault).replace(identifier, "")
    for own in made.own.values():
        name, address = own.subscriber.name, own.subscriber.address
        private = [name.last_name, name.first_name, own.subscriber.member_id, address and address.street]
        assert not [text for text in private if text and len(text) > 2 and text in shown]
    assert not [day for day in (made.claims[0]["birth_date"],) if day and str(day) in shown]


def test_columns_may_be_left_out_on_purpose() -> None:
    made = sound_claim("I")
    made.claims[0]["weight"] = Decimal(70)
    made.lines[0]["diagnoses"] = ["K5090"]
    plain = write(sound_claim("I")).content
    without = write_837(
        made.tables(), made.parties(), EXCHANGE, CONTROLS, without={"weight", "line.diagnoses"}
    )  # fmt: skip
    assert without.content == plain


# Misuse


def _misused(
    made: MadeUp | None = None, parties: Parties | None = None, exchange: Exchange = EXCHANGE, **more: Any
) -> str:
    made = made or sound_claim("P")
    with pytest.raises(InvalidValue) as told:
        write_837(made.tables(), parties or made.parties(), exchange, CONTROLS, **more)
    return str(told.value)


@pytest.mark.parametrize(
    ("submitter", "told"),
    [
        (Submitter(Organization(""), "1234", telephone="4045550100"), "NM103 (submitter: name)"),
        (Submitter(Organization("A"), "1", telephone="4045550100"), "NM109 (submitter: number)"),
        (Submitter(Organization("A"), "1234"), "PER04 (submitter: telephone): value missing"),
        (Submitter(Organization("A"), "1234", telephone="404-555-0100"), "PER04 (submitter: telephone)"),
        (Submitter(Organization("A"), "1234", email="desk@example.org"), "PER04 (submitter: email): character"),
    ],
)
def test_an_envelope_that_cannot_be_written_is_misuse(submitter: Submitter, told: str) -> None:
    parties = replace(sound_claim("P").parties(), submitter=submitter)
    assert told in _misused(parties=parties)


def test_the_extended_set_has_addresses_of_mail() -> None:
    made = sound_claim("P")
    parties = replace(made.parties(), submitter=Submitter(Person("Desk", "Front"), "1234", email="desk@example.org"))
    form = Form(characters=CharacterSet.EXTENDED)
    content = write_837(made.tables(), parties, EXCHANGE, CONTROLS, form=form).content
    assert b"NM1*41*1*Desk*Front****46*1234~PER*IC**EM*desk@example.org~" in content


def test_other_misuse_is_told() -> None:
    receiver = replace(sound_claim("P").parties(), receiver=Receiver("A" * 61, "1234"))
    assert "NM103 (receiver: name)" in _misused(parties=receiver)
    assert "ISA06 (exchange: sender_id)" in _misused(exchange=replace(EXCHANGE, sender_id="S" * 16))
    assert "ISA07 (exchange: receiver_qualifier)" in _misused(exchange=replace(EXCHANGE, receiver_qualifier="XX"))
    assert "GS03 (exchange: group_receiver)" in _misused(exchange=replace(EXCHANGE, group_receiver="R"))
    assert "'nothing' is no column" in _misused(without={"nothing"})
    assert "'claim_type' is no column" in _misused(without={"claim_type"})


def test_tables_that_do_not_fit_are_misuse() -> None:
    made = sound_claim("P")
    made.lines.append(made.lines[0] | {"claim_key": 99})
    assert "claim_key that no claim has" in _misused(made)
    made.lines = [made.lines[0], dict(made.lines[0])]
    assert "line_ordinal repeats" in _misused(made)
    made.claims.append(dict(made.claims[0]))
    assert "claim_key repeats" in _misused(made)
    tables = replace(sound_claim("P").tables(), claim=pa.table({"claim_key": [0]}))
    with pytest.raises(InvalidValue, match="claim table: expected the columns"):
        write_837(tables, made.parties(), EXCHANGE, CONTROLS)


@pytest.mark.parametrize("mark", ["", "**", "A", "1", " ", ".", "-", "é"])
def test_what_cannot_separate_is_refused(mark: str) -> None:
    with pytest.raises(InvalidValue, match="separators: element must be"):
        Separators(element=mark)


def test_forms_and_numbers_out_of_range_are_refused() -> None:
    for wrong in (
        lambda: Separators(element=":"), lambda: Form(line_end="\r"), lambda: Form(longest_claim_id=39),
        lambda: Form(claims_per_transaction=0), lambda: ControlNumbers(0, 1), lambda: ControlNumbers(1, 10**9),
        lambda: Form(Separators(terminator="\n"), line_end="\n"),
    ):  # fmt: skip
        with pytest.raises(InvalidValue):
            wrong()


def test_no_claims_give_no_file() -> None:
    written = write(MadeUp())
    assert (written.content, written.claim_keys, written.next_controls) == (b"", (), CONTROLS)


def test_a_traceback_shows_no_person() -> None:
    own = make_claims(1, 1, "P").own[0]
    name = own.subscriber.name.last_name
    assert name not in repr(own)
    assert name not in repr(own.subscriber)
    assert "MADE UP CLINIC" in repr(Provider(Organization("MADE UP CLINIC")))


def test_every_fault_has_a_case() -> None:
    assert {case.fault for case in _CASES} == set(Fault)
