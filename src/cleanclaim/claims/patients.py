"""The digest by which every format knows a patient: one person, one key, whatever the file is written in."""

from __future__ import annotations

from hashlib import blake2b


def patient_key(payer_id: str | None, member_id: str | None, born: str | None, first_name: str | None) -> str | None:
    """BLAKE2b-64 of payer, member id, birth date (ISO 8601) and first name, in hex; None without a member id.

    Without a member id nobody can be told from anybody: two unknown patients must never become one.
    Source:  docs/x12-reading.md section 3.
    """
    if not member_id:
        return None
    text = f"{payer_id or ''}|{member_id}|{born or ''}|{(first_name or '').upper()}"
    return blake2b(text.encode(), digest_size=8).hexdigest()
