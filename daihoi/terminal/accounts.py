"""Who may sign in, on a terminal."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from daihoi.terminal.labels import add_columns, table_of
from shared.i18n import Language, format_minute, title_of_position, translate
from shared.values.units import SUBCOMMITTEE
from shared.web.sign_in.accounts import Account


def accounts_table(accounts: Sequence[Account], lang: Language) -> Table:
    table = table_of(
        translate("Accounts", lang), lang, "Account", "Full name", "Positions", "Signs in with", "Changed"
    )
    for account in accounts:
        table.add_row(
            account.id if account.active else f"{account.id} ({translate('disabled', lang)})",
            account.name,
            "\n".join(title_of_position(position, lang) for position in account.positions),
            "\n".join(_ways(account, lang)),
            format_minute(account.changed_at),
        )
    return table


def sign_ins_table(accounts: Mapping[str, str], password: str, addresses: Mapping[str, str], lang: Language) -> Table:
    """`accounts`: the position of each; `addresses`: of the services. Who has none reads at the sub-committee's."""
    table = table_of(
        translate("Sign in as one of these, with the password {password}", lang, password=password),
        lang,
        "Account",
        "Position",
    )
    add_columns(table, lang, "Pages", no_wrap=True)
    for account, position in accounts.items():
        address = addresses.get(position.partition(".")[0], addresses[SUBCOMMITTEE])
        table.add_row(account, title_of_position(position, lang), address)
    return table


def _ways(account: Account, lang: Language) -> list[str]:
    password = translate("password", lang)
    if account.must_change_password:
        password += f" ({translate('to be changed', lang)})"
    return [*([password] if account.password else []), *account.oidc_names]
