"""Events in the streams that no service of today has written: forged, of an earlier version, or of tomorrow's."""

import json
from typing import Any
from uuid import uuid4

from shared.eventstore.names import event_subject, service_stream
from tests.faults.load import FACTS
from tests.faults.scene import Forged, Scene, refused_by_policies

BEYOND_64_BITS = 2**63
SUBMISSIONS = 45
EVIDENCE_AT_ONCE = 50
LETTERS = 2000
"""Of a title, and of a link: 50 pieces of evidence come to 400 kB, 45 submissions to 18 MB."""
IN_CHARGE = {"collective": "Sở Y tế", "individual": "Giám đốc"}


async def forge(scene: Scene, service: str, entity: str, entity_id: str, kind: str, data: Any) -> Forged:
    """Stores an event as `service` would, of the type `vn.daihoi.<entity>.<kind>`."""
    congress, event_id = scene.settings.congress, str(uuid4())
    told = {
        "specversion": "1.0", "id": event_id, "source": service, "type": f"vn.daihoi.{entity}.{kind}",
        "subject": entity_id, "time": "2020-08-17T02:00:00Z", "actor": f"{service}.lead",
        "correlationid": event_id, "causationid": event_id, "data": data,
    }  # fmt: skip
    subject = event_subject(congress, service, entity, entity_id)
    body = json.dumps(told, ensure_ascii=False).encode()
    await scene.connection.jetstream().publish(subject, body, stream=service_stream(congress, service))
    scene.forged.append(Forged(event_id, subject))
    return scene.forged[-1]


async def an_open_task(scene: Scene, task_id: str) -> None:
    told = FACTS | {"task_id": task_id, "title": {"vi": "Việc"}, "planned_vnd": 1}
    await scene.load.give("logistics", "open-task", told)


async def event_that_cant_be_stored(scene: Scene) -> None:
    """It is an event in everything, but for a number that no database takes. Work on its task goes on afterwards."""
    await scene.midway()
    await an_open_task(scene, "unstorable")
    data = {"percent": BEYOND_64_BITS, "note": ""}
    await forge(scene, "logistics", "task", "unstorable", "progressed.v1", data)
    await scene.answered(1)
    await scene.holds(scene.views_at_the_end)
    await scene.discard_what_is_parked()
    await scene.load.give("logistics", "assign-task", IN_CHARGE | {"task_id": "unstorable"})


async def document_that_grew_too_large(scene: Scene) -> None:
    """A task is handed in and sent back with all the evidence that there may be, until it is more than a document
    of MongoDB holds."""
    await scene.midway()
    await an_open_task(scene, "growing")
    piece = {"title": "ệ" * LETTERS, "sha256": "0a" * 32, "size_bytes": 1}
    link = "https://example.invalid/".ljust(LETTERS, "x")
    submitted = {"submitted_by": "logistics.member", "evidence": [piece | {"link": link}] * EVIDENCE_AT_ONCE}
    for _ in range(SUBMISSIONS):
        await forge(scene, "logistics", "task", "growing", "submitted.v1", submitted)
        await forge(scene, "logistics", "task", "growing", "returned.v1", {"reason": "thiếu dấu"})
    await scene.answered(1)
    await scene.holds(scene.views_at_the_end)
    await scene.discard_what_is_parked()
    await scene.load.give("logistics", "assign-task", IN_CHARGE | {"task_id": "growing"})


async def policy_meets_an_event_of_tomorrow(scene: Scene) -> None:
    """What a later version assigns: to a unit that is not known here, and by an event that is not."""
    await scene.midway()
    for item_id, kind in (("9-001", "assigned.v1"), ("9-002", "assigned.v2")):
        data = {"unit": "protocol", "item": {"code": item_id.replace("-", ".")}}
        forged = await forge(scene, "subcommittee", "catalogue-item", item_id, kind, data)

        async def noticed(forged: Forged = forged) -> bool:
            held = [each for each in (await scene.client.health("logistics")).findings if not each.is_healthy]
            return bool(held or forged.subject in (await refused_by_policies(scene.ledger)).values())

        await scene.holds(noticed)
    await scene.answered(1)
    await scene.holds(scene.views_at_the_end)
    await scene.discard_what_is_parked()
