"""`daihoi nats`: who comes to NATS as whom, what each may do there, and what the server is told of it."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from daihoi.cli import console
from daihoi.cli.console import Format, FormatOption, LangOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.language import Lang
from daihoi.terminal.identities import identities_parts
from shared.domain.decider import Refusal
from shared.eventstore.credentials import NO_SUCH_IDENTITY, issue, name_of
from shared.eventstore.names import is_name
from shared.eventstore.rights import STORE, identities, rights
from shared.i18n import Language, translate
from shared.platform.nats_account import (
    KEYS,
    credentials_path,
    holds_account_key,
    issued,
    key_of,
    provide_keys,
    revoke,
)
from shared.platform.nats_config import configuration
from shared.platform.settings import Settings
from shared.unit.problems import BAD_NAME

NOTHING_ISSUED = Refusal(
    "nothing_issued", "No credentials of {identity} were ever made for {congress} from these keys."
)
nats = CommandGroup("Identities on NATS: credentials, accounts, config, revoke.")

IDENTITY_HELP = "A service, tracker, auditor, operator, or member.UNIT"
CongressOption = Annotated[str, typer.Option("--congress", help="Otherwise that of DAIHOI_CONGRESS.")]


def _begin(lang: Lang | None, congress: str) -> tuple[Settings, Language]:
    settings, language = console.begin(lang)
    if congress and not is_name(congress):
        console.refuse(BAD_NAME(name=repr(congress)))
    return (settings.model_copy(update={"congress": congress}) if congress else settings), language


@nats.command("credentials")
def make_credentials(
    identity: Annotated[list[str] | None, typer.Argument(help=f"{IDENTITY_HELP}; otherwise all.")] = None,
    congress: CongressOption = "",
    lang: LangOption = None,
) -> None:
    """Make the credentials of an identity with the account's key, and print where they are. They are a secret."""
    settings, _ = _begin(lang, congress)
    folder = settings.nats_keys_folder
    for name in identity or identities():
        issue(folder, settings.congress, name)
        console.out.print(str(credentials_path(folder, settings.congress, name)), soft_wrap=True)


@nats.command("accounts")
def show_accounts(
    congress: CongressOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
    lang: LangOption = None,
) -> None:
    """The public keys, and what each identity of the congress may publish and subscribe to."""
    settings, language = _begin(lang, congress)
    folder = settings.nats_keys_folder
    keys = {name: key_of(folder, name).public for name in KEYS} if holds_account_key(folder) else {}
    table = {identity: rights(settings.congress, identity)._asdict() for identity in identities()}
    content: Mapping[str, Any] = {"congress": settings.congress, "keys": keys, "identities": table}
    console.show(format, content, lambda: identities_parts(content, language))


@nats.command("config")
def show_config(
    listen: Annotated[str, typer.Option(help="The address that the server listens on.")] = "0.0.0.0:4222",
    store: Annotated[str, typer.Option(help="The folder for its streams.")] = "/data",
    monitor: Annotated[
        str, typer.Option(help="The address of its monitoring, which lets everybody in.")
    ] = "127.0.0.1:8222",
    lang: LangOption = None,
) -> None:
    """Print nats-server's configuration with the locks; the keys are made where there are none."""
    settings, _ = console.begin(lang)
    folder = settings.nats_keys_folder
    provide_keys(folder)
    console.write(configuration(listen, store, folder, f"http: {monitor}").encode())


@nats.command("revoke")
def revoke_identity(
    identity: Annotated[str, typer.Argument(help=IDENTITY_HELP)],
    congress: CongressOption = "",
    lang: LangOption = None,
) -> None:
    """Let nobody in any more with credentials of this identity that were made up to now; new ones can be made."""
    settings, language = _begin(lang, congress)
    if identity not in (*identities(), STORE):
        console.refuse(NO_SUCH_IDENTITY(identity=identity, identities=", ".join(identities())))
    folder, name = settings.nats_keys_folder, name_of(settings.congress, identity)
    users = {credentials.user for credentials in issued(folder) if credentials.name == name}
    if not users:
        console.refuse(NOTHING_ISSUED(identity=identity, congress=settings.congress))
    revoke(folder, users)
    credentials_path(folder, settings.congress, identity).unlink(missing_ok=True)
    console.out.print(
        translate(
            "{identity} is revoked. The embedded server knows it at once; another one once it has the new output of "
            "`daihoi nats config` and reads it (SIGHUP).",
            language,
            identity=identity,
        ),
        soft_wrap=True,
    )
