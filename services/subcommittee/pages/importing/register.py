"""A workbook of the register."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.subcommittee.importing import register_planning
from services.subcommittee.importing.register import RegisterWishes
from services.subcommittee.importing.register_headings import OF_ORGANISATIONS
from services.subcommittee.importing.register_template import register_template
from services.subcommittee.organisation import RegisterOrganisations
from services.subcommittee.pages.forms import first_of
from services.subcommittee.pages.importing.kind import MOST_BATCH_BYTES, Kind, Line, Plan, Views
from services.subcommittee.pages.importing.words import Changes, details, sentence_of
from services.subcommittee.pages.uploads import Upload
from shared.domain.decider import Refused
from shared.entering.days import clear_day
from shared.events.organisation import OrganisationKind
from shared.reports.masking import MASK
from shared.unit.roles import Act
from shared.values.message import Message
from shared.web.visit import Visit

LONGEST_DAY = 40
REGISTER_LEAD = Message(
    "register_lead",
    "The register of offices and people as you keep it. What it would change is shown first; nothing is written "
    "before you have confirmed it.",
)


def _register_wishes(typed: Mapping[str, Sequence[str]], held: RegisterWishes | None) -> RegisterWishes:
    wishes = held or RegisterWishes()
    kind, since = first_of(typed, "kind"), first_of(typed, "since")
    day = _day_in(since[:LONGEST_DAY])
    if kind in OrganisationKind:
        wishes = wishes._replace(kind=kind)
    return wishes._replace(since=day) if day else wishes


def _day_in(text: str) -> date | None:
    """What is no day is asked for again."""
    try:
        return clear_day(text) if text else None
    except Refused:
        return None


def _plan_of_register(visit: Visit, source: register_planning.RegisterSource, views: Views) -> Plan:
    planned = register_planning.planned(source, views["organisations"], visit.views.sequence)
    change = planned.change
    lines = [
        Line(
            "new" if row.is_new else "changed",
            "",
            " · ".join(filter(None, (row.organisation, row.position))),
            details(visit, RegisterOrganisations, _masked(visit, row.fields)),
        )
        for row in change.rows
    ]
    new = sum(line.kind == "new" for line in lines)
    return Plan(
        commands=[data for _, data in register_planning.numbered_commands(source, planned, MOST_BATCH_BYTES)],
        counts={
            "new": new,
            "changed": len(lines) - new,
            "unchanged": change.unchanged,
            "not_listed": change.not_listed,
        },
        lines=lines,
        remarks=[sentence_of(visit, why) for why in source.listed.remarks],
        refused=change.refused,
    )


def _masked(visit: Visit, fields: Changes) -> Changes:
    """Where somebody could be reached up to now is for some only."""
    if visit.may(Act.READ_RESTRICTED):
        return fields
    return {name: (MASK if old and name == "contact" else old, new) for name, (old, new) in fields.items()}


def _read_register(visit: Visit, upload: Upload, wishes: RegisterWishes) -> register_planning.RegisterSource:
    return register_planning.source_of(upload.name, upload.content, wishes)


REGISTER = Kind(
    name="register",
    path="/import/register",
    back="/register",
    title="Import a register",
    lead=REGISTER_LEAD,
    known=OF_ORGANISATIONS,
    command=RegisterOrganisations,
    template=register_template,
    file_name="so-bo.xlsx",
    wishes_of=_register_wishes,
    read=_read_register,
    views=("organisations",),
    plan=_plan_of_register,
)
