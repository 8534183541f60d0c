"""What comes with every form beside the fields of its command."""

from datetime import datetime
from uuid import UUID, uuid4

from starlette.datastructures import FormData

from shared.domain.decider import Refused
from shared.entering.typed import INSTANT
from shared.web.visit import Visit

HAPPENED = "happened"
SEEN = "seen"
COMMAND_ID = "command_id"
LONGEST_INSTANT = 60

MORE, CONFIRMED = "more", "confirmed"
"""What buttons of a form say: one more row; do what was shown."""


def command_id_in(fields: FormData) -> UUID:
    """A new one where the form has none that is one."""
    try:
        return UUID(str(fields.get(COMMAND_ID, "")))
    except ValueError:
        return uuid4()


def typed_in(fields: FormData) -> dict[str, list[str]]:
    """Every text by its name; files are no texts."""
    typed: dict[str, list[str]] = {}
    for name, value in fields.multi_items():
        if isinstance(value, str):
            typed.setdefault(name, []).append(value)
    return typed


def happened_in(text: str, visit: Visit) -> tuple[datetime | None, str]:
    """When it happened, as it was typed, or why that can't be read."""
    text = text.strip()
    if not text:
        return None, ""
    if len(text) > LONGEST_INSTANT:
        return None, visit.t("This is too long.")
    try:
        return datetime.fromisoformat(INSTANT.read(text, {})), ""
    except Refused as refused:
        return None, visit.say(refused.message)
    except ValueError:
        return None, visit.t("This is no instant.")


def seen_in(fields: FormData) -> int | None:
    """The last event that whoever made the form had seen; nothing where it does not say."""
    seen = str(fields.get(SEEN, ""))
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) <= 18 else None
