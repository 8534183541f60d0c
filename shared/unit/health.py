"""Health over NATS: `health.<congress>.<service>` answers with what was tried and what came of it; with an instance's
name at its end, that instance alone."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from nats.aio.client import Client
from pydantic import BaseModel

from shared.eventstore.errors import EventStoreError, LedgerGone, NotPermitted, StreamLost, Unavailable
from shared.eventstore.ledger import Ledger
from shared.eventstore.store import EventStore
from shared.eventstore.wire import read_json
from shared.platform.settings import Settings
from shared.unit.answering import unread
from shared.unit.findings import Finding, Notice, Severity
from shared.unit.following import Follower
from shared.unit.together import Together
from shared.unit.unseen import Unseen

if TYPE_CHECKING:
    from shared.unit.broker import UnitBroker

JETSTREAM_PATIENCE_S = 0.8
JETSTREAM_SILENT = Notice(
    "jetstream_silent",
    Severity.ERROR,
    "JetStream does not answer: {reason}.",
    "Check that NATS runs, can be reached and has room on its disk; everything goes on by itself when it is back. "
    "Where its disk was full, JetStream is back only when nats-server is started again.",
)
NATS_NOT_PERMITTED = Notice(
    "not_permitted",
    Severity.ERROR,
    "The NATS credentials in use do not permit publishing to {subject}.",
    "Name those of the right identity with DAIHOI_NATS_CREDENTIALS: for the doctor the operator's. `daihoi nats "
    "accounts` shows what each may do.",
)
LEDGER_GONE = Notice(
    "ledger_gone",
    Severity.ERROR,
    "There is no stream {stream}: the broker has lost it, or is another one.",
    "Restore the broker's data. If it is to begin empty, make the streams with `daihoi streams provision`.",
)
STREAM_AWAITED = Notice(
    "stream_awaited",
    Severity.ERROR,
    "{service} waits for its stream {stream}, which is not there yet.",
    "Make it with `daihoi streams provision`, with the same DAIHOI_UNITS; {service} then goes on by itself. One that "
    "was there before is brought back from the ledger, while {service} is stopped: `daihoi streams restore "
    "{service}`.",
)
APPEND_UNACKNOWLEDGED = Notice(
    "append_unacknowledged",
    Severity.ERROR,
    "The last append, {seconds} s ago, was not acknowledged: {reason}.",
    "See that NATS has room on its disk, and its log. A stream that could once not be written takes no event until "
    "nats-server is started again. What was not acknowledged may be sent again.",
)
STREAM_LOST = Notice(
    "stream_lost_events",
    Severity.ERROR,
    "The stream {stream} has lost events: the last good one is {sequence} of {known}.",
    "{service} takes no command. Stop it, run `daihoi streams restore {service}`, which brings the events back from "
    "the ledger, and start it again.",
)
LEDGER_LOST = Notice(
    "ledger_lost_events",
    Severity.ERROR,
    "The ledger {stream} has lost events: the last good one is {sequence} of {known}.",
    "Restore the broker's data from a backup. What the services' streams hold is not lost, but the order in which it "
    "was taken in is.",
)
KEYLESS = Notice(
    "no_key_to_check_with",
    Severity.ERROR,
    "{service} has no key that it could check tokens with: it refuses every token.",
    "Bring the issuer's public half to the folder that DAIHOI_ISSUER_PUBLIC_KEY names there. It notices by itself.",
)
SERVICE_SILENT = Notice(
    "service_silent",
    Severity.ERROR,
    "{service} does not answer.",
    "Start it with `daihoi up`, or alone with `daihoi service {service}`; its log says why it ended.",
)
SERVICE_STARTING = Notice(
    "service_starting",
    Severity.ERROR,
    "{service} is starting, or is stopping: it does not take everything.",
    "Nothing; it is over in a moment. If it is not, its log says what it waits for.",
)

POLICY_HELD_UP = Notice(
    "policy_held_up",
    Severity.WARNING,
    "The policy {policy} has not got past ledger event {sequence} for {seconds} s: {reason}.",
    "It tries again by itself, every ten seconds at the longest, and everything behind waits. If the reason stays, "
    "the service's log says more.",
)
POLICY_UNSERVED = Notice(
    "policy_unserved",
    Severity.WARNING,
    "The policies of {service} have been given no events for {seconds} s: {reason}.",
    "They ask again by themselves, every ten seconds at the longest. If the reason stays, see their consumer with "
    "`daihoi doctor`.",
)
UNSERVED_AFTER_S = 10
POLICY_PAUSED = Notice(
    "policy_paused",
    Severity.WARNING,
    "{policy} is paused until {until}: nothing reacts to these events.",
    "Find out who paused its consumer, and resume it: `nats consumer resume`.",
)
POLICY_REFUSALS = Notice(
    "policy_refusals",
    Severity.WARNING,
    "What policies could not do is on record {count} times and not seen to.",
    "`daihoi policies list` shows each with its reason; `daihoi policies retry` does it after all, `daihoi policies "
    "settle` strikes off what is seen to otherwise.",
)


class Health(BaseModel):
    """`ready` means it can do its work now: no finding is an error. `detail` holds the figures, `reasons` what
    somebody has to look at, in words."""

    ready: bool
    reasons: tuple[str, ...] = ()
    detail: dict[str, object] = {}
    findings: tuple[Finding, ...] = ()


def health_of(findings: Iterable[Finding], detail: dict[str, object]) -> Health:
    findings = tuple(findings)
    return Health(
        ready=all(finding.severity is not Severity.ERROR for finding in findings),
        reasons=tuple(finding.detail for finding in findings if not finding.is_healthy),
        detail=detail,
        findings=findings,
    )


def health_subject(congress: str, service: str, instance: str = "") -> str:
    """Where to ask after the health of any instance of the service, or of the one that is named."""
    return f"health.{congress}.{service}.{instance}" if instance else f"health.{congress}.{service}"


def answer_health(
    broker: "UnitBroker", congress: str, service: str, instance: str, look: Callable[[], Awaitable[Health]]
) -> None:
    """Answers with what `look` finds, once the broker runs: its subscriptions are made in no order, health's may be
    first. However many ask, there is one look at a time."""
    from faststream.nats import NatsMessage

    async def make() -> bytes:
        health = await look() if broker.running else health_of([SERVICE_STARTING(service, service=service)], {})
        answer = health.model_copy(update={"detail": {"instance": instance, **health.detail}})
        return answer.model_dump_json().encode()

    together = Together(broker, make)

    async def on_health(message: NatsMessage) -> None:
        together.ask(message.reply_to)

    for subject in (health_subject(congress, service), health_subject(congress, service, instance)):
        broker.subscriber(subject, no_reply=True, decoder=unread, title=f"{service} health")(on_health)


@asynccontextmanager
async def briefly() -> AsyncIterator[None]:
    """Raises `Unavailable` where JetStream has not answered before whoever asks for health stops waiting."""
    try:
        async with asyncio.timeout(JETSTREAM_PATIENCE_S):
            yield
    except TimeoutError as error:
        raise Unavailable(f"no answer within {JETSTREAM_PATIENCE_S} s") from error


async def unit_health(
    connection: Client, settings: Settings, store: EventStore, follower: Follower | None, unseen: Unseen
) -> Health:
    """How one running unit service is: JetStream, its appends and its policies."""
    jetstream, policies = await asyncio.gather(
        jetstream_health(connection, settings, store), _policies(store.service, follower, unseen)
    )
    return health_of([*jetstream.findings, *policies], jetstream.detail)


def with_keys(health: Health, service: str, key_ids: str) -> Health:
    """`health` of a service that accepts these keys."""
    keyless = [] if key_ids else [KEYLESS(service, service=service)]
    return health_of([*health.findings, *keyless], health.detail | {"key_id": key_ids})


async def _policies(service: str, follower: Follower | None, unseen: Unseen) -> list[Finding]:
    findings = list(_of_policies(service, follower)) if follower else []
    with suppress(EventStoreError):  # that JetStream does not answer is a finding already
        async with briefly():
            if refusals := await unseen.now():
                findings.append(POLICY_REFUSALS(service, count=len(refusals)))
            if follower:
                findings += pause_findings(service, await follower.consumer())
    return findings


def pause_findings(service: str, consumer: dict[str, Any]) -> list[Finding]:
    """Whether somebody has paused the consumer of a unit, of which this is what JetStream says."""
    if not consumer.get("paused"):
        return []
    return [POLICY_PAUSED(service, policy=consumer["name"], until=consumer["config"].get("pause_until", "?"))]


def _of_policies(service: str, follower: Follower) -> Iterator[Finding]:
    now = time.monotonic()
    if held := follower.held:
        params = {"policy": held.policy, "sequence": held.sequence, "reason": held.reason}
        yield POLICY_HELD_UP(service, seconds=round(now - held.since), **params)
    if (unserved := follower.unserved) and (seconds := round(now - unserved.since)) >= UNSERVED_AFTER_S:
        yield POLICY_UNSERVED(service, service=service, seconds=seconds, reason=unserved.reason)


async def jetstream_health(connection: Client, settings: Settings, store: EventStore) -> Health:
    """Whether JetStream answers, the service's stream is whole, and how the last append went."""
    service, given_up = store.service, store.unacknowledged
    findings: list[Finding] = []
    if given_up:
        seconds = round(time.monotonic() - given_up.at)
        findings.append(APPEND_UNACKNOWLEDGED(service, seconds=seconds, reason=given_up.reason))
    try:
        async with briefly():
            await store.watch.look()
            if not store.watch.last_known and (stream := await store.missing()):
                return health_of([STREAM_AWAITED(service, service=service, stream=stream)], {})
            end = await Ledger(connection, settings.congress).last_sequence()
        if loss := store.watch.loss:
            findings.append(loss_finding(service, loss))
        return health_of(findings, {"ledger_sequence": end})
    except LedgerGone as gone:
        return health_of([LEDGER_GONE(service, stream=gone.stream)], {})
    except EventStoreError as error:
        return health_of([unserved_finding(service, error)], {})


def unserved_finding(about: str, error: EventStoreError) -> Finding:
    """That JetStream does not do what it is asked for: it does not permit it, or does not answer."""
    if isinstance(error, NotPermitted):
        return NATS_NOT_PERMITTED(about, subject=error.subject)
    return JETSTREAM_SILENT(about, reason=error)


def loss_finding(about: str, loss: StreamLost) -> Finding:
    notice = STREAM_LOST if loss.service else LEDGER_LOST
    return notice(about, stream=loss.stream, sequence=loss.last_good, known=loss.last_known, service=loss.service)


def read_health(body: bytes) -> Health:
    return Health.model_validate(read_json(body))
