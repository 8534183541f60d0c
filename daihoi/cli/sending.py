"""Sending a command from the command line, in the name of a position: mints its token, prints the answer."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer

from daihoi.cli.arguments import json_object
from daihoi.cli.console import (
    LangOption,
    language_of,
    out,
    read_settings,
    refusals_are_wrong_use,
    refusals_end_it,
    refuse,
    run,
    told_in_words,
)
from daihoi.cli.issuing import mint
from daihoi.ops.session import Session
from daihoi.ops.waiting import PATIENCE_S, Write, shortfall
from services.tracker.history.moments import parse_time
from services.tracker.projection.store import ViewStore
from shared.domain.decider import Refusal
from shared.eventstore.ledger import Ledger
from shared.platform.embedded import endpoints
from shared.platform.mongo import mongo_database
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.values.units import services

NO_VIEWS = Refusal(
    "no_views_to_wait_for",
    "Nothing says where the views are: DAIHOI_NATS_URL is set and DAIHOI_MONGO_URL is not. Set both, or don't wait.",
)
TAKES_NO_COMMANDS = Refusal("takes_no_commands", "No service {name} takes commands; these do: {services}.")
TOKEN_LASTS = timedelta(minutes=5)
PatienceOption = Annotated[
    float, typer.Option("--patience", min=0, max=3600, metavar="SECONDS", help="How long to wait at most.")
]


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
) -> None:
    """Prints the answer; a problem is told by code and sentence, and ends the program with 1. With `patience_s` it
    waits until what was written is in the views, and ends the program with 1 where it is not, or is parked."""
    if patience_s is not None and settings.nats_url and not settings.mongo_url:
        refuse(NO_VIEWS())
    with told_in_words():
        bearer = mint(settings, actor, TOKEN_LASTS)

    async def ask() -> None:
        with endpoints(settings, with_mongo=patience_s is not None) as servers:
            async with nats_connection(servers.nats_url, "daihoi send") as connection:
                client = CommandClient(connection, settings.congress)
                answer = await client.send(
                    service, command, data, token=bearer, command_id=command_id, happened=happened
                )
                out.print(answer.model_dump_json(indent=2), soft_wrap=True)
                if patience_s is None:
                    return
                async with mongo_database(servers.mongo_url, settings.database) as database:
                    ledger = Ledger(connection, settings.congress)
                    session = Session(settings, servers, ledger, ViewStore(database), connection)
                    write = Write.of(settings.congress, service, answer)
                    if why_not_shown := await shortfall(session, write, patience_s):
                        raise why_not_shown

    with refusals_end_it():
        run(ask())


def send(
    service: Annotated[str, typer.Argument(help="The service that decides.")],
    command: Annotated[str, typer.Argument(help="The command, such as assign-task.")],
    data: Annotated[str, typer.Argument(help="Its data, as JSON.")],
    actor: Annotated[str, typer.Option("--as", help="UNIT.POSITION that gives the command.")],
    command_id: Annotated[UUID | None, typer.Option("--id", help="The command's id; a new one otherwise.")] = None,
    happened: Annotated[
        str | None,
        typer.Option(help="When it happened, Vietnamese time where it names no zone; now otherwise."),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Until what it wrote is in the views; exit 1 if not.")] = False,
    patience: PatienceOption = PATIENCE_S,
    lang: LangOption = None,
) -> None:
    """Send one command and print the answer."""
    settings = read_settings()
    if service not in services():
        refuse(TAKES_NO_COMMANDS(name=service, services=", ".join(services())))
    language_of(lang)
    parsed = json_object(data)
    with refusals_are_wrong_use():
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
    )
