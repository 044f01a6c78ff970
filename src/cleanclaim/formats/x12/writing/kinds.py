"""What tells a professional claim from an institutional one: versions, roles, and columns that one of them lacks."""

from __future__ import annotations

from dataclasses import dataclass

from cleanclaim.formats.x12.writing.names import Role
from cleanclaim.formats.x12.writing.pen import Fault, Refused
from cleanclaim.formats.x12.writing.rows import ClaimRow, LineRow


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two transactions. `absent`: column and the element that would have held it."""

    claim_type: str
    version: str
    facility_qualifier: str  # CLM05-2
    billing: Role
    tax_id_kinds: frozenset[str]
    most_lines: int
    most_diagnoses: int
    code_qualifiers: frozenset[str]
    unit_bases: frozenset[str]
    drug_qualifiers: frozenset[str]
    absent: tuple[tuple[str, str], ...]
    absent_in_line: tuple[tuple[str, str], ...]

    def refuse_absent(self, claim: ClaimRow) -> None:
        """Refuse what the claim says and this transaction has no place for."""
        self._refuse(claim, self.absent)
        if claim.other_payer_count or claim.other_payer_paid is not None:
            raise Refused(Fault.NO_PLACE, "SBR01", "other_payer_count", "no other payer: loop 2320 is not written yet")

    def refuse_absent_in_line(self, line: LineRow) -> None:
        """The same for a line."""
        self._refuse(line, self.absent_in_line)

    def _refuse(self, row: ClaimRow | LineRow, absent: tuple[tuple[str, str], ...]) -> None:
        for column, element in absent:
            if getattr(row, column) not in (None, "", []):
                raise Refused(
                    Fault.NO_PLACE, element, column,
                    f"nothing: 837{self.claim_type} has no place for it (`without` leaves a column out)",
                )  # fmt: skip


PROFESSIONAL = Kind(
    "P", "005010X222A1", "B", Role("billing provider", "85", organization=True, located=True), frozenset({"EI", "SY"}),
    most_lines=50, most_diagnoses=12, code_qualifiers=frozenset({"ER", "HC", "IV", "WK"}),
    unit_bases=frozenset({"MJ", "UN"}), drug_qualifiers=frozenset({"EN", "EO", "HI", "N4", "ON", "UK", "UP"}),
    absent=(("bill_type", "CLM05-1"), ("statement_from", "DTP03"), ("statement_to", "DTP03")),
    absent_in_line=(("revenue_code", "SV201"),),
)  # fmt: skip
INSTITUTIONAL = Kind(
    "I", "005010X223A2", "A", Role("billing provider", "85", person=False, organization=True, located=True),
    frozenset({"EI"}), most_lines=999, most_diagnoses=25, code_qualifiers=frozenset({"ER", "HC", "HP", "IV", "WK"}),
    unit_bases=frozenset({"DA", "UN"}), drug_qualifiers=frozenset({"N4"}),
    absent=(
        ("weight", "PAT08"), ("place_of_service", "CLM05-1"), ("supervising_npi", "NM109"),
        ("rendering_taxonomy", "PRV03"),
    ),
    absent_in_line=(
        ("place_of_service", "SV105"), ("diagnoses", "SV107"), ("prior_auth", "REF02"), ("ordering_npi", "NM109"),
    ),
)  # fmt: skip
KINDS = {kind.claim_type: kind for kind in (PROFESSIONAL, INSTITUTIONAL)}
