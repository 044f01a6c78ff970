"""Sixty and more descriptors of the October 2025 file, read by hand: the billing unit and the drug of each.

Written from the official texts, the hard ones of every form; a change here is a change of what the library says.
"""

# ruff: noqa: ISC004 - a table of descriptors reads by rows

from __future__ import annotations

from typing import Any

_SELF = (
    " (code may be used for medicare when drug administered under the direct supervision of a physician, not for use "
    "when drug is self administered)"
)
_DME = "fda-approved final product, non-compounded, administered through dme"
_T_CELLS = "car-positive viable t cells, including leukapheresis and dose preparation procedures, per therapeutic dose"

Row = tuple[str, str, str, str | None, str | None, dict[str, Any]]

# fmt: off
# code, descriptor, semantics (or the reason), amount, unit, what the name tells
READ_BY_HAND: list[Row] = [
    # linear: a mass, activity, radioactivity, equivalents, an area
    ("J9271", "Injection, pembrolizumab, 1 mg", "linear", "1", "mg", {"ingredients": ("pembrolizumab",), "form": "injection"}),
    ("J1726", "Injection, hydroxyprogesterone caproate, (makena), 10 mg", "linear", "10", "mg",
     {"ingredients": ("hydroxyprogesterone",), "salt": "caproate", "brand": "makena", "form": "injection"}),
    ("J1729", "Injection, hydroxyprogesterone caproate, not otherwise specified, 10 mg", "linear", "10", "mg",
     {"ingredients": ("hydroxyprogesterone",), "salt": "caproate", "not_otherwise_specified": True, "form": "injection"}),
    ("J2919", "Injection, methylprednisolone sodium succinate, 5 mg", "linear", "5", "mg",
     {"ingredients": ("methylprednisolone",), "salt": "sodium succinate", "form": "injection"}),
    ("J1010", "Injection, methylprednisolone acetate, 1 mg", "linear", "1", "mg",
     {"ingredients": ("methylprednisolone",), "salt": "acetate", "form": "injection"}),
    ("J0613", "Injection, calcium gluconate (wg critical care), not therapeutically equivalent to j0612, 10 mg", "linear", "10", "mg",
     {"ingredients": ("calcium gluconate",), "maker": "wg critical care", "not_equivalent_to": ("J0612",), "form": "injection"}),
    ("J1439", "Injection, ferric carboxymaltose, 1 mg", "linear", "1", "mg",
     {"ingredients": ("ferric carboxymaltose",), "form": "injection"}),
    ("J2916", "Injection, sodium ferric gluconate complex in sucrose injection, 12.5 mg", "linear", "12.5", "mg",
     {"ingredients": ("sodium ferric gluconate",), "qualifiers": ("complex",), "vehicle": "sucrose", "form": "injection"}),
    ("J0872", "Injection, daptomycin (xellia), unrefrigerated, not therapeutically equivalent to j0878 or j0873, 1 mg", "linear", "1", "mg",
     {"ingredients": ("daptomycin",), "maker": "xellia", "not_equivalent_to": ("J0878", "J0873"), "qualifiers": ("unrefrigerated",), "form": "injection"}),
    ("J0701", "Injection, cefepime hydrochloride (baxter), not therapeutically equivalent to maxipime, 500 mg", "linear", "500", "mg",
     {"ingredients": ("cefepime",), "salt": "hydrochloride", "maker": "baxter", "not_equivalent_to": ("maxipime",), "form": "injection"}),
    ("J2247", "Injection, micafungin sodium (par pharm) not thereapeutically equivalent to j2248, 1 mg", "linear", "1", "mg",
     {"ingredients": ("micafungin",), "salt": "sodium", "maker": "par pharm", "not_equivalent_to": ("J2248",), "form": "injection"}),
    ("J0169", "Injection, epinephrine (adrenalin), not therapeutically equivalent to j0165, 0.1 mg", "linear", "0.1", "mg",
     {"ingredients": ("epinephrine",), "brand": "adrenalin", "not_equivalent_to": ("J0165",), "form": "injection"}),
    ("J9074", "Injection, cyclophosphamide (sandoz), 5 mg", "linear", "5", "mg",
     {"ingredients": ("cyclophosphamide",), "maker": "sandoz", "form": "injection"}),
    ("J2252", "Injection, midazolam in 0.8% sodium chloride, intravenous, not therapeutically equivalent to j2250, 1 mg", "linear", "1", "mg",
     {"ingredients": ("midazolam",), "vehicle": "0.8% sodium chloride", "routes": ("intravenous",), "not_equivalent_to": ("J2250",), "form": "injection"}),
    ("J0607", "Lanthanum carbonate, oral, 5 mg (for esrd on dialysis)", "linear", "5", "mg",
     {"ingredients": ("lanthanum carbonate",), "routes": ("oral",), "esrd": True}),
    ("J0609", "Ferric citrate, oral, 3 mg ferric iron, (for esrd on dialysis)", "linear", "3", "mg",
     {"ingredients": ("ferric citrate",), "routes": ("oral",), "esrd": True}),
    ("Q5106", "Injection, epoetin alfa-epbx, biosimilar, (retacrit) (for non-esrd use), 1000 units", "linear", "1000", "unit",
     {"ingredients": ("epoetin alfa",), "suffix": "epbx", "biosimilar": True, "brand": "retacrit", "esrd": False, "form": "injection"}),
    ("J1745", "Injection, infliximab, excludes biosimilar, 10 mg", "linear", "10", "mg",
     {"ingredients": ("infliximab",), "excludes_biosimilars": True, "form": "injection"}),
    ("Q5103", "Injection, infliximab-dyyb, biosimilar, (inflectra), 10 mg", "linear", "10", "mg",
     {"ingredients": ("infliximab",), "suffix": "dyyb", "biosimilar": True, "brand": "inflectra", "form": "injection"}),
    ("J1748", "Injection, infliximab-dyyb (zymfentra), 10 mg", "linear", "10", "mg",
     {"ingredients": ("infliximab",), "suffix": "dyyb", "brand": "zymfentra", "form": "injection"}),
    ("Q5136", "Injection, denosumab-bbdz (jubbonti/wyost), biosimilar, 1 mg", "linear", "1", "mg",
     {"ingredients": ("denosumab",), "suffix": "bbdz", "biosimilar": True, "brand": "jubbonti/wyost", "form": "injection"}),
    ("Q5137", "Injection, ustekinumab-auub (wezlana), biosimilar, subcutaneous, 1 mg", "linear", "1", "mg",
     {"ingredients": ("ustekinumab",), "suffix": "auub", "biosimilar": True, "brand": "wezlana", "routes": ("subcutaneous",), "form": "injection"}),
    ("J3031", "Injection, fremanezumab-vfrm, 1 mg (code may be used for medicare when drug administered under the direct supervision of a "
     "physician, not for use when drug is self-administered)", "linear", "1", "mg",
     {"ingredients": ("fremanezumab",), "suffix": "vfrm", "self_administered_clause": True, "form": "injection"}),
    ("J3030", "Injection, sumatriptan succinate, 6 mg" + _SELF, "linear", "6", "mg",
     {"ingredients": ("sumatriptan",), "salt": "succinate", "self_administered_clause": True, "form": "injection"}),
    ("J9213", "Injection, interferon, alfa-2a, recombinant, 3 million units", "linear", "3", "million units",
     {"ingredients": ("interferon alfa-2a",), "qualifiers": ("recombinant",), "form": "injection"}),
    ("J7192", "Factor viii (antihemophilic factor, recombinant) per i.u., not otherwise specified", "linear", "1", "unit",
     {"ingredients": ("factor viii",), "qualifiers": ("recombinant",), "not_otherwise_specified": True}),
    ("J7208", "Injection, factor viii, (antihemophilic factor, recombinant), pegylated-aucl, (jivi), 1 i.u.", "linear", "1", "unit",
     {"ingredients": ("factor viii",), "qualifiers": ("recombinant", "pegylated"), "suffix": "aucl", "brand": "jivi", "form": "injection"}),
    ("J7212", "Factor viia (antihemophilic factor, recombinant)-jncw (sevenfact), 1 microgram", "linear", "1", "mcg",
     {"ingredients": ("factor viia",), "qualifiers": ("recombinant",), "suffix": "jncw", "brand": "sevenfact"}),
    ("J0596", "Injection, c1 esterase inhibitor (recombinant), ruconest, 10 units", "linear", "10", "unit",
     {"ingredients": ("c-1 esterase inhibitor",), "qualifiers": ("recombinant",), "brand": "ruconest", "form": "injection"}),
    ("J3480", "Injection, potassium chloride, per 2 meq", "linear", "2", "mEq", {"ingredients": ("potassium chloride",), "form": "injection"}),
    ("J0289", "Injection, amphotericin b liposome, 10 mg", "linear", "10", "mg",
     {"ingredients": ("amphotericin b",), "qualifiers": ("liposomal",), "form": "injection"}),
    ("J2426", "Injection, paliperidone palmitate extended release (invega sustenna), 1 mg", "linear", "1", "mg",
     {"ingredients": ("paliperidone",), "salt": "palmitate", "qualifiers": ("extended-release",), "brand": "invega sustenna", "form": "injection"}),
    ("J1950", "Injection, leuprolide acetate (for depot suspension), per 3.75 mg", "linear", "3.75", "mg",
     {"ingredients": ("leuprolide",), "salt": "acetate", "qualifiers": ("depot",), "form": "injection"}),
    ("J2354", "Injection, octreotide, non-depot form for subcutaneous or intravenous injection, 25 mcg", "linear", "25", "mcg",
     {"ingredients": ("octreotide",), "qualifiers": ("non-depot",), "routes": ("intravenous", "subcutaneous"), "form": "injection"}),
    ("J0558", "Injection, penicillin g benzathine and penicillin g procaine, 100,000 units", "linear", "100000", "unit",
     {"ingredients": ("penicillin g",), "salt": "benzathine and procaine", "form": "injection"}),
    ("J9316", "Injection, pertuzumab, trastuzumab, and hyaluronidase-zzxf, per 10 mg", "linear", "10", "mg",
     {"ingredients": ("pertuzumab", "trastuzumab", "hyaluronidase"), "suffix": "zzxf", "form": "injection"}),
    ("J9356", "Injection, trastuzumab, 10 mg and hyaluronidase-oysk", "linear", "10", "mg",
     {"ingredients": ("trastuzumab", "hyaluronidase"), "suffix": "oysk", "form": "injection"}),
    ("J3240", "Injection, thyrotropin alpha, 0.9 mg, provided in 1.1 mg vial", "linear", "0.9", "mg",
     {"ingredients": ("thyrotropin alpha",), "form": "injection"}),
    ("S0013", "Esketamine, nasal spray, 1 mg", "linear", "1", "mg", {"ingredients": ("esketamine",), "routes": ("nasal",), "form": "spray"}),
    ("J7312", "Injection, dexamethasone, intravitreal implant, 0.1 mg", "linear", "0.1", "mg",
     {"ingredients": ("dexamethasone",), "routes": ("intravitreal",), "form": "implant"}),
    ("J7611", f"Albuterol, inhalation solution, {_DME}, concentrated form, 1 mg", "linear", "1", "mg",
     {"ingredients": ("albuterol",), "routes": ("inhalation",), "form": "solution", "concentrated": True, "compounded": False}),
    ("J7647", "Isoetharine hcl, inhalation solution, compounded product, administered through dme, concentrated form, per milligram", "linear", "1", "mg",
     {"ingredients": ("isoetharine",), "salt": "hydrochloride", "routes": ("inhalation",), "form": "solution", "concentrated": True, "compounded": True}),
    ("A9513", "Lutetium lu 177, dotatate, therapeutic, 1 millicurie", "linear", "1", "mCi", {"ingredients": ("lutetium lu-177 dotatate",)}),
    ("A9593", "Gallium ga-68 psma-11, diagnostic, (ucsf), 1 millicurie", "linear", "1", "mCi",
     {"ingredients": ("gallium ga-68 psma-11",), "maker": "ucsf"}),
    ("Q4101", "Apligraf, per square centimeter", "linear", "1", "cm2", {"brand": "apligraf"}),
    # up to
    ("J3420", "Injection, vitamin b-12 cyanocobalamin, up to 1000 mcg", "up_to", "1000", "mcg", {"ingredients": ("cyanocobalamin",), "form": "injection"}),
    ("J1580", "Injection, garamycin, gentamicin, up to 80 mg", "up_to", "80", "mg", {"ingredients": ("gentamicin",), "brand": "garamycin", "form": "injection"}),
    # volume
    ("P9047", "Infusion, albumin (human), 25%, 50 ml", "volume", "50", "mL", {"ingredients": ("albumin",), "qualifiers": ("human",), "form": "infusion"}),
    ("J1097", "Phenylephrine 10.16 mg/ml and ketorolac 2.88 mg/ml ophthalmic irrigation solution, 1 ml", "volume", "1", "mL",
     {"ingredients": ("phenylephrine", "ketorolac"), "routes": ("ophthalmic",), "form": "solution"}),
    # containers, studies, treatments
    ("J0570", "Buprenorphine implant, 74.2 mg", "per_container", "74.2", "mg", {"ingredients": ("buprenorphine",), "form": "implant"}),
    ("J7321", "Hyaluronan or derivative, hyalgan, supartz or visco-3, for intra-articular injection, per dose", "per_container", "1", "dose",
     {"ingredients": ("hyaluronan",), "brand": "hyalgan or supartz or visco-3", "routes": ("intra-articular",), "form": "injection"}),
    ("A9552", "Fluorodeoxyglucose f-18 fdg, diagnostic, per study dose, up to 45 millicuries", "per_study", "1", "study dose",
     {"ingredients": ("fluorodeoxyglucose f-18 fdg",)}),
    ("Q2042", f"Tisagenlecleucel, up to 600 million {_T_CELLS}", "per_study", "1", "treatment", {"ingredients": ("tisagenlecleucel",)}),
    # combinations
    ("J2543", "Injection, piperacillin sodium/tazobactam sodium, 1 gram/0.125 grams (1.125 grams)", "combination", None, "1 g and 0.125 g",
     {"ingredients": ("piperacillin", "tazobactam"), "salt": "sodium", "form": "injection"}),
    ("J0702", "Injection, betamethasone acetate 3 mg and betamethasone sodium phosphate 3 mg", "combination", None, "3 mg and 3 mg",
     {"ingredients": ("betamethasone",), "salt": "acetate and sodium phosphate", "form": "injection"}),
    ("J0742", "Injection, imipenem 4 mg, cilastatin 4 mg and relebactam 2 mg", "combination", None, "4 mg and 4 mg and 2 mg",
     {"ingredients": ("imipenem", "cilastatin", "relebactam"), "form": "injection"}),
    ("J9153", "Injection, liposomal, 1 mg daunorubicin and 2.27 mg cytarabine", "combination", None, "1 mg and 2.27 mg",
     {"ingredients": ("daunorubicin", "cytarabine"), "qualifiers": ("liposomal",), "form": "injection"}),
    # ranges
    ("J0573", "Buprenorphine/naloxone, oral, greater than 3 mg, but less than or equal to 6 mg buprenorphine", "range", "6", "mg",
     {"ingredients": ("buprenorphine", "naloxone"), "routes": ("oral",)}),
    ("J0578", "Injection, buprenorphine extended release (brixadi), greater than 7 days and up to 28 days of therapy", "range", "28", "day",
     {"ingredients": ("buprenorphine",), "qualifiers": ("extended-release",), "brand": "brixadi", "form": "injection"}),
    # unclassified
    ("J3490", "Unclassified drugs", "unclassified", None, None, {}),
    ("J8499", "Prescription drug, oral, non chemotherapeutic, nos", "unclassified", None, None, {"not_otherwise_specified": True, "routes": ("oral",)}),
    # not parsed: the reason in place of the semantics
    ("J0275", "Alprostadil urethral suppository" + _SELF, "no amount", None, None,
     {"ingredients": ("alprostadil",), "routes": ("urethral",), "form": "suppository", "self_administered_clause": True}),
    ("J9325", "Injection, talimogene laherparepvec, per 1 million plaque forming units", "the amount is in a unit outside the vocabulary", None, None,
     {"ingredients": ("talimogene laherparepvec",), "form": "injection"}),
    ("Q2035", "Influenza virus vaccine, split virus, when administered to individuals 3 years of age and older, for intramuscular use (afluria)",
     "no amount", None, None,
     {"ingredients": ("influenza virus vaccine",), "qualifiers": ("split virus",), "brand": "afluria", "routes": ("intramuscular",)}),
]
# fmt: on
