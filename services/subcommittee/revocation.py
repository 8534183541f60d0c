"""The list of tokens and keys that are refused although they are signed well. Nothing is taken off it again: who is
to go on is given a new token, and a key has a successor."""

import re
from collections.abc import Sequence

from shared.domain.decider import Actor, Aggregate, Command, Refusal, latest, once
from shared.events.revocation import EVENTS, Revocable, RevocationRecorded
from shared.values.message import word
from shared.values.types import EntityId, Instant, Name, Phrase

FORMS = {
    Revocable.TOKEN: re.compile(r"[A-Za-z0-9_-]{1,64}"),
    Revocable.POSITION: re.compile(r"[a-z][a-z0-9-]{0,29}\.\S.*"),
    Revocable.KEY: re.compile(r"[0-9a-f]{16}"),
}
"""How each is named. One that is mistyped would be refused to nobody, and nobody would know."""


class RecordRevocation(Command):
    """Every service refuses, from `since` on, what is `named`: one token by its id, all tokens of a UNIT.POSITION
    that were minted by then, or a key by its id with all that it signs. For the sub-committee's lead."""

    NAME = "record-revocation"
    ENTITY = "revocation"
    ID = "revocation_id"
    revocation_id: EntityId
    what: Revocable
    named: Name
    since: Instant
    reason: Phrase


NO_RIGHT = Refusal("no_right_to_revoke", "{actor} can't revoke tokens and keys; the sub-committee's lead does.")
NOT_NAMED = Refusal(
    "nothing_to_revoke",
    "Nothing has such a name: {what} {named}. Tokens and keys have ids, as `daihoi token` and `daihoi keys list` show"
    " them; positions are written UNIT.POSITION.",
)
ALREADY_RECORDED = Refusal(
    "revocation_already_recorded", "Revocation {revocation_id} is already on record with different content."
)


def decide(
    command: RecordRevocation, recorded: RevocationRecorded | None, actor: Actor
) -> Sequence[RevocationRecorded]:
    if not actor.is_lead:
        raise NO_RIGHT(actor=actor.id)
    if not FORMS[command.what].fullmatch(command.named):
        raise NOT_NAMED(named=command.named, what=word(command.what))
    already = ALREADY_RECORDED(revocation_id=command.revocation_id)
    return once(RevocationRecorded(**command.content()), recorded, already)


AGGREGATE = Aggregate(events=EVENTS, commands=(RecordRevocation,), evolve=latest, decide=decide)
