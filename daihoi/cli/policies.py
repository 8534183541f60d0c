"""`daihoi policies`: what the units' policies could not do, doing it after all, and settling it otherwise."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import uuid4

import typer
from nats.aio.client import Client
from rich.table import Table

from daihoi.cli.console import (
    FOUND_WRONG,
    Format,
    FormatOption,
    LangOption,
    as_json,
    err,
    language_of,
    out,
    read_settings,
    run,
    write,
    wrong_use,
)
from daihoi.ops.session import check_congress
from shared.domain.decider import Refused
from shared.eventstore.ledger import Ledger
from shared.i18n import Language, translate
from shared.platform.embedded import endpoints
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.commands import Answer
from shared.unit.problems import ProblemError, problem_of
from shared.unit.refusals import NOTHING_REFUSED, RetryPolicy, SettleRefusal
from shared.unit.unseen import Unresolved, Unseen
from shared.values.types import SERVICES

policies = typer.Typer(no_args_is_help=True, help="What policies could not do: list, retry, settle.")

UnitArgument = Annotated[str, typer.Argument(metavar="UNIT", help="The unit whose policy it is.")]
PolicyArgument = Annotated[str, typer.Argument(metavar="POLICY", help="The policy's name, as the list has it.")]
SequenceArgument = Annotated[int, typer.Argument(metavar="SEQUENCE", min=1, help="The ledger event it was about.")]
TokenOption = Annotated[
    str, typer.Option("--token", envvar="DAIHOI_TOKEN", show_envvar=False, help="Of the unit's lead or a deputy.")
]


@policies.command("list")
def list_refusals(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """What nobody has seen to yet: which policy, for which ledger event, and why it could not."""
    settings = read_settings()

    async def look() -> list[Unresolved]:
        async with _connection(settings) as connection:
            return await _unresolved(connection, settings.congress)

    left = run(look())
    if format is Format.JSON:
        write(as_json([{**each._asdict(), "refused": each.refused.model_dump(mode="json")} for each in left]))
    elif left:
        out.print(_table(left, language_of(settings, lang)))
    else:
        out.print(translate("Nothing is left that a policy could not do.", language_of(settings, lang)))


@policies.command("retry")
def retry(
    unit: UnitArgument,
    policy: PolicyArgument,
    sequence: SequenceArgument,
    token: TokenOption = "",
    lang: LangOption = None,
) -> None:
    """Let the policy look at the event again; what it does is put on record, and that this is seen to."""
    settings = read_settings()

    async def send(connection: Client) -> Answer:
        data = {"policy": policy, "sequence": sequence}
        return await _send(connection, settings, unit, RetryPolicy.NAME, data, token)

    answer = _run(settings, unit, send, language_of(settings, lang))
    told = translate("Done after all: {count} events.", language_of(settings, lang), count=len(answer.events))
    out.print(told, soft_wrap=True)


@policies.command("settle")
def settle(
    unit: UnitArgument,
    policy: PolicyArgument,
    sequence: SequenceArgument,
    reason: Annotated[str, typer.Option(help="How it is seen to otherwise; kept on record.")],
    token: TokenOption = "",
    lang: LangOption = None,
) -> None:
    """Strike off what is seen to otherwise, for a reason and on record."""
    settings = read_settings()
    if not reason.strip():
        wrong_use("--reason can't be empty")

    async def send(connection: Client) -> Answer:
        for each in await _unresolved(connection, settings.congress):
            if (each.service, each.refused.policy, each.refused.sequence) == (unit, policy, sequence):
                data = {"cause": each.cause, "policy": policy, "reason": reason}
                return await _send(connection, settings, unit, SettleRefusal.NAME, data, token)
        raise NOTHING_REFUSED(policy=policy, cause=sequence)

    _run(settings, unit, send, language_of(settings, lang))
    out.print(translate("Struck off.", language_of(settings, lang)))


def _run(
    settings: Settings, unit: str, send: Callable[[Client], Coroutine[Any, Any, Answer]], lang: Language
) -> Answer:
    if unit not in SERVICES:
        wrong_use(f"there is no unit {unit}; there are {', '.join(SERVICES)}")

    async def work() -> Answer:
        async with _connection(settings) as connection:
            return await send(connection)

    try:
        return run(work())
    except Refused as refused:
        problem = problem_of(refused)
    except ProblemError as error:
        problem = error.problem
    err.print(f"{problem.code}: {problem.told(lang)}", soft_wrap=True)
    raise typer.Exit(FOUND_WRONG)


@asynccontextmanager
async def _connection(settings: Settings) -> AsyncIterator[Client]:
    with endpoints(settings, with_mongo=False) as servers:
        async with nats_connection(servers.nats_url, "daihoi policies") as connection:
            await check_congress(connection, settings)
            yield connection


async def _send(
    connection: Client, settings: Settings, unit: str, name: str, data: dict[str, Any], token: str
) -> Answer:
    client = CommandClient(connection, settings.congress)
    return await client.send(unit, name, data, token=token, command_id=uuid4())


async def _unresolved(connection: Client, congress: str) -> list[Unresolved]:
    """Those of earlier versions don't say which ledger event they are about; it is looked for."""
    left = await Unseen(connection, congress).now()
    wanted = {f'"id":"{each.cause}"'.encode(): each.cause for each in left if each.refused.sequence is None}
    if not wanted:
        return left
    sequences: dict[str, int] = {}
    async for page in Ledger(connection, congress).read():
        for stored in page:
            sequences |= {cause: stored.sequence for text, cause in wanted.items() if text in stored.body}
    return [_numbered(each, sequences) for each in left]


def _numbered(each: Unresolved, sequences: dict[str, int]) -> Unresolved:
    sequence = each.refused.sequence or sequences.get(each.cause)
    return each._replace(refused=each.refused.model_copy(update={"sequence": sequence}))


def _table(left: list[Unresolved], lang: Language) -> Table:
    table = Table()
    for heading in (translate("Unit", lang), translate("Policy", lang), translate("Ledger event", lang)):
        table.add_column(heading, no_wrap=True)
    table.add_column(translate("Why", lang), overflow="fold")
    for each in left:
        refused = each.refused
        wanted = f"{refused.command} · " if refused.command else ""
        why = f"{wanted}{refused.code}: {refused.detail}"
        table.add_row(each.service, refused.policy, str(refused.sequence or "?"), why)
    return table
