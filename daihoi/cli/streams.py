"""`daihoi streams`: making the streams of a congress, and restoring one of which the broker has lost events."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from nats.aio.client import Client

from daihoi.cli.console import (
    FOUND_WRONG,
    LangOption,
    err,
    language_of,
    out,
    progress_bar,
    read_settings,
    refusals_end_it,
    refuse,
    run,
)
from daihoi.cli.groups import CommandGroup
from daihoi.cli.running import NO_SUCH_SERVICE
from daihoi.ops.session import check_congress
from shared.domain.decider import Refusal
from shared.eventstore.names import service_stream
from shared.eventstore.restoring import AT_ODDS, Comparison, Restoring, as_line
from shared.eventstore.streams import provision, stream_configs
from shared.i18n import Language, translate
from shared.platform.embedded import endpoints
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.values.units import services

STILL_RUNS = Refusal("service_still_runs", "The service {service} answers; stop it first, wherever it runs.")

THERE_ALREADY = Refusal("there_already", "{path} exists already.")

streams = CommandGroup("The streams of the congress: provision, restore.")


@streams.command("provision")
def provision_streams(lang: LangOption = None) -> None:
    """Make the streams of the congress that are missing, as its services do when they start."""
    settings = read_settings()

    async def make() -> None:
        async with _connected(settings) as connection:
            await provision(connection, settings.congress, settings.nats_replicas)

    run(make())
    count = len(stream_configs(settings.congress))
    out.print(translate("All {count} streams are there.", language_of(lang), count=count))


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
    settings = read_settings()
    language = language_of(lang)
    if unit not in services():
        refuse(NO_SUCH_SERVICE(name=unit, services=", ".join(services())))
    if set_aside and set_aside.exists():
        refuse(THERE_ALREADY(path=set_aside))

    async def work() -> Comparison:
        async with _connected(settings) as connection:
            await check_congress(connection, settings)
            if await CommandClient(connection, settings.congress).healths(unit):
                raise STILL_RUNS(service=unit)
            return await _restore(Restoring(connection, settings.congress, unit), set_aside, language)

    try:
        with refusals_end_it():
            found = run(work())
    except OSError as error:
        err.print(f"{set_aside}: {error.strerror}", soft_wrap=True)
        raise typer.Exit(FOUND_WRONG) from error
    for line in _lines(found, service_stream(settings.congress, unit), language):
        out.print(line, soft_wrap=True)


async def _restore(restoring: Restoring, set_aside: Path | None, lang: Language) -> Comparison:
    with progress_bar(translate("Comparing", lang)) as on_progress:
        found = await restoring.look(on_progress)
    if found.at_odds:
        if set_aside is None:
            first = found.at_odds[0].sequence
            raise AT_ODDS(stream=restoring.stream, count=len(found.at_odds), sequence=first)
        set_aside.touch(mode=0o600, exist_ok=False)
        set_aside.write_bytes(b"".join(map(as_line, found.at_odds)))
    with progress_bar(translate("Restoring", lang)) as on_progress:
        await restoring.restore(found, on_progress)
    return found


def _lines(found: Comparison, stream: str, lang: Language) -> list[str]:
    count = len(found.copies)
    if found.is_whole:
        return [translate("{stream} has all {count} events of the ledger.", lang, stream=stream, count=count)]
    told = {"stream": stream, "count": count, "missing": count - found.held + len(found.at_odds)}
    lines = [
        translate(
            "{stream} has all {count} events of the ledger again, {missing} of them restored. Start its service.",
            lang,
            **told,
        )
    ]
    if found.gone:
        lines.append(translate("{gone} later events are in neither and are lost.", lang, gone=found.gone))
    return lines


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[Client]:
    with endpoints(settings, with_mongo=False) as servers:
        async with nats_connection(servers.nats_url, "daihoi streams") as connection:
            yield connection
