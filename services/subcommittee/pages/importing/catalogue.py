"""A workbook of the catalogue."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from services.subcommittee.catalogue import ImportCatalogue
from services.subcommittee.code_list import AmendEntry
from services.subcommittee.importing import planning
from services.subcommittee.importing.annex import Wishes
from services.subcommittee.importing.group_names import NAMED_OTHERWISE
from services.subcommittee.importing.layout import OF_TASKS
from services.subcommittee.importing.template import template
from services.subcommittee.pages.forms import first_of, may
from services.subcommittee.pages.importing.kind import MOST_BATCH_BYTES, Kind, Line, Plan, Views
from services.subcommittee.pages.importing.words import Changes, details, sentence_of
from shared.entering.tables import Wrong
from shared.unit.problems import Problem
from shared.values.code_lists import CodeList
from shared.values.message import Message
from shared.web.visit import Visit

WORKBOOK_LEAD = Message(
    "workbook_lead",
    "The workbook that your office has already. What it would change is shown first; nothing is written before you "
    "have confirmed it.",
)


def _wishes(typed: Mapping[str, Sequence[str]], held: Wishes | None) -> Wishes:
    wishes = held or Wishes()
    unit, phase, case = (first_of(typed, name)[:40] for name in ("unit", "phase", "scenario"))
    return wishes._replace(unit=unit or wishes.unit, phase=phase or wishes.phase, scenario=case or wishes.scenario)


def _plan_of_catalogue(visit: Visit, source: planning.Source, views: Views) -> Plan:
    planned = planning.planned(source, views, visit.views.sequence)
    change = planned.change
    new = [
        Line(
            "new",
            item.code,
            item.title.vi,
            details(visit, ImportCatalogue, _of_item(item)),
        )
        for item in change.new
    ]
    changed = [
        Line("changed", each.item.code, each.item.title.vi, details(visit, ImportCatalogue, each.fields))
        for each in change.changed
    ]
    removed = [Line("removed", item.code, item.title.vi, ()) for item in change.removed]
    return Plan(
        commands=[data for _, data in planning.numbered_commands(source, planned, MOST_BATCH_BYTES)],
        counts={
            "new": len(new),
            "changed": len(changed),
            "removed": len(removed),
            "unchanged": change.unchanged,
        },
        lines=[*new, *changed, *removed],
        remarks=[
            sentence_of(visit, why) for why in (*source.remarks, *planned.remarks) if why.refusal != NAMED_OTHERWISE
        ],
        refused=[Wrong(0, "", why) for why in change.refused],
        doubts=planned.doubts,
        kept=planned.kept,
        groups=planned.groups,
    )


async def _take_names_of_groups(
    visit: Visit, plan: Plan, typed: Mapping[str, Sequence[str]], command_id: UUID
) -> Problem | None:
    """Where that was ticked, the list of groups has the names of the file from now on."""
    if "take_groups" not in typed or not may(visit, AmendEntry):
        return None
    for group in plan.groups:
        entry = {"code_list": CodeList.GROUPS, "entry_id": str(group.number), "name": {"vi": group.found}}
        reason = visit.t("As the workbook of the catalogue has it.")
        given = await visit.give(AmendEntry.NAME, entry | {"reason": reason}, uuid5(command_id, str(group.number)))
        if given.problem:
            return given.problem
    return None


def _of_item(item: Any) -> Changes:
    """What is shown of a new item: whose it is and when, then who does it and with what money, as far as it says."""
    values = item.model_dump(mode="json")
    names = ("unit", "phase", "scenario", "collective", "individual", "coordinating", "directing_leader", "deadline")
    more = ("due_offset_days", "product", "budget_vnd", "secured_vnd", "funding_source", "remark")
    return {
        name: (None, values[name])
        for name in (*names, *more)
        if values.get(name) or (name == "due_offset_days" and values.get(name) == 0)
    }


CATALOGUE = Kind(
    name="catalogue",
    path="/catalogue/import",
    back="/catalogue",
    title="Import a workbook",
    lead=WORKBOOK_LEAD,
    known=OF_TASKS,
    command=ImportCatalogue,
    template=template,
    file_name="danh-muc.xlsx",
    wishes_of=_wishes,
    read=lambda visit, upload, wishes: planning.source_of(upload.name, upload.content, upload.called, wishes),
    views=planning.READ,
    plan=_plan_of_catalogue,
    also=_take_names_of_groups,
)
