"""What corrections put right of meetings, documents, publications and the register: given, when, then."""

from datetime import date
from typing import Any

from services.propaganda import publications
from services.subcommittee import meeting, organisation
from services.subcommittee.correcting_holders import CorrectHolder
from shared.domain import document
from shared.domain.decider import Actor
from shared.events import publication as published
from shared.events.document import DocumentCorrected, DocumentIssued, DocumentSuperseded, DocumentWithdrawn
from shared.events.meeting import MeetingConcluded, MeetingCorrected, MeetingHeld
from shared.events.organisation import (
    DeputyNamed,
    HolderCorrected,
    NameMerged,
    OrganisationCorrected,
    OrganisationRegistered,
    PositionAdded,
    PositionCorrected,
    PositionHeld,
)
from tests.domain.corrected import DUE, LEAD, OFFICER, RIGHT, WHY, corrected

EDITOR, AUTHOR = Actor("propaganda.lead", "propaganda"), Actor("propaganda.author", "propaganda")

MET = (MeetingHeld(title={"vi": "Họp"}, held_on=DUE, chair={"position": "Trưởng Tiểu ban"}),)
POINTS = [{"number": number, "text": {"vi": f"Nội dung {number}"}} for number in (1, 2, 3)]
CONCLUDED = (*MET, MeetingConcluded(points=POINTS))


def correct_meeting(**values: Any) -> meeting.CorrectMeeting:
    return meeting.CorrectMeeting(meeting_id="m1", **values, **WHY)


SECOND = {"number": 2, "text": {"vi": "Nội dung đúng"}}
MEETING = {
    "the day of a meeting and its chair": (
        MET,
        correct_meeting(held_on=RIGHT, chair={"name": "Trần Văn Chung", "position": "Trưởng Tiểu ban"}),
        OFFICER,
        corrected(
            MeetingCorrected,
            {"held_on": DUE, "chair": {"position": "Trưởng Tiểu ban"}},
            {"held_on": RIGHT, "chair": {"name": "Trần Văn Chung", "position": "Trưởng Tiểu ban"}},
        ),
    ),
    "a point of its conclusion": (
        CONCLUDED,
        correct_meeting(points=[POINTS[0], SECOND]),
        OFFICER,
        corrected(MeetingCorrected, {"points": [POINTS[1]]}, {"points": [SECOND]}),
    ),
}
MEETING_REJECTED = [(CONCLUDED, correct_meeting(points=[SECOND | {"number": 4}]), LEAD, "no_such_point")]

PLAN = {"kind": "Kế hoạch", "title": {"vi": "Kế hoạch tổ chức"}, "issuer": "Tỉnh ủy"}
ISSUED = (DocumentIssued(symbol="39/KH-BPDBANTT", **PLAN),)
REPLACED = (*ISSUED, DocumentSuperseded(superseded_by="40/KH-BPDBANTT"))


def correct_document(**values: Any) -> document.CorrectDocument:
    return document.CorrectDocument(document_id="39/KH-BPDBANTT", **values, **WHY)


DOCUMENT = {
    "excerpt, day, urgency and marks": (
        ISSUED,
        correct_document(symbol="39/KH-BPĐBANTT", issued_on=DUE, urgency="urgent", title={"vi": "Kế hoạch"}),
        OFFICER,
        corrected(
            DocumentCorrected,
            {"symbol": "39/KH-BPDBANTT", "title": {"vi": "Kế hoạch tổ chức"}, "urgency": "normal"},
            {"symbol": "39/KH-BPĐBANTT", "title": {"vi": "Kế hoạch"}, "issued_on": DUE, "urgency": "urgent"},
        ),
    ),
    "what supersedes it": (
        REPLACED,
        correct_document(superseded_by="41/KH-BPDBANTT"),
        OFFICER,
        corrected(DocumentCorrected, {"superseded_by": "40/KH-BPDBANTT"}, {"superseded_by": "41/KH-BPDBANTT"}),
    ),
    "the excerpt of what is withdrawn": (
        (*ISSUED, DocumentWithdrawn(reason="Nhầm")),
        correct_document(basis=["03-KH/TB"]),
        LEAD,
        corrected(DocumentCorrected, {"basis": []}, {"basis": ["03-KH/TB"]}),
    ),
}
DOCUMENT_REJECTED = [
    (ISSUED, correct_document(symbol="93/KH-BPDBANTT"), LEAD, "symbol_names_another"),
    (REPLACED, correct_document(superseded_by="39/KH-BPĐBANTT"), LEAD, "document_supersedes_itself"),
]

PROPOSED = (published.PublicationProposed(channel="press", title={"vi": "Chào mừng"}, author=AUTHOR.id),)
APPROVED = (*PROPOSED, published.PublicationApproved())
RELEASED = (*APPROVED, published.PublicationReleased())
TURNED_DOWN = (*PROPOSED, published.PublicationRejected(reason="Thiếu"))


def correct_publication(**values: Any) -> publications.CorrectPublication:
    return publications.CorrectPublication(publication_id="p1", **values, **WHY)


PUBLICATION = {
    "channel and day of what is proposed": (
        PROPOSED,
        correct_publication(channel="portal", planned_on=RIGHT),
        OFFICER,
        corrected(published.PublicationCorrected, {"channel": "press"}, {"channel": "portal", "planned_on": RIGHT}),
    ),
    "the day on which it ran": (
        RELEASED,
        correct_publication(released_on=date(2020, 8, 18)),
        EDITOR,
        corrected(
            published.PublicationCorrected,
            {"released_on": date(2020, 8, 15)},
            {"released_on": date(2020, 8, 18)},
        ),
    ),
}
PUBLICATION_REJECTED = [(TURNED_DOWN, correct_publication(channel="portal"), EDITOR, "publication_not_pending")]

REGISTERED = (OrganisationRegistered(kind="agency", name={"vi": "Sở Y tê"}),)
STAFFED = (
    *REGISTERED,
    PositionAdded(position="Gíam đốc"),
    PositionAdded(position="Phó Giám đốc"),
    PositionHeld(position="Gíam đốc", person="Người thứ nhất", since=DUE),
    DeputyNamed(position="Phó Giám đốc", deputises_for="Gíam đốc"),
    NameMerged(alias="GĐ Sở", position="Gíam đốc"),
)
ORGANISATION = {
    "the name of an office": (
        REGISTERED,
        organisation.CorrectOrganisation(organisation_id="so-y-te", name={"vi": "Sở Y tế"}, **WHY),
        OFFICER,
        corrected(OrganisationCorrected, {"name": {"vi": "Sở Y tê"}}, {"name": {"vi": "Sở Y tế"}}),
    ),
    "who holds a position, and since when": (
        STAFFED,
        CorrectHolder(organisation_id="so-y-te", position="gíam đốc", person="Người thứ hai", since=RIGHT, **WHY),
        OFFICER,
        corrected(
            HolderCorrected,
            {"person": "Người thứ nhất", "since": DUE},
            {"person": "Người thứ hai", "since": RIGHT},
            position="Gíam đốc",
        ),
    ),
    "a position, for who holds it and what is merged into it too": (
        STAFFED,
        organisation.CorrectPosition(organisation_id="so-y-te", position="Gíam đốc", right_name="Giám đốc", **WHY),
        OFFICER,
        corrected(PositionCorrected, {"position": "Gíam đốc"}, {"position": "Giám đốc"}, position="Gíam đốc"),
    ),
}
