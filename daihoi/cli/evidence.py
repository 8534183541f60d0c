"""`daihoi evidence`: files that show work was done, kept by the units: put, get, verify."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from daihoi.cli import console
from daihoi.cli.arguments import THERE_ALREADY
from daihoi.cli.console import FOUND_WRONG, ActorOption, Format, FormatOption, LangOption, WaitForServiceOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.issuing import bearer_of, unit_that_gives
from daihoi.cli.listed import check_service
from daihoi.ops.evidence_files import send_files
from daihoi.ops.evidence_record import Checked, Piece, Write, checked, checked_through, fetch, on_record, on_record_of
from daihoi.ops.session import connected
from daihoi.terminal.evidence import evidence_drawn
from shared.domain.decider import Refusal
from shared.eventstore.rights import member_of
from shared.i18n import translate
from shared.platform.files import new_file
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.unit.fetching_files import EvidenceFetcher
from shared.unit.patience import WAIT_FOR_SERVICE_S
from shared.unit.sending_files import EvidenceSender
from shared.values.types import Evidence
from shared.values.units import READING, support_unit_ids

SENDING_LASTS = timedelta(hours=1)
"""As long as files may take to be sent."""
NO_CHECKSUM = Refusal("no_checksum", "{given} is no checksum: one has 64 digits and letters from a to f.")

evidence = CommandGroup("Files that show work was done: put, get, verify.")

FileOption = Annotated[
    list[Path], typer.Option("--file", metavar="FILE", help="A file that shows it; may be given several times.")
]


@evidence.command("put")
def put(
    files: FileOption,
    actor: ActorOption = "",
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Have the unit keep files; prints what a submission names as its evidence."""
    settings, _ = console.begin(lang)
    kept = send_all(settings, actor, files, wait_for_service)
    console.write_json([piece.model_dump(mode="json") for piece in kept])


def send_all(settings: Settings, actor: str, files: list[Path], wait_for_service_s: float) -> list[Evidence]:
    """Ends the program where a unit by that name keeps no files."""
    token, unit = bearer_of(settings, actor, SENDING_LASTS), unit_that_gives(actor)
    check_service(unit, support_unit_ids())

    async def give() -> list[Evidence]:
        async with connected(settings, member_of(unit), begins=True, wait_s=wait_for_service_s) as connection:
            patience = console.patience(wait_for_service_s)
            client = CommandClient(connection, settings.congress, patience, settings.happened)
            return await send_files(EvidenceSender(client, unit, token, settings.most_evidence_bytes), files)

    return console.run(give())


@evidence.command("get")
def get(
    sha256: Annotated[str, typer.Argument(metavar="CHECKSUM", help="The checksum (SHA-256) of the content.")],
    unit: Annotated[str, typer.Option(help="The unit that keeps it.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="A new file for it.")],
    actor: ActorOption = "",
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Fetch a file that a unit keeps, and compare it with its checksum: from the unit's service, as its member; from
    the store, as the auditor."""
    settings, language = console.begin(lang)
    check_service(unit, support_unit_ids())
    if not re.fullmatch("[0-9A-Fa-f]{64}", sha256):
        console.refuse(NO_CHECKSUM(given=sha256))
    if out.exists():
        console.refuse(THERE_ALREADY(path=out))

    async def work() -> int:
        async with _fetching(settings, actor, unit, wait_for_service) as fetch_into:
            with new_file(out) as file:
                return await fetch_into(sha256.lower(), file.write)

    size = console.run(work())
    console.print_drawn(
        translate("{path}: {size_bytes} bytes, as its checksum says.", language, path=out, size_bytes=size)
    )


@asynccontextmanager
async def _fetching(
    settings: Settings, actor: str, unit: str, wait_for_service_s: float
) -> AsyncIterator[Callable[[str, Write], Awaitable[int]]]:
    if _member_unit(actor):
        async with _fetcher_of(settings, actor, unit, wait_for_service_s) as fetcher:
            yield fetcher.fetch
        return
    async with connected(settings) as connection:
        yield lambda sha256, write: fetch(connection, settings.congress, unit, sha256, write)


@asynccontextmanager
async def _fetcher_of(
    settings: Settings, actor: str, unit: str, wait_for_service_s: float
) -> AsyncIterator[EvidenceFetcher]:
    token = bearer_of(settings, actor, SENDING_LASTS)
    async with connected(settings, member_of(unit), begins=True, wait_s=wait_for_service_s) as connection:
        client = CommandClient(connection, settings.congress, console.patience(wait_for_service_s))
        yield EvidenceFetcher(client, unit, token)


def _member_unit(actor: str) -> str:
    """The unit as whose member somebody asks; empty for who only reads, and where nobody is named: these read the
    stores."""
    unit = unit_that_gives(actor)
    return "" if unit in READING else unit


@evidence.command("verify")
def verify(
    actor: ActorOption = "",
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """Whether every file that the units keep is there, as its checksum says; exit 1 if not. Lists those elsewhere. As
    a member: of the own unit, and only what it keeps."""
    settings, language = console.begin(lang)
    unit = _member_unit(actor)
    if unit:
        check_service(unit, support_unit_ids())

    async def look() -> list[Checked]:
        if unit:
            async with _fetcher_of(settings, actor, unit, wait_for_service) as fetcher:
                return await compared(await on_record_of(fetcher), lambda piece: checked_through(fetcher, piece))
        async with connected(settings) as connection:
            pieces = await on_record(connection, settings.congress)
            return await compared(pieces, lambda piece: checked(connection, settings.congress, piece))

    async def compared(pieces: list[Piece], check: Callable[[Piece], Awaitable[Checked]]) -> list[Checked]:
        results: list[Checked] = []
        with console.progress_bar(translate("Comparing", language)) as on_progress:
            for piece in pieces:
                results.append(await check(piece))
                on_progress(len(results), len(pieces))
        return results

    results = console.run(look())
    content = [result.piece._asdict() | {"standing": result.standing} for result in results]
    console.show(format, content, lambda: evidence_drawn(results, language))
    if any(result.is_lost for result in results):
        raise typer.Exit(FOUND_WRONG)
