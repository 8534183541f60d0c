"""What policies could not do, as a table."""

from rich.table import Table

from shared.i18n import Language, translate
from shared.unit.unseen import Unresolved


def refusals_drawn(refusals: list[Unresolved], lang: Language) -> Table | str:
    if not refusals:
        return translate("Nothing is left that a policy could not do.", lang)
    table = Table()
    for heading in (translate("Unit", lang), translate("Policy", lang), translate("Ledger event", lang)):
        table.add_column(heading, no_wrap=True)
    table.add_column(translate("Why", lang), overflow="fold")
    for service, refused in ((refusal.service, refusal.refused) for refusal in refusals):
        command = f"{refused.command} · " if refused.command else ""
        why = f"{command}{refused.code}: {refused.detail}"
        table.add_row(service, refused.policy, str(refused.sequence or "?"), why)
    return table
