"""The policy by which a unit moves the deadlines of its own tasks, once the sub-committee has confirmed new ones."""

from collections.abc import Sequence

from shared.domain.task.moving import MoveDeadline
from shared.events.congress import DeadlinesConfirmed
from shared.eventstore.envelope import Envelope
from shared.unit.policies import Policy
from shared.values.local_time import local_date
from shared.values.units import SUBCOMMITTEE


def move_confirmed_deadlines(unit: str) -> Policy:
    """A command for each task, so that one which can't be moved holds up no other."""

    def react(confirmed: DeadlinesConfirmed, envelope: Envelope) -> Sequence[MoveDeadline]:
        day = local_date(envelope.time)
        return tuple(
            MoveDeadline(
                task_id=move.task_id,
                replaces=move.replaces,
                deadline=move.deadline,
                opening_day=confirmed.opening_day,
                past_because=confirmed.past_because if move.deadline < day else None,
            )
            for move in confirmed.moves
            if move.unit == unit
        )

    return Policy("move-confirmed-deadlines", SUBCOMMITTEE, (DeadlinesConfirmed,), react)
