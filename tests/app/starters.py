"""Starter sets with less in them: what a made-up or official file tells must not be known already."""

from __future__ import annotations

from functools import cache

from cleanclaim.reference.library import starter_set
from cleanclaim.reference.library.starter_set import StarterSet

# What the files at hand tell: the starter set must not know it, or an example would be about that.
TOLD_BY_FILES = frozenset({"hcpcs", "modifier", "mue", "ndc_crosswalk", "asp_limit", "product"})


@cache
def starter_without(tables: frozenset[str]) -> StarterSet:
    """The starter set without some tables, and without a word on what it is complete for there."""
    contents = {path.stem: path.read_bytes() for path in starter_set.FOLDER.glob("*.csv") if path.stem not in tables}
    kept = [row for row in contents["coverage"].decode().splitlines(keepends=True) if row.split(",")[0] not in tables]
    return StarterSet({**contents, "coverage": "".join(kept).encode()})
