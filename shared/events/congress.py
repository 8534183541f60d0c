"""What happens to the congress itself: put on record once, amended with a reason, and its deadlines moved after its
opening day."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from shared.events.base import Event
from shared.values.types import EntityId, Phrase, Text, Unit

CONGRESS = "congress"
"""The id of the one congress that a ledger is about."""


class LetterheadForm(StrEnum):
    """Whether its papers are laid out as the Party's or as the State's."""

    PARTY = "party"
    STATE = "state"


class Particulars(BaseModel):
    """What is on record of a congress; a yearly one has neither ordinal nor term. `issuer_code` is what its papers
    carry in their symbols, such as TB or TU; `language` is the one in which reports are printed where nobody names
    one."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    title: Text
    ordinal: str | None = None
    term: str | None = None
    issuing_body: Text
    issuer_code: str
    parent_body: Text | None = None
    place: Text | None = None
    opening_day: date | None = None
    closing_day: date | None = None
    form: str = LetterheadForm.PARTY.value
    time_zone: str = "Asia/Ho_Chi_Minh"
    language: str = "vi"


class CongressFounded(Event, Particulars):
    TYPE = "vn.daihoi.congress.founded.v1"
    SENTENCE = "{actor} put the congress on record: {title}"


class CongressAmended(Event, Particulars):
    """All that holds from now on, whether it has changed or not."""

    TYPE = "vn.daihoi.congress.amended.v1"
    SENTENCE = "{actor} amended the particulars of the congress: {reason}"
    reason: Phrase


class DeadlineMove(BaseModel):
    """A task of a unit: the deadline agreed for it when this was confirmed, and the one that holds from now on."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    unit: Unit
    task_id: EntityId
    replaces: date | None = None
    deadline: date


class DeadlinesConfirmed(Event):
    """Deadlines that follow from the opening day; the units move them. `past_because` says why some are over."""

    TYPE = "vn.daihoi.congress.deadlines-confirmed.v1"
    SENTENCE = "{actor} confirmed new deadlines that follow from the opening day {opening_day}"
    opening_day: date
    moves: tuple[DeadlineMove, ...]
    past_because: Phrase | None = None


CongressEvent = CongressFounded | CongressAmended | DeadlinesConfirmed
EVENTS: tuple[type[Event], ...] = (CongressFounded, CongressAmended, DeadlinesConfirmed)
