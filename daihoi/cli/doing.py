"""`daihoi do`: a command in the words of whoever works, from fields or a file, and told in a sentence."""

from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import typer

from daihoi.cli import console
from daihoi.cli.console import ActorOption, CommandIdOption, HappenedOption, LangOption, WaitForServiceOption
from daihoi.cli.issuing import unit_that_gives
from daihoi.cli.language import spoken
from daihoi.cli.offering import command_named, fields_meant, fields_typed, list_offered, show_fields
from daihoi.cli.sending import PatienceOption, send_and_print
from daihoi.importing.steps import Step, command_ids, read_steps
from daihoi.ops.session import PATIENCE_S
from daihoi.ops.task_units import takes_unit_of_task, unit_of_task
from shared.domain.decider import Refusal
from shared.entering.fields import new_id
from shared.entering.moments import parse_time
from shared.i18n import render
from shared.platform.settings import Settings
from shared.unit.field_errors import field_label
from shared.unit.patience import WAIT_FOR_SERVICE_S
from shared.values.message import Message

NOTHING_TO_DO = Refusal(
    "nothing_to_do",
    "Name a command with its fields, or a file of commands with --file. Which commands there are is listed once "
    "DAIHOI_AS or --as says who gives them.",
)
ID_OF_SEVERAL = Refusal("id_of_several", "--id is for one command; the commands of a file have ids of their own.")
NOT_DONE = Message(
    "step_not_done",
    "Command {number} of {count}, {command}, was not done; those before it are on record. Mend it in the file and "
    "give the file again.",
)
FIELDS_OF_SEVERAL = Refusal(
    "fields_of_several", "{path} holds commands by itself; no command and no fields can stand beside it."
)


def do(
    context: typer.Context,
    command: Annotated[
        str, typer.Argument(help="What is done, such as start-task; without one, all that the unit may do is listed.")
    ] = "",
    fields: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FIELD=VALUE",
            help="Its fields; the id that it is about may stand in front alone. Days, sums and times are written as "
            "in an office; lists and parts as JSON.",
        ),
    ] = None,
    actor: ActorOption = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="A file in JSON or YAML: fields, or a list of commands with theirs.")
    ] = None,
    command_id: CommandIdOption = None,
    happened: HappenedOption = None,
    patience: PatienceOption = PATIENCE_S,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
    help_wanted: Annotated[
        bool, typer.Option("--help", help="This page; after a command, what that command takes.")
    ] = False,
) -> None:
    """Have one's own unit do something, and say what is on record then."""
    settings, _ = console.begin(lang)
    if help_wanted and command:
        show_fields(command, actor)
        return
    if help_wanted:
        console.out.print(context.get_help(), soft_wrap=True)
        return
    if not (command or file or fields) and list_offered(actor):
        return
    with console.refusals_are_wrong_use():
        when = None if happened is None else parse_time(happened)
        named = _steps(command, fields or [], file, command_id)
    dated = when or settings.happened
    steps = [step._replace(actor=step.actor or actor, happened=step.happened or dated) for step in named]
    ids = [command_id or uuid4()] if command else command_ids(settings.congress, steps)
    with console.refusals_are_wrong_use():
        meant = [_as_meant(step, fields or []) for step in steps]
    for number, (step, id_) in enumerate(zip(meant, ids, strict=True), start=1):
        try:
            with console.refusals_are_wrong_use():
                data = step.data | _unit_of_its_task(settings, step)
            proposed = new_id(step.command, data, id_)
            send_and_print(
                settings,
                unit_that_gives(step.actor),
                step.command,
                data | proposed,
                actor=step.actor,
                command_id=id_,
                happened=step.happened,
                patience_s=patience,
                wait_for_service_s=wait_for_service,
                in_words=True,
            )
        except Exception:
            if len(steps) > 1:
                console.say(render(NOT_DONE.filled(number=number, count=len(steps), command=step.command), spoken()))
            raise
        for field, id_given in proposed.items():
            console.out.print(f"{field_label(field)[spoken()]}: {id_given}", soft_wrap=True)


def _steps(command: str, fields: list[str], file: Path | None, command_id: UUID | None) -> tuple[Step, ...]:
    """What the file holds, or the command; its fields are still as they were typed. Raises a refusal."""
    held = read_steps(file, command) if file else ()
    if command:
        return held or (Step(command, {}),)
    if not held:
        raise NOTHING_TO_DO()
    if fields:
        raise FIELDS_OF_SEVERAL(path=file)
    if command_id:
        raise ID_OF_SEVERAL()
    return held


def _as_meant(step: Step, typed: list[str]) -> Step:
    """The step, with values in the form that its command takes. Raises a refusal."""
    command = command_named(step.command, step.actor)
    return step._replace(data=fields_meant(command, step.data) | fields_typed(command, typed))


def _unit_of_its_task(settings: Settings, step: Step) -> dict[str, str]:
    """Raises a refusal."""
    command = command_named(step.command, step.actor)
    if command is None or not takes_unit_of_task(command) or "unit" in step.data:
        return {}
    return console.run(unit_of_task(settings, step.data))
