"""`daihoi catalogue assign`: handing the work of the catalogue to the units."""

from typing import Annotated

import typer

from daihoi.cli import console
from daihoi.cli.console import LangOption, WaitForServiceOption
from daihoi.cli.importing import OfficeOption, check_office
from daihoi.cli.sending import PatienceOption
from daihoi.importing.assigning import HandedOut, assignments, carry_out
from daihoi.ops.names import take_names_over
from daihoi.ops.session import PATIENCE_S, open_session
from daihoi.terminal.assigning import done_lines, waiting_lines
from shared.domain.decider import Actor, Refusal
from shared.eventstore.rights import member_of
from shared.unit.issuer import provide_issuer_keys
from shared.unit.patience import WAIT_FOR_SERVICE_S
from shared.values.units import SUBCOMMITTEE

NOT_THE_SUBCOMMITTEE = Refusal(
    "not_the_subcommittee", "The catalogue is the sub-committee's: --as names subcommittee.POSITION, not {given}."
)


def assign(
    actor: OfficeOption = "",
    for_unit: Annotated[str, typer.Option("--unit", help="Only this unit, by its id.")] = "",
    directive: Annotated[str, typer.Option("--directive", help="The directive that the tasks carry out.")] = "",
    name: Annotated[str, typer.Option("--catalogue", help="The catalogue's id; otherwise the congress's.")] = "",
    patience: PatienceOption = PATIENCE_S,
    wait_for_service: WaitForServiceOption = WAIT_FOR_SERVICE_S,
    lang: LangOption = None,
) -> None:
    """Hand every item that no unit has yet to the unit that it names; its task opens there."""
    settings, language = console.begin(lang)
    check_office(actor, NOT_THE_SUBCOMMITTEE)

    async def work() -> HandedOut:
        provide_issuer_keys(settings)
        waiting = console.patience(wait_for_service)
        async with open_session(settings, member_of(SUBCOMMITTEE), patience=waiting) as session:
            planned = await assignments(session, name or settings.congress, for_unit, directive)
            await take_names_over(session.views)
            return await carry_out(session, planned, Actor(actor, SUBCOMMITTEE), patience)

    handed = console.run(work())
    for sentence in done_lines(handed, for_unit, language):
        console.out.print(sentence, soft_wrap=True)
    for sentence in waiting_lines(handed, language):
        console.say(sentence)
    if handed.waiting:
        raise typer.Exit(console.FOUND_WRONG)
