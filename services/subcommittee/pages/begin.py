"""The first minutes of an empty installation, step by step; and where one comes in."""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple
from weakref import WeakSet

from starlette.responses import Response

from services.subcommittee.catalogue import AssignItems, ImportCatalogue
from services.subcommittee.code_list import PublishList
from services.subcommittee.congress import ConfirmDeadlines, FoundCongress
from services.subcommittee.meeting import RecordMeeting
from services.subcommittee.organisation import RegisterOrganisation
from services.subcommittee.pages.congress import deadlines_that_follow
from services.subcommittee.pages.forms import may
from shared.domain.decider import Command, Refused
from shared.eventstore.errors import EventStoreError
from shared.reports.congress import on_record
from shared.unit.roles import Act
from shared.values.code_lists import CodeList, units_to_choose
from shared.values.units import SUBCOMMITTEE
from shared.web.place import Place
from shared.web.sections import NextStep, Section, route
from shared.web.sign_in import desk_of
from shared.web.visit import Visit

PATH = "/begin"
_BEGUN: WeakSet[Place] = WeakSet()
"""Where all of it was done once: nothing of it is looked at again."""


class Step(NamedTuple):
    """`standing` says how far it is, and `has_more` that something waits again; `href` leads to where it is done,
    empty where whoever looks may not."""

    title: str
    what: str
    is_done: bool
    standing: str
    href: str
    button: str
    has_more: bool = False


async def steps_of(visit: Visit) -> list[Step]:
    """Raises `Unavailable`, the refusal `account_unreadable`."""
    return [*_congress_and_people(visit), await _accounts(visit), *_work(visit), await _deadlines(visit)]


def _href(visit: Visit, command: type[Command], path: str) -> str:
    return path if may(visit, command) else ""


def _congress_and_people(visit: Visit) -> Sequence[Step]:
    views, t = visit.views, visit.t
    count = {name: len(views.documents(name)) for name in ("congress", "organisations", "catalogue")}
    people = sum(len(each.get("holders", ())) for each in views.documents("organisations"))
    published = views.document("code_lists", CodeList.UNITS) is not None
    return [
        Step(
            t("The congress"),
            t("What it is called, when it opens, who issues its papers, and the set of lists that it begins with."),
            bool(count["congress"]),
            t("It is on record") if count["congress"] else t("Not on record yet"),
            "/congress" if count["congress"] else _href(visit, FoundCongress, "/congress/found"),
            t("Look at it") if count["congress"] else t("Put the congress on record"),
        ),
        Step(
            t("The units"),
            t("Which units take part, and what they are called. Without a list of its own it has the usual ones."),
            published or bool(count["organisations"] or count["catalogue"]),
            t("{count} units", count=len(units_to_choose())),
            _href(visit, PublishList, "/lists/units") or "/lists",
            t("Look at the list"),
        ),
        Step(
            t("Organisations and people"),
            t("Agencies, localities and bodies, their positions, and who holds them."),
            bool(count["organisations"]),
            t("{count} organisations, {people} people", count=count["organisations"], people=people),
            _href(visit, RegisterOrganisation, "/register" if count["organisations"] else "/import/register"),
            t("Look at the register") if count["organisations"] else t("Import the register"),
        ),
    ]


async def _accounts(visit: Visit) -> Step:
    """Somebody of a unit can sign in."""
    t = visit.t
    accounts = [kept.account for kept in await desk_of(visit.place).accounts.all() if kept.account.active]
    is_of_a_unit = [
        any(position.partition(".")[0] != SUBCOMMITTEE for position in account.usable_positions)
        for account in accounts
    ]
    return Step(
        t("Accounts"),
        t("Whoever is to work here gets an account with a position: the leads of the units first."),
        any(is_of_a_unit),
        t("{count} accounts, of these {units} of the units", count=len(accounts), units=sum(is_of_a_unit)),
        "/accounts" if visit.may(Act.KEEP_ACCOUNTS) else "",
        t("Look at the accounts") if any(is_of_a_unit) else t("Give accounts"),
    )


def _work(visit: Visit) -> Sequence[Step]:
    t = visit.t
    items = [item for item in visit.views.documents("catalogue") if not item.get("withdrawn")]
    assigned, meetings = sum(bool(item["assigned_to"]) for item in items), len(visit.views.documents("meetings"))
    return [
        Step(
            t("The catalogue of work"),
            t("What is to be done, taken over from the workbook that the office has already."),
            bool(items),
            t("{count} items of work", count=len(items)),
            _href(visit, ImportCatalogue, "/catalogue" if items else "/catalogue/import"),
            t("Look at the catalogue") if items else t("Import a workbook"),
        ),
        Step(
            t("Assigning the work"),
            t("An item becomes a task once it is assigned: tick the items in the catalogue, then assign them."),
            bool(assigned),
            t("{assigned} of {count} items assigned", assigned=assigned, count=len(items)),
            _href(visit, AssignItems, "/catalogue?state=waiting") if items else "",
            t("Assign the items"),
        ),
        Step(
            t("The first meeting"),
            t("Its conclusion, in points; each point becomes directives to the units."),
            bool(meetings),
            t("{count} meetings", count=meetings),
            _href(visit, RecordMeeting, "/meetings" if meetings else "/new/meeting"),
            t("Look at the meetings") if meetings else t("Record a meeting"),
        ),
    ]


async def _deadlines(visit: Visit) -> Step:
    """Where some are settled, what waits is no beginning any more."""
    t, recorded = visit.t, on_record(visit.views.documents("congress"))
    deadlines = await deadlines_that_follow(visit)
    waiting, settled = deadlines.proposed, deadlines.same + deadlines.by_hand
    counting = any(task.get("due_offset_days") is not None for task in visit.views.documents("tasks"))
    if waiting:
        standing = t("To confirm: {count} deadlines", count=waiting)
    elif counting and not (recorded and recorded.opening_day):
        standing = t("Wait for the opening day")
    else:
        standing = t("None waits to be confirmed")
    return Step(
        t("Deadlines that count from the opening"),
        t("«7 days before the opening» becomes a day once the opening day is on record and you confirm it."),
        not waiting or bool(settled or (recorded and recorded.confirmations)),
        standing,
        _href(visit, ConfirmDeadlines, "/congress/deadlines") if waiting else "",
        t("Look at them"),
        bool(waiting),
    )


async def begin_page(visit: Visit) -> Response:
    steps = await steps_of(visit)
    return visit.render(
        "subcommittee/begin.html",
        page_title=visit.t("First steps"),
        steps=steps,
        next=next((place for place, step in enumerate(steps) if not step.is_done), None),
    )


async def next_step(visit: Visit) -> NextStep | None:
    """For whoever does the work of the sub-committee, until all of it was done once."""
    if visit.place in _BEGUN or visit.request.url.path == PATH or not visit.may(Act.RECORD):
        return None
    steps: Sequence[Step] = ()
    with suppress(EventStoreError, Refused):
        steps = await steps_of(visit)
    left = [step for step in steps if not step.is_done]
    if steps and not left:
        _BEGUN.add(visit.place)
    return NextStep(left[0].title, PATH, len(steps) - len(left), len(steps)) if left else None


async def home_page(visit: Visit) -> Response:
    """Whoever comes to an empty congress is led through its beginning."""
    return visit.redirect("/work" if visit.views.documents("congress") else PATH)


SECTION = Section(routes=(route("/", home_page), route(PATH, begin_page)), beginning=next_step)
