"""Claims as tables of others: CSV and Parquet, one row per claim line, under our names or by a mapping file.

A row repeats what it says of its claim. Rows with one `claim_id` are one claim, wherever they stand in the file. A
column that claim and line both have is the claim's under its plain name and the line's with `line_` before it.
"""
