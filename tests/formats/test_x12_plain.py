"""What both 837P readers make of a file written by hand, and of everything that can be wrong with it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.claims.tables import ClaimTables, claim_key, file_key
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.x12.reader import read_837
from tests.formats.x12_cases import CASES, CLAIM_2, OTHER_ISA, REFUSED, Case, changed, interchange, x12
from tests.formats.x12_compare import joined
from tests.oracles.x12.plain import EnvelopeCount, count_837, read_837_plain

Reader = Callable[[bytes], ClaimTables]
_NAME = "march.837"


def read_plain(data: bytes) -> ClaimTables:
    return read_837_plain(data, name=_NAME, file_hash=hashlib.sha256(data).hexdigest())


def read_columnar(data: bytes) -> ClaimTables:
    return joined(list(read_837(io.BytesIO(data), name=_NAME, file_hash=hashlib.sha256(data).hexdigest())))


@pytest.fixture(params=[read_plain, read_columnar], ids=["plain", "columnar"])
def read(request: pytest.FixtureRequest) -> Reader:
    reader: Reader = request.param
    return reader


def test_every_value_of_a_claim(read: Reader) -> None:
    extra = (
        "REF*G1*PA1\nREF*G1*PA2\nREF*F8*ICN1\nREF*9F*R1\nNTE*ADD*first note\nNTE*ADD*second"
        "\nHI*BG:30*BG:07\nHI*BP:33010\nNM1*DN*1*ROE*****XX*1111111112\nNM1*82*1*ROE*****XX*1222222224\nPRV*PE*PXC*207R"
        "\nNM1*77*2*SITE*****XX*1333333336\nNM1*DQ*1*ROE*****XX*1444444448\nSBR*S*18*******CI\nAMT*D*10.5\nAMT*EAF*3"
        "\nNM1*PR*2*OTHER*****PI*9\nREF*F8*NOT THIS\nSBR*T*18*******CI\nAMT*D*-.25"
    )
    data = changed("HI*ABF:Z5111*ABK:K5090", f"HI*ABF:Z5111*ABK:K5090\n{extra}")
    tables = read(data)
    key = claim_key(file_key(hashlib.sha256(data).hexdigest()), 0)
    assert tables.fault.to_pylist() == []
    assert tables.claim.to_pylist()[0] == {
        "claim_key": key, "claim_id": "A1", "source_file": _NAME, "segment_number": 13,
        "created_on": date(2026, 3, 15), "claim_type": "P",
        "complete": True, "lines_complete": True, "payer_id": "00431", "payer_program": "medicare_b", "claim_filing": "MB",
        "payer_sequence": "P", "frequency": "1", "original_reference": "ICN1",
        "patient_key": hashlib.blake2b(b"00431|M1|1960-02-29|ALMA", digest_size=8).hexdigest(),
        "birth_date": date(1960, 2, 29), "sex": "F", "weight": Decimal("154.5"), "place_of_service": "11",
        "bill_type": None, "billing_npi": "1234567893", "billing_taxonomy": "207RX0202X",
        "rendering_npi": "1222222224", "rendering_taxonomy": "207R", "referring_npi": "1111111112",
        "supervising_npi": "1444444448", "facility_npi": "1333333336", "prior_auth": "PA1", "referral": "R1",
        "note": "first note | second", "diagnosis_code_set": "icd10", "diagnoses": ["K5090", "Z5111"],
        "condition_codes": ["30", "07"], "statement_from": None, "statement_to": None,
        "total_charge": Decimal("1541.64"), "other_payer_count": 2, "other_payer_paid": Decimal("10.25"),
        "known_absent": None, "unreadable": None,
    }  # fmt: skip


def test_every_value_of_a_line(read: Reader) -> None:
    extra = (
        "REF*6R*L1\nREF*G1*PA9\nNTE*ADD*one\nNTE*ADD*two\nLIN**N4*0517-0031-25\nCTP****2.5*ML\nREF*VY*77\nLIN**N4*1"
        "\nCTP****9*GR"
        "\nREF*XZ*78\nNM1*82*1*ROE*****XX*1222222224\nREF*6R*NOT THIS\nNM1*DK*1*ROE*****XX*1555555550"
        "\nSVD*1*2\nDTP*472*D8*20200101"
    )
    line = "SV1*HC:J3490:JZ: :59::made up*1241.64*UN*0.125*12**2:1\nDTP*472*RD8*20260315-20260317"
    old = "SV1*HC:J1745:JZ*1241.64*UN*40***2:1\nDTP*472*D8*20260315\nLIN**N4*57894003001\nCTP****4*UN"
    data = changed(old, f"{line}\n{extra}")
    tables = read(data)
    told = [(fault["fault"], fault["segment"]) for fault in tables.fault.to_pylist()]
    assert told == [("segment-misplaced", "REF"), ("segment-misplaced", "DTP"), ("segment-repeated", "DTP")]
    assert tables.line.to_pylist()[0] == {
        "claim_key": claim_key(file_key(hashlib.sha256(data).hexdigest()), 0), "line_ordinal": 1,
        "line_number": 1, "segment_number": 15, "line_control": "L1", "code_qualifier": "HC",
        "hcpcs_code": "J3490", "modifiers": ["JZ", "59"], "description": "made up",
        "charge_amount": Decimal("1241.64"), "unit_basis": "UN", "billed_units": Decimal("0.125"),
        "place_of_service": "12", "service_date": date(2026, 3, 15), "service_date_to": date(2026, 3, 17),
        "revenue_code": None, "diagnoses": ["Z5111", "K5090"], "ndc_qualifier": "N4",
        "ndc_given": "0517-0031-25", "ndc11": "00517003125", "ndc_quantity": Decimal("2.5"), "ndc_unit": "ML",
        "ndc_count": 2, "ndc_link": "77", "prior_auth": "PA9", "note": "one | two",
        "rendering_npi": "1222222224", "ordering_npi": "1555555550", "known_absent": None, "unreadable": None,
    }  # fmt: skip


def test_the_patient_is_the_dependent_and_the_member_the_subscriber(read: Reader) -> None:
    dependent = "HL*3*2*23*0\nPAT*19\nNM1*QC*1*DOE*Bea\nDMG*D8*20150101*U\nCLM*B1*1"
    claims = read(changed(CLAIM_2, f"{dependent}\nHL*4*1*22*0\nNM1*IL*1*ROE\nCLM*C1*1")).claim.to_pylist()
    told = [(claim["claim_id"], claim["birth_date"], claim["sex"], claim["weight"]) for claim in claims]
    assert told == [
        ("A1", date(1960, 2, 29), "F", Decimal("154.5")),
        ("B1", date(2015, 1, 1), "U", None),
        ("C1", None, None, None),
    ]
    keys = [claim["patient_key"] for claim in claims]
    assert keys[1] == hashlib.blake2b(b"00431|M1|2015-01-01|BEA", digest_size=8).hexdigest()
    assert keys[2] is None


def _told(tables: ClaimTables) -> list[str]:
    return [
        " ".join(part for part in (
            fault["fault"],
            f"{fault['segment'] or '?'}@{fault['segment_number']}" if fault["segment_number"] else "",
            (fault["element"] or "") + (f"={fault['value']}" if fault["value"] else ""),
        ) if part)
        for fault in tables.fault.to_pylist()
    ]  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_fault_is_told_and_the_rest_is_kept(read: Reader, case: Case) -> None:
    tables = read(case.data)
    assert sorted(_told(tables)) == sorted(case.faults)
    assert tables.claim["claim_id"].to_pylist() == case.claims
    assert tables.line.num_rows == case.lines


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_a_file_without_interchange_is_refused_by_name(read: Reader, data: bytes) -> None:
    with pytest.raises(UnreadableInput, match=rf"{_NAME}.*ISA"):
        read(data)


def test_only_the_claim_that_is_cut_is_incomplete(read: Reader) -> None:
    data = x12(interchange())
    cut = read(data[: data.index(b"DTP", data.index(b"96413"))])
    assert cut.claim["complete"].to_pylist() == [True, False]


def test_a_cut_transaction_leaves_the_next_interchange_whole(read: Reader) -> None:
    data = x12(interchange())
    both = read(data[: data.index(b"~\nSE") + 2] + x12(interchange(header=OTHER_ISA)))
    assert both.claim["complete"].to_pylist() == [True, False, True, True]
    assert [told.split()[0] for told in _told(both)] == ["ge-missing", "iea-missing", "se-missing"]


def test_a_lost_value_is_null_and_its_line_kept(read: Reader) -> None:
    lines = read(changed("UN*40***2:1", "UN*forty***9").replace(b"D8*20260315", b"D8*2026", 1)).line.to_pylist()
    columns = ("billed_units", "service_date", "service_date_to", "diagnoses", "charge_amount", "hcpcs_code")
    assert [lines[0][name] for name in columns] == [None, None, None, None, Decimal("1241.64"), "J1745"]
    assert lines[0]["unreadable"] == ["billed_units", "diagnoses", "service_date", "service_date_to"]
    assert not {"billed_units", "service_date", "service_date_to"} & set(lines[0]["known_absent"])


def test_a_line_without_service_holds_nulls(read: Reader) -> None:
    line = read(changed("LX*1\n", "LX*7\nLX*2\n")).line.to_pylist()[0]
    given = {name: value for name, value in line.items() if value is not None and name != "claim_key"}
    assert given == {"line_ordinal": 1, "line_number": 7, "segment_number": 15, "ndc_count": 0}


def test_faults_name_their_place_and_cost(read: Reader) -> None:
    fault = read(changed("UN*40", "UN*forty")).fault.to_pylist()[0]
    assert fault.pop("message")
    assert fault.pop("expected")
    assert fault == {
        "source_file": _NAME, "fault": "number-invalid", "lost": "value", "interchange": "000000001",
        "transaction": "0001", "segment_number": 16, "segment": "SV1", "element": "SV104", "row": None,
        "value": "forty",
    }  # fmt: skip


def test_envelopes_are_counted_by_their_headers() -> None:
    data = x12(interchange()) + x12(interchange(header=OTHER_ISA))
    assert count_837(data) == EnvelopeCount(interchanges=2, groups=2, transactions=2, segments=54)
