"""What is on file for a claim, as somebody who looked into the chart lists it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

import msgspec
import pyarrow as pa

from cleanclaim.policies.checklists import shipped_checklists
from cleanclaim.policies.policy import OnFileName
from cleanclaim.policies.tables import ON_FILE, ON_FILE_WHOLE

_OF_EDITS = ("abn", "kx", "gestation_weeks", "singleton")  # facts of their own
_MOST = Decimal(1_000_000)


class OnFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The record of one claim, or of one line of it.

    `items` by name: DOC-01 to DOC-34 and their items, `abn`, `kx`, `gestation_weeks`, evidence of a REMS, what stands
    for a step; true, false, or a number. `whole`: everything on file is listed, and what is not there is missing.
    """

    claim_id: Annotated[str, msgspec.Meta(min_length=1)]
    items: dict[OnFileName, bool | Decimal]
    line_number: int | None = None
    whole: bool = False

    def __post_init__(self) -> None:
        if not all(isinstance(one, bool) or (one.is_finite() and 0 <= one < _MOST) for one in self.items.values()):
            raise ValueError(f"items: expected true, false, or a number from 0 to less than {_MOST:,}")


def known_items() -> frozenset[str]:
    """The names under which checklists and edits ask for something; policies name more of their own."""
    every = (*shipped_checklists().general, *shipped_checklists().classes)
    return frozenset({*(one.id for one in every), *(item.key for one in every for item in one.items), *_OF_EDITS})


def on_file_tables(records: Iterable[OnFile]) -> dict[str, pa.Table]:
    """The tables `on_file` and `on_file_whole` of some records."""
    records = list(records)
    rows = [
        {
            "claim_id": one.claim_id, "line_number": one.line_number, "item": item,
            "there": bool(value),
            "number": None if isinstance(value, bool) else value,
        }
        for one in records
        for item, value in one.items.items()
    ]  # fmt: skip
    wholes = {(one.claim_id, one.line_number): one for one in records if one.whole}.values()
    return {
        ON_FILE.name: pa.Table.from_pylist(rows, schema=ON_FILE.arrow()),
        ON_FILE_WHOLE.name: pa.Table.from_pylist(
            [{"claim_id": one.claim_id, "line_number": one.line_number} for one in wholes], schema=ON_FILE_WHOLE.arrow()
        ),
    }
