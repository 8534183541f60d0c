"""The list of tokens and keys that are refused although they are signed well. Nothing is taken off it again: who is
to go on is given a new token, and a key has a successor."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.subcommittee.listed import UNITS, entries_in
from shared.domain.decider import Actor, Aggregate, Command, Key, RankRefusal, Refusal, latest, once, require_rank
from shared.domain.ranks import Act
from shared.events.revocation import EVENTS, Revocable, RevocationRecorded
from shared.values.code_lists import CodeList
from shared.values.message import word
from shared.values.token_names import KEY_ID, TOKEN_ID
from shared.values.types import EntityId, Instant, Name, Phrase
from shared.values.units import READING, services

FORMS = {
    Revocable.TOKEN: TOKEN_ID,
    Revocable.POSITION: re.compile(r"[^.\n]+\.[^\n]+"),
    Revocable.KEY: KEY_ID,
}
"""How each is named. One that is mistyped would be refused to nobody, and nobody would know."""
MOST_AHEAD = timedelta(days=31)
"""How long before it is in force a revocation may be recorded. A mistyped year would revoke nothing, and later what
nobody meant."""


class RecordRevocation(Command):
    """Every service refuses, from `since` on, what is `named`: one token by its id, all tokens of a UNIT.POSITION
    that were minted by then, or a key by its id with all that it signs. For the sub-committee's lead."""

    NAME = "record-revocation"
    GIVEN_BY = Act.SIGN
    ENTITY = "revocation"
    ID = "revocation_id"
    revocation_id: EntityId
    what: Revocable
    named: Name
    since: Instant
    reason: Phrase

    def check_given_at(self, happened: datetime) -> None:
        if self.since > happened + MOST_AHEAD:
            raise TOO_FAR_AHEAD(since=self.since, days=MOST_AHEAD.days)


NO_RIGHT = RankRefusal("no_right_to_revoke", "{actor} can't revoke tokens and keys; the sub-committee's lead does.")
NOT_NAMED = Refusal(
    "nothing_to_revoke",
    "Nothing has such a name: {what} {named}. Tokens and keys have ids, as `daihoi token` and `daihoi keys list` show"
    " them; positions are written UNIT.POSITION.",
)
NO_SUCH_UNIT = Refusal(
    "no_unit_to_revoke",
    "There is no unit {name} whose tokens could be revoked; there are {units}. A unit by setting has to stand in "
    "DAIHOI_UNITS of the sub-committee's service too; until then its tokens can be revoked by their ids.",
)
TOO_FAR_AHEAD = Refusal(
    "revocation_too_far_ahead",
    "A revocation can be recorded up to {days} days before it is in force, and {since} is later. Until then it would "
    "refuse nothing.",
)
ALREADY_RECORDED = Refusal(
    "revocation_already_recorded", "Revocation {revocation_id} is already on record with different content."
)


def reads(command: RecordRevocation, recorded: RevocationRecorded | None) -> Sequence[Key]:
    """The list of units only where this process does not know the unit: nothing else may stand in the way."""
    is_known = command.named.partition(".")[0] in (*services(), *READING)
    return (UNITS,) if command.what is Revocable.POSITION and not is_known else ()


def decide(
    command: RecordRevocation, recorded: RevocationRecorded | None, actor: Actor, seen: Mapping[Key, Any]
) -> Sequence[RevocationRecorded]:
    require_rank(command, actor, NO_RIGHT)
    _check_named(command, seen)
    already = ALREADY_RECORDED(revocation_id=command.revocation_id)
    return once(RevocationRecorded(**command.content()), recorded, already)


def _check_named(command: RecordRevocation, seen: Mapping[Key, Any]) -> None:
    """Raises a refusal where no token or key can have such a name."""
    if not FORMS[command.what].fullmatch(command.named):
        raise NOT_NAMED(named=command.named, what=word(command.what))
    listed = (entry.id for entry in entries_in(CodeList.UNITS, seen))
    unit, units = command.named.partition(".")[0], tuple(dict.fromkeys((*services(), *listed, *READING)))
    if command.what is Revocable.POSITION and unit not in units:
        raise NO_SUCH_UNIT(name=unit, units=", ".join(units))


AGGREGATE = Aggregate(events=EVENTS, commands=(RecordRevocation,), evolve=latest, decide=decide, reads=reads)
