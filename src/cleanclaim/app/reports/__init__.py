"""A check as a document: one HTML page, SARIF, Parquet. Pure functions of a result; files are the caller's."""

from cleanclaim.app.reports.html import html_report
from cleanclaim.app.reports.parquet import write_parquet
from cleanclaim.app.reports.sarif import sarif_report

__all__ = ["html_report", "sarif_report", "write_parquet"]
