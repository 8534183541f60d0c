"""The streams of a congress, and the one place that makes them.

One stream per service, so that a unit owns what it wrote; one ledger that sources them all in order of arrival.
The names and settings here are the stored format.
"""

import json
from typing import Any

import nats.errors
from nats.aio.client import Client

from shared.domain.values import SERVICES
from shared.eventstore.errors import StreamMismatch, Unavailable

API_TIMEOUT_S = 5.0
_NAME_IN_USE = 10058


def event_subject(congress: str, service: str, entity: str, entity_id: str) -> str:
    return f"evt.{congress}.{service}.{entity}.{entity_id}"


def service_stream(congress: str, service: str) -> str:
    return f"EVENTS_{service.upper()}_{congress}"


def ledger_stream(congress: str) -> str:
    return f"LEDGER_{congress}"


def ledger_announcements(congress: str) -> str:
    """The subject space where the ledger tells, header only, that it has stored another event."""
    return f"ledger.{congress}.>"


def stream_configs(congress: str) -> list[dict[str, Any]]:
    """Every stream of a congress; the ledger last, because it sources the others."""
    kept = {
        "storage": "file",
        "retention": "limits",
        "allow_direct": True,
        "deny_delete": True,
        "deny_purge": True,
        "num_replicas": 1,
    }
    services = [
        {
            "name": service_stream(congress, service),
            "subjects": [f"evt.{congress}.{service}.>"],
            "allow_atomic": True,
            **kept,
        }
        for service in SERVICES
    ]
    ledger = {
        "name": ledger_stream(congress),
        "sources": [{"name": stream["name"]} for stream in services],
        "republish": {"src": ">", "dest": ledger_announcements(congress), "headers_only": True},
        **kept,
    }
    return [*services, ledger]


async def provision(connection: Client, congress: str) -> None:
    """Makes the streams that are missing; raises `StreamMismatch` where one differs. Safe to run at any time."""
    for config in stream_configs(congress):
        answer = await js_api(connection, f"STREAM.CREATE.{config['name']}", config)
        error = answer.get("error")
        if error and error.get("err_code") == _NAME_IN_USE:
            raise StreamMismatch(f"stream {config['name']} exists with other settings: {error['description']}")
        if error:
            raise Unavailable(f"stream {config['name']} could not be made: {error['description']}")


async def js_api(connection: Client, call: str, body: dict[str, Any]) -> dict[str, Any]:
    """One call of the JetStream API. Raises `Unavailable` when nobody answers."""
    try:
        reply = await connection.request(f"$JS.API.{call}", json.dumps(body).encode(), timeout=API_TIMEOUT_S)
    except (nats.errors.Error, TimeoutError) as error:
        raise Unavailable(f"JetStream did not answer {call}: {error}") from error
    answer: dict[str, Any] = json.loads(reply.data)
    return answer
