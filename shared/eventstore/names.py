"""The subjects and streams of a congress. These names are the stored format."""

import re

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


def is_name(text: str) -> bool:
    """Whether `text` can be one token of a subject: no blank, dot, wildcard or line end, and not empty. Ids, and the
    names of congresses, services, entities and commands are such."""
    return _NAME.fullmatch(text) is not None


def event_subject(congress: str, service: str, entity: str, entity_id: str) -> str:
    return f"evt.{congress}.{service}.{entity}.{entity_id}"


def service_stream(congress: str, service: str) -> str:
    return f"EVENTS_{service.upper()}_{congress}"


def service_of(congress: str, stream: str) -> str:
    """The service whose stream this is, empty where it is none of this congress."""
    match = re.fullmatch(rf"EVENTS_([A-Z0-9-]+)_{re.escape(congress)}", stream)
    return match[1].lower() if match else ""


def evidence_bucket(congress: str, unit: str) -> str:
    """The object store that holds the files which a unit keeps as evidence."""
    return f"evidence-{unit}_{congress}"


def bucket_stream(bucket: str) -> str:
    """The stream of an object store."""
    return f"OBJ_{bucket}"


def unit_of_bucket(congress: str, stream: str) -> str:
    """The unit whose evidence this stream holds, empty where it holds none of this congress."""
    match = re.fullmatch(rf"OBJ_evidence-([a-z][a-z0-9-]*)_{re.escape(congress)}", stream)
    return match[1] if match else ""


def bucket_subjects(bucket: str) -> tuple[str, str]:
    """Where the parts of objects are stored, and where what is said of them; each ends with a wildcard."""
    return f"$O.{bucket}.C.>", f"$O.{bucket}.M.>"


def accounts_bucket(congress: str) -> str:
    """The records of who may sign in: password hashes and positions."""
    return f"accounts_{congress}"


def signed_out_bucket(congress: str) -> str:
    """The records of sessions that were ended before their time, and of codes that were used."""
    return f"signed-out_{congress}"


def handed_over_bucket(congress: str) -> str:
    """Sessions on their way from where somebody signs in to the services, by service."""
    return f"handed-over_{congress}"


def record_stream(bucket: str) -> str:
    """The stream of a bucket of records."""
    return f"KV_{bucket}"


def record_subject(bucket: str, key: str) -> str:
    return f"$KV.{bucket}.{key}"


def ledger_stream(congress: str) -> str:
    return f"LEDGER_{congress}"


def ledger_announcements(congress: str) -> str:
    """The subject space where the ledger tells, header only, that it has stored another event."""
    return f"ledger.{congress}.>"


def consumer_name(service: str) -> str:
    """The one durable consumer of the ledger that a unit's policies run on."""
    return f"policies-{service}"
