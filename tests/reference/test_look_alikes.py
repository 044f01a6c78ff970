"""Numbers that one slip makes of a code."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.reference.codes.look_alikes import Slip, look_alikes, slip_between

CODES = st.from_regex(r"\A[ABCEGHJKLMPQRSTV][0-9]{4}\Z")


def test_each_slip_by_name() -> None:
    assert slip_between("J1745", "J1754") is Slip.TRANSPOSED
    assert slip_between("J0585", "Q0585") is Slip.LETTER
    assert slip_between("J0881", "J0801") is Slip.ALIKE
    assert slip_between("J1745", "J1744") is Slip.NEXT
    assert slip_between("J1745", "J1945") is Slip.DIGIT
    assert slip_between("J1745", "J1745") is None
    assert slip_between("J1745", "J1954") is None  # two digits
    assert slip_between("J1745", "J5741") is None  # two digits that are not neighbors
    assert slip_between("J1745", "1J745") is None  # the letter stays in front


def test_what_is_no_level_two_number_has_none() -> None:
    for text in ("96372", "J174", "J17455", "JJ745", "", "J174٥"):  # the last digit is an Arabic five
        assert list(look_alikes(text)) == []


@given(CODES)
def test_a_slip_leads_back(code: str) -> None:
    found = list(look_alikes(code))
    assert len(found) == len(set(found))
    assert code not in found
    for other in found:
        assert slip_between(code, other) is slip_between(other, code) is not None
        assert code in set(look_alikes(other))


@given(CODES)
def test_none_is_left_out(code: str) -> None:
    """Against a plain search: every number at one exchange of neighbors, or at one character, and no other."""
    letters = "ABCEGHJKLMPQRSTV"
    one_character = {
        code[:place] + character + code[place + 1 :]
        for place in range(5)
        for character in (letters if place == 0 else string.digits)
    }
    exchanged = {code[:place] + code[place + 1] + code[place] + code[place + 2 :] for place in range(1, 4)}
    assert set(look_alikes(code)) == (one_character | exchanged) - {code}
