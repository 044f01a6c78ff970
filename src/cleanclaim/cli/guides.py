"""Guides on paper."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TextIO

from cleanclaim.app.reports.code_page import guide_page
from cleanclaim.app.reports.guide_paper import guide_paper
from cleanclaim.cli.options import GuideFormat
from cleanclaim.guides import Guide, markdown_of


def write_guide(guide: Guide, output_format: GuideFormat, out: TextIO) -> None:
    """A guide as Markdown, as one HTML page, as PDF, or as JSON.

    Raises:  PackageMissing for a PDF where typst is not installed.
    """
    match output_format:
        case GuideFormat.MARKDOWN:
            out.write(markdown_of(guide))
        case GuideFormat.HTML:
            out.writelines(guide_page(guide))
        case GuideFormat.PDF:
            out.buffer.write(guide_paper(guide))
        case GuideFormat.JSON:
            out.write(json.dumps(asdict(guide), default=str, ensure_ascii=False, indent=2) + "\n")
