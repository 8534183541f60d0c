"""What a caller sends, and what may stand in it whatever the command: its id, and when it happened."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticKnownError

from shared.domain import decider
from shared.domain.decider import Actor, Command
from shared.i18n import format_minute
from shared.unit.problems import IN_THE_FUTURE, OUT_OF_TIME
from shared.values.types import EARLIEST, LATEST

CLOCK_SKEW = decider.CLOCK_SKEW
FINGERPRINT_CHARACTERS = 32
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:[\d:.+\-Zz]{2,40}")
_SECONDS_IN_OFFSET = re.compile(r"[+-]\d\d:\d\d:\d\d(\.\d+)?\Z")


def _text(value: object) -> object:
    """Numbers are no instants and no ids, whatever they could stand for."""
    if isinstance(value, (str, datetime, UUID)) or value is None:
        return value
    raise PydanticKnownError("string_type")


def _as_written(value: object) -> object:
    """Local time before 1911 was 7 h 6 min 30 s ahead, and such offsets come back."""
    if not isinstance(value, str):
        return value
    try:
        if _WRITTEN.fullmatch(value):
            return datetime.fromisoformat(value) if _SECONDS_IN_OFFSET.search(value) else value
    except ValueError:
        pass
    raise PydanticKnownError("datetime_parsing", {"error": "no instant in ISO 8601"})


def _in_whole_minutes(happened: datetime) -> datetime:
    """The same instant. An event's time is stored with an offset of hours and minutes."""
    offset = happened.utcoffset()
    if offset is None or not offset % timedelta(minutes=1):
        return happened
    try:
        return happened.astimezone(timezone(timedelta(hours=7)))
    except OverflowError:
        return happened.replace(tzinfo=UTC)  # out of range by centuries either way


class CommandRequest(BaseModel):
    """What a caller sends. `happened` is for work that is put on record later; it defaults to now."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    command_id: Annotated[UUID, BeforeValidator(_text)]
    data: dict[str, Any]
    happened: Annotated[
        AwareDatetime | None,
        AfterValidator(lambda happened: happened and _in_whole_minutes(happened)),
        BeforeValidator(_as_written),
        BeforeValidator(_text),
    ] = None


def check_happened(happened: datetime, now: datetime) -> None:
    """Raises a refusal where nothing that is recorded now can have happened then; instants count, not days."""
    if happened > now + CLOCK_SKEW:
        raise IN_THE_FUTURE(happened=format_minute(happened))
    if not EARLIEST <= happened < LATEST:
        raise OUT_OF_TIME(happened=format_minute(happened))


def fingerprint_of(command: Command, request: CommandRequest, actor: Actor) -> str:
    """The same for the same wish of the same actor, however it was written; another for any other."""
    happened = request.happened.astimezone(UTC).isoformat() if request.happened else None
    wish = [command.NAME, actor.id, happened, command.model_dump(mode="json", exclude_defaults=True)]
    canonical = json.dumps(wish, sort_keys=True).encode()
    return hashlib.sha256(canonical).hexdigest()[:FINGERPRINT_CHARACTERS]
