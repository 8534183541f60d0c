"""Fields of views and their values as people read them, in timelines and comparisons. What has no name here is shown
as it is stored; programs are given the stored names."""

import re
from contextlib import suppress
from datetime import date
from typing import Any

from daihoi.terminal.labels import PHASE_NAMES, TASK_STATUSES, named
from shared.i18n import LISTED, Language, format_date, format_minute, in_words, render, title_of_position, translate
from shared.reports.masking import MASK
from shared.values.code_lists import CodeList, is_listed, name_of
from shared.values.message import word

FIELD_NAMES = named(
    *("adjustments", "advance_id", "advanced_vnd", "advances", "advised_by", "agreed_deadline", "amount_vnd"),
    *(
        "amendments",
        "applies",
        "assigned_to",
        "at",
        "at_opening",
        "author",
        "basis",
        "budget_vnd",
        "by",
        "capacity",
        "catalogue",
    ),
    *("catalogue_item", "chair", "channel", "clearance_id", "clearances", "closed_at", "code", "completed_on"),
    *("conditions", "confirmed", "coordinating", "deadline", "decided_at", "decided_by", "decision", "details"),
    *("directive_id", "document_id", "due_on", "duty", "ends", "evidence", "explained", "extensions", "filed_at"),
    *("form", "group", "guaranteed_vnd", "handed_out_at", "happened_at", "held_on", "history", "holder"),
    *("issued_at", "issued_on", "issuer", "kind", "lessons", "link", "locality", "meeting_id", "name", "note"),
    *("number", "on", "opened_at", "original_deadline", "outcome", "participants", "payee", "phase", "place"),
    *("planned_on", "planned_vnd", "point", "position", "positions", "purpose", "reason", "recipient"),
    *("released_on", "replaces", "reported_at", "requested_at", "requested_by", "reservation_id", "reservations"),
    *("resolved_at", "responsible", "review_id", "scenario", "secured_vnd", "settled_on", "severity", "signed_at"),
    *("signed_by", "spending", "spent_vnd", "started", "starts", "status", "still_due_vnd", "submitted_at"),
    *("submitted_by", "superseded_by", "suspended", "switch", "switches", "symbol", "task_id", "term", "text"),
    *("title", "unit", "units", "urgency", "variant", "voucher", "what", "withdrawn"),
    *("cause", "checklist", "comment_id", "comments", "directing_leader", "given_by", "instruction_id"),
    *("instructions", "obstacle_id", "obstacles", "opened_by", "product", "proposal", "proposed_to", "remark"),
    *("resolution", "resolved_by", "ticked", "ticked_at", "ticked_by"),
    *("acting", "alias", "aliases", "contact", "deputies", "deputises_for", "exclusive", "former", "holders"),
    *("person", "since", "until", "updated_at"),
    *("issued_by", "period_from", "period_to", "sequence", "signer"),
    changed_at="Changed on",
    changed_by="Changed by",
    entries="Entries",
    retired="Retired",
    template="Set of lists",
    today="Made for the day",
    coming_days="Days of the coming period",
    content_digest="Digest of what it says",
    content_form="Form of the digest",
    digest="Digest of the views",
    signing="Signed in whose place",
    dependencies="Tasks to be done before",
    item_id="Checklist item",
    person_id="Person's id",
    organisation="Organisation",
    organisation_en="Organisation in English",
    organisation_id="Organisation's id",
    phone="Telephone",
    email="E-mail",
    percent="Percent done",
    collective="Collective in charge",
    individual="Individual in charge",
    funding_source="Source of funding",
    block_reason="Why it is blocked",
    past_because="Why the deadline was over already",
    points="Points of the conclusion",
    sha256="Checksum",
    size_bytes="Size in bytes",
    spending_id="Payment",
    beyond_guaranteed_because="Why it is beyond",
    beyond_vnd="Beyond what is guaranteed",
    due_offset_days="Days from the opening",
    changes="What changed",
    closing_day="Closing day",
    confirmations="Deadlines confirmed",
    corrections="Corrections",
    en="English",
    evidence_required="Evidence required",
    file_name="Name of the file",
    followed="Scenario followed",
    founded_at="Put on record",
    founded_by="Put on record by",
    issuer_code="Its code in symbols",
    issuing_body="Body that issues the papers",
    language="Language of its reports",
    opening_day="Opening day",
    ordinal="Which congress it is",
    parent_body="Parent body",
    time_zone="Time zone",
    found="Gaps now",
    items="Tasks",
    kept="Kept by the unit",
    kept_at="Kept since",
    kept_by="Kept by",
    kind_code="Kind's code",
    left_out="Entries left out",
    locality_name="Locality's name",
    media_type="Kind of file",
    original_planned_vnd="Originally planned",
    refused_because="Why it was refused",
    rejection="Why it was rejected",
    reopened_because="Why it was reopened",
    restricted="Restricted details",
    revised_because="Why it was revised",
    set_at="Set on",
    set_by="Set by",
    to_return_vnd="To be returned",
    vi="Vietnamese",
    withdrawn_because="Why it was withdrawn",
    title_vi="Title in Vietnamese",
    title_en="Title in English",
    group_vi="Group's name",
)
VALUE_NAMES = {"status": TASK_STATUSES, "phase": PHASE_NAMES}
AN_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
"""As views hold it, in UTC or with the offset that it was sent with."""
CODED = frozenset(
    (
        *("status", "outcome", "decision", "severity", "what", "kind", "duty", "scenario"),
        *("found", "at_opening", "explained"),
    )
)
"""Fields whose values are words of the program, not of people; what people wrote is shown as they wrote it."""
A_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def field_in_words(field: str, lang: Language) -> str:
    """`followed.switch` names a field in another; ids between them stay."""
    parts = field.split(".")
    return " › ".join(render(FIELD_NAMES[part], lang) if part in FIELD_NAMES else part for part in parts)


def value_in_words(field: str, value: Any, lang: Language) -> str:
    """A dash for none; records by what they say, without the names of their fields."""
    match value:
        case None | "":
            return "–"
        case bool():
            return translate("yes", lang) if value else translate("no", lang)
        case dict():
            parts = (value_in_words(name, part, lang) for name, part in value.items() if part is not None)
            return ", ".join(parts) or "–"
        case list():
            return "; ".join(value_in_words(field.removesuffix("s"), part, lang) for part in value) or "–"
        case str():
            return _text_in_words(field, value, lang)
        case _:
            return in_words(field, value, lang)


def _text_in_words(field: str, text: str, lang: Language) -> str:
    if field in LISTED and (field == "unit" or is_listed(LISTED[field], text)):
        return name_of(LISTED[field], text, lang)
    if name := VALUE_NAMES.get(field, {}).get(text):
        return render(name, lang)
    if text == MASK:
        return masked_in_words(text, lang)
    if field == "by" or field.endswith("_by"):
        return title_of_position(text, lang)
    if field == "kind" and word(text) == text:
        return name_of(CodeList.INCIDENT_KINDS, text, lang)
    if field in CODED:
        return in_words(field, word(text), lang)
    if A_DAY.fullmatch(text):
        with suppress(ValueError):  # whoever writes a text may write a day that no calendar has
            return format_date(date.fromisoformat(text))
    return format_minute(text) if AN_INSTANT.fullmatch(text) else text


def masked_in_words(text: str, lang: Language) -> str:
    """What only some may read, as everybody reads it."""
    return f"«{translate('restricted', lang)}»" if text == MASK else text
