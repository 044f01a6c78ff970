"""Names never guess (issue 13, point 5): whole names, brands and synonyms bill, what is only like one is asked about."""

from __future__ import annotations

import csv
import re
import string
from datetime import date
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.errors import InvalidValue, UnknownName
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.codes.naming import Match, code_meant, codes_named_after, named_codes
from cleanclaim.reference.codes.printed_names import brand_of, name_key
from cleanclaim.reference.codes.product_names import DRUG_NAME
from cleanclaim.reference.codes.search import Search
from tests.reference.brands import BRANDS, IN_NO_FILE, Brand
from tests.shared import needs_shared

DAY = date(2025, 11, 3)


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Lookup:
    return Lookup.open(tmp_path_factory.mktemp("library"))


def active(lookup: Lookup, name: str) -> set[str]:
    codes = {one.code for one in named_codes(lookup, name)}
    return {code for code in codes if lookup.standing(code, DAY).status is CodeStatus.ACTIVE}


def refusal(lookup: Lookup, name: str) -> str:
    with pytest.raises(UnknownName) as told:
        code_meant(lookup, name, DAY)
    return str(told.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Solu-Medrol", "SOLU MEDROL"),
        ("Solu-Medrol", "solumedrol"),
        ("KALBITOR\u00ae ", "Kalbitor"),
        ("ACApatch\u2122", "acapatch"),
        ("GlucaGen(R)", "Glucagen"),
        ("Doxorubicin HCl", "doxorubicin hydrochloride"),
        ("B-12", "b12"),
        ("Gamunex-C", "gamunex c"),
    ],
)
def test_case_blanks_hyphens_and_trade_marks_are_folded(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("AmnioCore Pro", "AmnioCore Pro+"), ("Eylea", "Eylea HD"), ("Lupron Depot 7.5 mg", "Lupron Depot 75 mg")],
)
def test_nothing_else_is_folded(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    ("printed", "brand"),
    [
        ("KEYTRUDA", "KEYTRUDA"),
        ("AKYNZEO (IV Injection)", "AKYNZEO"),
        ("Aloxi (PF)", "Aloxi"),
        ("FULPHILA (pegfilgrastim-jmdb)", "FULPHILA"),
        ("ZARXIO\u2122 (filgrastim-sndz)", "ZARXIO"),
        ("Clindamycin Phosphate (Baxter)", "Clindamycin Phosphate"),
        ("EMEND FOR INJECTION 150MG", "EMEND"),
        ("Lupron Depot-3 month 22.5mg kit", "Lupron Depot"),
        ("LUPRON DEPOT-PED  3-MONTH, 30 MG ", "LUPRON DEPOT-PED"),
        ("Unasyn 1.5Gm", "Unasyn"),
        ("OCTAGAM 10%", "OCTAGAM"),
        ("Solu-Cortef 500mg 4ml", "Solu-Cortef"),
        ("VANCOMYCIN HCL FOR INJ USP PREMIER LYOPHILIZED 1 G 20ML", "VANCOMYCIN HCL"),
        ("Methotrexate PoWder 1Gm In 50Ml Sd Vial (P.F.)", "Methotrexate"),
        ("Heparin (Porcine) In 0.45% Nacl", "Heparin"),
        ("DOPAMINE HCL 400MGIN 5% DEXTROSE    LIFECARE 250ML", "DOPAMINE HCL"),
        ("Epinephrine in 0.9% Sodium Chloride Injection", "Epinephrine"),
        ("Doxorubicin Hcl, Liposomal,", "Doxorubicin Hcl, Liposomal"),
        ("Hycamtin, Oral", "Hycamtin"),
        ("Tremfya IV", "Tremfya"),
        ("XOLAIR PFS", "XOLAIR"),
        ("Ketorolac Tromethamine\n", "Ketorolac Tromethamine"),
        ("NEULASTA DELIVERY KIT", "NEULASTA"),
        # What is another product is no remark: it stays in the name.
        ("Avonex Pen", "Avonex Pen"),
        ("XOLAIR AUTOINJECTOR", "XOLAIR AUTOINJECTOR"),
        ("Herceptin Hylecta", "Herceptin Hylecta"),
        ("Darzalex Faspro", "Darzalex Faspro"),
        ("Eylea HD", "Eylea HD"),
        ("Kenalog-40", "Kenalog-40"),
        ("Omnipaque 300 (Novaplus)", "Omnipaque 300"),
        ("Prohance Multipack", "Prohance Multipack"),
        ("Romidepsin non-lyophilized", "Romidepsin non-lyophilized"),
        ("Sandostatin Lar Depot", "Sandostatin Lar Depot"),
        ("Risperidone ER", "Risperidone ER"),
    ],
)
def test_the_brand_of_a_printed_name(printed: str, brand: str) -> None:
    assert brand_of(printed) == brand


def test_the_list_of_brands() -> None:
    """The thirteen of the issue that found nothing, and 49 more."""
    lost = "Cimzia Saphnelo Abraxane Taxotere Aloxi Reclast Zometa Faslodex Eligard Skyrizi Omvoh Tremfya Akynzeo"
    assert set(lost.split()) < {brand.name for brand in BRANDS}
    assert len({brand.name for brand in BRANDS}) == len(BRANDS) == 62
    assert len(set(IN_NO_FILE)) == len(IN_NO_FILE) >= 30


@pytest.mark.parametrize("brand", BRANDS, ids=lambda brand: brand.name)
def test_brands_of_the_starter_set(starter: Lookup, brand: Brand) -> None:
    """Its crosswalk has three quarters of nine: there Actemra was printed under J3262 alone."""
    check_brand(starter, brand, ("J3262",) if brand.name == "Actemra" else brand.codes)


def check_brand(lookup: Lookup, brand: Brand, codes: tuple[str, ...]) -> None:
    assert active(lookup, brand.name) == set(codes)
    for code in codes:
        assert brand.drug in (lookup.standing(code, DAY).descriptor or "").casefold()
    if len(codes) == 1:
        assert code_meant(lookup, brand.name, DAY) == codes[0]
    else:
        told = refusal(lookup, brand.name)
        assert all(f"\n  {code}  " in told for code in codes)
    first = Search(lookup).find(brand.name, DAY).hits[0]
    assert first.code in brand.codes
    assert first.match in (Match.BRAND, Match.SYNONYM)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("infliximab", "J1745"),
        ("Infliximab", "J1745"),
        ("Remicade", "J1745"),
        ("infliximab-abda", "Q5104"),
        ("vitamin b12", "J3420"),
        ("Vitamin B-12", "J3420"),
        ("cyanocobalamin", "J3420"),
        ("methylprednisolone acetate", "J1010"),
        ("METHYLPREDNISOLONE  ACETATE", "J1010"),
        ("Keytruda", "J9271"),
        ("pembrolizumab", "J9271"),
        ("risankizumab", "J2327"),
        ("risankizumab-rzaa", "J2327"),
        ("solu-medrol", "J2919"),
        ("50242-0060-01", "J9035"),
        ("J0000", "J0000"),
    ],
)
def test_whole_names_mean_their_code(starter: Lookup, name: str, code: str) -> None:
    assert code_meant(starter, name, DAY) == code


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("infliximab injection", "J1745  infliximab: "),
        ("keytrudda", "J9271  Keytruda: "),
        ("Keytruda Qlex", "J9271  Keytruda: "),
        ("Keytruda pen", "J9271  Keytruda: "),
        ("pembro", "J9271  pembrolizumab: "),
        ("metylprednisolone acetate", "J1010  methylprednisolone acetate: "),
        ("J1745 please", "is no drug, brand or synonym"),
    ],
)
def test_what_is_only_like_a_name_is_asked_about(starter: Lookup, name: str, asked: str) -> None:
    assert asked in refusal(starter, name)


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("keytrudda", {Match.NEAR}),
        ("Keytruda Qlex", {Match.NEAR}),
        ("infliximab injection", {Match.WORD, Match.NEAR}),
        ("infliximab", {Match.EXACT, Match.WORD}),
        ("Remicade", {Match.BRAND}),
        ("taxotere", {Match.SYNONYM}),
        ("J1745", {Match.EXACT}),
        ("J17450", {Match.NEAR}),
        ("J174", {Match.NEAR}),
        ("acetate methylprednisolone", {Match.WORD, Match.NEAR}),
    ],
)
def test_a_search_tells_near_from_sure(starter: Lookup, query: str, matches: set[Match]) -> None:
    hits = Search(starter).find(query, DAY).hits
    assert {hit.match for hit in hits} <= matches
    assert matches - {Match.NEAR} <= {hit.match for hit in hits}
    surest = [(hit.match is Match.NEAR, hit.match is Match.WORD) for hit in hits]
    assert surest == sorted(surest)


def test_a_name_of_several_codes_says_what_decides(starter: Lookup) -> None:
    told = refusal(starter, "methylprednisolone")
    assert told.startswith("methylprednisolone may mean several codes on 2025-11-03; give one of them:\n  J1010  Inj")
    assert "What decides: the salt" in told


def test_other_products_of_the_ingredient_are_told(starter: Lookup) -> None:
    assert {"Q5103", "Q5104", "Q5121"} <= set(codes_named_after(starter, "infliximab", DAY))
    assert codes_named_after(starter, "Keytruda", DAY) == []
    assert codes_named_after(starter, "risankizumab", DAY) == []


def test_no_name(starter: Lookup) -> None:
    with pytest.raises(InvalidValue, match="a letter or digit"):
        code_meant(starter, " -- ", DAY)
    assert "no whole code number" in refusal(starter, "3420")
    assert "99999-9999-99: no crosswalk" in refusal(starter, "99999-9999-99")


def never_bills_another(lookup: Lookup, name: str) -> None:
    """A name means a code that has it, or nothing."""
    if named := {one.code for one in named_codes(lookup, name)}:
        assert all(name in (lookup.standing(code, DAY).descriptor or "") for code in named)
    else:
        refusal(lookup, name)


@pytest.mark.parametrize("name", [*IN_NO_FILE, "mirikizumab", "tezepelumab", "lebrikizumab", "guselkumab"])
def test_names_of_other_drugs_never_bill(starter: Lookup, name: str) -> None:
    never_bills_another(starter, name)


def typos(name: str) -> st.SearchStrategy[str]:
    """The name with one letter changed, left out, put in, or exchanged with its neighbor."""
    places, letters = st.integers(0, len(name) - 1), st.sampled_from(string.ascii_lowercase)
    return st.one_of(
        st.builds(lambda at, letter: name[:at] + letter + name[at + 1 :], places, letters),
        st.builds(lambda at: name[:at] + name[at + 1 :], places),
        st.builds(lambda at, letter: name[:at] + letter + name[at:], places, letters),
        st.builds(lambda at: name[:at] + name[at : at + 2][::-1] + name[at + 2 :], places),
    )


def a_typo_never_acts(lookup: Lookup, data: st.DataObject) -> None:
    rows = lookup.index.every(DRUG_NAME)
    name = str(data.draw(st.sampled_from(sorted({str(row["name"]) for row in rows}))))
    written = data.draw(typos(name))
    key = name_key(written)
    if not key or re.fullmatch(r"[a-z0-9][0-9]{3}[a-z0-9]", written.strip().casefold()):  # a number is no name
        return
    codes = {str(row["hcpcs_code"]) for row in rows if row["name_key"] == key}
    try:
        meant = code_meant(lookup, written, DAY)
    except (UnknownName, InvalidValue):
        return
    assert meant in codes


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_typo_never_acts(starter: Lookup, data: st.DataObject) -> None:
    a_typo_never_acts(starter, data)


def synonyms() -> list[dict[str, str]]:
    text = resources.files("cleanclaim.reference.codes").joinpath("synonyms.csv").read_text("utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def test_synonyms_are_listed_once_in_order_and_with_a_source() -> None:
    pairs = [(row["synonym"], row["name"]) for row in synonyms()]
    assert pairs == sorted(set(pairs))
    assert all(row["source"] for row in synonyms())


class TestOfficialFiles:
    """On the HCPCS files, the crosswalks and the payment limits as published."""

    pytestmark = needs_shared

    @pytest.mark.parametrize("brand", BRANDS, ids=lambda brand: brand.name)
    def test_brands(self, official: Lookup, brand: Brand) -> None:
        check_brand(official, brand, brand.codes)

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("Herceptin", "J9355"),
            ("Herceptin Hylecta", "J9356"),
            ("Opdivo Qvantig", "J9289"),
            ("Tecentriq Hybreza", "J9024"),
            ("Rituxan Hycela", "J9311"),
            ("Eylea", "J0178"),
            ("Eylea HD", "J0177"),
            ("mirikizumab", "J2267"),
            ("infliximab", "J1745"),
            ("vitamin b12", "J3420"),
            ("methylprednisolone acetate", "J1010"),
            ("paclitaxel", "J9267"),
            ("nab-paclitaxel", "J9264"),
            ("pegfilgrastim", "J2506"),
            ("iron sucrose", "J1756"),
            ("zoledronic acid", "J3489"),
            ("docetaxel", "J9171"),
            ("ketorolac tromethamine", "J1885"),  # CMS prints two packages of it under J7512, prednisone
            ("ceftriaxone", "J0696"),  # and one of it under J0697, cefuroxime
            ("Keytruda", "J9271"),
        ],
    )
    def test_whole_names_mean_their_code(self, official: Lookup, name: str, code: str) -> None:
        assert code_meant(official, name, DAY) == code

    @pytest.mark.parametrize(
        ("name", "codes", "decides"),
        [
            ("pemetrexed", ["J9305", "J9314", "J9323"], "the product, which its NDC tells"),
            ("fulvestrant", ["J9393", "J9394", "J9395"], "the product, which its NDC tells"),
            ("ondansetron", ["J2405", "Q0162"], "the form"),
            ("epoetin alfa", ["J0885", "Q4081"], "whether the patient is on dialysis"),
            ("Stelara", ["J3357", "J3358"], "the route"),
            ("aflibercept", ["J0177", "J0178"], "how it is made up"),
            ("infliximab-dyyb", ["J1748", "Q5103"], "the product, which its NDC tells"),
            ("IVIG", ["J1459", "J1556", "J1557", "J1561", "J1566"], "the product, which its NDC tells"),
            ("lupron depot", ["J1950", "J9217"], "the billing unit"),
        ],
    )
    def test_names_of_several_codes_are_refused(
        self, official: Lookup, name: str, codes: list[str], decides: str
    ) -> None:
        told = refusal(official, name)
        assert all(f"\n  {code}  " in told for code in codes)
        assert decides in told.rsplit("What decides: ", 1)[1]

    @pytest.mark.parametrize("name", ["Keytruda Qlex", "Entyvio pen", "keytrudda", "lebrikizumab", "tezepelumba"])
    def test_what_is_only_like_a_name_is_asked_about(self, official: Lookup, name: str) -> None:
        assert "Did you mean one of these?" in refusal(official, name)

    @pytest.mark.parametrize("name", IN_NO_FILE)
    def test_names_in_no_file_never_bill(self, official: Lookup, name: str) -> None:
        assert named_codes(official, name) == []
        refusal(official, name)

    @pytest.mark.slow
    @settings(max_examples=100, deadline=None)
    @given(data=st.data())
    def test_a_typo_never_acts(self, official: Lookup, data: st.DataObject) -> None:
        a_typo_never_acts(official, data)

    def test_each_synonym_is_another_word_for_a_name_that_is_there(self, official: Lookup) -> None:
        lost = [row["name"] for row in synonyms() if not named_codes(official, row["name"])]
        assert lost == []
        own = {row["synonym"] for row in synonyms() if not is_synonym_alone(official, row["synonym"])}
        assert own == set()


def is_synonym_alone(lookup: Lookup, name: str) -> bool:
    return {one.match for one in named_codes(lookup, name)} == {Match.SYNONYM}
