"""`daihoi task`: one task with all that is on record of it."""

from functools import partial
from typing import Annotated

import typer

from daihoi.cli import console
from daihoi.cli.console import TokenOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.lists import UnitOption, checked_unit
from daihoi.cli.view_selection import SelectedViews, Selection, selecting, show_report
from daihoi.ops.reading import may_read_restricted
from daihoi.terminal.pages import task_parts
from services.tracker.projection.errors import as_written
from services.tracker.queries import history_of, views_at_once
from shared.domain.decider import Refusal
from shared.reports.lists_in_use import units_in_use
from shared.reports.masking import masked_documents
from shared.reports.pages import TaskPage, task_page, tasks_called

NO_SUCH_TASK = Refusal("no_such_task", "No task on record is called {what}.")
SEVERAL_TASKS = Refusal("several_tasks", "Several units have a task {what}: {units}; name one with --unit.")
task = CommandGroup("One task with all that is on record of it: show.")


@task.callback()
def _more_commands_may_come() -> None:
    """One task with all that is on record of it: show."""


@task.command("show")
@partial(selecting, also=("today",))
def show_task(
    selection: Selection,
    what: Annotated[str, typer.Argument(metavar="TASK", help="1-03 or logistics/1-03.")],
    unit: UnitOption = "",
    token: TokenOption = "",
) -> None:
    """One task: who is in charge, deadlines, money, evidence, extensions, and its history in sentences."""
    unmasked = console.run(may_read_restricted(console.read_settings(), token))

    async def question(selected: SelectedViews) -> TaskPage:
        _, views, _ = await views_at_once(selected.views, ("tasks", "organisations", "code_lists"))
        named = checked_unit(unit, views["tasks"], units_in_use(views))
        called = tasks_called(views["tasks"], what, named)
        if len(called) > 1:
            console.refuse(SEVERAL_TASKS(what=what, units=", ".join(document["unit"] for document in called)))
        if not called:
            raise NO_SUCH_TASK(what=what)
        session = selected.session
        history = await history_of(
            selected.views, session.views, session.ledger, called[0], "task", unmasked=unmasked
        )
        with as_written():
            organisations = views["organisations"]
            shown = organisations if unmasked else masked_documents("organisations", organisations)
            page = task_page(called[0], shown, selected.today)
        return page.model_copy(update={"history": history})

    show_report(selection, question, task_parts)
