"""Pages that cannot be used are refused by file and line; a YAML bomb does not go off."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanclaim.edits.collection import edits_of_folder, find_edit, shipped_edits
from cleanclaim.edits.pages import read_page
from cleanclaim.errors import PageError, UnknownName

PAGE = """---
id: SITE-001
grain: line
message: "{hcpcs_code} again"
fix: {say: "Mend it.", safe: false}
predicted: [{group: CO, carc: '16'}]
authority: [{title: "Our own rule", confidence: D}]
cases:
  - {name: one, severity: warn, when: "billed_units > 1"}
---
# A title

Why.

## Examples
| case | service_date | billed_units | outcome |
|---|---|---|---|
| two | 2024-01-01 | 2 | fires one |
"""
BROKEN = {
    "no front matter": (PAGE.replace("---\nid", "id", 1), 1, "expected front matter"),
    "not YAML": (PAGE.replace("grain: line", "grain: [line"), 4, "front matter: not YAML"),
    "an unknown key": (PAGE.replace("grain: line", "grain: line\ncolor: red"), 2, "unknown field `color`"),
    "a wrong grain": (PAGE.replace("grain: line", "grain: vial"), 3, "Invalid enum value 'vial'"),
    "a wrong severity": (PAGE.replace("severity: warn", "severity: fatal"), 9, "Invalid enum value 'fatal'"),
    "a bad date": (PAGE.replace("grain: line", "grain: line\nin_force: {from: soon}"), 4, "in_force"),
    "an unknown fact": (PAGE.replace("billed_units > 1", "biled_units > 1"), 9, "there is no fact `biled_units`; the nearest is `billed_units`"),
    "a wrong type": (PAGE.replace("billed_units > 1", "billed_units > 'x'"), 9, "between a number and a text"),
    "a forbidden function": (PAGE.replace("billed_units > 1", "read_text('x') = 1"), 9, "there is no function `read_text`"),
    "200 parentheses": (PAGE.replace("billed_units > 1", "(" * 200 + "billed_units > 1" + ")" * 200), 9, "nested deeper than 50"),
    "an unknown fact in the message": (PAGE.replace("{hcpcs_code}", "{hpcs_code}"), 1, "there is no fact `hpcs_code`; the nearest is `hcpcs_code`"),
    "a broken message": (PAGE.replace("{hcpcs_code}", "{hcpcs_code"), 1, "message:"),
    "an alias": (PAGE.replace("grain: line", "grain: &g line\nscope: *g"), 3, "anchors and aliases are not read"),
    "a tag": (PAGE.replace("grain: line", "grain: !!python/object:os.system line"), 3, "tags are not read"),
    "no title": (PAGE.replace("# A title", "A title"), 11, "expected a title line"),
    "no examples": (PAGE.split("## Examples", maxsplit=1)[0], 15, "expected a table under `## Examples`"),
    "a short row": (PAGE.replace("| two | 2024-01-01 | 2 |", "| two | 2 |"), 18, "3 cells where the table has 4 columns"),
    "a payer's word on what is no line": (
        PAGE.replace("grain: line", "grain: claim\nby_policy: [limits]").replace("{hcpcs_code}", "The claim").replace("billed_units", "line_charge_sum"), 1,
        "by_policy: a row of grain `claim` has no `payer_id`, by which a payer's policy is found",
    ),
    "two cases of one name": (PAGE.replace("cases:\n", "cases:\n  - {name: one, severity: info, when: \"true\"}\n"), 1, "two cases have one name"),
}  # fmt: skip


def folder_with(tmp_path: Path, text: str) -> Path:
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_page_of_ones_own(tmp_path: Path) -> None:
    (edit,) = edits_of_folder(folder_with(tmp_path, PAGE))
    assert (edit.id, edit.name, edit.cases[0].severity) == ("SITE-001", "page", "warn")


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_page_names_file_and_line(name: str, tmp_path: Path) -> None:
    text, line, reason = BROKEN[name]
    with pytest.raises(PageError) as refusal:
        edits_of_folder(folder_with(tmp_path, text))
    assert reason in str(refusal.value)
    assert (Path(refusal.value.file).name, refusal.value.line) == ("page.md", line), str(refusal.value)


def test_a_yaml_bomb_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    with pytest.raises(PageError, match=r"bomb\.md:2: .*anchors and aliases"):
        read_page(f"---\n{bomb}---\n# T\n", name="bomb", family="x", file="bomb.md")


def test_a_page_with_deeply_nested_yaml_is_refused() -> None:
    with pytest.raises(PageError, match="front matter"):
        read_page(f"---\na: {'[' * 5000}{']' * 5000}\n---\n# T\n", name="deep", family="x", file="deep.md")


def test_a_page_that_is_too_long_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="longer than"):
        read_page(PAGE + "x" * 100_001, name="long", family="x", file="long.md")
    (tmp_path / "bad.md").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PageError, match=r"bad\.md: cannot be read as UTF-8"):
        edits_of_folder(tmp_path)


def test_an_edit_is_found_by_id_and_name_and_the_nearest_is_named() -> None:
    edits = shipped_edits()
    assert find_edit(edits, "waste-001") is find_edit(edits, "JZ-or-JW-missing")
    with pytest.raises(UnknownName, match="the nearest is `WASTE-001`"):
        find_edit(edits, "jz-or-jw-mising")
