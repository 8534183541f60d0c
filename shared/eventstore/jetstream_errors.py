"""What each refusal of JetStream means for whoever appends: its `err_code`, classed once.

Codes and their HTTP-like `code` are those of nats-server's `server/errors.json`. A code that is not in the table is
classed by its `code`: what is wrong with the request stays wrong, what is wrong with the server passes.
"""

from collections.abc import Mapping
from typing import Any

from shared.eventstore.errors import Conflict, Duplicate, EventStoreError, Rejected, Unavailable

KINDS: Mapping[int, type[EventStoreError]] = {
    10070: Conflict,  # wrong last message id
    10071: Conflict,  # wrong last sequence
    10164: Conflict,  # wrong last sequence, on a replicated stream with a write in flight
    10201: Duplicate,  # the batch holds a message id that is stored already
    10158: Unavailable,  # this message id is being stored by an earlier try: it is there, or it is not, in a moment
    10002: Unavailable,  # the account is at its limits: an operator makes room
    10059: Unavailable,  # no such stream: it is made, or restored
    10063: Unavailable,  # the stream has not got to the expected sequence yet
    10077: Unavailable,  # storing failed: the disk is full or a limit was set, and that can be put right
    10163: Unavailable,  # the expected sequence is not known yet, after a change of leader
    10176: Unavailable,  # the batch was forgotten on its way: its time was over, or its leader changed
    10180: Unavailable,  # the replica is behind
    10202: Unavailable,  # the cluster is taking in or letting go a member
    10054: Rejected,  # the message is larger than the stream takes
    10058: Rejected,  # the stream has other settings
    10060: Rejected,  # the subject belongs to another stream
    10097: Rejected,  # the headers are larger than 64 kB
    10109: Rejected,  # the stream is sealed
    10174: Rejected,  # the stream takes no batches
    10199: Rejected,  # the batch is larger than 1,000 messages
}
_PASSING_CODES = frozenset({408, 429})


def typed(error: Mapping[str, Any]) -> EventStoreError:
    """The exception for the `error` in an answer of JetStream. Only after `Unavailable` does it help to try again."""
    code = error.get("code", 500)
    by_code = Rejected if 400 <= code < 500 and code not in _PASSING_CODES else Unavailable
    kind = KINDS.get(error.get("err_code", 0), by_code)
    return kind(f"{error.get('description', '')} ({error.get('err_code')})")
