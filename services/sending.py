"""Sending a command from the command line, in the name of a position: mints its token, prints the answer."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import typer

from services.console import FOUND_WRONG, err, out, run, told_in_words, wrong_use
from shared.domain.decider import Actor
from shared.domain.text import Unclean, clean
from shared.domain.values import AUDITOR, SERVICES
from shared.i18n import Language
from shared.platform.embedded import endpoints
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.issuer import issuer_private_key
from shared.unit.problems import ProblemError
from shared.unit.tokens import mint_token

TOKEN_LASTS = timedelta(minutes=5)


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
) -> None:
    """Prints the answer; a problem is told by code and sentence, and ends the program with 1."""
    with told_in_words():
        bearer = mint(settings, actor, TOKEN_LASTS)

    async def ask() -> None:
        with endpoints(settings, with_mongo=False) as servers:
            async with nats_connection(servers.nats_url, "daihoi send") as connection:
                client = CommandClient(connection, settings.congress)
                answer = await client.send(
                    service, command, data, token=bearer, command_id=command_id, happened=happened
                )
        out.print(answer.model_dump_json(indent=2), soft_wrap=True)

    try:
        run(ask())
    except ProblemError as error:
        problem = error.problem
        err.print(f"{problem.code}: {problem.detail_vi if lang == 'vi' else problem.detail}", soft_wrap=True)
        raise typer.Exit(FOUND_WRONG) from error
