"""The guide as PDF: whole, the same bytes each time, texts never markup; and the command that writes it."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from cleanclaim.app.code_pages import CodePages
from cleanclaim.app.reports.guide_paper import guide_paper
from cleanclaim.cli.commands import app
from cleanclaim.errors import InvalidValue, PackageMissing
from cleanclaim.guides import Guide
from cleanclaim.guides.blocks import Section, Table
from cleanclaim.policies import read_policies
from tests.policies.test_policies import EXAMPLES

DAY = date(2026, 2, 2)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodePages]:
    with CodePages.open(tmp_path_factory.mktemp("library"), policies=read_policies([EXAMPLES])) as opened:
        yield opened


def pressed(text: str) -> str:
    """A text without what breaks lines."""
    return "".join(text.replace("\u200b", "").replace("`", "").split())


def read(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


@pytest.mark.parametrize("code", ["J1745", "J3420", "J1726", "G2082", "J3490", "G0605"])
def test_every_text_of_the_guide_stands_on_paper(pages: CodePages, code: str) -> None:
    guide = pages.guide(code, DAY)
    sheets = read(guide_paper(guide))
    whole = pressed("".join(sheets))
    said = [guide.lead, guide.descriptor or "", *guide.releases]
    for section in guide.sections:
        said += [section.heading, *section.paragraphs]
        for table in section.tables:
            said += [table.title, *table.header, *(cell for row in table.rows for cell in row)]
    assert [text for text in said if pressed(text) not in whole] == []
    for number, sheet in enumerate(sheets, 1):
        assert f"page {number} of {len(sheets)}" in sheet


def test_it_has_a_title_and_no_clock(pages: CodePages) -> None:
    guide = pages.guide("J1745", DAY)
    content = guide_paper(guide)
    assert content == guide_paper(guide)
    told = PdfReader(io.BytesIO(content)).metadata
    assert told is not None
    assert told.title == "HCPCS J1745 on 2026-02-02: billing guide"
    assert "Payment limits" in read(content)[0]


def test_without_prices_there_is_no_plot(pages: CodePages) -> None:
    text = "".join(read(guide_paper(pages.guide("J3490", DAY))))
    assert "payment limit of one unit" not in text


def test_texts_are_never_markup() -> None:
    evil = "#panic() *bold* $x$ `#eval(1)` \\ [a] <b> @c // d \u202e e"
    section = Section(evil, (evil,), (Table(evil, (evil, "b"), ((evil, "x" * 5000),), evil, evil),))
    guide = Guide("J1#panic()", DAY, "active", evil, evil, (section,), (), (evil,))  # type: ignore[arg-type]
    text = pressed("".join(read(guide_paper(guide))))
    assert text.count("#panic()*bold*$x$#eval(1)\\[a]<b>@c//d[U+202E]e") >= 8
    assert "(5,000characters)" in text


def test_an_empty_table_is_no_fault() -> None:
    section = Section("H", (), (Table("t", ("a", "b"), ()),))
    guide = Guide("J1", DAY, "active", None, "", (section,), (), ())  # type: ignore[arg-type]
    assert "page 1 of 1" in read(guide_paper(guide))[0]
    assert guide_paper(replace(guide, sections=()))


def test_without_typst_it_says_what_to_install(pages: CodePages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(PackageMissing, match=r"cleanclaim\[letters\]"):
        guide_paper(pages.guide("J1745", DAY))


# The command


def asked(tmp_path: Path, *options: str) -> list[str]:
    return ["guide", "J1745", "--on", "2026-02-02", "--reference", str(tmp_path), *options]


def test_the_command_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "j1745.pdf"
    done = CliRunner().invoke(
        app, asked(tmp_path, "--format", "pdf", "--output", str(file), "--policies", str(EXAMPLES))
    )
    assert done.exit_code == 0, done.output
    assert "Northlake Mutual" in "".join(read(file.read_bytes()))
    piped = CliRunner().invoke(app, asked(tmp_path, "--format", "pdf", "--policies", str(EXAMPLES)))
    assert piped.stdout_bytes == file.read_bytes()


@pytest.mark.parametrize("output_format", ["markdown", "html", "json"])
def test_each_format_has_the_payers(tmp_path: Path, output_format: str) -> None:
    done = CliRunner().invoke(app, asked(tmp_path, "--format", output_format, "--policies", str(EXAMPLES)))
    assert done.exit_code == 0
    assert "northlake-infliximab-2025" in done.output
    assert "Often Said and Wrong" in done.output


def test_no_guide_rests_on_half_of_the_policies(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("- id: x\n  payer: P\n  nothing: 1\n")
    done = CliRunner().invoke(app, asked(tmp_path, "--policies", str(broken)))
    assert isinstance(done.exception, InvalidValue)
    assert f"--policies {broken}:" in str(done.exception)


def test_no_terminal_gets_a_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cleanclaim.cli.output import refuse_output  # noqa: PLC0415

    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with pytest.raises(InvalidValue, match="no terminal can show it"):
        refuse_output(None, "pdf")
