"""What every event is.

The names of types and fields are the stored format. An event holds what may ever have been written; what may enter is
bounded by the commands.
"""

from typing import Any, ClassVar, get_args

from pydantic import BaseModel, ConfigDict, Field


class Event(BaseModel):
    """A fact, in the past tense. `TYPE` is the name on the wire and in the ledger for ever; readers pass over fields
    that they don't know."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    TYPE: ClassVar[str]
    SENTENCE: ClassVar[str] = ""
    """What it says in the audit trail, of its fields and `{actor}`, `{id}`, `{title}`. Where it is empty, the table
    of sentences in the tracker has it."""


class Values(BaseModel):
    """Values that a correction gives or replaces: stored are those that it is about."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def if_corrected() -> Any:
    """A field of `Values`."""
    return Field(default=None, exclude_if=lambda value: value is None)


def entity_of(event: type[Event]) -> str:
    """The entity that an event is about, as its type names it."""
    return event.TYPE.split(".")[2]


def members(union: object) -> tuple[type[Event], ...]:
    """The events of a union, in its order."""
    return get_args(union)
