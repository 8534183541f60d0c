"""`daihoi do`: a command in the words of whoever works, from fields or a file, and told in a sentence."""

from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from daihoi.cli import console
from daihoi.cli.arguments import named_fields
from daihoi.cli.console import ActorOption, HappenedOption, LangOption, WaitForServiceOption
from daihoi.cli.issuing import unit_that_gives
from daihoi.cli.language import spoken
from daihoi.cli.sending import PatienceOption, send_and_print
from daihoi.importing.steps import Step, command_ids, read_steps
from daihoi.ops.waiting import PATIENCE_S
from services.tracker.history.moments import parse_time
from shared.domain.decider import Refusal
from shared.i18n import render
from shared.unit.patience import WAIT_FOR_SERVICE_S
from shared.values.message import Message

NOTHING_TO_DO = Refusal("nothing_to_do", "Name a command with its fields, or a file of commands with --file.")
NOT_DONE = Message(
    "step_not_done",
    "Command {number} of {count}, {command}, was not done; those before it are on record. Mend it in the file and "
    "give the file again.",
)
FIELDS_OF_SEVERAL = Refusal(
    "fields_of_several", "{path} holds commands by itself; no command and no fields can stand beside it."
)


def do(
    command: Annotated[str, typer.Argument(help="What is done, such as start-task.")] = "",
    fields: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FIELD=VALUE",
            help="Its fields; the id of a task may stand in front alone. What begins with a quotation mark or a "
            "bracket is read as JSON.",
        ),
    ] = None,
    actor: ActorOption = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="A file in JSON or YAML: fields, or a list of commands with theirs.")
    ] = None,
    happened: HappenedOption = None,
    patience: PatienceOption = PATIENCE_S,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Have one's own unit do something, and say what is on record then."""
    settings, _ = console.begin(lang)
    with console.refusals_are_wrong_use():
        when = None if happened is None else parse_time(happened)
        named = _steps(command, fields or [], file)
    dated = when or settings.happened
    steps = [step._replace(actor=step.actor or actor, happened=step.happened or dated) for step in named]
    ids = [uuid4()] if command else command_ids(settings.congress, steps)
    for number, (step, id_) in enumerate(zip(steps, ids, strict=True), start=1):
        try:
            send_and_print(
                settings,
                unit_that_gives(step.actor),
                step.command,
                step.data,
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


def _steps(command: str, fields: list[str], file: Path | None) -> tuple[Step, ...]:
    """Raises a refusal."""
    held = read_steps(file, command) if file else ()
    if not command:
        if not held:
            raise NOTHING_TO_DO()
        if fields:
            raise FIELDS_OF_SEVERAL(path=file)
        return held
    data = held[0].data if held else {}
    return (Step(command, data | named_fields(fields)),)
