"""`explain` as a person and a script use it: edits, rules, reason codes, and what is none of them."""

from __future__ import annotations

import json
import subprocess
import sys

import jsonschema
import pytest

from cleanclaim.edits.page_files import shipped_pages
from cleanclaim.edits.rules import shipped_rules
from cleanclaim.reference.library.starter_set import load
from tests.cli.test_cli import Run, run  # noqa: F401 - a fixture

SITE = """---
id: SITE-001
grain: line
message: "m {hcpcs_code}"
fix: {say: "Ask for {hcpcs_code} at the desk.", safe: false}
predicted: [{group: CO, carc: '999'}]
authority: [{title: "our contract", confidence: K}]
cases: [{name: any, severity: warn, when: "true"}]
---
# A fault of this site

It rests on UNW-13.

## Examples
| case | service_date | outcome |
|---|---|---|
| any | 2024-01-01 | fires any |
"""


def words(table: str, code: str) -> str:
    return load().rows(table)[[row[0] for row in load().rows(table)].index(code)][1]


def test_a_rule_can_be_read(run: Run) -> None:  # noqa: F811
    code, out, err = run("explain", "unw-13")
    assert (code, err) == (0, "")
    assert out.startswith("UNW-13: Units and discarded drug / Units, JW and JZ\n\nJW and JZ are not used for packaged")
    assert "Confidence K: in part expert knowledge that no source confirms" in out
    assert "  Noridian JF Part B, Drug Wastage - JW and JZ Modifiers\n    https://med.noridianmedicare.com/" in out
    assert "WASTE-011 waste-modifier-on-exempt" in out


@pytest.mark.parametrize("rule", ["UNW-13", "CO-16", "N822", "PR-96", "WASTE-001", "DOC-24", "NCCI-001"])
def test_words_fit_80_columns(run: Run, rule: str) -> None:  # noqa: F811
    _, out, _ = run("explain", rule)
    assert [line for line in out.splitlines() if len(line) > 80 and "https://" not in line] == []
    assert all(line == line.rstrip() for line in out.splitlines())


def test_a_reason_code_says_who_predicts_it_and_what_to_do(run: Run) -> None:  # noqa: F811
    code, out, _ = run("explain", "CO-97")
    said = " ".join(out.split())
    assert code == 0
    assert said.startswith(f"CO-97: {words('adjustment_reason', '97')} CO ")
    assert "CO contractual obligation" in said
    assert "to do If the pair allows a modifier and it is true, send a corrected claim" in said
    assert "Do not bill the patient for it." in said
    assert "by rules DEN-20, DEN-74 (confidence K)" in said
    assert "Predicted by 2 edits, likeliest first MOD-010 25-on-non-em" in said
    (page,) = (page for page in shipped_pages() if page.front.id == "MOD-010")
    assert f"MOD-010 25-on-non-em: {page.title} expect CO-97 fix {page.front.fix.say}" in said


def test_a_remark_code_too(run: Run) -> None:  # noqa: F811
    _, out, _ = run("explain", "n822")
    said = " ".join(out.split())
    assert said.startswith(f"N822: {words('remark', 'N822')} to do Add the modifier. For a single-dose drug: JZ")
    assert "WASTE-001 jz-or-jw-missing" in said
    assert "expect CO-16 with N822 fix" in said


def test_several_at_once_in_the_order_asked_for(run: Run) -> None:  # noqa: F811
    _, out, _ = run("explain", "N822", "jz-or-jw-missing", "UNW-03", "15")
    places = [out.index(start) for start in ("N822: ", "\n\nWASTE-001 jz", "\n\nUNW-03: ", "\n\n15: ")]
    assert places == sorted(places)
    assert "ended     2018-05-01: no longer used" in out
    assert out.endswith("No edit predicts it.\n")


def test_json_has_the_shape_that_the_schema_promises(run: Run) -> None:  # noqa: F811
    _, schema, _ = run("schema", "explain")
    _, out, _ = run("explain", "WASTE-001", "UNW-01", "CO-16", "N822", "--format", "json")
    answers = json.loads(out)
    jsonschema.validate(answers, json.loads(schema))
    assert [(one["kind"], one.get("id") or one["code"]) for one in answers] == [
        ("edit", "WASTE-001"), ("rule", "UNW-01"), ("reason", "CO-16"), ("reason", "N822"),
    ]  # fmt: skip
    edit, rule = answers[:2]
    assert {"UNW-01", "UNW-03", "UNW-13"} <= {one["id"] for one in edit["rules"]}
    assert edit["cases"][-1]["expect"] == ["CO-16 with N822", "CO-4"]
    assert rule["sentence"] == shipped_rules()["UNW-01"].sentence
    assert rule["authority"][1]["address"] == "https://www.ecfr.gov/current/title-42/section-414.904"
    _, out, _ = run("explain", "UNW-01", "N822", "--format", "jsonl")
    assert [json.loads(line)["kind"] for line in out.splitlines()] == ["rule", "reason"]


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("UNW-99", "UNW-19"),
        ("WASTE-999", "WASTE-0"),
        ("CO-999", "CO-9"),
        ("N82", "N822"),
        ("jz-missing", "jz-or-jw-missing"),
    ],
)
def test_what_is_none_of_them_is_refused_with_what_is_near(run: Run, wanted: str, near: str) -> None:  # noqa: F811
    code, out, err = run("explain", "UNW-01", wanted)
    assert (code, out) == (2, "")
    assert f"`{wanted}` is no edit, no rule and no reason code; did you mean " in err
    assert near in err


def test_what_is_near_to_nothing_is_refused_too(run: Run) -> None:  # noqa: F811
    code, _, err = run("explain", "§§§§§§§§§§")
    assert code == 2
    assert "did you mean" not in err


def test_a_site_s_own_edits_cite_and_predict(run: Run, tmp_path) -> None:  # noqa: F811
    folder = tmp_path / "edits"
    folder.mkdir()
    (folder / "site-fault.md").write_text(SITE, encoding="utf-8")
    own = ("--edits", str(folder))
    assert "SITE-001 site-fault: A fault of this site" in run("explain", "UNW-13", *own)[1]
    assert "Rules (`cleanclaim explain UNW-13` reads one)\n  UNW-13\n" in run("explain", "SITE-001", *own)[1]
    _, out, _ = run("explain", "CO-999", *own)
    assert out.startswith("CO-999: we have no words for it\n")
    assert "  fix     Ask for [hcpcs code] at the desk." in out
    assert run("explain", "CO-999")[0] == 2


def test_rules_and_reasons_load_neither_arrow_nor_the_sql_parser() -> None:
    loaded = (
        "import sys; sys.argv = ['cleanclaim', 'explain', 'UNW-13', 'CO-16', 'N822']\nfrom cleanclaim.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'duckdb', 'pyarrow', 'numpy', 'sqlglot', 'rich.console'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
