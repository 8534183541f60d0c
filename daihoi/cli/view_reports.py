"""A command for each report that is read from the views."""

from datetime import date
from functools import partial
from typing import Annotated, NoReturn

import typer

from daihoi.cli import console
from daihoi.cli.console import TokenOption
from daihoi.cli.language import spoken
from daihoi.cli.view_selection import SelectedViews, Selection, of_views, selecting, show_report
from daihoi.ops.reading import may_read_restricted
from daihoi.terminal.duties_table import duties_table
from daihoi.terminal.labels import WIDE
from daihoi.terminal.trace_tree import trace_trees
from daihoi.terminal.unit_tables import clearances_table, coverage_table, expenses_tables, incidents_table
from daihoi.terminal.workload import workload_tables
from services.tracker import queries
from shared.i18n import translate
from shared.reports.consolidated import sources
from shared.reports.duties import Duties
from shared.reports.expenses import Account, NotEstimated
from shared.reports.trace import Node, trace
from shared.reports.workload import workload as tasks_in_charge
from shared.views.view import Document

TRACED = ("meetings", "directives", "catalogue", "tasks", "reviews", "clearances")
"""The views that a trace goes through."""


@partial(selecting, also=("today",))
def workload(selection: Selection) -> None:
    """Who carries how much: tasks by collective and by individual in charge."""
    question = of_views(
        ("tasks", "organisations"), lambda views, day: tasks_in_charge(views["tasks"], day, views["organisations"])
    )
    show_report(selection, question, workload_tables)


@selecting
def coverage(selection: Selection) -> None:
    """Publications released, by channel and day, and how many still wait."""
    show_report(selection, lambda selected: queries.coverage(selected.views), coverage_table)


@selecting
def expenses(selection: Selection) -> None:
    """Money by task: estimated, guaranteed, advanced, spent, left, and what to look at; and which tasks have money
    and no estimate yet."""
    without: list[NotEstimated] = []

    async def question(selected: SelectedViews) -> list[Account]:
        without.extend(await queries.tasks_not_estimated(selected.views))
        return await queries.accounts(selected.views)

    show_report(selection, question, partial(expenses_tables, not_estimated=without))


@selecting
def clearances(selection: Selection) -> None:
    """Clearances: how security decided, which tasks need them, and which units have heard."""
    show_report(selection, lambda selected: queries.clearances(selected.views), clearances_table)


@selecting
def incidents(selection: Selection, token: TokenOption = "") -> None:
    """Incidents; their details are shown to security and the auditor only."""
    unmasked = console.run(may_read_restricted(console.read_settings(), token))
    show_report(selection, lambda selected: queries.incidents(selected.views, unmasked=unmasked), incidents_table)


@selecting
def trace_order(
    selection: Selection,
    what: Annotated[str, typer.Argument(help="2020-08-13#1, a meeting, a directive, logistics/1-03 or 1-03")],
) -> None:
    """From a point of a conclusion to all that was done for it; from a task back to the sentence that ordered it."""
    notes: list[dict[str, str]] = []

    def report(views: dict[str, list[Document]], _: date) -> list[Node]:
        notes.extend(sources(views["catalogue"]))
        return trace(what, views) or _nothing(translate("Nothing on record is called {what}.", spoken(), what=what))

    show_report(selection, of_views(TRACED, report), partial(trace_trees, notes=notes))


@partial(selecting, also=("today",))
def duties(
    selection: Selection,
    locality: Annotated[str, typer.Option(help="Only this locality, by its id on the register.")] = "",
) -> None:
    """The continuing duties: locality by duty by phase, who is behind first."""

    async def question(selected: SelectedViews) -> Duties:
        report = await queries.duties(selected.views, selected.today, locality)
        if locality and not report.localities:
            _nothing(translate("There is no locality {locality}.", spoken(), locality=locality))
        return report

    draw = partial(duties_table, is_wide=console.out.width >= WIDE)
    show_report(selection, question, draw)


def _nothing(sentence: str) -> NoReturn:
    console.say(sentence)
    raise typer.Exit(console.FOUND_WRONG)
