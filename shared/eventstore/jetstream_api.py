"""The calls of the JetStream API, and what streams there are."""

import asyncio
from typing import Any

import nats.errors
from nats.aio.client import Client

from shared.eventstore.errors import NoStream, Unavailable
from shared.eventstore.names import ledger_stream, service_of, service_stream
from shared.eventstore.wire import as_json, read_json

API_TIMEOUT_S = 5.0
LEADER_TRIES = 20
LEADER_AGAIN_AFTER_S = 0.1
STREAM_NOT_FOUND = 10059
_LEDGERS = ledger_stream("")


async def congresses(connection: Client) -> list[str]:
    """The ids of all congresses that have streams on this server, sorted. Raises `Unavailable`."""
    names = await _names(connection)
    return sorted(name.removeprefix(_LEDGERS) for name in names if name.startswith(_LEDGERS))


async def services_with_streams(connection: Client, congress: str) -> list[str]:
    """The services of this congress that have a stream, whether or not this process knows them, sorted. Raises
    `Unavailable`."""
    names = await _names(connection, subject=f"evt.{congress}.>")
    services = filter(None, (service_of(congress, name) for name in names))
    return sorted(service for service in services if service_stream(congress, service) in names)


async def _names(connection: Client, **which: str) -> list[str]:
    names: list[str] = []
    while True:
        answer = await js_api(connection, "STREAM.NAMES", {"offset": len(names), **which})
        page = answer.get("streams") or []
        names += page
        if not page or len(names) >= answer.get("total", 0):
            return names


async def stream_info(connection: Client, stream: str, **asked: Any) -> dict[str, Any]:
    """What the stream's leader says of it. Raises `NoStream`, `Unavailable`."""
    for _ in range(LEADER_TRIES):
        info = await js_api(connection, f"STREAM.INFO.{stream}", asked)
        if error := info.get("error"):
            kind = NoStream if error.get("err_code") == STREAM_NOT_FOUND else Unavailable
            raise kind(f"no stream {stream}: {error['description']}")
        if _is_from_the_leader(info.get("cluster", {})):
            return info
        await asyncio.sleep(LEADER_AGAIN_AFTER_S)
    raise Unavailable(f"the leader of stream {stream} does not answer")


def _is_from_the_leader(cluster: dict[str, Any]) -> bool:
    """Without a leader any replica answers, and for ten seconds after its start one that led before, however far
    behind it is (nats-server 2.15). Whoever answers leaves itself out of `replicas`."""
    others = {each["name"] for each in cluster.get("replicas", ())}
    return not cluster or cluster.get("leader", "") not in {"", *others}


async def js_api(connection: Client, call: str, body: dict[str, Any]) -> dict[str, Any]:
    """One call of the JetStream API. Raises `Unavailable` when nobody answers."""
    try:
        reply = await connection.request(f"$JS.API.{call}", as_json(body), timeout=API_TIMEOUT_S)
    except (nats.errors.Error, TimeoutError) as error:
        raise Unavailable(f"JetStream did not answer {call}: {error}") from error
    answer: dict[str, Any] = read_json(reply.data)
    return answer
