"""The drug and the billing unit of every hard form of descriptor, by hand; families that must come out as one drug."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.reference.codes.drug_names import DrugName, read_drug_name
from cleanclaim.reference.dosage import Dosage, NotParsed, UnitSemantics, parse_dosage
from tests.reference.descriptors import READ_BY_HAND

DESCRIPTORS = [row[1] for row in READ_BY_HAND]


def test_there_are_sixty_and_every_form_is_among_them() -> None:
    assert len({row[0] for row in READ_BY_HAND}) == len(READ_BY_HAND) >= 60
    assert {str(one) for one in UnitSemantics} <= {row[2] for row in READ_BY_HAND}


@pytest.mark.parametrize(
    ("code", "descriptor", "semantics", "amount", "unit", "name"), READ_BY_HAND, ids=[row[0] for row in READ_BY_HAND]
)
def test_read_as_by_hand(
    code: str, descriptor: str, semantics: str, amount: str | None, unit: str | None, name: dict[str, Any]
) -> None:
    reading = parse_dosage(descriptor)
    if isinstance(reading, NotParsed):
        assert reading.reason == semantics
    else:
        expected = (semantics, None if amount is None else Decimal(amount), unit)
        assert (reading.semantics, reading.amount, reading.unit) == expected
    assert read_drug_name(descriptor) == DrugName(**name)


# fmt: off
TOLD_APART = [
    # descriptor, ingredients, salt: where the word of a salt is the substance, and where it is not
    ("Injection, magnesium sulfate, per 500 mg", ("magnesium sulfate",), None),
    ("Injection, iron sucrose, 1 mg", ("iron sucrose",), None),
    ("Calcium acetate, oral, 23 mg (for esrd on dialysis)", ("calcium acetate",), None),
    ("Injection, calcium glycerophosphate and calcium lactate, per 10 ml", ("calcium glycerophosphate", "calcium lactate"), None),
    ("Strontium sr-89 chloride, therapeutic, per millicurie", ("strontium sr-89 chloride",), None),
    ("Injection, sodium nitrite 3 mg and sodium thiosulfate 125 mg (nithiodote)", ("sodium nitrite", "sodium thiosulfate"), None),
    ("Ringers lactate infusion, up to 1000 cc", ("ringers lactate",), None),
    ("Injection, succinylcholine chloride, up to 20 mg", ("succinylcholine",), "chloride"),
    ("Injection, leucovorin calcium, per 50 mg", ("leucovorin",), "calcium"),
    ("Injection, edetate calcium disodium, up to 1000 mg", ("edetate",), "calcium disodium"),
    ("Injection, penicillin g potassium, up to 600,000 units", ("penicillin g",), "potassium"),
    ("Sevelamer carbonate (renvela or therapeutically equivalent), oral, 20 mg (for esrd on dialysis)", ("sevelamer",), "carbonate"),
    ("Injection, ampicillin sodium/sulbactam sodium, per 1.5 gm", ("ampicillin", "sulbactam"), "sodium"),
    ("Injection, ticarcillin disodium and clavulanate potassium, 3.1 grams", ("ticarcillin", "clavulanate"), "disodium and potassium"),
    ("Emtricitabine 200mg and tenofovir alafenamide 25mg, oral", ("emtricitabine", "tenofovir"), "alafenamide"),
    ("Injection, meperidine and promethazine hcl, up to 50 mg", ("meperidine", "promethazine"), "hydrochloride"),
    ("Injection, lidocaine hcl with epinephrine, 1 mg", ("lidocaine", "epinephrine"), "hydrochloride"),
    ("Injection, cilastatin sodium; imipenem, per 250 mg", ("cilastatin", "imipenem"), "sodium"),
    ("Injection, depo-estradiol cypionate, up to 5 mg", ("estradiol",), "cypionate"),
]
# fmt: on


@pytest.mark.parametrize(("descriptor", "ingredients", "salt"), TOLD_APART)
def test_salt_and_substance_are_told_apart(descriptor: str, ingredients: tuple[str, ...], salt: str | None) -> None:
    name = read_drug_name(descriptor)
    assert (name.ingredients, name.salt, name.unread) == (ingredients, salt, ())


def test_four_letters_are_a_suffix_only_at_the_end_of_a_name() -> None:
    assert read_drug_name("Injection, remestemcel-l-rknd, per therapeutic dose").suffix == "rknd"
    assert read_drug_name("Fecal microbiota, live - jslm, 1 ml").suffix == "jslm"
    for descriptor in (
        "Injection, triamcinolone acetonide, preservative-free, extended-release, microsphere formulation, 1 mg",
        "Cryo-cord, per square centimeter",
        "Injection, tbo-filgrastim, 1 microgram",
    ):
        assert read_drug_name(descriptor).suffix is None


def test_what_is_in_no_vocabulary_is_told() -> None:
    name = read_drug_name("Injection, infliximab, some new word, (hope), 10 mg")
    assert (name.ingredients, name.unread, name.maker) == (("infliximab",), ("some new word",), "hope")


def test_a_class_of_drugs_is_no_ingredient() -> None:
    for descriptor in DESCRIPTORS:
        reading = parse_dosage(descriptor)
        if isinstance(reading, Dosage) and reading.semantics is UnitSemantics.UNCLASSIFIED:
            assert read_drug_name(descriptor).ingredients == ()


# Words and marks as descriptors have them, in any order: whatever a later file may say.
WORDS = sorted({word for text in DESCRIPTORS for word in text.replace("(", "( ").replace(")", " )").split(" ") if word})
sentences = st.lists(st.sampled_from([*WORDS, "(", ")", ",", ";", "/", "0 mg", "and", "-abcd"]), max_size=25).map(
    " ".join
)
texts = st.one_of(st.text(max_size=120), sentences)


@given(texts)
def test_any_text_is_read_and_twice_the_same(text: str) -> None:
    assert parse_dosage(text) == parse_dosage(text)
    assert read_drug_name(text) == read_drug_name(text)


@given(texts)
def test_amounts_are_more_than_nothing_and_refusals_have_a_reason(text: str) -> None:
    reading = parse_dosage(text)
    if isinstance(reading, NotParsed):
        assert reading.reason
    else:
        assert reading.amount is None or reading.amount > 0


@given(sentences, st.sampled_from([str.upper, str.lower, str.title]), st.sampled_from(["  ", "\u00a0", " \t"]))
def test_case_and_blanks_do_not_count(text: str, cased: Any, blank: str) -> None:
    other = f"{blank}{cased(text).replace(' ', blank)}{blank}"
    assert parse_dosage(other) == parse_dosage(text)
    assert read_drug_name(other) == read_drug_name(text)
