"""The vocabulary of drug names in HCPCS descriptors: salts, makers, brands without brackets, words that qualify a name.

Read in every drug descriptor of the October 2025 file. A word that stands in none of these lists is never taken for one
of them: what is left over of a descriptor is told (`DrugName.unread`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum


class Route(StrEnum):
    """How a drug is given, where the descriptor says so."""

    ENTERAL = "enteral"
    EPIDURAL = "epidural"
    INHALATION = "inhalation"
    INTRA_ARTICULAR = "intra-articular"
    INTRACAMERAL = "intracameral"
    INTRAMUSCULAR = "intramuscular"
    INTRAOCULAR = "intraocular"
    INTRATHECAL = "intrathecal"
    INTRAUTERINE = "intrauterine"
    INTRAVENOUS = "intravenous"
    INTRAVESICAL = "intravesical"
    INTRAVITREAL = "intravitreal"
    NASAL = "nasal"
    OPHTHALMIC = "ophthalmic"
    ORAL = "oral"
    OTIC = "otic"
    PARENTERAL = "parenteral"
    PYELOCALYCEAL = "pyelocalyceal"
    RECTAL = "rectal"
    SINUS = "sinus"
    SUBCUTANEOUS = "subcutaneous"
    SUPRACHOROIDAL = "suprachoroidal"
    TOPICAL = "topical"
    URETHRAL = "urethral"
    VAGINAL = "vaginal"


class Form(StrEnum):
    """The form of a drug, where the descriptor says so."""

    INJECTION = "injection"
    INFUSION = "infusion"
    INSTILLATION = "instillation"
    IMPLANT = "implant"
    INSERT = "insert"
    PATCH = "patch"
    RING = "ring"
    SYSTEM = "system"  # intrauterine, vaginal
    SUPPOSITORY = "suppository"
    PELLET = "pellet"
    SPRAY = "spray"
    AEROSOL = "aerosol"
    GAS = "gas"
    GEL = "gel"
    GRANULES = "granules"
    CAPSULE = "capsule"
    TABLET = "tablet"
    POWDER = "powder"
    SUSPENSION = "suspension"
    SOLUTION = "solution"


# A form written first says what the code is for; an implant is one also under "Injection, ...".
LEADING_FORMS = ((Form.INSTILLATION, "instillation"), (Form.INFUSION, "infusion"), (Form.INJECTION, "inj(?:ection)?"))

_PLAIN_ROUTES = set(Route) - {Route.INHALATION, Route.INTRAVENOUS, Route.NASAL, Route.SINUS}
ROUTE_WORDS = {route: str(route) for route in Route if route in _PLAIN_ROUTES} | {
    Route.INHALATION: "inhalation|inhaler|nebulizer", Route.INTRAVENOUS: "intravenous|iv",
    Route.NASAL: "nasal", Route.SINUS: "sinus implant",
}  # fmt: skip

# Written otherwise than "name, (brand)", spelled wrong, or one name said twice.
REWRITTEN = (
    (r"\(s\)", ""),
    (r"\bbupivicaine\b", "bupivacaine"),
    (r"\baminophyllin\b", "aminophylline"),
    (r"\baprotonin\b", "aprotinin"),
    (r"\bcalcitrol\b", "calcitriol"),
    (r"\biodine 1-123\b", "iodine i-123"),
    (r"\bimmuneglobulin\b", "immune globulin"),
    (r"\bmafodontin\b", "mafodotin"),
    (r"\bnon-lypohilized\b", "non-lyophilized"),
    (r"\bmicrosphere\b(?=,)", "microspheres"),
    (r"\bhyaluronan or deriv[ai]tive\b", "hyaluronan"),
    (r"\bc1 esterase\b", "c-1 esterase"),
    (r"\bcoagulation factor\b", "factor"),
    (r"\bantihemophilic factor viii\b", "factor viii"),
    (r"\bvitamin b-12 cyanocobalamin\b", "cyanocobalamin"),
    (r"\bdmso, dimethyl sulfoxide\b", "dimethyl sulfoxide"),
    (r"\blaetrile, amygdalin, vitamin b17\b", "amygdalin"),
    (r"\bdepo-estradiol cypionate\b", "estradiol cypionate (depo-estradiol)"),
    (r"\bgaramycin, gentamicin\b", "gentamicin (garamycin)"),
    (r"\badrenalin, epinephrine\b", "epinephrine (adrenalin)"),
    (r", myotonachol or urecholine\b", " (myotonachol or urecholine)"),
    (r"\binjectable, camcevi\b", "(camcevi)"),
    (r"\bimported lipodox\b", "(lipodox)"),
    (r"\bcilastatin sodium; imipenem\b", "cilastatin sodium and imipenem"),
    (r"\blive - jslm\b", "live-jslm"),
    (r"\(invega hafyera, or invega trinza\)", "(invega hafyera or invega trinza)"),
    (r"\blymphocyte immune globulin, antithymocyte globulin\b", "antithymocyte globulin"),
    (r"\brho\(d\)", "rho d"),
    (r"-releasing\b", ""),
    (r"\bintrauterine copper contraceptive\b", "copper intrauterine contraceptive system"),
    (r"\(?\bfor depot suspension\b\)?", ", depot,"),
    (r"\bdialysis/stress vitamin supplement\b", "dialysis or stress vitamins"),
    (r"\bd5w\b", "dextrose/water"),
    (r" or therapeutically equivalent\)", ")"),
)


def _listed(text: str) -> frozenset[str]:
    return frozenset(re.sub(r"\s+", " ", text).strip(" ,").split(", "))


# After a name they say in which salt or ester it is.
SALTS = _listed("""
    sodium, disodium, trisodium, potassium, dipotassium, calcium, hydrochloride, hcl, hydrobromide, sulfate,
    methylsulfate, phosphate, diphosphate, 5'-phosphate, acetate, diacetate, acetonide, hexacetonide, citrate,
    tartrate, bitartrate, maleate, mesylate, besylate, lactate, lactobionate, fumarate, succinate, bromide,
    chloride, carbonate, cypionate, enanthate, undecanoate, valerate, propionate, caproate, decanoate,
    palmitate, butyrate, furoate, pamoate, oleate, lauroxil, mofetil, disoproxil, alafenamide, benzathine,
    procaine, tromethamine, ditromethamine, meglumine, dimeglumine, isethionate, hyclate, dihydrate,
    glucuronate, dihydrochloride, triflutate
""")

# A name that begins with one of these, elements mostly, is the substance as it stands: calcium gluconate, ferric
# carboxymaltose, sodium chloride, technetium tc-99m sodium gluceptate.
WHOLE = _listed("""
    arsenic, calcium, chromic, chromium, cobalt, copper, ferric, gallium, gold, indium, iodine, iron, lanthanum,
    lutetium, magnesium, nitrogen, potassium, radium, ringers, rubidium, samarium, sodium, strontium, sulfur,
    technetium, thallium, xenon, yttrium
""")

MAKERS = _listed("""
    accord, american regent, ani, apotex, auromedics, b braun, b. braun, baxter, belcher, bluepoint, bpi, cipla,
    dr. reddy's, endo, exela, fresenius kabi, hikma, hope, hospira, international medication systems, maia,
    mylan, par pharm, pfizer, sandoz, sun pharma, teva, ucla, ucsf, wg critical care, xellia
""")
NO_MAKERS = frozenset({"adrenalin"})  # stands where a maker does

# Brands that stand without brackets, after the name of what is in them or instead of it.
BRANDS = _listed("""
    alprolix, balfaxar, berinert, cinryze, durolane, euflexxa, gel-one, gelsyn-3, genvisc 850, haegarda,
    hyalgan, hyalgan or supartz,
    hymovis, idelvion, ixinity, kcentra, monovisc, orthovisc, radiesse, rebinyn, rixubis, ruconest,
    sculptra, supartz or visco-3, synojoynt, synvisc or synvisc-one, tretten, triluron, trivisc, visco-3, wilate,
    allogen, amnioband, amniocyte plus, amniomatrix or biodmatrix, amniotext, artacent ac, ascent, axolotl
    ambient or axolotl cryo, bioskin flow, cellesta flowable amnion, cogenex flowable amnion, corecyte, coretext
    or protext, corplex p, cymetra, epifix, excellagen, floweramnioflo, fluid flow or fluid gf, graftjacket
    xpress, integra flowable wound matrix, interfyl, keroxx, matristem micromatrix, neoxflo or clarixflo,
    palingen or promatrx, polycyte, procenta, restorigin, surfactor or nudyn, woundex flow
""")  # the second list: skin substitutes billed by mass or volume; those billed by area are told by their unit

# What tells one product of an ingredient from another: where it comes from, and how it is made up.
QUALIFIERS = _listed("""
    a-subunit, albumin fusion protein, aqueous, bovine, collagen-matrix, cholesteryl sulfate complex,
    clostridium histolyticum, complex, depot, depot form, equine, extended release, extended-release, fc fusion
    protein, full dose, glycopegylated, granules, hd, human, human leukocyte derived, immediate release,
    immediate release or delayed release, inactivated, lipid complex, liposomal, liposomal formulation,
    liposome, live, long acting, long-acting, lyophilized, microsphere formulation, minidose, non-depot form,
    non-lyophilized, non-recombinant, ovine, pegylated, polyvalent, porcine, preservative free,
    preservative-free, preservative-free sterile solution, protein-bound particles, purified, rabbit,
    recombinant, solvent detergent, solvent-detergent, split virus, sterile, sustained release, synthetic,
    unrefrigerated, vapor-heated
""")
SAME_QUALIFIER = {
    "extended release": "extended-release",
    "sustained release": "sustained-release",
    "long acting": "long-acting",
    "preservative free": "preservative-free",
    "solvent detergent": "solvent-detergent",
    "liposome": "liposomal",
    "liposomal formulation": "liposomal",
    "depot form": "depot",
    "non-depot form": "non-depot",
    "preservative-free sterile solution": "preservative-free",
}

# The same thing in other words: neither brand nor maker, nor anything that tells products apart.
SYNONYMS = _listed("""
    antihemophilic factor, bcma, bmwd, cap, contraceptive, ddi, drt, ecmo, f18, g-csf, gm-csf, heparin lock
    flush, hhf10-p, mal, nitrogen mustard, nos, pet, pfu, vitamin k, vwf:rco
""")

# Words about the code, its form and its use, and classes of drugs: they name no drug.
NO_NAMES = _listed("""
    brand, brand name, capsule, capsules, capsules/powder, concentrated form, diagnostic, each, full cost
    recovery add-on, generic, in, inhalation powder, inhalation solution, inhalation suspension, inj,
    injectable, insert, instillation, irrigation, iv, lacrimal ophthalmic insert, metered dose dispenser,
    monthly vaginal ring, nasal solution, nasal spray, nasal vaccine inhalation, one crucible, ophthalmic
    solution, oral powder, oral suspension, parenteral, powder, powder or solution, rectal/suppository, single,
    solution, supplement, tablet, therapeutic, topical, visualization adjunct, yearly vaginal system,
    antiemetic drug, antineoplastic drugs, compounded drug, contraceptive supply, drug, drug or biological,
    hemophilia clotting factor, hormone containing patch, hormone containing vaginal ring, immunosuppressive
    drug, monoclonal antibody products, noc drugs, non chemotherapeutic, chemotherapeutic, other than inhalation
    drugs, part b drug competitive acquisition program, positron emission tomography radiopharmaceutical,
    non-radioactive, non-contrast, non-radioactive contrast imaging material, contrast material, prescription
    drug, radiopharmaceutical, skin substitute, unclassified biologics, unclassified drug or biological used,
    unclassified drugs, unclassified drugs or biologicals, unspecified oral dosage form
""")
LEADING = _listed("injection, inj, infusion, instillation, intravesical, oral, sterile, injectable, iv, supply, of")
TRAILING = _listed("""
    contraceptive system, enteral suspension, implant system, implant, infusion, inhalation powder, inhalation
    solution, injection, injectable, instillation, intracameral, intramuscular, intraocular, intrauterine,
    intravenous, intravesical, intravitreal, lacrimal ophthalmic insert, nasal solution, nasal spray, oral, oral
    brand, ophthalmic, ophthalmic irrigation solution, ophthalmic solution, otic suspension, patch, pellet,
    powder, pyelocalyceal, sinus, solution, subcutaneous, suppository, suprachoroidal, suspension, tablet,
    urethral, capsule, gel, gas
""")


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
