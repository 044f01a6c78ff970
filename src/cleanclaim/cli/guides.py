"""Guides on paper."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TextIO

from cleanclaim.app.reports.code_page import guide_page
from cleanclaim.cli.options import GuideFormat
from cleanclaim.guides import Guide, markdown_of


def write_guide(guide: Guide, output_format: GuideFormat, out: TextIO) -> None:
    """A guide as Markdown, as one HTML page, or as JSON."""
    match output_format:
        case GuideFormat.MARKDOWN:
            out.write(markdown_of(guide))
        case GuideFormat.HTML:
            out.writelines(guide_page(guide))
        case GuideFormat.JSON:
            out.write(json.dumps(asdict(guide), default=str, ensure_ascii=False, indent=2) + "\n")
