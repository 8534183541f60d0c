"""Who may say and hear what on NATS: the one table. What is not in it is refused.

An identity is a service by its name, `member.<unit>` for the device of somebody who sends commands to that unit, or
one of `tracker`, `auditor`, `operator`. The permissions in credentials, the tests and the tables that people see are
all made from here.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from shared.eventstore.names import (
    accounts_bucket,
    bucket_stream,
    bucket_subjects,
    consumer_name,
    evidence_bucket,
    handed_over_bucket,
    ledger_announcements,
    ledger_stream,
    record_stream,
    record_subject,
    service_stream,
    signed_out_bucket,
)
from shared.values.units import AUDITOR, OPERATOR, SUBCOMMITTEE, TRACKER, services, support_unit_ids

STORE = "store"
"""The operator within the account of the streams, for JetStream's own backups: these can't be put back from outside.
No service hears anything that is asked there, so whether one runs the operator asks."""
MEMBER = "member"
EVERYTHING = ">"
INBOXES = "_INBOX"


class Rights(NamedTuple):
    """The subjects, with wildcards, that an identity may publish and subscribe to."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]

    def may_publish(self, subject: str) -> bool:
        return any(covers(pattern, subject) for pattern in self.publish)

    def may_subscribe(self, subject: str) -> bool:
        return any(covers(pattern, subject) for pattern in self.subscribe)


def member_of(unit: str) -> str:
    """The identity of a device from which members of `unit` send their commands."""
    return f"{MEMBER}.{unit}"


def identities() -> tuple[str, ...]:
    """All of a congress with the units that this process knows, the mightiest first."""
    return (OPERATOR, *services(), TRACKER, AUDITOR, *map(member_of, services()))


def inbox_prefix(congress: str, identity: str) -> str:
    """Where answers to this identity go; nobody else may listen there. The operator hears everything, so it needs
    no place of its own."""
    return INBOXES if identity in (OPERATOR, STORE) else f"{INBOXES}.{congress}.{identity.replace('.', '_')}"


def rights(congress: str, identity: str) -> Rights:
    """Raises `LookupError` where there is no such identity in a congress with the units that this process knows."""
    if identity in (OPERATOR, STORE):
        return Rights((EVERYTHING,), (EVERYTHING,))
    kind, _, unit = identity.partition(".")
    if kind == MEMBER and unit in services():
        return _member(congress, unit)
    if identity in services():
        return _service(congress, identity)
    if identity in _ONE_OF_A_KIND:
        return _ONE_OF_A_KIND[identity](congress)
    raise LookupError(identity)


def _service(congress: str, service: str) -> Rights:
    """Appends to its own stream, answers, reads its own stream and the ledger, and follows it by one consumer. The
    operator makes that: whoever makes one may have it push to where another's is asked or acknowledged."""
    ledger, own, consumer = ledger_stream(congress), service_stream(congress, service), consumer_name(service)
    return Rights(
        publish=(
            f"evt.{congress}.{service}.>",
            f"{INBOXES}.>",
            *_reading(own),
            *_reading(ledger),
            *(f"$JS.API.CONSUMER.{call}.{ledger}.{consumer}" for call in ("INFO", "MSG.NEXT")),
            f"$JS.API.CONSUMER.NAMES.{ledger}",
            f"$JS.ACK.{ledger}.{consumer}.>",
            f"$JS.ACK.*.*.{ledger}.{consumer}.>",
            *_keeping_evidence(congress, service),
            *_sessions(congress, service),
            *(_accounts(congress) if service == SUBCOMMITTEE else ()),
        ),
        subscribe=(
            f"cmd.{congress}.{service}.*",
            *_questions(congress, service),
            ledger_announcements(congress),
            _own_inbox(congress, service),
        ),
    )


def _keeping_evidence(congress: str, service: str) -> tuple[str, ...]:
    """Adds to its own unit's files and reads them. Nobody takes out or replaces any but the operator."""
    if service not in support_unit_ids():
        return ()
    bucket = evidence_bucket(congress, service)
    return (*bucket_subjects(bucket), *_reading(bucket_stream(bucket)))


def _sessions(congress: str, service: str) -> tuple[str, ...]:
    """Ends single sessions, hears which were ended, and takes those that are handed over to it, nobody else's. What
    was ended stays so: a record of a session says nothing that another could take back."""
    ended, handed_over = signed_out_bucket(congress), handed_over_bucket(congress)
    own = record_subject(handed_over, f"{service}.*")
    return (
        *(record_subject(ended, f"{what}.*") for what in ("token", "code")),
        *_reading(record_stream(ended)),
        f"$JS.API.DIRECT.GET.{record_stream(handed_over)}.{own}",
    )


def _accounts(congress: str) -> tuple[str, ...]:
    """Keeps who may sign in, ends all sessions of somebody, and hands sessions over."""
    accounts = accounts_bucket(congress)
    return (
        record_subject(accounts, "*"),
        *_reading(record_stream(accounts)),
        record_subject(signed_out_bucket(congress), "person.*"),
        record_subject(handed_over_bucket(congress), "*.*"),
    )


def _tracker(congress: str) -> Rights:
    """Reads the ledger, and of every stream how long it is; of the units' that are known when the credentials are
    made single events too, to see that none has lost any. Those of another congress it does not read."""
    compared = (f"$JS.API.STREAM.MSG.GET.{service_stream(congress, unit)}" for unit in services())
    return Rights(
        publish=(f"{INBOXES}.>", *_length_of_every_stream(), *_events_of(ledger_stream(congress)), *compared),
        subscribe=(
            *_questions(congress, TRACKER),
            ledger_announcements(congress),
            _own_inbox(congress, TRACKER),
        ),
    )


def _member(congress: str, unit: str) -> Rights:
    """Sends commands to one unit, with them the files that it is to keep, or to hand out, and learns which streams
    there are. It looks at none: they hold what not everybody may read, and whoever is told how long one is is told
    the ids of everything in it where the question asks for those. How far they are, services and tracker say."""
    return Rights(
        publish=(f"cmd.{congress}.{unit}.*", *_asking(congress), "$JS.API.STREAM.NAMES"),
        subscribe=(_own_inbox(congress, member_of(unit)),),
    )


def _auditor(congress: str) -> Rights:
    """Reads everything of its congress but passwords and sessions, of the units that are known when the credentials
    are made, and changes nothing. The ledger has the events of those that join later too."""
    streams = (
        ledger_stream(congress),
        *(service_stream(congress, service) for service in services()),
        *(bucket_stream(evidence_bucket(congress, unit)) for unit in support_unit_ids()),
        record_stream(signed_out_bucket(congress)),
    )
    return Rights(
        publish=(
            *_asking(congress),
            *_length_of_every_stream(),
            *(call for stream in streams for call in _events_of(stream)),
        ),
        subscribe=(ledger_announcements(congress), _own_inbox(congress, AUDITOR)),
    )


_ONE_OF_A_KIND: Mapping[str, Callable[[str], Rights]] = {TRACKER: _tracker, AUDITOR: _auditor}


def _reading(stream: str) -> tuple[str, ...]:
    return (f"$JS.API.STREAM.INFO.{stream}", *_events_of(stream))


def _events_of(stream: str) -> tuple[str, ...]:
    return (f"$JS.API.STREAM.MSG.GET.{stream}", f"$JS.API.DIRECT.GET.{stream}")


def _length_of_every_stream() -> tuple[str, ...]:
    """The right to ask for the length of every stream, of units too that joined after the credentials were made: a
    wildcard stands for a whole name."""
    return ("$JS.API.STREAM.NAMES", "$JS.API.STREAM.INFO.*")


def _questions(congress: str, service: str) -> tuple[str, ...]:
    """What a service is asked besides commands."""
    return (f"health.{congress}.{service}", f"health.{congress}.{service}.*", f"asyncapi.{congress}.{service}")


def _asking(congress: str) -> tuple[str, ...]:
    return _questions(congress, "*")


def _own_inbox(congress: str, identity: str) -> str:
    return f"{inbox_prefix(congress, identity)}.>"


def covers(pattern: str, subject: str) -> bool:
    """Whether everything that matches `subject`, which may have wildcards itself, matches `pattern`."""
    parts, tokens = pattern.split("."), subject.split(".")
    for place, part in enumerate(parts):
        if part == EVERYTHING:
            return len(tokens) > place
        if place == len(tokens) or part not in ("*", tokens[place]) or tokens[place] == EVERYTHING:
            return False
    return len(parts) == len(tokens)
