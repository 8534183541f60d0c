"""What policies could not do, as a table."""

from rich.table import Table

from shared.i18n import Language, translate
from shared.unit.unseen import Unresolved


def refusals_table(left: list[Unresolved], lang: Language) -> Table:
    table = Table()
    for heading in (translate("Unit", lang), translate("Policy", lang), translate("Ledger event", lang)):
        table.add_column(heading, no_wrap=True)
    table.add_column(translate("Why", lang), overflow="fold")
    for each in left:
        refused = each.refused
        wanted = f"{refused.command} · " if refused.command else ""
        why = f"{wanted}{refused.code}: {refused.detail}"
        table.add_row(each.service, refused.policy, str(refused.sequence or "?"), why)
    return table
