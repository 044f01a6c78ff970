"""The audit of a file: prose, Markdown, HTML or a PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from cleanclaim.errors import PackageMissing, UnreadableInput
from cleanclaim.guides.audit import Audit, Auditor
from cleanclaim.reference.codes.lookup import Lookup

_PDF = b"%PDF-"


@dataclass(frozen=True, slots=True)
class Audited:
    """A text with what was found in it."""

    name: str
    text: str
    audit: Audit


def audit_text(content: bytes, name: str, on: date, *, reference: Path | None = None) -> Audited:
    """What a text says of codes, as of a day.

    Raises:  UnreadableInput for what is no text; PackageMissing for a PDF where pypdf is not installed.
    """
    text = _text_of_pdf(content, name) if content.startswith(_PDF) else _text(content, name)
    return Audited(name, text, Auditor.of(Lookup.open(reference)).audit(text, on))


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableInput(f"{name}: no UTF-8 text: {error.reason} at byte {error.start}") from None


def _text_of_pdf(content: bytes, name: str) -> str:
    try:
        from pypdf import PdfReader  # noqa: PLC0415 - an extra
        from pypdf.errors import PyPdfError  # noqa: PLC0415
    except ImportError:
        raise PackageMissing("reading a PDF needs pypdf: pip install 'cleanclaim[pdf]'") from None
    try:
        return "\n\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    except PyPdfError as error:
        raise UnreadableInput(f"{name}: the PDF cannot be read: {type(error).__name__}") from None
