"""The columnar 837P reader: files written by hand, section by section of docs/x12-reading.md, expectations by hand."""

from __future__ import annotations

import hashlib
import io
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from cleanclaim.claims.tables import ADMINISTRATION, CLAIM, FAULT, LINE, claim_key, file_key
from cleanclaim.errors import UnreadableInput
from cleanclaim.formats.x12 import decode as x12_decode
from cleanclaim.formats.x12.envelope import Envelope
from cleanclaim.formats.x12.reader import read_837
from cleanclaim.formats.x12.segments import PADDING, Spans

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260315*1200*^*00501*000000001*0*P*:"
GS = "GS*HC*SENDER*RECEIVER*20260315*1200*1*X*005010X222A1"
BILLING = ["HL*1**20*1", "PRV*BI*PXC*261QI0500X", "NM1*85*2*CLINIC*****XX*1234567893", "N3*1 ROAD"]
SUBSCRIBER = [
    "HL*2*1*22*0", "SBR*P*18*G1******MB", "NM1*IL*1*DOE*Jane****MI*M123", "DMG*D8*19500607*F", "NM1*PR*2*PLAN*****PI*00431",
]  # fmt: skip
CLAIM_A = ["CLM*A1*150.5***11:B:1*Y*A*Y*Y", "HI*ABK:K5090*ABF:Z7962"]
LINE_1 = ["LX*1", "SV1*HC:J1745:JZ*100.5*UN*40***1:2", "DTP*472*D8*20260310"]
LINE_2 = ["LX*2", "SV1*HC:96413*50*UN*1***1", "DTP*472*RD8*20260310-20260311"]
ONE_CLAIM = [*BILLING, *SUBSCRIBER, *CLAIM_A, *LINE_1, *LINE_2]

FILE_HASH = "8000000180000000" + 48 * "0"
Rows = list[dict[str, Any]]


def transaction(body: list[str], control: str = "0001", version: str = "005010X222A1") -> list[str]:
    return [f"ST*837*{control}*{version}", "BHT*0019*00*1*20260315*1200*CH", *body, f"SE*{len(body) + 3}*{control}"]


def interchange(*transactions: list[str], isa: str = ISA, gs: str = GS) -> list[str]:
    inside = [segment for one in transactions for segment in one]
    control = isa.split("*")[13]
    return [isa, gs, *inside, f"GE*{len(transactions)}*{gs.split('*')[6]}", f"IEA*1*{control}"]


def file_of(body: list[str], end: str = "~\n") -> bytes:
    return "".join(segment + end for segment in interchange(transaction(body))).encode()


def text_of(segments: list[str], end: str = "~") -> bytes:
    return "".join(segment + end for segment in segments).encode()


class Read:
    """The tables of a file as rows, checked against the published schemas on the way."""

    def __init__(self, raw: bytes, chunk_bytes: int = 1 << 20) -> None:
        reader = read_837(io.BytesIO(raw), name="made-up.837", file_hash=FILE_HASH, chunk_bytes=chunk_bytes)
        tables = list(reader)
        self.envelope = reader.envelope
        self.parts = len(tables)
        for one in tables:
            assert one.administration.schema == ADMINISTRATION.arrow()
            assert one.administration.num_rows == 0
        self.claims = self._rows([one.claim for one in tables], CLAIM.arrow())
        self.lines = self._rows([one.line for one in tables], LINE.arrow())
        self.all_faults = self._rows([one.fault for one in tables], FAULT.arrow())

    @staticmethod
    def _rows(tables: list[pa.Table], schema: pa.Schema) -> Rows:
        whole = pa.concat_tables(tables)
        whole.validate(full=True)
        assert whole.schema == schema
        return whole.to_pylist()

    @property
    def faults(self) -> list[tuple[Any, ...]]:
        names = ("fault", "lost", "segment_number", "element", "value")
        return [tuple(row[name] for name in names) for row in self.all_faults]

    @property
    def content(self) -> tuple[Rows, Rows, Rows, Envelope]:
        return self.claims, self.lines, self.all_faults, self.envelope


# -- 1. Bytes to segments ------------------------------------------------------------------------------------------


def test_one_claim_gives_every_value() -> None:
    read = Read(file_of(ONE_CLAIM))
    assert read.faults == []
    assert read.envelope == Envelope(interchanges=1, groups=1, transactions=1, segments=24)
    key = claim_key(file_key(FILE_HASH), 0)
    assert key == 0x100000003 << 30
    digest = hashlib.blake2b(b"00431|M123|1950-06-07|JANE", digest_size=8).hexdigest()
    claim = {name: value for name, value in read.claims[0].items() if value is not None}
    assert claim == {
        "claim_key": key, "claim_id": "A1", "source_file": "made-up.837", "segment_number": 14, "created_on": date(2026, 3, 15), "claim_type": "P",
        "complete": True, "lines_complete": True, "payer_id": "00431", "payer_program": "medicare_b", "claim_filing": "MB", "payer_sequence": "P",
        "frequency": "1", "patient_key": digest, "birth_date": date(1950, 6, 7), "sex": "F", "place_of_service": "11",
        "billing_npi": "1234567893", "billing_taxonomy": "261QI0500X", "diagnosis_code_set": "icd10",
        "diagnoses": ["K5090", "Z7962"], "condition_codes": [], "total_charge": Decimal("150.50"), "other_payer_count": 0,
    }  # fmt: skip
    first, second = ({name: value for name, value in line.items() if value is not None} for line in read.lines)
    assert first == {
        "claim_key": key, "line_ordinal": 1, "line_number": 1, "segment_number": 16, "code_qualifier": "HC",
        "hcpcs_code": "J1745", "modifiers": ["JZ"], "charge_amount": Decimal("100.50"), "unit_basis": "UN",
        "billed_units": Decimal("40.000"), "service_date": date(2026, 3, 10), "service_date_to": date(2026, 3, 10),
        "diagnoses": ["K5090", "Z7962"], "ndc_count": 0,
    }  # fmt: skip
    assert (second["line_ordinal"], second["modifiers"], second["diagnoses"]) == (2, [], ["K5090"])
    assert (second["service_date"], second["service_date_to"]) == (date(2026, 3, 10), date(2026, 3, 11))


@pytest.mark.parametrize("end", ["~", "~\n", "~\r\n", "~ \r\n\r\n", "\n", "\r\n", "\r", "'", "\x1c"])
def test_any_terminator_and_line_end_give_the_same_tables(end: str) -> None:
    usual = Read(text_of(interchange(transaction(ONE_CLAIM))))
    other = Read(text_of(interchange(transaction(ONE_CLAIM)), end))
    assert other.content == usual.content
    assert other.faults == []


def test_each_interchange_has_its_own_delimiters() -> None:
    first = text_of(interchange(transaction(ONE_CLAIM)))
    second = text_of(
        interchange(transaction([s.replace("A1", "B1") for s in ONE_CLAIM]), isa=ISA.replace("001*0", "002*0"))
    )
    second = second.replace(b"*", b"|").replace(b":", b">").replace(b"~", b"\n")
    read = Read(first + b"\n" + second)
    assert [claim["claim_id"] for claim in read.claims] == ["A1", "B1"]
    assert [claim["segment_number"] for claim in read.claims] == [14, 38]
    assert [line["modifiers"] for line in read.lines] == [["JZ"], [], ["JZ"], []]
    assert (read.faults, read.envelope.interchanges) == ([], 2)


def test_a_new_header_ends_an_open_interchange() -> None:
    cut = text_of(interchange(transaction(ONE_CLAIM))[:-3])
    read = Read(cut + text_of(interchange(transaction(ONE_CLAIM), isa=ISA.replace("001*0", "002*0"))))
    assert [claim["complete"] for claim in read.claims] == [False, True]
    assert [(row["fault"], row["segment_number"], row["interchange"], row["transaction"]) for row in read.all_faults] == [
        ("ge-missing", 22, "000000001", None), ("iea-missing", 22, "000000001", None), ("se-missing", 22, "000000001", "0001"),
    ]  # fmt: skip


def test_text_outside_and_an_unreadable_header_are_told_and_the_rest_is_read() -> None:
    good = text_of(interchange(transaction(ONE_CLAIM)))
    bad = b"ISA*00*nothing of a header~GS*HC~CLM*LOST*1~"
    other = text_of(interchange(transaction(ONE_CLAIM), isa=ISA.replace("001*0", "002*0")))
    read = Read(b"\xef\xbb\xbf" + b"Mail follows\n" + good + b" \r\n" + bad + other + b"trailing")
    assert [(name, lost, number) for name, lost, number, *_ in read.faults] == [
        ("byte-order-mark", "nothing", None), ("text-outside-interchange", "interchange", None),
        ("isa-unreadable", "interchange", None), ("text-outside-interchange", "interchange", None),
    ]  # fmt: skip
    assert [claim["segment_number"] for claim in read.claims] == [14, 38]


def test_windows_1252_is_read_and_told_once_for_each_interchange() -> None:
    body = [*BILLING, *SUBSCRIBER, *CLAIM_A, "NTE*ADD*Cl\xednica \u20ac", "NTE*ADD*\xf1", *LINE_1]
    raw = b"".join((s + "~").encode("cp1252") for s in interchange(transaction(body)))
    utf8 = "".join(s + "~" for s in interchange(transaction(body))).encode()
    read = Read(raw)
    assert read.claims[0]["note"] == "Cl\xednica \u20ac | \xf1"
    assert read.faults == [("not-utf8", "nothing", 16, None, None)]
    assert read.lines[0]["hcpcs_code"] == "J1745"
    assert Read(utf8).faults == []


def test_control_characters_are_told_by_segment_and_stay() -> None:
    body = [*BILLING, *SUBSCRIBER, *CLAIM_A, "REF*G1*A\tB", "N3*x\ny", "NTE*ADD*\x00", *LINE_1]
    read = Read(file_of(body, "~\r\n"))
    assert [fault[:3] for fault in read.faults] == [("control-character", "nothing", n) for n in (16, 17, 18)]
    assert (read.claims[0]["prior_auth"], read.claims[0]["note"]) == ("A\tB", "\x00")


def test_a_file_cut_in_a_segment_loses_that_segment_only() -> None:
    raw = file_of(ONE_CLAIM, "~")
    read = Read(raw[: raw.index(b"DTP*472*RD8") + 15])
    assert read.faults[-1][:3] == ("segment-unterminated", "segment", 21)
    assert [fault[0] for fault in read.faults] == ["ge-missing", "iea-missing", "se-missing", "segment-unterminated"]
    assert (read.claims[0]["complete"], read.lines[1]["hcpcs_code"], read.lines[1]["service_date"]) == (
        False,
        "96413",
        None,
    )


def test_the_last_terminator_may_be_missing() -> None:
    raw = file_of(ONE_CLAIM, "~")
    assert Read(raw[:-1]).content == Read(raw[:-1] + b"\r\n").content == Read(raw).content
    assert Read(raw[:-1]).faults == []


@pytest.mark.parametrize(
    ("raw", "look"),
    [
        (b"", "empty"), (b" \r\n", "empty"), (b"%PDF-1.7 ...", "PDF"), (b"<html>", "HTML"), (b"GS*HC*A~", "without its interchange"),
        ("ISA*00*".encode("utf-16"), "UTF-16"), (b"I\0S\0A\0*\0", "UTF-16"), (b"claim,line\n1,2", "text"), (b"\x80\x01\x02", "binary"),
    ],
)  # fmt: skip
def test_a_file_without_interchange_is_refused(raw: bytes, look: str) -> None:
    with pytest.raises(UnreadableInput, match=f"made-up.837: .*{look}.*ISA"):
        Read(raw)


# -- 2. Envelope ---------------------------------------------------------------------------------------------------


def test_counts_and_control_numbers_are_compared() -> None:
    segments = interchange(transaction(ONE_CLAIM))
    segments[-3:] = ["SE*99*2", "GE*x*2", "IEA*7*1"]
    assert Read(text_of(segments)).faults == [
        ("control-number-mismatch", "nothing", 22, "SE02", "2"), ("segment-count-mismatch", "nothing", 22, "SE01", "99"),
        ("control-number-mismatch", "nothing", 23, "GE02", "2"), ("transaction-count-mismatch", "nothing", 23, "GE01", "x"),
        ("control-number-mismatch", "nothing", 24, "IEA02", "1"), ("group-count-mismatch", "nothing", 24, "IEA01", "7"),
    ]  # fmt: skip


def test_other_transactions_are_passed_over_with_their_envelope_checked() -> None:
    remittance = ["ST*835*0002", "HL*1**99", "XYZ*1", "CLM*NOT", "SE*6*0002"]
    segments = interchange(transaction(ONE_CLAIM), remittance, transaction(ONE_CLAIM, "0003", "005010X222A2"))
    read = Read(text_of(segments))
    assert [claim["claim_id"] for claim in read.claims] == ["A1", "A1"]
    assert read.faults == [
        ("transaction-type", "transaction", 23, "ST01", "835"), ("segment-count-mismatch", "nothing", 27, "SE01", "6"),
        ("version-mismatch", "nothing", 28, "ST03", "005010X222A2"),
    ]  # fmt: skip


def test_segments_outside_a_transaction_are_told_once_for_each_run() -> None:
    segments = [ISA, "CLM*X", "REF*G1*1", "SE*1*1", GS, "CLM*Y", *transaction(ONE_CLAIM), "GE*1*1", "IEA*1*000000001"]
    assert [fault[:3] for fault in Read(text_of(segments)).faults] == [
        ("st-missing", "transaction", 2), ("trailer-unexpected", "segment", 4), ("st-missing", "transaction", 6),
    ]  # fmt: skip


def test_an_interchange_sent_twice_is_told_and_kept() -> None:
    read = Read(file_of(ONE_CLAIM) * 2)
    assert len(read.claims) == 2
    assert read.faults == [("interchange-duplicate", "nothing", 25, "ISA13", "000000001")]
    assert len({claim["claim_key"] for claim in read.claims}) == 2


# -- 3. Loops ------------------------------------------------------------------------------------------------------


def test_parties_belong_to_the_levels_above_a_claim() -> None:
    patient = ["HL*3*2*23*0", "PAT*19******01*11.5", "NM1*QC*1*DOE*Tim", "DMG*D8*20200101*M"]
    other_billing = ["HL*4**20*1", "NM1*85*2*OTHER*****XX*1999999999"]
    other_subscriber = ["HL*5*4*22*0", "SBR*S*18*******CI", "NM1*IL*1*ROE*Max****MI*", "NM1*PR*2*PLAN*****PI*7"]
    body = [
        *BILLING, *SUBSCRIBER, "CLM*1*1", *patient, "CLM*2*1", "CLM*3*1", *other_billing, "CLM*4*1", *other_subscriber, "CLM*5*1",
    ]  # fmt: skip
    read = Read(file_of(body))
    names = ("claim_id", "billing_npi", "payer_id", "birth_date", "sex", "weight")
    assert [tuple(claim[name] for name in names) for claim in read.claims] == [
        ("1", "1234567893", "00431", date(1950, 6, 7), "F", None),
        ("2", "1234567893", "00431", date(2020, 1, 1), "M", Decimal("11.500000")),
        ("3", "1234567893", "00431", date(2020, 1, 1), "M", Decimal("11.500000")),
        ("4", "1999999999", None, None, None, None),
        ("5", "1999999999", "7", None, None, None),
    ]
    child = hashlib.blake2b(b"00431|M123|2020-01-01|TIM", digest_size=8).hexdigest()
    assert [claim["patient_key"] for claim in read.claims[1:]] == [child, child, None, None]
    assert [fault[:3] for fault in read.faults] == [("subscriber-missing", "nothing", 23)]


def test_what_other_payers_say_stays_apart() -> None:
    other = [
        "SBR*S*18*******CI",
        "AMT*D*10",
        "AMT*EAF*3",
        "NM1*IL*1*X*Y****MI*ZZZ",
        "NM1*82*1*Z*****XX*1888888888",
        "REF*F8*THEIRS",
    ]
    body = [*BILLING, *SUBSCRIBER, *CLAIM_A, "REF*F8*OURS", *other, "SBR*T", "AMT*D*-.25", *LINE_1, "SBR*P", "AMT*D*99"]
    claim = Read(file_of(body)).claims[0]
    assert (claim["other_payer_count"], claim["other_payer_paid"]) == (2, Decimal("9.75"))
    assert (claim["original_reference"], claim["rendering_npi"], claim["payer_sequence"]) == ("OURS", None, "P")


def test_providers_of_a_claim_and_of_a_line() -> None:
    providers = [
        "NM1*DN*1*A*****XX*1000000001", "PRV*PE*PXC*NOT THIS", "NM1*82*1*B*****24*123456789", "NM1*82*1*B*****XX*1000000002",
        "PRV*PE*PXC*207R", "NM1*77*2*C*****XX*1000000003", "NM1*DQ*1*D*****XX*1000000004",
    ]  # fmt: skip
    inner = [
        "NM1*82*1*E*****XX*1000000005",
        "REF*6R*L1",
        "NM1*DK*1*F*****XX*1000000006",
        "SVD*1*2",
        "DTP*573*D8*20250101",
    ]
    read = Read(file_of([*BILLING, *SUBSCRIBER, *CLAIM_A, *providers, *LINE_1, *inner, *LINE_2]))
    names = ("referring_npi", "rendering_npi", "rendering_taxonomy", "facility_npi", "supervising_npi")
    assert [read.claims[0][name] for name in names] == ["1000000001", "1000000002", "207R", "1000000003", "1000000004"]
    names = ("line_control", "rendering_npi", "ordering_npi")
    assert [[line[name] for name in names] for line in read.lines] == [["L1", "1000000005", "1000000006"], [None] * 3]
    assert read.faults == [
        ("segment-not-used", "segment", 17, None, None),  # the specialty of one who is not the rendering provider
        ("segment-misplaced", "nothing", 27, None, None),  # the line's own number, behind a provider
    ]


def test_the_first_drug_of_a_line_is_taken_and_all_are_counted() -> None:
    drug = ["LIN**N4*57894003001", "CTP****4.5*UN", "REF*XZ*RX1", "LIN**N4*0517-0031-25", "CTP****9*ML", "REF*VY*RX2"]
    other = ["LIN**N4*0517-0031-25", "CTP****.5*ML", "REF*VY*RX3"]
    ean = ["LX*3", "SV1*HC:J3490*1*UN*1", "CTP****1*UN", "LIN**EN*57894003001"]
    read = Read(file_of([*BILLING, *SUBSCRIBER, *CLAIM_A, *LINE_1, *drug, *LINE_2, *other, *ean]))
    names = ("ndc_qualifier", "ndc_given", "ndc11", "ndc_quantity", "ndc_unit", "ndc_count", "ndc_link")
    assert [tuple(line[name] for name in names) for line in read.lines] == [
        ("N4", "57894003001", "57894003001", Decimal("4.500"), "UN", 2, "RX1"),
        ("N4", "0517-0031-25", "00517003125", Decimal("0.500"), "ML", 1, "RX3"),
        ("EN", "57894003001", None, Decimal("1.000"), "UN", 1, None),
    ]
    assert read.faults == [("segment-misplaced", "nothing", 33, None, None)]


def test_health_care_codes_of_several_segments() -> None:
    codes = ["HI*ABF:Z1*BG:30", "HI*ABK:K1*ZZ:9*ABF*BH:11:D8:20260101", "HI*BG:A6"]
    body = [*BILLING, *SUBSCRIBER, "CLM*1*1", *codes, "LX*1", "SV1*HC:J1*1*UN*1***1:2:3:x:0", "CLM*2*1", "HI*BK:4659"]
    read = Read(file_of(body))
    assert (read.claims[0]["diagnoses"], read.claims[0]["condition_codes"]) == (["K1", "Z1"], ["30", "A6"])
    assert [claim["diagnosis_code_set"] for claim in read.claims] == ["icd10", "icd9"]
    assert read.lines[0]["diagnoses"] is None  # three of its pointers lead nowhere
    assert read.faults == [
        ("hi-code-missing", "value", 16, "HI03-2", None), ("hi-qualifier", "value", 16, "HI02-1", "ZZ"),
        ("pointer-invalid", "value", 19, "SV107-3", "3"), ("pointer-invalid", "value", 19, "SV107-4", "x"),
        ("pointer-invalid", "value", 19, "SV107-5", "0"),
    ]  # fmt: skip


def test_lines_without_lx_without_sv1_and_without_a_claim() -> None:
    body = [
        *BILLING, "LX*1", "SV1*HC:LOST*1*UN*1", "DTP*472*D8*bad", *SUBSCRIBER, "CLM*1*1", "SV1*HC:J1*1*UN*1", "SV1*HC:J2*1*UN*1",
        "LX*x", "NTE*ADD*alone", "LX*9", "SV1*HC:J3*1*UN*1",
    ]  # fmt: skip
    read = Read(file_of(body))
    assert [(line["line_number"], line["hcpcs_code"], line["note"]) for line in read.lines] == [
        (1, "J1", None), (2, "J2", None), (3, None, "alone"), (9, "J3", None),
    ]  # fmt: skip
    assert read.lines[2]["modifiers"] is None
    assert [fault[:4] for fault in read.faults] == [
        ("claim-missing", "claim", 9, None), ("lx-missing", "nothing", 18, None), ("lx-missing", "nothing", 19, None),
        ("line-number-invalid", "value", 20, "LX01"), ("sv1-missing", "nothing", 20, None),
    ]  # fmt: skip


# -- 4. Elements ---------------------------------------------------------------------------------------------------


def test_bad_values_are_null_and_told_and_never_a_patients() -> None:
    subscriber = [*SUBSCRIBER[:3], "DMG*D8*19501307*F", "PAT*******01*heavy", SUBSCRIBER[4]]
    claim = ["CLM* *12,5***11:B:1", "HI*ABK:K1"]
    lines = [
        "LX*1", "SV1*HC:J1*1.234*UN*1.2345***1", "DTP*472*D8*20260230", "LX*2", "SV1*HC:J2**UN*+5***", "DTP*472*RD8*20260302-20260301",
        "LX*3", "SV1*HC:J3*-5.00*UN*1234567890", "DTP*472*TM*1200",
    ]  # fmt: skip
    read = Read(file_of([*BILLING, *subscriber, *claim, *lines, "HL*9*2*PT", "SV2*0636", "WXYZ12345678*1"]))
    assert read.faults == [
        ("date-invalid", "value", 12, "DMG02", None), ("number-invalid", "value", 13, "PAT08", None),
        ("amount-invalid", "value", 15, "CLM02", "12,5"), ("clm-id-missing", "value", 15, "CLM01", None),
        ("amount-invalid", "value", 18, "SV102", "1.234"), ("number-invalid", "value", 18, "SV104", "1.2345"),
        ("date-invalid", "value", 19, "DTP03", "20260230"), ("date-invalid", "value", 22, "DTP03", "20260302-20260301"),
        ("number-invalid", "value", 24, "SV104", "1234567890"), ("date-invalid", "value", 25, "DTP02", "TM"),
        ("hl-level", "segment", 26, "HL03", "PT"), ("segment-not-in-837p", "segment", 27, None, None),
        ("segment-unknown", "segment", 28, None, None),
    ]  # fmt: skip
    assert read.all_faults[-1]["segment"] is None  # it may be a piece of an element
    assert [line["charge_amount"] for line in read.lines] == [None, None, Decimal("-5.00")]
    assert [line["billed_units"] for line in read.lines] == [None, Decimal("5.000"), None]
    assert [line["service_date"] for line in read.lines] == [None, None, None]
    assert (read.claims[0]["claim_id"], read.claims[0]["total_charge"], read.claims[0]["birth_date"]) == (
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("40", 40_000), ("1.5", 1_500), (".5", 500), ("0.125", 125), ("-2", -2_000), ("+.25", 250), ("999999999.999", 999_999_999_999),
        ("5.", None), (".", None), ("-", None), ("1.2.3", None), ("1e3", None), ("1,5", None), ("0.1234", None), ("1234567890", None),
        ("0" * 40, None), ("\u0661", None), ("", None),
    ],
)  # fmt: skip
def test_numbers_are_decoded_exactly(text: str, value: int | None) -> None:
    raw = text.encode()
    data = np.frombuffer(raw + bytes(PADDING), np.uint8)
    found = x12_decode.decimals(data, Spans(np.array([0]), np.array([len(raw)])), x12_decode.NUMBER)
    assert (int(found.values[0]) if found.valid[0] else None) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20240229", date(2024, 2, 29)), ("19000228", date(1900, 2, 28)), ("00010101", date(1, 1, 1)), ("99991231", date(9999, 12, 31)),
        ("20230229", None), ("19000229", None), ("20241301", None), ("20240001", None), ("20240100", None), ("00000101", None),
        ("2024013", None), ("202401301", None), ("2024-1-1", None), ("", None),
    ],
)  # fmt: skip
def test_days_are_checked_against_the_calendar(text: str, day: date | None) -> None:
    data = np.frombuffer(text.encode() + bytes(PADDING), np.uint8)
    found = x12_decode.single_days(data, Spans(np.array([0]), np.array([len(text)])))
    expected = None if day is None else day.toordinal() - date(1970, 1, 1).toordinal()
    assert (int(found.values[0]) if found.valid[0] else None) == expected


# -- Chunks --------------------------------------------------------------------------------------------------------


def _long_file() -> bytes:
    patient = ["HL*3*2*23*0", "NM1*QC*1*DOE*Tim", "DMG*D8*20200101*M"]
    bodies = []
    for number in range(12):
        claim = [
            f"CLM*C{number}*12.5***11:B:1",
            "HI*ABK:K5090*ABF:Z7962",
            "NTE*ADD*a note that fills the chunk",
            *LINE_1,
            *LINE_2,
        ]
        level = SUBSCRIBER if number % 3 == 0 else patient if number % 3 == 1 else []
        bodies += [*level, *claim, *(["CTP****x*UN"] if number % 4 == 0 else [])]
    first = text_of(interchange(transaction([*BILLING, *bodies]), transaction(ONE_CLAIM, "0002")), "~\r\n")
    second = text_of(interchange(transaction(ONE_CLAIM), isa=ISA.replace("001*0", "002*0"))[:-2])
    third = "".join(
        s + "\n"
        for s in interchange(transaction([*BILLING, "NTE*ADD*\xe9", *ONE_CLAIM]), isa=ISA.replace("001*0", "003*0"))
    )
    return first + b"between\n" + second + third.encode("cp1252")


@pytest.mark.parametrize("chunk_bytes", [1, 50, 200, 333, 1000])
def test_chunk_borders_change_nothing(chunk_bytes: int) -> None:
    raw = _long_file()
    whole, split = Read(raw), Read(raw, chunk_bytes)
    assert split.content == whole.content
    assert len(whole.claims) == 15
    assert whole.parts < split.parts
    assert [fault[0] for fault in whole.faults] == [
        "lin-missing", "lin-missing", "lin-missing", "text-outside-interchange", "ge-missing", "iea-missing", "not-utf8",
        "segment-not-used",
    ]  # fmt: skip


def test_progress_counts_the_bytes_read() -> None:
    raw = _long_file()
    seen: list[int] = []
    for _ in read_837(io.BytesIO(raw), name="x", file_hash="ab" * 32, chunk_bytes=1000, progress=seen.append):
        pass
    assert seen == sorted(seen)
    assert seen[-1] == len(raw)
    assert len(seen) > 3


def test_a_long_stretch_without_claims_is_not_held() -> None:
    remittance = ["ST*835*0001", *["CLP*1*1*100*80"] * 2000, "SE*2002*0001"]
    raw = text_of(interchange(remittance, transaction(ONE_CLAIM, "0002")))
    largest = 0

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            nonlocal largest
            largest = max(largest, size or 0)
            return super().read(size)

    tables = list(read_837(Watched(raw), name="x", file_hash="ab" * 32, chunk_bytes=500))
    assert sum(len(one.claim) for one in tables) == 1
    assert largest <= 2000  # more is asked for only while nothing of what is held can be let go
