"""A small library: two HCPCS quarters and three payment limit quarters, made up for the tests."""

from pathlib import Path

import pytest

from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library import embedded, starter_set
from cleanclaim.reference.publications import asp_csv, hcpcs_records, icd10cm, ncci_add_on, ncci_mue, ncci_ptp
from tests.reference.publications import asp_file, code, hcpcs_file, limit, modifier

STARTER = {
    "hcpcs": (
        "hcpcs_code,short_descriptor,descriptor,span_from,span_to,coverage_code,pricing_indicator,betos,is_drug,is_noc,"
        "substance,amount,unit,unit_semantics,valid_from,valid_to,publication\n"
        "# the starter knows two drugs\n"
        'J9271,Inj pembrolizumab,"Injection, pembrolizumab, 1 mg",2016-01-01,9999-12-31,C,51,O1D,true,false,'
        'pembrolizumab,1,mg,linear,2016-01-01,9999-12-31,"HCPCS, October 2025"\n'
        'J1030,Methylpred,"Injection, methylprednisolone acetate, 40 mg",1982-01-01,2024-03-31,D,51,O1E,true,false,'
        'methylprednisolone acetate,40,mg,linear,1982-01-01,2024-03-31,"HCPCS, October 2025"\n'
    ),
    "asp_limit": (
        "hcpcs_code,dosage,payment_limit,coinsurance_percent,is_vaccine,notes,valid_from,valid_to,publication\n"
        "J9271,1 MG,58.456,20,false,,2024-07-01,2024-09-30,ASP 2024-Q3\n"
        "J9271,1 MG,60.291,20,false,,2025-10-01,2025-12-31,ASP 2025-Q4\n"
    ),
    "replacement": (
        "hcpcs_code,replaced_by,unit_factor,source,valid_from,valid_to,publication\n"
        "J1030,J1010,40,HCPCS file,2024-04-01,9999-12-31,HCPCS\n"
    ),
    "mue": (
        "hcpcs_code,service_type,mue_value,mue_adjudication_indicator,rationale,valid_from,valid_to,publication\n"
        "J9271,practitioner,400,3,Clinical: Data,2024-07-01,2024-09-30,MUE 2024-Q3\n"
        "J9271,dme,0,3,,2024-07-01,2024-09-30,MUE 2024-Q3\n"
    ),
    "ndc_crosswalk": (
        "ndc11,hcpcs_code,product_name,labeler,package_size,package_quantity,bill_units,bill_units_package,valid_from,valid_to,publication\n"
        "00006302602,J9271,Keytruda,Merck,4,1,100,100,2024-07-01,2024-09-30,Crosswalk 2024-Q3\n"
    ),
    "product": (
        "ndc11,hcpcs_code,name,container,form,strength,ndc_unit,content_amount,content_unit,source,valid_from,valid_to,publication\n"
        "00006302602,J9271,Keytruda,single_dose,liquid,100 mg/4 mL,ML,100,mg,label,2015-01-15,9999-12-31,label\n"
    ),
    "coverage": (
        "table,part,key,valid_from,valid_to,publication\n"
        "hcpcs,,J9271,2016-01-01,2026-03-31,HCPCS\n"
        "hcpcs,,J1030,2016-01-01,2025-12-31,HCPCS\n"
        "asp_limit,,J9271,2024-07-01,2024-09-30,ASP\n"
        "mue,dme,J9271,2024-07-01,2024-09-30,MUE\n"
        "mue,outpatient,J9271,2024-07-01,2024-09-30,MUE\n"
        "mue,practitioner,J9271,2024-07-01,2024-09-30,MUE\n"
    ),
}

OCTOBER = [
    modifier("JW", "Drug amount discarded/not administered to any patient", "20030101"),
    modifier("JZ", "Zero drug amount discarded/not administered to any patient", "20230101"),
    code("J9271", "Injection, pembrolizumab, 1 mg", "20160101", betos="O1D"),
    code("J1030", "Injection, methylprednisolone acetate, 40 mg", "19820101", "20240331", acted="20240401"),
    code("J1010", "Injection, methylprednisolone acetate, 1 mg", "20240401"),
    code("J0570", "Buprenorphine implant, 74.2 mg", "20170101", acted="20251001", action="R"),
    code("J3490", "Unclassified drugs", "19860101"),
    code("J0013", "Esketamine, nasal spray, 1 mg", "20251101"),
]


@pytest.fixture(autouse=True)
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets files of a few rows pass as whole."""
    monkeypatch.setattr(hcpcs_records, "FEWEST_CODES", 1)
    monkeypatch.setattr(ncci_mue, "FEWEST_ROWS", {"practitioner": 1, "outpatient": 1, "dme": 1})
    monkeypatch.setattr(ncci_ptp, "FEWEST_PAIRS", 1)
    monkeypatch.setattr(ncci_add_on, "FEWEST_ROWS", 1)
    monkeypatch.setattr(icd10cm, "FEWEST_CODES", 1)
    monkeypatch.setattr(asp_csv, "FEWEST_ROWS", 1)


@pytest.fixture
def starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> starter_set.StarterSet:
    """A starter set of two drugs in place of the shipped one."""
    folder = tmp_path / "starter"
    folder.mkdir()
    for name, text in STARTER.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    small = starter_set.load(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(starter_set, "load", lambda: small)
    monkeypatch.setattr(embedded, "embedded", lambda: None)
    return small


@pytest.fixture
def october(tmp_path: Path) -> Path:
    """The HCPCS file of October 2025."""
    return hcpcs_file(tmp_path / "HCPC2025_OCT_ANWEB.xlsx", OCTOBER)


@pytest.fixture
def library(tmp_path: Path, starter: starter_set.StarterSet, october: Path) -> Path:
    """A folder with HCPCS of 2020-Q2 and 2025-Q4 and payment limits of 2024-Q1, 2024-Q3 and 2025-Q4."""
    folder = tmp_path / "library"
    april = [
        code("J9271", "Injection, pembrolizumab, 1 mg", "20160101", betos="O1D"),
        code("J1030", "Injection, methylprednisolone acetate, 40 mg", "19820101", acted="20200401", action="C"),
        code("J0570", "Buprenorphine implant, 74.2 mg", "20170101"),
        code("Q9986", "Injection, hydroxyprogesterone caproate (makena), 10 mg", "20170701", "20171231"),
    ]
    quarters = {
        "January 1, 2024 through March 31, 2024": [limit("J9271", "55.730"), limit("J1030", "6.419")],
        "July 1, 2024 through September 30, 2024": [limit("J9271", "57.000")],
        "October 1, 2025 through December 31, 2025": [limit("J9271", "60.291"), limit("J2782", "105.124")],
    }
    files = [october, hcpcs_file(tmp_path / "HCPC2020_APR_ANWEB.xlsx", april, preamble=10)]
    files += [asp_file(tmp_path / f"{number}.csv", rows, days) for number, (days, rows) in enumerate(quarters.items())]
    for path in files:
        import_file(folder, path)
    return folder
