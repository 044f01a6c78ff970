"""The guide of a code: what a biller must know of it on a day, under seven headings, each statement with its source."""

from cleanclaim.guides.guide import Guide, guide
from cleanclaim.guides.markdown import markdown_of

__all__ = ["Guide", "guide", "markdown_of"]
