"""What each event says in a sentence, made when somebody reads it: none is stored, a better one changes no view."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.events.incident import IncidentCorrected
from shared.history.decoding import EVENT_TYPES
from shared.i18n import LANGUAGES, format_minute, is_title_of, render
from shared.values.brief import brief
from shared.values.code_lists import LIST_NAMES, CodeList, is_listed, name_of
from shared.values.field_names import in_fields
from shared.values.message import WITH_REASON, Message, word
from shared.values.names_in_use import PEOPLE, REGISTER, name_in_use
from shared.views.view import Document

SENTENCES = {
    "vn.daihoi.task.opened.v1": "{actor} opened task {id}: {title}",
    "vn.daihoi.task.assigned.v1": "{actor} put {collective} and {individual} in charge of task {id}",
    "vn.daihoi.task.deadline-set.v1": "{actor} set the deadline of task {id} to {deadline}",
    "vn.daihoi.task.extension-requested.v1": (
        "{actor} asked to extend the deadline of task {id} from {replaces} to {deadline}: {reason}"
    ),
    "vn.daihoi.task.extension-granted.v1": "{actor} extended the deadline of task {id} from {replaces} to {deadline}",
    "vn.daihoi.task.extension-refused.v1": "{actor} refused to extend the deadline of task {id}: {reason}",
    "vn.daihoi.task.funded.v1": "{actor} secured {secured_vnd} VND for task {id} ({funding_source})",
    "vn.daihoi.task.started.v1": "{actor} started task {id}",
    "vn.daihoi.task.progressed.v1": "{actor} reported task {id} at {percent}%",
    "vn.daihoi.task.blocked.v1": "{actor} reported task {id} blocked: {reason}",
    "vn.daihoi.task.unblocked.v1": "{actor} unblocked task {id}",
    "vn.daihoi.task.submitted.v1": "{actor} submitted task {id}",
    "vn.daihoi.task.completed.v1": "{actor} accepted task {id} as completed",
    "vn.daihoi.task.returned.v1": "{actor} returned task {id}: {reason}",
    "vn.daihoi.task.cancelled.v1": "{actor} cancelled task {id}: {reason}",
    "vn.daihoi.task.reopened.v1": "{actor} reopened task {id}: {reason}",
    "vn.daihoi.task.clearance-required.v1": "{actor} made task {id} wait for clearance {clearance_id}",
    "vn.daihoi.task.clearance-dropped.v1": "{actor} dropped clearance {clearance_id} from task {id}: {reason}",
    "vn.daihoi.known-clearance.noted.v1": "{actor} noted what security decided on clearance {id}: {decision}",
    "vn.daihoi.task.scenario-followed.v1": "{actor} brought task {id} to the scenario «{scenario}» (switch {switch})",
    "vn.daihoi.scenario.switched.v1": "{actor} switched the scenario to «{scenario}» (switch {number}): {reason}",
    "vn.daihoi.unit-scenario.recorded.v1": "{actor} recorded the switch to «{scenario}» (switch {number})",
    "vn.daihoi.unit-scenario.followed.v1": "{actor} brought every task to what switch {number} demands",
    "vn.daihoi.variant.adjusted.v1": "{actor} adjusted task {task_id} in the variant «{id}»: {reason}",
    "vn.daihoi.variant.adjustment-withdrawn.v1": (
        "{actor} withdrew the adjustment of task {task_id} in the variant «{id}»"
    ),
    "vn.daihoi.variant.prepared.v1": "{actor} declared the variant «{id}» prepared",
    "vn.daihoi.document.issued.v1": "{actor} filed document {symbol}: {title}",
    "vn.daihoi.document.superseded.v1": "{actor} recorded that {superseded_by} supersedes document {id}",
    "vn.daihoi.document.withdrawn.v1": "{actor} withdrew document {id}: {reason}",
    "vn.daihoi.meeting.held.v1": "{actor} put the meeting of {held_on} on record: {title}",
    "vn.daihoi.meeting.concluded.v1": "{actor} recorded the conclusion of meeting {id}",
    "vn.daihoi.directive.issued.v1": "{actor} issued directive {id}: {title}",
    "vn.daihoi.review.opened.v1": "{actor} opened review {id}",
    "vn.daihoi.review.task-entered.v1": "{actor} took a task into review {id}",
    "vn.daihoi.review.item-confirmed.v1": "{actor} confirmed a task in review {id}",
    "vn.daihoi.review.gap-explained.v1": "{actor} explained a gap of task {task_id} in review {id}: {reason}",
    "vn.daihoi.review.closed.v1": "{actor} closed review {id} and signed it",
    "vn.daihoi.organisation.registered.v1": "{actor} registered organisation {id}: {title}",
    "vn.daihoi.organisation.position-added.v1": "{actor} added the position {position} to organisation {id}",
    "vn.daihoi.organisation.position-removed.v1": "{actor} removed the position {position} from organisation {id}",
    "vn.daihoi.duty.handed-out.v1": "{actor} handed duty {id} out to {unit}: {title}",
    "vn.daihoi.catalogue-item.published.v1": "{actor} published catalogue item {id}: {title}",
    "vn.daihoi.catalogue-item.assigned.v1": "{actor} assigned catalogue item {id} to {unit}",
    "vn.daihoi.catalogue-item.revised.v1": "{actor} revised catalogue item {id}: {title}",
    "vn.daihoi.catalogue-item.withdrawn.v1": "{actor} withdrew catalogue item {id}",
    "vn.daihoi.publication.proposed.v1": "{actor} proposed publication {id}: {title}",
    "vn.daihoi.publication.approved.v1": "{actor} approved publication {id}",
    "vn.daihoi.publication.rejected.v1": "{actor} rejected publication {id}: {reason}",
    "vn.daihoi.publication.released.v1": "{actor} released publication {id}",
    "vn.daihoi.resource.registered.v1": "{actor} registered resource {id}: {title}",
    "vn.daihoi.resource.reserved.v1": "{actor} reserved resource {id} from {starts} to {ends} ({purpose})",
    "vn.daihoi.resource.reservation-released.v1": "{actor} released reservation {reservation_id} of resource {id}",
    "vn.daihoi.clearance.requested.v1": "{actor} requested clearance {id} for {holder}",
    "vn.daihoi.clearance.granted.v1": "{actor} granted clearance {id}",
    "vn.daihoi.clearance.refused.v1": "{actor} refused clearance {id}: {reason}",
    "vn.daihoi.clearance.withdrawn.v1": "{actor} withdrew clearance {id}: {reason}",
    "vn.daihoi.expense.estimated.v1": "{actor} estimated {amount_vnd} VND for task {id}, {guaranteed_vnd} guaranteed",
    "vn.daihoi.expense.revised.v1": "{actor} revised the estimate of task {id} to {amount_vnd} VND: {reason}",
    "vn.daihoi.expense.money-advanced.v1": "{actor} advanced {amount_vnd} VND for task {id} to {recipient}",
    "vn.daihoi.expense.spending-recorded.v1": "{actor} recorded {amount_vnd} VND spent for task {id} ({voucher})",
    "vn.daihoi.expense.settled.v1": "{actor} settled the expenses of task {id}: {spent_vnd} VND spent",
    "vn.daihoi.incident.reported.v1": "{actor} reported incident {id} at {place}",
    "vn.daihoi.incident.assessed.v1": "{actor} assessed incident {id}: {severity}",
    "vn.daihoi.incident.resolved.v1": "{actor} resolved incident {id}",
    "vn.daihoi.incident.reopened.v1": "{actor} reopened incident {id}",
    "vn.daihoi.parked-event.discarded.v1": "{actor} discarded the parked ledger event {id}: {reason}",
    "vn.daihoi.policy.refused.v1": "{actor} was refused {command}: {detail}",
    "vn.daihoi.policy.resolved.v1": "{actor} saw to what the policy {policy} could not do",
    **{name: event.SENTENCE for name, event in EVENT_TYPES.items() if event.SENTENCE},
}
MESSAGES = {name: Message(name, sentence) for name, sentence in SENTENCES.items()}
WITH_WHAT_IS_RESTRICTED = {
    IncidentCorrected.TYPE: Message(
        IncidentCorrected.TYPE,
        "{actor} corrected incident {id}: {after}; recorded before: {before}; reason: {reason}",
    )
}
"""For those who may read what the others are not shown; made of events that nobody has masked."""
HELD_BY = Message("held_by", "{actor} ({person})")
OVER_ALREADY = Message("over_already", "over already: {reason}")
SHOWN_AS_MISSING = {"product", "directing_leader", "remark", "cause", "proposal", "proposed_to"}
VALUE_CHARACTERS = 500
"""Of each value in a sentence; the event's data has all of it."""


def summary(
    name: str, actor: str, entity_id: str, data: Mapping[str, Any], *, person: str = "", unmasked: bool = False
) -> dict[str, str]:
    """In both languages; the type `name` itself where there is no sentence, or the data has not what it needs.
    Nothing restricted is in it, unless whoever reads it may have it `unmasked`. `person`: who held the position
    `actor`, empty where nobody was named."""
    try:
        sentence = (unmasked and WITH_WHAT_IS_RESTRICTED.get(name)) or MESSAGES[name]
        message = sentence.filled(**_params(sentence.sentence, name, entity_id, data), actor=_acting(actor, person))
        if because := data.get("past_because"):
            message = WITH_REASON.filled(name=message, reason=OVER_ALREADY.filled(reason=because))
        return {lang: render(message, lang) for lang in LANGUAGES}
    except Exception:
        # Events that can't be read have a sentence too, and their data may be anything.
        return dict.fromkeys(LANGUAGES, name)


def with_summary(row: Document, *, unmasked: bool = False) -> Document:
    """A row of the audit trail with its sentence, where its event was applied."""
    if "data" not in row:
        return row
    person = row.get("person", "")
    sentences = summary(row["type"], row["actor"], row["entity_id"], row["data"], person=person, unmasked=unmasked)
    return row | {"summary": sentences}


def _acting(actor: str, person: str) -> object:
    named = {lang: name_in_use(PEOPLE, person, lang) or person for lang in LANGUAGES}
    if not person or is_title_of(named["vi"], actor):
        return actor
    return HELD_BY.filled(actor=actor, person=named)


def _params(sentence: str, name: str, entity_id: str, data: Mapping[str, Any]) -> dict[str, object]:
    values = {field: _readable(field, data[field]) for field in data if f"{{{field}}}" in sentence}
    inner = data.get("item", data)
    texts = (inner.get(field) for field in ("title", "name", "text"))
    title = next((text for text in texts if isinstance(text, dict) and text), {})
    in_languages = {"vi": ""} | {lang: brief(text, VALUE_CHARACTERS) for lang, text in title.items()}
    return {**values, "id": _called(name, entity_id), "title": in_languages}


def _called(name: str, entity_id: str) -> object:
    """What the event `name` is about, in words where it has a word."""
    match name.split("."):
        case [_, _, "variant", *_]:
            return _case(entity_id)
        case [_, _, "code-list" | "known-list", *_] if entity_id in CodeList:
            return LIST_NAMES[CodeList(entity_id)]
        case [_, _, "organisation", *_]:
            return {lang: name_in_use(REGISTER, entity_id, lang) or entity_id for lang in LANGUAGES}
        case _:
            return entity_id


EVIDENCE_REQUIRED = Message("evidence_required", "evidence is required")
NO_EVIDENCE_REQUIRED = Message("no_evidence_required", "no evidence is required")


def evidence_in_words(is_required: bool) -> Message:
    return EVIDENCE_REQUIRED if is_required else NO_EVIDENCE_REQUIRED


def _case(case: str) -> object:
    if not is_listed(CodeList.CASES, case):
        return word(case)
    return {lang: name_of(CodeList.CASES, case, lang) for lang in LANGUAGES}


def _readable(field: str, value: Any) -> object:
    match field:
        case "before" | "after" if isinstance(value, dict):
            return in_fields(value)
        case "deadline" | "replaces" | "held_on" | "opening_day" | "until" if value:
            return date.fromisoformat(value)
        case "since" if len(value) == len("2020-08-13"):
            return date.fromisoformat(value)
        case "starts" | "ends" | "since":
            return format_minute(value)
        case "scenario":
            return _case(value)
        case "evidence_required":
            return evidence_in_words(value)
        case "entry":
            return {lang: brief(text, VALUE_CHARACTERS) for lang, text in value["name"].items()}
        case "severity" | "decision" | "what":
            return word(value)
        case _ if value is None and field in SHOWN_AS_MISSING:
            return "–"
        case _:
            return "" if value is None else brief(value, VALUE_CHARACTERS) if isinstance(value, str) else value
