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
