"""The streams of a congress, and the one place that makes them.

One stream per service, so that a unit owns what it wrote; one ledger that sources them all in order of arrival.
The settings here are the stored format.
"""

import asyncio
import json
from typing import Any

import nats.errors
from nats.aio.client import Client

from shared.eventstore.errors import NoStream, StreamMismatch, Unavailable
from shared.eventstore.names import ledger_announcements, ledger_stream, service_stream
from shared.values.types import SERVICES

API_TIMEOUT_S = 5.0
LEADER_TRIES = 20
LEADER_AGAIN_AFTER_S = 0.1
STREAM_NOT_FOUND = 10059
_NAME_IN_USE = 10058
_LEDGERS = ledger_stream("")


_RELIED_ON: dict[str, Any] = {
    "retention": "limits",
    "discard": "old",
    "max_age": 0,
    "max_msgs": -1,
    "max_bytes": -1,
    "max_msgs_per_subject": -1,
    "max_msg_size": -1,
    "max_consumers": -1,
    "subjects": None,
    "sources": None,
    "mirror": None,
    "republish": None,
    "subject_transform": None,
    "sealed": False,
    "no_ack": False,
    "first_seq": 0,
    "allow_atomic": False,
    "allow_rollup_hdrs": False,
    "allow_msg_ttl": False,
    "allow_msg_schedules": False,
    "allow_msg_counter": False,
    "persist_mode": None,
    "duplicate_window": 120_000_000_000,
}
"""What a stream must be where its settings don't say so: as a broker makes it."""


def stream_configs(congress: str, replicas: int = 1) -> list[dict[str, Any]]:
    """Every stream of a congress; the ledger last, because it sources the others."""
    kept = {
        "storage": "file",
        "retention": "limits",
        "allow_direct": True,
        "deny_delete": True,
        "deny_purge": True,
        "num_replicas": replicas,
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
        "duplicate_window": 0,
        "republish": {"src": ">", "dest": ledger_announcements(congress), "headers_only": True},
        **kept,
    }
    return [*services, ledger]


async def provision(connection: Client, congress: str, replicas: int = 1) -> None:
    """Makes the streams that are missing, each on `replicas` servers, and gives more replicas to one that has fewer.

    Raises `StreamMismatch` where a stream differs otherwise, `Unavailable`. Safe to run at any time.
    """
    for config in stream_configs(congress, replicas):
        error = await _make(connection, config)
        if error and error.get("err_code") == _NAME_IN_USE:
            await _give_more_replicas(connection, config)
            error = await _make(connection, config)
        if error and error.get("err_code") == _NAME_IN_USE and await _only_begins_later(connection, config):
            continue
        if error and error.get("err_code") == _NAME_IN_USE:
            raise StreamMismatch(f"stream {config['name']} exists with other settings: {error['description']}")
        if error:
            raise Unavailable(
                f"stream {config['name']} could not be made with {replicas} replicas: {error['description']}"
            )


async def _make(connection: Client, wanted: dict[str, Any]) -> dict[str, Any] | None:
    """What the broker has against it; nothing where the stream exists as wanted."""
    name = wanted["name"]
    try:
        return (await js_api(connection, f"STREAM.CREATE.{name}", wanted)).get("error")
    except Unavailable:
        # A cluster of nats-server 2.15 keeps silent if a stream that sources others exists with one replica.
        if differing((await stream_info(connection, name))["config"], wanted):
            raise
        return None


async def _give_more_replicas(connection: Client, wanted: dict[str, Any]) -> None:
    """Where nothing else differs. Fewer are never given: that is for whoever means it to do by hand."""
    name, replicas = wanted["name"], wanted["num_replicas"]
    config = (await stream_info(connection, name))["config"]
    has = config["num_replicas"]
    if differing(config, wanted) != {"num_replicas"}:
        return
    if has > replicas:
        raise StreamMismatch(
            f"stream {name} has {has} replicas, more than {replicas}: set DAIHOI_NATS_REPLICAS={has}"
        )
    answer = await js_api(connection, f"STREAM.UPDATE.{name}", config | {"num_replicas": replicas})
    if error := answer.get("error"):
        raise Unavailable(f"stream {name} could not be given {replicas} replicas: {error['description']}")


async def _only_begins_later(connection: Client, wanted: dict[str, Any]) -> bool:
    """Whether nothing differs that is relied on: a restored stream has left behind from where on it is taken. That is
    undone once the ledger is past it: earlier, a broker would take the source in from its first event on."""
    name = wanted["name"]
    info = await stream_info(connection, name)
    if differing(info["config"], wanted):
        return False
    reached = {each["name"]: each.get("seq", 0) for each in info.get("sources", ())}
    begins = {each["name"]: each.get("opt_start_seq", 0) for each in info["config"].get("sources", ())}
    if any(begins.values()) and all(reached.get(source, 0) >= first for source, first in begins.items()):
        await js_api(connection, f"STREAM.UPDATE.{name}", info["config"] | {"sources": wanted["sources"]})
    return True


def differing(config: dict[str, Any], wanted: dict[str, Any]) -> set[str]:
    """The settings of a stream that are not as wanted, or not as relied on where nothing is said of them."""
    return {
        key for key, value in (_RELIED_ON | wanted).items() if _normal(key, config.get(key)) != _normal(key, value)
    }


def _normal(key: str, value: Any) -> Any:
    """A broker leaves out what is off. Sources have no order, and where one begins says nothing of what is there."""
    if key == "sources":
        sources = [{name: source[name] for name in source if name != "opt_start_seq"} for source in value or ()]
        return sorted(sources, key=lambda source: str(source["name"]))
    return value or None


async def congresses(connection: Client) -> list[str]:
    """The ids of all congresses that have streams on this server, sorted. Raises `Unavailable`."""
    names: list[str] = []
    while True:
        answer = await js_api(connection, "STREAM.NAMES", {"offset": len(names)})
        page = answer.get("streams") or []
        names += page
        if not page or len(names) >= answer.get("total", 0):
            return sorted(name.removeprefix(_LEDGERS) for name in names if name.startswith(_LEDGERS))


async def stream_info(connection: Client, stream: str, **params: Any) -> dict[str, Any]:
    """What the stream's leader says of it. Raises `NoStream`, `Unavailable`."""
    for _ in range(LEADER_TRIES):
        info = await js_api(connection, f"STREAM.INFO.{stream}", params)
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
        reply = await connection.request(f"$JS.API.{call}", json.dumps(body).encode(), timeout=API_TIMEOUT_S)
    except (nats.errors.Error, TimeoutError) as error:
        raise Unavailable(f"JetStream did not answer {call}: {error}") from error
    answer: dict[str, Any] = json.loads(reply.data)
    return answer
