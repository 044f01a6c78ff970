"""Readers of the official files: one small function per file family, rows as plain Python values."""

from __future__ import annotations

import csv
import gzip
import io
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook

MONTH_QUARTER = {"jan": 1, "apr": 2, "jul": 3, "oct": 4}


@dataclass(frozen=True)
class CrosswalkRow:
    """One row of the ASP NDC-HCPCS crosswalk (NDC-18: one item, not the carton)."""

    code: str
    ndc: str
    brand: str
    labeler: str
    dosage: str
    size: Decimal
    units: Decimal


@dataclass(frozen=True)
class FdaPack:
    """What the 2019 FDA directory says about one package."""

    kind: str
    form: str
    volume: Decimal | None
    end: str
    name: str


def read_text(path: Path, encoding: str) -> str:
    """Text of a plain or gzipped file."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return raw.decode(encoding)


def quarter_in_name(name: str) -> str:
    """'2024Q3' for a CMS file name that holds a month and a year."""
    found = re.search(r"\b(jan|apr|jul|oct)[a-z]*\s+(20\d\d)", name, re.IGNORECASE)
    if not found:
        raise ValueError(f"no quarter in the file name {name!r}")
    return f"{found.group(2)}Q{MONTH_QUARTER[found.group(1).lower()]}"


def to_decimal(text: str) -> Decimal | None:
    """A number, or None for 'N/A', blanks and text."""
    try:
        return Decimal(text.strip().replace(",", "").replace("$", ""))
    except InvalidOperation:
        return None


def table_after(path: Path, column: str, position: int) -> list[list[str]]:
    """Rows of a CMS csv below the header row whose cell `position` is `column`."""
    rows = list(csv.reader(io.StringIO(read_text(path, "cp1252"))))
    for number, row in enumerate(rows):
        if len(row) > position and row[position].strip().casefold() == column.casefold():
            return rows[number + 1 :]
    raise ValueError(f"no header {column!r} in {path.name}")


def read_crosswalk(path: Path) -> list[CrosswalkRow]:
    """All rows with a 5-4-2 NDC and usable numbers."""
    found = []
    for row in table_after(path, "NDC2", 3):
        cells = [cell.strip() for cell in row[:10]]
        if len(cells) < 10 or not re.fullmatch(r"\d{5}-\d{4}-\d{2}", cells[3]):
            continue
        size, units = to_decimal(cells[6]), to_decimal(cells[8])
        if size and units:
            ndc = cells[3].replace("-", "")
            found.append(CrosswalkRow(cells[0], ndc, cells[4], cells[2], cells[5], size, units))
    return found


def read_limits(path: Path) -> dict[str, Decimal]:
    """Payment limit by code."""
    found: dict[str, Decimal] = {}
    for row in table_after(path, "HCPCS Code", 0):
        limit = to_decimal(row[3]) if len(row) > 3 else None
        if limit is not None and row[0].strip():
            found[row[0].strip()] = limit
    return found


def read_status(path: Path) -> dict[str, str]:
    """OPPS status indicator by code."""
    rows = csv.reader(io.StringIO(read_text(path, "latin-1")))
    return {row[0].strip(): row[2].strip() for row in rows if len(row) > 3 and len(row[0].strip()) == 5}


def read_hcpcs(path: Path) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """(codes, modifiers) of the HCPCS workbook, each row by column name."""
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    header = [str(cell).strip() for cell in rows[0]]
    codes: dict[str, dict[str, str]] = {}
    modifiers: dict[str, dict[str, str]] = {}
    for row in rows[1:]:
        record = {name: str(cell).strip() for name, cell in zip(header, row, strict=False)}
        if record["RECID"] == "7":
            modifiers[record["HCPC"]] = record
        elif record["RECID"] == "3":
            codes[record["HCPC"]] = record
    return codes, modifiers


def read_fda(folder: Path) -> dict[str, FdaPack]:
    """Packages of the FDA directory by 11-digit NDC, when one NDC has one story."""
    products: dict[str, tuple[str, str]] = {}
    for line in read_text(folder / "product.2019.txt.gz", "latin-1").splitlines()[1:]:
        cell = line.split("\t")
        products[cell[0]] = (cell[6], cell[5])
    packs: dict[str, FdaPack] = {}
    for line in read_text(folder / "package.2019.txt.gz", "latin-1").splitlines()[1:]:
        cell = line.split("\t")
        parts = cell[2].split("-")
        if len(parts) != 3:
            continue
        ndc = parts[0].zfill(5) + parts[1].zfill(4) + parts[2].zfill(2)
        form, name = products.get(cell[0], ("", ""))
        packs[ndc] = FdaPack(container_kind(cell[3]), form, volume(cell[3]), cell[5], name)
    return packs


def container_kind(description: str) -> str:
    """single, multi, bulk or '' by the words of PACKAGEDESCRIPTION."""
    if "MULTI-DOSE" in description:
        return "multi"
    if "BULK" in description:
        return "bulk"
    if "SINGLE-DOSE" in description or "SINGLE-USE" in description:
        return "single"
    return ""


def volume(description: str) -> Decimal | None:
    """mL of the innermost container, where the text says it."""
    found = re.findall(r"([\d.]+) mL in 1 ", description)
    return Decimal(found[-1]) if found else None


def read_mue(path: Path) -> dict[str, tuple[int, str]]:
    """(units, MAI) by code."""
    rows = csv.DictReader(io.StringIO(read_text(path, "utf-8")))
    return {row["hcpcs_code"]: (int(row["mue_units"]), row["mue_mai"]) for row in rows}


def read_ptp(path: Path) -> dict[tuple[str, str], str]:
    """Modifier indicator of the active pairs (column 1, column 2)."""
    rows = csv.DictReader(io.StringIO(read_text(path, "utf-8")))
    return {
        (row["column1"], row["column2"]): row["modifier_indicator"]
        for row in rows
        if row["deletion_date"] == "9999-12-31" and row["modifier_indicator"] in "01"
    }


def read_tabular(path: Path) -> tuple[set[str], set[str], dict[str, str]]:
    """(leaves, headers, titles) of an ICD-10-CM tabular list, codes without dots."""
    root = ElementTree.fromstring(gzip.decompress(path.read_bytes()))
    leaves: set[str] = set()
    headers: set[str] = set()
    titles: dict[str, str] = {}
    for node in root.iter("diag"):
        code = (node.findtext("name") or "").replace(".", "")
        titles[code] = node.findtext("desc") or ""
        (leaves if node.find("diag") is None else headers).add(code)
    return leaves, headers, titles
