"""Sending a command from the command line, in the name of a position: mints its token, prints the answer."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer

from daihoi.cli import console
from daihoi.cli.arguments import json_object
from daihoi.cli.console import ActorOption, CommandIdOption, HappenedOption, LangOption, WaitForServiceOption
from daihoi.cli.issuing import bearer_of
from daihoi.cli.language import spoken
from daihoi.cli.listed import is_listed, with_listed
from daihoi.ops.session import PATIENCE_S, TOKEN_LASTS, Session, connected, open_session
from shared.domain.decider import Refusal
from shared.entering.moments import parse_time
from shared.eventstore.rights import member_of
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.commands import Answer
from shared.unit.patience import WAIT_FOR_SERVICE_S
from shared.values.units import services

NO_VIEWS = Refusal(
    "no_views_to_wait_for",
    "Nothing says where the views are: DAIHOI_NATS_URL is set and DAIHOI_MONGO_URL is not. Set both, or don't wait.",
)
TAKES_NO_COMMANDS = Refusal(
    "takes_no_commands",
    "No service {name} takes commands; these do: {services}. A unit by setting has to stand in DAIHOI_UNITS here "
    "too.",
)
PatienceOption = Annotated[
    float, typer.Option("--patience", min=0, max=3600, metavar="SECONDS", help="How long to wait at most.")
]


def print_answer(answer: Answer) -> None:
    console.print_drawn(answer.model_dump_json(indent=2))


def send_and_print(
    settings: Settings,
    service: str,
    command: str,
    data: dict[str, Any],
    *,
    actor: str,
    command_id: UUID,
    happened: datetime | None = None,
    patience_s: float | None = None,
    wait_for_service_s: float = WAIT_FOR_SERVICE_S,
    tell: Callable[[Answer], None] = print_answer,
    in_words: bool = False,
    then: Callable[[Session], Awaitable[None]] | None = None,
) -> None:
    """Prints the answer, or tells of it as `tell` does, or `in_words` what is on record once it is in the views; a
    problem is told by code and sentence, and ends the program with 1. With `patience_s` it waits until what was
    written is in the views, does what comes `then`, and ends the program with 1 where it is not, or is parked. Names
    that the register does not know are told on stderr."""
    from daihoi.cli.names_given import warn_of_names

    if patience_s is not None and settings.nats_url and not settings.mongo_url:
        console.refuse(NO_VIEWS())
    bearer = bearer_of(settings, actor, TOKEN_LASTS + timedelta(seconds=wait_for_service_s))

    async def give(client: CommandClient) -> Answer:
        answer = await client.send(service, command, data, token=bearer, command_id=command_id, happened=happened)
        if not in_words or patience_s is None:
            tell(answer)
        return answer

    async def give_and_wait() -> None:
        if patience_s is None:
            member = member_of(service)
            async with connected(settings, member, begins=True, wait_s=wait_for_service_s) as connection:
                patience = console.patience(wait_for_service_s)
                await give(CommandClient(connection, settings.congress, patience, settings.happened))
                await warn_of_names(settings, data)
            return
        from daihoi.ops.names import take_names_over
        from daihoi.ops.on_record import what_is_on_record
        from daihoi.ops.waiting import Write, shortfall

        patience = console.patience(wait_for_service_s)
        async with open_session(settings, member_of(service), begins=True, patience=patience) as session:
            answer = await give(session.commands)
            await warn_of_names(settings, data, session.views)
            write = Write.of(settings.congress, service, answer)
            if why_not_shown := await shortfall(session, write, patience_s):
                raise why_not_shown
            if in_words:
                await take_names_over(session.views)
                for sentence in await what_is_on_record(session.views, answer, spoken()):
                    console.out.print(sentence, soft_wrap=True)
            if then:
                await then(session)

    console.run(give_and_wait())


def send(
    service: Annotated[str, typer.Argument(help="The service that decides.")],
    command: Annotated[str, typer.Argument(help="The command, such as assign-task.")],
    data: Annotated[str, typer.Argument(help="Its data, as JSON.")],
    actor: ActorOption = "",
    command_id: CommandIdOption = None,
    happened: HappenedOption = None,
    wait: Annotated[bool, typer.Option("--wait", help="Until what it wrote is in the views; exit 1 if not.")] = False,
    patience: PatienceOption = PATIENCE_S,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Send one command and print the answer."""
    settings, _ = console.begin(lang)
    if service not in services() and not is_listed(service):
        console.refuse(TAKES_NO_COMMANDS(name=service, services=", ".join(with_listed(services()))))
    parsed = json_object(data)
    with console.refusals_are_wrong_use():
        when = None if happened is None else parse_time(happened)
    send_and_print(
        settings,
        service,
        command,
        parsed,
        actor=actor,
        command_id=command_id or uuid4(),
        happened=when,
        patience_s=patience if wait else None,
        wait_for_service_s=wait_for_service,
    )
