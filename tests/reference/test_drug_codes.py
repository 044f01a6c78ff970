import pytest

from cleanclaim.reference.dosage import parse_dosage
from cleanclaim.reference.publications.drug_codes import CodeFacts, is_drug, is_unclassified

# fmt: off
CODES = [
    # code, descriptor, pricing indicator, BETOS, type of service, drug, unclassified
    ("J9271", "Injection, pembrolizumab, 1 mg", "51", "O1D", "1", True, False),
    ("J7300", "Intrauterine copper contraceptive (paragard)", "00", "P6C", "9", True, False),
    ("Q5103", "Injection, infliximab-dyyb, biosimilar, (inflectra), 10 mg", "51", "O1E", "1", True, False),
    ("Q4101", "Apligraf, per square centimeter", "51", "O1E", "1", True, False),
    ("Q3028", "Injection, interferon beta-1a, 1 mcg for subcutaneous use", "00", "O1E", "1", True, False),
    ("A9552", "Fluorodeoxyglucose f-18 fdg, diagnostic, per study dose, up to 45 millicuries", "57", "I1E", "4", True, False),
    ("A4641", "Radiopharmaceutical, diagnostic, not otherwise classified", "51", "I1E", "4", True, True),
    ("A9699", "Radiopharmaceutical, therapeutic, not otherwise classified", "57", "I1E", "4", True, True),
    ("C9399", "Unclassified drugs or biologicals", "53", "O1E", "1", True, True),
    ("J3490", "Unclassified drugs", "51", "O1E", "1", True, True),
    ("J3590", "Unclassified biologics", "51", "O1E", "1", True, True),
    ("J7999", "Compounded drug, not otherwise classified", "51", "O1E", "1", True, True),
    ("J9999", "Not otherwise classified, antineoplastic drugs", "51", "O1D", "1", True, True),
    ("J1729", "Injection, hydroxyprogesterone caproate, not otherwise specified, 10 mg", "51", "O1E", "1", True, False),
    ("P9047", "Infusion, albumin (human), 25%, 50 ml", "52", "Y2", "9", True, False),
    ("S0013", "Esketamine, nasal spray, 1 mg", "00", "Z2", "1", True, False),
    ("P9016", "Red blood cells, leukocytes reduced, each unit", "52", "T1H", "0", False, False),
    ("Q0084", "Chemotherapy administration by infusion technique only, per visit", "00", "O1D", "1", False, False),
    ("Q0510", "Pharmacy supply fee for initial immunosuppressive drug(s), first month", "46", "O1E", "9", False, False),
    ("G0008", "Administration of influenza virus vaccine", "54", "O1G", "V", False, False),
    ("G0260", "Injection procedure for sacroiliac joint; provision of anesthetic", "00", "O1E", "F", False, False),
    ("A4648", "Tissue marker, implantable, any type, each", "57", "I1E", "9", False, False),
    ("C1713", "Anchor/screw for opposing bone-to-bone or soft tissue-to-bone", "53", "D1A", "9", False, False),
    ("E0110", "Crutches, forearm, adjustable, pair", "32", "D1E", "P", False, False),
    ("A9150", "Non-prescription drugs", "00", "O1E", "9", None, None),
    ("T1000", "Private duty nursing", "", "", "", None, None),
]
# fmt: on


@pytest.mark.parametrize(("code", "descriptor", "price", "betos", "service", "drug", "unclassified"), CODES)
def test_drug_codes(code, descriptor, price, betos, service, drug, unclassified) -> None:
    facts = CodeFacts(code, descriptor, price, betos, service)
    reading = parse_dosage(descriptor)
    assert is_drug(facts, reading) is drug
    assert is_unclassified(reading, drug=drug) is unclassified
