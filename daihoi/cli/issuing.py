"""Tokens, the issuer's keys that they are minted with, and the list of those that are refused."""

import math
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from daihoi.cli import console
from daihoi.cli.console import Format, FormatOption, LangOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.language import spoken
from daihoi.terminal.operation import keys_table
from shared.domain.decider import Actor, Refusal
from shared.i18n import translate
from shared.platform.files import OPEN_FILE, OPEN_FOLDER, OWN_FOLDER
from shared.platform.settings import Settings
from shared.unit.field_errors import MESSAGES
from shared.unit.issuer import held_private_key, issuer_private_key, provide_issuer_keys
from shared.unit.rotation import (
    IssuerKey,
    keys_here,
    make_next_key,
    minting_file,
    next_key_here,
    remove_key,
    rotate_keys,
)
from shared.unit.tokens import id_of, mint_token
from shared.values.text import Unclean, clean
from shared.values.units import AUDITOR, services

NO_HOURS = Refusal("no_hours", "--hours is a number of hours.")
NOT_A_NAME = Refusal("actor_not_a_name", "What --as names has {reason}.")
NO_ACTOR = Refusal("no_actor", "--as names UNIT.POSITION, and the unit is one of {units}; not {given}.")


LONGEST_HOURS = 24
keys = CommandGroup(
    "The issuer's keys: alone it makes the pair where there is none; list, next, rotate, remove.",
    no_args_is_help=False,
)
KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="The key's id, as the list has it.")]


def mint(settings: Settings, actor: str, lasting: timedelta, *, makes_keys: bool = True) -> str:
    """A bearer token. Ends the program where `actor` is no UNIT.POSITION. Raises `PlatformError` without a key."""
    try:
        actor = clean(actor)
    except Unclean as error:
        console.refuse(NOT_A_NAME(reason=MESSAGES[error.code]))
    unit, _, position = actor.partition(".")
    units = (*services(), AUDITOR)
    no_actor = NO_ACTOR(units=", ".join(units), given=actor)
    if unit not in units or not position:
        console.refuse(no_actor)
    key = issuer_private_key(settings) if makes_keys else held_private_key(settings)
    try:
        return mint_token(key, settings.congress, Actor(actor, unit), datetime.now(UTC), lasting)
    except ValueError:
        console.refuse(no_actor)


def token(
    actor: Annotated[str, typer.Option("--as", help="UNIT.POSITION: logistics.lead; auditor.… to read only")],
    hours: Annotated[float, typer.Option(min=0.01, max=LONGEST_HOURS, help="How long it is valid.")] = 1,
) -> None:
    """Mint a bearer token, on the machine that has the issuer's private key."""
    settings = console.read_settings()
    if math.isnan(hours):
        console.refuse(NO_HOURS())
    minted = mint(settings, actor, timedelta(hours=hours), makes_keys=False)
    console.out.print(minted, soft_wrap=True)
    if console.err.is_terminal:
        console.say(translate("Its id, should it have to be revoked: {token_id}", spoken(), token_id=id_of(minted)))


@keys.callback(invoke_without_command=True)
def make_keys(context: typer.Context) -> None:
    """The private half is for the directory's owner, the public half for everybody."""
    if context.invoked_subcommand:
        return
    settings = console.read_settings()
    provide_issuer_keys(settings)
    _hand_over(settings.issuer_private_key_path, settings.issuer_public_key_path)
    console.out.print(str(minting_file(settings)), soft_wrap=True)


@keys.command("list")
def list_keys(format: FormatOption = Format.TEXT, lang: LangOption = None) -> None:  # noqa: A002
    """The keys that tokens are checked with here, and which one mints."""
    settings, language = console.begin(lang)
    here = keys_here(settings)
    console.show(format, [_as_json(key) for key in here], lambda: keys_table(here, language))


def _as_json(key: IssuerKey) -> dict[str, object]:
    return {"key_id": key.key_id, "part": key.part.value, "files": [str(path) for path in key.files]}


@keys.command("next")
def next_key() -> None:
    """Make the key that will be next, and print its public half, which every service needs before it mints."""
    console.out.print(str(make_next_key(console.read_settings())), soft_wrap=True)


@keys.command("rotate")
def rotate(
    at_once: Annotated[
        bool,
        typer.Option("--at-once", help="With a new key that no service has yet, where the one that mints is stolen"),
    ] = False,
) -> None:
    """Mint with the next key from now on; what the last one has signed stays good until that one is removed."""
    settings = console.read_settings()
    waiting = next_key_here(settings) if at_once else ""
    key_id = rotate_keys(settings, at_once=at_once)
    console.out.print(key_id, soft_wrap=True)
    if waiting:
        console.say(
            translate(
                "The next key {key_id} may be stolen as well: it was removed here and mints nothing. Revoke it too, "
                "for services may have it.",
                spoken(),
                key_id=waiting,
            )
        )
    if at_once:
        console.say(
            translate(
                "Bring {path} to every service now: until it has that, it refuses what is minted here. Then revoke "
                "the stolen key: `daihoi revoke key`.",
                spoken(),
                path=settings.issuer_public_keys / f"{key_id}.pub",
            )
        )


@keys.command("remove")
def remove(key_id: KeyArgument) -> None:
    """Take a key away: here no token of it is good any more."""
    remove_key(console.read_settings(), key_id)


def _hand_over(private: Path, public: Path) -> None:
    """In a container another user makes the keys than the one who is to have them."""
    owner = private.parent.stat()
    with suppress(PermissionError):
        os.chown(private, owner.st_uid, owner.st_gid)
        if private.parent != public.parent:
            private.parent.chmod(OWN_FOLDER)
            public.parent.chmod(OPEN_FOLDER)
        public.chmod(OPEN_FILE)
