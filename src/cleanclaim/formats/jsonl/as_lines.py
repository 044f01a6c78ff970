"""JSON that is not one claim on a line: a list of claims, or claims over several lines, as JSON Lines; others named."""

from __future__ import annotations

import io
import json
import re
from typing import BinaryIO

from cleanclaim.errors import UnreadableInput

_MOST_BYTES = 256 << 20  # of a list, which is held in memory
_BETWEEN = re.compile(r"[\s,]*")
_SEND_INSTEAD = "Expected: the 837P, or claims as JSON (`cleanclaim schema claim` lists the keys)"


def is_lines(head: bytes) -> bool:
    """Whether a text that starts so has one object a line."""
    first = head.lstrip().split(b"\n", 1)[0].strip()
    if first in {b"[", b"{", b""} or first.startswith(b"["):
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return b"\n" not in head.strip()  # cut, or broken: its reader says where
    return True


def named_otherwise(head: bytes) -> str | None:
    """What a JSON text is that holds no claim of ours, in words."""
    if found := re.search(rb'"resourceType"\s*:\s*"([A-Za-z]{1,40})"', head):
        return f"FHIR, a resource {found[1].decode()}: recognized, not read yet"
    if b'"claimInformation"' in head or b'"serviceLines"' in head:
        return "a clearinghouse's JSON form of an 837 (claimInformation, serviceLines): recognized, not read yet"
    return None


def refuse_others(head: bytes, name: str) -> None:
    """Raises: UnreadableInput that names what a JSON text holds in the stead of claims."""
    if what := named_otherwise(head):
        raise UnreadableInput(f"{name}: {what}. {_SEND_INSTEAD}")


def _next(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def as_lines(stream: BinaryIO, name: str) -> BinaryIO:
    """The objects of a JSON text, each on a line of its own as it was written; a row is then a place in the list.

    What stands behind a broken object is one line, which its reader tells.
    Raises: UnreadableInput for a text that is too long.
    """
    stream.seek(0)
    raw = stream.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise UnreadableInput(f"{name}: a JSON list of more than {_MOST_BYTES >> 20} MB. Expected: JSON Lines")
    text = raw.decode("utf-8-sig", "surrogateescape").strip()
    is_list = text.startswith("[")
    lines, at = [], int(is_list)
    decoder = json.JSONDecoder()
    while (at := _next(text, at)) < len(text):
        if is_list and text[at] == "]" and not text[at + 1 :].strip():
            break
        try:
            end = decoder.raw_decode(text, at)[1]
        except (ValueError, RecursionError):
            end = len(text)
        lines.append(re.sub(r"[\r\n]+", " ", text[at:end]))
        at = end
    return io.BytesIO("\n".join(lines).encode("utf-8", "surrogateescape"))
