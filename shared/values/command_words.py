"""What people call commands and their fields, where they are listed and where they are refused."""

from collections.abc import Mapping

from shared.values.field_names import NAMES
from shared.values.message import Message

_COMMANDS = """
    found-congress confirm-deadlines amend-congress publish-list add-entry amend-entry retire-entry
    restore-entry record-meeting conclude-meeting correct-meeting issue-directive switch-scenario issue-document
    supersede-document withdraw-document correct-document publish-catalogue assign-items import-catalogue
    register-organisations register-organisation add-position hold-position hand-over-position leave-position
    act-for-position name-deputy dismiss-deputy merge-name separate-name remove-position correct-organisation
    correct-position correct-holder discard-parked-event record-revocation give-instruction issue-report
    hand-out-duty open-task assign-task set-deadline fund-task request-extension grant-extension
    refuse-extension start-task report-progress block-task unblock-task submit-task complete-task return-task
    cancel-task reopen-task require-clearance drop-clearance follow-scenario describe-task shorten-deadline
    open-obstacle resolve-obstacle comment-on-task instruct-task note-instruction add-dependency drop-dependency
    add-checklist-item tick-checklist-item untick-checklist-item drop-checklist-item move-deadline correct-task
    open-review enter-task confirm-review-item explain-gap close-review adjust-variant withdraw-adjustment
    prepare-variant record-switch confirm-switch set-unit-rules register-resource reserve-resource
    release-reservation correct-resource correct-reservation estimate-expense revise-estimate advance-money
    record-spending settle-expense correct-estimate correct-advance correct-spending propose-publication
    approve-publication reject-publication release-publication correct-publication request-clearance
    grant-clearance refuse-clearance withdraw-clearance report-incident assess-incident resolve-incident
    reopen-incident correct-incident settle-policy-refusal retry-policy
"""
COMMAND_WORDS = {name: Message(name, name.replace("-", " ").capitalize()) for name in _COMMANDS.split()}
"""What a command is for, in short; one of a unit's own may have none."""
DONE = Message("done", "Done: {command}")
DONE_WORDS = {
    "refuse-extension": Message("refuse-extension", "Done: the extension is refused"),
    "reject-publication": Message("reject-publication", "Done: the publication is rejected"),
}
"""Where what was done is not told with the words for the command."""

FIELD_WORDS = NAMES | {
    "ordinal": Message("ordinal", "Which congress it is"),
    "term": Message("term", "Term"),
    "issuing_body": Message("issuing_body", "Body that issues the papers"),
    "issuer_code": Message("issuer_code", "Its code in symbols"),
    "parent_body": Message("parent_body", "Parent body"),
    "opening_day": Message("opening_day", "Opening day"),
    "closing_day": Message("closing_day", "Closing day"),
    "form": Message("form", "Form"),
    "time_zone": Message("time_zone", "Time zone"),
    "language": Message("language", "Language of its reports"),
    "vi": Message("vi", "In Vietnamese"),
    "en": Message("en", "In English"),
    "moves": Message("moves", "Deadlines that move"),
    "past_because": Message("past_because", "Why it is over already"),
    "unit": Message("unit", "Unit"),
    "replaces": Message("replaces", "Deadline until now"),
    "reason": Message("reason", "Reason"),
    "cleared": Message("cleared", "What is taken off"),
    "code_list": Message("code_list", "List"),
    "entries": Message("entries", "Entries"),
    "template": Message("template", "Set that it is taken from"),
    "id": Message("id", "Id"),
    "retired": Message("retired", "Retired"),
    "entry_id": Message("entry_id", "Id of the entry"),
    "meeting_id": Message("meeting_id", "Id of the meeting"),
    "participants": Message("participants", "Participants"),
    "number": Message("number", "Number"),
    "text": Message("text", "Text"),
    "directive_id": Message("directive_id", "Id of the directive"),
    "units": Message("units", "Units"),
    "point": Message("point", "Point of the conclusion"),
    "due_on": Message("due_on", "Due on"),
    "scenario": Message("scenario", "Case"),
    "document_id": Message("document_id", "Id of the document"),
    "catalogue": Message("catalogue", "Catalogue of work"),
    "note": Message("note", "Note"),
    "items": Message("items", "Items"),
    "code": Message("code", "Code"),
    "group": Message("group", "Task group"),
    "due_offset_days": Message("due_offset_days", "Days from the opening day"),
    "budget_vnd": Message("budget_vnd", "Budget"),
    "coordinating": Message("coordinating", "Coordinating"),
    "item_ids": Message("item_ids", "Ids of the items"),
    "publish": Message("publish", "Items that are new"),
    "revise": Message("revise", "Items that change"),
    "withdraw": Message("withdraw", "Items that are withdrawn"),
    "deputises_for": Message("deputises_for", "Whom it deputises for"),
    "organisation_id": Message("organisation_id", "Id of the organisation"),
    "positions": Message("positions", "Positions"),
    "holders": Message("holders", "Who holds them"),
    "deputies": Message("deputies", "Deputies"),
    "person_id": Message("person_id", "Id of the person"),
    "contact": Message("contact", "Contact"),
    "exclusive": Message("exclusive", "Holds no other position so"),
    "takes_over": Message("takes_over", "Takes over"),
    "until": Message("until", "Until"),
    "alias": Message("alias", "Other name"),
    "right_name": Message("right_name", "Right name"),
    "sequence": Message("sequence", "Place in the ledger"),
    "what": Message("what", "What it is about"),
    "named": Message("named", "Whom it names"),
    "instruction_id": Message("instruction_id", "Id of the instruction"),
    "signer": Message("signer", "Signer"),
    "signing": Message("signing", "How it is signed"),
    "period_from": Message("period_from", "Period from"),
    "period_to": Message("period_to", "Period to"),
    "today": Message("today", "Reporting day"),
    "coming_days": Message("coming_days", "Days that come"),
    "duty": Message("duty", "Duty"),
    "phases": Message("phases", "Phases"),
    "localities": Message("localities", "Localities"),
    "catalogue_item": Message("catalogue_item", "Item of the catalogue"),
    "locality": Message("locality", "Locality"),
    "percent": Message("percent", "Progress in percent"),
    "evidence": Message("evidence", "Evidence"),
    "link": Message("link", "Link"),
    "sha256": Message("sha256", "Checksum"),
    "size_bytes": Message("size_bytes", "Size in bytes"),
    "media_type": Message("media_type", "Kind of file"),
    "kept": Message("kept", "Kept by the unit"),
    "clearance_id": Message("clearance_id", "Id of the clearance"),
    "holder": Message("holder", "Holder"),
    "obstacle_id": Message("obstacle_id", "Id of the obstacle"),
    "cause": Message("cause", "Cause"),
    "proposal": Message("proposal", "Proposal"),
    "proposed_to": Message("proposed_to", "Proposed to"),
    "resolution": Message("resolution", "How it was resolved"),
    "comment_id": Message("comment_id", "Id of the comment"),
    "given_by": Message("given_by", "Given by"),
    "item_id": Message("item_id", "Id of the item"),
    "review_id": Message("review_id", "Id of the review"),
    "essential": Message("essential", "Essential point"),
    "variant": Message("variant", "Case of the variant"),
    "applies": Message("applies", "Applies in this case"),
    "evidence_required": Message("evidence_required", "Evidence is needed"),
    "resource_id": Message("resource_id", "Id of the resource"),
    "reservation_id": Message("reservation_id", "Id of the booking"),
    "advance_id": Message("advance_id", "Id of the advance"),
    "spending_id": Message("spending_id", "Id of the spending"),
    "publication_id": Message("publication_id", "Id of the publication"),
    "conditions": Message("conditions", "Conditions"),
    "incident_id": Message("incident_id", "Id of the incident"),
    "revocation_id": Message("revocation_id", "Id of the revocation"),
    "policy": Message("policy", "Policy"),
    "digest": Message("digest", "Digest of the views"),
    "content_digest": Message("content_digest", "Digest of what it says"),
    "content_form": Message("content_form", "Form of the digest"),
    "stored_under": Message("stored_under", "Where it is stored"),
    "origin_sequence": Message("origin_sequence", "Number in its unit's stream"),
    "parked_as": Message("parked_as", "Why it was set aside"),
}
"""By the name on the wire."""

COMES_FIRST = Message("comes_first", "Task that has to be done first")
_OF_A_CONGRESS = Message("congress_name", "Name of the congress")
_OF_A_DOCUMENT = Message("subject", "Subject")
OF_A_COMMAND: Mapping[tuple[str, str], Message] = {
    ("settle-policy-refusal", "cause"): Message("event_behind", "Event that it comes from"),
    ("record-revocation", "what"): Message("revoked", "What is revoked"),
    ("publish-catalogue", "items"): Message("items", "Items of the catalogue"),
    ("open-task", "task_id"): Message("task_number", "Number of the task"),
    ("submit-task", "title"): Message("evidence_title", "What the evidence is called"),
    ("found-congress", "title"): _OF_A_CONGRESS,
    ("amend-congress", "title"): _OF_A_CONGRESS,
    ("issue-document", "title"): _OF_A_DOCUMENT,
    ("correct-document", "title"): _OF_A_DOCUMENT,
}
"""Where a field means something of its own in one command."""


def words_of_field(command: str, name: str) -> Message | str:
    """A field as people call it; one that has no words stands for itself."""
    if name == "on" and command.endswith("-dependency"):
        return COMES_FIRST
    return OF_A_COMMAND.get((command, name), FIELD_WORDS.get(name, name))
