"""The issuer's keys, and tokens minted with them."""

import math
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from daihoi.cli import console
from shared.domain.decider import Actor, Refusal
from shared.platform.files import OPEN_FILE, OPEN_FOLDER, OWN_FOLDER
from shared.platform.settings import Settings
from shared.unit.field_errors import MESSAGES
from shared.unit.issuer import issuer_private_key, provide_issuer_keys
from shared.unit.tokens import mint_token
from shared.values.text import Unclean, clean
from shared.values.units import AUDITOR, services

NO_HOURS = Refusal("no_hours", "--hours is a number of hours.")
NOT_A_NAME = Refusal("actor_not_a_name", "What --as names has {reason}.")
NO_ACTOR = Refusal("no_actor", "--as names UNIT.POSITION, and the unit is one of {units}; not {given}.")


def mint(settings: Settings, actor: str, lasting: timedelta) -> str:
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
    key = issuer_private_key(settings)
    try:
        return mint_token(key, settings.congress, Actor(actor, unit), datetime.now(UTC), lasting)
    except ValueError:
        console.refuse(no_actor)


def token(
    actor: Annotated[str, typer.Option("--as", help="UNIT.POSITION: logistics.lead; auditor.… to read only")],
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 31, help="How long it is valid.")] = 8,
) -> None:
    """Mint a bearer token with the local issuer key."""
    settings = console.read_settings()
    if math.isnan(hours):
        console.refuse(NO_HOURS())
    console.out.print(mint(settings, actor, timedelta(hours=hours)), soft_wrap=True)


def keys() -> None:
    """Make the issuer's key pair where there is none: the private half for the directory's owner, the public half
    for everybody."""
    settings = console.read_settings()
    provide_issuer_keys(settings)
    _hand_over(settings.issuer_private_key_path, settings.issuer_public_key_path)
    console.out.print(str(settings.issuer_public_key_path), soft_wrap=True)


def _hand_over(private: Path, public: Path) -> None:
    """In a container another user makes the keys than the one who is to have them."""
    owner = private.parent.stat()
    with suppress(PermissionError):
        os.chown(private, owner.st_uid, owner.st_gid)
        if private.parent != public.parent:
            private.parent.chmod(OWN_FOLDER)
            public.parent.chmod(OPEN_FOLDER)
        public.chmod(OPEN_FILE)
