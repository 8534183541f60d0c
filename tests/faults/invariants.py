"""What holds after every fault. Each returns what is wrong, empty where nothing is."""

import re
from collections import Counter
from collections.abc import Awaitable, Callable
from uuid import UUID

import bson
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions

from services.tracker.history.verify import verify
from shared.eventstore.envelope import Envelope, decode
from shared.eventstore.ledger import Ledger, origin_of
from shared.eventstore.names import service_stream
from shared.values.units import services
from tests.faults.scene import Scene, last_of, refused_by_policies

ENTITIES = ("catalogue-item", "organisation", "task")
STANDARD = CodecOptions[dict[str, object]](uuid_representation=UuidRepresentation.STANDARD)
MOST_BYTES = 8 * 1024 * 1024
"""Half of what MongoDB takes."""
FOR_LOST = re.compile("Ledger(Broken|Gone|Other|Short)")


async def envelopes(ledger: Ledger) -> list[Envelope]:
    return [decode(stored.body) async for page in ledger.read() for stored in page]


async def acknowledged_once(scene: Scene) -> str:
    """Every event of an acknowledged command is in the ledger exactly once."""
    there = Counter([envelope.id for envelope in await envelopes(scene.ledger)])
    promised = [str(event.id) for answer in scene.load.answers.values() for event in answer.events]
    wrong = {each: there[each] for each in promised if there[each] != 1}
    if len(set(promised)) != len(promised):
        return "two commands were answered with the same event"
    return f"acknowledged, and this often in the ledger: {wrong}" if wrong else ""


async def nothing_twice(scene: Scene) -> str:
    """No event is there twice, nothing is opened twice, and a refused command has left nothing."""
    told = await envelopes(scene.ledger)
    twice = [each for each, times in Counter(envelope.id for envelope in told).items() if times > 1]
    opened = Counter(
        (envelope.source, envelope.type, envelope.subject)
        for envelope in told
        if envelope.type in ("vn.daihoi.task.opened.v1", "vn.daihoi.task.assigned.v1", "vn.daihoi.task.started.v1")
    )
    again = [subject for subject, times in opened.items() if times > 1]
    left = [each.causationid for each in told if UUID(each.causationid) in scene.load.refused]
    promised = {str(event.id) for answer in scene.load.answers.values() for event in answer.events}
    promised |= {forged.id for forged in scene.forged}
    stray = [each.id for each in told if not each.actor.startswith("policy.") and each.id not in promised]
    found = {"stored twice": twice, "done twice": again, "left by a refused command": left, "of no command": stray}
    return "; ".join(f"{what}: {which}" for what, which in found.items() if which)


async def policies_once(scene: Scene) -> str:
    """Every task that was handed out is open, once, and no policy was refused but about what was forged."""
    told = await envelopes(scene.ledger)
    by_policies = Counter(
        each.subject for each in told if each.type == "vn.daihoi.task.opened.v1" and each.actor.startswith("policy.")
    )
    wrong = by_policies.keys() ^ set(scene.load.orders.opened_by_policies)
    wrong |= {subject for subject, times in by_policies.items() if times > 1}
    forged = {each.subject for each in scene.forged}
    refused = [each for each, about in (await refused_by_policies(scene.ledger)).items() if about not in forged]
    return f"missing, too many or opened twice: {sorted(wrong)}; refused: {refused}" if wrong or refused else ""


async def views_hold(scene: Scene) -> str:
    """Views and audit rows are those of a fresh fold, up to the ledger's end."""
    verdict = await verify(scene.ledger, scene.views, lambda *_: None)
    end = await scene.ledger.last_sequence()
    rows = sorted(row["_id"] for row in await scene.views.documents("audit_trail"))
    if not verdict.nothing_wrong or verdict.sequence != end:
        return f"{verdict}, and the ledger ends at {end}"
    return "" if rows == list(range(1, end + 1)) else f"{len(rows)} audit rows of {end} events"


async def origins_contiguous(scene: Scene) -> str:
    """The ledger holds each service's stream whole and in order."""
    seen: dict[str, list[int]] = {}
    async for page in scene.ledger.read():
        for stored in page:
            origin = origin_of(stored)
            seen.setdefault(origin.stream, []).append(origin.sequence)
    streams = [service_stream(scene.settings.congress, service) for service in services()]
    ends = {name: await last_of(scene.connection, name) for name in streams}
    wrong = [name for name, end in ends.items() if seen.pop(name, []) != list(range(1, end + 1))]
    return f"not 1, 2, 3 … to the end: {wrong}; of no service: {list(seen)}" if wrong or seen else ""


async def parked_alone(scene: Scene) -> str:
    """Nothing was ever parked but what was forged, nothing waited but for its own sake, and nothing is left."""
    rows = {row["_id"]: row for row in await scene.views.documents("audit_trail")}
    forged = {each.id: each.subject for each in scene.forged}
    wrong = [f"still parked: {each['subject']}" for each in await scene.views.documents("parked")]
    async for page in scene.ledger.read():
        for stored in page:
            row = rows.get(stored.sequence, {"outcome": "applied"})
            if row["outcome"] != "applied" and decode(stored.body).id not in forged:
                wrong.append(f"{row['outcome']}: {stored.subject}")
            if "waited_until" in row and stored.subject not in forged.values():
                wrong.append(f"waited for others: {stored.subject}")
    return "; ".join(dict.fromkeys(wrong))


async def documents_bounded(scene: Scene) -> str:
    """No document comes near to what MongoDB takes, whatever happens to what it is about."""
    database = scene.views.database
    sizes = {
        f"{name}/{document['_id']}": len(bson.encode(document, codec_options=STANDARD))
        for name in await database.list_collection_names()
        async for document in database[name].find({})
    }
    return "; ".join(f"{name} has {size} bytes" for name, size in sizes.items() if size > MOST_BYTES)


async def no_false_alarm(scene: Scene) -> str:
    """No tracker took the ledger for gone, shorter, another one or broken: every fault leaves it as it was."""
    log = scene.settings.data_dir / "logs" / "tracker.log"
    wrong = [line for line in log.read_text("utf-8").splitlines() if FOR_LOST.search(line)]
    return "; ".join(dict.fromkeys(wrong))


type Invariant = Callable[[Scene], Awaitable[str]]

INVARIANTS: dict[str, Invariant] = {
    "acknowledged once": acknowledged_once,
    "nothing twice": nothing_twice,
    "policies once": policies_once,
    "views = fold": views_hold,
    "origins 1, 2, 3": origins_contiguous,
    "parked alone": parked_alone,
    "documents bounded": documents_bounded,
    "no false alarm": no_false_alarm,
}
