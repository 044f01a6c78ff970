"""Claims of the benchmark as X12 text: what is the same for every patient is written once, with slots for the rest.

A slot is `%(name)s`: `hl` and `patient_hl` (numbers of the hierarchical levels), `claim`, `date`, and the subscriber's.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from benchmarks.drugs import Line


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays: claim filing indicator, name, identifier, and whether JW and JZ are wanted."""

    filing: str
    name: str
    payer_id: str
    says_waste: bool


@dataclass(frozen=True, slots=True)
class Template:
    """The text of a claim with slots, and what must be counted: a transaction ends with its number of segments."""

    text: str
    segments: int
    levels: int
    lines: int


MEDICARE = Payer("MB", "EXAMPLE MEDICARE CONTRACTOR", "TESTMAC01", says_waste=True)
ADVANTAGE = Payer("16", "PRETEND ADVANTAGE PLAN", "TESTMAP01", says_waste=True)
COMMERCIAL = Payer("CI", "IMAGINARY MUTUAL HEALTH", "TESTCOM01", says_waste=False)
MEDICAID = Payer("MC", "EXAMPLE STATE MEDICAID", "TESTMCD01", says_waste=False)

_CITY = "N4*EXAMPLEVILLE*OH*430009998"
_PAID = Decimal("0.8")  # of the allowed half of the charge


def claim_template(
    payer: Payer,
    diagnoses: tuple[str, ...],
    lines: tuple[Line, ...],
    *,
    dependent: bool = False,
    secondary: bool = False,
    authorized: bool = False,
    total: Decimal | None = None,
) -> Template:
    """A claim with its subscriber (and patient) loops."""
    segments = _subscriber(payer, dependent=dependent, secondary=secondary)
    charge = sum((line.charge for line in lines), Decimal(0)) if total is None else total
    segments.append(f"CLM*%(claim)s*{charge:f}***11:B:1*Y*A*Y*Y")
    segments += ["DTP*454*D8*%(date)s", "DTP*304*D8*%(date)s"]
    if authorized:
        segments.append("REF*G1*TESTAUTH%(claim)s")
    segments += [
        "REF*D9*TESTTRACE%(claim)s",
        "REF*EA*CHART%(claim)s",
        "NTE*ADD*ORDER AND ADMINISTRATION RECORD ON FILE",
        "HI*" + "*".join(("ABF:" if place else "ABK:") + code for place, code in enumerate(diagnoses)),
        "NM1*DN*1*HEARTHSTONE*%(referring)s****XX*1999900057",
        "NM1*82*1*QUILLWORT*TESSA****XX*1999900016",
        "PRV*PE*PXC*207RH0003X",
        "NM1*77*2*EXAMPLE INFUSION SUITE*****XX*1999900040",
        "N3*102 EXAMPLE WAY",
        "N4*EXAMPLEVILLE*OH*430009997",
        "NM1*DQ*1*BRAMBLEY*OTTO****XX*1999900024",
    ]
    if secondary:
        segments += _other_payer(lines)
    for number, line in enumerate(lines, 1):
        segments += _line(number, line, pointer="1" if len(diagnoses) == 1 else "1:2", secondary=secondary)
    return Template("~".join(segments) + "~", len(segments), 2 if dependent else 1, len(lines))


def _subscriber(payer: Payer, *, dependent: bool, secondary: bool) -> list[str]:
    order = "S" if secondary else "P"
    group = "" if payer.filing in {"MB", "MC"} else "TESTGRP%(group)s"
    segments = [
        f"HL*%(hl)d*1*22*{int(dependent)}",
        f"SBR*{order}*{'' if dependent else '18'}*{group}******{payer.filing}",
        "NM1*IL*1*%(last)s*%(first)s*%(middle)s***MI*%(member)s",
    ]
    person = ["N3*%(street)s", _CITY, "DMG*D8*%(born)s*%(sex)s"]
    if not dependent:
        segments += person
    segments += [f"NM1*PR*2*{payer.name}*****PI*{payer.payer_id}", "N3*PO BOX 9999", "N4*EXAMPLEVILLE*OH*430009996"]
    if dependent:
        segments += ["HL*%(patient_hl)d*%(hl)d*23*0", "PAT*19", "NM1*QC*1*%(last)s*%(second_first)s", *person]
    return segments


def _paid(line: Line) -> Decimal:
    return (line.charge / 2 * _PAID).quantize(Decimal("0.01"))


def _other_payer(lines: tuple[Line, ...]) -> list[str]:
    """Medicare's part of the claim: it allowed half of each charge and paid four fifths of that."""
    paid = sum((_paid(line) for line in lines), Decimal(0))
    left = sum(((line.charge / 2).quantize(Decimal("0.01")) - _paid(line) for line in lines), Decimal(0))
    return [
        "SBR*P*18*******MB", f"AMT*D*{paid:f}", f"AMT*EAF*{left:f}", "OI***Y***Y",
        "NM1*IL*1*%(last)s*%(first)s****MI*%(mbi)s", "N3*%(street)s", _CITY,
        f"NM1*PR*2*{MEDICARE.name}*****PI*{MEDICARE.payer_id}",
    ]  # fmt: skip


def _line(number: int, line: Line, *, pointer: str, secondary: bool) -> list[str]:
    code = ":".join((line.code, *line.modifiers))
    segments = [
        f"LX*{number}",
        f"SV1*HC:{code}*{line.charge:f}*UN*{line.units}***{pointer}",
        "DTP*472*D8*%(date)s",
        f"REF*6R*%(claim)s-{number}",
    ]
    if line.is_drug:
        segments += [
            f"NTE*ADD*{line.note}",
            f"LIN**N4*{line.ndc}",
            f"CTP****{line.ndc_quantity}*{line.ndc_unit}",
        ]
    segments += ["NM1*82*1*LENSGROVE*IRIS****XX*1999900032", "PRV*PE*PXC*363L00000X"]
    if line.is_drug:
        segments.append("NM1*DK*1*HEARTHSTONE*PIP****XX*1999900057")
    if secondary:
        allowed = (line.charge / 2).quantize(Decimal("0.01"))
        segments += [
            f"SVD*{MEDICARE.payer_id}*{_paid(line):f}*HC:{code}**{line.units}",
            f"CAS*CO*45*{line.charge - allowed:f}",
            f"CAS*PR*2*{allowed - _paid(line):f}",
            "DTP*573*D8*20241001",
        ]
    return segments
