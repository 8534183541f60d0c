"""The subjects and streams of a congress. These names are the stored format."""


def event_subject(congress: str, service: str, entity: str, entity_id: str) -> str:
    return f"evt.{congress}.{service}.{entity}.{entity_id}"


def service_stream(congress: str, service: str) -> str:
    return f"EVENTS_{service.upper()}_{congress}"


def ledger_stream(congress: str) -> str:
    return f"LEDGER_{congress}"


def ledger_announcements(congress: str) -> str:
    """The subject space where the ledger tells, header only, that it has stored another event."""
    return f"ledger.{congress}.>"
