"""What each event says in a sentence, for the audit trail. The English text is the key of its translation."""

from datetime import date
from functools import cache
from string import Formatter
from typing import Any

from shared.eventstore.envelope import Envelope
from shared.i18n import Language, format_date, format_minute, format_number, translate
from shared.values.message import Message

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
}
MESSAGES = {name: Message(name, sentence) for name, sentence in SENTENCES.items()}
CASE_NAMES = {"none": "No epidemic", "outbreak": "Outbreak"}
LANGUAGES: tuple[Language, ...] = ("vi", "en")
TOLD_CHARACTERS = 500
"""Of each value in a sentence; the changes beside it have all of it."""


def summary(envelope: Envelope) -> dict[str, str]:
    """The sentence in both languages; an event's type where there is none, or the event has not what it needs."""
    sentence = SENTENCES.get(envelope.type)
    if sentence is None:
        return dict.fromkeys(LANGUAGES, envelope.type)
    try:
        return {
            lang: translate(sentence, lang, **_told(envelope, lang)) + _excuse(envelope, lang) for lang in LANGUAGES
        }
    except Exception:
        # Events that can't be read have a sentence too, and their data may be anything.
        return dict.fromkeys(LANGUAGES, envelope.type)


def _excuse(envelope: Envelope, lang: Language) -> str:
    """Why a deadline was given that was over already, where the event says so."""
    because = envelope.data.get("past_because")
    return f" ({translate('over already: {reason}', lang, reason=because)})" if because else ""


def _told(envelope: Envelope, lang: Language) -> dict[str, str]:
    wanted = _placeholders(SENTENCES[envelope.type])
    values = {name: _readable(name, value, lang) for name, value in envelope.data.items() if name in wanted}
    inner = envelope.data.get("item", envelope.data)
    title = inner.get("title") or inner.get("name") or inner.get("text") or {}
    entity_id = _readable("scenario", envelope.subject, lang) if ".variant." in envelope.type else envelope.subject
    named = {"actor": envelope.actor, "id": entity_id, "title": title.get(lang) or title.get("vi", "")}
    return {name: _short(value) for name, value in (values | named).items()}


def _short(text: str) -> str:
    return text if len(text) <= TOLD_CHARACTERS else text[:TOLD_CHARACTERS] + "…"


@cache
def _placeholders(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


def _readable(name: str, value: Any, lang: Language) -> str:
    if value is None:
        return ""
    if name.endswith("_vnd"):
        return format_number(value, lang)
    if name in ("deadline", "replaces", "held_on"):
        return format_date(date.fromisoformat(value))
    if name == "scenario" and value in CASE_NAMES:
        return translate(CASE_NAMES[value], lang)
    if name in ("starts", "ends"):
        return format_minute(value)
    return str(value)
