"""Claims whose texts would like to be markup, commands or a mess."""

from __future__ import annotations

import json
from pathlib import Path

IDS = (
    "<script>document.title='taken'</script>",
    '"><img src=x onerror="document.title=\'taken\'">',
    "'; DROP TABLE claim; --",
    "{{ 7 * 7 }}{% raw %}",
    "evil\u202etxt.exe\u200b\u0007",
    "</style></script></details><h1>",
    "&lt;b&gt; &amp; &#x3c;",
    "A" * 10_000,
)


def write_claims(path: Path) -> Path:
    """One claim per id, each with a line that is denied or rejected."""
    lines = [
        {
            "line_number": 1,
            "hcpcs_code": "J9271",
            "modifiers": ["JZ"],
            "billed_units": 4000,
            "service_date": "2024-08-01",
            "charge_amount": "32000.00",
        },
        {
            "line_number": 2,
            "hcpcs_code": "<b>x",
            "modifiers": ["\"'"],
            "billed_units": 1,
            "service_date": "2024-08-01",
            "charge_amount": "5.00",
        },
    ]
    claims = [
        {
            "claim_id": name,
            "claim_type": "P",
            "payer_program": "medicare_b",
            "place_of_service": "11",
            "complete": True,
            "lines": lines,
        }
        for name in IDS
    ]
    path.write_text("\n".join(json.dumps(claim) for claim in claims) + "\n", encoding="utf-8")
    return path
