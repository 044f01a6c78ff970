"""A check as one self-contained HTML page: it loads nothing, sends nothing, and reads whole without JavaScript.

Every value goes through Jinja's escaping, which is never switched off but for our own style and script. The page's
Content-Security-Policy allows these two by their hashes and nothing else: no other script, style, address or form.
Plots are SVG bars in tables, so that their numbers can be read and copied. Each claim stands in the page, not in data
that a script would unfold: who has no script, prints, or searches with the browser misses nothing. Texts that many
findings share (reasons, sources, releases) stand once and are linked to.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cleanclaim.app.reports import words
from cleanclaim.app.reports.view import MOST_FAULTS, MOST_FILES, page_view
from cleanclaim.app.result import CheckResult

_PAGE = "cleanclaim.app.reports"


def html_report(result: CheckResult, *, checked_on: date | None = None) -> Iterator[str]:
    """The page, piece by piece. It is the same for the same result: no clock is read, the day is handed in."""
    style, script = _asset("style.css"), _asset("filter.js")
    template = _environment().get_template("page.html.j2")
    pieces = template.stream(
        view=page_view(result, checked_on=checked_on), summary=result.summary, result=result,
        # Ours, and the only texts that are not escaped.
        style=Markup(style), script=Markup(script),  # noqa: S704
        policy="; ".join((
            "default-src 'none'", f"style-src '{_hash(style)}'", f"script-src '{_hash(script)}'", "img-src data:",
            "base-uri 'none'", "form-action 'none'",
        )),
        most_faults=MOST_FAULTS, most_files=MOST_FILES,
    )  # fmt: skip
    pieces.enable_buffering(500)
    yield from pieces


def _asset(name: str) -> str:
    return files(_PAGE).joinpath("page", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_PAGE, "page"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(
        shown=words.shown, dollars=words.dollars, count=words.count, payer=words.payer, expected=words.expected,
        place=words.place, authority=words.authority, number="{:,}".format, evidence=words.evidence,
        cents=words.cents, paragraphs=words.paragraphs,
    )  # fmt: skip
    environment.globals.update(severities=words.SEVERITIES, confidences=words.CONFIDENCES)
    return environment
