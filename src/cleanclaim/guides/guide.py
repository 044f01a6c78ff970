"""The guide of a code on a day, put together from what the rooms below know."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cleanclaim.edits.applying import Applying
from cleanclaim.edits.language.closures import Row
from cleanclaim.guides.blocks import Section
from cleanclaim.guides.clinical import clinical_context, often_said_and_wrong, withdrawal
from cleanclaim.guides.clinical_notes import notes_of
from cleanclaim.guides.definition import definition
from cleanclaim.guides.denials import denial_reasons
from cleanclaim.guides.documentation import bills_a_drug, documentation
from cleanclaim.guides.modifiers import common_modifiers
from cleanclaim.guides.payers import commercial_insurers
from cleanclaim.guides.resemblance import similar_codes
from cleanclaim.policies import Policies
from cleanclaim.reference.codes.answers import CodeAnswer, CodeStatus
from cleanclaim.reference.codes.lookup import Lookup
from cleanclaim.reference.codes.similar import similar
from cleanclaim.reference.codes.timeline import Price, timeline


@dataclass(frozen=True, slots=True)
class Guide:
    """What a biller must know of a code on a day, under the seven headings that such guides have.

    An eighth tells what is often said of the code and wrong, where something is.
    """

    code: str
    on: date
    status: CodeStatus
    descriptor: str | None
    lead: str  # what stands above all: that the code has ended, that it is not known ...
    sections: tuple[Section, ...]
    prices: tuple[Price, ...]
    releases: tuple[str, ...]


def guide(
    lookup: Lookup,
    code: str,
    on: date,
    facts: Mapping[str, Row],
    edits: Sequence[Applying],
    policies: Policies | None = None,
) -> Guide:
    """The guide of a HCPCS Level II code on a day, with what the policies of payers say of it where some are given.

    `facts` and `edits` are what the code alone decides in each setting (`edits.applying`).
    """
    answer, told, like = lookup.code(code, on), timeline(lookup, code), similar(lookup, code, on)
    what_it_is, releases = definition(lookup, answer, told, facts)
    note, exists = notes_of(answer.code), answer.status is not CodeStatus.NOT_FOUND
    drug = bills_a_drug(answer.code, on, facts)
    sections = (
        what_it_is,
        clinical_context(note, on),
        common_modifiers(lookup, on, facts) if exists else _NO_MODIFIERS,
        documentation(answer.code, on, facts) if exists else _NO_DOCUMENTS,
        denial_reasons(edits, answer.code, on),
        commercial_insurers(answer.code, on, policies, drug=drug) if exists else _NO_INSURERS,
        similar_codes(like),
        often_said_and_wrong(note),
    )
    used = (*answer.releases, *releases, *(one for row in like.similar for one in row.releases))
    lead = " ".join(part for part in (withdrawal(note, on), _lead(answer)) if part)
    return Guide(
        answer.code, on, answer.status, answer.descriptor, lead, tuple(one for one in sections if one is not None),
        told.prices, tuple(dict.fromkeys(used)),
    )  # fmt: skip


_NO_MODIFIERS = Section("Common Modifiers", ("There is no such code, so no modifier stands on a line of it.",))
_NO_DOCUMENTS = Section("Documentation Requirements", ("There is no such code, so no record is kept for it.",))
_NO_INSURERS = Section(
    "Special Considerations for Commercial Insurers", ("There is no such code, so no plan takes it.",)
)
_HOSPITALS_ONLY = re.compile(r"C[0-9]{4}")


def _lead(answer: CodeAnswer) -> str:
    why = answer.why
    instead = f" Bill {' or '.join(answer.replaced_by)}, by what was given." if answer.replaced_by else ""
    match answer.status:
        case CodeStatus.ACTIVE if answer.coverage_code == "I":
            return (
                "Medicare does not take this code (coverage I): it is for other payers, who decide about it (COD-05)."
            )
        case CodeStatus.ACTIVE if _HOSPITALS_ONLY.fullmatch(answer.code):
            return "A C code is for hospital outpatient departments, and ASCs where they are paid for it (COD-22)."
        case CodeStatus.ACTIVE:
            return ""
        case CodeStatus.TERMINATED:
            return f"Not to be billed on this day: {why}.{instead}"
        case CodeStatus.NOT_YET_EFFECTIVE:
            return f"Not yet to be billed on this day: {why}."
        case CodeStatus.NOT_FOUND:
            return f"No such code: {why}."
        case _:
            return f"Unknown whether it may be billed on this day: {why}.{instead}"
