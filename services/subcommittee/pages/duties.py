"""The continuing duties of the localities: which were handed out, and how far each locality is."""

from typing import Any

from starlette.responses import Response

from services.subcommittee.duty import HandOutDuty
from services.subcommittee.pages.forms import FORM, answer_form, may
from shared.events.organisation import OrganisationKind
from shared.i18n import Language
from shared.reports.cells import Share
from shared.reports.duties import Duties, LocalityDuties, duties_of
from shared.reports.lists_in_use import lists_in_use
from shared.reports.order import in_order_of_id
from shared.reports.searching import has_words, words_of
from shared.unit.roles import Act
from shared.values.code_lists import CodeList
from shared.values.types import Phase
from shared.web.actions import Action
from shared.web.figures import Documents, worked_out
from shared.web.forms import Choices, Option
from shared.web.pages.commanding import Own
from shared.web.rendering import text_in
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

PATH = "/duties"


async def duties_page(visit: Visit) -> Response:
    def work(views: Documents) -> Duties:
        entries = lists_in_use(views)[CodeList.DUTIES]
        return duties_of(views["tasks"], views["duties"], views["organisations"], visit.today, entries)

    duties = await worked_out(visit, "duties", ("tasks", "duties", "organisations", "code_lists"), work)
    words, phase = words_of(visit.query.get("q", "")), visit.query.get("phase", "")
    rows = [row for row in duties.localities if has_words(words, "", (row.locality, row.name_vi, row.name_en))]
    return visit.render(
        "subcommittee/duties.html",
        page_title=visit.t("Duties of the localities"),
        duties=duties,
        percent=_percent(duties.completion, visit.lang),
        rows=[{"row": row, "cells": _cells(row, phase)} for row in rows],
        kinds=list(duties.by_duty),
        phases=[each.value for each in Phase],
        phase=phase if phase in Phase else "",
        actions=[Action(visit.t("Hand out a duty"), "/new/duty", first=True)] if may(visit, HandOutDuty) else [],
    )


def _percent(share: Share, lang: Language) -> str:
    text = f"{share.percent or 0:.2f}%"
    return text.replace(".", ",") if lang == "vi" else text


def _cells(row: LocalityDuties, phase: str) -> list[list[Any]]:
    """For each duty, how each phase stands, or the one phase that is asked for."""
    phases = [phase] if phase in Phase else [each.value for each in Phase]
    return [
        [{"phase": each, "cells": by_phase[each]} for each in phases if by_phase[each].tasks]
        for by_phase in row.by_duty.values()
    ]


async def hand_out_page(visit: Visit) -> Response:
    localities = [
        Option(document["_id"], text_in(document["name"], visit.lang))
        for document in in_order_of_id(visit.views.documents("organisations"))
        if document["kind"] == OrganisationKind.LOCALITY and document["positions"]
    ]
    own = Own(
        title=visit.t("Hand out a duty"),
        help=visit.t(
            "Each locality and phase opens as a task in the unit that follows it, in charge of the locality's first "
            "position on the register."
        ),
        trail=[{"href": PATH, "label": visit.t("Duties of the localities")}],
        choices=Choices({"localities": localities, "directive_id": directives_to_choose(visit)}),
    )
    return await answer_form(visit, HandOutDuty, PATH, own)


def directives_to_choose(visit: Visit) -> list[Option]:
    documents = in_order_of_id(visit.views.documents("directives"))
    return [Option(each["_id"], f"{each['_id']}: {text_in(each['text'], visit.lang)[:80]}") for each in documents]


SECTION = Section(
    routes=(route(PATH, duties_page), route("/new/duty", hand_out_page, FORM, Act.RECORD)),
    links=(Link("Duties of the localities", PATH),),
)
