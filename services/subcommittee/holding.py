"""Who holds the positions of an organisation, from when to when, who acts in one for a time, and which deputises for
which. A part of the organisation (`organisation.py`), which says which positions there are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict

from shared.domain.decider import Command, Refusal, Refused, State
from shared.domain.paper import same
from shared.events import organisation as events
from shared.values.contact import Contact
from shared.values.types import Day, EntityId, Name, Phrase

MOST_HOLDINGS = 200
"""Who ever held or acted in a position of one organisation; nobody is struck off."""
MOST_DEPUTIES = 50


class Holdings(State):
    """For each position who holds it, who left it last, who acted in it last. `recorded` counts all there ever
    were."""

    holders: Mapping[str, events.PositionHeld] = {}
    left: Mapping[str, events.PositionVacated] = {}
    acting: Mapping[str, events.ActingAppointed] = {}
    deputies: Mapping[str, str] = {}
    recorded: int = 0

    def without(self, position: str) -> "Holdings":
        return self.but(deputies=_without(self.deputies, position))

    def renamed(self, position: str, name: str) -> "Holdings":
        """The same, with the position under its right name."""

        def right[Held: BaseModel](held: Mapping[str, Held]) -> Mapping[str, Held]:
            if position not in held:
                return held
            return {**_without(held, position), name: held[position].model_copy(update={"position": name})}

        deputies = {
            name if deputy == position else deputy: name if of == position else of
            for deputy, of in self.deputies.items()
        }
        return self.but(
            holders=right(self.holders), left=right(self.left), acting=right(self.acting), deputies=deputies
        )


def _without[Value](values: Mapping[str, Value], position: str) -> Mapping[str, Value]:
    return {name: value for name, value in values.items() if name != position}


def evolve(holdings: Holdings, event: events.HoldingEvent) -> Holdings:
    position = event.position
    match event:
        case events.PositionHeld():
            return holdings.but(holders={**holdings.holders, position: event}, recorded=holdings.recorded + 1)
        case events.PositionVacated():
            return holdings.but(holders=_without(holdings.holders, position), left={**holdings.left, position: event})
        case events.ActingAppointed():
            return holdings.but(acting={**holdings.acting, position: event}, recorded=holdings.recorded + 1)
        case events.DeputyNamed():
            return holdings.but(deputies={**holdings.deputies, position: event.deputises_for})
        case events.DeputyDismissed():
            return holdings.without(position)


class PositionCommand(Command):
    ENTITY = "organisation"
    ID = "organisation_id"
    organisation_id: EntityId
    position: Phrase


class Holder(PositionCommand):
    """Who it is. `person_id` tells namesakes apart; `contact` is where notices go, and only some may read it."""

    person: Name
    since: Day
    person_id: EntityId | None = None
    contact: Contact | None = None


class HoldPosition(Holder):
    """Records who holds a position that nobody holds, from which day on; or, of the same person and day, what else is
    known. `exclusive`: nobody holds it beside another position that is so too."""

    NAME = "hold-position"
    exclusive: bool = False


class HandOverPosition(Holder):
    """Records that a position passes from who holds it to somebody else, on one day."""

    NAME = "hand-over-position"
    exclusive: bool = False


class LeavePosition(PositionCommand):
    """Records the last day on which a position was held by who holds it."""

    NAME = "leave-position"
    until: Day


class ActForPosition(Holder):
    """Records who does the work of a position for a time, whoever holds it; of the same person and first day, until
    when after all."""

    NAME = "act-for-position"
    until: Day


class NameDeputy(PositionCommand):
    """Says which position of the organisation this one deputises for."""

    NAME = "name-deputy"
    deputises_for: Phrase


class DismissDeputy(PositionCommand):
    """Says that a position deputises for none any more."""

    NAME = "dismiss-deputy"


class HolderEntry(BaseModel):
    """Who holds a position, as a line of a register says it; `takes_over`: from who holds it up to that day."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    position: Phrase
    person: Name
    since: Day
    person_id: EntityId | None = None
    contact: Contact | None = None
    exclusive: bool = False
    takes_over: bool = False

    def on(self, organisation_id: str) -> HoldPosition | HandOverPosition:
        command = HandOverPosition if self.takes_over else HoldPosition
        return command(organisation_id=organisation_id, **self.model_dump(exclude={"takes_over"}))


class DeputyEntry(BaseModel):
    """Which position deputises for which, as a line of a register says it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    position: Phrase
    deputises_for: Phrase

    def on(self, organisation_id: str) -> NameDeputy:
        return NameDeputy(organisation_id=organisation_id, **self.model_dump())


Wish = HoldPosition | HandOverPosition | LeavePosition | ActForPosition | NameDeputy | DismissDeputy

NO_POSITION = Refusal(
    "position_not_found", "Organisation {organisation_id} has no position {position}; add it first."
)
ALREADY_HELD = Refusal(
    "position_already_held",
    "{person} holds the position {position} since {since}; hand it over, or record first when it was left.",
)
NOT_HELD = Refusal("position_not_held", "Nobody holds the position {position} of organisation {organisation_id}.")
HELD_BY_ANOTHER = Refusal(
    "position_held_until", "{person} held the position {position} until {until}; nobody else can from {since} on."
)
DAYS_REVERSED = Refusal("position_days_reversed", "{until} is before {since}, when {person} began.")
HOLDS_ANOTHER = Refusal(
    "person_holds_another_position",
    "{person} already holds the position {position} of organisation {organisation_id}, and neither may be held "
    "beside another. Where these are two people, give each a person_id.",
)
ACTED_FOR = Refusal("position_acted_for", "{person} acts in the position {position} until {until}.")
ITS_OWN_DEPUTY = Refusal(
    "deputies_in_a_circle", "{position} can't deputise for {deputises_for}: the two would deputise for each other."
)
OF_ITSELF = Refusal("deputies_in_a_circle", "The position {position} can't deputise for itself.")
HOLDINGS_FULL = Refusal(
    "organisation_holdings_full",
    "Organisation {organisation_id} has had {most} holders of its positions; it can't have more. Register it again "
    "under a new id.",
)
DEPUTIES_FULL = Refusal(
    "organisation_deputies_full", "Organisation {organisation_id} has {most} deputies; it can't have more."
)


def decide(command: Wish, holdings: Holdings, everywhere: Mapping[str, Holdings]) -> Sequence[events.HoldingEvent]:
    """`command` names positions as the register has them. `everywhere`: the holdings of all organisations by id, as
    far as the decision needs them."""
    match command:
        case HoldPosition():
            return _hold(command, holdings, everywhere)
        case HandOverPosition():
            return _hand_over(command, holdings, everywhere)
        case LeavePosition():
            return _leave(command, holdings)
        case ActForPosition():
            return _act(command, holdings)
        case NameDeputy():
            return _name_deputy(command, holdings)
        case DismissDeputy():
            dismissed = events.DeputyDismissed(position=command.position)
            return (dismissed,) if command.position in holdings.deputies else ()


def _hold(
    command: HoldPosition, holdings: Holdings, everywhere: Mapping[str, Holdings]
) -> Sequence[events.HoldingEvent]:
    held = events.PositionHeld(**command.content())
    holder = holdings.holders.get(command.position)
    if holder == held:
        return ()
    if holder and not (_are_one(holder, command) and holder.since == command.since):
        raise ALREADY_HELD(person=holder.person, position=command.position, since=holder.since)
    left = holdings.left.get(command.position)
    if left and left.until > command.since:
        raise HELD_BY_ANOTHER(**left.model_dump(), since=command.since)
    _check_room(command, holdings)
    check_exclusive(command, everywhere)
    return (held,)


def _hand_over(
    command: HandOverPosition, holdings: Holdings, everywhere: Mapping[str, Holdings]
) -> Sequence[events.HoldingEvent]:
    held = events.PositionHeld(**command.content())
    holder = holdings.holders.get(command.position)
    if holder == held:
        return ()
    if holder is None:
        raise NOT_HELD(position=command.position, organisation_id=command.organisation_id)
    if _are_one(holder, command):
        raise ALREADY_HELD(person=holder.person, position=command.position, since=holder.since)
    _check_room(command, holdings)
    check_exclusive(command, everywhere)
    return (_left(holder, command.since), held)


def _leave(command: LeavePosition, holdings: Holdings) -> Sequence[events.HoldingEvent]:
    holder = holdings.holders.get(command.position)
    if holder:
        return (_left(holder, command.until),)
    left = holdings.left.get(command.position)
    if left and left.until == command.until:
        return ()
    raise NOT_HELD(position=command.position, organisation_id=command.organisation_id)


def _left(holder: events.PositionHeld, until: date) -> events.PositionVacated:
    if until < holder.since:
        raise _reversed(holder.person, holder.since, until)
    return events.PositionVacated(position=holder.position, person=holder.person, until=until)


def _reversed(person: str, since: date, until: date) -> Refused:
    return DAYS_REVERSED(person=person, since=since, until=until)


def _act(command: ActForPosition, holdings: Holdings) -> Sequence[events.HoldingEvent]:
    acted = events.ActingAppointed(**command.content())
    last = holdings.acting.get(command.position)
    if last == acted:
        return ()
    if command.until < command.since:
        raise _reversed(command.person, command.since, command.until)
    is_still_the_same = last and _are_one(last, command) and last.since == command.since
    if last and not is_still_the_same and last.until >= command.since:
        raise ACTED_FOR(person=last.person, position=command.position, until=last.until)
    _check_room(command, holdings)
    return (acted,)


def _name_deputy(command: NameDeputy, holdings: Holdings) -> Sequence[events.HoldingEvent]:
    if holdings.deputies.get(command.position) == command.deputises_for:
        return ()
    if command.position == command.deputises_for:
        raise OF_ITSELF(position=command.position)
    if command.position in chain_above(command.deputises_for, holdings.deputies):
        raise ITS_OWN_DEPUTY(position=command.position, deputises_for=command.deputises_for)
    if command.position not in holdings.deputies and len(holdings.deputies) >= MOST_DEPUTIES:
        raise DEPUTIES_FULL(organisation_id=command.organisation_id, most=MOST_DEPUTIES)
    return (events.DeputyNamed(position=command.position, deputises_for=command.deputises_for),)


def chain_above(position: str, deputies: Mapping[str, str]) -> Iterator[str]:
    """The position, whom it deputises for, whom that one deputises for: none twice, for no circle was let in."""
    above: str | None = position
    while above is not None:
        yield above
        above = deputies.get(above)


def _check_room(command: Holder, holdings: Holdings) -> None:
    if holdings.recorded >= MOST_HOLDINGS:
        raise HOLDINGS_FULL(organisation_id=command.organisation_id, most=MOST_HOLDINGS)


def check_exclusive(command: HoldPosition | HandOverPosition, everywhere: Mapping[str, Holdings]) -> None:
    """Raises a refusal where the same person holds another position and both are exclusive."""
    if not command.exclusive:
        return
    for organisation_id, holdings in everywhere.items():
        for position, holding in holdings.holders.items():
            is_another = (organisation_id, position) != (command.organisation_id, command.position)
            if is_another and holding.exclusive and _are_one(holding, command):
                raise HOLDS_ANOTHER(person=command.person, position=position, organisation_id=organisation_id)


def _are_one(held: events.PositionHeld | events.ActingAppointed, command: Holder) -> bool:
    """Whether two are one person: by their ids where both have one, otherwise by their names however these are
    spelled."""
    if held.person_id and command.person_id:
        return held.person_id == command.person_id
    return same(held.person) == same(command.person)
