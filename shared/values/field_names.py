"""What people call the fields whose values can be corrected, and such values, in refusals and in the audit trail."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from shared.values.code_lists import CodeList, is_listed, name_of
from shared.values.message import Message, word

NAMES = {
    **{
        name: Message(name, name.replace("_", " ").capitalize())
        for name in (
            *("title", "deadline", "original_deadline", "phase", "product", "directing_leader", "remark"),
            *("completed_on", "recipient", "purpose", "on", "payee", "voucher", "kind", "name", "capacity"),
            *("starts", "ends", "place", "severity", "details", "happened_at", "outcome", "lessons", "held_on"),
            *("chair", "symbol", "issuer", "issued_on", "urgency", "basis", "advised_by", "superseded_by"),
            *("channel", "planned_on", "released_on", "position", "person", "since"),
        )
    },
    "collective": Message("collective", "Collective in charge"),
    "individual": Message("individual", "Individual in charge"),
    "planned_vnd": Message("planned_vnd", "Planned"),
    "secured_vnd": Message("secured_vnd", "Secured"),
    "funding_source": Message("funding_source", "Source of funding"),
    "amount_vnd": Message("amount_vnd", "Amount"),
    "guaranteed_vnd": Message("guaranteed_vnd", "Guaranteed"),
    "beyond_vnd": Message("beyond_vnd", "Beyond what is guaranteed"),
    "beyond_guaranteed_because": Message("beyond_guaranteed_because", "Why it is beyond"),
    "points": Message("points", "Points of the conclusion"),
    "task_id": Message("task_id", "Task"),
}


def _named(*codes: str, **others: str) -> dict[str, Message]:
    names = {code: code.replace("_", " ").capitalize() for code in codes} | others
    return {code: Message(code, name) for code, name in names.items()}


VALUES = {
    "phase": _named(before="Before the congress", during="During the congress", after="After the congress"),
    "urgency": _named(
        "urgent", "very_urgent", "express", normal="Ordinary", express_timed="Express, at a stated time"
    ),
    "kind": _named("hall", "room", "lodging", "vehicle"),
}
"""Codes of the program, by the field that they stand in."""
LISTS = {"channel": CodeList.CHANNELS, "kind": CodeList.INCIDENT_KINDS, "funding_source": CodeList.FUNDING_SOURCES}
"""Fields that hold the id of an entry, of which a resource's kind is none."""
IS = Message("is", "{field}: {value}")
IS_A_SUM = Message("is_a_sum", "{field}: {value_vnd} VND")
POINT = Message("point", "{number}. {text}")


def field_words(name: str) -> Message | str:
    """A field as people call it; one that has no name stands for itself."""
    return NAMES.get(name, name)


def in_fields(values: Mapping[str, Any]) -> tuple[Message, ...]:
    """Values, as an event holds them, each with the name of its field."""
    return tuple(
        IS_A_SUM.filled(field=field_words(name), value_vnd=value)
        if name.endswith("_vnd")
        else IS.filled(field=field_words(name), value=readable(name, value))
        for name, value in values.items()
    ) or (NOTHING,)


NOTHING = Message("nothing", "nothing")


def readable(name: str, value: Any) -> object:
    """A value as an event holds it, in the form that sentences take."""
    match value:
        case [{"number": _}, *_]:
            return tuple(POINT.filled(**point) for point in value)
        case list():
            return ", ".join(map(str, value))
        case {"position": position, **others}:
            return ", ".join(str(part) for part in (others.get("name"), position) if part)
        case str() if name in DAYS:
            return date.fromisoformat(value)
        case str() if name in INSTANTS:
            return datetime.fromisoformat(value)
        case str() if name in LISTS and is_listed(LISTS[name], value):
            return {lang: name_of(LISTS[name], value, lang) for lang in ("vi", "en")}
        case str() if name in CODED:
            return VALUES.get(name, {}).get(value) or word(value)
        case _:
            return value


DAYS = frozenset(
    (
        "deadline",
        "original_deadline",
        "completed_on",
        "on",
        "held_on",
        "issued_on",
        "planned_on",
        "released_on",
        "since",
    )
)
CODED = frozenset((*VALUES, "severity"))
"""Fields whose values are words of the program; what people wrote is shown as they wrote it."""
INSTANTS = frozenset(("starts", "ends", "happened_at"))
