"""What a file that holds no interchange looks like, in words that show none of its content."""

from __future__ import annotations

_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"<?xml", "XML"),
    (b"<", "HTML or XML"),
    (b"{", "JSON"),
    (b"[", "JSON"),
    (b"isa*", "an X12 header in lower case (isa); ask for the file as it was made, in capitals"),
    (b"GS", "an X12 functional group without its interchange header"),
    (b"ST", "an X12 transaction without its interchange header"),
)
_UTF16_STARTS = (b"\xff\xfe", b"\xfe\xff", b"I\x00S\x00A\x00", b"\x00I\x00S\x00A")
_EXPECTED = "Expected: an X12 interchange, which starts with ISA and a separator."


def is_utf16(start: bytes) -> bool:
    """Whether a file that starts so is UTF-16."""
    return start.startswith(_UTF16_STARTS)


def refusal(name: str, start: bytes) -> str:
    """The message for a file in which no interchange was found. `start`: its first bytes, white space left out."""
    return f"{name}: {_look(start)}. {_EXPECTED}"


def _look(start: bytes) -> str:
    if is_utf16(start):
        return "the file is UTF-16, which cannot be read; save it as UTF-8"
    if not start:
        return "the file is empty or holds nothing but white space"
    for signature, look in _SIGNATURES:
        if start.startswith(signature):
            return f"no interchange header was found; the file starts like {look}"
    printable = sum(0x20 <= byte < 0x7F or byte in b"\r\n\t" for byte in start)
    look = "text" if printable == len(start) else "binary data"
    return f"no interchange header was found; the file starts like {look}"
