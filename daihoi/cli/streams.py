"""`daihoi streams`: making the streams of a congress, and restoring one of which the broker has lost events."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from daihoi.cli import console
from daihoi.cli.arguments import THERE_ALREADY
from daihoi.cli.console import LangOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.listed import check_service
from daihoi.ops.charters import service_named
from daihoi.ops.listed_units import join, taking_part, units_on_record
from daihoi.ops.session import connected
from shared.domain.decider import Refusal
from shared.eventstore.names import service_stream
from shared.eventstore.restoring import AT_ODDS, Comparison, Restoring, as_line
from shared.eventstore.streams import provision, stream_configs
from shared.i18n import Language, translate
from shared.unit.client import CommandClient
from shared.unit.consumer import make_consumer
from shared.values.units import OPERATOR, services

STILL_RUNS = Refusal("service_still_runs", "The service {service} answers; stop it first, wherever it runs.")


streams = CommandGroup("The streams of the congress: provision, restore.")


@streams.command("provision")
def provision_streams(lang: LangOption = None) -> None:
    """Make the missing streams of the congress, and what its policies read by; its services wait for them."""
    settings, language = console.begin(lang)

    async def make() -> None:
        async with connected(settings, OPERATOR, begins=True) as connection:
            await provision(connection, settings.congress, settings.nats_replicas)
            if entries := taking_part(await units_on_record(connection, settings.congress) or ()):
                join(entries)
                await provision(connection, settings.congress, settings.nats_replicas)
            for service in map(service_named, services()):
                if service.policies:
                    await make_consumer(connection, settings.congress, service.name, service.policies)

    console.run(make())
    count = len(stream_configs(settings.congress))
    console.out.print(translate("All {count} streams are there.", language, count=count))


@streams.command("restore")
def restore_stream(
    unit: Annotated[str, typer.Argument(help="subcommittee, or the id of a support unit")],
    set_aside: Annotated[
        Path | None,
        typer.Option(help="A new file for events that were stored in place of lost ones and are not in the ledger."),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Bring back from the ledger what the broker has lost of a service's stream. The service must not run."""
    settings, language = console.begin(lang)
    check_service(unit, services())
    if set_aside and set_aside.exists():
        console.refuse(THERE_ALREADY(path=set_aside))

    async def work() -> Comparison:
        async with connected(settings, OPERATOR) as connection:
            if await CommandClient(connection, settings.congress).healths(unit):
                raise STILL_RUNS(service=unit)
            return await _restore(Restoring(connection, settings.congress, unit), set_aside, language)

    comparison = console.run(work())
    console.print_drawn(_lines(comparison, service_stream(settings.congress, unit), language))


async def _restore(restoring: Restoring, set_aside: Path | None, lang: Language) -> Comparison:
    with console.progress_bar(translate("Comparing", lang)) as on_progress:
        comparison = await restoring.look(on_progress)
    if at_odds := comparison.at_odds:
        if set_aside is None:
            raise AT_ODDS(stream=restoring.stream, count=len(at_odds), sequence=at_odds[0].sequence)
        set_aside.touch(mode=0o600, exist_ok=False)
        set_aside.write_bytes(b"".join(map(as_line, at_odds)))
    with console.progress_bar(translate("Restoring", lang)) as on_progress:
        await restoring.restore(comparison, on_progress)
    return comparison


def _lines(comparison: Comparison, stream: str, lang: Language) -> Iterator[str]:
    count = len(comparison.copies)
    if comparison.is_whole:
        yield translate("{stream} has all {count} events of the ledger.", lang, stream=stream, count=count)
        return
    yield translate(
        "{stream} has all {count} events of the ledger again, {missing} of them restored. Start its service.",
        lang,
        stream=stream,
        count=count,
        missing=count - comparison.held + len(comparison.at_odds),
    )
    if comparison.gone:
        yield translate("{gone} later events are in neither and are lost.", lang, gone=comparison.gone)
