"""Fields of views and their values as people read them, in timelines and comparisons. What has no name here is shown
as it is stored; programs are given the stored names."""

import re
from collections.abc import Mapping
from typing import Any

from daihoi.terminal.labels import PHASE_NAMES, SCENARIO_NAMES, TASK_STATUSES
from services.tracker.masking import MASK
from shared.i18n import Language, format_minute, title_of_position, translate
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
}
VALUE_NAMES: Mapping[str, Mapping[str, str]] = {
    "status": TASK_STATUSES,
    "phase": PHASE_NAMES,
    "scenario": SCENARIO_NAMES,
}
AN_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
"""As views hold it, in UTC or with the offset that it was sent with."""
A_POSITION = re.compile(r"[a-z]+\.[a-z0-9-]+")


def field_in_words(field: str, lang: Language) -> str:
    return translate(FIELD_NAMES[field], lang) if field in FIELD_NAMES else field


def value_in_words(field: str, value: Any, lang: Language) -> str:
    """A dash for none; records by what they say, without the names of their fields."""
    match value:
        case None | "":
            return "–"
        case bool():
            return translate("yes", lang) if value else translate("no", lang)
        case dict():
            return ", ".join(value_in_words("", part, lang) for part in value.values() if part is not None) or "–"
        case list():
            return "; ".join(value_in_words("", part, lang) for part in value) or "–"
        case str():
            return _text_in_words(field, value, lang)
        case _:
            return str(value)


def _text_in_words(field: str, text: str, lang: Language) -> str:
    if field == "unit":
        return title_of(text, lang)
    if name := VALUE_NAMES.get(field, {}).get(text):
        return translate(name, lang)
    if text == MASK:
        return masked_in_words(text, lang)
    if A_POSITION.fullmatch(text):
        return title_of_position(text, lang)
    return format_minute(text) if AN_INSTANT.fullmatch(text) else text


def masked_in_words(text: str, lang: Language) -> str:
    """What only some may read, as everybody reads it."""
    return f"«{translate('restricted', lang)}»" if text == MASK else text
