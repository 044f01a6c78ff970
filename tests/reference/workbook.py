"""Writes the smallest xlsx that is one, with the standard library: text cells inline, numbers as numbers."""

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

Cell = str | float

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    "%s</Types>"
)
_TYPE = '<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def write_workbook(path: Path, rows: list[list[Cell]], sheet: str = "A") -> Path:
    """The path, with the rows on its only sheet."""
    return write_sheets(path, {sheet: rows})


def write_sheets(path: Path, sheets: dict[str, list[list[Cell]]]) -> Path:
    """The path, with the rows on the sheet of each name, in order."""
    numbers = range(1, len(sheets) + 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES % "".join(_TYPE % number for number in numbers))
        archive.writestr("_rels/.rels", _relations({1: ("officeDocument", "xl/workbook.xml")}))
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            _relations({one: ("worksheet", f"worksheets/sheet{one}.xml") for one in numbers}),
        )
        named = "".join(
            f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
            for number, name in zip(numbers, sheets, strict=True)
        )
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>'
        )
        for number, rows in zip(numbers, sheets.values(), strict=True):
            body = "".join(_row(place, row) for place, row in enumerate(rows, 1))
            archive.writestr(
                f"xl/worksheets/sheet{number}.xml",
                f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>',
            )
    return path


def _relations(targets: dict[int, tuple[str, str]]) -> str:
    told = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}">{told}</Relationships>'


def _row(number: int, cells: list[Cell]) -> str:
    return f'<row r="{number}">' + "".join(_cell(number, place, cell) for place, cell in enumerate(cells)) + "</row>"


def _cell(row: int, place: int, cell: Cell) -> str:
    if cell == "":
        return ""
    reference = f"{_letters(place)}{row}"
    if isinstance(cell, str):
        return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f'<c r="{reference}"><v>{cell}</v></c>'


def _letters(place: int) -> str:
    return chr(65 + place) if place < 26 else chr(64 + place // 26) + chr(65 + place % 26)
