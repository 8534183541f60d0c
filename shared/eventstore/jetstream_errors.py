"""What each refusal of JetStream means for whoever appends: its `err_code`, classed once.

Codes and their HTTP-like `code` are those of nats-server's `server/errors.json`. A code that is not in the table is
classed by its `code`: what is wrong with the request stays wrong, what is wrong with the server passes.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from shared.eventstore.errors import Conflict, Duplicate, EventStoreError, Rejected, Unavailable


class Kind(StrEnum):
    """Only for `PASSING` does it help to try again."""

    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    PERMANENT = "permanent"
    PASSING = "passing"


KINDS: Mapping[int, Kind] = {
    10070: Kind.CONFLICT,  # wrong last message id
    10071: Kind.CONFLICT,  # wrong last sequence
    10164: Kind.CONFLICT,  # wrong last sequence, on a replicated stream with a write in flight
    10201: Kind.DUPLICATE,  # the batch holds a message id that is stored already
    10158: Kind.PASSING,  # this message id is being stored by an earlier try: it is there, or it is not, in a moment
    10002: Kind.PASSING,  # the account is at its limits: an operator makes room
    10059: Kind.PASSING,  # no such stream: it is made, or restored
    10063: Kind.PASSING,  # the stream has not got to the expected sequence yet
    10077: Kind.PASSING,  # storing failed: the disk is full or a limit was set, and that can be put right
    10163: Kind.PASSING,  # the expected sequence is not known yet, after a change of leader
    10176: Kind.PASSING,  # the batch was forgotten on its way: its time was over, or its leader changed
    10180: Kind.PASSING,  # the replica is behind
    10202: Kind.PASSING,  # the cluster is taking in or letting go a member
    10036: Kind.PERMANENT,  # the server has not learned it, whenever it is asked
    10052: Kind.PERMANENT,  # the settings asked for are not valid
    10054: Kind.PERMANENT,  # the message is larger than the stream takes
    10056: Kind.PERMANENT,  # the stream in the subject is not the one in the request
    10058: Kind.PERMANENT,  # the stream has other settings
    10060: Kind.PERMANENT,  # the subject belongs to another stream
    10074: Kind.PERMANENT,  # one server can't keep several replicas
    10097: Kind.PERMANENT,  # the headers are larger than 64 kB
    10109: Kind.PERMANENT,  # the stream is sealed
    10174: Kind.PERMANENT,  # the stream takes no batches
    10199: Kind.PERMANENT,  # the batch is larger than 1,000 messages
}
_PASSING_CODES = frozenset({408, 429})


def kind_of(error: Mapping[str, Any]) -> Kind:
    """The kind of the `error` in an answer of JetStream."""
    if kind := KINDS.get(error.get("err_code", 0)):
        return kind
    code = error.get("code", 500)
    return Kind.PERMANENT if 400 <= code < 500 and code not in _PASSING_CODES else Kind.PASSING


def typed(error: Mapping[str, Any]) -> EventStoreError:
    """The exception for the `error` in an answer of JetStream."""
    description = f"{error.get('description', '')} ({error.get('err_code')})"
    match kind_of(error):
        case Kind.CONFLICT:
            return Conflict(description)
        case Kind.DUPLICATE:
            return Duplicate(description)
        case Kind.PERMANENT:
            return Rejected(description)
        case Kind.PASSING:
            return Unavailable(description)
