"""A site's profile: which edits are off, or of another severity, and from when to when.

The one place where a rule that nobody confirmed in a source (confidence K or D) may be raised to `reject`: a site says
so of itself, for what its payers do. Judging knows nothing of it; what fired is kept, changed or switched off here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import msgspec

from cleanclaim.edits.choice import edits_named, named
from cleanclaim.edits.findings import Finding
from cleanclaim.edits.outcomes import Edit, Outcome
from cleanclaim.errors import CleanclaimError, InvalidValue
from cleanclaim.values import OPEN_END, Interval, Severity
from cleanclaim.values.spelling import meant
from cleanclaim.values.written import written_day

OFF = "off"
_KEYS = ("severity", "from", "to", "why")
_EXPECTED = f"expected {', '.join((OFF, *Severity))}"


@dataclass(frozen=True, slots=True)
class Setting:
    """What an edit is on some days: of a severity, or off (None)."""

    severity: Severity | None
    days: Interval


@dataclass(frozen=True, slots=True)
class Profile:
    """The settings of edits, the nearest to the edit first: its own before those of its family. Empty: pages decide."""

    name: str = ""
    settings: Mapping[str, tuple[Setting, ...]] = field(default_factory=dict)  # by the name of the edit

    def setting(self, edit: str, day: date | None) -> Setting | None:
        """What an edit is on a day; None where its page decides. Without a day only what holds on every day counts."""
        for one in self.settings.get(edit, ()):
            if one.days.contains(day) if day else one.days == _ALWAYS:
                return one
        return None

    def kept(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """The edits but those that are off on every day: these need not run."""
        always_off = Setting(None, _ALWAYS)
        return tuple(edit for edit in edits if always_off not in self.settings.get(edit.name, ())[:1])

    def applied(self, finding: Finding, day: date | None) -> Finding | None:
        """A finding with the severity that the profile gives it, which it then names; None where the edit is off."""
        setting = self.setting(finding.edit, day)
        if setting is not None and setting.severity is None:
            return None
        if setting is None or setting.severity is finding.severity or finding.outcome is not Outcome.FIRES:
            return finding
        said = f"profile {self.name} ({setting.severity}, without it {finding.severity})"
        return msgspec.structs.replace(finding, severity=setting.severity, releases=(*finding.releases, said))


_ALWAYS = Interval(date.min, OPEN_END)


def read_profile(text: bytes, edits: Iterable[Edit], *, file: str) -> Profile:
    """The profile in a TOML text, for some edits: `[edits]` with `WASTE-001 = "warn"`, or tables with days.

    Raises:  InvalidValue that names the file, the edit and what was expected.
    """
    try:
        said = tomllib.loads(text.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidValue(f"{file}: no TOML: {error}") from None
    for key in said:
        if key != "edits":
            raise InvalidValue(f"{file}: there is no key `{key[:60]}`{meant(key, ('edits',)) or '; expected edits'}")
    entries = said.get("edits")
    if not isinstance(entries, dict):
        raise InvalidValue(f'{file}: expected a table [edits] with lines as WASTE-001 = "warn"')
    known = named(edits)
    own: dict[str, list[Setting]] = {}
    of_family: dict[str, list[Setting]] = {}
    for word, entry in entries.items():
        try:
            meant_edits, settings = edits_named(word, known), list(_settings(entry))
            for edit in meant_edits:
                is_own = word.lower() in {edit.id.lower(), edit.name.lower(), *map(str.lower, edit.page.front.aliases)}
                place = (own if is_own else of_family).setdefault(edit.name, [])
                place += settings
                _refuse_overlap(place)
        except CleanclaimError as error:
            raise InvalidValue(f"{file}: edits.{word[:60]}: {error}") from None
    return Profile(
        file, {name: (*own.get(name, ()), *of_family.get(name, ())) for name in {**own, **of_family}}
    )  # fmt: skip


def _settings(entry: object) -> Iterator[Setting]:
    for one in entry if isinstance(entry, list) else [entry]:
        if isinstance(one, str):
            yield Setting(_severity(one), _ALWAYS)
        elif isinstance(one, dict):
            yield _setting(one)
        else:
            raise InvalidValue(f'{_EXPECTED}, or a table {{severity = "warn", from = 2026-01-01}}')


def _setting(said: Mapping[str, object]) -> Setting:
    for key in said:
        if key not in _KEYS:
            raise InvalidValue(f"there is no key `{key[:60]}`{meant(key, _KEYS)}; expected {', '.join(_KEYS)}")
    first, last = (_day(said[name], name) if name in said else None for name in ("from", "to"))
    severity = said.get("severity")
    return Setting(
        _severity(severity if isinstance(severity, str) else ""), Interval(first or date.min, last or OPEN_END)
    )


def _severity(word: str) -> Severity | None:
    if word == OFF:
        return None
    try:
        return Severity(word)
    except ValueError:
        raise InvalidValue(f"severity: {_EXPECTED}{meant(word, (OFF, *Severity))}") from None


def _day(said: object, key: str) -> date:
    if type(said) is date:
        return said
    try:
        return written_day(str(said))
    except InvalidValue as error:
        raise InvalidValue(f"{key}: {error}") from None


def _refuse_overlap(settings: Sequence[Setting]) -> None:
    ordered = sorted(settings, key=lambda one: one.days)
    for one, two in pairwise(ordered):
        if one.days.overlaps(two.days):
            raise InvalidValue(f"two settings hold on {two.days.first}: expected days that do not overlap")
