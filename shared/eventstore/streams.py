"""The streams of a congress, and the one place that makes them.

One stream per service, so that a unit owns what it wrote; one ledger that sources them all in order of arrival.
The settings here are the stored format.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from nats.aio.client import Client

from shared.eventstore.errors import NoStream, StreamLost, StreamMismatch, Unavailable
from shared.eventstore.jetstream_api import js_api, js_call, services_with_streams, stream_info
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import (
    accounts_bucket,
    bucket_stream,
    bucket_subjects,
    evidence_bucket,
    handed_over_bucket,
    ledger_announcements,
    ledger_stream,
    record_stream,
    record_subject,
    service_of,
    service_stream,
    signed_out_bucket,
)
from shared.eventstore.wholeness import held_by_the_ledger
from shared.values.message import Message
from shared.values.units import services, support_unit_ids

STREAM_MISMATCH = Message(
    "stream_mismatch",
    "The stream {stream} exists with other settings: {settings}. `daihoi doctor` says what they are to be.",
)
MORE_REPLICAS = Message(
    "stream_has_more_replicas",
    "The stream {stream} has {has} replicas, more than {replicas}: set DAIHOI_NATS_REPLICAS={has}.",
)
NO_SOURCE = Message(
    "stream_is_no_source", "The stream {stream} is no source of the ledger, which has events of it: restore it first."
)
JOINING_TRIES = 20
LONGEST_SESSION_S = 12 * 60 * 60
HANDED_OVER_S = 60
_NAME_IN_USE = 10058
_NS = 10**9

_KEPT: dict[str, Any] = {"storage": "file", "allow_direct": True, "deny_delete": True, "deny_purge": True}
_RELIED_ON: dict[str, Any] = {
    "retention": "limits",
    "discard": "old",
    "duplicate_window": 120_000_000_000,
    **dict.fromkeys(("max_msgs", "max_bytes", "max_msgs_per_subject", "max_msg_size", "max_consumers"), -1),
    **dict.fromkeys(("subjects", "sources", "mirror", "republish", "subject_transform", "first_seq", "max_age")),
    **dict.fromkeys(("sealed", "no_ack", "persist_mode", "allow_atomic", "allow_rollup_hdrs"), False),
    **dict.fromkeys(("allow_msg_ttl", "allow_msg_schedules", "allow_msg_counter"), False),
}
"""What a stream must be where its settings don't say so: as a broker makes it."""


def stream_configs(congress: str, replicas: int = 1, joined: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Every stream of a congress; the ledger last, because it sources the others. `joined` are services that have
    streams there already: the ledger sources those too."""
    kept = _KEPT | {"num_replicas": replicas}
    of_a_service = kept | {"allow_atomic": True}
    streams = [
        of_a_service | {"name": service_stream(congress, service), "subjects": [f"evt.{congress}.{service}.>"]}
        for service in services()
    ]
    sourced = dict.fromkeys((*services(), *joined))
    ledger = {
        "name": ledger_stream(congress),
        "sources": [{"name": service_stream(congress, service)} for service in sourced],
        "duplicate_window": 0,
        "republish": {"src": ">", "dest": ledger_announcements(congress), "headers_only": True},
        **kept,
    }
    return [*streams, ledger]


def bucket_config(congress: str, unit: str, replicas: int = 1) -> dict[str, Any]:
    """The object store of a unit's evidence. Nothing in it is replaced: what is stored stays until the operator takes
    it out, with all parts of an object at once."""
    bucket = evidence_bucket(congress, unit)
    return _KEPT | {
        "name": bucket_stream(bucket),
        "subjects": [*bucket_subjects(bucket)],
        "num_replicas": replicas,
        "deny_purge": False,
    }


def bucket_configs(congress: str, replicas: int = 1) -> list[dict[str, Any]]:
    """The object stores of a congress, one for each unit that has tasks."""
    return [bucket_config(congress, unit, replicas) for unit in support_unit_ids()]


def record_configs(congress: str, replicas: int = 1) -> list[dict[str, Any]]:
    """The buckets of records of a congress: who may sign in, which sessions were ended, and which are handed over.
    A session that was ended is forgotten when it would have been over. Of an account the record before the last one
    is kept too: what is changed while a backup reads is in the backup all the same, as it was before."""
    kept = _KEPT | {"num_replicas": replicas, "max_msgs_per_subject": 1}
    short = {"duplicate_window": HANDED_OVER_S * _NS, "max_age": HANDED_OVER_S * _NS, "storage": "memory"}
    return [
        kept | _of_bucket(accounts_bucket(congress)) | {"max_msgs_per_subject": 2},
        kept | _of_bucket(signed_out_bucket(congress)) | {"max_age": LONGEST_SESSION_S * _NS},
        kept | _of_bucket(handed_over_bucket(congress)) | short,
    ]


def _of_bucket(bucket: str) -> dict[str, Any]:
    return {"name": record_stream(bucket), "subjects": [record_subject(bucket, ">")]}


async def provision(connection: Client, congress: str, replicas: int = 1) -> None:
    """Makes the streams, object stores and buckets that are missing, each on `replicas` servers, gives more replicas
    to one that has fewer, and has the ledger source every stream of events of the congress: so a unit joins, and a
    join that was cut short is finished. Raises `StreamMismatch` where one differs otherwise, `Unavailable`.
    Safe to run at any time."""
    buckets = (*bucket_configs(congress, replicas), *record_configs(congress, replicas))
    for config in (*stream_configs(congress, replicas)[:-1], *buckets):
        await _provide(connection, config)
    for _ in range(JOINING_TRIES):
        joined = await services_with_streams(connection, congress)
        wanted = stream_configs(congress, replicas, joined)[-1]
        # Nothing guards an update: whoever wrote looks again, so the last one sees what others have made meanwhile.
        if not await _source_all(connection, congress, wanted) and await _provide(connection, wanted):
            return
    raise Unavailable(f"stream {ledger_stream(congress)} is changed by others again and again")


async def check_streams(connection: Client, congress: str, service: str, replicas: int = 1) -> None:
    """Whether what a service relies on, its stream and the ledger, is as it must be; what is not there yet is right
    once the operator makes it. Raises `StreamMismatch`, `Unavailable`."""
    own = service_stream(congress, service)
    for wanted in stream_configs(congress, replicas):
        if wanted["name"] in (own, ledger_stream(congress)):
            with suppress(NoStream):
                config = (await stream_info(connection, wanted["name"]))["config"]
                _check_settings(config, wanted, differing(config, wanted) - {"num_replicas"})
                _check_replicas(config, replicas)
                if own in lacking(config, wanted) and await Ledger(connection, congress).last_of(service):
                    raise StreamMismatch(NO_SOURCE.filled(stream=own))


async def _provide(connection: Client, wanted: dict[str, Any]) -> bool:
    """Whether the stream is as wanted; otherwise it was given more replicas, or lacks sources."""
    name, replicas = wanted["name"], wanted["num_replicas"]
    error = await _make(connection, wanted)
    if not error:
        return True
    if error.get("err_code") != _NAME_IN_USE:
        raise Unavailable(f"stream {name} could not be made with {replicas} replicas: {error['description']}")
    config = (await stream_info(connection, name))["config"]
    differs = differing(config, wanted)
    if differs == {"num_replicas"}:
        await _give_more_replicas(connection, config, replicas)
        return "sources" not in wanted
    _check_settings(config, wanted, differs)
    return not differs


def _check_settings(config: dict[str, Any], wanted: dict[str, Any], differs: set[str]) -> None:
    """A ledger that only lacks sources can be given them."""
    if differs - {"sources"} or (differs and not lacking(config, wanted)):
        settings = ", ".join(sorted(differs))
        raise StreamMismatch(STREAM_MISMATCH.filled(stream=wanted["name"], settings=settings))


def _check_replicas(config: dict[str, Any], replicas: int) -> None:
    name, has = config["name"], config["num_replicas"]
    if has > replicas:
        raise StreamMismatch(MORE_REPLICAS.filled(stream=name, has=has, replicas=replicas))


async def _source_all(connection: Client, congress: str, wanted: dict[str, Any]) -> bool:
    """Whether the ledger had to be changed. A restored stream has left behind from where on it is taken; that is
    undone once the ledger is past it: earlier, a broker would take the source in from its first event on."""
    try:
        info = await stream_info(connection, wanted["name"])
    except NoStream:
        return False
    config = info["config"]
    if differing(config, wanted) - {"sources", "num_replicas"}:
        return False
    reached = {source["name"]: source.get("seq", 0) for source in info.get("sources", ())}
    now = config.get("sources") or []
    sources = [_plain_once(reached.get(source["name"], 0), source) for source in now]
    sources += [await _joining(connection, congress, name) for name in lacking(config, wanted)]
    if sources == now:
        return False
    await js_call(connection, f"STREAM.UPDATE.{wanted['name']}", config | {"sources": sources})
    return True


def _plain_once(reached: int, source: dict[str, Any]) -> dict[str, Any]:
    if reached < source.get("opt_start_seq", 0):
        return source
    return {name: value for name, value in source.items() if name != "opt_start_seq"}


async def _joining(connection: Client, congress: str, stream: str) -> dict[str, Any]:
    """The source that the ledger lacks, from the first event on that it does not have."""
    try:
        held = await held_by_the_ledger(Ledger(connection, congress), service_of(congress, stream))
    except StreamLost as loss:
        raise StreamMismatch(NO_SOURCE.filled(stream=stream)) from loss
    return {"name": stream, "opt_start_seq": held + 1} if held else {"name": stream}


def lacking(config: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """The streams that a ledger has to source and does not."""
    has = {source["name"] for source in config.get("sources") or ()}
    return [source["name"] for source in wanted.get("sources", ()) if source["name"] not in has]


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


async def _give_more_replicas(connection: Client, config: dict[str, Any], replicas: int) -> None:
    """Fewer are never given: that is for whoever means it to do by hand."""
    _check_replicas(config, replicas)
    await js_call(connection, f"STREAM.UPDATE.{config['name']}", config | {"num_replicas": replicas})


def relied_on(wanted: dict[str, Any]) -> dict[str, Any]:
    """Every setting that a stream must have, those too of which `wanted` says nothing."""
    return _RELIED_ON | wanted


def differing(config: dict[str, Any], wanted: dict[str, Any]) -> set[str]:
    """The settings of a stream that are not as wanted, or not as relied on where nothing is said of them. A ledger
    may source more streams than wanted: this process need not know every unit."""
    differs = {key for key, value in relied_on(wanted).items() if (config.get(key) or None) != (value or None)}
    congress = wanted["name"].removeprefix(ledger_stream(""))
    sources = config.get("sources") or () if "sources" in wanted else ()
    if sources and not lacking(config, wanted) and all(_is_plain(source, congress) for source in sources):
        differs.discard("sources")
    return differs


def _is_plain(source: dict[str, Any], congress: str) -> bool:
    """A whole stream of events; where it begins says nothing of what is there."""
    return source.keys() <= {"name", "opt_start_seq"} and service_of(congress, source["name"]) != ""
