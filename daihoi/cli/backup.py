"""`daihoi backup` and `daihoi restore`: everything that a congress has recorded, as one file, and back."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from daihoi.cli import console
from daihoi.cli.arguments import THERE_ALREADY
from daihoi.cli.console import LangOption
from daihoi.cli.groups import CommandGroup, Group
from daihoi.cli.rebuild import rebuilt_lines
from daihoi.ops.backup.file import Backup, BackupWriter, Progress
from daihoi.ops.backup.manifest import Manifest
from daihoi.ops.backup.restoring import Restored, restore
from daihoi.ops.backup.taking import take
from daihoi.ops.session import connected, open_session
from services.tracker.projection.rebuild import rebuild
from shared.domain.decider import Refusal
from shared.eventstore.rights import STORE
from shared.i18n import Language, translate
from shared.platform.files import new_file, own_folder
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.values.units import OPERATOR, TRACKER

STILL_RUN = Refusal("services_still_run", "These services answer: {services}. Stop them first, wherever they run.")
NOT_THERE = Refusal("no_such_file", "There is no file {path}.")
TWO_IDENTITIES = Refusal(
    "two_identities_needed",
    "Restoring takes two identities, operator and store. Name a folder with the credentials of both with "
    "DAIHOI_NATS_CREDENTIALS, not the file {path}.",
)
EMPTY_FOLDER = Refusal("no_backup_in_folder", "The folder {path} holds no backup of the congress {congress}.")

FROM_HELP = "A backup, or a folder: then the newest in it of the congress."


class TakesAPath(Group):
    """`daihoi backup PATH` is short for `daihoi backup take PATH`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        is_named = args[0] in self.list_commands(ctx)
        return super().resolve_command(ctx, args if is_named else ["take", *args])


backup = CommandGroup("All that the congress has recorded, in one file: take, verify.", cls=TakesAPath)


@backup.command("take")
def take_backup(
    file: Annotated[
        Path, typer.Argument(help="A new file *.zip, or a folder, made if need be: then named by congress and time.")
    ],
    lang: LangOption = None,
) -> None:
    """Write all streams of the congress into one file, while its services run; `take` may be left out."""
    settings, language = console.begin(lang)
    path = file
    if file.is_dir() or file.suffix != ".zip":
        own_folder(file)
        path = file / _name(settings.congress, datetime.now(UTC))
    if path.exists():
        console.refuse(THERE_ALREADY(path=path))

    async def work() -> Manifest:
        async with connected(settings, OPERATOR) as connection:
            bar = _bar(translate("Backing up", language))
            with bar as on_progress, new_file(path) as draft, BackupWriter(draft) as writer:
                return await take(connection, settings.congress, writer, on_progress)

    manifest = console.run(work())
    console.print_drawn(_manifest_lines(path, manifest, language))


@backup.command("verify")
def verify_backup(
    file: Annotated[Path, typer.Argument(help=FROM_HELP)],
    lang: LangOption = None,
) -> None:
    """Read a backup whole and compare it with its manifest, and its streams with its ledger; needs no server."""
    settings, language = console.begin(lang)
    kept = _checked(file, settings, language)
    console.print_drawn(_manifest_lines(kept.path, kept.manifest, language))
    console.print_drawn(translate("The backup is whole.", language))


def restore_backup(
    file: Annotated[Path, typer.Argument(help=FROM_HELP)],
    lang: LangOption = None,
) -> None:
    """Put a backup back where there is nothing of the congress, or only what it holds too, and rebuild the views."""
    settings, language = console.begin(lang)
    if settings.nats_url and settings.nats_credentials and settings.nats_credentials.is_file():
        console.refuse(TWO_IDENTITIES(path=settings.nats_credentials))
    kept = _checked(file, settings, language)

    async def work() -> Restored:
        async with connected(settings, OPERATOR, begins=True) as connection:
            await _check_that_nothing_runs(connection, settings, kept.manifest)
            async with connected(settings, STORE, begins=True) as within:
                with _bar(translate("Restoring", language)) as on_progress:
                    return await restore(within, settings.congress, kept, settings.nats_replicas, on_progress)

    restored = console.run(work())
    console.print_drawn(_restored_lines(restored, kept.manifest, language))
    _rebuild(settings, language)


def _bar(label: str) -> AbstractContextManager[Progress]:
    """In percent: an event is read twice, in the ledger and in the stream of its service."""
    return console.progress_bar(label, counts=False)


def _name(congress: str, moment: datetime) -> str:
    return f"{congress}-{moment:%Y%m%dT%H%M%SZ}.zip"


def _chosen(path: Path, congress: str) -> Path:
    """Ends the program as wrong use where there is none."""
    if path.is_dir():
        digits = "[0-9]"
        names = sorted(path.glob(f"{congress}-{digits * 8}T{digits * 6}Z.zip"))
        if not names:
            console.refuse(EMPTY_FOLDER(path=path, congress=congress))
        return names[-1]
    if not path.exists():
        console.refuse(NOT_THERE(path=path))
    return path


def _checked(path: Path, settings: Settings, lang: Language) -> Backup:
    kept = Backup(_chosen(path, settings.congress))
    with _bar(translate("Checking", lang)) as on_progress:
        kept.check(on_progress)
    return kept


async def _check_that_nothing_runs(connection: Any, settings: Settings, manifest: Manifest) -> None:
    client, names = CommandClient(connection, settings.congress), [*manifest.services, TRACKER]
    answers = await asyncio.gather(*map(client.healths, names))
    if running := [name for name, healths in zip(names, answers, strict=True) if healths]:
        raise STILL_RUN(services=", ".join(running))


def _rebuild(settings: Settings, lang: Language) -> None:
    """Rebuilds the views; where a broker is named, only if MongoDB is named too."""
    if settings.nats_url and not settings.mongo_url:
        console.print_drawn(translate("Now give `daihoi rebuild` where MongoDB is.", lang))
        return

    async def work() -> None:
        async with open_session(settings, writes=True) as session:
            with console.progress_bar(translate("Rebuilding", lang)) as on_progress:
                done = await rebuild(session.ledger, session.views, on_progress)
        console.print_drawn(rebuilt_lines(done, lang))

    console.run(work())
    console.print_drawn(translate("Start the services of the congress.", lang))


def _manifest_lines(path: Path, manifest: Manifest, lang: Language) -> Iterator[str]:
    yield translate(
        "{path}: the congress {congress} up to ledger event {sequence}, in {count} streams.",
        lang,
        path=path,
        congress=manifest.congress,
        sequence=manifest.ledger.last,
        count=len(manifest.streams),
    )
    yield translate("Digest of the manifest: {digest}", lang, digest=manifest.digest)


def _restored_lines(restored: Restored, manifest: Manifest, lang: Language) -> Iterator[str]:
    yield translate(
        "The congress {congress} is as in the backup, up to ledger event {sequence}; streams put back: {count}, "
        "there already: {present}.",
        lang,
        congress=manifest.congress,
        sequence=manifest.ledger.last,
        count=len(restored.put_back),
        present=len(restored.there_already),
    )
