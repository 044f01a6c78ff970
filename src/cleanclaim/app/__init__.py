"""Use cases that join the rooms: check claim files against the edits."""

from cleanclaim.app.checker import Checker, check_files
from cleanclaim.app.result import CheckResult, EditSummary, Fault, Summary

__all__ = ["CheckResult", "Checker", "EditSummary", "Fault", "Summary", "check_files"]
