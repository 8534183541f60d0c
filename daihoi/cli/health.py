"""`daihoi health`: asking one service how it is."""

from typing import Annotated

import typer

from daihoi.cli import console
from daihoi.cli.listed import check_service
from daihoi.ops.session import connected
from shared.unit.client import CommandClient
from shared.values.units import TRACKER, services


def health(
    name: Annotated[str, typer.Argument(help=console.NAME_HELP)],
    own: Annotated[bool, typer.Option("--own", help="Only the instance of DAIHOI_INSTANCE or this host.")] = False,
) -> None:
    """Ask a running service how it is; exit 1 when it is not ready."""
    settings = console.read_settings()
    check_service(name, (*services(), TRACKER))

    async def ask() -> bool:
        async with connected(settings, begins=True) as connection:
            instance = settings.instance_name if own else ""
            answer = await CommandClient(connection, settings.congress).health(name, instance)
        console.out.print(answer.model_dump_json(), soft_wrap=True)
        return answer.ready

    raise typer.Exit(0 if console.run(ask()) else console.FOUND_WRONG)
