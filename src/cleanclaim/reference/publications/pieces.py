"""Publications whose releases come in several files: each file is a piece, and the pieces together are one release."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source


@dataclass(frozen=True, order=True, slots=True)
class Piece:
    """One file of a release: `ccipra-v322r0`, the second of them."""

    of: str
    number: int  # from 1


@runtime_checkable
class InPieces(Protocol):
    """What an importer has beside `recognize` and `parse`, which then read one piece."""

    def piece(self, source: Source) -> Piece:
        """Which piece the file is."""

    def join(self, pieces: Sequence[tuple[Piece, Parsed]]) -> Parsed:
        """The release of all its pieces, in order.

        Raises: UnreadableInput when one is missing.
        """


def join_pieces(pieces: Sequence[tuple[Piece, Parsed, Source]]) -> Source:
    """What the manifest of a joined release says about its files: their names, and one digest of them all."""
    sources = [source for _, _, source in sorted(pieces, key=lambda one: one[0])]
    digest = hashlib.sha256(" ".join(source.sha256 for source in sources).encode()).hexdigest()
    archives = {source.archive: None for source in sources if source.archive}
    return Source(", ".join(source.name for source in sources), digest, b"", archive=", ".join(archives) or None)
