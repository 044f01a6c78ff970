"""The reference: everything the generator needs to know, by code and date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from benchmarks.injected import sources
from benchmarks.injected.sources import CrosswalkRow, FdaPack

FY2026 = date(2025, 10, 1)
FY2025 = date(2024, 10, 1)
UNIT_TEXT = re.compile(
    r"(?P<upto>up to )?(?:per )?(?P<amount>\d[\d,]*\.?\d*|\.\d+)\s*"
    r"(?P<unit>mg|mcg|micrograms?|units?|gm|gram|g|cc|ml|millicuries?|microcuries?)\b"
)
UNIT_NAMES = {
    "microgram": "mcg", "micrograms": "mcg", "units": "unit", "gm": "g", "gram": "g", "cc": "mL", "ml": "mL",
    "millicurie": "mCi", "millicuries": "mCi", "microcurie": "uCi", "microcuries": "uCi",
}  # fmt: skip


@dataclass(frozen=True)
class UnitSize:
    """Billing unit of a code: `amount` of `unit`; `up_to` when one unit covers any part of it (COD-52)."""

    amount: Decimal
    unit: str
    up_to: bool


def quarter_of(day: date) -> str:
    """'2024Q3' of a day."""
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def parse_day(text: str) -> date:
    """A YYYYMMDD date."""
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


class Reference:
    """Read-only facts of the official files under `data`."""

    def __init__(self, data: Path) -> None:
        cms = data / "cms"
        self.codes, self.modifiers = sources.read_hcpcs(cms / "hcpcs" / "HCPC2025_OCT_ANWEB.xlsx")
        later = sources.read_text(cms / "hcpcs" / "hcpcs_level2_2026q3.txt.gz", "ascii").split()
        self.known_codes = frozenset(self.codes) | frozenset(later)
        self.crosswalk: dict[str, dict[str, list[CrosswalkRow]]] = {}
        self.ndc_codes: dict[str, dict[str, list[str]]] = {}
        self.limits: dict[str, dict[str, Decimal]] = {}
        self._read_asp(cms / "asp")
        self.fda: dict[str, FdaPack] = sources.read_fda(data / "fda")
        ncci = cms / "ncci"
        self.mue = {
            "P": sources.read_mue(ncci / "MUE_PractitionerServices_Eff_07-01-2024.decoded.csv.gz"),
            "I": sources.read_mue(ncci / "MUE_OutpatientHospitalServices_Eff_07-01-2024.decoded.csv.gz"),
        }
        self.ptp = {
            "P": sources.read_ptp(ncci / "PTP_practitioner_2024Q3_drug_subset.decoded.csv.gz"),
            "I": sources.read_ptp(ncci / "PTP_outpatient_hospital_2024Q3_drug_subset.decoded.csv.gz"),
        }
        self.status = [sources.read_status(path) for path in sorted((cms / "opps").glob("*Addendum B*.csv.gz"))]
        self.status += [sources.read_status(path) for path in sorted((cms / "opps").glob("*Addendum_B.*.csv.gz"))]
        icd = cms / "icd10cm"
        self.icd_leaf, self.icd_header, _ = sources.read_tabular(icd / "icd10cm-tabular-April-2025.xml.gz")
        leaf, header, self.icd_title = sources.read_tabular(icd / "icd10c-tabular-April-1-2026.xml.gz")
        self.icd_leaf_2026, self.icd_header_2026 = leaf, header
        listed = sources.read_text(icd / "icd10cm_codes_2026.codes_only.txt.gz", "ascii").split()
        self.icd_2026 = frozenset(listed)

    def _read_asp(self, folder: Path) -> None:
        for path in sorted(folder.glob("section 508*")):
            quarter = sources.quarter_in_name(path.name)
            if "Crosswalk" in path.name:
                by_code: dict[str, list[CrosswalkRow]] = {}
                by_ndc: dict[str, list[str]] = {}
                for row in sources.read_crosswalk(path):
                    by_code.setdefault(row.code, []).append(row)
                    by_ndc.setdefault(row.ndc, []).append(row.code)
                self.crosswalk[quarter], self.ndc_codes[quarter] = by_code, by_ndc
            else:
                self.limits[quarter] = sources.read_limits(path)

    def valid_code(self, code: str, day: date) -> bool:
        """Whether a Level II code is inside its span; CPT numbers are taken as they are."""
        if code[:1].isdigit():
            return True
        record = self.codes.get(code)
        if record is None or parse_day(record["ADD DT"]) > day:
            return False
        return not record["TERM DT"] or day <= parse_day(record["TERM DT"])

    def priced(self, code: str, day: date) -> bool:
        """Whether the quarter's ASP files know the code (also a proof of life after October 2025)."""
        quarter = quarter_of(day)
        return code in self.limits.get(quarter, {}) or code in self.crosswalk.get(quarter, {})

    def unit_size(self, code: str) -> UnitSize:
        """Billing unit by the long descriptor; 'per dose' and 'per study dose' count doses."""
        text = self.codes[code]["LONG DESCRIPTION"].lower()
        if "per study dose" in text or "per dose" in text:
            return UnitSize(Decimal(1), "dose", False)
        found = list(UNIT_TEXT.finditer(text))
        if not found:
            unit = "uCi" if "per microcurie" in text else "vial"
            return UnitSize(Decimal(1), unit, False)
        last = found[-1]
        unit = last.group("unit")
        amount = Decimal(last.group("amount").replace(",", ""))
        return UnitSize(amount, UNIT_NAMES.get(unit, unit), bool(last.group("upto")))

    def always_status(self, code: str) -> set[str]:
        """Status indicators that the Addendum B files at hand give a code."""
        return {table[code] for table in self.status if code in table}

    def valid_icd(self, code: str, day: date) -> bool:
        """Billable on the day; before FY2025 the FY2025 list stands in (only long-lived codes are used)."""
        if day >= FY2026:
            return code in self.icd_2026
        return code in self.icd_leaf or (code in self.icd_2026 and len(code) == 7 and self._stem(code))

    def _stem(self, code: str) -> bool:
        return code[:6] in self.icd_leaf or code[:6].rstrip("X") in self.icd_leaf

    def mue_limit(self, code: str, claim_type: str) -> tuple[int, str] | None:
        """MUE and MAI of 2024 Q3."""
        return self.mue[claim_type].get(code)

    @cached_property
    def ended_packs(self) -> list[tuple[str, FdaPack]]:
        """Packages whose marketing ended by 2023 and that no crosswalk lists."""
        listed = list(self.ndc_codes.values())
        return [
            (ndc, pack)
            for ndc, pack in sorted(self.fda.items())
            if pack.end and parse_day(pack.end).year <= 2023 and not any(ndc in table for table in listed)
        ]
