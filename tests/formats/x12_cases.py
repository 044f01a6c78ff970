"""A claim file written by hand, and everything that can be wrong with it: what is told, and what is kept."""

from __future__ import annotations

from dataclasses import dataclass

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260315*1200*^*00501*000000001*0*P*:"
GS = "GS*HC*SENDER*RECEIVER*20260315*1200*1*X*005010X222A1"
ST = "ST*837*0001*005010X222A1"
ABOVE = """\
HL*1**20*1
PRV*BI*PXC*207RX0202X
NM1*85*2*CLINIC*****XX*1234567893
HL*2*1*22*0
SBR*P*18*******MB
PAT*******01*154.5
NM1*IL*1*DOE*Alma****MI*M1
DMG*D8*19600229*F
NM1*PR*2*PAYER*****PI*00431"""
CLAIM_1 = """\
CLM*A1*1541.64***11:B:1*Y*A*Y*Y
HI*ABF:Z5111*ABK:K5090
LX*1
SV1*HC:J1745:JZ*1241.64*UN*40***2:1
DTP*472*D8*20260315
LIN**N4*57894003001
CTP****4*UN"""
CLAIM_2 = """\
CLM*A2*300***11:B:1
HI*ABK:K5090
LX*1
SV1*HC:96413*300*UN*1***1
DTP*472*D8*20260315"""
BODY = "\n".join((ABOVE, CLAIM_1, CLAIM_2))


def transaction(body: str = BODY, *, header: str = ST, control: str = "0001") -> str:
    """ST, the body and a SE that counts right; one segment a line."""
    count = len(body.splitlines()) + 2
    return "\n".join((header, body, f"SE*{count}*{control}"))


def interchange(inside: str | None = None, *, header: str = ISA, group: str = GS) -> str:
    """An interchange of one group of one transaction; one segment a line."""
    inside = transaction() if inside is None else inside
    return "\n".join((header, group, inside, "GE*1*1", f"IEA*1*{header.split('*')[13]}"))


def x12(text: str) -> bytes:
    """The bytes of segments written one a line."""
    return (text.replace("\n", "~\n") + "~\n").encode()


def changed(old: str, new: str, body: str = BODY) -> bytes:
    """The file with a piece of its transaction changed once, its counts still right."""
    assert old in body
    return x12(interchange(transaction(body.replace(old, new, 1))))


def whole(old: str, new: str) -> bytes:
    """The file with a piece of it changed once, its counts as they were."""
    text = interchange()
    assert old in text
    return x12(text.replace(old, new, 1))


@dataclass(frozen=True, slots=True)
class Case:
    """A file, the faults that it must give as `name segment@number element=value`, and the claims and lines kept."""

    data: bytes
    faults: list[str]
    claims: list[str | None]
    lines: int


BOTH: list[str | None] = ["A1", "A2"]
OTHER_ISA = ISA.replace("000000001", "000000002")
_LONG = "x" * (3 << 20)

CASES = {
    # Bytes to segments
    "nothing is wrong": Case(x12(interchange()), [], BOTH, 2),
    "LF alone ends segments": Case(interchange().encode() + b"\n", [], BOTH, 2),
    "CR and LF end segments": Case(interchange().replace("\n", "\r\n").encode() + b"\r\n", [], BOTH, 2),
    "other delimiters": Case(x12(interchange()).translate(bytes.maketrans(b"*:~^", b"|>'U")), [], BOTH, 2),
    "byte order mark": Case(b"\xef\xbb\xbf" + x12(interchange()), ["byte-order-mark"], BOTH, 2),
    "text before": Case(b"Dear all,\n" + x12(interchange()), ["text-outside-interchange"], BOTH, 2),
    "text after": Case(x12(interchange()) + b"the end", ["text-outside-interchange"], BOTH, 2),
    "a DOS end of file, NULs and stray terminators after": Case(x12(interchange()) + b"~~\n\0\x1a", [], BOTH, 2),
    "blank lines and empty segments": Case(x12(interchange()).replace(b"~\n", b"~\r\n\n ~~", 9) + b" \n", [], BOTH, 2),
    "delimiters change between interchanges": Case(
        x12(interchange()) + x12(interchange(header=OTHER_ISA)).translate(bytes.maketrans(b"*:~^", b"|>'!")),
        [], BOTH + BOTH, 4,
    ),
    "a terminator that differs from the header's": Case(
        x12(interchange()).replace(b"~\nGE", b"!\nGE").replace(b"~\nIEA", b"!\nIEA"),
        ["control-character SE@25", "control-number-mismatch SE@25 SE02=0001!\nGE",
         "iea-missing SE@25", "ge-missing SE@25"],
        BOTH, 2,
    ),
    "short header": Case(whole("SENDER         ", "SENDER"), ["isa-length ISA@1 =97"], BOTH, 2),
    "header of 106 characters in 107 bytes": Case(whole("SENDER         ", "SÉNDER         "), [], BOTH, 2),
    "header with an element too few": Case(whole("*0*P*:", "*0*:"), ["isa-unreadable"], [], 0),
    "header with two like delimiters": Case(whole("*0*P*:", "*0*P**"), ["isa-unreadable"], [], 0),
    "header cut": Case(ISA[:60].encode(), ["isa-unreadable"], [], 0),
    "header alone": Case(ISA.encode() + b"~", ["iea-missing ISA@1"], [], 0),
    "one broken interchange between two good ones": Case(
        x12(interchange()) + x12(interchange())[:40] + x12(interchange(header=OTHER_ISA)),
        ["isa-unreadable"], BOTH + BOTH, 4,
    ),
    "garbage between two interchanges": Case(
        x12(interchange()) + b"%%garbage, VISA2%%" + x12(interchange(header=OTHER_ISA)),
        ["text-outside-interchange"], BOTH + BOTH, 4,
    ),
    "an interchange twice": Case(
        x12(interchange()) * 2, ["interchange-duplicate ISA@28 ISA13=000000001"], BOTH + BOTH, 4,
    ),
    "NUL in a segment": Case(whole("DOE*Alma", "D\0E*Alma"), ["control-character NM1@10"], BOTH, 2),
    "NUL after a qualifier": Case(
        changed("NM1*PR*", "NM1*PR\0*"), ["control-character NM1@12", "segment-not-used NM1@12", "subscriber-incomplete CLM@13",
         "subscriber-incomplete CLM@20"], BOTH, 2,
    ),
    "tab in a segment": Case(whole("CLINIC", "THE\tCLINIC"), ["control-character NM1@6"], BOTH, 2),
    "UTF-8": Case(whole("*DOE*Alma", "*DÖE*Alma"), [], BOTH, 2),
    "Windows-1252": Case(
        whole("*DOE*Alma", "*D?E*Alma").replace(b"D?E", b"D\xd6E").replace(b"CLINIC", b"CL\x81NIC"),
        ["not-utf8 NM1@6"], BOTH, 2,
    ),
    "3 MB element": Case(whole("CLINIC", _LONG), [], BOTH, 2),
    "3 MB amount": Case(
        whole("*1541.64*", f"*{'9' * (3 << 20)}*"), [f"amount-invalid CLM@13 CLM02={'9' * 40}"], BOTH, 2,
    ),
    "cut within the second claim": Case(
        x12(interchange())[: x12(interchange()).index(b"96413")],
        ["ge-missing LX@22", "iea-missing LX@22", "se-missing LX@22", "segment-unterminated SV1@23",
         "sv1-missing LX@22"], BOTH, 2,
    ),
    "IEA without terminator": Case(x12(interchange())[:-2], [], BOTH, 2),
    "a terminator inside data": Case(
        changed("SV1*HC:96413*300", "SV1*HC:96~413*300"),
        ["segment-count-mismatch SE@26 SE01=23", "segment-unknown ?@24"], BOTH, 2,
    ),
    # Envelope
    "no IEA": Case(whole("\nIEA*1*000000001", ""), ["iea-missing GE@26"], BOTH, 2),
    "no IEA before the next ISA": Case(
        whole("\nIEA*1*000000001", "") + x12(interchange(header=OTHER_ISA)), ["iea-missing ISA@27"], BOTH + BOTH, 4,
    ),
    "no GE": Case(whole("\nGE*1*1", ""), ["ge-missing IEA@26"], BOTH, 2),
    "no SE": Case(whole("\nSE*23*0001", ""), ["se-missing GE@25"], BOTH, 2),
    "no GS": Case(
        whole(f"\n{GS}", ""),
        ["gs-missing ST@2", "trailer-unexpected GE@25", "group-count-mismatch IEA@26 IEA01=1"], BOTH, 2,
    ),
    "no GS, and segments after the GE": Case(
        whole(f"\n{GS}", "").replace(b"SE*23*0001~\nGE*1*1", b"GE*1*1~\nSE*24*0001"),
        ["gs-missing ST@2", "trailer-unexpected GE@24", "group-count-mismatch IEA@26 IEA01=1"], BOTH, 2,
    ),
    "no ST": Case(
        whole(f"\n{ST}", ""),
        ["st-missing HL@3", "trailer-unexpected SE@24", "transaction-count-mismatch GE@25 GE01=1"], [], 0,
    ),
    "wrong segment count": Case(whole("SE*23", "SE*22"), ["segment-count-mismatch SE@25 SE01=22"], BOTH, 2),
    "segment count that is no number": Case(whole("SE*23", "SE*x"), ["segment-count-mismatch SE@25 SE01=x"], BOTH, 2),
    "counts with leading zeros": Case(whole("SE*23", "SE*0023"), [], BOTH, 2),
    "wrong transaction count": Case(whole("GE*1*", "GE*2*"), ["transaction-count-mismatch GE@26 GE01=2"], BOTH, 2),
    "wrong group count": Case(whole("IEA*1*", "IEA*2*"), ["group-count-mismatch IEA@27 IEA01=2"], BOTH, 2),
    "control numbers": Case(
        whole("SE*23*0001\nGE*1*1\nIEA*1*000000001", "SE*23*1\nGE*1*01\nIEA*1"),
        ["control-number-mismatch SE@25 SE02=1", "control-number-mismatch GE@26 GE02=01",
         "control-number-mismatch IEA@27 IEA02"], BOTH, 2,
    ),
    "GS and ST that disagree": Case(
        whole("X*005010X222A1", "X*005010X223A2"), ["version-mismatch ST@3 ST03=005010X222A1"], BOTH, 2,
    ),
    "a group of another kind": Case(whole("GS*HC", "GS*HP"), ["group-type ST@3 GS01=HP"], BOTH, 2),
    "another transaction": Case(
        x12(interchange(transaction("BPR*I\nCLP*1\nSV2*1\n\tX\nHL", header="ST*835*0001"))),
        ["transaction-type ST@3 ST01=835"], [], 0,
    ),
    "bytes of another transaction": Case(
        x12(interchange(transaction("BPR*?", header="ST*835*0001"))).replace(b"?", b"\xe9"),
        ["transaction-type ST@3 ST01=835"], [], 0,
    ),
    "an institutional transaction": Case(
        x12(interchange(transaction(header="ST*837*0001*005010X223A2"), group=GS.replace("222A1", "223A2"))),
        ["transaction-type ST@3 ST03=005010X223A2"], [], 0,
    ),
    "version by the group alone": Case(whole("0001*005010X222A1", "0001"), [], BOTH, 2),
    # Loops
    "unknown level": Case(
        changed(CLAIM_2, "HL*3*1*21*0\n" + CLAIM_2), ["hl-level HL@20 HL03=21"], BOTH, 2,
    ),
    "no subscriber": Case(
        changed("HL*2*1*22*0\n", ""),
        ["segment-not-used SBR@7", "segment-not-used PAT@8", "segment-not-used NM1@9", "segment-not-used DMG@10",
         "segment-not-used NM1@11", "subscriber-missing CLM@12", "subscriber-missing CLM@19"], BOTH, 2,
    ),
    "no claim": Case(
        changed("CLM*A1*1541.64***11:B:1*Y*A*Y*Y\n", ""), ["segment-not-used HI@13", "claim-missing LX@14"], ["A2"], 1,
    ),
    "no claim after the next subscriber": Case(
        changed(CLAIM_2, "HL*3*1*22*0\n" + CLAIM_2.partition("\n")[2]), ["segment-not-used HI@21", "claim-missing LX@22"], ["A1"], 1,
    ),
    "no LX": Case(changed("LX*1\nSV1*HC:J1745", "SV1*HC:J1745"), ["lx-missing SV1@15"], BOTH, 2),
    "second SV1 in a line": Case(
        changed("DTP*472", "SV1*HC:96413*1*UN*1***1\nDTP*472"), ["lx-missing SV1@17"], BOTH, 3,
    ),
    "LX without SV1": Case(changed("LX*1\n", "LX*1\nLX*2\n"), ["sv1-missing LX@15"], BOTH, 3),
    "line number that is none": Case(changed("LX*1\n", "LX*one\n"), ["line-number-invalid LX@15 LX01=one"], BOTH, 2),
    "quantity without drug": Case(changed("LIN**N4*57894003001\n", ""), ["lin-missing CTP@18"], BOTH, 2),
    # Elements
    "bad date": Case(changed("472*D8*20260315", "472*D8*20260229"), ["date-invalid DTP@17 DTP03=20260229"], BOTH, 2),
    "span that ends before it starts": Case(
        changed("472*D8*20260315", "472*RD8*20260315-20260314"),
        ["date-invalid DTP@17 DTP03=20260315-20260314"], BOTH, 2,
    ),
    "bad date after a good one": Case(
        changed("472*D8*20260315", "472*D8*20260315\nDTP*472*D8*2026"), ["date-invalid DTP@18 DTP03=2026", "segment-repeated DTP@18"], BOTH, 2,
    ),
    "date of another form": Case(changed("472*D8*20260315", "472*TM*1200"), ["date-invalid DTP@17 DTP02=TM"], BOTH, 2),
    "patient's values stay out of faults": Case(
        changed("01*154.5", "01*heavy").replace(b"19600229", b"19000229"),
        ["number-invalid PAT@9 PAT08", "date-invalid DMG@11 DMG02"], BOTH, 2,
    ),
    "units that are no number": Case(changed("UN*40", "UN*forty"), ["number-invalid SV1@16 SV104=forty"], BOTH, 2),
    "units of four decimals": Case(changed("UN*40", "UN*40.0001"), ["number-invalid SV1@16 SV104=40.0001"], BOTH, 2),
    "units written as X12 writes a half": Case(changed("UN*40", "UN*.5"), [], BOTH, 2),
    "quantity that is no number": Case(
        changed("CTP****4", "CTP****4 ML"), ["number-invalid CTP@19 CTP04=4 ML"], BOTH, 2,
    ),
    "charges": Case(
        changed("CLM*A1*1541.64", "CLM*A1*1,541.64").replace(b"*1241.64*", b"*1241.645*"),
        ["amount-invalid CLM@13 CLM02=1,541.64", "amount-invalid SV1@16 SV102=1241.645"], BOTH, 2,
    ),
    "zeros behind the last decimal": Case(changed("*1241.64*UN*40*", "*1241.6400*UN*40.0000*"), [], BOTH, 2),
    "a day as a span of days": Case(
        changed("472*D8*20260315", "472*RD8*20260315"), ["date-form DTP@17 DTP03=20260315"], BOTH, 2,
    ),
    "a span as a day": Case(
        changed("472*D8*20260315", "472*D8*20260315-20260315"), ["date-form DTP@17 DTP03=20260315-20260315"], BOTH, 2,
    ),
    "another separator of components": Case(
        changed("HC:J1745:JZ", "HC>J1745>JZ"), ["procedure-unreadable SV1@16 SV101=HC>J1745>JZ"], BOTH, 2,
    ),
    "a date of service on the claim": Case(
        changed("\nLX*1", "\nDTP*472*D8*20260315\nLX*1"), ["segment-not-used DTP@15"], BOTH, 2,
    ),
    "amount paid": Case(
        changed("\nLX*1", "\nSBR*S\nAMT*D*x\nAMT*D*5\nLX*1"), ["amount-invalid AMT@16 AMT02=x"], BOTH, 2,
    ),
    "no account number": Case(changed("CLM*A1*", "CLM* *"), ["clm-id-missing CLM@13 CLM01"], [None, "A2"], 2),
    "codes": Case(
        changed("HI*ABF:Z5111*ABK:K5090", "HI*ABF:Z5111*ABK:K5090*XYZ:1*ABF*ABJ"),
        ["hi-qualifier HI@14 HI03-1=XYZ", "hi-code-missing HI@14 HI04-2"], BOTH, 2,
    ),
    "pointers": Case(
        changed("***2:1", "***2:0:3:x"),
        ["pointer-invalid SV1@16 SV107-2=0", "pointer-invalid SV1@16 SV107-3=3",
         "pointer-invalid SV1@16 SV107-4=x"], BOTH, 2,
    ),
    "unknown segment": Case(
        changed("LX*1", "LX*1\nZZZ*1\nWITHOUTSEPARATOR"),
        ["segment-unknown ZZZ@16", "segment-unknown ?@17"], BOTH, 2,
    ),
    "segments of another transaction": Case(
        changed("LX*1", "LX*1\nSV2*0636"), ["segment-not-in-837p SV2@16"], BOTH, 2,
    ),
}  # fmt: skip


REFUSED = {
    "empty": b"",
    "white space": b" \r\n\t\n",
    "byte order mark alone": b"\xef\xbb\xbf",
    "PDF": b"%PDF-1.7\n1 0 obj",
    "HTML": b"<!DOCTYPE html><html></html>",
    "no interchange header": x12(transaction()),
    "UTF-16 with mark": interchange().encode("utf-16"),
    "UTF-16 without mark": interchange().encode("utf-16-le"),
    "ISA as a part of a word": b"ISABEL*00",
}
