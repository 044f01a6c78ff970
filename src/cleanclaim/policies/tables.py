"""The tables that edits read of payers and charts, written down once; whoever starts a run hands them in.

What payers ask (`policy_*`) is made from files of policies by `listing`. Authorizations, earlier doses and what is on
file come from the clinic. A table that is not handed in has no rows: what it would tell is unknown, never "none".
"""

from __future__ import annotations

from cleanclaim.engine.schema import Column, ColumnType, TableSchema

_T = ColumnType
POLICY_CODE = TableSchema(
    "policy_code", "One code that a policy is about.", ("policy", "hcpcs_code"),
    (Column("policy", _T.TEXT, "the policy"), Column("hcpcs_code", _T.TEXT, "the code")),
)  # fmt: skip
POLICY_ITEM = TableSchema(
    "policy_item", "One thing that a policy lists: a drug to be tried before, evidence of a REMS, a document.",
    ("policy", "attribute", "place", "kind", "item"),
    (
        Column("policy", _T.TEXT, "the policy"),
        Column("attribute", _T.TEXT, "requires.step, requires.rems or documents"),
        Column("place", _T.INTEGER, "which step; 0 elsewhere"),
        Column("kind", _T.TEXT, "code, class, exception (steps); evidence; document"),
        Column("item", _T.TEXT, "the code, or the name under which it is on file"),
        Column("least", _T.AMOUNT, "least value of an evidence that is a number"),
        Column("trial_days", _T.INTEGER, "how long it must have been tried"),
        Column("lookback_days", _T.INTEGER, "days before the service in which a trial counts"),
    ),
)  # fmt: skip
AUTHORIZATION = TableSchema(
    "authorization", "What a payer has agreed to pay for.", ("number",),
    (
        Column("number", _T.TEXT, "the number on the claim (REF*G1)"),
        Column("hcpcs_codes", _T.TEXTS, "codes that it is for"),
        Column("first_day", _T.DATE, "first day of service"),
        Column("last_day", _T.DATE, "last day of service"),
        Column("units", _T.TOTAL, "units that it covers; null when it sets no such bound", unit="HCPCS billing units"),
        Column("used_so_far", _T.TOTAL, "units used before this run", unit="HCPCS billing units"),
        Column("visits", _T.INTEGER, "days of service that it covers; null when it sets no such bound"),
        Column("visits_so_far", _T.INTEGER, "days used before this run"),
        Column("places_of_service", _T.TEXTS, "where it may be given; empty for anywhere"),
        Column("rendering_npis", _T.TEXTS, "by whom; empty for anybody"),
    ),
)  # fmt: skip
HISTORY = TableSchema(
    "history", "Units of one code that one patient got on one day, in earlier claims.", ("patient_key", "hcpcs_code", "service_date"),
    (
        Column("patient_key", _T.TEXT, "the patient, as in `claim`"),
        Column("hcpcs_code", _T.TEXT, "the code, in upper case"),
        Column("service_date", _T.DATE, "the day"),
        Column("units", _T.TOTAL, "units of the day; null when a line did not say", unit="HCPCS billing units"),
        Column("corrected", _T.BOOLEAN, "whether a claim of the patient with the code replaces or voids another: then days and units may be too many"),
    ),
)  # fmt: skip
HISTORY_COVERAGE = TableSchema(
    "history_coverage", "From which day the history has every claim of the clinic. At most one row.", ("history_from",),
    (Column("history_from", _T.DATE, "the first day"),),
)  # fmt: skip
ON_FILE = TableSchema(
    "on_file", "One thing that the chart of a claim has or lacks.", ("claim_id", "line_number", "item"),
    (
        Column("claim_id", _T.TEXT, "the claim (CLM01)"),
        Column("line_number", _T.INTEGER, "the line; null for all lines of the claim"),
        Column("item", _T.TEXT, "DOC-05, gestation_weeks, observation_minutes, abn ..."),
        Column("there", _T.BOOLEAN, "whether it is on file"),
        Column("number", _T.AMOUNT, "its value, where it is a number"),
    ),
)  # fmt: skip
ON_FILE_WHOLE = TableSchema(
    "on_file_whole", "A claim, or a line of it, of which everything on file is listed: what is not there is missing.",
    ("claim_id", "line_number"),
    (
        Column("claim_id", _T.TEXT, "the claim (CLM01)"),
        Column("line_number", _T.INTEGER, "the line; null for all lines of the claim"),
    ),
)  # fmt: skip

HANDED_IN = {
    table.name: table
    for table in (
        POLICY_CODE, POLICY_ITEM, AUTHORIZATION, HISTORY, HISTORY_COVERAGE, ON_FILE, ON_FILE_WHOLE,
    )
}  # fmt: skip
