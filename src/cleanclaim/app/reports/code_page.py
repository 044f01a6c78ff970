"""Pages of a code, each one self-contained HTML file: what is known of it over time, and its guide."""

from __future__ import annotations

from collections.abc import Iterator

from cleanclaim.app.reports.price_plot import price_plot
from cleanclaim.app.reports.self_contained import page
from cleanclaim.guides import Guide
from cleanclaim.reference.codes.timeline import Timeline


def timeline_page(told: Timeline) -> Iterator[str]:
    """The page of what held when, piece by piece."""
    lists = (
        ("When it may be billed", told.validity), ("Wording", told.wordings), ("Billing unit", told.units),
        ("Codes before it", told.replaces), ("Codes after it", told.replaced_by),
        ("Most units (MUE)", told.mues), ("Hospital outpatient status", told.statuses),
    )  # fmt: skip
    yield from page("timeline.html.j2", style="code.css", told=told, lists=lists, plot=price_plot(told.prices))


def guide_page(guide: Guide) -> Iterator[str]:
    """The page of a guide, piece by piece."""
    yield from page("guide.html.j2", style="code.css", guide=guide, plot=price_plot(guide.prices))
