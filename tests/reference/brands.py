"""Brands that rheumatology and oncology practices give most, and INN that no official file has.

Codes and drugs as the descriptors of the HCPCS file of October 2025 and the NDC-HCPCS crosswalks of 2024 to 2026 say;
Taxotere and Zometa are in no crosswalk: their labels name the drug.
"""

from __future__ import annotations

from typing import NamedTuple


class Brand(NamedTuple):
    """A brand, a word that the descriptors of its codes have, and these codes, in force on 2025-11-03."""

    name: str
    drug: str
    codes: tuple[str, ...]


BRANDS = tuple(
    Brand(name, drug, tuple(codes.split()))
    for name, drug, codes in (
        ("Cimzia", "certolizumab", "J0717"), ("Saphnelo", "anifrolumab", "J0491"),
        ("Abraxane", "paclitaxel protein-bound", "J9264"), ("Taxotere", "docetaxel", "J9171"),
        ("Aloxi", "palonosetron", "J2469"), ("Reclast", "zoledronic acid", "J3489"),
        ("Zometa", "zoledronic acid", "J3489"), ("Faslodex", "fulvestrant", "J9395"),
        ("Eligard", "leuprolide", "J9217"), ("Skyrizi", "risankizumab", "J2327"), ("Omvoh", "mirikizumab", "J2267"),
        ("Tremfya", "guselkumab", "J1628"), ("Akynzeo", "netupitant", "J1454 J8655"),
        ("Remicade", "infliximab", "J1745"), ("Orencia", "abatacept", "J0129"),
        ("Actemra", "tocilizumab", "J3262 Q0249"), ("Simponi Aria", "golimumab", "J1602"),
        ("Stelara", "ustekinumab", "J3357 J3358"), ("Rituxan", "rituximab", "J9312"),
        ("Benlysta", "belimumab", "J0490"), ("Krystexxa", "pegloticase", "J2507"),
        ("Ilaris", "canakinumab", "J0638"), ("Cosentyx", "secukinumab", "J3247"),
        ("Entyvio", "vedolizumab", "J3380"), ("Prolia", "denosumab", "J0897"), ("Evenity", "romosozumab", "J3111"),
        ("Inflectra", "infliximab-dyyb", "Q5103"), ("Renflexis", "infliximab-abda", "Q5104"),
        ("Avsola", "infliximab-axxq", "Q5121"), ("Truxima", "rituximab-abbs", "Q5115"),
        ("Ruxience", "rituximab-pvvr", "Q5119"), ("Depo-Medrol", "methylprednisolone acetate", "J1010"),
        ("Solu-Medrol", "methylprednisolone sodium succinate", "J2919"),
        ("Kenalog-40", "triamcinolone acetonide", "J3301"), ("Acthar Gel", "corticotropin", "J0801"),
        ("Xgeva", "denosumab", "J0897"), ("Keytruda", "pembrolizumab", "J9271"), ("Opdivo", "nivolumab", "J9299"),
        ("Tecentriq", "atezolizumab", "J9022"), ("Imfinzi", "durvalumab", "J9173"),
        ("Yervoy", "ipilimumab", "J9228"), ("Avastin", "bevacizumab", "J9035"), ("Mvasi", "bevacizumab-awwb", "Q5107"),
        ("Herceptin", "trastuzumab", "J9355"), ("Kanjinti", "trastuzumab-anns", "Q5117"),
        ("Perjeta", "pertuzumab", "J9306"), ("Kadcyla", "ado-trastuzumab emtansine", "J9354"),
        ("Enhertu", "fam-trastuzumab deruxtecan", "J9358"), ("Darzalex", "daratumumab", "J9145"),
        ("Darzalex Faspro", "daratumumab", "J9144"), ("Velcade", "bortezomib", "J9041"),
        ("Kyprolis", "carfilzomib", "J9047"), ("Alimta", "pemetrexed", "J9305"), ("Halaven", "eribulin", "J9179"),
        ("Erbitux", "cetuximab", "J9055"), ("Neulasta", "pegfilgrastim", "J2506"),
        ("Udenyca", "pegfilgrastim-cbqv", "Q5111"), ("Aranesp", "darbepoetin", "J0881 J0882"),
        ("Emend", "aprepitant", "J1453 J8501"), ("Venofer", "iron sucrose", "J1756"),
        ("Injectafer", "ferric carboxymaltose", "J1439"), ("Trodelvy", "sacituzumab govitecan", "J9317"),
    )
)  # fmt: skip

# Antibodies without a code of their own in the files of 2018 to 2026; many share a stem with one that has one.
IN_NO_FILE = (
    "lebrikizumab", "nemolizumab", "tralokinumab", "ixekizumab", "brodalumab", "bimekizumab", "sarilumab", "dupilumab",
    "evolocumab", "galcanezumab", "itepekimab", "tozorakimab", "astegolimab", "amlitelimab", "rocatinlimab",
    "ianalumab", "obexelimab", "frexalimab", "tulisokibart", "sonelokimab", "vunakizumab", "xeligekimab",
    "ebdarokimab", "picankibart", "stapokibart", "olokizumab", "clazakizumab", "sirukumab", "levilimab",
    "netakimab", "ligelizumab", "quilizumab", "etrolizumab", "abrilumab", "fezakinumab",
)  # fmt: skip
