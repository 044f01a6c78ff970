"""What Medicare pays, code by code: payment limits of drugs, hospital and ASC rates, the physician fee schedule."""

from cleanclaim.engine.schema import Column, ColumnType, TableSchema
from cleanclaim.reference.dated import DATED

_T = ColumnType

ASP_LIMIT = TableSchema(
    "asp_limit", "The Medicare Part B payment limit of one code in one quarter.", ("hcpcs_code",),
    (
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("dosage", _T.TEXT, "billing unit as the file prints it"),
        Column("payment_limit", _T.AMOUNT, "payment limit of one billing unit; null where the file prints N/A", unit="USD"),
        Column("coinsurance_percent", _T.AMOUNT, "coinsurance as published", unit="percent"),
        Column("is_vaccine", _T.BOOLEAN, "whether the row has a vaccine limit"),
        Column("notes", _T.TEXT, "notes as printed"),
        *DATED,
    ),
)  # fmt: skip

NOC_LIMIT = TableSchema(
    "noc_limit", "The Medicare Part B payment limit of one drug without a code of its own, in one quarter.", ("drug_name", "dosage"),
    (
        Column("drug_name", _T.TEXT, "generic name, with the labeler where the file names it"),
        Column("dosage", _T.TEXT, "unit that the limit is for, as printed"),
        Column("payment_limit", _T.AMOUNT, "payment limit; null where none is printed", unit="USD"),
        Column("notes", _T.TEXT, "notes as printed"),
        *DATED,
    ),
)  # fmt: skip

OPPS_STATUS = TableSchema(
    "opps_status", "How the hospital outpatient system pays one code in one quarter (Addendum B).", ("hcpcs_code",),
    (
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("status_indicator", _T.TEXT, "G and K paid drugs, N packaged, E1 and E2 not paid ..."),
        Column("apc", _T.TEXT, "ambulatory payment classification"),
        Column("payment_rate", _T.AMOUNT, "payment rate; null where none is printed", unit="USD"),
        Column("national_copayment", _T.AMOUNT, "national unadjusted copayment", unit="USD"),
        Column("minimum_copayment", _T.AMOUNT, "minimum unadjusted copayment", unit="USD"),
        Column("coinsurance_percent", _T.AMOUNT, "inflation-adjusted coinsurance; null where none is printed", unit="percent"),
        Column("adjusted_copayment", _T.AMOUNT, "inflation-adjusted copayment", unit="USD"),
        Column("note", _T.TEXT, "notes as printed"),
        *DATED,
    ),
)  # fmt: skip

ASC_PAYMENT = TableSchema(
    "asc_payment", "How an ambulatory surgical center is paid for one code in one quarter (Addenda AA and BB).", ("hcpcs_code", "addendum"),
    (
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("addendum", _T.TEXT, "AA covered surgical procedures, BB ancillary services: drugs, devices, imaging"),
        Column("payment_indicator", _T.TEXT, "K2 drugs paid by themselves, K7 priced by the contractor, K5 and N1 not paid by themselves, L1 vaccines ... (PAY-25)"),
        Column("payment_weight", _T.AMOUNT, "payment weight; null where none is printed, as for drugs"),
        Column("payment_rate", _T.AMOUNT, "payment rate; null where none is printed", unit="USD"),
        Column("subject_to_discounting", _T.BOOLEAN, "whether it is discounted beside other procedures; null in BB, which does not say"),
        Column("patient_share_waived", _T.BOOLEAN, "whether it is marked as a preventive service without coinsurance and deductible (**)"),
        Column("comment_indicator", _T.TEXT, "NI new, CH changed ...; null where the file has no such column, as in quarterly files"),
        *DATED,
    ),
    part="addendum",
)  # fmt: skip

PFS_RVU = TableSchema(
    "pfs_rvu", "The relative values of one code, with one modifier, in one quarter of the physician fee schedule.", ("hcpcs_code", "modifier", "paid_to"),
    (
        Column("hcpcs_code", _T.TEXT, "five characters"),
        Column("modifier", _T.TEXT, "26 professional, TC technical component, 53 discontinued; null for the code as a whole"),
        Column("paid_to", _T.TEXT, "whom the conversion factor is for: everyone until 2025; from 2026 qp (qualifying participants of an alternative payment model) or non_qp"),
        Column("status_code", _T.TEXT, "A paid, E X N not paid here, I not valid for Medicare, C priced by the contractor, R restricted, T only when nothing else is paid ..."),
        Column("not_used_for_payment", _T.BOOLEAN, "whether Medicare does not pay by these values (+)"),
        Column("work_rvu", _T.AMOUNT, "work"),
        Column("nonfacility_pe_rvu", _T.AMOUNT, "practice expense outside of a facility"),
        Column("nonfacility_na", _T.BOOLEAN, "whether it is rarely or never done outside of a facility (NA)"),
        Column("facility_pe_rvu", _T.AMOUNT, "practice expense in a facility"),
        Column("facility_na", _T.BOOLEAN, "whether it is rarely or never done in a facility, or not paid there (NA)"),
        Column("mp_rvu", _T.AMOUNT, "malpractice"),
        Column("nonfacility_total", _T.AMOUNT, "the three outside of a facility"),
        Column("facility_total", _T.AMOUNT, "the three in a facility"),
        Column("pctc_indicator", _T.TEXT, "0 physician service, 1 diagnostic test with components, 5 incident to (drug administration), 9 does not apply ..."),
        Column("global_days", _T.TEXT, "000, 010, 090, XXX none, YYY the contractor decides, ZZZ add-on, MMM maternity"),
        Column("preoperative", _T.AMOUNT, "share of the work before the operation"),
        Column("intraoperative", _T.AMOUNT, "share of the operation"),
        Column("postoperative", _T.AMOUNT, "share after it"),
        Column("multiple_procedure", _T.TEXT, "how several on one day are reduced; 0 not, 9 does not apply"),
        Column("bilateral_surgery", _T.TEXT, "how both sides are paid: 1 at 150%, 2 already in the value, 3 each in full, 0 and 9 not"),
        Column("assistant_at_surgery", _T.TEXT, "0 with documentation, 1 not paid, 2 paid, 9 does not apply"),
        Column("co_surgeons", _T.TEXT, "0 not paid, 1 with documentation, 2 paid, 9 does not apply"),
        Column("team_surgery", _T.TEXT, "0 not paid, 1 with documentation, 2 paid, 9 does not apply"),
        Column("price_indicator", _T.TEXT, "PRIC IND as printed; null before 2026"),
        Column("endoscopic_base", _T.TEXT, "the endoscopy that it builds on"),
        Column("conversion_factor", _T.AMOUNT, "dollars for one relative value", unit="USD"),
        Column("supervision", _T.TEXT, "which supervision a diagnostic test needs: 01 general, 02 direct, 03 personal, 09 does not apply ..."),
        Column("calculation_flag", _T.TEXT, "as printed"),
        Column("imaging_family", _T.TEXT, "88 reduced beside other imaging, 99 does not apply"),
        Column("opps_nonfacility_pe", _T.AMOUNT, "practice expense by which the cap of outpatient hospitals is found, outside of a facility; 0 where there is no cap"),
        Column("opps_facility_pe", _T.AMOUNT, "the same in a facility"),
        Column("opps_mp", _T.AMOUNT, "malpractice for the same"),
        *DATED,
    ),
    part="paid_to",
)  # fmt: skip

PFS_GPCI = TableSchema(
    "pfs_gpci", "The geographic practice cost indices of one locality in one year.", ("mac", "locality"),
    (
        Column("mac", _T.TEXT, "number of the contractor, five digits"),
        Column("locality", _T.TEXT, "number of the locality, two digits"),
        Column("state", _T.TEXT, "two letters"),
        Column("locality_name", _T.TEXT, "name of the locality"),
        Column("work_gpci", _T.AMOUNT, "index of work, with the floor where the file has it so"),
        Column("work_floor", _T.AMOUNT, "the floor of work_gpci that the head of the column names; null when it names none"),
        Column("pe_gpci", _T.AMOUNT, "index of practice expense"),
        Column("mp_gpci", _T.AMOUNT, "index of malpractice"),
        Column("note", _T.TEXT, "footnote of the locality, as printed"),
        *DATED,
    ),
)  # fmt: skip

PFS_LOCALITY = TableSchema(
    "pfs_locality", "One locality of the physician fee schedule in one year, with its counties.", ("mac", "locality"),
    (
        Column("mac", _T.TEXT, "number of the contractor, five digits"),
        Column("locality", _T.TEXT, "number of the locality, two digits"),
        Column("state_name", _T.TEXT, "state as printed, in capitals; some stand together (HAWAII/GUAM)"),
        Column("area", _T.TEXT, "fee schedule area"),
        Column("counties", _T.TEXT, "its counties as printed"),
        Column("note", _T.TEXT, "footnote of the area, as printed"),
        *DATED,
    ),
)  # fmt: skip
