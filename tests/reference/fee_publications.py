"""Made-up files in the layouts of the fee schedules, transaction reports and coverage indices, quirks included."""

from pathlib import Path

ASC_NOTE = '"NOTE 1:  The Medicare program payment is 80 percent ... identified with a double asterisk (**).",,,,,'


def asc_records(rows: list[str], *, addendum: str = "BB", when: str = "April CY 2020") -> list[str]:
    """The lines of an ASC addendum: title, notice, a header whose names bear month and year, an unnamed column."""
    what = "Integral to Covered Surgical Procedures" if addendum == "BB" else "for Covered Surgical Procedures"
    discounting = ",Subject to Multiple Procedure Discounting" if addendum == "AA" else ""
    header = f"{when} Payment Indicator,{when} Payment Weight  ,{when} Payment Rate "
    return [
        f"Addendum {addendum} -- ASC Covered Services {what} for CY 2020 (Including what is packaged),,,,,",
        "CPT codes only are copyright.\u00a0 All Rights Reserved.,,,,,",
        ",,,,,",
        f"HCPCS Code,,Short Descriptor{discounting},{header}",
        *rows,
        ",,,,,",
        ASC_NOTE,
        ",,,,,",
    ]


def asc_file(path: Path, rows: list[str], *, addendum: str = "BB", when: str = "April CY 2020") -> Path:
    """An ASC addendum as UTF-8 CSV."""
    path.write_text("\n".join([*asc_records(rows, addendum=addendum, when=when), ""]), "utf-8")
    return path


_RVU_2025 = [
    ",, , ,,,,,,,,,,,,,,,,,,,,,,,,,NON-FACILITY,FACILITY,",
    ",,,,NOT USED,,,,,,,,,,,,,,,,,,,,,PHYSICIAN,,DIAGNOSTIC,PE USED,PE USED,MP USED",
    ",,,,FOR,,,NON-FAC,,FACILITY ,,,,,,,,,,,,,,,,SUPERVISION OF,,IMAGING,FOR OPPS,FOR OPPS,FOR OPPS",
    (
        ",,,STATUS,MEDICARE ,WORK,NON-FAC,NA,FACILITY,NA,MP,NON-FACILITY,FACILITY,PCTC,GLOB,PRE,INTRA,POST,MULT,BILAT,ASST,CO-,TEAM,"
        "ENDO,CONV,DIAGNOSTIC,CALCULATION,FAMILY,PAYMENT,PAYMENT,PAYMENT"
    ),
    (
        "HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,OP,PROC,SURG,SURG,SURG,"
        "SURG,BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT"
    ),
]
_TEAM_SURGERY = 22  # PRIC IND follows it in 2026


def rvu_file(path: Path, rows: list[str], *, year: int = 2025, month: str = "October") -> Path:
    """A relative value file: a title in the third column, a header over five lines, CRLF; from 2026 a column more."""
    header = [line.split(",") for line in _RVU_2025]
    if year >= 2026:
        for cells, name in zip(header, ("", "", "", "PRIC", "IND"), strict=True):
            cells.insert(_TEAM_SURGERY + 1, name)
    commas = "," * (len(header[-1]) - 3)
    title = [
        f"{year} National Physician Fee Schedule Relative Value File {month} Release",
        "CPT codes and descriptions only are copyright.",
        " ",
        f"RELEASED 09/11/{year}",
    ]
    lines = [*(f",,{text}{commas}" for text in title), *map(",".join, header), *rows, ""]
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


def rvu(
    code: str, modifier: str = "", *, price: str | None = None, status: str = "A", na: str = "", used: str = ""
) -> str:
    """One row: distinct numbers in every column that has one. `price` is given in the layout of 2026."""
    cells = [
        code, modifier, "WORDS OF THE AMA", status, used, "0.28", "3.35", "", "3.36", na, "0.06", "3.69", "3.70", "5", "XXX",
        "0.10", "0.80", "0.11", "2", "1", "0", "9", "0", "52000", "32.3465", "09", "0", "99", "1.10", "1.20", "0.04",
    ]  # fmt: skip
    if price is not None:
        cells.insert(_TEAM_SURGERY + 1, price)
    return ",".join(cells)


def gpci_file(
    path: Path, rows: list[str], *, title: str = "FINAL CY 2025", work: str = "2025 PW GPCI (with 1.0 Floor)"
) -> Path:
    """The cost indices, with their footnotes; `work` may be two columns."""
    lines = [
        f"ADDENDUM E. {title} GEOGRAPHIC PRACTICE COST INDICES (GPCIs) BY STATE AND MEDICARE LOCALITY,,,,,,",
        ",,,,,,",
        f"Medicare Administrative Contractor (MAC),State,Locality Number,Locality Name,{work},2025 PE GPCI,2025 MP GPCI",
        *rows,
        '"MAC Assignments as of November 22, 2023",,,,,,',
        ",,,,,,",
        "*Work GPCI reflects a 1.5 floor in Alaska.,,,,,,",
        "**PE GPCI reflects a 1.0 floor for frontier states.,,,,,,",
        "",
    ]
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


def locality_file(path: Path, blocks: list[list[str]], *, year: int = 2025) -> Path:
    """The localities: an empty row behind each state, a misspelled first column."""
    lines = [
        f"COUNTIES INCLUDED IN {year} LOCALITIES. (ALPHABETICALLY BY STATE),,,,",
        ",,,,",
        "Medicare Adminstrative Contractor,Locality Number,State ,Fee Schedule Area ,Counties",
        ",,,,",
        *(line for block in blocks for line in (*block, ",,,,")),
        "*  Payment locality is serviced by two carriers.,,,,",
        "",
    ]
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


COVERAGE_HEADER = (
    "contractor_name_type,document_display_id,document_id,document_type,document_version,effective_date,note,"
    "retirement_date,title,updated_on,updated_on_sort,url"
)


def document(
    display_id: str, version: str, effective: str, title: str, *, retired: str = "N/A", note: str = "",
    contractor: str = "Noridian\n(MAC - Part A, MAC - Part B)",
) -> str:  # fmt: skip
    """One version of a document in the index."""
    kind = "LCD" if display_id.startswith("L") else "Article"
    return (
        f'"{contractor}",{display_id},{display_id[1:]},{kind},{version},{effective},{note},{retired},"{title}",'
        f"08/06/2025,20250806133001,https://www.example.org/{display_id}&ver={version}"
    )


def coverage_file(path: Path, rows: list[str]) -> Path:
    """An index of the Medicare Coverage Database: UTF-8, line breaks inside quotes."""
    path.write_text("\n".join([COVERAGE_HEADER, *rows, ""]), "utf-8", newline="")
    return path
