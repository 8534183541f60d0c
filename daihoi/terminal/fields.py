"""Fields of views and their values as people read them, in timelines and comparisons. What has no name here is shown
as it is stored; programs are given the stored names."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from daihoi.terminal.labels import PHASE_NAMES, SCENARIO_NAMES, TASK_STATUSES
from services.tracker.masking import MASK
from shared.i18n import Language, format_date, format_minute, format_number, in_words, title_of_position, translate
from shared.values.message import word
from shared.values.units import title_of

FIELD_NAMES: Mapping[str, str] = {
    "status": "Status",
    "title": "Title",
    "percent": "Percent done",
    "collective": "Collective in charge",
    "individual": "Individual in charge",
    "coordinating": "Coordinating",
    "deadline": "Deadline",
    "original_deadline": "Original deadline",
    "agreed_deadline": "Agreed deadline",
    "due_on": "Due on",
    "planned_vnd": "Planned",
    "secured_vnd": "Secured",
    "spent_vnd": "Spent",
    "advanced_vnd": "Advanced",
    "funding_source": "Source of funding",
    "started": "Started",
    "suspended": "Suspended",
    "evidence": "Evidence",
    "note": "Note",
    "reason": "Reason",
    "block_reason": "Why it is blocked",
    "past_because": "Why the deadline was over already",
    "submitted_by": "Submitted by",
    "submitted_at": "Submitted at",
    "completed_on": "Completed on",
    "decided_by": "Decided by",
    "decided_at": "Decided at",
    "signed_by": "Signed by",
    "signed_at": "Signed at",
    "extensions": "Extensions",
    "clearances": "Clearances",
    "unit": "Unit",
    "phase": "Phase",
    "scenario": "Scenario",
    "kind": "Kind",
    "holder": "Holder",
    "place": "Place",
    "severity": "Severity",
    "outcome": "Outcome",
    "issuer": "Issuer",
    "points": "Points of the conclusion",
    "participants": "Participants",
    "directive_id": "Directive",
    "advance_id": "Advance",
    "link": "Link",
    "on": "On",
    "reservation_id": "Reservation",
    "sha256": "Checksum",
    "size_bytes": "Size in bytes",
    "spending_id": "Payment",
    "what": "What",
    "adjustments": "Adjustments",
    "advances": "Advances",
    "advised_by": "Advised by",
    "amount_vnd": "Amount",
    "applies": "Applies",
    "assigned_to": "Assigned to",
    "at": "At",
    "at_opening": "At opening",
    "author": "Author",
    "basis": "Basis",
    "beyond_guaranteed_because": "Why it is beyond",
    "beyond_vnd": "Beyond what is guaranteed",
    "budget_vnd": "Budget",
    "by": "By",
    "capacity": "Capacity",
    "catalogue": "Catalogue",
    "catalogue_item": "Catalogue item",
    "chair": "Chair",
    "channel": "Channel",
    "clearance_id": "Clearance",
    "closed_at": "Closed at",
    "code": "Code",
    "conditions": "Conditions",
    "confirmed": "Confirmed",
    "decision": "Decision",
    "details": "Details",
    "document_id": "Document",
    "due_offset_days": "Days from the opening",
    "duty": "Duty",
    "en": "English",
    "ends": "Ends",
    "explained": "Explained",
    "filed_at": "Filed at",
    "followed": "Scenario followed",
    "form": "Form",
    "found": "Gaps now",
    "group": "Group",
    "guaranteed_vnd": "Guaranteed",
    "handed_out_at": "Handed out at",
    "happened_at": "Happened at",
    "held_on": "Held on",
    "history": "History",
    "issued_at": "Issued at",
    "issued_on": "Issued on",
    "items": "Tasks",
    "kind_code": "Kind's code",
    "left_out": "Entries left out",
    "lessons": "Lessons",
    "locality": "Locality",
    "locality_name": "Locality's name",
    "meeting_id": "Meeting",
    "name": "Name",
    "number": "Number",
    "opened_at": "Opened at",
    "original_planned_vnd": "Originally planned",
    "payee": "Payee",
    "planned_on": "Planned on",
    "point": "Point",
    "position": "Position",
    "positions": "Positions",
    "purpose": "Purpose",
    "recipient": "Recipient",
    "refused_because": "Why it was refused",
    "rejection": "Why it was rejected",
    "released_on": "Released on",
    "reopened_because": "Why it was reopened",
    "replaces": "Replaces",
    "reported_at": "Reported at",
    "requested_at": "Requested at",
    "requested_by": "Requested by",
    "reservations": "Reservations",
    "resolved_at": "Resolved at",
    "responsible": "Responsible",
    "restricted": "Restricted details",
    "review_id": "Review",
    "revised_because": "Why it was revised",
    "settled_on": "Settled on",
    "spending": "Spending",
    "starts": "Starts",
    "still_due_vnd": "Still due",
    "superseded_by": "Superseded by",
    "switch": "Switch",
    "switches": "Switches",
    "symbol": "Symbol",
    "task_id": "Task",
    "term": "Term",
    "text": "Text",
    "to_return_vnd": "To be returned",
    "units": "Units",
    "urgency": "Urgency",
    "variant": "Variant",
    "vi": "Vietnamese",
    "voucher": "Voucher",
    "withdrawn": "Withdrawn",
    "withdrawn_because": "Why it was withdrawn",
}
VALUE_NAMES: Mapping[str, Mapping[str, str]] = {
    "status": TASK_STATUSES,
    "phase": PHASE_NAMES,
    "scenario": SCENARIO_NAMES,
}
AN_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
"""As views hold it, in UTC or with the offset that it was sent with."""
CODED = frozenset(
    [
        "status",
        "outcome",
        "decision",
        "severity",
        "what",
        "kind",
        "duty",
        "scenario",
        "found",
        "at_opening",
        "explained",
    ],
)
"""Fields whose values are words of the program, not of people; what people wrote is shown as they wrote it."""
A_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def field_in_words(field: str, lang: Language) -> str:
    """`followed.switch` names a field in another; ids between them stay."""
    return " › ".join(translate(FIELD_NAMES.get(part, part), lang) for part in field.split("."))


def value_in_words(field: str, value: Any, lang: Language) -> str:
    """A dash for none; records by what they say, without the names of their fields."""
    match value:
        case None | "":
            return "–"
        case bool():
            return translate("yes", lang) if value else translate("no", lang)
        case dict():
            return (
                ", ".join(value_in_words(name, part, lang) for name, part in value.items() if part is not None) or "–"
            )
        case list():
            return "; ".join(value_in_words(field.removesuffix("s"), part, lang) for part in value) or "–"
        case str():
            return _text_in_words(field, value, lang)
        case int() if field.endswith("_vnd"):
            return format_number(value, lang)
        case _:
            return str(value)


def _text_in_words(field: str, text: str, lang: Language) -> str:
    if field == "unit":
        return title_of(text, lang)
    if name := VALUE_NAMES.get(field, {}).get(text):
        return translate(name, lang)
    if text == MASK:
        return masked_in_words(text, lang)
    if field == "by" or field.endswith("_by"):
        return title_of_position(text, lang)
    if field in CODED:
        return in_words(field, word(text), lang)
    if A_DAY.fullmatch(text):
        with suppress(ValueError):  # whoever writes a text may write a day that no calendar has
            return format_date(date.fromisoformat(text))
    return format_minute(text) if AN_INSTANT.fullmatch(text) else text


def masked_in_words(text: str, lang: Language) -> str:
    """What only some may read, as everybody reads it."""
    return f"«{translate('restricted', lang)}»" if text == MASK else text
