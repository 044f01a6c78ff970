"""The billing unit of every drug that the rulebook names, and of one descriptor of every form."""

# ruff: noqa: ISC004 - a table of descriptors reads by rows

from decimal import Decimal

import pytest

from cleanclaim.reference.dosage import Dosage, NotParsed, parse_dosage

# fmt: off
READ = [
    # descriptor, substance, amount, unit, semantics
    ("Injection, pembrolizumab, 1 mg", "pembrolizumab", "1", "mg", "linear"),
    ("Injection, infliximab, excludes biosimilar, 10 mg", "infliximab", "10", "mg", "linear"),
    ("Injection, progesterone, per 50 mg", "progesterone", "50", "mg", "linear"),
    ("Injection, epoetin alfa, (for non-esrd use), 1000 units", "epoetin alfa", "1000", "unit", "linear"),
    ("Injection, vitamin b-12 cyanocobalamin, up to 1000 mcg", "vitamin b-12 cyanocobalamin", "1000", "mcg", "up_to"),
    ("Injection, amitriptyline hcl, up to 20 mg", "amitriptyline hcl", "20", "mg", "up_to"),
    ("Injection, trimethobenzamide hcl, up to 200 mg", "trimethobenzamide hcl", "200", "mg", "up_to"),
    ("Injection, tobramycin sulfate, up to 80 mg", "tobramycin sulfate", "80", "mg", "up_to"),
    ("Injection, haloperidol, up to 5 mg", "haloperidol", "5", "mg", "up_to"),
    ("Injection, methylprednisolone sodium succinate, up to 40 mg", "methylprednisolone sodium succinate", "40", "mg", "up_to"),
    ("Injection, methylprednisolone sodium succinate, up to 125 mg", "methylprednisolone sodium succinate", "125", "mg", "up_to"),
    ("Injection, methylprednisolone sodium succinate, 5 mg", "methylprednisolone sodium succinate", "5", "mg", "linear"),
    ("Injection, methylprednisolone acetate, 40 mg", "methylprednisolone acetate", "40", "mg", "linear"),
    ("Injection, methylprednisolone acetate, 1 mg", "methylprednisolone acetate", "1", "mg", "linear"),
    ("Injection, hydroxyprogesterone caproate, not otherwise specified, 10 mg", "hydroxyprogesterone caproate", "10", "mg", "linear"),
    ("Injection, hydroxyprogesterone caproate, (makena), 10 mg", "hydroxyprogesterone caproate", "10", "mg", "linear"),
    ("Injection, triamcinolone acetonide, not otherwise specified, 10 mg", "triamcinolone acetonide", "10", "mg", "linear"),
    ("Injection, pemetrexed, not otherwise specified, 10 mg", "pemetrexed", "10", "mg", "linear"),
    ("Injection, pemetrexed (sandoz), not therapeutically equivalent to j9305, 10 mg", "pemetrexed (sandoz)", "10", "mg", "linear"),
    ("Injection, testosterone enanthate, 1 mg", "testosterone enanthate", "1", "mg", "linear"),
    ("Injection, medroxyprogesterone acetate, 1 mg", "medroxyprogesterone acetate", "1", "mg", "linear"),
    ("Injection, regadenoson, 0.1 mg", "regadenoson", "0.1", "mg", "linear"),
    ("Injection, thiamine hcl, 100 mg", "thiamine hcl", "100", "mg", "linear"),
    ("Injection, ketorolac tromethamine, per 15 mg", "ketorolac tromethamine", "15", "mg", "linear"),
    ("Injection, fremanezumab-vfrm, 1 mg (code may be used for medicare when drug administered under the direct "
     "supervision of a physician, not for use when drug is self administered)", "fremanezumab-vfrm", "1", "mg", "linear"),
    ("Esketamine, nasal spray, 1 mg", "esketamine", "1", "mg", "linear"),
    ("Injection, onabotulinumtoxina, 1 unit", "onabotulinumtoxina", "1", "unit", "linear"),
    ("Injection, bortezomib, 0.1 mg", "bortezomib", "0.1", "mg", "linear"),
    ("Injection, bortezomib (maia), not therapeutically equivalent to j9041, 0.1 mg", "bortezomib (maia)", "0.1", "mg", "linear"),
    ("Injection, infliximab-dyyb, biosimilar, (inflectra), 10 mg", "infliximab-dyyb", "10", "mg", "linear"),
    ("Injection, pegfilgrastim, excludes biosimilar, 0.5 mg", "pegfilgrastim", "0.5", "mg", "linear"),
    ("Injection, filgrastim (g-csf), excludes biosimilars, 1 microgram", "filgrastim (g-csf)", "1", "mcg", "linear"),
    ("Injection, bevacizumab, 0.25 mg", "bevacizumab", "0.25", "mg", "linear"),
    ("Injection, ferric carboxymaltose, 1 mg", "ferric carboxymaltose", "1", "mg", "linear"),
    ("Injection, cyclophosphamide, 100 mg", "cyclophosphamide", "100", "mg", "linear"),
    ("Injection, penicillin g potassium, up to 600,000 units", "penicillin g potassium", "600000", "unit", "up_to"),
    ("Injection, interferon, alfa-2b, recombinant, 1 million units", "interferon, alfa-2b, recombinant", "1", "million units", "linear"),
    ("Factor viii (antihemophilic factor, recombinant) per i.u., not otherwise specified",
     "factor viii (antihemophilic factor, recombinant)", "1", "unit", "linear"),
    ("Injection, potassium chloride, per 2 meq", "potassium chloride", "2", "mEq", "linear"),
    ("Buprenorphine implant, 74.2 mg", "buprenorphine", "74.2", "mg", "per_container"),
    ("Injection, dexamethasone, intravitreal implant, 0.1 mg", "dexamethasone, intravitreal", "0.1", "mg", "linear"),
    ("Goserelin acetate implant, per 3.6 mg", "goserelin acetate", "3.6", "mg", "linear"),
    ("Hyaluronan or derivative, euflexxa, for intra-articular injection, per dose",
     "hyaluronan or derivative, euflexxa", "1", "dose", "per_container"),
    ("Injection, pantoprazole sodium, per vial", "pantoprazole sodium", "1", "vial", "per_container"),
    ("Infusion, albumin (human), 25%, 50 ml", "albumin (human)", "50", "mL", "volume"),
    ("Infusion, normal saline solution, sterile (500 ml = 1 unit)", "normal saline solution, sterile", "500", "mL", "volume"),
    ("Ringers lactate infusion, up to 1000 cc", "ringers lactate infusion", "1000", "mL", "up_to"),
    ("Technetium tc-99m medronate, diagnostic, per study dose, up to 30 millicuries",
     "technetium tc-99m medronate", "1", "study dose", "per_study"),
    ("Fluorodeoxyglucose f-18 fdg, diagnostic, per study dose, up to 45 millicuries",
     "fluorodeoxyglucose f-18 fdg", "1", "study dose", "per_study"),
    ("Lutetium lu 177, dotatate, therapeutic, 1 millicurie", "lutetium lu 177, dotatate", "1", "mCi", "linear"),
    ("Radium ra-223 dichloride, therapeutic, per microcurie", "radium ra-223 dichloride", "1", "uCi", "linear"),
    ("Samarium sm-153 lexidronam, therapeutic, per treatment dose, up to 150 millicuries",
     "samarium sm-153 lexidronam", "1", "treatment", "per_study"),
    ("Apligraf, per square centimeter", "apligraf", "1", "cm2", "linear"),
    ("Albuterol, up to 2.5 mg and ipratropium bromide, up to 0.5 mg, fda-approved final product, non-compounded, "
     "administered through dme", "albuterol and ipratropium bromide", None, "2.5 mg and 0.5 mg", "combination"),
    ("Injection, piperacillin sodium/tazobactam sodium, 1 gram/0.125 grams (1.125 grams)",
     "piperacillin sodium/tazobactam sodium", None, "1 g and 0.125 g", "combination"),
    ("Injection, liposomal, 1 mg daunorubicin and 2.27 mg cytarabine",
     "liposomal daunorubicin and cytarabine", None, "1 mg and 2.27 mg", "combination"),
    ("Injection, nivolumab, 2 mg and hyaluronidase-nvhy", "nivolumab", "2", "mg", "linear"),
    ("Buprenorphine/naloxone, oral, greater than 3 mg, but less than or equal to 6 mg buprenorphine",
     "buprenorphine/naloxone", "6", "mg", "range"),
    ("Buprenorphine/naloxone, oral, greater than 10 mg buprenorphine", "buprenorphine/naloxone", "10", "mg", "range"),
    ("Injection, buprenorphine extended release (brixadi), greater than 7 days and up to 28 days of therapy",
     "buprenorphine extended release (brixadi)", "28", "day", "range"),
    ("Budesonide, inhalation solution, compounded product, administered through dme, unit dose form, up to 0.5 mg",
     "budesonide", "0.5", "mg", "up_to"),
    ("Injection, voretigene neparvovec-rzyl, 1 billion vector genomes", "voretigene neparvovec-rzyl", "1000000000", "vg", "linear"),
    # A volume that ends the text is the billing unit; the amounts before it are strengths (J7340: 100 mL in the ASP file).
    ("Carbidopa 5 mg/levodopa 20 mg enteral suspension, 100 ml", "carbidopa and levodopa", "100", "mL", "volume"),
    ("Phenylephrine 10.16 mg/ml and ketorolac 2.88 mg/ml ophthalmic irrigation solution, 1 ml",
     "phenylephrine and ketorolac", "1", "mL", "volume"),
    ("Beremagene geperpavec-svdt for topical administration, containing nominal 5 x 10^9 pfu/ml vector genomes, per 0.1 ml",
     "beremagene geperpavec-svdt", "0.1", "mL", "volume"),
    ("Injection, valoctocogene roxaparvovec-rvox, per ml, containing nominal 2 x 10^13 vector genomes",
     "valoctocogene roxaparvovec-rvox", "1", "mL", "volume"),
    # What the code counts is a patch, a bottle, a crucible, not the amount in it.
    ("Lidocaine 70 mg/tetracaine 70 mg, per patch", "lidocaine and tetracaine", "1", "each", "per_container"),
    ("Bupropion hcl sustained release tablet, 150 mg, per bottle of 60 tablets",
     "bupropion hcl sustained release tablet", "1", "each", "per_container"),
    ("Graphite crucible for preparation of technetium tc 99m-labeled carbon aerosol, one crucible",
     "graphite crucible", "1", "each", "per_container"),
    # Open above, as J1460 (1 cc) holds the doses below: its MUE is one unit, by its descriptor.
    ("Injection, gamma globulin, intramuscular, over 10 cc", "gamma globulin", "10", "mL", "range"),
    ("Injection, iv, urokinase, 250,000 i.u. vial", "urokinase", "250000", "unit", "linear"),
    ("Unclassified drugs", None, None, None, "unclassified"),
    ("Unclassified biologics", None, None, None, "unclassified"),
    ("Compounded drug, not otherwise classified", None, None, None, "unclassified"),
    ("Not otherwise classified, antineoplastic drugs", None, None, None, "unclassified"),
    ("Prescription drug, oral, non chemotherapeutic, nos", None, None, None, "unclassified"),
    ("Influenza virus vaccine, not otherwise specified", None, None, None, "unclassified"),
]

REFUSED = [
    # descriptor, what the reason says
    ("Injection, torsemide, 10 mg/ml", "concentration"),
    ("Injection, testosterone cypionate, 1 cc, 200 mg", "several amounts"),
    ("Palingen or promatrx, 0.36 mg per 0.25 cc", "concentration"),
    ("Dialysis/stress vitamin supplement, oral, 100 capsules", "vocabulary"),
    ("Prenatal vitamins, 30-day supply", "vocabulary"),
    ("Injection, infliximab, 0 mg", "zero"),
    ("Injection, infliximab, 0 mg and hope, 1 mg", "zero"),
    ("Infliximab, less than or equal to 0 mg", "zero"),
    ("Injection, talimogene laherparepvec, per 1 million plaque forming units", "vocabulary"),
    ("Injection, aprotonin, 10,000 kiu", "vocabulary"),
    ("Drug administered through a metered dose inhaler", "no amount"),
    ("Office visit", "no amount"),
    ("", "no amount"),
]
# fmt: on


@pytest.mark.parametrize(("descriptor", "substance", "amount", "unit", "semantics"), READ)
def test_reads(descriptor: str, substance: str | None, amount: str | None, unit: str | None, semantics: str) -> None:
    assert parse_dosage(descriptor) == Dosage(substance, None if amount is None else Decimal(amount), unit, semantics)


@pytest.mark.parametrize(("descriptor", "reason"), REFUSED)
def test_refuses_what_can_be_read_in_two_ways_or_not_at_all(descriptor: str, reason: str) -> None:
    reading = parse_dosage(descriptor)
    assert isinstance(reading, NotParsed)
    assert reason in reading.reason


@pytest.mark.parametrize("descriptor", [row[0] for row in READ])
def test_case_and_blanks_do_not_count(descriptor: str) -> None:
    assert parse_dosage(f"  {descriptor.upper().replace(' ', chr(0xA0) + ' ')} ") == parse_dosage(descriptor)
