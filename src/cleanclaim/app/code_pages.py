"""The guide of a code: what is known of it, joined with the edits that its lines may meet."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from cleanclaim.edits.applying import CodeFacts, edits_applying
from cleanclaim.edits.collection import all_edits
from cleanclaim.edits.outcomes import Edit
from cleanclaim.guides import Guide, guide
from cleanclaim.policies import Policies
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.library import Library
from cleanclaim.terms import TermsOfPayers


class CodePages:
    """Guides from one open library and one set of edits. Use it as a context manager, or close it."""

    def __init__(self, lookup: Lookup, edits: tuple[Edit, ...], policies: Policies | None = None) -> None:
        """Pages from open look-ups; `policies` are those of payers, where there are some."""
        self.lookup, self.edits, self.policies = lookup, edits, policies
        self._facts = CodeFacts(cache(lookup.library.table), terms=TermsOfPayers(policies))

    @classmethod
    def open(
        cls, reference: Path | None = None, *, edits: Path | None = None, policies: Policies | None = None
    ) -> Self:
        """Guides from the library of a folder, with a site's own edits and policies beside what is shipped."""
        return cls(Lookup.of(Library.open(reference)), all_edits(edits), policies)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the engine behind the pages."""
        self._facts.close()

    def guide(self, code: str, on: date) -> Guide:
        """The guide of a HCPCS Level II code on a day."""
        facts = self._facts.of(code, on)
        return guide(self.lookup, code, on, facts, tuple(edits_applying(self.edits, facts)), self.policies)
