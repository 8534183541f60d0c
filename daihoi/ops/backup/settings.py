"""The settings of what is put back. Those of event streams and of units' evidence are the program's own, whatever the
backup says; of other object stores and consumers nothing is taken over that would send messages elsewhere."""

from typing import Any

from daihoi.ops.backup.manifest import KeptConsumer, KeptStream
from shared.eventstore.names import bucket_subjects, service_of, unit_of_bucket
from shared.eventstore.streams import bucket_config, record_configs, stream_configs

_OF_AN_OBJECT_STORE = frozenset(
    {"name", "description", "metadata", "storage", "retention", "discard", "compression", "allow_direct"}
    | {"allow_rollup_hdrs", "max_age", "max_bytes"}
)
_OF_A_CONSUMER = frozenset(
    {"durable_name", "filter_subject", "filter_subjects", "ack_policy", "ack_wait", "max_ack_pending", "max_deliver"}
    | {"max_waiting", "replay_policy", "metadata"}
)


def settings_of(stream: KeptStream, congress: str, replicas: int) -> dict[str, Any]:
    """The settings of a stream, with as many replicas as there are servers now."""
    *of_services, ledger = stream_configs(congress, replicas)
    if stream.name == ledger["name"]:
        return ledger
    if service := service_of(congress, stream.name):
        return of_services[0] | {"name": stream.name, "subjects": [f"evt.{congress}.{service}.>"]}
    if unit := unit_of_bucket(congress, stream.name):
        return bucket_config(congress, unit, replicas)
    for config in record_configs(congress, replicas):
        if config["name"] == stream.name:
            return config
    bucket = stream.name.removeprefix("OBJ_")
    kept = {key: value for key, value in stream.config.items() if key in _OF_AN_OBJECT_STORE}
    return kept | {"num_replicas": replicas, "subjects": [*bucket_subjects(bucket)]}


def going_on(consumer: KeptConsumer) -> dict[str, Any]:
    """The settings of a consumer that is given what it was not done with. What it had begun is found done, as the ids
    of its commands follow from the event."""
    config = {key: value for key, value in consumer.config.items() if key in _OF_A_CONSUMER}
    begins = max(consumer.done + 1, consumer.config.get("opt_start_seq", 1))
    metadata = {key: value for key, value in config.get("metadata", {}).items() if not key.startswith("_nats.")}
    if "begins" in metadata:
        metadata["begins"] = str(begins)
    return config | {"deliver_policy": "by_start_sequence", "opt_start_seq": begins, "metadata": metadata}
