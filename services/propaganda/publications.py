"""A publication: proposed → approved or rejected, by somebody who is not its author → released.

The rule that is propaganda's own: nothing is released unapproved, and nobody approves their own text.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, assert_never

from pydantic import BaseModel, ConfigDict

from shared.domain.decider import Actor, Aggregate, Command, Refusal
from shared.events.publication import (
    EVENTS,
    Channel,
    PublicationApproved,
    PublicationEvent,
    PublicationProposed,
    PublicationRejected,
    PublicationReleased,
)
from shared.values.message import word
from shared.values.types import Day, EntityId, Phrase, Text


# --- state ---
class PublicationStatus(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    RELEASED = "released"


class Publication(BaseModel):
    model_config = ConfigDict(frozen=True)
    proposed: PublicationProposed
    status: PublicationStatus = PublicationStatus.PROPOSED
    rejection: str | None = None


# --- evolve ---
def evolve(publication: Publication | None, event: PublicationEvent) -> Publication:
    if isinstance(event, PublicationProposed):
        return Publication(proposed=event)
    if publication is None:
        raise LookupError(f"{event.TYPE} before the publication was proposed")
    match event:
        case PublicationApproved():
            return publication.model_copy(update={"status": PublicationStatus.APPROVED})
        case PublicationRejected():
            return publication.model_copy(update={"status": PublicationStatus.REJECTED, "rejection": event.reason})
        case PublicationReleased():
            return publication.model_copy(update={"status": PublicationStatus.RELEASED})
        case _:
            assert_never(event)


# --- commands ---
class PublicationCommand(Command):
    ENTITY: ClassVar[str] = "publication"
    publication_id: EntityId

    @property
    def entity_id(self) -> str:
        return self.publication_id


class ProposePublication(PublicationCommand):
    """`planned_on` is the day it is meant to run; the day it did run is when its release happened."""

    NAME = "propose-publication"
    channel: Channel
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


# --- decide ---
NOT_FOUND = Refusal("publication_not_found", "There is no publication {publication_id}.")
ALREADY_PROPOSED = Refusal(
    "publication_already_proposed", "Publication {publication_id} is already proposed with different content."
)
NOT_PENDING = Refusal("publication_not_pending", "Publication {publication_id} is already {status}.")
OWN_TEXT = Refusal("own_publication", "{actor} wrote publication {publication_id}; somebody else has to judge it.")
NOT_APPROVED = Refusal(
    "publication_not_approved", "Publication {publication_id} is {status}; nothing is released unapproved."
)


def decide(command: PublicationCommand, publication: Publication | None, actor: Actor) -> Sequence[PublicationEvent]:
    if isinstance(command, ProposePublication):
        return _propose(command, publication, actor)
    if publication is None:
        raise NOT_FOUND(publication_id=command.publication_id)
    match command:
        case ApprovePublication():
            if publication.status in (PublicationStatus.APPROVED, PublicationStatus.RELEASED):
                return ()
            _require_right_to_judge(command, publication, actor)
            return (PublicationApproved(),)
        case RejectPublication():
            if publication.rejection == command.reason:
                return ()
            _require_right_to_judge(command, publication, actor)
            return (PublicationRejected(reason=command.reason),)
        case ReleasePublication():
            return _release(command, publication)
        case _:
            raise TypeError(f"{type(command).__name__} is no command on a publication")


def _propose(
    command: ProposePublication, publication: Publication | None, actor: Actor
) -> Sequence[PublicationEvent]:
    proposed = PublicationProposed(**command.model_dump(exclude={"publication_id"}), author=actor.id)
    if publication is None:
        return (proposed,)
    if publication.proposed == proposed:
        return ()
    raise ALREADY_PROPOSED(publication_id=command.publication_id)


def _require_right_to_judge(command: PublicationCommand, publication: Publication, actor: Actor) -> None:
    if publication.status is not PublicationStatus.PROPOSED:
        raise NOT_PENDING(publication_id=command.publication_id, status=word(publication.status))
    if publication.proposed.author == actor.id:
        raise OWN_TEXT(publication_id=command.publication_id, actor=actor.id)


def _release(command: ReleasePublication, publication: Publication) -> Sequence[PublicationEvent]:
    match publication.status:
        case PublicationStatus.RELEASED:
            return ()
        case PublicationStatus.APPROVED:
            return (PublicationReleased(),)
        case _:
            raise NOT_APPROVED(publication_id=command.publication_id, status=word(publication.status))


AGGREGATE = Aggregate(
    entity="publication",
    events=EVENTS,
    commands=(ProposePublication, ApprovePublication, RejectPublication, ReleasePublication),
    evolve=evolve,
    decide=decide,
)
