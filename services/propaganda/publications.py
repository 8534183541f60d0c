"""A publication: proposed → approved or rejected, by somebody who is not its author → released.

The rule that is propaganda's own: nothing is released unapproved, and nobody approves their own text.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar

from shared.domain.correcting import (
    BriefText,
    Correction,
    Past,
    Recorders,
    require_after_beginning,
    require_right,
    require_room,
    wrong_values,
)
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
    corrected: events.PublicationValues = events.PublicationValues()
    """By field the last correction of it."""
    corrections: int = 0


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
        case events.PublicationCorrected():
            after = {name: value for name, value in event.after if value is not None}
            corrected = publication.corrected.model_copy(update=after)
            return publication.but(corrected=corrected, corrections=publication.corrections + 1)


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


class CorrectPublication(PublicationCommand, Correction):
    """Puts right what was recorded wrongly; `released_on` is the day on which it ran. What somebody has approved its
    author corrects no more, and what is rejected is proposed anew."""

    NAME = "correct-publication"
    VALUES = events.PublicationValues
    HAPPENED: ClassVar[frozenset[str]] = frozenset({"released_on"})
    channel: EntryId | None = None
    title: BriefText | None = None
    task_id: EntityId | None = None
    planned_on: Day | None = None
    released_on: Day | None = None


Wish = ProposePublication | ApprovePublication | RejectPublication | ReleasePublication
WHAT_IS_APPROVED = frozenset({"channel", "title"})
RECORDERS = Recorders(
    {
        events.PublicationProposed: ("channel", "title", "task_id", "planned_on"),
        events.PublicationReleased: ("released_on",),
    }
)

NOT_FOUND = Refusal("publication_not_found", "There is no publication {publication_id}.")
ALREADY_PROPOSED = Refusal(
    "publication_already_proposed", "Publication {publication_id} is already proposed with different content."
)
NOT_PENDING = Refusal("publication_not_pending", "Publication {publication_id} is already {status}.")
OWN_TEXT = Refusal("own_publication", "{actor} wrote publication {publication_id}; somebody else has to judge it.")
NOT_APPROVED = Refusal(
    "publication_not_approved", "Publication {publication_id} is {status}; nothing is released unapproved."
)


def reads(command: Wish | CorrectPublication, publication: Publication | None) -> Sequence[Key]:
    is_new = isinstance(command, ProposePublication) and publication is None
    is_put_right = isinstance(command, CorrectPublication) and command.channel is not None
    return (key_of(CodeList.CHANNELS),) if is_new or is_put_right else ()


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


def correct(
    command: CorrectPublication, publication: Publication | None, actor: Actor, past: Past, seen: Mapping[Key, Any]
) -> Sequence[events.PublicationEvent]:
    if publication is None:
        raise NOT_FOUND(publication_id=command.publication_id)
    held = _held(publication, past)
    wrong = wrong_values(command, held)
    if not wrong:
        return ()
    if publication.status is PublicationStatus.REJECTED:
        raise NOT_PENDING(publication_id=command.publication_id, status=word(publication.status))
    require_right(command, wrong, actor, past, RECORDERS)
    is_judged = publication.status is not PublicationStatus.PROPOSED
    if is_judged and wrong.keys() & WHAT_IS_APPROVED and publication.proposed.author == actor.id:
        raise OWN_TEXT(publication_id=command.publication_id, actor=actor.id)
    require_after_beginning(command, past)
    require_room(command, publication.corrections)
    if "channel" in wrong:
        check_entry(CodeList.CHANNELS, wrong["channel"], seen)
    before = events.PublicationValues(**{name: held[name] for name in wrong})
    after = events.PublicationValues(**wrong)
    return (events.PublicationCorrected(before=before, after=after, reason=command.reason),)


def _held(publication: Publication, past: Past) -> dict[str, Any]:
    """What is on record now, by field; a day of release once there is one."""
    held = dict(publication.proposed)
    if publication.status is PublicationStatus.RELEASED:
        released = past.latest(events.PublicationReleased)
        held["released_on"] = released.day if released else None
    return held | {name: value for name, value in publication.corrected if value is not None}


AGGREGATE = Aggregate(
    events=events.EVENTS,
    commands=(*commands_of(Wish), CorrectPublication),
    evolve=evolve,
    decide=decide,
    reads=reads,
    correct=correct,
)
