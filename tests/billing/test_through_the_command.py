"""All worked examples of the rulebook (units-and-waste.md, ndc.md, administration.md) through `cleanclaim bill`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from cleanclaim.cli.commands import app
from tests.billing import test_ndc_examples as ndc
from tests.billing import test_worked_examples as units
from tests.shared import SHARED, needs_shared

Case = dict[str, Any]
MDV = units.MDV


def billed(cases: list[Case], library: Path) -> list[dict[str, Any]]:
    """The results of a file of cases; checked too, as the command does."""
    text = "".join(json.dumps(one) + "\n" for one in cases)
    told = CliRunner().invoke(app, ["bill", "-", "--format", "jsonl", "--reference", str(library)], input=text)
    assert told.exit_code == 0, told.output
    return [json.loads(one) for one in told.output.splitlines()]


def said(result: dict[str, Any]) -> list[str]:
    return [" ".join((one["hcpcs_code"], f"x{one['billed_units']}", *one["modifiers"])) for one in result["lines"]]


def test_units_and_waste(tmp_path: Path) -> None:
    """UW-1 to UW-29, UW-33 to UW-37, UW-39, UW-40."""
    cases = [
        units.case(code, dose, vials, kind, **more) | {"id": name}
        for name, code, dose, vials, kind, _, more in units.EXAMPLES
    ]
    results = billed(cases, tmp_path)
    assert {one["id"]: "; ".join(said(one)) for one in results} == {one[0]: one[5] for one in units.EXAMPLES}
    assert {
        (one["id"], finding["id"])
        for one in results
        for finding in one["findings"]
        if finding["severity"] in ("reject", "deny")
    } == set()


def test_shared_vials_and_an_unclassified_drug(tmp_path: Path) -> None:
    """UW-30, UW-31, UW-32."""

    def of_shared(name: str, dose: str, shared: str) -> Case:
        vial = {"amount": "100", "unit": "unit", "kind": "single_dose", "shared": shared}
        return units.case("J0585", dose, "", containers=[vial]) | {"id": name}

    noc = units.case("J3490", "15 mg", "1 x 20 mg", drug="newdrug", route=None, charge_amount="100.00")
    cases = [of_shared("30a", "60 unit", "40"), of_shared("30b", "40 unit", "60"), of_shared("31a", "60 unit", "40"),
             of_shared("31b", "30 unit", "60"), noc | {"id": "32"}]  # fmt: skip
    results = {one["id"]: one for one in billed(cases, tmp_path)}
    assert {name: said(one) for name, one in results.items()} == {
        "30a": ["J0585 x60 JZ"], "30b": ["J0585 x40 JZ"], "31a": ["J0585 x60 JZ"], "31b": ["J0585 x30", "J0585 x10 JW"],
        "32": ["J3490 x1", "J3490 x1 JW"],
    }  # fmt: skip
    assert [one["charge_amount"] for one in results["32"]["lines"]] == ["75.00", "25.00"]


class TestOfficial:
    pytestmark = needs_shared

    def test_a_packaged_drug(self, tmp_path: Path) -> None:
        """UW-38: Addendum B of October 2025 pays nothing for J2405 by itself."""
        official = SHARED / "data" / "cms" / "opps" / "508 version of October 2025 Web Addendum B.10.31.25.csv.gz"
        assert (
            CliRunner().invoke(app, ["reference", "import", str(official), "--reference", str(tmp_path)]).exit_code == 0
        )
        case = units.case("J2405", "4 mg", "1 x 4 mg", service_date="2025-11-03", bill_type="131") | {
            "payer_program": "medicare_a", "place_of_service": None,
        }  # fmt: skip
        (one,) = billed([case], tmp_path)
        assert said(one) == ["J2405 x4"]
        assert one["lines"][0]["rule"].startswith("UNW-13")


def test_ndc_quantities(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """NX-4 to NX-12."""
    cases = [
        ndc.case(code, dose, vials, number, kind, **more) | {"id": name}
        for name, code, dose, vials, number, kind, _, more in ndc.EXAMPLES
    ]
    with ndc.made_up_products(tmp_path_factory):
        results = billed(cases, tmp_path)
    assert {
        one["id"]: "; ".join(
            " ".join((f"x{line['billed_units']}", *line["modifiers"], f"{line['ndc_quantity']} {line['ndc_unit']}"))
            for line in one["lines"]
        )
        for one in results
    } == {one[0]: one[6] for one in ndc.EXAMPLES}


@pytest.mark.parametrize(
    ("name", "written", "ndc11"),
    [
        ("NX-1", "1234-5678-90", "01234567890"),
        ("NX-2", "12345-678-90", "12345067890"),
        ("NX-3", "12345-6789-0", "12345678900"),
    ],
)
def test_layouts_of_an_ndc(tmp_path: Path, name: str, written: str, ndc11: str) -> None:
    (one,) = billed([ndc.case("J1745", "100 mg", "1 x 100 mg", written)], tmp_path)
    assert [line["ndc11"] for line in one["lines"]] == [ndc11], name


def test_a_compound(tmp_path: Path) -> None:
    """NX-13: three lines, each with its NDC and quantity, linked by one number."""

    def ingredient(name: str, amount: str, strength: str, number: str) -> Case:
        return {"name": name, "amount": {"amount": amount, "unit": "mL"}, "ndc": number,
                "concentration": {"amount": strength, "unit": "mg"}}  # fmt: skip

    case = units.case("J7999", "2.84 mL", "", association="RX778", ingredients=[
        ingredient("morphine", "2.00", "50", "99999-0001-01"), ingredient("bupivacaine", "0.80", "20", "99999-0001-02"),
        ingredient("clonidine", "0.04", "1", "99999-0001-03"),
    ])  # fmt: skip
    (one,) = billed([case | {"route": "intrathecal", "admin_family": "therapeutic"}], tmp_path)
    drugs = [line for line in one["lines"] if line["ndc11"]]
    assert [(line["hcpcs_code"], line["billed_units"], line["ndc_quantity"], line["ndc_unit"]) for line in drugs] == [
        ("J7999", 1, "2.000", "ML"), ("J7999", 1, "0.800", "ML"), ("J7999", 1, "0.040", "ML"),
    ]  # fmt: skip
    assert {line["ndc_link"] for line in drugs} == {"RX778"}
    assert len({line["ndc11"] for line in drugs}) == 3


# Administration: what was given in one visit, and its lines for giving.

DAY = "2026-02-02"


def given(
    code: str, dose: str, route: str, start: str = "", stop: str = "", family: str = "therapeutic", **more: Any
) -> Case:
    times = {name: f"{DAY}T{time}:00" for name, time in (("start", start), ("stop", stop)) if time}
    made = units.case(code, dose, f"1 x {dose}", MDV, payer_program="commercial", route=route, admin_family=family)
    return made | times | more


HOSPITAL = {"bill_type": "131", "place_of_service": None}
VISITS: dict[str, tuple[list[Case], list[str]]] = {
    "TX-1": ([given("J0696", "1000 mg", "iv_infusion", "09:00", "09:10")], ["96374 x1"]),
    "TX-2": ([given("J0696", "1000 mg", "iv_infusion", "09:00", "09:31")], ["96365 x1"]),
    "TX-3": ([given("J0696", "1000 mg", "iv_infusion", "09:00", "10:30")], ["96365 x1"]),
    "TX-4": ([given("J0696", "1000 mg", "iv_infusion", "09:00", "10:31")], ["96365 x1", "96366 x1"]),
    "TX-5": ([given("J0696", "1000 mg", "iv_infusion", "09:00", "11:45")], ["96365 x1", "96366 x2"]),
    "TX-6": (
        [
            given("J9267", "300 mg", "iv_infusion", "09:00", "11:00", "complex"),
            given("J9045", "450 mg", "iv_infusion", "11:00", "11:45", "complex"),
            given("J7030", "1000 mL", "iv_infusion", "11:45", "12:45", "hydration"),
        ],
        ["96361 x1", "96413 x1", "96415 x1", "96417 x1"],
    ),
    "TX-7": (
        [
            given("J1756", "200 mg", "iv_infusion", "09:00", "09:40", primary=True),
            given("J2405", "4 mg", "iv_push", "09:45", "09:47"),
        ],
        ["96365 x1", "96375 x1"],
    ),
    "TX-8": (
        [
            given("J1885", "30 mg", "iv_push", "12:43", "12:43", **HOSPITAL),
            given("J0696", "1000 mg", "iv_infusion", "12:22", "12:45", **HOSPITAL),
        ],
        ["96365 x1", "96375 x1"],
    ),
    "TX-9": (
        [
            given("J2270", "4 mg", "iv_push", "09:00", "09:01", **HOSPITAL),
            given("J2270", "4 mg", "iv_push", "09:20", "09:21", **HOSPITAL),
        ],
        ["96374 x1"],
    ),
    "TX-10": (
        [given("J0178", "2 mg", "intravitreal", family="complex", procedures=["67028-RT"])],
        ["67028 x1 RT"],
    ),
    "TX-11": ([given("J1010", "40 mg", "im", procedures=["99213-25"])], ["96372 x1", "99213 x1 25"]),
    "TX-12": ([given("J1010", "40 mg", "intra_articular", procedures=["20610-RT"])], ["20610 x1 RT"]),
    "TX-13": ([given("J9041", "2.3 mg", "sc", family="complex")], ["96401 x1"]),
    "TX-14": (
        [given("J0013", "84 mg", "nasal", family="esketamine", payer_program="medicare_b")],
        ["G2083 x1 KX"],
    ),
    "TX-15": ([given("J0013", "84 mg", "nasal", family="esketamine")], []),
}  # fmt: skip
DRUGS = {
    "TX-6": ["J7030 x1", "J9045 x9", "J9267 x300"], "TX-9": ["J2270 x1"], "TX-10": ["J0178 x2"], "TX-11": ["J1010 x40"],
    "TX-12": ["J1010 x40"], "TX-13": ["J9041 x23"], "TX-14": [], "TX-15": ["J0013 x84"],
}  # fmt: skip
HYDRATION = {
    "30": [],
    "31": ["96360 x1"],
    "90": ["96360 x1"],
    "91": ["96360 x1", "96361 x1"],
    "151": ["96360 x1", "96361 x2"],
}


def test_giving(tmp_path: Path) -> None:
    """TX-1 to TX-15: the lines of each visit, those of drugs apart."""
    cases = []
    for name, (visit, _) in VISITS.items():
        cases += [one | {"id": name, "visit": name} for one in visit]
    found: dict[str, list[str]] = {name: [] for name in VISITS}
    for one in billed(cases, tmp_path):
        found[one["id"]] += said(one)
    drugs = {name: sorted(line for line in lines if line[0] == "J") for name, lines in found.items()}
    assert {name: drugs[name] for name in DRUGS} == DRUGS
    giving = {name: sorted(line for line in lines if line[0] != "J") for name, lines in found.items()}
    assert giving == {name: expected for name, (_, expected) in VISITS.items()}


def test_hydration(tmp_path: Path) -> None:
    """Section 4: nothing up to 30 minutes, then by the hour."""
    cases = []
    for minutes in HYDRATION:
        hour, minute = divmod(int(minutes), 60)
        one = given("J7030", "1000 mL", "iv_infusion", "09:00", f"{9 + hour:02}:{minute:02}", "hydration")
        cases.append(one | {"id": minutes})
    found = {one["id"]: [line for line in said(one) if line[0] == "9"] for one in billed(cases, tmp_path)}
    assert found == HYDRATION


def command(library: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, [*arguments, "--reference", str(library)])


OPTIONS = ["bill", "--drug", "J1745", "--payer", "medicare_b", "--on", "2025-11-03", "--kind", "single_dose"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--dose", "300 mg", "--on-hand", "100 mg + 400 mg"], "J1745-JZ x30"),
        (["--dose", "300 mg", "--on-hand", "2 x 100 mg"], "vials-not-enough"),
        (["--dose", "30 mL", "--concentration", "10 mg", "--vials", "3 x 100 mg"], "J1745-JZ x30"),
        (["--dose", "30 mL", "--vials", "3 x 100 mg"], "needs-concentration"),
        (["--dose", "300 mg", "--vials", "3 x 100 mg", "--bill-type", "131"], "0636 J1745-JZ x30"),
        (["--dose", "-300 mg"], "--dose -300 mg: expected an amount with its unit, as 350 mg"),
        (["--dose", "300 mg", "--vials", "three"], "--vials three: expected"),
        (["--dose", "300 mg", "--on-hand", "some"], "--on-hand some: expected"),
        (["--dose", "30 mL", "--concentration", "strong"], "--concentration strong: expected"),
    ],
)
def test_options(tmp_path: Path, options: list[str], expected: str) -> None:
    told = command(tmp_path, *OPTIONS, *options)
    assert expected in told.output + str(told.exception or "")


@pytest.mark.parametrize(
    ("drug", "code", "expected"),
    [
        ("infliximab", 0, "J1745-JZ x30"),
        ("infliximab", 0, "infliximab is billed as J1745. Products with a longer name have other codes: "),
        ("Remicade", 0, "J1745-JZ x30"),
        ("lebrikizumab", 2, "lebrikizumab is no drug, brand or synonym in the library"),
        ("Keytruda Qlex", 2, "Did you mean one of these? Give its name or code:\n  J9271  Keytruda: "),
        ("infliximb", 2, "\n  J1745  infliximab: "),
        ("pemetrexed", 2, "pemetrexed may mean several codes on 2025-11-03"),
        ("J9998", 1, "code-not-in-reference"),
    ],
)
def test_a_name_bills_whole_or_not_at_all(tmp_path: Path, drug: str, code: int, expected: str) -> None:
    options = [*OPTIONS[:2], drug, *OPTIONS[3:], "--dose", "300 mg", "--vials", "3 x 100 mg", "--no-check"]
    told = command(tmp_path, *options)
    assert expected in told.output
    assert told.exit_code == code


def test_a_search_tells_near_from_sure(tmp_path: Path) -> None:
    sure = json.loads(command(tmp_path, "search", "remicade", "--format", "json", "--on", "2025-11-03").output)
    assert [(hit["code"], hit["match"]) for hit in sure[0]["hits"]] == [("J1745", "brand")]
    near = command(tmp_path, "search", "keytruda", "qlex", "--on", "2025-11-03").output
    assert near.index("near matches: ") < near.index("J9271")


def test_a_picture_beside_the_bill(tmp_path: Path) -> None:
    picture = tmp_path / "lines.pdf"
    told = command(tmp_path, *OPTIONS, "--dose", "350 mg", "--vials", "4 x 100 mg", "--picture", str(picture))
    assert told.exit_code == 0
    assert "J1745-JW x5" in told.output
    assert "JW" in PdfReader(picture).pages[0].extract_text()
    nowhere = command(tmp_path, *OPTIONS, "--dose", "350 mg", "--picture", str(tmp_path / "none" / "lines.pdf"))
    assert "there is no folder" in str(nowhere.exception)


def test_a_picture_of_claims(tmp_path: Path) -> None:
    examples = Path(__file__).parents[2] / "examples" / "billing"
    out, picture, lines = (tmp_path / f"visit.{ending}" for ending in ("837", "pdf", "jsonl"))
    told = command(
        tmp_path, "claim", str(examples / "given.jsonl"), "--parties", str(examples / "parties.json"),
        "--output", str(out), "--picture", str(picture), "--jsonl", str(lines),
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    assert out.read_text().startswith("ISA*")
    assert "96413" in PdfReader(picture).pages[0].extract_text()
    (claim,) = [json.loads(line) for line in lines.read_text().splitlines()]
    assert (claim["claim_id"], claim["total_charge"], len(claim["lines"])) == ("A1", "2162.00", 6)
    checked = command(tmp_path, "check", str(lines))
    assert checked.exit_code == 0, checked.output
