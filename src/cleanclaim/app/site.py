"""What a site has set for all its checks: what it calls its payers, and its profile of edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import msgspec
import pyarrow as pa

from cleanclaim.claims import ClaimTables, PayerProgram
from cleanclaim.edits.profile import Profile
from cleanclaim.formats.tabular.mapping import ColumnMapping


@dataclass(frozen=True, slots=True)
class NamedPayer:
    """A payer that claims call by a name of the site: its program, its number, or both."""

    program: PayerProgram | None = None
    payer_id: str | None = None


@dataclass(frozen=True, slots=True)
class PayerNames:
    """Payers by what claims call them: the payer's number, or a name that stands in its place. Capitals do not matter.

    Said by the site, it goes before the claim's own filing indicator: `CI` on claims of a Medicare Advantage plan.
    """

    by_name: Mapping[str, NamedPayer] = field(default_factory=dict)

    def in_claims(self, tables: ClaimTables) -> ClaimTables:
        """The claims with program and number of the payers that are named."""
        claims, known = tables.claim, {name.strip().casefold(): one for name, one in self.by_name.items()}
        said = [str(one) for one in claims["payer_id"].unique().to_pylist() if one is not None] if known else []
        found = {name: known[name.strip().casefold()] for name in said if name.strip().casefold() in known}
        if not found:
            return tables
        import pyarrow.compute as pc  # noqa: PLC0415 - a few claims are checked without it

        places = pc.index_in(claims["payer_id"].combine_chunks(), value_set=pa.array(list(found), pa.string()))
        for column, named in (
            ("payer_program", [str(one.program) if one.program else None for one in found.values()]),
            ("payer_id", [one.payer_id for one in found.values()]),
        ):
            said_before = claims[column].combine_chunks().cast(pa.string())
            filled = cast(
                "pa.Array[pa.Scalar[Any]]", pc.coalesce(pa.array(named, pa.string()).take(places), said_before)
            )
            kept = claims.schema.field(column)
            claims = claims.set_column(claims.schema.get_field_index(column), kept, filled.cast(kept.type))
        return replace(tables, claim=claims)

    def in_mapping(self, mapping: ColumnMapping | None) -> ColumnMapping | None:
        """A mapping of columns in which the names stand for their programs too, before what it says itself."""
        programs = {name: str(one.program) for name, one in self.by_name.items() if one.program}
        if not programs:
            return mapping
        said = mapping or ColumnMapping()
        words = {**said.values, "payer_program": {**programs, **said.values.get("payer_program", {})}}
        return msgspec.structs.replace(said, values=words)


@dataclass(frozen=True, slots=True)
class Site:
    """Names of payers and the profile; empty unless the site has set something."""

    payer_names: PayerNames = field(default_factory=PayerNames)
    profile: Profile = field(default_factory=Profile)
