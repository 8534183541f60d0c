"""Accounts for the positions of the sample congress, so that its pages can be looked at without making any."""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from nats.aio.client import Client

from shared.i18n import title_of_position
from shared.platform.files import OWN_FILE, write_new
from shared.platform.settings import Settings
from shared.web.sign_in.accounts import Account, Accounts
from shared.web.sign_in.passwords import Passwords
from shared.web.sign_in.setup_code import remove_setup_code

POSITIONS = (
    "subcommittee.lead",
    "propaganda.lead",
    "logistics.lead",
    "logistics.deputy",
    "logistics.member",
    "security.lead",
    "leaders.chair",
    "auditor.auditor",
)
PASSWORD_BYTES = 9
LARGEST = 100


class SignIns(NamedTuple):
    """Accounts, each with its position, that have the one password."""

    accounts: dict[str, str]
    password: str


def sign_ins_path(settings: Settings) -> Path:
    """What holds the password of the sample's accounts."""
    return settings.data_dir / "sample-sign-ins"


def account_of(position: str) -> str:
    return position.replace(".", "-")


async def provide_sign_ins(connection: Client, settings: Settings) -> None:
    """Makes the accounts of an embedded server that has none, and those that are lacking since it was broken off.
    Raises a refusal of accounts, `Unavailable`, `OSError`."""
    accounts, path = Accounts(connection, settings.congress), sign_ins_path(settings)
    there = {kept.account.id for kept in await accounts.all()}
    if settings.nats_url or (there and not path.exists()):
        return
    write_new(path, secrets.token_urlsafe(PASSWORD_BYTES).encode(), OWN_FILE)
    lacking = [position for position in POSITIONS if account_of(position) not in there]
    password = await Passwords().hash(_password(settings)) if lacking else None
    for position in lacking:
        title = title_of_position(position, settings.lang)
        made = Account(
            id=account_of(position),
            name=title,
            positions=(position,),
            password=password,
            changed_at=datetime.now(UTC),
        )
        await accounts.add(made)
    remove_setup_code(settings)


async def sign_ins(connection: Client, settings: Settings) -> SignIns | None:
    """The accounts of the sample that can be used as they were made; nothing where there is none. Raises
    `Unavailable`."""
    if settings.nats_url or not (password := _password(settings)):
        return None
    there = {kept.account.id: kept.account for kept in await Accounts(connection, settings.congress).all()}
    hashes = {each.password for each in there.values() if each.password}
    comparing = Passwords()
    right = {hashed for hashed in hashes if await comparing.is_right(password, hashed)}
    usable = {
        account: position
        for account, position in ((account_of(position), position) for position in POSITIONS)
        if account in there and there[account].active and there[account].password in right
    }
    return SignIns(usable, password) if usable else None


def _password(settings: Settings) -> str:
    """Empty where there is none."""
    try:
        return sign_ins_path(settings).read_text("ascii")[:LARGEST].strip()
    except (OSError, UnicodeDecodeError):
        return ""
