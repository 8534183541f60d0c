"""What people call the fields whose values can be corrected, in refusals and in the audit trail."""

from shared.values.message import Message

NAMES = {
    **{
        name: Message(name, name.replace("_", " ").capitalize())
        for name in (
            *("title", "deadline", "original_deadline", "phase", "product", "directing_leader", "remark"),
            *("completed_on", "recipient", "purpose", "on", "payee", "voucher", "kind", "name", "capacity"),
            *("starts", "ends", "place", "severity", "details", "happened_at", "outcome", "lessons", "held_on"),
            *("chair", "symbol", "issuer", "issued_on", "urgency", "basis", "advised_by", "superseded_by"),
            *("channel", "planned_on", "released_on", "holder", "position", "person", "since"),
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


def field_words(name: str) -> Message | str:
    """A field as people call it; one that has no name stands for itself."""
    return NAMES.get(name, name)
