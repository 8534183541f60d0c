"""What is on record of the congress itself, for the headline of every report and for `daihoi congress show`."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from shared.events.congress import CONGRESS, Particulars
from shared.views.view import Document


class Changed(BaseModel):
    before: Any
    after: Any


class Amendment(BaseModel):
    """`changes` are by field."""

    at: datetime
    by: str
    reason: str
    changes: dict[str, Changed]


class Confirmation(BaseModel):
    """New deadlines for so many tasks, which follow from `opening_day`."""

    at: datetime
    by: str
    opening_day: date
    past_because: str | None = None
    tasks: int


class CongressOnRecord(Particulars):
    founded_at: datetime
    founded_by: str
    amendments: list[Amendment]
    confirmations: list[Confirmation]

    @property
    def opening_days(self) -> list[date]:
        """Every opening day that was ever on record, the one that holds last."""
        changes = [amendment.changes.get("opening_day") for amendment in self.amendments]
        earlier = [date.fromisoformat(change.before) for change in changes if change and change.before]
        return [*earlier, *([self.opening_day] if self.opening_day else [])]


def on_record(documents: Sequence[Document]) -> CongressOnRecord | None:
    """What the view `congress` says; nothing before the congress is put on record."""
    document = next((document for document in documents if document["_id"] == CONGRESS), None)
    return CongressOnRecord.model_validate(document) if document else None


def particulars_of(documents: Sequence[Document]) -> Particulars | None:
    """The same without its history."""
    recorded = on_record(documents)
    return Particulars.model_validate(recorded.model_dump()) if recorded else None
