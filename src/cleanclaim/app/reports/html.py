"""A check as one self-contained HTML page, that reads whole without JavaScript.

Plots are SVG bars in tables, so that their numbers can be read and copied. Each claim stands in the page, not in data
that a script would unfold: who has no script, prints, or searches with the browser misses nothing. Texts that many
findings share (reasons, sources, releases) stand once and are linked to.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cleanclaim.app.reports import words
from cleanclaim.app.reports.self_contained import page
from cleanclaim.app.reports.view import MOST_FAULTS, MOST_FILES, MOST_WORK_CLAIMS, page_view
from cleanclaim.app.result import CheckResult


def html_report(result: CheckResult, *, checked_on: date | None = None) -> Iterator[str]:
    """The page, piece by piece. It is the same for the same result: no clock is read, the day is handed in."""
    yield from page(
        "page.html.j2", style="style.css", script="filter.js",
        view=page_view(result, checked_on=checked_on), summary=result.summary, result=result,
        most_faults=MOST_FAULTS, most_files=MOST_FILES,
        most_work_claims=MOST_WORK_CLAIMS, verdicts=words.VERDICTS,
    )  # fmt: skip
