"""`daihoi accounts`: who may sign in on the pages. Passwords are never on the command line."""

import os
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from nats.aio.client import Client
from pydantic import ValidationError

from daihoi.cli import console
from daihoi.cli.console import Format, FormatOption, LangOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.listed import is_listed
from daihoi.ops.session import connected
from daihoi.terminal.accounts import accounts_table
from shared.domain.decider import Refusal
from shared.i18n import Language, translate
from shared.platform.errors import PlatformError
from shared.platform.files import why_not
from shared.platform.reading import read_file
from shared.platform.secret_files import is_closed
from shared.platform.settings import Settings
from shared.unit.signed_out import SignedOut
from shared.values.units import OPERATOR
from shared.web.sign_in.accounts import Account, Accounts, Kept, checked_oidc_names, checked_position
from shared.web.sign_in.passwords import Passwords, checked_password
from shared.web.sign_in.refusals import ACCOUNT_FIELDS, PASSWORDS_DIFFER

LARGEST_PASSWORD_FILE = 8 * 1024

PASSWORD_FILE_UNREADABLE = Refusal("password_file_unreadable", "The password file {path} can't be read: {reason}.")
PASSWORD_FILE_OPEN = Refusal(
    "password_file_open", "Others may read the password file {path}: give it the mode 0600 or 0400."
)
PASSWORD_FILE_NOT_TEXT = Refusal("password_file_not_text", "The password file {path} holds no text in UTF-8.")
NO_PASSWORD = Refusal(
    "no_password",
    "There is no terminal to type a password on: name a file that holds it with --password-file, or the names of "
    "OpenID Connect with --oidc.",
)

accounts = CommandGroup("Who may sign in: add, list, password, positions, disable, enable, sign-out.")

AccountArgument = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The person's id on the register.")]
PositionsArgument = Annotated[
    list[str], typer.Argument(metavar="UNIT.POSITION", help="logistics.lead and the like; several are allowed.")
]
PasswordFileOption = Annotated[
    Path | None, typer.Option("--password-file", help="A file that its owner alone reads; else it is asked for.")
]
KeepsPasswordOption = Annotated[
    bool, typer.Option("--keeps-password", help="It need not be changed at the next sign-in.")
]


@accounts.command("add")
def add_account(
    account: AccountArgument,
    positions: PositionsArgument,
    name: Annotated[str, typer.Option(help="The person's full name.")],
    password_file: PasswordFileOption = None,
    oidc: Annotated[
        list[str] | None,
        typer.Option("--oidc", help="What the provider of OpenID Connect calls the person; several are allowed."),
    ] = None,
    keeps_password: KeepsPasswordOption = False,
    lang: LangOption = None,
) -> None:
    """Make an account with its positions; without a password where it has names of OpenID Connect alone."""
    settings, language = console.begin(lang)
    with console.refusals_are_wrong_use():
        given = _account(account, name, _checked(positions), checked_oidc_names(oidc or ()))
        password = "" if oidc and password_file is None else _password(password_file, language, account, name)
    hashed = console.run(Passwords().hash(password)) if password else None
    made = given.model_copy(update={"password": hashed, "must_change_password": bool(hashed) and not keeps_password})

    async def add(kept: Accounts, _: Client) -> None:
        await kept.check_names_free(made.id, made.oidc_names)
        await kept.add(made)

    _do(settings, add)
    console.out.print(translate("{account} can sign in.", language, account=account), soft_wrap=True)


@accounts.command("list")
def list_accounts(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """All accounts; no password, nor anything made of one."""
    settings, language = console.begin(lang)
    listed: list[Kept] = []

    async def look(kept: Accounts, _: Client) -> None:
        listed.extend(await kept.all())

    _do(settings, look)
    shown = [kept.account for kept in listed]
    content = [
        each.model_dump(mode="json", exclude={"password"}) | {"has_password": bool(each.password)} for each in shown
    ]
    console.show(format, content, lambda: accounts_table(shown, language))


@accounts.command("password")
def give_password(
    account: AccountArgument,
    password_file: PasswordFileOption = None,
    keeps_password: KeepsPasswordOption = False,
    lang: LangOption = None,
) -> None:
    """Give another password, and sign the person out everywhere."""
    settings, language = console.begin(lang)
    with console.refusals_are_wrong_use():
        password = _password(password_file, language, account)
    hashed = console.run(Passwords().hash(password))
    _change(settings, account, password=hashed, must_change_password=not keeps_password)
    _say_done(account, language)


@accounts.command("positions")
def give_positions(account: AccountArgument, positions: PositionsArgument, lang: LangOption = None) -> None:
    """Give these positions in place of those that the person has, and sign them out everywhere."""
    settings, language = console.begin(lang)
    with console.refusals_are_wrong_use():
        checked = _checked(positions)
    _change(settings, account, positions=checked)
    _say_done(account, language)


@accounts.command("disable")
def disable_account(account: AccountArgument, lang: LangOption = None) -> None:
    """Let the person in no more, and sign them out everywhere."""
    settings, language = console.begin(lang)
    _change(settings, account, active=False)
    _say_done(account, language)


@accounts.command("enable")
def enable_account(account: AccountArgument, lang: LangOption = None) -> None:
    """Let the person in again."""
    settings, language = console.begin(lang)
    _change(settings, account, active=True)
    console.out.print(translate("{account} can sign in.", language, account=account), soft_wrap=True)


@accounts.command("sign-out")
def sign_out(account: AccountArgument, lang: LangOption = None) -> None:
    """Sign the person out everywhere."""
    settings, language = console.begin(lang)

    async def end(kept: Accounts, connection: Client) -> None:
        await kept.get(account)
        await SignedOut(connection, settings.congress).end_all(account, datetime.now(UTC))

    _do(settings, end)
    _say_done(account, language)


def _change(settings: Settings, account: str, **changes: object) -> None:
    async def change(kept: Accounts, connection: Client) -> None:
        await kept.change(await kept.get(account), **changes)
        await SignedOut(connection, settings.congress).end_all(account, datetime.now(UTC))

    _do(settings, change)


def _do(settings: Settings, doing: Callable[[Accounts, Client], Awaitable[None]]) -> None:
    async def work() -> None:
        async with connected(settings, OPERATOR) as connection:
            await doing(Accounts(connection, settings.congress), connection)

    console.run(work())


def _account(account: str, name: str, positions: tuple[str, ...], oidc_names: tuple[str, ...]) -> Account:
    try:
        return Account(
            id=account, name=name, positions=positions, oidc_names=oidc_names, changed_at=datetime.now(UTC)
        )
    except ValidationError as error:
        raise ACCOUNT_FIELDS(count=error.error_count()) from error


def _checked(positions: Iterable[str]) -> tuple[str, ...]:
    """The positions, each once; of units too that the congress lists and this process did not know."""
    for position in positions:
        is_listed(position.partition(".")[0])
    return tuple(dict.fromkeys(map(checked_position, positions)))


def _password(path: Path | None, language: Language, *names: str) -> str:
    """The password in the file, else as it is typed twice on a terminal that does not show it."""
    if path:
        return checked_password(_in_file(path), *names)
    if not console.err.is_terminal or not os.isatty(0):
        raise NO_PASSWORD()
    typed = [
        typer.prompt(translate(sentence, language), hide_input=True, err=True)
        for sentence in ("New password", "The same once more")
    ]
    if typed[0] != typed[1]:
        raise PASSWORDS_DIFFER()
    return checked_password(typed[0], *names)


def _in_file(path: Path) -> str:
    """Without the line end that editors put there."""

    def check(status: os.stat_result) -> None:
        if not is_closed(status):
            raise PlatformError(PASSWORD_FILE_OPEN(path=path))

    try:
        return read_file(path, LARGEST_PASSWORD_FILE, or_pipe=True, check=check).decode().removesuffix("\n")
    except OSError as error:
        raise PASSWORD_FILE_UNREADABLE(path=path, reason=why_not(error)) from error
    except UnicodeDecodeError as error:
        raise PASSWORD_FILE_NOT_TEXT(path=path) from error


def _say_done(account: str, language: Language) -> None:
    sentence = translate("Done. {account} is signed out everywhere.", language, account=account)
    console.out.print(sentence, soft_wrap=True)
