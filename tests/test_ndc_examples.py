"""The worked examples NX-1 to NX-13 of the rulebook, ndc.md section 3."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from cleanclaim.dosing import (
    LineQuantities,
    NdcUnit,
    amount_in_ndc_unit,
    crosswalk_factor,
    line_quantities,
    quantity_agrees,
)
from cleanclaim.values import Concentration, NdcKind, Quantity, parse_ndc


@pytest.mark.parametrize(
    ("written", "kind", "ndc11"),
    [
        pytest.param("1234-5678-90", NdcKind.LAYOUT_4_4_2, "01234567890", id="NX-1"),
        pytest.param("12345-678-90", NdcKind.LAYOUT_5_3_2, "12345067890", id="NX-2"),
        pytest.param("12345-6789-0", NdcKind.LAYOUT_5_4_1, "12345678900", id="NX-3"),
    ],
)
def test_hyphenated_number_is_padded_where_its_segment_is_short(written: str, kind: NdcKind, ndc11: str) -> None:
    reading = parse_ndc(written)
    assert (reading.kind, reading.ndc11, reading.candidates, reading.problem) == (kind, ndc11, (ndc11,), None)


@pytest.mark.parametrize(
    ("bill_units", "package_size", "units", "quantity"),
    [
        pytest.param("1", "0.6", (1, 0), ("0.6", None), id="NX-4 with J2505"),
        pytest.param("12", "0.6", (12, 0), ("0.6", None), id="NX-4 with J2506"),
        pytest.param("44", "1", (44, 0), ("1", None), id="NX-5"),
        pytest.param("20", "100", (200, 0), ("1000", None), id="NX-6"),
        pytest.param("10", "1", (40, 0), ("4", None), id="NX-7"),
        pytest.param("10", "1", (35, 5), ("3.5", "0.5"), id="NX-8"),
        pytest.param("200", "1", (200, 0), ("1", None), id="NX-9"),
        pytest.param("25", "1", (12, 13), ("0.48", "0.52"), id="NX-10"),
        pytest.param("1", "1", (2048, 0), ("2048", None), id="NX-11 in F2"),
        pytest.param("1024", "1", (2048, 0), ("2", None), id="NX-11 in UN"),
    ],
)
def test_quantities_from_units_and_crosswalk(
    bill_units: str, package_size: str, units: tuple[int, int], quantity: tuple[str, str | None]
) -> None:
    factor = crosswalk_factor(Fraction(bill_units), Fraction(package_size))
    administered, discarded = units
    quantities = line_quantities(administered / factor, discarded / factor)
    assert quantities == LineQuantities(Decimal(quantity[0]), Decimal(quantity[1]) if quantity[1] else None)
    assert quantity_agrees(administered, Decimal(quantity[0]), factor, jw=False)
    assert quantity[1] is None or quantity_agrees(discarded, Decimal(quantity[1]), factor, jw=True)


@pytest.mark.parametrize(
    ("factor", "administered", "discarded", "whole"),
    [pytest.param(10, 35, 5, 4, id="NX-8"), pytest.param(25, 12, 13, 1, id="NX-10")],
)
def test_payer_of_whole_containers_has_them_on_the_dose_line_alone(
    factor: int, administered: int, discarded: int, whole: int
) -> None:
    quantities = line_quantities(Fraction(administered, factor), Fraction(discarded, factor), whole_containers=True)
    assert quantities == LineQuantities(Decimal(whole), None)
    assert quantity_agrees(administered, Decimal(whole), Fraction(factor), jw=False, whole_containers=True)
    assert not quantity_agrees(administered, Decimal(whole), Fraction(factor), jw=False)


@pytest.mark.parametrize(
    ("given", "ndc_unit", "concentration", "quantity"),
    [
        pytest.param(("6", "mg"), NdcUnit.ML, ("6", "mg", "0.6 mL"), "0.6", id="NX-4"),
        pytest.param(("440", "mg"), NdcUnit.UN, ("440", "mg", "vial"), "1", id="NX-5"),
        pytest.param(("100", "g"), NdcUnit.ML, ("10", "g", "100 mL"), "1000", id="NX-6"),
        pytest.param(("400", "mg"), NdcUnit.UN, ("100", "mg", "vial"), "4", id="NX-7"),
        pytest.param(("200", "mg"), NdcUnit.ML, ("200", "mg", "mL"), "1", id="NX-9"),
        pytest.param(("60", "mg"), NdcUnit.UN, ("125", "mg", "vial"), "0.48", id="NX-10"),
        pytest.param(("2048", "IU"), NdcUnit.F2, None, "2048", id="NX-11"),
        pytest.param(("4", "g"), NdcUnit.GR, None, "4", id="NX-12"),
        pytest.param(("25", "mg"), NdcUnit.GR, None, "0.025", id="NDC-12"),
        pytest.param(("100", "mg"), NdcUnit.ML, ("50", "mg", "mL"), "2.00", id="NX-13 morphine"),
        pytest.param(("16", "mg"), NdcUnit.ML, ("20", "mg", "mL"), "0.80", id="NX-13 bupivacaine"),
        pytest.param(("40", "mcg"), NdcUnit.ML, ("1", "mg", "mL"), "0.04", id="NX-13 clonidine"),
    ],
)
def test_quantities_from_the_amount_given(
    given: tuple[str, str], ndc_unit: NdcUnit, concentration: tuple[str, str, str] | None, quantity: str
) -> None:
    known = Concentration.of(*concentration) if concentration else None
    assert amount_in_ndc_unit(Quantity.of(*given), ndc_unit, concentration=known) == Fraction(quantity)
