"""`daihoi nats`: who comes to NATS as whom, what each may do there, and what the server is told of it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from daihoi.cli import console
from daihoi.cli.console import Format, FormatOption, LangOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.language import Lang
from daihoi.ops.nats_servers import next_step
from daihoi.terminal.identities import identities_parts
from shared.domain.decider import Refusal, Refused
from shared.eventstore.credentials import NO_SUCH_IDENTITY, issue, name_of
from shared.eventstore.names import is_name
from shared.eventstore.rights import STORE, identities, rights
from shared.i18n import Language, render, translate
from shared.platform.nats_account import (
    KEYS,
    credentials_path,
    holds_account_key,
    issued,
    key_of,
    provide_keys,
    revoke_all_of,
)
from shared.platform.nats_issued import ISSUED
from shared.platform.nats_places import Place, Tls, configuration_of
from shared.platform.settings import Settings
from shared.unit.problems import BAD_NAME
from shared.values.message import Message

NOTHING_ISSUED = Refusal(
    "nothing_issued", "No credentials of {identity} were ever made for {congress} from these keys."
)
UNREADABLE = Message(
    "record_unreadable",
    "Lines of {record} that can't be read: {count}. Should somebody have credentials that stood there, they are not "
    "revoked by name. Then begin with a new key: remove {key}, make all credentials anew, and start the server with "
    "the new configuration.",
)
SHORT = Message(
    "record_short",
    "More credentials were made than stand in {record}. Who has those that are missing there is not revoked by name. "
    "Bring a whole copy of it back and revoke again, or begin with a new key: remove {key}, make all credentials "
    "anew, and start the server with the new configuration.",
)
nats = CommandGroup("Identities on NATS: credentials, accounts, config, revoke.")

IDENTITY_HELP = "A service, tracker, auditor, operator, or member.UNIT"
NOT_IN_PAIRS = Refusal(
    "cluster_not_in_pairs", "--cluster is to be NAME=HOST:PORT, once for each server; not {given}."
)
TLS_HALVES = Refusal("tls_halves", "--tls-certificate, --tls-key and --tls-ca go together: give all of them or none.")
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
    name: Annotated[str, typer.Option(help="What the server is called.")] = Place.name,
    listen: Annotated[str, typer.Option(help="The address that the server listens on.")] = Place.listen,
    store: Annotated[str, typer.Option(help="The folder for its streams.")] = Place.store,
    monitor: Annotated[
        str,
        typer.Option(help="Where its monitoring is, which shows everybody the names of inboxes; none if not given."),
    ] = Place.monitor,
    cluster: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=HOST:PORT", help="One server of its cluster and where the others reach it; several."
        ),
    ] = None,
    leaves: Annotated[str, typer.Option(help="The address where it lets leaf nodes of units in.")] = "",
    leaf: Annotated[str, typer.Option(help="Make it a unit's leaf node of the hub at this address.")] = "",
    leaf_credentials: Annotated[str, typer.Option(help="The unit's .creds file, for --leaf.")] = "",
    tls_certificate: Annotated[str, typer.Option(help="The server's certificate: TLS for everybody.")] = "",
    tls_key: Annotated[str, typer.Option(help="The certificate's key.")] = "",
    tls_ca: Annotated[str, typer.Option(help="The authority's certificate, which vouches for the servers.")] = "",
    tls_verify: Annotated[bool, typer.Option("--tls-verify", help="Clients show a certificate too.")] = False,
    lang: LangOption = None,
) -> None:
    """Print nats-server's configuration with the locks; the keys are made where there are none."""
    settings, _ = console.begin(lang)
    tls = _tls((tls_certificate, tls_key, tls_ca), verified=tls_verify)
    place = Place(name, listen, store, tls, _named(cluster or ()), leaves, leaf, leaf_credentials, monitor)
    with console.refusals_are_wrong_use():
        place.check()
    provide_keys(settings.nats_keys_folder)
    console.write(configuration_of(place, settings.nats_keys_folder).encode())


def _named(cluster: Sequence[str]) -> Mapping[str, str]:
    pairs = {given: given.partition("=") for given in cluster}
    for given, (name, _, address) in pairs.items():
        if not (name and address):
            console.refuse(NOT_IN_PAIRS(given=given))
    return {name: address for name, _, address in pairs.values()}


def _tls(files: tuple[str, str, str], *, verified: bool) -> Tls | None:
    if any(files) and not all(files):
        console.refuse(TLS_HALVES())
    return Tls(*files, verified) if all(files) else None


@nats.command("revoke")
def revoke_identity(
    identity: Annotated[str, typer.Argument(help=IDENTITY_HELP)],
    congress: CongressOption = "",
    lang: LangOption = None,
) -> None:
    """Let nobody in any more with credentials of this identity that were made up to now; new ones can be made."""
    settings, language = _begin(lang, congress)
    folder, name = settings.nats_keys_folder, name_of(settings.congress, identity)
    withdrawn = revoke_all_of(folder, name, credentials_path(folder, settings.congress, identity))
    files = {"record": folder / ISSUED, "key": folder / "account.nk"}
    if withdrawn.unreadable:
        console.say(render(UNREADABLE.filled(count=withdrawn.unreadable, **files), language))
    elif withdrawn.is_short:
        console.say(render(SHORT.filled(**files), language))
    if not withdrawn.users:
        console.refuse(_nothing_issued(settings, identity))
    console.out.print(translate("{identity} is revoked.", language, identity=identity), soft_wrap=True)
    console.out.print(render(next_step(settings), language), soft_wrap=True)


def _nothing_issued(settings: Settings, identity: str) -> Refused:
    """Where credentials of an identity were made it can be revoked, even if today's settings don't know it."""
    if identity in (*identities(), STORE):
        return NOTHING_ISSUED(identity=identity, congress=settings.congress)
    names = (credentials.name.partition("/") for credentials in issued(settings.nats_keys_folder))
    known = dict.fromkeys((*identities(), *(name for congress, _, name in names if congress == settings.congress)))
    return NO_SUCH_IDENTITY(identity=identity, identities=", ".join(known))
