"""Pages in one self-contained file: they load nothing and send nothing.

Every value goes through Jinja's escaping, which is never switched off but for our own style and script. The page's
Content-Security-Policy allows these two by their hashes and nothing else: no other script, style, address or form.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cleanclaim.app.reports import words

_PAGES = "cleanclaim.app.reports"


def page(template: str, *, style: str, script: str = "", **view: object) -> Iterator[str]:
    """A page of a template, piece by piece; `style` and `script` name our own files."""
    texts = {name: _asset(name) if name else "" for name in (style, script)}
    allowed = "; ".join((
        "default-src 'none'", f"style-src '{_hash(texts[style])}'",
        f"script-src '{_hash(texts[script])}'" if script else "script-src 'none'",
        "img-src data:", "base-uri 'none'", "form-action 'none'",
    ))  # fmt: skip
    pieces = _environment().get_template(template).stream(
        # Ours, and the only texts that are not escaped.
        style=Markup(texts[style]), script=Markup(texts[script]), policy=allowed, **view,  # noqa: S704
    )  # fmt: skip
    pieces.enable_buffering(500)
    yield from pieces


def _asset(name: str) -> str:
    return files(_PAGES).joinpath("page", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_PAGES, "page"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(
        shown=words.shown, dollars=words.dollars, count=words.count, payer=words.payer, expected=words.expected,
        place=words.place, authority=words.authority, number="{:,}".format, evidence=words.evidence,
        cents=words.cents, paragraphs=words.paragraphs, last_day=words.last_day, code=words.with_code,
    )  # fmt: skip
    environment.globals.update(severities=words.SEVERITIES, confidences=words.CONFIDENCES)
    return environment
