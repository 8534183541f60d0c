"""What every aggregate is made of: events that happened, commands that ask, and two pure functions.

`decide(command, state, actor) -> events` may refuse; `evolve(state, event) -> state` never does.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict

from shared.values.message import Message

EVENTS_AT_ONCE = 1000
"""One atomic batch of the broker holds this many messages."""


class Event(BaseModel):
    """A fact, in the past tense. `TYPE` is the name on the wire and in the ledger for ever."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    TYPE: ClassVar[str]


class Command(BaseModel):
    """A wish, in the imperative. `NAME` is the name on the wire; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    NAME: ClassVar[str]
    ENTITY: ClassVar[str]
    CONVERGES: ClassVar[bool] = False
    """Brings the aggregate to what others of the service demand. It is done again until nothing is left to do, for
    what the decision saw may have changed before the append."""

    LETTER_BY_LETTER: ClassVar[frozenset[str]] = frozenset()
    """Fields that name what is stored already: their text is not cleaned when the command comes in."""

    @property
    def entity_id(self) -> str:
        """The id of the aggregate that decides on this command."""
        raise LookupError(f"{self.NAME} addresses no single {self.ENTITY}")

    def check_given_at(self, happened: datetime) -> None:
        """Raises a refusal where this can't be asked at that time, such as a deadline that is over by then."""

    def parts(self) -> "Sequence[Command]":
        """The commands on single aggregates that this one stands for; they succeed or fail together."""
        return (self,)


type Key = tuple[str, str]
"""An aggregate of a service: its entity and its id; the id `*` stands for all of that entity."""


class Actor(NamedTuple):
    """Who acts: an authenticated position such as `logistics.lead`, and the unit it belongs to."""

    id: str
    unit: str

    @property
    def leads(self) -> bool:
        """Whether this is the unit's lead or a deputy, such as `logistics.lead` or `logistics.deputy-2`."""
        return re.match(rf"{re.escape(self.unit)}\.(lead|deputy)(?![^\W\d_])", self.id) is not None

    @property
    def is_policy(self) -> bool:
        """Whether the service itself acts, by a policy."""
        return self.id.startswith("policy.")


class Refused(Exception):
    """A command was understood and turned down; nothing changed."""

    def __init__(self, refusal: "Refusal", params: dict[str, object]) -> None:
        self.refusal = refusal
        self.message = refusal.filled(**params)
        super().__init__(str(self.message))

    @property
    def code(self) -> str:
        return self.message.code

    @property
    def params(self) -> Mapping[str, object]:
        return self.message.params


class Refusal(Message):
    """One way to say no."""

    def __call__(self, **params: object) -> Refused:
        return Refused(self, params)


@dataclass(frozen=True)
class Aggregate:
    """The four parts of an aggregate under the name its subjects and event types carry."""

    entity: str
    events: tuple[type[Event], ...]
    commands: tuple[type[Command], ...]
    evolve: Callable[[Any, Any], Any]
    decide: Callable[..., Sequence[Event]]
    reads: Callable[[Any, Any], Sequence[Key]] | None = None
    """Which other aggregates of the service a decision has to see, given the command and the state; `decide` gets
    their states as a fourth argument. They are seen, not guarded: they may change before the append."""
    internal: bool = False
    """Only policies give its commands; callers are told that there are none such."""

    def fold(self, events: Iterable[Event], state: Any = None) -> Any:
        """The state after `events`, starting from `state` (`None`: nothing happened yet)."""
        return reduce(self.evolve, events, state)
