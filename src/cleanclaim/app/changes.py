"""What a new quarter changes for claims: codes, units, limits and edits on two days, in lines, units and dollars."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from cleanclaim.app.change_money import money_of, total
from cleanclaim.app.change_result import (
    AboveMue,
    AskedDay,
    ClaimChanges,
    CodeChanges,
    CodeMoney,
    LineCounts,
    NdcChange,
    Unknown,
)
from cleanclaim.app.checker import reference_in_words
from cleanclaim.app.claim_volumes import AskedLines, DatedBench, Listed, MuePair, Volume
from cleanclaim.app.compared_days import ComparedDays, compared_days
from cleanclaim.app.reading import Reading, Watch
from cleanclaim.edits.dictionary import dictionary
from cleanclaim.engine.connection import Engine
from cleanclaim.formats.tabular.mapping import ColumnMapping
from cleanclaim.reference.cells import plain
from cleanclaim.reference.code_forms import CodeForm, code_form
from cleanclaim.reference.codes.answers import CodeStatus
from cleanclaim.reference.codes.code_changes import (
    MUE_OF,
    ChangeKind,
    Gap,
    Side,
    code_changes,
    gaps,
    listing_change,
)
from cleanclaim.reference.codes.code_day import CodeDay, Listing, State, Successor, code_day, listing, successors
from cleanclaim.reference.codes.lookup import SERVICE_TYPES, Lookup
from cleanclaim.reference.library import Library

_SYSTEMS = {CodeForm.LEVEL_II: "level_two", CodeForm.CPT: "cpt", CodeForm.CDT: "cdt", CodeForm.NONE: "no_code"}
_CROSSWALK = "NDC crosswalk"
_GOING = {ChangeKind.ENDED, ChangeKind.NOT_YET_IN_FORCE, ChangeKind.NOT_IN_FORCE}


def changes_for(
    paths: Iterable[Path],
    *,
    old: str = "",
    new: str = "",
    reference: Path | None = None,
    mapping: ColumnMapping | None = None,
    watch: Watch | None = None,
) -> ClaimChanges:
    """What would be otherwise if the services of these claims were given on a new day instead of an old one.

    `old` and `new` are quarters or days (`compared_days` says what stands for one that is left out). With `old` every
    line is taken as if it were given then; without it the lines of the last quarter alone.
    Raises: UnreadableInput when no claim file could be read; InvalidValue and LibraryError for days.
    """
    # Of what is published: a day that only a carried release tells would be compared with that release itself.
    library = Library.open(reference, presume=False)
    with Engine() as engine:
        bench = DatedBench(engine, dictionary())
        reading = Reading(bench, mapping=mapping, watch=watch)
        reading.read(paths)
        days = compared_days(library, old, new, bench.latest)
        if watch:
            watch("comparing", 0, 0)
        asked = _Asked(Lookup.of(library), days)
        volumes: list[Volume] = []
        listed = Listed()
        above: Counter[tuple[str, str, bool]] = Counter()
        for _ in bench.parts():
            lines = AskedLines(bench, days.of_days)
            part = lines.volumes()
            volumes += part
            codes = {code for one in part if one.fate == "taken" and (code := _level_two(one))}
            lines.not_billable((code for code in codes if asked.is_gone(code)), listed)
            above += lines.above(asked.mue_pairs(codes), listed)
    told = _Told(asked, volumes, above)
    return ClaimChanges(
        question=_question(days),
        old=AskedDay(days.old_asked, days.old, told.releases(Side.OLD)),
        new=AskedDay(days.new_asked, days.new, told.releases(Side.NEW)),
        backwards=days.backwards,
        files=reading.files, claims=bench.claims,
        lines=_line_counts(volumes, told.codes),
        money=total(told.codes),
        codes=told.codes, not_in_reference=told.not_in_reference(), unknown=tuple(told.unknown()),
        affected=tuple(listed.lines), affected_not_listed=listed.not_listed,
        faults=reading.told(), fault_count=reading.fault_count, claims_unread=reading.claims_unread,
        reference=reference_in_words(library),
    )  # fmt: skip


def _question(days: ComparedDays) -> str:
    if days.of_days:
        return f"if these same services of {days.old_asked} were given on {days.new}"
    return f"if these same services were given on {days.new} instead of {days.old}"


@dataclass(frozen=True)
class _Asked:
    """The library, asked about each code and package once for each day."""

    lookup: Lookup
    days: ComparedDays
    _codes: dict[str, tuple[CodeDay, CodeDay]] = field(default_factory=dict)
    _packages: dict[str, tuple[Listing, Listing]] = field(default_factory=dict)

    def code(self, code: str) -> tuple[CodeDay, CodeDay]:
        if code not in self._codes:
            was, now = (code_day(self.lookup, code, day, SERVICE_TYPES) for day in (self.days.old, self.days.new))
            self._codes[code] = was, now
        return self._codes[code]

    def package(self, ndc11: str) -> tuple[Listing, Listing]:
        if ndc11 not in self._packages:
            was, now = (listing(self.lookup, ndc11, day) for day in (self.days.old, self.days.new))
            self._packages[ndc11] = was, now
        return self._packages[ndc11]

    def is_gone(self, code: str) -> bool:
        return any(change.kind in _GOING for change in code_changes(*self.code(code)))

    def mue_pairs(self, codes: Iterable[str]) -> Iterator[MuePair]:
        for code in sorted(codes):
            was, now = self.code(code)
            if now.status not in {CodeStatus.ACTIVE, CodeStatus.NOT_IN_REFERENCE}:
                continue
            for old, new in zip(was.mues, now.mues, strict=True):
                same = (old.value, old.adjudication_indicator) == (new.value, new.adjudication_indicator)
                if new.value is not None and not same:
                    yield MuePair(code, old, new, old.state is not State.UNKNOWN)


class _Told:
    """What comes of the volumes and the answers, code by code."""

    def __init__(self, asked: _Asked, volumes: Sequence[Volume], above: Counter[tuple[str, str, bool]]) -> None:
        self._asked, self._above = asked, above
        self._volumes: dict[str, list[Volume]] = defaultdict(list)
        for one in volumes:
            if one.fate == "taken" and (code := _level_two(one)):
                self._volumes[code].append(one)
        self.codes = tuple(self._code(code, self._volumes[code]) for code in sorted(self._volumes))

    def _code(self, code: str, volumes: Sequence[Volume]) -> CodeChanges:
        was, now = (_of_settings(day, _settings(volumes)) for day in self._asked.code(code))
        changes = code_changes(was, now)
        gone = any(change.kind in _GOING for change in changes)
        followers = successors(self._asked.lookup, code, now.on) if gone else ()
        units = sum((one.units for one in volumes), Decimal())
        lines = sum(one.lines for one in volumes)
        without_units = sum(one.lines_without_units for one in volumes)
        money = money_of(was, now, followers, plain(units), lines - without_units)
        return CodeChanges(
            code, lines, plain(units), plain(sum((one.waste_units for one in volumes), Decimal())),
            sum((one.charged for one in volumes), Decimal()), without_units,
            sum(one.lines_without_charge for one in volumes),
            was, now, changes, tuple(self._packages(code, volumes)),
            (*gaps(was, now), *self._packages_unknown(volumes)), followers,
            money if isinstance(money, CodeMoney) else None, money if isinstance(money, str) else None,
            tuple(AboveMue(kind, count, old) for (of, kind, old), count in sorted(self._above.items()) if of == code),
        )  # fmt: skip

    def _packages(self, code: str, volumes: Sequence[Volume]) -> Iterator[NdcChange]:
        lines: Counter[str] = Counter()
        for one in volumes:
            if one.ndc11:
                lines[one.ndc11] += one.lines
        for ndc11, count in sorted(lines.items()):
            was, now = self._asked.package(ndc11)
            if kind := listing_change(code, was, now):
                yield NdcChange(ndc11, kind, was.codes, now.codes, count)

    def _packages_unknown(self, volumes: Sequence[Volume]) -> Iterator[Gap]:
        told = [self._asked.package(one.ndc11) for one in volumes if one.ndc11]
        for place, side in enumerate(Side):
            if any(days[place].state is State.UNKNOWN for days in told):
                yield Gap(_CROSSWALK, side)

    def releases(self, side: Side) -> tuple[str, ...]:
        """The releases that told anything of a side."""
        place = 0 if side is Side.OLD else 1
        told = {release for one in self.codes for release in (one.old, one.new)[place].releases}
        if side is Side.NEW:
            told |= {release for one in self.codes for follower in one.successors for release in _releases(follower)}
        for volumes in self._volumes.values():
            packages = (self._asked.package(one.ndc11)[place] for one in volumes if one.ndc11)
            told |= {package.release for package in packages if package.release}
        return tuple(sorted(told))

    def not_in_reference(self) -> tuple[str, ...]:
        """The codes of which nothing is told on either day."""
        return tuple(one.code for one in self.codes if _nothing_told(one))

    def unknown(self) -> Iterator[Unknown]:
        """What is not told of the other codes, each thing and side once."""
        found: dict[Gap, Counter[str]] = defaultdict(Counter)
        for one in self.codes:
            if not _nothing_told(one):
                for gap in one.unknown:
                    found[gap][one.code] += sum(self._lines_of(gap, item) for item in self._volumes[one.code])
        days = {Side.OLD: self._asked.days.old, Side.NEW: self._asked.days.new}
        for gap, lines in sorted(found.items(), key=lambda item: (item[0].what, days[item[0].side])):
            yield Unknown(gap.what, gap.side, days[gap.side], tuple(sorted(lines)), lines.total())

    def _lines_of(self, gap: Gap, volume: Volume) -> int:
        """How many of these lines the gap is about: those of the service type, those with such a package."""
        if gap.what == _CROSSWALK:
            place = list(Side).index(gap.side)
            meant = bool(volume.ndc11) and self._asked.package(volume.ndc11 or "")[place].state is State.UNKNOWN
        elif gap.what.startswith(MUE_OF):
            meant = volume.service_type == gap.what.removeprefix(MUE_OF)
        else:
            meant = True
        return volume.lines if meant else 0


def _line_counts(volumes: Sequence[Volume], codes: Sequence[CodeChanges]) -> LineCounts:
    fates: Counter[str] = Counter()
    systems: Counter[str] = Counter()
    not_taken: Counter[str] = Counter()
    quarters: Counter[str] = Counter()
    for one in volumes:
        fates[one.fate] += one.lines
        if one.fate == "taken":
            systems[_system(one)] += one.lines
            quarters[one.quarter or ""] += one.lines
        elif one.fate == "quarter":
            not_taken[str(one.quarter)] += one.lines
    undated = quarters.pop("", 0)
    level_two = [one for one in volumes if one.fate == "taken" and _level_two(one)]
    return LineCounts(
        read=fates.total(), taken=fates["taken"],
        not_taken_void=fates["void"], not_taken_undated=fates["undated"],
        not_taken_of_quarter=dict(sorted(not_taken.items())),
        taken_of_quarter=dict(sorted(quarters.items())), taken_undated=undated,
        taken_of_replacements=sum(one.of_replacements for one in volumes if one.fate == "taken"),
        level_two=systems["level_two"], cpt=systems["cpt"], cdt=systems["cdt"],
        other_code_set=systems["other_code_set"], no_code=systems["no_code"],
        without_units=sum(one.lines_without_units for one in level_two),
        without_charge=sum(one.lines_without_charge for one in level_two),
        without_money=systems["level_two"] - sum(one.money.lines for one in codes if one.money),
        ndc_unreadable=sum(one.ndc_unreadable for one in level_two),
        setting_unknown=sum(one.lines for one in level_two if one.service_type is None),
    )  # fmt: skip


def _system(volume: Volume) -> str:
    if volume.code_qualifier not in {None, "", "HC"}:
        return "other_code_set"
    code = volume.hcpcs_code or ""
    return _SYSTEMS[code_form(code)]


def _level_two(volume: Volume) -> str | None:
    return volume.hcpcs_code if _system(volume) == "level_two" else None


def _settings(volumes: Iterable[Volume]) -> set[str]:
    return {one.service_type for one in volumes if one.service_type}


def _of_settings(day: CodeDay, settings: set[str]) -> CodeDay:
    """The day with the MUE of the settings of these claims alone."""
    mues = tuple(mue for mue in day.mues if mue.service_type in settings)
    others = {mue.release for mue in day.mues if mue.service_type not in settings}
    return replace(day, mues=mues, releases=tuple(one for one in day.releases if one not in others))


def _releases(follower: Successor) -> Iterator[str]:
    yield follower.release
    if follower.limit.release:
        yield follower.limit.release


def _nothing_told(one: CodeChanges) -> bool:
    return all(
        day.status is CodeStatus.NOT_IN_REFERENCE
        and {day.limit.state, day.opps.state, *(mue.state for mue in day.mues)} <= {State.UNKNOWN, State.NOT_LISTED}
        for day in (one.old, one.new)
    )
