"""Every drug descriptor of the official October 2025 file: read, or told with a reason; against the ASP file's dosages."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cleanclaim.errors import InvalidValue
from cleanclaim.reference.codes.dosage_report import CodeReading, DosageReport, read_codes
from cleanclaim.reference.codes.drug_names import read_drug_name
from cleanclaim.reference.dosage import Dosage
from cleanclaim.reference.publications import asp_csv, hcpcs_xlsx
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import Quantity, Unit, read_unit
from tests.reference.descriptors import READ_BY_HAND
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared

CMS = SHARED / "data" / "cms"
DAY = date(2025, 10, 1)
PARSED, CODES = 1693, 1712  # as measured: 98.89 %


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return _drugs("HCPC2025_OCT_ANWEB.xlsx")


def _drugs(name: str) -> dict[str, str]:
    """Every drug of a file and its descriptor, ended ones too."""
    rows = hcpcs_xlsx.parse(Source.read(CMS / "hcpcs" / name)).tables["hcpcs"].to_pylist()
    return {row["hcpcs_code"]: row["descriptor"] for row in rows if row["is_drug"]}


@pytest.fixture(scope="module")
def report() -> DosageReport:
    rows = hcpcs_xlsx.parse(Source.read(CMS / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx")).tables["hcpcs"].to_pylist()
    return read_codes([row for row in rows if row["valid_from"] <= DAY <= row["valid_to"]], DAY)


def test_the_table_by_hand_quotes_the_official_texts(texts: dict[str, str]) -> None:
    assert {row[0]: row[1] for row in READ_BY_HAND if texts[row[0]] != row[1]} == {}


def test_at_least_as_many_are_parsed_as_were_measured(report: DosageReport) -> None:
    assert (report.codes, report.parsed) >= (CODES, PARSED)
    assert report.share is not None
    assert report.share >= Decimal("98.89")
    assert all(one.reason for one in report.readings if one.dosage is None)


@pytest.mark.parametrize("name", ["HCPC2020_OCT_anweb.xlsx", "HCPC2025_OCT_ANWEB.xlsx"])
def test_no_part_of_a_drug_name_is_left_over(name: str) -> None:
    texts = _drugs(name)
    assert {code: read.unread for code, text in texts.items() if (read := read_drug_name(text)).unread} == {}


def test_what_names_nothing_is_a_class(texts: dict[str, str], report: DosageReport) -> None:
    for one in report.readings:
        if one.name and not (one.name.ingredients or one.name.brand):
            text = (one.descriptor or "").lower()
            assert re.search(r"unclassified|not otherwise|no[cs]\b|prescription drug|contrast|supply|unspecified"
                             r"|metered dose|vaccine inhalation|irrigation solution", text), one.code  # fmt: skip


# Split families of the rulebook (codes.md section 3): one ingredient each. A code that the file does not have yet or any
# more is left out.
FAMILIES = {
    "pemetrexed": "J9292 J9294 J9296 J9297 J9304 J9305 J9314 J9322 J9323",
    "bortezomib": "J9041 J9044 J9046 J9048 J9049 J9051 J9054",
    "cyclophosphamide": "J9070 J9071 J9072 J9073 J9074 J9075 J9076",
    "vancomycin": "J3370 J3371 J3372 J3373 J3374 J3375 J3376",
    "daptomycin": "J0872 J0873 J0874 J0877 J0878",
    "epinephrine": "J0163 J0164 J0165 J0166 J0167 J0168 J0169 J0171 J0173",
    "fulvestrant": "J9393 J9394 J9395",
    "infliximab": "J1745 J1748 Q5103 Q5104 Q5109 Q5121",
    "trastuzumab": "J9355 J9356 Q5112 Q5113 Q5114 Q5116 Q5117 Q5146",
    "bevacizumab": "C9257 J9035 Q5107 Q5118 Q5126 Q5129 Q5160",
    "rituximab": "J9311 J9312 Q5115 Q5119 Q5123",
    "pegfilgrastim": "J2505 J2506 Q5108 Q5111 Q5120 Q5122 Q5127 Q5130",
    "denosumab": "J0897 Q5136 Q5157 Q5158 Q5159 Q5161 Q5162",
    "methylprednisolone": "J1010 J1020 J1030 J1040 J2919 J2920 J2930 J7509",
    "hydroxyprogesterone": "J1725 J1726 J1729 Q9985 Q9986",
    "methotrexate": "J9250 J9255 J9260",
    "lidocaine": "J2001 J2002 J2003 J2004",
    "hydromorphone": "J1170 J1171",
    "adalimumab": "J0135 J0139 Q5131 Q5132 Q5140 Q5141 Q5142 Q5143 Q5144 Q5145",
    "romiplostim": "J2796 J2802",
    "eculizumab": "J1299 J1300 Q5139 Q5151 Q5152",
    "furosemide": "J1938 J1940 J1941",
    "naloxone": "J2310 J2312 J2313",
    "thiotepa": "J9340 J9341 J9342",
    "esketamine": "J0013 S0013",
}
NOT_IN_THE_FILE = {"J0013", "J3376", "Q5160", "Q5161", "Q5162"}


@pytest.mark.parametrize("ingredient", FAMILIES)
def test_a_split_family_is_one_ingredient(texts: dict[str, str], ingredient: str) -> None:
    family = set(FAMILIES[ingredient].split())
    assert family - set(texts) <= NOT_IN_THE_FILE
    firsts = {code: read_drug_name(texts[code]).ingredients[0] for code in family & set(texts)}
    assert set(firsts.values()) == {ingredient}, firsts


def test_a_biosimilar_has_a_suffix_and_a_reference_product(texts: dict[str, str]) -> None:
    names = {code: read_drug_name(text) for code, text in texts.items()}
    biosimilars = {code: name for code, name in names.items() if name.biosimilar}
    assert len(biosimilars) > 60
    assert {code for code, name in biosimilars.items() if name.suffix is None} == {"Q5102"}  # of 2016, for all of them
    reference = {name.ingredients for code, name in names.items() if code[0] == "J" and not name.biosimilar}
    assert {code for code, name in biosimilars.items() if name.ingredients not in reference} == set()


# What the ASP file prints otherwise than the descriptor, by kind. All else agrees, to the amount.
ASP_SAYS = {
    "all amounts of the combination": "J0138 J0702 J0741 J0742 J0750 J0751 J2865 J7356 J7620 J9153 J9298",
    "the sum of the combination's amounts": "J0695 J0714 J2543",
    "the last amount of the combination alone": "J1454 J8655",
    "a container or a dose, as the descriptor": "J0850 J1162 J7321 J7323 J7324 J7326 J7327",
    "1 EA for a vial": "J9266",
    "a treatment, as the descriptor": "J3402 J9029 Q2057",
    "the content of a single dose in mg, where the descriptor counts doses": "J7308 J7354",
    "the most cells of a dose, where the descriptor has one unit a dose": "Q2041 Q2042 Q2053 Q2054 Q2055 Q2056",
    "the range in words, as the descriptor": "J0577 J0578 Q9991 Q9992",
    "the amount twice, in mcg and in units": "J2788 J2790",
    "units of what activity, as the descriptor": "J7183 J7186",
    "a unit that the vocabulary has not": "J9325",
}


def test_dosages_of_the_asp_file_are_those_of_the_descriptors(report: DosageReport) -> None:
    path = next((CMS / "asp").glob("section 508 version of Oct 2025 ASP Pricing File*"))
    limits = asp_csv.parse(Source.read(path)).tables["asp_limit"].to_pylist()
    dosages = {row["hcpcs_code"]: row["dosage"] or "" for row in limits}
    both = {one.code: one for one in report.readings if one.code in dosages}
    assert len(both) > 970
    differ = {code for code, one in both.items() if not _agrees(one, dosages[code])}
    explained = {code: kind for kind, codes in ASP_SAYS.items() for code in codes.split()}
    assert differ == set(explained), {code: (dosages[code], both[code].descriptor) for code in differ ^ set(explained)}
    for code, kind in explained.items():
        assert _is_so(kind, both[code], dosages[code]), (code, kind, dosages[code])


def _agrees(reading: CodeReading, printed: str) -> bool:
    match = re.fullmatch(r"([0-9.,]+) ?([a-z][a-z. ]*)", printed.lower().removeprefix("up to ").strip())
    if not (match and reading.dosage and reading.dosage.amount and reading.dosage.unit):
        return False
    try:
        asp = Quantity.of(match[1].replace(",", ""), match[2])
    except InvalidValue:
        return False
    ours = Quantity.of(reading.dosage.amount, reading.dosage.unit)
    return ours.unit.converts_to(asp.unit) and ours.amount * ours.unit.scale == asp.amount * asp.unit.scale


def _is_so(kind: str, reading: CodeReading, printed: str) -> bool:
    """Whether a difference is of the kind that the table says."""
    dosage, text = reading.dosage, printed.lower()
    numbers = [Decimal(number) for number in re.findall(r"[0-9]*\.?[0-9]+", text)]
    if dosage is None:
        return kind == "a unit that the vocabulary has not"
    amounts = [Decimal(part.split()[0]) for part in (dosage.unit or "").split(" and ")] if not dosage.amount else []
    return {
        "all amounts of the combination": numbers == amounts,
        "the sum of the combination's amounts": bool(amounts) and numbers[:1] == [sum(amounts)],
        "the last amount of the combination alone": numbers == amounts[-1:],
        "a container or a dose, as the descriptor": text == f"per {dosage.unit}",
        "1 EA for a vial": (text, dosage.unit) == ("1 ea", Unit.VIAL),
        "a treatment, as the descriptor": text == "per therapeutic dose" and dosage.unit == Unit.TREATMENT,
        "the content of a single dose in mg, where the descriptor counts doses": dosage.unit == Unit.EACH and "mg" in text,
        "the most cells of a dose, where the descriptor has one unit a dose": "cells" in text and dosage.unit == Unit.TREATMENT,
        "the range in words, as the descriptor": dosage.semantics == "range" and text.strip() in (reading.descriptor or "").lower(),
        "the amount twice, in mcg and in units": numbers[:1] == [dosage.amount] and "iu)" in text,
        "units of what activity, as the descriptor": dosage.unit == Unit.UNIT and dosage.amount == 1 and bool(re.search(r"vwf|factor viii", text)),
    }.get(kind, False)  # fmt: skip


def test_units_that_are_read_are_known(report: DosageReport) -> None:
    for one in report.readings:
        if isinstance(one.dosage, Dosage) and one.dosage.amount is not None:
            assert one.dosage.amount > 0
            assert read_unit(one.dosage.unit or "") is Unit(one.dosage.unit or ""), one.code


def test_the_page_of_the_documentation_tells_the_share_that_is_measured(report: DosageReport) -> None:
    page = (Path(__file__).parents[2] / "docs" / "dosage.md").read_text(encoding="utf-8")
    assert f"{report.parsed} of {report.codes}, {report.share} %" in page
    assert all(f"| {one.code} | {one.reason} |" in page for one in report.not_parsed)
