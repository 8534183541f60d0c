"""The durable consumer of a unit: which events its policies read, and how far they are.

Earlier versions had a consumer for each policy. Where those are still there, the unit's own begins no later than the
first of them stood, and they are deleted once it is made: what is read again is found done.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from nats.aio.client import Client

from shared.eventstore.jetstream_api import js_call, js_names
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import consumer_name, ledger_stream
from shared.unit.policies import ANY_SERVICE, Policy

ACK_WAIT_S = 5.0
IN_HAND = 100
"""How many events one instance of a unit has at most that are not done."""
_NANOSECONDS = 10**9
_CONSUMER_NOT_FOUND = 10014


def consumer_config(congress: str, service: str, policies: Sequence[Policy], begins: int = 1) -> dict[str, Any]:
    """`max_waiting` 1: one instance of the unit is given events at a time, so they stay in order. The metadata say
    for which policies and subjects the consumer has been there since ledger event `begins`."""
    subjects = filters(congress, policies)
    served = {"policies": " ".join(sorted(policy.name for policy in policies)), "filters": " ".join(subjects)}
    return {
        "durable_name": consumer_name(service),
        "filter_subjects": subjects,
        "deliver_policy": "by_start_sequence",
        "opt_start_seq": begins,
        "replay_policy": "instant",
        "ack_policy": "explicit",
        "ack_wait": int(ACK_WAIT_S * _NANOSECONDS),
        "max_ack_pending": IN_HAND,
        "max_waiting": 1,
        "metadata": {**served, "begins": str(begins)},
    }


def filters(congress: str, policies: Sequence[Policy]) -> list[str]:
    """The subjects that the policies read. The broker takes none of which another holds all."""
    of_any = {policy.entity for policy in policies if policy.service == ANY_SERVICE}
    writers = {(ANY_SERVICE if policy.entity in of_any else policy.service, policy.entity) for policy in policies}
    return sorted(f"evt.{congress}.{service}.{entity}.*" for service, entity in writers)


async def consumer_info(connection: Client, congress: str, service: str) -> dict[str, Any]:
    """Empty where there is no such consumer. Raises `NoStream`, `Unavailable`."""
    call = f"CONSUMER.INFO.{ledger_stream(congress)}.{consumer_name(service)}"
    return await js_call(connection, call, {}, absent=_CONSUMER_NOT_FOUND)


async def make_consumer(connection: Client, congress: str, service: str, policies: Sequence[Policy]) -> None:
    """Makes it where it is missing, brings its filters in line where they differ, and lets it begin again where it
    was made without one of the policies, or where somebody has given it other filters: it may have passed over what
    they left out. Nothing else of a consumer that exists is changed. Raises `Unavailable`."""
    await _Consumer(connection, congress, service, policies).make()


class _Consumer:
    def __init__(self, connection: Client, congress: str, service: str, policies: Sequence[Policy]) -> None:
        self._connection = connection
        self._ledger = Ledger(connection, congress)
        self._stream = ledger_stream(congress)
        self._name = consumer_name(service)
        self._of_earlier_versions = f"policy-{service}-"
        self._config = partial(consumer_config, congress, service, policies)
        self._policies = policies

    async def make(self) -> None:
        if (config := (await self._call("INFO", self._name, {})).get("config")) is None:
            await self._put(self._config(await self._where_to_begin()))
        elif self._is_without_one_of_the_policies(config) or _was_given_other_filters(config):
            await self._call("DELETE", self._name, {})
            await self._put(self._config())
        else:
            await self._bring_in_line(config)
        for name in await self._earlier():
            await self._call("DELETE", name, {})

    async def _bring_in_line(self, config: dict[str, Any]) -> None:
        ours = self._config()
        served = {name: ours["metadata"][name] for name in ("policies", "filters")}
        in_line = config | {"filter_subjects": ours["filter_subjects"], "metadata": config["metadata"] | served}
        if in_line != config:
            await self._put(in_line)

    def _is_without_one_of_the_policies(self, config: dict[str, Any]) -> bool:
        served = config.get("metadata", {}).get("policies", "").split()
        return any(policy.name not in served for policy in self._policies)

    async def _where_to_begin(self) -> int:
        """The sequence after the last event with which every policy of an earlier version was done; 1 where one is
        new."""
        end = await self._ledger.last_sequence()  # asked before they are, so nothing comes in between
        earlier = await self._earlier()
        names = {f"{self._of_earlier_versions}{policy.name}" for policy in self._policies}
        if not names <= set(earlier):
            return 1
        return min([_done(await self._call("INFO", name, {}), end) for name in earlier], default=0) + 1

    async def _earlier(self) -> list[str]:
        """The names of the consumers that earlier versions made."""
        names = await js_names(self._connection, f"CONSUMER.NAMES.{self._stream}")
        return [name for name in names if name.startswith(self._of_earlier_versions)]

    async def _put(self, config: dict[str, Any]) -> None:
        await self._call("DURABLE.CREATE", self._name, {"stream_name": self._stream, "config": config})

    async def _call(self, call: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer is empty where there is no such consumer."""
        call = f"CONSUMER.{call}.{self._stream}.{name}"
        return await js_call(self._connection, call, body, absent=_CONSUMER_NOT_FOUND)


def _was_given_other_filters(config: dict[str, Any]) -> bool:
    made_with = config.get("metadata", {}).get("filters", "").split()
    return bool(made_with) and made_with != sorted(config.get("filter_subjects") or ())


def _done(info: dict[str, Any], end: int) -> int:
    """The event up to which a consumer had nothing left to do when the ledger ended with `end`."""
    idle = not info.get("num_pending") and not info.get("num_ack_pending")
    return end if idle else int(info["ack_floor"]["stream_seq"])
