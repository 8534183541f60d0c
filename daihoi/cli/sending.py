"""Sending a command from the command line, in the name of a position: mints its token, prints the answer."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from daihoi.cli.console import FOUND_WRONG, err, out, refuse, run, told_in_words, wrong_use
from daihoi.ops.session import Session
from daihoi.ops.waiting import Write, shortfall
from services.tracker.projection.store import ViewStore
from shared.domain.decider import Actor, Refusal, Refused
from shared.eventstore.ledger import Ledger
from shared.i18n import Language, render
from shared.platform.embedded import endpoints
from shared.platform.mongo import mongo_database
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.issuer import issuer_private_key
from shared.unit.problems import ProblemError
from shared.unit.tokens import mint_token
from shared.values.text import Unclean, clean
from shared.values.types import AUDITOR, SERVICES

NO_VIEWS = Refusal(
    "no_views_to_wait_for",
    "Nothing says where the views are: DAIHOI_NATS_URL is set and DAIHOI_MONGO_URL is not. Set both, or don't wait.",
)
TOKEN_LASTS = timedelta(minutes=5)
PatienceOption = Annotated[
    float, typer.Option("--patience", min=0, max=3600, metavar="SECONDS", help="How long to wait at most.")
]


def mint(settings: Settings, actor: str, lasting: timedelta) -> str:
    """A bearer token for UNIT.POSITION. Ends the program as wrong use where `actor` is none. Raises `PlatformError`
    where there is no key to mint with."""
    try:
        actor = clean(actor)
    except Unclean as error:
        wrong_use(f"an actor's name has {error}")
    unit, _, position = actor.partition(".")
    units = (*SERVICES, AUDITOR)
    if unit not in units or not position:
        wrong_use(f"an actor is UNIT.POSITION, and the unit one of {', '.join(units)}; got {actor!r}")
    try:
        return mint_token(
            issuer_private_key(settings), settings.congress, Actor(actor, unit), datetime.now(UTC), lasting
        )
    except ValueError as error:
        wrong_use(str(error))


def send_and_print(
    settings: Settings,
    lang: Language,
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
        refuse(NO_VIEWS(), lang)
    with told_in_words():
        bearer = mint(settings, actor, TOKEN_LASTS)

    async def ask() -> Refused | None:
        with endpoints(settings, with_mongo=patience_s is not None) as servers:
            async with nats_connection(servers.nats_url, "daihoi send") as connection:
                client = CommandClient(connection, settings.congress)
                answer = await client.send(
                    service, command, data, token=bearer, command_id=command_id, happened=happened
                )
                out.print(answer.model_dump_json(indent=2), soft_wrap=True)
                if patience_s is None:
                    return None
                write = Write.of(settings.congress, service, answer)
                async with mongo_database(servers.mongo_url, settings.database) as database:
                    ledger = Ledger(connection, settings.congress)
                    session = Session(settings, servers, ledger, ViewStore(database), client)
                    return await shortfall(session, write, patience_s)

    try:
        why_not_shown = run(ask())
    except ProblemError as error:
        problem = error.problem
        err.print(f"{problem.code}: {problem.told(lang)}", soft_wrap=True)
        raise typer.Exit(FOUND_WRONG) from error
    if why_not_shown:
        err.print(f"{why_not_shown.code}: {render(why_not_shown.message, lang)}", soft_wrap=True)
        raise typer.Exit(FOUND_WRONG)
