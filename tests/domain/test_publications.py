from services.propaganda import publications
from services.propaganda.publications import AGGREGATE
from shared.domain.decider import Actor
from shared.events.publication import (
    PublicationApproved,
    PublicationProposed,
    PublicationRejected,
    PublicationReleased,
)
from tests.domain import corrected_papers as corrected
from tests.domain.scenario import accepting, assert_all_told, given, rejecting, silent_on

AUTHOR = Actor("propaganda.author", "propaganda")
EDITOR = Actor("propaganda.editor", "propaganda")
TEXT = {"channel": "press", "title": {"vi": "Chào mừng Đại hội"}, "task_id": "1-03"}

PROPOSE = publications.ProposePublication(publication_id="p1", **TEXT)
APPROVE = publications.ApprovePublication(publication_id="p1")
REJECT = publications.RejectPublication(publication_id="p1", reason="Thiếu số liệu")
REJECT_OTHERWISE = publications.RejectPublication(publication_id="p1", reason="Sai tên")
RELEASE = publications.ReleasePublication(publication_id="p1")

PROPOSED = (PublicationProposed(**TEXT, author=AUTHOR.id),)
APPROVED = (*PROPOSED, PublicationApproved())
REJECTED_TEXT = (*PROPOSED, PublicationRejected(reason="Thiếu số liệu"))
RELEASED = (*APPROVED, PublicationReleased())

ACCEPTED = {
    "a text is proposed in the name of its author": ((), PROPOSE, AUTHOR, PROPOSED[-1]),
    "somebody else approves it": (PROPOSED, APPROVE, EDITOR, APPROVED[-1]),
    "somebody else rejects it": (PROPOSED, REJECT, EDITOR, REJECTED_TEXT[-1]),
    "an approved text is released": (APPROVED, RELEASE, EDITOR, RELEASED[-1]),
    "an approved text is released by its own author": (APPROVED, RELEASE, AUTHOR, RELEASED[-1]),
}
SILENT = {
    "what is released is approved again": (RELEASED, APPROVE, EDITOR),
    "the author approves what another approved": (APPROVED, APPROVE, AUTHOR),
}
REJECTED = [
    *(((), command, EDITOR, "publication_not_found") for command in (APPROVE, REJECT, RELEASE)),
    (PROPOSED, PROPOSE, EDITOR, "publication_already_proposed"),
    (PROPOSED, PROPOSE.model_copy(update={"task_id": None}), AUTHOR, "publication_already_proposed"),
    (REJECTED_TEXT, APPROVE, EDITOR, "publication_not_pending"),
    (REJECTED_TEXT, REJECT_OTHERWISE, EDITOR, "publication_not_pending"),
    (APPROVED, REJECT, EDITOR, "publication_not_pending"),
    (RELEASED, REJECT, EDITOR, "publication_not_pending"),
    (PROPOSED, APPROVE, AUTHOR, "own_publication"),
    (PROPOSED, REJECT, AUTHOR, "own_publication"),
    (PROPOSED, RELEASE, EDITOR, "publication_not_approved"),
    (REJECTED_TEXT, RELEASE, EDITOR, "publication_not_approved"),
]


@accepting(ACCEPTED)
def test_it_happens_once_that(history, command, actor, event):
    given(AGGREGATE, *history).when(command, actor).then(event)
    given(AGGREGATE, *history, event).when(command, actor).nothing_happened()


@silent_on(SILENT)
def test_nothing_happens_when(history, command, actor):
    given(AGGREGATE, *history).when(command, actor).nothing_happened()


@rejecting(REJECTED)
def test_nothing_is_released_unapproved_and_nobody_judges_their_own_text(history, command, actor, code):
    given(AGGREGATE, *history).when(command, actor).rejected(code)


def test_every_command_event_and_refusal_is_told_here():
    assert_all_told(publications, ACCEPTED | corrected.PUBLICATION, REJECTED)
