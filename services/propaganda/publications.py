"""A publication: proposed → approved or rejected, by somebody who is not its author → released.

The rule that is propaganda's own: nothing is released unapproved, and nobody approves their own text.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from shared.domain.decider import Actor, Aggregate, Command, Key, Refusal, State, begun, commands_of, once
from shared.domain.known_list import check_entry, key_of
from shared.events import publication as events
from shared.values.code_lists import CodeList, EntryId
from shared.values.message import word
from shared.values.types import Day, EntityId, Phrase, Text


class PublicationStatus(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    RELEASED = "released"


class Publication(State):
    proposed: events.PublicationProposed
    status: PublicationStatus = PublicationStatus.PROPOSED
    rejection: str | None = None


def evolve(publication: Publication | None, event: events.PublicationEvent) -> Publication:
    if isinstance(event, events.PublicationProposed):
        return Publication(proposed=event)
    publication = begun(publication, event)
    match event:
        case events.PublicationApproved():
            return publication.but(status=PublicationStatus.APPROVED)
        case events.PublicationRejected():
            return publication.but(status=PublicationStatus.REJECTED, rejection=event.reason)
        case events.PublicationReleased():
            return publication.but(status=PublicationStatus.RELEASED)


class PublicationCommand(Command):
    ENTITY = "publication"
    ID = "publication_id"
    publication_id: EntityId


class ProposePublication(PublicationCommand):
    """`planned_on` is the day it is meant to run; the day it did run is when its release happened."""

    NAME = "propose-publication"
    channel: EntryId
    title: Text
    task_id: EntityId | None = None
    planned_on: Day | None = None


class ApprovePublication(PublicationCommand):
    NAME = "approve-publication"


class RejectPublication(PublicationCommand):
    NAME = "reject-publication"
    reason: Phrase


class ReleasePublication(PublicationCommand):
    NAME = "release-publication"


Wish = ProposePublication | ApprovePublication | RejectPublication | ReleasePublication

NOT_FOUND = Refusal("publication_not_found", "There is no publication {publication_id}.")
ALREADY_PROPOSED = Refusal(
    "publication_already_proposed", "Publication {publication_id} is already proposed with different content."
)
NOT_PENDING = Refusal("publication_not_pending", "Publication {publication_id} is already {status}.")
OWN_TEXT = Refusal("own_publication", "{actor} wrote publication {publication_id}; somebody else has to judge it.")
NOT_APPROVED = Refusal(
    "publication_not_approved", "Publication {publication_id} is {status}; nothing is released unapproved."
)


def reads(command: Wish, publication: Publication | None) -> Sequence[Key]:
    is_new = isinstance(command, ProposePublication) and publication is None
    return (key_of(CodeList.CHANNELS),) if is_new else ()


def decide(
    command: Wish, publication: Publication | None, actor: Actor, seen: Mapping[Key, Any]
) -> Sequence[events.PublicationEvent]:
    if isinstance(command, ProposePublication):
        proposed = events.PublicationProposed(**command.content(), author=actor.id)
        if publication is None:
            check_entry(CodeList.CHANNELS, command.channel, seen)
            return (proposed,)
        return once(proposed, publication.proposed, ALREADY_PROPOSED(publication_id=command.publication_id))
    if publication is None:
        raise NOT_FOUND(publication_id=command.publication_id)
    match command:
        case ApprovePublication():
            if publication.status in (PublicationStatus.APPROVED, PublicationStatus.RELEASED):
                return ()
            _require_right_to_judge(command, publication, actor)
            return (events.PublicationApproved(),)
        case RejectPublication():
            if publication.rejection == command.reason:
                return ()
            _require_right_to_judge(command, publication, actor)
            return (events.PublicationRejected(reason=command.reason),)
        case ReleasePublication():
            if publication.status is PublicationStatus.RELEASED:
                return ()
            if publication.status is not PublicationStatus.APPROVED:
                raise NOT_APPROVED(publication_id=command.publication_id, status=word(publication.status))
            return (events.PublicationReleased(),)


def _require_right_to_judge(command: PublicationCommand, publication: Publication, actor: Actor) -> None:
    if publication.status is not PublicationStatus.PROPOSED:
        raise NOT_PENDING(publication_id=command.publication_id, status=word(publication.status))
    if publication.proposed.author == actor.id:
        raise OWN_TEXT(publication_id=command.publication_id, actor=actor.id)


AGGREGATE = Aggregate(events=events.EVENTS, commands=commands_of(Wish), evolve=evolve, decide=decide, reads=reads)
