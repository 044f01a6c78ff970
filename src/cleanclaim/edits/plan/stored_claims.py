"""Which claim tables are stored for the facts, with which columns, and in which part of a long run a claim is."""

from __future__ import annotations

import re
import zlib
from functools import cache

import numpy as np
import pyarrow as pa

from cleanclaim.claims import ADMINISTRATION, CLAIM, LINE
from cleanclaim.edits.dictionary import Dictionary
from cleanclaim.engine.schema import Column, TableSchema

STORED = ((CLAIM, ("claim_row",)), (LINE, ("claim_row", "line_row")), (ADMINISTRATION, ("line_row",)))
PARTS = 16
_SHOWN = {"claim_id", "claim_key", "source_file", "segment_number", "line_number", "total_charge", "charge_amount"}


def part_of(claims: pa.Table, claim_rows: np.ndarray) -> np.ndarray:
    """The part of each claim: claims of one patient are in one. Two unknown patients are never one."""
    keys = claims.column("patient_key").to_pylist()
    parts = [row if key is None else zlib.crc32(str(key).encode()) for key, row in zip(keys, claim_rows, strict=True)]
    return np.array(parts, np.int64) % PARTS


@cache
def used_columns(schema: TableSchema, facts: Dictionary) -> list[Column]:
    """The columns of a claim table that a fact reads or a finding shows."""
    # Only what a fact reads or a finding shows is stored: a claim has twice as many columns.
    words = {word for group in facts.groups for word in re.findall(r"\w+", group.sql)} | _SHOWN
    return [column for column in schema.columns if column.name in words]
