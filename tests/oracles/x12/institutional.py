"""What an 837I says, taken out of pyx12's tree of loops: our own reader reads 837P only.

The places are those of the columns in `claims/tables.py`; how loops nest is pyx12's knowledge, not ours.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pyx12.error_handler
import pyx12.params
import pyx12.x12context

from cleanclaim.claims.tables import payer_program_of
from cleanclaim.values import parse_ndc
from tests.oracles.x12.plain_values import patient_key

Row = dict[str, object]
Loop = Any  # pyx12.x12context.X12DataNode

_MODIFIERS = range(3, 7)


def claims_of(content: bytes) -> Iterator[tuple[Row, list[Row]]]:
    """Each claim of an 837I with its lines, as rows of the claim tables without what only a file has."""
    source = io.StringIO(content.decode("ascii"))
    reader = pyx12.x12context.X12ContextReader(pyx12.params.params(), pyx12.error_handler.errh_null(), source)
    for billing in reader.iter_segments("2000A"):
        if billing.id != "2000A":
            continue
        for subscriber in billing.select("2000B"):
            for claim in subscriber.select("2300"):
                yield _claim(billing, subscriber, subscriber.first("2010BA"), claim), _lines(claim)
            for patient in subscriber.select("2000C"):
                for claim in patient.select("2300"):
                    yield _claim(billing, subscriber, patient.first("2010CA"), claim), _lines(claim)


def _claim(billing: Loop, subscriber: Loop, person: Loop, claim: Loop) -> Row:
    filing, payer = _value(subscriber, "SBR09"), _value(subscriber, "2010BB/NM109")
    born = _day(_value(person, "DMG02"))
    first, last = str(_value(claim, "DTP[434]03")).split("-")
    frequency = _value(claim, "CLM05-3")
    return {
        "claim_id": _value(claim, "CLM01"), "claim_type": "I", "complete": True, "lines_complete": True, "known_absent": None, "unreadable": None, "payer_id": payer,
        "payer_program": payer_program_of(filing), "claim_filing": filing, "payer_sequence": _value(subscriber, "SBR01"),
        "frequency": frequency, "original_reference": _value(claim, "REF[F8]02"),
        "patient_key": patient_key(
            payer or "", _value(subscriber, "2010BA/NM109") or "", str(born), _value(person, "NM104") or ""
        ),
        "birth_date": born, "sex": _value(person, "DMG03"), "weight": None, "place_of_service": None,
        "bill_type": f"{_value(claim, 'CLM05-1')}{frequency}", "billing_npi": _value(billing, "2010AA/NM109"),
        "billing_taxonomy": _value(billing, "PRV03"), "rendering_npi": _value(claim, "2310D/NM109"),
        "rendering_taxonomy": None, "referring_npi": _value(claim, "2310F/NM109"), "supervising_npi": None,
        "facility_npi": _value(claim, "2310E/NM109"), "prior_auth": _value(claim, "REF[G1]02"),
        "referral": _value(claim, "REF[9F]02"), "note": _value(claim, "NTE[ADD]02"),
        "diagnosis_code_set": "icd10", "diagnoses": _codes(claim, "ABK") + _codes(claim, "ABF"),
        "condition_codes": _codes(claim, "BG"), "statement_from": _day(first), "statement_to": _day(last),
        "total_charge": _decimal(_value(claim, "CLM02")), "other_payer_count": len(list(claim.select("2320"))),
        "other_payer_paid": None,
    }  # fmt: skip


def _lines(claim: Loop) -> list[Row]:
    return [_line(ordinal, line) for ordinal, line in enumerate(claim.select("2400"), 1)]


def _line(ordinal: int, line: Loop) -> Row:
    days = str(_value(line, "DTP[472]03") or "").split("-")
    given = _value(line, "2410/LIN03")
    return {
        "line_ordinal": ordinal, "line_number": int(_value(line, "LX01") or 0), "line_control": _value(line, "REF[6R]02"),
        "code_qualifier": _value(line, "SV202-1"), "hcpcs_code": _value(line, "SV202-2"),
        "modifiers": [text for at in _MODIFIERS if (text := _value(line, f"SV202-{at}"))],
        "description": _value(line, "SV202-7"), "charge_amount": _decimal(_value(line, "SV203")),
        "unit_basis": _value(line, "SV204"), "billed_units": _decimal(_value(line, "SV205")), "place_of_service": None,
        "service_date": _day(days[0]), "service_date_to": _day(days[-1]), "revenue_code": _value(line, "SV201"),
        "diagnoses": None, "ndc_qualifier": _value(line, "2410/LIN02"), "ndc_given": given,
        "ndc11": parse_ndc(given).ndc11 if given else None, "ndc_quantity": _decimal(_value(line, "2410/CTP04")),
        "ndc_unit": _value(line, "2410/CTP05-1"), "ndc_count": len(list(line.select("2410"))),
        "known_absent": None, "unreadable": None, "ndc_link": _value(line, "2410/REF[XZ]02"), "prior_auth": None, "note": _value(line, "NTE[TPO]02"),
        "rendering_npi": _value(line, "2420C/NM109"), "ordering_npi": None,
    }  # fmt: skip


def _codes(claim: Loop, qualifier: str) -> list[str]:
    """The codes of one qualifier, over all HI."""
    found = []
    for node in claim.select("HI"):
        for number in range(1, 13):
            if node.seg_data.get_value(f"HI{number:02}-1") == qualifier:
                found.append(node.seg_data.get_value(f"HI{number:02}-2"))
    return found


def _value(loop: Loop, place: str) -> str | None:
    return loop.get_value(place) or None


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _day(text: str | None) -> date | None:
    return date(int(text[:4]), int(text[4:6]), int(text[6:])) if text else None
