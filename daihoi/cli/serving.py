"""Running one service. It is loaded once for each process, so this imports nothing that only people need."""

import logging
from typing import Annotated

import typer

from daihoi.cli import console
from daihoi.cli.listed import check_service
from daihoi.ops.charters import service_named
from daihoi.ops.supervisor import all_services
from shared.platform.logs import begin_log
from shared.platform.memory import load
from shared.values.units import has_code
from shared.web.serving import with_pages

LOOK_FOR_STOP_EVERY_S = 0.5
"""FastStream's own tenth of a second was half of all that an idle service did."""

logger = logging.getLogger(__name__)


def service(name: Annotated[str, typer.Argument(help=console.NAME_HELP)]) -> None:
    """Run one service in this process."""
    settings = console.read_settings()
    check_service(name, all_services())
    begin_log(name, settings.log)
    try:
        app = load(f"services.{name}.main").app if has_code(name) else with_pages(service_named(name))
        console.run(app.run(sleep_time=LOOK_FOR_STOP_EVERY_S))
    except Exception as error:
        from daihoi.cli import failures

        sentence = failures.sentence_of(error)
        logger.critical("%s", sentence or "ended by an error", exc_info=None if sentence else error)
        raise typer.Exit(console.FOUND_WRONG) from error
