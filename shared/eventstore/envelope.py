"""The envelope of every event: CloudEvents 1.0, structured JSON (NATS protocol binding 1.0).

`time` is when it happened; when it was recorded is the broker's to say. Extension attributes: `actor`,
`correlationid` (one for a whole chain of causes), `causationid` (the command's id, or the event's that led to it),
`fingerprint` (of what the command asked, on its first event in each aggregate; absent on what policies led to),
`person` (the id on the register of who held the position `actor`; absent where nobody was named).
"""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

import msgspec
from msgspec import Meta
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from shared.domain.decider import Actor
from shared.events.base import Event
from shared.eventstore.errors import Undecodable
from shared.eventstore.names import service_stream
from shared.values.types import ID_LENGTH, ID_PATTERN
from shared.values.units import may_write

MOST_INTEGER = 2**63 - 1

type Id = Annotated[str, Meta(min_length=36, max_length=36, extra_json_schema={"format": "uuid"})]
"""A UUID as text. Those who only pass it on, and they read millions, need not take it apart."""
type PersonId = Annotated[str, Meta(min_length=1, max_length=ID_LENGTH, extra_json_schema={"pattern": ID_PATTERN})]
"""As `Id`: `check_ids` takes it apart."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    specversion: Literal["1.0"]
    id: Id
    source: str
    type: str
    subject: str
    time: Annotated[datetime, Meta(tz=True)]
    datacontenttype: Literal["application/json"] = "application/json"
    actor: str
    correlationid: Id
    causationid: Id
    fingerprint: str | msgspec.UnsetType = msgspec.UNSET
    person: PersonId | msgspec.UnsetType = msgspec.UNSET
    data: dict[str, Any]


_is_uuid = re.compile("-".join(f"[0-9A-Fa-f]{{{digits}}}" for digits in (8, 4, 4, 4, 12))).fullmatch
_is_entity_id = re.compile(ID_PATTERN).fullmatch
_decoder = msgspec.json.Decoder(Envelope)


class Cause(BaseModel):
    """What an event came from, the same for every event of one command."""

    model_config = ConfigDict(frozen=True)
    command_id: UUID
    actor: Actor
    happened: datetime
    correlation_id: UUID
    causation_id: UUID
    is_dated: bool = False
    """Whether somebody said when it happened, and not a clock, which may jump, or an event that led to it."""
    fingerprint: str = ""
    """Of the command as its caller gave it; empty where it follows from an event, or from another command."""


def event_id(command_id: UUID, entity: str, entity_id: str, position: int) -> UUID:
    """The id of the `position`-th event (from 0) of a command on one aggregate: the same on every retry."""
    return uuid5(command_id, f"{entity}/{entity_id}/{position}")


def encode(event: Event, cause: Cause, service: str, entity: str, entity_id: str, position: int) -> Envelope:
    return Envelope(
        specversion="1.0",
        id=str(event_id(cause.command_id, entity, entity_id, position)),
        source=service,
        type=event.TYPE,
        subject=entity_id,
        time=cause.happened,
        actor=cause.actor.id,
        correlationid=str(cause.correlation_id),
        causationid=str(cause.causation_id),
        fingerprint=cause.fingerprint if cause.fingerprint and position == 0 else msgspec.UNSET,
        person=cause.actor.person or msgspec.UNSET,
        data=event.model_dump(mode="json"),
    )


def decode(body: bytes) -> Envelope:
    """The envelope in `body`. Raises `Undecodable` with the reason."""
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Undecodable(str(error)) from error


def check_ids(envelope: Envelope) -> None:
    """Other ids follow from these and a person is looked up by one, so they have to be what they are said to be.
    Raises `Undecodable`."""
    for name in ("id", "correlationid", "causationid"):
        if not _is_uuid(getattr(envelope, name)):
            raise Undecodable(f"its {name} is no UUID")
    if envelope.person is not msgspec.UNSET and not _is_entity_id(envelope.person):
        raise Undecodable("its person is no id")


def check_place(envelope: Envelope, subject: str, origin_stream: str = "") -> None:
    """An event is taken in only where its subject, the stream that it was first stored in and its envelope agree on
    service, entity and id, and the entity is the service's to write: who could write there is who acted. Raises
    `Undecodable`. `origin_stream` is empty for whoever reads a service's own stream."""
    _, congress, service, entity, entity_id = subject.split(".", 4) if subject.count(".") >= 4 else [""] * 5
    type_parts = envelope.type.split(".")
    named = type_parts[2] if len(type_parts) > 3 else ""
    agree = (envelope.source, named, envelope.subject) == (service, entity, entity_id)
    if not agree or origin_stream not in ("", service_stream(congress, service)):
        raise Undecodable(
            f"{origin_stream or 'the stream'} and {subject} hold an event that says it is {envelope.source}'s "
            f"{envelope.type} about {envelope.subject}"
        )
    if not may_write(service, entity):
        raise Undecodable(f"{envelope.type} is not {service}'s to say")


def as_bytes(envelope: Envelope) -> bytes:
    """What `decode` reads."""
    return msgspec.json.encode(envelope)


def decode_data[E: Event](envelope: Envelope, model: type[E]) -> E:
    """The typed event in `envelope`, without the fields that this version does not know, however deep they stand.
    Raises `Undecodable` where the data does not fit the type, or holds a number that no reader can keep."""
    _check_numbers(envelope.data.values())
    try:
        validated: E = _adapter(model).validate_python(envelope.data, extra="ignore")
    except ValidationError as error:
        raise Undecodable(_in_one_line(error)) from error
    return validated


_adapter = cache(TypeAdapter)
"""One a type of event: half as long for each as by `model_validate`."""


def _check_numbers(values: Iterable[Any]) -> None:
    """JSON has numbers of any size; views, and most readers of JSON, have 64 bits. Every event that is read comes
    through here, so what most of them hold is looked at first."""
    for value in values:
        kind = type(value)
        if kind is str:
            continue
        if kind is dict:
            _check_numbers(value.values())
        elif kind is list:
            _check_numbers(value)
        elif kind is int and not -MOST_INTEGER - 1 <= value <= MOST_INTEGER:
            raise Undecodable("a number has more than 64 bits")


def _in_one_line(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}" for e in error.errors()[:5])
