"""`daihoi policies`: what the units' policies could not do, doing it after all, and settling it otherwise."""

from typing import Annotated, Any
from uuid import uuid4

import typer
from nats.aio.client import Client

from daihoi.cli import console
from daihoi.cli.arguments import NO_REASON
from daihoi.cli.console import Format, FormatOption, LangOption, WaitForServiceOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.listed import check_service
from daihoi.ops.session import connected
from daihoi.terminal.operation import refusals_drawn
from shared.eventstore.ledger import Ledger
from shared.eventstore.rights import member_of
from shared.i18n import translate
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.commands import Answer
from shared.unit.patience import WAIT_FOR_SERVICE_S
from shared.unit.refusals import NOTHING_REFUSED, RetryPolicy, SettleRefusal
from shared.unit.unseen import Unresolved, Unseen
from shared.values.units import services

policies = CommandGroup("What policies could not do: list, retry, settle.")

UnitArgument = Annotated[str, typer.Argument(metavar="UNIT", help="The unit whose policy it is.")]
PolicyArgument = Annotated[str, typer.Argument(metavar="POLICY", help="The policy's name, as the list has it.")]
SequenceArgument = Annotated[int, typer.Argument(metavar="SEQUENCE", min=1, help="The ledger event it was about.")]
TokenOption = Annotated[
    str, typer.Option("--token", envvar="DAIHOI_TOKEN", show_envvar=False, help="Of the unit's lead or a deputy.")
]


@policies.command("list")
def list_refusals(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """What nobody has seen to yet: which policy, for which ledger event, and why it could not."""
    settings, language = console.begin(lang)

    async def look() -> list[Unresolved]:
        async with connected(settings) as connection:
            return await _unresolved(connection, settings.congress)

    refusals = console.run(look())
    content = [refusal._asdict() | {"refused": refusal.refused.model_dump(mode="json")} for refusal in refusals]
    console.show(format, content, lambda: refusals_drawn(refusals, language))


@policies.command("retry")
def retry(
    unit: UnitArgument,
    policy: PolicyArgument,
    sequence: SequenceArgument,
    token: TokenOption = "",
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Let the policy look at the event again; what it does is put on record, and that this is seen to."""
    settings, language = console.begin(lang)

    check_service(unit, services())

    async def work() -> Answer:
        data = {"policy": policy, "sequence": sequence}
        return await _send(settings, unit, RetryPolicy.NAME, data, token, wait_for_service)

    answer = console.run(work())
    count = len(answer.events)
    console.print_drawn(translate("Done after all: {count} events.", language, count=count))


@policies.command("settle")
def settle(
    unit: UnitArgument,
    policy: PolicyArgument,
    sequence: SequenceArgument,
    reason: Annotated[str, typer.Option(help="How it is seen to otherwise; kept on record.")],
    token: TokenOption = "",
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Strike off what is seen to otherwise, for a reason and on record."""
    settings, language = console.begin(lang)
    if not reason.strip():
        console.refuse(NO_REASON())

    check_service(unit, services())

    async def work() -> Answer:
        async with connected(settings) as connection:
            refusals = await _unresolved(connection, settings.congress)
        for refusal in refusals:
            if (refusal.service, refusal.refused.policy, refusal.refused.sequence) == (unit, policy, sequence):
                data = {"cause": refusal.cause, "policy": policy, "reason": reason}
                return await _send(settings, unit, SettleRefusal.NAME, data, token, wait_for_service)
        raise NOTHING_REFUSED(policy=policy, cause=sequence)

    console.run(work())
    console.print_drawn(translate("Struck off.", language))


async def _send(
    settings: Settings, unit: str, name: str, data: dict[str, Any], token: str, wait_for_service_s: float
) -> Answer:
    async with connected(settings, member_of(unit)) as connection:
        client = CommandClient(connection, settings.congress, console.patience(wait_for_service_s))
        return await client.send(unit, name, data, token=token, command_id=uuid4())


async def _unresolved(connection: Client, congress: str) -> list[Unresolved]:
    """What nobody has seen to. Refusals of earlier versions don't say which ledger event they are about; it is looked
    for."""
    refusals = await Unseen(connection, congress).now()
    causes = {f'"id":"{one.cause}"'.encode(): one.cause for one in refusals if one.refused.sequence is None}
    if not causes:
        return refusals
    sequences: dict[str, int] = {}
    async for page in Ledger(connection, congress).read():
        for stored in page:
            sequences |= {cause: stored.sequence for text, cause in causes.items() if text in stored.body}
    return [_numbered(refusal, sequences) for refusal in refusals]


def _numbered(refusal: Unresolved, sequences: dict[str, int]) -> Unresolved:
    sequence = refusal.refused.sequence or sequences.get(refusal.cause)
    return refusal._replace(refused=refusal.refused.model_copy(update={"sequence": sequence}))
