"""A continuing duty is handed out to a locality."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.events.base import Event
from shared.values.code_lists import CodeList, ids_of
from shared.values.types import EntityId, Group, Phase, Phrase, Text, Unit, Vnd

DUTY_GROUP = Group(
    number=99, name=Text(vi="Nhiệm vụ thường xuyên của các địa phương", en="Continuing duties of the localities")
)
"""The group of every duty's task; the catalogue's own groups have small numbers."""


class DutyHandedOut(Event):
    """Carries the locality's name and who answers for it there, so that the unit needs nothing else to open its
    task."""

    TYPE = "vn.daihoi.duty.handed-out.v1"
    unit: Unit
    duty: Annotated[str, Field(examples=list(ids_of(CodeList.DUTIES)))]
    phase: Phase
    locality: EntityId
    locality_name: Text
    responsible: Phrase
    title: Text
    planned_vnd: Vnd
    deadline: date | None = None
    directive_id: EntityId | None = None
    past_because: Phrase | None = None


EVENTS = (DutyHandedOut,)
