"""Claims as tables of others: CSV and Parquet, one row per claim line, under our names or by a mapping file.

A row repeats what it says of its claim. Rows with one `claim_id` are one claim, wherever they stand in the file. A
column that claim and line both have is the claim's under its plain name and the line's with `line_` before it.
"""

from cleanclaim.formats.tabular.mapping import ColumnMapping, mapping_json_schema, read_mapping
from cleanclaim.formats.tabular.proposal import proposed_mapping
from cleanclaim.formats.tabular.reader import read_tabular
from cleanclaim.formats.tabular.source import is_parquet, looks_like_csv

__all__ = [
    "ColumnMapping", "is_parquet", "looks_like_csv", "mapping_json_schema", "proposed_mapping", "read_mapping",
    "read_tabular",
]  # fmt: skip
