"""`daihoi asyncapi`: what the services speak, as AsyncAPI documents.

`python -m daihoi.cli.asyncapi` writes them to `docs/asyncapi/`; a test fails when they are out of date.
"""

import importlib
from pathlib import Path
from typing import Annotated

import typer

from daihoi.cli.console import FOUND_WRONG, LangOption, err, language_of, read_settings, run, write, wrong_use
from daihoi.ops.supervisor import ALL_SERVICES
from shared.platform.embedded import endpoints
from shared.platform.nats import nats_connection
from shared.platform.settings import Settings
from shared.unit.asyncapi import as_bytes
from shared.unit.client import CommandClient
from shared.unit.problems import ProblemError

FOLDER = Path(__file__).parents[2] / "docs" / "asyncapi"


def document_of(name: str) -> bytes:
    module = importlib.import_module(f"services.{name}.main")
    return as_bytes(getattr(module, "SERVICE", module).contract())


def asyncapi(
    service: Annotated[str, typer.Argument(help=", ".join(ALL_SERVICES))] = "",
    folder: Annotated[Path | None, typer.Option("--out", help="Write <service>.json there, of all services.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Ask the running service itself.")] = False,
    lang: LangOption = None,
) -> None:
    """What a service speaks: its commands, answers, events and subjects, as AsyncAPI 3.0."""
    if service and service not in ALL_SERVICES:
        wrong_use(f"there is no service {service}; there are {', '.join(ALL_SERVICES)}")
    if not service and folder is None:
        wrong_use(f"name a service ({', '.join(ALL_SERVICES)}), or a folder for all of them with --out")
    names = (service,) if service else ALL_SERVICES
    settings = read_settings()
    try:
        documents = run(_ask(settings, names)) if live else {name: document_of(name) for name in names}
    except ProblemError as error:
        problem = error.problem
        told = problem.told(language_of(settings, lang))
        err.print(f"{problem.code}: {told}", soft_wrap=True)
        raise typer.Exit(FOUND_WRONG) from error
    if folder is None:
        write(documents[service])
    else:
        write_into(folder, documents)


async def _ask(settings: Settings, names: tuple[str, ...]) -> dict[str, bytes]:
    with endpoints(settings, with_mongo=False) as servers:
        async with nats_connection(servers.nats_url, "daihoi asyncapi") as connection:
            client = CommandClient(connection, settings.congress)
            return {name: await client.asyncapi(name) for name in names}


def write_into(folder: Path, documents: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents.items():
        (folder / f"{name}.json").write_bytes(document)


if __name__ == "__main__":
    write_into(FOLDER, {name: document_of(name) for name in ALL_SERVICES})
