"""The audit of a text about codes: what it says of them, held against the reference. No network, no model."""

from cleanclaim.guides.audit.auditor import Audit, Auditor, Summary
from cleanclaim.guides.audit.statement import Kind, Statement, Verdict

__all__ = ["Audit", "Auditor", "Kind", "Statement", "Summary", "Verdict"]
