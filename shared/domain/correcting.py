"""Corrections on record: whoever recorded a wrong value, or who leads the unit, puts it right, with a reason.

Nothing is edited away. What was recorded stays in the stream; a correction is one more event, with the values before
and after. It may do only what a first recording may: every aggregate checks its rules on the corrected values too.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple, Protocol, Self

from pydantic import BaseModel, Field, model_validator

from shared.domain.decider import Actor, Command, Refusal
from shared.domain.ranks import Act
from shared.events.base import Event
from shared.values.field_names import field_words
from shared.values.local_time import local_date
from shared.values.types import Brief, Text

MOST_CORRECTIONS = 20
"""Of one aggregate."""


class BriefText(Text):
    """A title that a correction may give: all of them have to fit into one document."""

    vi: str = Field(min_length=1, max_length=1000)
    en: str = Field(default="", max_length=1000)


class Correction(Command):
    """Gives the right values of what is named in `VALUES`, one at least. Whose it is to give depends on who recorded
    them (`require_right`), so that any member may try."""

    VALUES: ClassVar[type[BaseModel]]
    reason: Brief

    @property
    def given(self) -> dict[str, Any]:
        values = {name: getattr(self, name, None) for name in self.VALUES.model_fields}
        return {name: _as_stored(value) for name, value in values.items() if value is not None}

    @model_validator(mode="after")
    def _something_is_corrected(self) -> Self:
        if not self.given:
            raise ValueError("nothing to correct is given")
        return self


def _as_stored(value: Any) -> Any:
    return Text(**value.model_dump()) if isinstance(value, BriefText) else value


class Noted(NamedTuple):
    """An event of the aggregate, who recorded it, and when it happened."""

    event: Event
    actor: str
    happened: datetime

    @property
    def day(self) -> date:
        return local_date(self.happened)


class Past(NamedTuple):
    """What a correction is decided on beside the state: everything noted so far, and when the correction happens.
    `is_dated`: somebody said when, and not a clock."""

    noted: Sequence[Noted] = ()
    happened: datetime | None = None
    is_dated: bool = False

    def latest(self, *events: type[Event]) -> Noted | None:
        """The last of these events."""
        return next((noted for noted in reversed(self.noted) if isinstance(noted.event, events)), None)


class Recording(Protocol):
    """Knows which events record what."""

    def says(self, event: Event, name: str) -> bool:
        """Whether `event` is about the field `name`."""


class Recorders(NamedTuple):
    """Which fields each event records."""

    by_type: Mapping[type[Event], Container[str]]
    entry: tuple[str, str] | None = None
    """The field that names one entry among several, and that entry's name: events on others record nothing of it."""

    def says(self, event: Event, name: str) -> bool:
        if self.entry and getattr(event, self.entry[0], None) != self.entry[1]:
            return False
        after = getattr(event, "after", None)
        if after is not None:
            return getattr(after, name, None) is not None
        return name in self.by_type.get(type(event), ())


NEVER_RECORDED = Refusal(
    "nothing_to_correct", "Nothing is on record yet of {fields} of {entity_id}, so there is nothing to correct."
)
NO_RIGHT_TO_CORRECT = Refusal(
    "no_right_to_correct",
    "{actor} can't correct {field} of {entity_id}; whoever recorded it does, or the unit's lead or a deputy.",
)
BEFORE_IT_WAS_RECORDED = Refusal(
    "correction_before_recording",
    "The correction can't have been made at {happened}: what it corrects dates from {recorded}.",
)
BEFORE_ITS_BEGINNING = Refusal(
    "day_before_beginning", "{field}: {day} is before {began}, when {entity_id} was put on record."
)
CORRECTIONS_FULL = Refusal("corrections_full", "{entity_id} has been corrected {most} times; that is the most.")


def wrong_values(command: Correction, held: Mapping[str, Any]) -> dict[str, Any]:
    """The values given that are other than what is `held`. Raises a refusal for what was never recorded, which is not
    held."""
    given = command.given
    if missing := [name for name in given if name not in held]:
        raise NEVER_RECORDED(fields=tuple(map(field_words, missing)), entity_id=command.entity_id)
    return {name: value for name, value in given.items() if value != held[name]}


def require_right(command: Correction, names: Iterable[str], actor: Actor, past: Past, recorders: Recording) -> None:
    """Raises a refusal for whoever neither recorded all of these values as they stand nor leads the unit, and for a
    correction from before one of them was."""
    for name in names:
        noted = next((noted for noted in reversed(past.noted) if recorders.says(noted.event, name)), None)
        if not actor.ranks_for(Act.DECIDE) and (noted is None or noted.actor != actor.id):
            raise NO_RIGHT_TO_CORRECT(actor=actor.id, field=field_words(name), entity_id=command.entity_id)
        if noted and past.is_dated and past.happened and past.happened < noted.happened:
            raise BEFORE_IT_WAS_RECORDED(happened=past.happened, recorded=noted.happened)


def require_after_beginning(command: Correction, past: Past) -> None:
    """Raises a refusal for a day of `HAPPENED` before the aggregate began."""
    began = past.noted[0].day if past.noted else None
    for name in sorted(command.HAPPENED & command.given.keys()):
        if began and (day := command.given[name]) < began:
            raise BEFORE_ITS_BEGINNING(field=field_words(name), day=day, began=began, entity_id=command.entity_id)


def require_room(command: Correction, corrections: int) -> None:
    if corrections >= MOST_CORRECTIONS:
        raise CORRECTIONS_FULL(entity_id=command.entity_id, most=MOST_CORRECTIONS)
