"""The claim model: what a claim, a line, an administration and a fault are, as tables."""

from cleanclaim.claims.patients import patient_key
from cleanclaim.claims.tables import (
    ADMINISTRATION,
    CLAIM,
    FAULT,
    LINE,
    TABLES,
    ClaimTables,
    Lost,
    PayerProgram,
    claim_key,
    file_key,
    payer_program_of,
)

__all__ = [
    "ADMINISTRATION", "CLAIM", "FAULT", "LINE", "TABLES", "ClaimTables", "Lost", "PayerProgram",
    "claim_key", "file_key", "patient_key", "payer_program_of",
]  # fmt: skip
