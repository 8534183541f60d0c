"""Corrections of who holds a position, and since when. A part of the organisation (`organisation.py`): what nobody
may record of a holder, as `holding.py` has it, is not to be had by a correction either."""

from collections.abc import Mapping

from services.subcommittee.holding import (
    HELD_BY_ANOTHER,
    NOT_HELD,
    Holdings,
    HoldPosition,
    PositionCommand,
    check_exclusive,
)
from shared.domain.correcting import Correction, Past, Recorders, require_right, wrong_values
from shared.domain.decider import Actor, check_has_come
from shared.events import organisation as events
from shared.values.local_time import local_date
from shared.values.types import Day, Name


class CorrectHolder(PositionCommand, Correction):
    """Puts right the name of who holds a position now, or the day since when. Who left it, and who acted in it, is
    said anew."""

    NAME = "correct-holder"
    VALUES = events.HolderValues
    person: Name | None = None
    since: Day | None = None


def evolve(holdings: Holdings, event: events.HolderCorrected) -> Holdings:
    """Who no longer holds the position is left alone."""
    holder = holdings.holders.get(event.position)
    if holder is None:
        return holdings
    after = {name: value for name, value in event.after if value is not None}
    return holdings.but(holders={**holdings.holders, event.position: holder.model_copy(update=after)})


def correct(
    command: CorrectHolder, holdings: Holdings, everywhere: Mapping[str, Holdings], actor: Actor, past: Past
) -> events.HolderCorrected | None:
    """`command` names the position as the register has it. Nothing where all of it is so already."""
    holder = holdings.holders.get(command.position)
    if holder is None:
        raise NOT_HELD(position=command.position, organisation_id=command.organisation_id)
    held = dict(holder)
    wrong = wrong_values(command, held)
    if not wrong:
        return None
    fields = tuple(events.HolderValues.model_fields)
    require_right(
        command, wrong, actor, past, Recorders({events.PositionHeld: fields}, ("position", holder.position))
    )
    if past.happened and holder.since <= local_date(past.happened):  # who holds it has begun to
        check_has_come("since", wrong.get("since"), past.happened)
    right = HoldPosition(organisation_id=command.organisation_id, **held | wrong)
    left = holdings.left.get(command.position)
    if left and left.until > right.since:
        raise HELD_BY_ANOTHER(**left.model_dump(), since=right.since)
    check_exclusive(right, everywhere)
    return events.HolderCorrected(
        position=command.position,
        before=events.HolderValues(**{name: held[name] for name in wrong}),
        after=events.HolderValues(**wrong),
        reason=command.reason,
    )
