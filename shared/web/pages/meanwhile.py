"""What others have recorded about the same thing since a form was made."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.eventstore.errors import Unavailable
from shared.web.pages.story import told_of
from shared.web.visit import Visit


class Meanwhile(NamedTuple):
    """`who` recorded last of all, and `when`; the sentences say everything."""

    who: str
    when: datetime
    sentences: list[str]


async def since_seen(visit: Visit, entity: str, entity_id: str, seen: int, command_id: UUID) -> Meanwhile | None:
    """What was recorded since the form was shown; nothing where this very form was recorded already."""
    touch = visit.views.touch(entity, entity_id)
    if touch is None or touch.sequence <= seen:
        return None
    try:
        rows = await visit.views.history(entity, entity_id)
    except Unavailable:
        return None  # giving the command will say so
    since = [row for row in rows if row["_id"] > seen]
    if any(row["causation_id"] == str(command_id) for row in since):
        return None
    own = (visit.actor.id, visit.actor.person)
    others = [row for row in since if (row["actor"], row.get("person", "")) != own]
    if not others:
        return None
    last = others[-1]
    when = datetime.fromisoformat(last["recorded"])
    return Meanwhile(last["actor"], when, [told_of(row, visit.lang) for row in others])
