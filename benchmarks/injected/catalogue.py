"""Curated drugs: how each is given, usual doses, indications. Units, NDCs and prices come from the files."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

LIQUID, POWDER = "liquid", "powder"


@dataclass(frozen=True)
class Drug:
    """A drug code with its everyday use.

    `way`: im, sc, push, inf, chemo, cpush, cinj, horm, eye, joint, botox. `doses` in the unit of the descriptor.
    `minutes`: infusion times. `mdv`: large containers of the code are multi-dose vials.
    """

    code: str
    name: str
    way: str
    doses: tuple[Decimal, ...]
    form: str
    diagnoses: tuple[str, ...]
    minutes: tuple[int, ...] = ()
    mdv: bool = False
    sex: str = ""
    ages: tuple[int, int] = (19, 92)
    per_kg: Decimal | None = None
    modifiers: tuple[str, ...] = ()


def make(line: str) -> Drug:
    """A drug from one line: code|name|way|doses|form|diagnoses|options."""
    code, name, way, doses, form, diagnoses, *rest = [part.strip() for part in line.split("|")]
    options = dict(part.split("=") for part in (rest[0].split() if rest else []))
    ages = options.get("ages", "19-92").split("-")
    return Drug(
        code=code,
        name=name,
        way=way,
        doses=tuple(Decimal(dose) for dose in doses.split()),
        form=POWDER if form == "P" else LIQUID,
        diagnoses=tuple(diagnoses.split()),
        minutes=tuple(int(text) for text in options.get("min", "").split(",") if text),
        mdv="mdv" in options,
        sex=options.get("sex", ""),
        ages=(int(ages[0]), int(ages[1])),
        per_kg=Decimal(options["kg"]) if "kg" in options else None,
        modifiers=tuple(options["mod"].split(",")) if "mod" in options else (),
    )


OFFICE = """
J3420|vitamin b-12 cyanocobalamin|im|1000 500|L|D510 E538|mdv=1
J1885|ketorolac tromethamine|im|30 60 15|L|M5450 N23|
J3301|triamcinolone acetonide|im|40 60 80 20|L|L309 J309|mdv=1
J1100|dexamethasone sodium phosphate|im|4 8 10|L|L509 J309|mdv=1
J1010|methylprednisolone acetate|im|40 80 60|L|M5416 L309|mdv=1
J1030|methylprednisolone acetate|im|40|L|M5416 L309|mdv=1
J1040|methylprednisolone acetate|im|80|L|M5416|mdv=1
J2919|methylprednisolone sodium succinate|im|125 62.5 60 40|P|J45901 L509|
J2930|methylprednisolone sodium succinate|im|125 60|P|J45901|
J0696|ceftriaxone sodium|im|250 500 1000|P|J189 N390|
J1200|diphenhydramine hcl|im|25 50|L|L509|
J2550|promethazine hcl|im|25 50 12.5|L|R112|
J0780|prochlorperazine|im|5 10|L|R112|
J3411|thiamine hcl|im|100 200|L|E519|
J1071|testosterone cypionate|im|200 100 150|L|E291|mdv=1 sex=M
J2675|progesterone|im|50 100 75|L|N911|mdv=1 sex=F ages=19-44
J1630|haloperidol|im|5 2 10|L|F209|mdv=1
J1631|haloperidol decanoate|im|50 100 150|L|F209|
J2794|risperidone|im|25 37.5 50|P|F209 F319|
J2426|paliperidone palmitate extended release|im|117 156 234|L|F209|
J0401|aripiprazole|im|300 400|P|F209 F319|
J2315|naltrexone|im|380|P|F1020 F1120|
J0561|penicillin g benzathine|im|600000 1200000 2400000|L|A539 J020|
J1580|gentamicin|im|80 60 120|L|N390|mdv=1
J1720|hydrocortisone sodium succinate|push|100 50 250|P|E2740|
J0500|dicyclomine hcl|im|20 10|L|K589|
J2360|orphenadrine citrate|im|60 30|L|M62838|
J1170|hydromorphone|im|2 1 4|L|M5450|
J1171|hydromorphone|im|2 1|L|M5450|
J1940|furosemide|push|20 40|L|I509|
J1938|furosemide|push|20 40 60|L|I509|
J0690|cefazolin sodium|push|1000 2000|P|L03115|
J2405|ondansetron hydrochloride|push|4 8|L|R112|mdv=1
J1442|filgrastim|sc|300 480|L|D701|
J2506|pegfilgrastim|sc|6|L|D701|
Q5101|filgrastim-sndz|sc|300 480|L|D701|
Q5110|filgrastim-aafi|sc|300 480|L|D701|
Q5108|pegfilgrastim-jmdb|sc|6|L|D701|
Q5111|pegfilgrastim-cbqv|sc|6|L|D701|
Q5120|pegfilgrastim-bmez|sc|6|L|D701|
J2796|romiplostim|sc|250 180 320|P|D693|
J2802|romiplostim|sc|250 180 320|P|D693|
J1756|iron sucrose|push|200 100|L|D509 D500|
J1439|ferric carboxymaltose|inf|750|L|D509 D500|min=16,20,31
Q0138|ferumoxytol|inf|510|L|D509|min=16,20,30
J1437|ferric derisomaltose|inf|1000|L|D509|min=20,30
J1750|iron dextran|inf|1000 500|L|D509|min=92,120,150
J3489|zoledronic acid|inf|5 4|L|M810 C7951|min=16,20,30
J2430|pamidronate disodium|inf|90 60|L|C7951|min=95,120,151
J1459|immune globulin|inf|20000 30000 40000|L|D801 D839 G6181|min=120,165,210
J1561|immune globulin|inf|20000 35000 40000|L|D801 D839|min=120,150,211
J1568|immune globulin|inf|20000 30000|L|D801 D839|min=120,180
J1569|immune globulin|inf|20000 30000 35000|L|D801 D839|min=120,200
J1335|ertapenem sodium|inf|1000|P|L03115 N390|min=30,45
J3370|vancomycin hcl|inf|1000 1500|P|L03115 M869|min=60,90
J3373|vancomycin hydrochloride|inf|1000 1250|P|L03115 M869|min=60,90,91
J1453|fosaprepitant|inf|150|P|R112|min=20,30
J2469|palonosetron hcl|push|250|L|R112|
J0178|aflibercept|eye|2|L|H35321|ages=55-92
J2778|ranibizumab|eye|0.5 0.3|L|H35321|ages=55-92
J2777|faricimab-svoa|eye|6|L|H35321|ages=55-92
J7323|euflexxa|joint|1|L|M171|ages=40-92
J7325|synvisc or synvisc-one|joint|48 16|L|M171|ages=40-92
J7321|hyalgan, supartz or visco-3|joint|1|L|M171|ages=40-92
J0585|onabotulinumtoxina|botox|155 195 175|P|G43709 G43719|ages=19-75
"""

COMPLEX = """
J1745|infliximab|chemo|350 400 500 415|P|K5090 M069 L4050|min=120,125,150
Q5103|infliximab-dyyb|chemo|415 300 350|P|K5090 M069|min=120,150 kg=5
Q5104|infliximab-abda|chemo|400 330|P|K5090 M069|min=120
Q5121|infliximab-axxq|chemo|400 385|P|K5190 M069|min=120,130
J3380|vedolizumab|chemo|300|P|K5190 K5090|min=30
J3262|tocilizumab|chemo|400 200 80 320|L|M069|min=60 mod=JA
J2350|ocrelizumab|chemo|300 600|L|G35 G35A|min=150,210
J2323|natalizumab|chemo|300|L|G35 G35A|min=60
J1299|eculizumab|chemo|900 1200|L|D595|min=35
J9271|pembrolizumab|chemo|200 400|L|C3490 C439|min=30
J9299|nivolumab|chemo|240 480 210|L|C3490 C439|min=30
J9145|daratumumab|chemo|1088 1100 960|L|C9000|min=210,240 kg=16
J9035|bevacizumab|chemo|400 800 350 700|L|C189 C3490|min=30,60,90
Q5107|bevacizumab-awwb|chemo|400 800 375|L|C189|min=30,60
Q5118|bevacizumab-bvzr|chemo|400 760 350|L|C189 C569|min=30,90
J9312|rituximab|chemo|712.5 700 500 680|L|C8330 C8290|min=180,240
Q5115|rituximab-abbs|chemo|700 500 640|L|C8330 C8290|min=180,210
Q5119|rituximab-pvvr|chemo|700 745 500|L|C8330|min=180,240
Q5123|rituximab-arrx|chemo|500 660|L|C8290|min=180
J9355|trastuzumab|chemo|426 450 300|P|C50911 C50912|min=30,90
Q5116|trastuzumab-qyyp|chemo|420 405|P|C50911|min=30,90
Q5117|trastuzumab-anns|chemo|420 402|P|C50912|min=30,90
Q5114|trastuzumab-dkst|chemo|420 300|P|C50911|min=30
J9264|paclitaxel protein-bound particles|chemo|100 180 225|P|C50911 C259|min=30
J9267|paclitaxel|chemo|300 150 310 140|L|C569 C50911|min=60,180 mdv=1
J9045|carboplatin|chemo|450 600 530|L|C3490 C569|min=30,60 mdv=1
J9171|docetaxel|chemo|140 160 120|L|C61 C50911|min=60 mdv=1
J9305|pemetrexed|chemo|900 500 850|P|C3490|min=16,20
J9041|bortezomib|cinj|2.3 2.6 3.5|P|C9000|
J9395|fulvestrant|horm|500|L|C50911 C50912|sex=F
J9217|leuprolide acetate|horm|7.5 22.5 30 45|P|C61|sex=M ages=50-92
J9155|degarelix|horm|240 80|P|C61|sex=M ages=50-92
J9202|goserelin acetate|horm|3.6 10.8|P|C61|sex=M ages=50-92
J9022|atezolizumab|chemo|1200 840|L|C3490|min=60
J9173|durvalumab|chemo|1500 740 620|L|C3490|min=60
J9306|pertuzumab|chemo|420 840|L|C50911|min=30,60
J9354|ado-trastuzumab emtansine|chemo|240 260 252|P|C50911|min=30,90
J9228|ipilimumab|chemo|200 80 240|L|C439|min=30,90
J9303|panitumumab|chemo|400 420|L|C189|min=60
J9055|cetuximab|chemo|400 450 480|L|C189|min=60,120
J9308|ramucirumab|chemo|500 560|L|C169|min=60
J9047|carfilzomib|chemo|54 36 112 60|P|C9000|min=30
J9201|gemcitabine hydrochloride|chemo|1800 1600 1950|P|C259|min=30
J9206|irinotecan|chemo|300 320 315|L|C189|min=90
J9263|oxaliplatin|chemo|150 145 160|L|C189|min=120
J9060|cisplatin|chemo|100 130|L|C3490|min=60 mdv=1
J9075|cyclophosphamide|chemo|1000 1100|P|C50911|min=30,60
J9000|doxorubicin hydrochloride|cpush|100 95 110|L|C50911|
J9190|fluorouracil|cpush|700 750|L|C189|
J9370|vincristine sulfate|cpush|2 1.4|L|C8330|
"""


def load() -> tuple[Drug, ...]:
    """All drugs in a fixed order."""
    return tuple(make(line) for line in (OFFICE + COMPLEX).splitlines() if line.strip())


DRUGS = load()
BY_CODE = {drug.code: drug for drug in DRUGS}

ADMINISTRATION = {
    "im": "96372", "sc": "96372", "push": "96374", "inf": "96365", "chemo": "96413", "cpush": "96409",
    "cinj": "96401", "horm": "96402", "eye": "67028", "joint": "20610", "botox": "64615",
}  # fmt: skip
ROUTES = {
    "im": "IM", "sc": "SC", "push": "IV", "inf": "IV", "chemo": "IV", "cpush": "IV", "cinj": "SC", "horm": "IM",
    "eye": "intravitreal", "joint": "intra-articular", "botox": "IM",
}  # fmt: skip
PROCEDURE_PRICE = {
    "96360": "95.00", "96361": "38.00", "96365": "165.00", "96366": "52.00", "96367": "72.00", "96372": "38.50",
    "96374": "92.00", "96375": "41.00", "96401": "148.00", "96402": "62.00", "96409": "205.00", "96411": "115.00",
    "96413": "310.00", "96415": "68.00", "96417": "140.00", "67028": "210.00", "20610": "125.00", "64615": "305.00",
    "99213": "140.00", "99214": "198.00", "99204": "265.00", "G0463": "162.00", "G0008": "34.00", "G0009": "34.00",
    "G0010": "34.00", "90471": "36.00", "78815": "1850.00", "78452": "980.00", "78306": "620.00", "79101": "420.00",
    "36470": "190.00", "36000": "25.00", "G2083": "1710.00", "G2082": "1180.00",
}  # fmt: skip
