"""The calls of the JetStream API, and what streams there are."""

import asyncio
from typing import Any

import nats.errors
from nats.aio.client import Client

from shared.eventstore.errors import NoStream, NotPermitted, Unavailable
from shared.eventstore.names import ledger_stream, service_of, service_stream
from shared.eventstore.wire import as_json, read_json
from shared.platform.nats_permissions import PermissionsViolation

API_TIMEOUT_S = 5.0
LEADER_TRIES = 20
LEADER_AGAIN_AFTER_S = 0.1
_STREAM_NOT_FOUND = 10059
_LEDGERS = ledger_stream("")


async def congresses(connection: Client) -> list[str]:
    """The ids of all congresses that have streams on this server, sorted. Raises `Unavailable`."""
    names = await js_names(connection, "STREAM.NAMES")
    return sorted(name.removeprefix(_LEDGERS) for name in names if name.startswith(_LEDGERS))


async def services_with_streams(connection: Client, congress: str) -> list[str]:
    """The services with a stream in this congress, known to this process or not, sorted. Raises `Unavailable`."""
    names = await js_names(connection, "STREAM.NAMES", subject=f"evt.{congress}.>")
    services = filter(None, (service_of(congress, name) for name in names))
    return sorted(service for service in services if service_stream(congress, service) in names)


async def js_names(connection: Client, call: str, **which: str) -> list[str]:
    """The names of all streams, or of all consumers of one. Raises `Unavailable`."""
    names: list[str] = []
    while True:
        answer = await js_call(connection, call, {"offset": len(names), **which})
        page = answer.get("streams") or answer.get("consumers") or []
        names += page
        if not page or len(names) >= answer.get("total", 0):
            return names


async def stream_info(connection: Client, stream: str, **options: Any) -> dict[str, Any]:
    """What the stream's leader says of it. Raises `NoStream`, `Unavailable`."""
    for _ in range(LEADER_TRIES):
        info = await js_call(connection, f"STREAM.INFO.{stream}", options)
        if _is_from_the_leader(info.get("cluster", {})):
            return info
        await asyncio.sleep(LEADER_AGAIN_AFTER_S)
    raise Unavailable(f"the leader of stream {stream} does not answer")


def _is_from_the_leader(cluster: dict[str, Any]) -> bool:
    """Whether the leader answered. Without one any replica answers, and for ten seconds after its start one that led
    before, however far behind it is (nats-server 2.15). Whoever answers leaves itself out of `replicas`."""
    others = {replica["name"] for replica in cluster.get("replicas", ())}
    return not cluster or cluster.get("leader", "") not in {"", *others}


async def js_call(
    connection: Client, call: str, body: dict[str, Any], *, absent: int = 0, timeout_s: float = API_TIMEOUT_S
) -> dict[str, Any]:
    """What JetStream answers; nothing where it refuses with the code `absent`. Raises `NoStream`, `Unavailable`."""
    answer = await js_api(connection, call, body, timeout_s)
    if error := answer.get("error"):
        if error.get("err_code") == absent:
            return {}
        kind = NoStream if error.get("err_code") == _STREAM_NOT_FOUND else Unavailable
        raise kind(f"JetStream refused {call}: {error['description']}")
    return answer


async def js_api(
    connection: Client, call: str, body: dict[str, Any], timeout_s: float = API_TIMEOUT_S
) -> dict[str, Any]:
    """The answer of the JetStream API, be it a refusal. Raises `NotPermitted`, `Unavailable` when nobody answers."""
    try:
        reply = await connection.request(f"$JS.API.{call}", as_json(body), timeout=timeout_s)
    except PermissionsViolation as error:
        raise NotPermitted(error.subject) from error
    except (nats.errors.Error, TimeoutError) as error:
        raise Unavailable(f"JetStream did not answer {call}: {error}") from error
    return dict(read_json(reply.data))
