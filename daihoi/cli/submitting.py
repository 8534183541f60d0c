"""`daihoi submit`: handing work in with the files that show it."""

from typing import Annotated, Any
from uuid import uuid4

import typer

from daihoi.cli import console
from daihoi.cli.console import (
    ActorOption,
    AnswerFormatOption,
    CommandIdOption,
    Format,
    HappenedOption,
    LangOption,
    WaitForServiceOption,
)
from daihoi.cli.evidence import FileOption, send_all
from daihoi.cli.issuing import position_that_gives, unit_that_gives
from daihoi.cli.language import spoken
from daihoi.cli.listed import take_names_if_there
from daihoi.cli.sending import PatienceOption, print_answer, send_and_print
from daihoi.ops.on_record import done
from daihoi.ops.session import PATIENCE_S
from shared.domain.task import SubmitTask
from shared.entering.moments import parse_time
from shared.unit.commands import Answer
from shared.unit.patience import WAIT_FOR_SERVICE_S


def submit(
    task_id: Annotated[str, typer.Argument(metavar="TASK", help="The task that is done.")],
    files: FileOption = [],  # noqa: B006 - typer makes a list of its own
    actor: ActorOption = "",
    note: Annotated[str, typer.Option(help="What whoever accepts it is to know.")] = "",
    command_id: CommandIdOption = None,
    happened: HappenedOption = None,
    wait: Annotated[bool, typer.Option("--wait", help="Until what it wrote is in the views; exit 1 if not.")] = False,
    patience: PatienceOption = PATIENCE_S,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    format: AnswerFormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Hand a task in, with files that the unit keeps as its evidence."""
    settings, _ = console.begin(lang)
    with console.refusals_are_wrong_use():
        when = None if happened is None else parse_time(happened)
    kept = send_all(settings, actor, files, wait_for_service)
    data: dict[str, Any] = {"task_id": task_id, "note": note}
    in_words = format is Format.TEXT
    if in_words and not wait and not settings.nats_url:
        take_names_if_there()

    def tell(answer: Answer) -> None:
        for sentence in done(answer, position_that_gives(actor), spoken()):
            console.out.print(sentence, soft_wrap=True)

    send_and_print(
        settings,
        unit_that_gives(actor),
        SubmitTask.NAME,
        data | {"evidence": [piece.model_dump(mode="json") for piece in kept]},
        actor=actor,
        command_id=command_id or uuid4(),
        happened=when,
        patience_s=patience if wait else None,
        wait_for_service_s=wait_for_service,
        tell=tell if in_words else print_answer,
        in_words=in_words,
    )
