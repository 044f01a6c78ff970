"""What could not be read, as rows of the fault table."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from cleanclaim.claims.tables import Lost

Row = dict[str, object]
# What is wrong, as a biller would say it; what was expected follows. Of a fault that is not here its name says it.
_WRONG = {
    "amount-invalid": "not an amount", "number-invalid": "not a number that fits here", "date-invalid": "not a date",
    "date-ambiguous": "day and month cannot be told apart", "date-serial": "a spreadsheet's day number",
    "date-with-time": "a day with a time", "number-with-word": "a number with a word beside it",
    "amount-negative": "a negative amount in brackets or with its sign behind",
    "amount-float": "an amount with the noise of a float", "place-unknown": "not a place of service",
    "number-formatted": "a number that a spreadsheet has formatted", "diagnosis-in-words": "a diagnosis with words",
    "cell-quoted": "a text in a spreadsheet's quotes", "row-total": "a total or a closing line, no claim",
    "row-title": "a title above the header",
    "time-invalid": "not a time", "text-invalid": "not a text", "list-invalid": "not a list",
    "list-as-text": "a text where a list belongs", "list-unexpected": "a list where one value belongs",
    "boolean-invalid": "neither yes nor no", "boolean-as-text": "true or false in quotes",
    "object-invalid": "not an object", "value-unknown": "not one of the values allowed",
    "unit-unknown": "not a unit we know",
    "number-shortened": "a spreadsheet shortened this number", "decimal-comma": "a comma before the decimals",
    "zeros-lost": "leading zeros are missing", "pointer-invalid": "points to no diagnosis on the claim",
    "ndc-contradicts": "the line has two NDCs that differ", "patient-contradicts": "differs from the claim",
    "charted-contradicts": "the chart contradicts itself", "claim-contradicts": "differs from the claim's first row",
    "claim-id-missing": "claim_id is missing", "claim-too-long": "the claim has too many rows",
    "key-unknown": "no claim has this key", "key-repeated": "the key is there twice",
    "column-unknown": "no claim has this column", "column-repeated": "the column is there twice",
    "column-missing": "the column is missing", "column-type": "the column's type cannot be read",
    "line-invalid": "not a service line", "lines-lost": "the service lines cannot be read",
    "row-width": "the row does not have as many cells as the header", "row-invalid": "the row cannot be read",
    "record-invalid": "the row cannot be read", "quote-unclosed": "a quotation mark is never closed",
    "not-a-claim": "not a claim", "json-invalid": "not valid JSON", "json-too-deep": "nested too deep",
    "json-not-object": "not a JSON object", "line-too-long": "the line is too long",
    "blank-line": "a blank line", "blank-row": "a blank row", "header-repeated": "the header again",
    "byte-order-mark": "a byte order mark", "not-utf8": "the text is not UTF-8",
    "not-carried": "JSON Lines cannot carry this claim as it is",
}  # fmt: skip
_SHOWN_CHARACTERS = 40


@dataclass(slots=True)
class Faults:
    """The faults of a file since they were last drained."""

    source_file: str
    rows: list[Row] = field(default_factory=list)
    first: str = ""  # message of the first that lost a claim

    def add(
        self, fault: str, row: int, expected: str, lost: Lost, *, element: str | None = None, value: str | None = None
    ) -> None:
        """Tell a fault. `value` only where it can hold nothing of a patient."""
        place = f"Row {row}, {element}" if element else f"Row {row}"
        wrong = _WRONG.get(fault, fault.replace("-", " "))
        message = f"{place}: {f'{value} ({wrong})' if value else wrong}. Expected: {expected}."
        if lost is Lost.CLAIM:
            self.first = self.first or message
        self.rows.append({
            "source_file": self.source_file, "fault": fault, "message": message, "lost": lost.value,
            "element": element, "row": row, "value": value, "expected": expected,
        })  # fmt: skip

    def drain(self) -> list[Row]:
        """The faults, which are forgotten here."""
        rows, self.rows = self.rows, []
        return rows


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells faults of one row."""

    faults: Faults
    row: int

    def tell(
        self, fault: str, element: str, expected: str, lost: Lost = Lost.VALUE, *, value: str | None = None
    ) -> None:
        """Tell a fault of an element."""
        self.faults.add(fault, self.row, expected, lost, element=element, value=value)

    def lost_claim(self, fault: str, expected: str) -> None:
        """Tell that the row gives no claim."""
        self.faults.add(fault, self.row, expected, Lost.CLAIM)

    def unknown_key(self, element: str, key: str, known: Iterable[str]) -> None:
        """Tell a key that no claim has, with the nearest that it has."""
        near = difflib.get_close_matches(key, list(known), n=1)
        meant = (
            f"a key of the claim, such as {near[0]}"
            if near
            else "a key of the claim (`cleanclaim schema claim` lists them)"
        )
        self.tell("key-unknown", element, meant)


def shown(value: object) -> str | None:
    """A scalar as a fault may show it; None for what is nested."""
    if isinstance(value, (str, bool, int, Decimal)):
        return str(value)[:_SHOWN_CHARACTERS]
    return None
