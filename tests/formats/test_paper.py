"""The lines of paper forms: every box from the tables, sheets of six and of 22 lines, the same bytes each time."""

from __future__ import annotations

import io
import json
import sys

import pytest
from pypdf import PdfReader

from cleanclaim.claims.tables import ClaimTables
from cleanclaim.errors import InvalidValue, PackageMissing
from cleanclaim.formats.jsonl import read_jsonl
from cleanclaim.formats.paper import draw_claims, paper_forms


def tables(*claims: dict[str, object]) -> ClaimTables:
    content = "".join(json.dumps(one) + "\n" for one in claims).encode()
    (read,) = read_jsonl(io.BytesIO(content), name="claims", file_hash="0" * 64)
    assert read.fault.to_pylist() == []
    return read


def line(**more: object) -> dict[str, object]:
    return {
        "hcpcs_code": "J1745", "modifiers": ["JW"], "billed_units": 5, "service_date": "2025-11-03",
        "charge_amount": "200.00", "ndc": "57894-030-01", "ndc_quantity": "0.500", "ndc_unit": "UN",
        "diagnoses": ["M0579", "K5090"], **more,
    }  # fmt: skip


def office(*lines: dict[str, object], **more: object) -> dict[str, object]:
    return {
        "claim_id": "A1", "claim_type": "P", "place_of_service": "11", "rendering_npi": "1200000002",
        "diagnoses": ["K5090", "M0579"], "prior_auth": "PA99", "lines": lines, **more,
    }  # fmt: skip


def hospital(*lines: dict[str, object], **more: object) -> dict[str, object]:
    return {"claim_id": "H1", "claim_type": "I", "bill_type": "131", "lines": lines, **more}


def test_boxes_of_item_24() -> None:
    (form,) = paper_forms(tables(office(line(), total_charge="200.00")))
    assert form.rows == [
        {
            "shaded": "N457894003001 UN0.5", "from": "11 03 25", "to": "11 03 25", "place": "11", "code": "J1745",
            "modifiers": "JW", "pointer": "BA", "charge": "200 00", "units": "5", "rendering": "1200000002",
        }
    ]  # fmt: skip
    assert (form.form, form.total, form.head["prior_auth"]) == ("cms1500", "200 00", "PA99")
    assert form.diagnoses == [("A", "K5090"), ("B", "M0579")]


def test_a_description_and_a_note_stand_beside_the_ndc() -> None:
    said = line(hcpcs_code="J3490", description="newdrug 15 mg given iv", note="NDC 00000000001")
    (form,) = paper_forms(tables(office(said)))
    assert form.rows[0]["shaded"] == "N457894003001 UN0.5   ZZnewdrug 15 mg given iv NDC 00000000001"


def test_boxes_of_the_ub04() -> None:
    (form,) = paper_forms(tables(hospital(line(revenue_code="0636"))))
    assert form.rows == [
        {
            "revenue": "0636", "description": "N457894003001UN0.5", "code": "J1745 JW", "day": "110325", "units": "5",
            "charge": "200 00",
        }
    ]  # fmt: skip
    assert form.total == "200 00"  # of the lines, where the claim says none


@pytest.mark.parametrize(
    ("claim", "count", "sheets"),
    [(office, 6, [6]), (office, 13, [6, 6, 1]), (hospital, 22, [22]), (hospital, 23, [22, 1])],
)
def test_no_line_is_lost_between_sheets(claim, count: int, sheets: list[int]) -> None:
    forms = paper_forms(tables(claim(*(line(billed_units=number + 1) for number in range(count)))))
    assert [len(form.rows) for form in forms] == sheets
    assert [row["units"] for form in forms for row in form.rows] == [str(number + 1) for number in range(count)]
    assert [bool(form.total) for form in forms] == [False] * (len(sheets) - 1) + [True]


def test_what_is_not_said_is_empty() -> None:
    said = {"hcpcs_code": "J1745", "billed_units": 5}
    (form,) = paper_forms(tables(office(said, diagnoses=None, rendering_npi=None)))
    assert {name for name, text in form.rows[0].items() if text} == {"place", "code", "units"}
    assert form.total == ""


def test_the_pdf_has_every_box() -> None:
    claims = tables(office(*[line()] * 7, total_charge="1400.00"), hospital(line(revenue_code="0636")))
    content = draw_claims(claims)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    assert len(pages) == 3
    for text, form in zip(pages, paper_forms(claims), strict=True):
        squeezed = "".join(text.split())
        for value in (*form.rows[0].values(), form.total, form.claim_id):
            assert "".join(value.split()) in squeezed
    assert "continued" in pages[0]
    assert draw_claims(claims) == content


def test_what_looks_like_markup_is_text() -> None:
    content = draw_claims(tables(office(line(description='#sys.version *b* "x" $y$', hcpcs_code="J3490"))))
    (page,) = PdfReader(io.BytesIO(content)).pages
    assert '#sys.version*b*"x"$y$' in "".join(page.extract_text().split())


def test_without_a_claim_or_typst_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    read = tables(office(line()))
    none = ClaimTables(*(one.slice(0, 0) for one in (read.claim, read.line, read.administration, read.fault)))
    with pytest.raises(InvalidValue, match="no claim"):
        draw_claims(none)
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(PackageMissing, match=r"cleanclaim\[letters\]"):
        draw_claims(tables(office(line())))
