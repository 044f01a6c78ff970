"""Claims on paper: item 24 of the CMS-1500 and form locators 42 to 47 of the UB-04, as a PDF picture of our own."""

from cleanclaim.formats.paper.picture import draw_claims
from cleanclaim.formats.paper.rows import Form, paper_forms

__all__ = ["Form", "draw_claims", "paper_forms"]
