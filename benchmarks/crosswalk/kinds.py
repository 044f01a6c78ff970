"""The ways in which a row's numbers and ours can stand to each other, and what is known of each."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """How the numbers of a row agree or disagree."""

    EQUAL = "equal"
    ROUNDED = "equal to the printed digits"
    UP = "rounded up to whole units"
    NEAREST = "rounded to whole units"
    SALT = "within 4 %: digits or salt"
    NO_QUANTITY = "BILLUNITSPKG is BILLUNITS, PKG QTY is above 1"
    REPEATS = "BILLUNITSPKG is PKG QTY"
    PIECE = "BILLUNITS is of one piece of PKG SIZE"
    MULTIPLE = "BILLUNITSPKG is a whole multiple"
    SIZE_IS_ONE = "PKG SIZE 1 is a vial, bag or syringe"
    SIZE_IS_WEIGHT = "PKG SIZE is a weight"
    OF_CONTAINER = "the directory's strength is of the whole container"
    OF_PACKAGE = "BILLUNITS is of the whole package"
    PACKAGE_RIGHT = "BILLUNITSPKG is right, BILLUNITS is not"
    INGREDIENT = "the file tells one ingredient or their sum"
    CONTENT = "the code counts pieces, the file tells the content of one"
    ALONE = "a factor of its own"
    OTHER = "unexplained"

    @property
    def agrees(self) -> bool:
        """Whether the row is as our arithmetic has it, to the digits printed."""
        return self in (Kind.EQUAL, Kind.ROUNDED)

    @property
    def is_explained(self) -> bool:
        """Whether the kind tells why the numbers differ: how CMS counts or rounds, and no slip."""
        return self not in _NOT_DECIDED


_NOT_DECIDED = frozenset({Kind.ALONE, Kind.MULTIPLE, Kind.NO_QUANTITY, Kind.REPEATS, Kind.PACKAGE_RIGHT, Kind.OTHER})

EXPLANATION = {
    Kind.UP: (
        "CMS rounds up to the next whole unit. In BILLUNITSPKG that leaves the factor of NDC-18 as it is; in BILLUNITS"
        " the factor is too large, and right only for whole items."
    ),
    Kind.NEAREST: "A part of a unit was dropped, or the strength is printed with more digits.",
    Kind.SALT: (
        "The strength in the directory has other digits, or is that of the salt (calcium gluconate: 98 or 100 mg/mL)."
    ),
    Kind.NO_QUANTITY: (
        "Either PKG QTY was left out of the product, or BILLUNITS is already that of the package. The row alone does"
        " not tell which; only one of the two leaves the factor of NDC-18 right."
    ),
    Kind.REPEATS: "A slip: the units were left out of the product.",
    Kind.PIECE: (
        "PKG SIZE counts tablets or granules in a bottle, BILLUNITS is that of one of them: BILLUNITSPKG is BILLUNITS x"
        " PKG SIZE x PKG QTY. The factor of NDC-18 is too small by PKG SIZE."
    ),
    Kind.MULTIPLE: (
        "PKG QTY is that of one bag or vial where BILLUNITSPKG is that of a carton (12 bags), or BILLUNITS is too"
        " small. The row alone does not tell which."
    ),
    Kind.SIZE_IS_ONE: (
        "PKG SIZE counts one vial, bag, syringe or dose where the strength, the billing unit or the siblings are in mL."
        " BILLUNITS may be right; the factor of NDC-18 is then per piece (UN), never per mL."
    ),
    Kind.SIZE_IS_WEIGHT: (
        "PKG SIZE is in mg or g: of the drug (alpha-1 proteinase inhibitor: 1 mg is 0.1 unit) or of the product (a gel"
        " of 2 g is 200 units of 10 mg of gel, not of its ingredient)."
    ),
    Kind.OF_CONTAINER: (
        "The FDA's directory states the content of the container, PKG SIZE its volume in mL: BILLUNITS is right."
    ),
    Kind.OF_PACKAGE: (
        "PKG SIZE is 1, PKG QTY the tablets of a bottle, and BILLUNITS that of the bottle: the factor of NDC-18 is too"
        " large by PKG QTY."
    ),
    Kind.PACKAGE_RIGHT: (
        "By the strength BILLUNITSPKG is the number of PKG SIZE, so that BILLUNITS is a slip and the factor of NDC-18"
        " is wrong."
    ),
    Kind.INGREDIENT: "The descriptor names a fixed combination; the dosage column is free text (COD-61).",
    Kind.CONTENT: "One unit is one piece; the dosage column says what it holds (COD-54).",
    Kind.ALONE: (
        "All other rows of the code have one factor. Another strength would explain it as well as a slip: not decided"
        " here where no other check tells."
    ),
    Kind.OTHER: "No rule above explains it.",
}
