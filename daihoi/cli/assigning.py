"""`daihoi catalogue assign`: handing the work of the catalogue to the units."""

from typing import Annotated

import typer

from daihoi.cli import console
from daihoi.cli.console import LangOption, WaitForServiceOption
from daihoi.cli.importing import OfficeOption, check_office
from daihoi.cli.sending import PatienceOption
from daihoi.importing.assigning import Assignment, assignments, carry_out
from daihoi.ops.names import take_names_over
from daihoi.ops.session import open_session
from daihoi.ops.waiting import PATIENCE_S
from shared.domain.decider import Actor, Refusal
from shared.eventstore.rights import member_of
from shared.i18n import translate
from shared.unit.issuer import provide_issuer_keys
from shared.unit.patience import WAIT_FOR_SERVICE_S
from shared.values.units import SUBCOMMITTEE, title_of

NOT_THE_SUBCOMMITTEE = Refusal(
    "not_the_subcommittee", "The catalogue is the sub-committee's: --as names {position}, not {given}."
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

    async def work() -> list[Assignment]:
        provide_issuer_keys(settings)
        waiting = console.patience(wait_for_service)
        async with open_session(settings, member_of(SUBCOMMITTEE), patience=waiting) as session:
            planned = await assignments(session, name or settings.congress, for_unit, directive)
            await take_names_over(session.views)
            await carry_out(session, planned, Actor(actor, SUBCOMMITTEE), patience)
            return planned

    done = console.run(work())
    for assignment in done:
        told = {"unit": title_of(assignment.unit, language), "count": len(assignment.item_ids)}
        console.out.print(translate("{unit}: {count} tasks are open.", language, **told), soft_wrap=True)
    if not done:
        console.out.print(translate("Every item is assigned already.", language), soft_wrap=True)
