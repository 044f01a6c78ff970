"""In CI a test that is skipped is a test that failed: everything that tests need is there."""

import os
import time

import pytest
from hypothesis import settings

from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.importing import import_files
from tests.shared import SHARED

# The same cases on every CI run: a new one is found at a desk, not on the way to a landing.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CLEANCLAIM_CI"):
    settings.load_profile("ci")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    if report.skipped and os.environ.get("CLEANCLAIM_CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def official(tmp_path_factory: pytest.TempPathFactory) -> Lookup:
    """Look-ups in a library of the official HCPCS, ASP and OPPS files; for tests that are marked `needs_shared`."""
    # One of the workers makes it for all of them: it takes a quarter of a minute.
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "official"
    whole = folder.with_suffix(".whole")
    try:
        folder.mkdir()
    except FileExistsError:
        while not whole.exists():
            time.sleep(0.1)
    else:
        try:
            import_files(folder, [SHARED / "data" / "cms" / name for name in ("hcpcs", "asp", "opps")])
            Lookup.open(folder)
        finally:
            whole.touch()
    return Lookup.open(folder)
