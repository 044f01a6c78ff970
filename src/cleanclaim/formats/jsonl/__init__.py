"""Claims as JSON Lines: one claim per text line, with the names of the claim tables.

What is not there is unknown: an absent key is null in the tables, and the claim is partial unless it says
`"complete": true` or the caller does. `null` and `[]` say "none": a list becomes empty; a scalar stays null, which in a
partial claim still counts as unknown.
"""

from cleanclaim.formats.jsonl.reader import read_jsonl
from cleanclaim.formats.jsonl.schema import claim_json_schema
from cleanclaim.formats.jsonl.writer import WrittenLines, write_jsonl

__all__ = ["WrittenLines", "claim_json_schema", "read_jsonl", "write_jsonl"]
