"""Tokens, the issuer's keys that they are minted with, and the list of those that are refused."""

import math
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from daihoi.cli import console
from daihoi.cli.console import Format, FormatOption, LangOption
from daihoi.cli.groups import CommandGroup
from daihoi.cli.language import spoken
from daihoi.cli.listed import is_listed, with_listed
from shared.domain.decider import Actor, Refusal, Refused
from shared.i18n import translate
from shared.platform.errors import PlatformError
from shared.platform.files import OPEN_FILE, OPEN_FOLDER, OWN_FOLDER
from shared.platform.settings import Settings
from shared.unit.field_errors import MESSAGES
from shared.unit.issuer import held_private_key, issuer_private_key, provide_issuer_keys
from shared.unit.rotation import (
    IssuerKey,
    coming_key,
    keys_here,
    make_next_key,
    minting_file,
    next_key_here,
    remove_key,
    rotate_keys,
)
from shared.unit.tokens import id_of, mint_token, position_of, unit_of
from shared.values.brief import brief_text
from shared.values.text import Unclean, clean
from shared.values.types import ID_PATTERN
from shared.values.units import READING, services

NO_HOURS = Refusal("no_hours", "--hours is a number of hours.")
NOT_A_NAME = Refusal("actor_not_a_name", "What --as names has {reason}.")
NO_ACTOR = Refusal("no_actor", "--as names UNIT.POSITION, and the unit is one of {units}; not {given}.")
NO_PERSON = Refusal(
    "no_person", "--person is the id of a person as the register has it, such as nguyen-van-a; not {given}."
)
NOT_EVERYWHERE = Refusal(
    "next_key_not_everywhere",
    "These services lack the next key {key_id}, and would refuse what is minted with it: {services}. Bring {path} to "
    "each, then rotate; where the key that mints is stolen, `daihoi keys rotate --at-once` waits for no service.",
)

NOBODY_NAMED = Refusal(
    "nobody_named",
    "Say who gives the command: --as UNIT.POSITION, or the same in DAIHOI_AS for all that follow, where the issuer's "
    "private key is; elsewhere a token in DAIHOI_TOKEN or DAIHOI_TOKEN_FILE.",
)
LONGEST_HOURS = 24
keys = CommandGroup(
    "The issuer's keys: alone it makes the pair where there is none; list, next, rotate, remove.",
    no_args_is_help=False,
)
KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="The key's id, as the list has it.")]


def bearer_of(settings: Settings, actor: str, lasting: timedelta) -> str:
    """The token of whoever gives a command: minted for `actor`, or else the one that the environment holds. Keys are
    made only where the servers are embedded: elsewhere a new pair would be good for nothing."""
    given = os.environ.get("DAIHOI_TOKEN", "").strip()
    if not actor and not given:
        console.refuse(NOBODY_NAMED())
    return mint(settings, actor, lasting, makes_keys=not settings.nats_url) if actor else given


def unit_that_gives(actor: str) -> str:
    """The unit of `actor`, or else of the token in the environment."""
    return actor.partition(".")[0] if actor else unit_of(os.environ.get("DAIHOI_TOKEN", "").strip())


def position_that_gives(actor: str) -> str:
    """`actor`, or else the position of the token in the environment."""
    return actor or position_of(os.environ.get("DAIHOI_TOKEN", "").strip())


def mint(settings: Settings, actor: str, lasting: timedelta, *, person: str = "", makes_keys: bool = True) -> str:
    """A bearer token, which may name the `person` who holds the position. Ends the program where `actor` is no
    UNIT.POSITION or `person` no id. Raises `PlatformError` without a key."""
    try:
        actor = clean(actor)
    except Unclean as error:
        console.refuse(NOT_A_NAME(reason=MESSAGES[error.code]))
    unit, _, position = actor.partition(".")
    if unit not in (*services(), *READING):
        is_listed(unit)
    if unit not in (*services(), *READING) or not position:
        console.refuse(_no_actor(actor))
    if person and not re.fullmatch(ID_PATTERN, person):
        console.refuse(NO_PERSON(given=brief_text(person)))
    key = issuer_private_key(settings) if makes_keys else held_private_key(settings)
    try:
        return mint_token(key, settings.congress, Actor(actor, unit, person), datetime.now(UTC), lasting)
    except ValueError:
        console.refuse(_no_actor(actor))


def _no_actor(given: str) -> Refused:
    return NO_ACTOR(units=", ".join((*with_listed(services()), *READING)), given=given)


def token(
    actor: Annotated[
        str, typer.Option("--as", help="UNIT.POSITION: logistics.lead; auditor.… or leaders.… to read only")
    ],
    hours: Annotated[float, typer.Option(min=0.01, max=LONGEST_HOURS, help="How long it is valid.")] = 1,
    person: Annotated[
        str, typer.Option(help="Who holds the position, by the id on the register; history names them.")
    ] = "",
) -> None:
    """Mint a bearer token, on the machine that has the issuer's private key."""
    settings = console.read_settings()
    if math.isnan(hours):
        console.refuse(NO_HOURS())
    minted = mint(settings, actor, timedelta(hours=hours), person=person, makes_keys=False)
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
    from daihoi.ops.keys_in_use import revoked_keys
    from daihoi.terminal.operation import keys_table

    settings, language = console.begin(lang)
    here, revoked = keys_here(settings), console.run(revoked_keys(settings))
    content = [_as_json(key, revoked) for key in here]
    console.show(format, content, lambda: keys_table(here, revoked or {}, language))
    if revoked is None:
        console.say(
            translate("Whether one of them is revoked is not known: the ledger can't be asked from here.", language)
        )


def _as_json(key: IssuerKey, revoked: Mapping[str, datetime] | None) -> dict[str, object]:
    """Without `revoked_since` where that is not known."""
    content: dict[str, object] = {
        "key_id": key.key_id,
        "part": key.part.value,
        "files": [str(path) for path in key.files],
    }
    if revoked is None:
        return content
    since = revoked.get(key.key_id)
    return content | {"revoked_since": since and since.isoformat()}


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
    were_asked = not at_once and _check_that_all_have(settings, coming_key(settings))
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
    if not (at_once or were_asked):
        console.say(
            translate(
                "No service was asked whether it has the key: NATS can't be asked from here. One that lacks it "
                "refuses what is minted now.",
                spoken(),
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


def _check_that_all_have(settings: Settings, key_id: str) -> bool:
    """Whether the services that run could be asked. Raises `PlatformError` where one of them lacks the key."""
    from daihoi.ops.keys_in_use import services_lacking

    lacking = console.run(services_lacking(settings, key_id)) if key_id else None
    if lacking:
        path = settings.issuer_public_keys / f"{key_id}.pub"
        raise PlatformError(NOT_EVERYWHERE(key_id=key_id, services=", ".join(lacking), path=path))
    return lacking is not None


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
