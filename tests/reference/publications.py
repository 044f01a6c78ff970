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


def mue_file(path: Path, rows: list[str], service: str = "Practitioner Services") -> Path:
    """An MUE file: Latin-1, a notice of several lines as its first record, a name broken over two lines."""
    notice = '"Codes only are copyright \u2026 Association.\r\n\r\nCPT\xae is a trademark.",,,'.encode("cp1252")
    header = f'"HCPCS/\r\nCPT Code",{service} MUE Values,MUE Adjudication Indicator,MUE Rationale'.encode()
    path.write_bytes(b"\r\n".join([notice, header, *(row.encode() for row in rows), b""]))
    return path


PTP_HEADING = [
    ["CPT only copyright 2025 American Medical Association.  All rights reserved.", *[""] * 6],
    ["Column1/Column2 Edits", *[""] * 6],
    ["Column 1", "Column 2", "*=in existence", "Effective", "Deletion", "Modifier", "PTP Edit Rationale"],
    ["", "", "prior to 1996", "Date", "Date", "0=not allowed", ""],
    ["", "", "", "", "*=no data", "1=allowed", ""],
    ["", "", "", "", "", "9=not applicable", ""],
]


def ptp_file(path: Path, rows: list[str]) -> Path:
    """A PTP text file: six heading lines, tabs, CRLF, and the character that ended a file of DOS times."""
    lines = ["\t".join(line) for line in PTP_HEADING] + ["\t".join(row.split(",")) for row in rows]
    path.write_bytes(("\r\n".join(lines) + "\r\n\x1a").encode())
    return path


def pair(one: str, two: str, first: str, last: str = "*", indicator: str = "1", existed: str = "") -> str:
    """One record of the PTP file, for `ptp_file`."""
    return f"{one},{two},{existed},{first},{last},{indicator},Misuse of Column Two code"


ADD_ON_HEADER = [
    "AOC_Edit_Type", "Add-On_Code", "AOC_DelDT", "Primary_Code", "Primary_Code_DelDT", "AOC_Edit_EffDT",
    "AOC_Edit_DelDT", "Special_Instruction_Notes",
]  # fmt: skip


def order_file(path: Path, rows: list[tuple[str, int, str]]) -> Path:
    """An ICD-10-CM order file: code, billable flag, description."""
    lines = [
        f"{number:05} {code:<7} {flag} {text[:60]:<60} {text}" for number, (code, flag, text) in enumerate(rows, 1)
    ]
    path.write_bytes("\r\n".join([*lines, ""]).encode("cp1252"))
    return path


def tabular_file(path: Path, diagnoses: str, year: int = 2026) -> Path:
    """An ICD-10-CM tabular list of one chapter and section."""
    path.write_text(
        f'<?xml version="1.0" encoding="utf-8"?>\r\n<ICD10CM.tabular>\r\n<version>{year}</version>\r\n'
        f"<chapter><name>1</name><desc>A chapter</desc><section id='A00-T88'><desc>A section</desc>{diagnoses}"
        "</section></chapter></ICD10CM.tabular>\r\n",
        "utf-8",
        newline="",
    )
    return path


def diagnosis(name: str, title: str, *inside: str) -> str:
    """One `diag` element."""
    return f"<diag><name>{name}</name><desc>{title}</desc>{''.join(inside)}</diag>"


def fixed(
    code: str,
    descriptor: str,
    added: str,
    ended: str = "",
    *,
    record: str = "3",
    sequence: str = "00100",
    price: str = "51",
    betos: str = "O1E",
    action: str = "N",
) -> str:
    """One record of the 320-column HCPCS file, trailing blanks trimmed; a modifier is written behind three blanks."""
    places = {1: code, 6: sequence, 11: record, 12: descriptor}
    if record in "37":
        places |= {
            92: descriptor[:28],
            120: price,
            230: "D",
            257: betos,
            261: "1",
            269: added,
            277: added,
            285: ended,
            293: action,
        }
    line = [" "] * 320
    for place, text in places.items():
        line[place - 1 : place - 1 + len(text)] = text
    return "".join(line).rstrip()


def fixed_file(path: Path, records: list[str]) -> Path:
    """A 320-column file: disclaimers with tabs and a no-break space, blank lines, CRLF, ISO-8859-1."""
    disclaimer = ["***Disclaimers\t\t\t", "", "*Inclusion does not imply coverage.\u00a0\t\t", ""]
    path.write_bytes("\r\n".join([*disclaimer, *records, ""]).encode("iso-8859-1"))
    return path


def crosswalk_file(path: Path, rows: list[str], *, year: int = 2023, empty_columns: int = 240) -> Path:
    """A crosswalk: the year in the first column lags, hundreds of empty columns, cp1252."""
    tail = "," * empty_columns
    header = f"_{year}_CODE,Short Description,LABELER NAME,NDC2,Drug Name,HCPCS dosage,PKG SIZE,PKG QTY,BILLUNITS,BILLUNITSPKG"
    preamble = [
        "January 2024 ASP NDC - HCPCS Crosswalk",
        '"     Effective January 1, 2024 through March 31, 2024"',
        *[""] * 6,
    ]
    path.write_bytes("\r\n".join(line + tail for line in [*preamble, header, *rows, ""]).encode("cp1252"))
    return path


def addendum_file(path: Path, rows: list[str], *, year: int = 2025, extra_lines: int = 0) -> Path:
    """An Addendum B: text in the second column, byte 0xFF in it, a header with blanks behind its names."""
    header = (
        "HCPCS Code,Short Descriptor,SI,APC ,Relative Weight,Payment Rate,National Unadjusted Copayment,"
        "Minimum Unadjusted Copayment,IRA Coinsurance percentage ,Adjusted Beneficiary Copayment,"
        "Drug and Device Pass-Through Expiration during Calendar Year,Note,* Indicates a Change "
    )
    preamble = [
        f",Addendum B.-- OPPS Payment by HCPCS Code for CY {year},,",
        ",All Rights Reserved.\u00ff,,",
        *[",,,"] * extra_lines,
    ]
    path.write_bytes("\r\n".join([*preamble, header, *rows, ""]).encode("cp1252"))
    return path


def notes_file(path: Path, notes: dict[str, list[str]]) -> Path:
    """Processing notes as the print report has them, the right edge marked."""
    lines = [" " * 40 + "PROCESSING NOTES", " " + "_" * 130, ""]
    for number, texts in notes.items():
        lines += [
            f"          {number}--{texts[0]:<75}*",
            *(f"                {text:<75}*" for text in texts[1:]),
            " " * 91 + "*",
        ]
    path.write_text("\n".join([*lines, ""]), "cp1252")
    return path


PACKAGE_HEADER = "PRODUCTID\tPRODUCTNDC\tNDCPACKAGECODE\tPACKAGEDESCRIPTION\tSTARTMARKETINGDATE\tENDMARKETINGDATE\tNDC_EXCLUDE_FLAG\tSAMPLE_PACKAGE"
PRODUCT_HEADER = (
    "PRODUCTID\tPRODUCTNDC\tPRODUCTTYPENAME\tPROPRIETARYNAME\tPROPRIETARYNAMESUFFIX\tNONPROPRIETARYNAME\tDOSAGEFORMNAME\t"
    "ROUTENAME\tSTARTMARKETINGDATE\tENDMARKETINGDATE\tMARKETINGCATEGORYNAME\tAPPLICATIONNUMBER\tLABELERNAME\tSUBSTANCENAME\t"
    "ACTIVE_NUMERATOR_STRENGTH\tACTIVE_INGRED_UNIT\tPHARM_CLASSES\tDEASCHEDULE\tNDC_EXCLUDE_FLAG\tLISTING_RECORD_CERTIFIED_THROUGH"
)


def package(ndc: str, description: str, start: str = "20150101", end: str = "", product: str = "") -> str:
    """One record of package.txt."""
    own = ndc.rsplit("-", 1)[0]
    return "\t".join([product or f"{own}_id", own, ndc, description, start, end, "N", "N"])


def directory_file(path: Path, header: str, records: list[str]) -> Path:
    """A file of the NDC directory: tab-delimited, CRLF, quotes mean nothing."""
    path.write_bytes("\r\n".join([header, *records, ""]).encode("cp1252"))
    return path
