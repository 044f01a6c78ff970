"""Why claims of a code are denied: the edits that such a claim may meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from cleanclaim.edits.applying import SETTINGS, Applying
from cleanclaim.edits.collection import message_fields
from cleanclaim.edits.findings import predictions_of, severity_order, worst
from cleanclaim.guides.blocks import Section, Table
from cleanclaim.policies import items_for_edit
from cleanclaim.values import Severity

_HEADING = "Common Denial Reasons"
_COLUMNS = ("edit", "what is wrong", "comes to", "a remittance would say", "where", "what to do", "authority")
_SEVERITIES = {
    Severity.REJECT: "rejected", Severity.DENY: "denied", Severity.WARN: "worth a look", Severity.INFO: "a note",
}  # fmt: skip


def denial_reasons(edits: Sequence[Applying], code: str, on: date) -> Section:
    """The section: what fires on every line of the code, what is about the code, what any line may meet."""
    always = [one for one in edits if one.fires]
    about = [one for one in edits if one.about_the_code and not one.fires]
    others = [one for one in edits if not one.about_the_code and not one.fires]
    tables = [
        _table(title, chosen, code, on)
        for title, chosen in (
            ("On every claim of this code on this day", always),
            ("By what is known of this code", about),
            ("On any line", others),
        )
        if chosen
    ]
    text = (
        "These are the edits that `cleanclaim check` runs and that a line of this code may meet: the others are ruled"
        " out by what is known of the code, its packages and the day. What payers ask beyond them (authorization,"
        " diagnoses, frequency) stands under the insurers below; what a record must show, under the documentation."
    )
    return Section(_HEADING, (text,), tuple(tables))


def _table(title: str, edits: Iterable[Applying], code: str, on: date) -> Table:
    ordered = sorted(edits, key=lambda one: severity_order(worst(one.cases)))
    return Table(
        title, _COLUMNS, tuple(_row(one, code, on) for one in ordered), "edit catalog: `cleanclaim explain ID`"
    )


def _row(one: Applying, code: str, on: date) -> tuple[str, ...]:
    front = one.edit.page.front
    severities = sorted({case.severity for case in one.cases}, key=severity_order)
    confidence = sorted({str(case.confidence) for case in one.cases})
    authority = "; ".join(dict.fromkeys(f"{item.title}{f', {item.at}' if item.at else ''}" for item in front.authority))
    fix = "" if message_fields(front.fix.say) else front.fix.say
    documents = ", ".join(items_for_edit(one.edit.id, code, on))
    to_do = " ".join(part for part in (fix, f"On file: {documents}." if documents else "") if part)
    return (
        f"{one.edit.id} {one.edit.name}", one.edit.page.title,
        ", ".join(_SEVERITIES[severity] for severity in severities),
        "; ".join(dict.fromkeys(_predicted(one))), _where(one), to_do,
        f"{authority} (confidence {', '.join(confidence)})",
    )  # fmt: skip


def _where(one: Applying) -> str:
    if len(one.unknown_in) == len(SETTINGS):
        return "as the payer's policy says (its insurer below), or where a publication is wanted that is not loaded"
    told = "everywhere" if len(one.settings) == len(SETTINGS) else "; ".join(one.settings)
    unknown = f"not known: {'; '.join(one.unknown_in)}" if one.unknown_in else ""
    return "; ".join(part for part in (told, unknown) if part)


def _predicted(one: Applying) -> Iterable[str]:
    for case in one.cases:
        for item in predictions_of(case):
            yield " ".join(part for part in (item.group, item.carc, item.rarc) if part)
