"""`config`: what is set, and from where."""

from __future__ import annotations

import os
from typing import TextIO

import msgspec

from cleanclaim.cli.config import CHOICES, ENVIRONMENT, FILE, KEYS, PATHS, SHARED_FILE, Config
from cleanclaim.cli.options import ShortFormat


class SetValue(msgspec.Struct, frozen=True):
    """A key of the configuration: what it is, and who says so; both null where nobody does."""

    key: str
    value: str | None
    by: str | None  # the file, or the environment variable


def values_set(config: Config) -> tuple[SetValue, ...]:
    """Each key with its value and who set it; each name of a payer is one. Raises: InvalidValue for a payer."""
    names = config.payer_names().by_name
    found = []
    for key in KEYS:
        variable = ENVIRONMENT.get(key, "")
        if said := os.environ.get(variable):
            found.append(SetValue(key, said, variable))
        elif key in (*PATHS, *CHOICES):
            found.append(SetValue(key, config.values.get(key), str(config.file) if key in config.values else None))
    for name, payer in names.items():
        found.append(
            SetValue(f"payer_names.{name}", " ".join(filter(None, (payer.program, payer.payer_id))), str(config.file))
        )
    return tuple(found)


def write_config(config: Config, output_format: ShortFormat, out: TextIO) -> None:
    """The values, as a table or as JSON."""
    values = values_set(config)
    if output_format is ShortFormat.JSON:
        out.write(msgspec.json.format(msgspec.json.encode(values), indent=2).decode() + "\n")
        return
    if output_format is ShortFormat.JSONL:
        out.writelines(msgspec.json.encode(one).decode() + "\n" for one in values)
        return
    found = f"Configuration: {config.file}" if config.file else f"No configuration: no {FILE} or {SHARED_FILE} found."
    out.write(f"{found}\n")
    width = max(len(one.key) for one in values)
    for one in values:
        by = f"  ({one.by})" if one.by and one.by != str(config.file) else ""
        out.write(f"  {one.key:<{width}}  {one.value or '-'}{by}\n")
    out.write("Options of a command go before the environment, and that before the file.\n")
