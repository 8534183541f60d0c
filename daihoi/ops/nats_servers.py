"""What is left to do once somebody is revoked: every NATS server has to be told."""

from shared.platform.embedded import keeper_lives
from shared.platform.nats_account import FOLDER
from shared.platform.settings import Settings
from shared.values.message import Message

EMBEDDED_READS_IT = Message(
    "embedded_reads_revocations", "The embedded server reads it by itself at once, and ends the open connections."
)
EMBEDDED_WILL_READ_IT = Message(
    "embedded_will_read_revocations",
    "An embedded server reads it when it starts. A server of your own still lets them in: print its configuration "
    "anew with `daihoi nats config` and have it read that (`nats-server --signal reload`, or SIGHUP).",
)
CONTAINERS_READ_IT = Message(
    "containers_read_revocations",
    "The server still lets them in. Next: `docker compose up keys`, then `docker compose kill -s HUP nats`; in a "
    "cluster `nats nats-2 nats-3`.",
)
SERVERS_READ_IT = Message(
    "servers_read_revocations",
    "Every NATS server still lets them in. Next: print the configuration of each one anew, leaf nodes too, with "
    "`daihoi nats config` and the options that it had, and have it read that (`nats-server --signal reload`, or "
    "SIGHUP).",
)


def next_step(settings: Settings) -> Message:
    """For whoever has revoked somebody in the folder of keys that `settings` name."""
    folder = settings.nats_keys_folder.absolute()
    if (folder.parent.name, folder.name) == ("host", "nats") and (folder.parent.parent / "nats").is_dir():
        return CONTAINERS_READ_IT
    if settings.nats_url or folder != (settings.data_dir / FOLDER).absolute():
        return SERVERS_READ_IT
    return EMBEDDED_READS_IT if keeper_lives(settings.data_dir) else EMBEDDED_WILL_READ_IT
