"""The first minutes of an empty installation, step by step; and where one comes in."""

from typing import NamedTuple

from starlette.responses import Response

from services.subcommittee.catalogue import ImportCatalogue
from services.subcommittee.code_list import PublishList
from services.subcommittee.congress import FoundCongress
from services.subcommittee.meeting import RecordMeeting
from services.subcommittee.organisation import RegisterOrganisation
from services.subcommittee.pages.forms import may
from shared.domain.decider import Command
from shared.values.code_lists import CodeList, units_to_choose
from shared.web.sections import Section, route
from shared.web.visit import Visit


class Step(NamedTuple):
    """`standing` says how far it is; `href` leads to where it is done, empty where whoever looks may not."""

    title: str
    what: str
    is_done: bool
    standing: str
    href: str
    button: str


def steps_of(visit: Visit) -> list[Step]:
    views, t = visit.views, visit.t
    count = {name: len(views.documents(name)) for name in ("congress", "organisations", "catalogue", "meetings")}
    people = sum(len(each.get("holders", ())) for each in views.documents("organisations"))
    units = len(units_to_choose())
    published = views.document("code_lists", CodeList.UNITS) is not None

    def href(command: type[Command], path: str) -> str:
        return path if may(visit, command) else ""

    return [
        Step(
            t("The congress"),
            t("What it is called, when it opens, who issues its papers, and the set of lists that it begins with."),
            bool(count["congress"]),
            t("It is on record") if count["congress"] else t("Not on record yet"),
            "/congress" if count["congress"] else href(FoundCongress, "/congress/found"),
            t("Look at it") if count["congress"] else t("Put the congress on record"),
        ),
        Step(
            t("The units"),
            t("Which units take part, and what they are called. Without a list of its own it has the usual ones."),
            published or bool(count["organisations"] or count["catalogue"]),
            t("{count} units", count=units),
            href(PublishList, "/lists/units") or "/lists",
            t("Look at the list"),
        ),
        Step(
            t("Organisations and people"),
            t("Agencies, localities and bodies, their positions, and who holds them."),
            bool(count["organisations"]),
            t("{count} organisations, {people} people", count=count["organisations"], people=people),
            href(RegisterOrganisation, "/register" if count["organisations"] else "/import/register"),
            t("Look at the register") if count["organisations"] else t("Import the register"),
        ),
        Step(
            t("The catalogue of work"),
            t("What is to be done, taken over from the workbook that the office has already."),
            bool(count["catalogue"]),
            t("{count} items of work", count=count["catalogue"]),
            href(ImportCatalogue, "/catalogue" if count["catalogue"] else "/catalogue/import"),
            t("Look at the catalogue") if count["catalogue"] else t("Import a workbook"),
        ),
        Step(
            t("The first meeting"),
            t("Its conclusion, in points; each point becomes directives to the units."),
            bool(count["meetings"]),
            t("{count} meetings", count=count["meetings"]),
            href(RecordMeeting, "/meetings" if count["meetings"] else "/new/meeting"),
            t("Look at the meetings") if count["meetings"] else t("Record a meeting"),
        ),
    ]


async def begin_page(visit: Visit) -> Response:
    steps = steps_of(visit)
    return visit.render(
        "subcommittee/begin.html",
        page_title=visit.t("First steps"),
        steps=steps,
        next=next((place for place, step in enumerate(steps) if not step.is_done), None),
    )


async def home_page(visit: Visit) -> Response:
    """Whoever comes to an empty congress is led through its beginning."""
    return visit.redirect("/work" if visit.views.documents("congress") else "/begin")


SECTION = Section(routes=(route("/", home_page), route("/begin", begin_page)))
