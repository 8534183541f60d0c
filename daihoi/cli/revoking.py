"""`daihoi revoke`: tokens and keys that every service is to refuse from now on, or from another time."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid4

import typer

from daihoi.cli import console
from daihoi.cli.arguments import NO_REASON
from daihoi.cli.console import ActorOption, LangOption, WaitForServiceOption
from daihoi.cli.sending import send_and_print
from services.subcommittee.revocation import RecordRevocation
from shared.domain.decider import Refusal
from shared.entering.moments import parse_time
from shared.events.revocation import Revocable
from shared.i18n import render
from shared.unit.patience import WAIT_FOR_SERVICE_S
from shared.unit.requests import CLOCK_SKEW
from shared.unit.rotation import minting_key
from shared.values.message import Message
from shared.values.units import SUBCOMMITTEE

NOT_YET = Message("revoked_later", "In force from {since} on; until then nothing is refused.")
NOT_YET_A_POSITION = Message(
    "revoked_later",
    "In force from {since} on; until then nothing is refused. Then tokens are that the position was given by then.",
)
NEXT_HOLDER = Message(
    "revoked_for_a_while",
    "A token that the position is given within {minutes} minutes of that is refused too, since the clock that mints "
    "may be as much ahead; a later one is taken.",
)

IT_MINTS_HERE = Message(
    "minting_key_revoked",
    "Tokens are minted here with that key: from {since} on none of them is good. `daihoi keys rotate` brings "
    "the next key, where every service has it; otherwise `daihoi keys rotate --at-once` makes one. Its public half "
    "goes to every service, to the sub-committee's first.",
)
SINCE_WITH_ID = Refusal(
    "since_with_id",
    "--id is for a command that may be given twice, and without --since each time would be another one. Give --since "
    "too, the same each time.",
)


def revoke(
    what: Annotated[Revocable, typer.Argument(help="A token, all tokens of a position, or a key.")],
    named: Annotated[str, typer.Argument(metavar="NAME", help="The id of the token or key, or UNIT.POSITION.")],
    reason: Annotated[str, typer.Option(help="Why; kept on record.")],
    actor: ActorOption = "",
    since: Annotated[
        str | None,
        typer.Option(help="As of when, Vietnamese time where it names no zone, at most 31 days ahead; now if none."),
    ] = None,
    command_id: Annotated[
        UUID | None, typer.Option("--id", help="The command's id; a new one otherwise. With --since.")
    ] = None,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Have every service refuse a token, all tokens of a position so far, or a key, for a reason and on record."""
    settings, language = console.begin(lang)
    if not reason.strip():
        console.refuse(NO_REASON())
    if command_id and since is None:
        console.refuse(SINCE_WITH_ID())
    with console.refusals_are_wrong_use():
        now = datetime.now(UTC)
        moment = now if since is None else parse_time(since)
    given = command_id or uuid4()
    data = {
        "revocation_id": given.hex,
        "what": what.value,
        "named": named,
        "since": moment.isoformat(timespec="seconds"),
        "reason": reason,
    }
    send_and_print(
        settings,
        SUBCOMMITTEE,
        RecordRevocation.NAME,
        data,
        actor=actor,
        command_id=given,
        wait_for_service_s=wait_for_service,
    )
    if moment > now:
        sentence = NOT_YET_A_POSITION if what is Revocable.POSITION else NOT_YET
        console.say(render(sentence.filled(since=moment), language))
    if what is Revocable.KEY and named == minting_key(settings):
        console.say(render(IT_MINTS_HERE.filled(since=max(moment, now)), language))
    if what is Revocable.POSITION:
        console.say(render(NEXT_HOLDER.filled(minutes=CLOCK_SKEW // timedelta(minutes=1)), language))
