"""Where the official files and samples stand that the repository may not hold, and the mark for tests that need them."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("CLEANCLAIM_SHARED", Path(__file__).resolve().parents[1].parent / "shared"))

needs_shared = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not SHARED.is_dir(), reason="needs the official files beside the checkout (../shared), absent here"
    ),
]
