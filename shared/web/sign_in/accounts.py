"""Who may sign in. An account is named by the person's id on the register; no account is ever deleted."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

from nats.aio.client import Client
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.domain.decider import Refusal
from shared.eventstore.errors import Conflict
from shared.eventstore.names import accounts_bucket, is_name
from shared.eventstore.records import Record, Records
from shared.unit.tokens import checked_actor
from shared.values.code_lists import units_to_choose
from shared.values.types import EntityId, Name
from shared.values.units import AUDITOR, LEADERS, SUBCOMMITTEE, services

MOST_POSITIONS, MOST_OIDC_NAMES = 20, 10
LONGEST_OIDC_NAME = 200
FIRST_POSITION = f"{SUBCOMMITTEE}.lead"

ACCOUNT_EXISTS = Refusal("account_exists", "There is an account {account} already.")
ACCOUNT_NOT_FOUND = Refusal("account_not_found", "There is no account {account}.")
ACCOUNT_CHANGED = Refusal("account_changed", "Somebody else changed the account {account} meanwhile; look again.")
ACCOUNT_UNREADABLE = Refusal("account_unreadable", "The record of the account {account} can't be read.")
NOT_A_POSITION = Refusal(
    "not_a_position", "A position is UNIT.POSITION, and the unit is one of {units}; not {given}."
)
OIDC_NAMES = Refusal(
    "oidc_names", "At most {most} names of OpenID Connect are taken, each of at most {letters} letters."
)
OIDC_NAME_TAKEN = Refusal("oidc_name_taken", "The account {account} has the name {name} at the provider already.")
ACCOUNTS_NOT_EMPTY = Refusal("accounts_not_empty", "The first account was made already; sign in with it.")


def units_of_positions() -> tuple[str, ...]:
    """The units that somebody can act for, or read as: those too that have joined the congress whose names are in
    use since this process began."""
    listed = (unit.id for unit in units_to_choose())
    return (*dict.fromkeys((*services(), *listed)), LEADERS, AUDITOR)


def positions_to_give() -> tuple[str, ...]:
    """What is usually given; a unit may have others, which are its members'."""
    acting = (unit for unit in units_of_positions() if unit not in (LEADERS, AUDITOR))
    usual = (f"{unit}.{name}" for unit in acting for name in ("lead", "deputy", "member"))
    return (*usual, f"{LEADERS}.chair", f"{AUDITOR}.{AUDITOR}")


def checked_position(position: str) -> str:
    """Raises the refusal `not_a_position`."""
    unit, _, name = position.partition(".")
    try:
        actor = checked_actor(position, unit)
    except ValueError:
        actor = None
    if actor is None or not name or unit not in units_of_positions():
        raise NOT_A_POSITION(given=position[:100], units=", ".join(units_of_positions()))
    return actor.id


def checked_oidc_names(names: Iterable[str]) -> tuple[str, ...]:
    """Each once, without blanks around it. Raises the refusal `oidc_names`."""
    given = tuple(dict.fromkeys(filter(None, (name.strip() for name in names))))
    if len(given) > MOST_OIDC_NAMES or any(len(name) > LONGEST_OIDC_NAME for name in given):
        raise OIDC_NAMES(most=MOST_OIDC_NAMES, letters=LONGEST_OIDC_NAME)
    return given


def _as_position(position: str) -> str:
    """The text as a position, of a unit that this process need not know."""
    unit, _, name = position.partition(".")
    if not name:
        raise ValueError("a position is UNIT.POSITION")
    return checked_actor(position, unit).id


class Account(BaseModel):
    """`password` is an argon2id hash, none for those who sign in with OpenID Connect alone; `oidc_names` are what the
    provider may call them."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    id: EntityId
    name: Name
    positions: Annotated[
        tuple[Annotated[str, AfterValidator(_as_position)], ...], Field(max_length=MOST_POSITIONS)
    ] = ()
    password: Annotated[str, Field(max_length=1000)] | None = None
    oidc_names: Annotated[tuple[Name, ...], Field(max_length=MOST_OIDC_NAMES)] = ()
    active: bool = True
    must_change_password: bool = False
    changed_at: AwareDatetime

    @property
    def usable_positions(self) -> tuple[str, ...]:
        """The positions of an account in units that there are."""
        return tuple(each for each in self.positions if each.partition(".")[0] in units_of_positions())

    @property
    def may_sign_in(self) -> bool:
        return self.active and bool(self.usable_positions)


class Kept(NamedTuple):
    """An account, and what whoever changes it says that it has seen."""

    account: Account
    seen: int


class Accounts:
    """The accounts of a congress. Only the sub-committee's service and the operator may read and change them."""

    def __init__(
        self, connection: Client, congress: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._records = Records(connection, accounts_bucket(congress))
        self._now = now

    async def find(self, account: str) -> Kept | None:
        """Raises the refusal `account_unreadable`; `Unavailable`."""
        if not is_name(account):
            return None
        record = await self._records.read(account)
        return _kept(record) if record else None

    async def get(self, account: str) -> Kept:
        """The account that `find` finds. Raises the refusal `account_not_found`."""
        kept = await self.find(account)
        if kept is None:
            raise ACCOUNT_NOT_FOUND(account=account[:100])
        return kept

    async def all(self) -> list[Kept]:
        """All accounts, in the order of their ids. Raises as `find`."""
        return [_kept(record) for record in await self._records.all()]

    async def named_by_provider(self, name: str) -> Kept | None:
        """The one account that the provider calls `name`; none where there are several. Raises as `find`."""
        named = [kept for kept in await self.all() if name.casefold() in map(str.casefold, kept.account.oidc_names)]
        return named[0] if len(named) == 1 else None

    async def check_names_free(self, account: str, oidc_names: Iterable[str]) -> None:
        """A name that two accounts have lets neither in. Raises the refusal `oidc_name_taken`; as `find`."""
        by_name = {name.casefold(): name for name in oidc_names}
        for other in (kept.account for kept in await self.all() if by_name and kept.account.id != account):
            for name in by_name.keys() & set(map(str.casefold, other.oidc_names)):
                raise OIDC_NAME_TAKEN(account=other.id, name=by_name[name])

    async def are_there_none(self) -> bool:
        """Raises `Unavailable`."""
        return await self._records.is_empty()

    async def add(self, account: Account, *, first: bool = False) -> None:
        """Raises the refusal `account_exists`; of the `first` of all, `accounts_not_empty`; `Unavailable`."""
        try:
            if first:
                await self._records.put_first(account.id, self._body(account))
            else:
                await self._records.put(account.id, self._body(account), 0)
        except Conflict as error:
            raise (ACCOUNTS_NOT_EMPTY() if first else ACCOUNT_EXISTS(account=account.id)) from error

    async def change(self, kept: Kept, **changes: object) -> Kept:
        """The account with other values. Raises the refusal `account_changed`; `ValidationError`, `Unavailable`."""
        account = Account.model_validate(kept.account.model_dump() | changes)
        try:
            seen = await self._records.put(account.id, self._body(account), kept.seen)
        except Conflict as error:
            raise ACCOUNT_CHANGED(account=account.id) from error
        return Kept(account, seen)

    def _body(self, account: Account) -> bytes:
        return account.model_copy(update={"changed_at": self._now()}).model_dump_json().encode()


def _kept(record: Record) -> Kept:
    try:
        account = Account.model_validate_json(record.body)
    except ValidationError as error:
        raise ACCOUNT_UNREADABLE(account=record.key) from error
    if account.id != record.key:
        raise ACCOUNT_UNREADABLE(account=record.key)
    return Kept(account, record.sequence)
