"""Claims as JSON Lines: one claim per text line, with the names of the claim tables.

An absent key is unknown: null in the tables, and the claim is partial unless it says `"complete": true` or the caller
does. `null`, `""` and `[]` say that there is none: a list is empty, a scalar null and named in `known_absent`. The
lines are all lines of the claim unless it says `"lines_complete": false`. The dot of ICD-10-CM and the hyphens of an
NDC are normal writing, and are taken out; X12 is where they are judged.
"""

from cleanclaim.formats.jsonl.reader import read_jsonl
from cleanclaim.formats.jsonl.schema import claim_json_schema
from cleanclaim.formats.jsonl.writer import WrittenLines, write_jsonl

__all__ = ["WrittenLines", "claim_json_schema", "read_jsonl", "write_jsonl"]
