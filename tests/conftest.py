"""In CI a test that is skipped is a test that failed: everything that tests need is there."""

import os

import pytest
from hypothesis import settings

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
