"""What every aggregate is made of: events that happened, commands that ask for something, and two pure functions.

`decide(command, state, actor) -> events` may refuse; `evolve(state, event) -> state` never does.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any, ClassVar, NamedTuple, Self, get_args

from pydantic import BaseModel, ConfigDict

from shared.domain.ranks import BY_RANK, Act, Rank
from shared.events.base import Event, entity_of
from shared.values.field_names import field_words
from shared.values.local_time import local_date
from shared.values.message import Message

EVENTS_AT_ONCE = 1000
"""The most messages that the broker takes in one atomic batch."""


class Command(BaseModel):
    """A wish, in the imperative. `NAME` is the name on the wire; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    NAME: ClassVar[str]
    ENTITY: ClassVar[str]
    CONVERGES: ClassVar[bool] = False
    """Brings the aggregate to what others of the service demand. It is done again until nothing is left to do, for
    what the decision saw may have changed before the append. As a part of another command it is an effect: it never
    turns that down, and does not happen before what it was decided on."""

    LETTER_BY_LETTER: ClassVar[frozenset[str]] = frozenset()
    """Fields that quote something stored: their text is compared letter by letter, so it is not cleaned."""

    ID: ClassVar[str] = ""
    """The field that holds the id of the aggregate."""

    @property
    def entity_id(self) -> str:
        """The id of the aggregate that decides on this command. Raises `LookupError` where there is no single one."""
        if not self.ID:
            raise LookupError(f"{self.NAME} addresses no single {self.ENTITY}")
        return str(getattr(self, self.ID))

    def content(self) -> dict[str, Any]:
        """All of its fields but the id."""
        return self.model_dump(exclude={self.ID})

    GIVEN_BY: ClassVar[Act] = Act.RECORD
    """What it takes to give it, whatever the state: the decider goes by it (`require_rank`), and so do pages. Where
    that depends on the state, as with corrections of what somebody else recorded, it is `RECORD`, and the decider
    refuses by itself."""

    DEADLINE: ClassVar[str] = ""
    """The field that holds a deadline. One that is over on the day it is given needs a reason, in the field
    `past_because`; it is kept."""

    HAPPENED: ClassVar[frozenset[str]] = frozenset()
    """The fields that hold a day or an instant at which something did happen, so that it can't be still to come."""

    def check_given_at(self, happened: datetime) -> None:
        """Raises a refusal for a deadline before the local day of `happened` that comes without a reason, and for
        what is said to have happened and is still to come."""
        deadline: date | None = getattr(self, self.DEADLINE, None)
        day = local_date(happened)
        if deadline is not None and deadline < day and getattr(self, "past_because", None) is None:
            raise DEADLINE_IN_THE_PAST(deadline=deadline, day=day)
        for name in sorted(self.HAPPENED):
            check_has_come(name, getattr(self, name, None), happened)

    def parts(self) -> "Sequence[Command]":
        """The commands on single aggregates that this one stands for; they succeed or fail together."""
        return (self,)


class State(BaseModel):
    """What the events of one aggregate come to."""

    model_config = ConfigDict(frozen=True)

    def but(self, **changes: object) -> Self:
        return self.model_copy(update=changes)


type Key = tuple[str, str]
"""An aggregate of a service: its entity and its id; the id `*` stands for all of that entity."""


_DEPUTY = re.compile(r"deputy(-[1-9][0-9]*)?")


class Actor(NamedTuple):
    """Who acts: an authenticated position such as `logistics.lead`, and the unit it belongs to. `person` is the id on
    the register of whoever holds it; empty where nobody is named. No decision depends on it."""

    id: str
    unit: str
    person: str = ""

    @property
    def rank(self) -> Rank:
        """In its unit: `logistics.lead`, `logistics.deputy`. Where there are several deputies they are numbered, as
        in `logistics.deputy-2`; who works for one of them, such as `logistics.lead-secretary`, is a member."""
        unit, _, position = self.id.partition(".")
        if unit == self.unit and position == "lead":
            return Rank.LEAD
        if unit == self.unit and _DEPUTY.fullmatch(position):
            return Rank.DEPUTY
        return Rank.MEMBER

    def ranks_for(self, act: Act) -> bool:
        """Whether a command that takes this may be given in this position, or by this policy."""
        return self.is_policy if act is Act.FOLLOW else act in BY_RANK[self.rank]

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


class RankRefusal(Refusal):
    """No to whoever gives a command that is not theirs to give (`Command.GIVEN_BY`); it names the `actor`."""


def require_rank(command: Command | type[Command], actor: Actor, otherwise: RankRefusal) -> None:
    """Raises `otherwise` where the command is not this actor's to give."""
    if not actor.ranks_for(command.GIVEN_BY):
        raise otherwise(actor=actor.id)


DEADLINE_IN_THE_PAST = Refusal(
    "deadline_in_the_past",
    "The deadline {deadline} was over by {day}; say in past_because why it is set all the same.",
)


STILL_TO_COME = Refusal("day_to_come", "{field}: {day} is still to come; nothing can have happened then.")
CLOCK_SKEW = timedelta(minutes=5)
"""How far the clock of whoever says an instant may be ahead."""


def check_has_come(field: str, when: date | datetime | None, now: datetime) -> None:
    """Raises a refusal for a day after that of `now`, or for an instant after it. `None`: nobody says when."""
    if isinstance(when, datetime):
        is_to_come = when > now + CLOCK_SKEW
    else:
        is_to_come = when is not None and when > local_date(now)
    if is_to_come:
        raise STILL_TO_COME(field=field_words(field), day=when)


def once[E: Event](event: E, recorded: E | None, otherwise: Refused) -> Sequence[E]:
    """`event`, or nothing where it is on record already. Raises `otherwise` where another one is."""
    if recorded is None:
        return (event,)
    if recorded == event:
        return ()
    raise otherwise


def latest[E: Event](_: E | None, event: E) -> E:
    """Evolves an aggregate of which the last event says all."""
    return event


def commands_of(union: object) -> tuple[type[Command], ...]:
    """The commands of a union, in its order."""
    return get_args(union)


def begun[S: State](state: S | None, event: Event) -> S:
    """`state`. Raises `LookupError` where there is none yet that `event` could have happened to."""
    if state is None:
        raise LookupError(f"{event.TYPE} before its beginning")
    return state


def _corrects_nothing(*_: object) -> Sequence[Event]:
    return ()


@dataclass(frozen=True)
class Aggregate:
    """An aggregate's events, commands and functions."""

    events: tuple[type[Event], ...]
    commands: tuple[type[Command], ...]
    evolve: Callable[[Any, Any], Any]
    decide: Callable[..., Sequence[Event]]
    reads: Callable[[Any, Any], Sequence[Key]] | None = None
    """Names the other aggregates of the service that a decision depends on, given the command and the state.
    `decide` gets their states as a fourth argument; nothing keeps them from changing before the append, unless
    `holds_while_nothing_else_is_written`."""
    correct: Callable[..., Sequence[Event]] = _corrects_nothing
    """Decides on corrections (`shared.domain.correcting`): command, state, actor, what was noted so far and by whom,
    and the states that `reads` names."""
    reads_then: Callable[[Any, Any, Mapping[Key, Any]], Sequence[Key]] | None = None
    """Names further ones, given also what `reads` had read: those that only their states lead to."""
    internal: bool = False
    """Only policies give its commands; to callers they don't exist."""
    for_reference: bool = False
    """What is looked up here, such as which entries a list has, may have been written down after what is decided with
    it has happened."""
    holds_while_nothing_else_is_written: bool = False
    """Its events are stored only if nothing at all was written to the service's stream since `reads` was followed;
    otherwise the command is decided afresh. For decisions that must not contradict each other though none of them
    writes to what the other one reads. Where nothing is read, only the aggregate itself has to be as it was."""

    @property
    def public_commands(self) -> tuple[type[Command], ...]:
        """The commands that callers may give."""
        return () if self.internal else self.commands

    @property
    def entity(self) -> str:
        """The name that its subjects and event types carry."""
        return entity_of(self.events[0])

    def fold(self, events: Iterable[Event], state: Any = None) -> Any:
        """The state after `events`, starting from `state` (`None`: nothing happened yet)."""
        return reduce(self.evolve, events, state)
