"""`daihoi asyncapi`: what the services speak. `python -m daihoi.cli.asyncapi` writes it to `docs/asyncapi/`."""

from pathlib import Path
from typing import Annotated

import typer

from daihoi.cli import console
from daihoi.cli.console import LangOption
from daihoi.cli.listed import check_service
from daihoi.ops.charters import service_named
from daihoi.ops.session import connected
from daihoi.ops.supervisor import all_services
from services.tracker import main as tracker
from shared.domain.decider import Refusal
from shared.eventstore.canonical import indented
from shared.platform.settings import Settings
from shared.unit.client import CommandClient
from shared.values.units import TRACKER, has_code

NO_SERVICE_NAMED = Refusal("no_service_named", "Name a service ({services}), or a folder for all of them with --out.")
FOLDER = Path(__file__).parents[2] / "docs" / "asyncapi"


def document_of(name: str) -> bytes:
    return indented(tracker.contract() if name == TRACKER else service_named(name).contract())


def asyncapi(
    service: Annotated[str, typer.Argument(help=console.NAME_HELP)] = "",
    folder: Annotated[Path | None, typer.Option("--out", help="Write <service>.json there, of all services.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Ask the running service itself.")] = False,
    lang: LangOption = None,
) -> None:
    """What a service speaks: its commands, answers, events and subjects, as AsyncAPI 3.0."""
    settings, _ = console.begin(lang)
    if service:
        check_service(service, all_services())
    elif folder is None:
        console.refuse(NO_SERVICE_NAMED(services=", ".join(all_services())))
    names = (service,) if service else all_services()
    documents = console.run(_ask(settings, names)) if live else {name: document_of(name) for name in names}
    if folder is None:
        console.write(documents[service])
    else:
        write_into(folder, documents)


async def _ask(settings: Settings, names: tuple[str, ...]) -> dict[str, bytes]:
    async with connected(settings, begins=True) as connection:
        client = CommandClient(connection, settings.congress)
        return {name: await client.asyncapi(name) for name in names}


def write_into(folder: Path, documents: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents.items():
        (folder / f"{name}.json").write_bytes(document)


if __name__ == "__main__":
    write_into(FOLDER, {name: document_of(name) for name in filter(has_code, all_services())})
