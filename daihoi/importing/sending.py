"""Sending what an import comes to, batch by batch, to the sub-committee's service."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from daihoi.ops.session import Session
from daihoi.ops.waiting import Write
from shared.domain.decider import Actor, Refused
from shared.unit.problems import Problem, ProblemError
from shared.values.units import SUBCOMMITTEE


class Committed(NamedTuple):
    """How far the change got: a problem comes after the batches that are stored. `write` is that of all of them;
    `why_not_shown` says why the views don't show it."""

    batches: int
    stored: int
    events: int
    problem: Problem | None = None
    write: Write | None = None
    why_not_shown: Refused | None = None


async def send_batches(
    session: Session,
    command: str,
    batches: Sequence[tuple[UUID, dict[str, Any]]],
    actor: Actor,
    on_progress: Callable[[int], None],
) -> Committed:
    """Sends one command a batch, under its id; a batch that is refused ends it. `on_progress` is told how many events
    there are by then."""
    events, write = 0, None
    for number, (command_id, data) in enumerate(batches):
        token = session.token(actor)
        try:
            answer = await session.commands.send(SUBCOMMITTEE, command, data, token=token, command_id=command_id)
        except ProblemError as error:
            return Committed(len(batches), number, events, error.problem, write)
        events += len(answer.events)
        its_write = Write.of(session.settings.congress, SUBCOMMITTEE, answer)
        write = write.and_then(its_write) if write else its_write
        on_progress(events)
    return Committed(len(batches), len(batches), events, write=write)
