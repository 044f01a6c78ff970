"""Made-up files in the layouts of the publications, quirks included. Codes and drugs are real, prices are not."""

from pathlib import Path

from tests.reference.workbook import Cell, write_workbook

HCPCS_HEADER = [
    "HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION", "SHORT DESCRIPTION", "PRICE1", "COV", "BETOS", "TOS1",
    "ADD DT", "ACT EFF DT", "TERM DT", "ACTION CD",
]  # fmt: skip


def code(
    hcpcs: str, descriptor: str, added: Cell, ended: Cell = "", *, acted: Cell = "", action: str = "N",
    record: str = "3", price: str = "51", betos: str = "O1E",
) -> list[Cell]:  # fmt: skip
    """One record of the HCPCS file."""
    return [
        hcpcs, "0010", record, descriptor, descriptor[:28], price, "D", betos, "1",
        added, acted or added, ended, action,
    ]  # fmt: skip


def modifier(name: str, descriptor: str, added: Cell) -> list[Cell]:
    """One modifier record, with the three blanks that the file writes before it."""
    return code(f"   {name}", descriptor, added, record="7", price="", betos="")


def hcpcs_file(path: Path, records: list[list[Cell]], *, preamble: int = 0, sheet: str = "A") -> Path:
    """A HCPCS workbook, its header below as many disclaimer rows."""
    disclaimer: list[list[Cell]] = [["Note regarding coverage and payment indicators"], *[[""]] * (preamble - 1)]
    return write_workbook(path, [*disclaimer[:preamble], HCPCS_HEADER, *records], sheet)


def asp_file(path: Path, rows: list[str], effective: str = "July 1, 2024 through September 30, 2024") -> Path:
    """A payment limit file: cp1252, CRLF, eight lines of preamble, an empty column at the end."""
    header = (
        "HCPCS Code,Short Description,HCPCS Code Dosage,Payment Limit,Co-insurance Percentage,"
        "Vaccine AWP%,Vaccine Limit,Blood AWP%,Blood limit,Clotting Factor,Notes,"
    )
    preamble = ["Payment Allowance Limits for Medicare Part B Drugs,,", ",,", f'"Effective {effective}",,', *[",,"] * 5]
    path.write_bytes("\r\n".join([*preamble, header, *rows, ""]).encode("cp1252"))
    return path


def limit(hcpcs: str, price: str, coinsurance: str = "20.000", *, vaccine: str = "", notes: str = "") -> str:
    """One row of the payment limit file."""
    return f'{hcpcs},Short name,1 MG,"{price}",{coinsurance},{"95" if vaccine else ""},{vaccine},,,,"{notes}",'
