"""What somebody with a plain connection can put on the bus of a congress."""

import json
from typing import Any, NamedTuple
from uuid import uuid4

from shared.domain.task import AGGREGATE
from shared.values.units import services
from tests.contract.units import GROUP, item
from tests.intruder import Blow
from tests.properties.ways import examples

BEYOND = 2**70
NO_HEADERS = (b"\r\n\r\n", b"N", b"NATS/1.0", b"NATS/1.0\r\n\r", b"NATS/1.0\r\n: \r\n\r\n", b"\xff\xfe\r\n\r\n")
"""Blocks that are none."""
NOT_STORED = b"NATS/1.0\r\nNats-Stream-Source: EVENTS_SECURITY_x 1 > > evt\r\n\r\n"
"""nats-server 2.15 passes over a message that says it was stored elsewhere before."""


class Forged(NamedTuple):
    """A message in the stream of a service. `parks`: nobody can take it for an event."""

    blow: Blow
    target: str = ""
    """The task that it is about, where it is about one that is there."""
    parks: bool = True


def event(service: str, entity: str, entity_id: str, kind: str, data: Any, **other: Any) -> bytes:
    """An event as a service would write it, but for `other`."""
    told = {
        "specversion": "1.0", "id": str(uuid4()), "source": service, "type": f"vn.daihoi.{entity}.{kind}",
        "subject": entity_id, "time": "2020-08-17T02:00:00Z", "datacontenttype": "application/json",
        "actor": f"{service}.lead", "correlationid": str(uuid4()), "causationid": str(uuid4()), "data": data,
    }  # fmt: skip
    return json.dumps(told | other).encode()


def about_tasks(congress: str) -> list[Forged]:
    """Each about a task of logistics of its own, which is open."""
    progressed = {"percent": 50, "note": ""}

    def progress(task: str, data: Any = progressed, **other: Any) -> bytes:
        return event("logistics", "task", task, "progressed.v1", data, **other)

    bodies = {
        "not-json": lambda _: b"\xff not JSON",
        "nothing": lambda _: b"",
        "nested": lambda _: b"[" * 60_000 + b"]" * 60_000,
        "nested-in-an-event": lambda task: progress(task).replace(b"50", b"[" * 60_000 + b"]" * 60_000),
        "large": lambda _: b"x" * 900_000,
        "of-tomorrow": lambda task: event("logistics", "task", task, "teleported.v1", progressed),
        "of-the-next-version": lambda task: event("logistics", "task", task, "opened.v2", progressed),
        "of-another-unit": lambda task: progress(task, source="security"),
        "about-another": lambda task: progress("not-json" if task != "not-json" else "x"),
        "of-another-entity": lambda task: event("logistics", "document", task, "withdrawn.v1", {"reason": "x"}),
        "beyond-64-bits": lambda task: progress(task, {"percent": BEYOND}),
        "just-beyond": lambda task: progress(task, {"percent": 2**63}),
        "broken-ids": lambda task: progress(task, correlationid="-" * 36, causationid="x" * 36),
        "year-1": lambda task: progress(task, time="0001-01-01T00:00:00+07:00"),
        "year-9999": lambda task: progress(task, time="9999-12-31T23:59:59-06:00"),
    }
    stay_readable = {"broken-ids", "year-1", "year-9999"}
    found = [
        Forged(Blow(name, f"evt.{congress}.logistics.task.{name}", body(name)), name, name not in stay_readable)
        for name, body in bodies.items()
    ]
    blocks = {f"broken-headers-{number}": block for number, block in enumerate(NO_HEADERS)} | {
        "status": b"NATS/1.0\r\nStatus: 404\r\n\r\n",
        "status-in-line": b"NATS/1.0 503\r\n\r\n",
        "stored": b"NATS/1.0\r\nNats-Stream: x\r\nNats-Subject: x\r\nNats-Sequence: 1\r\nNats-Time-Stamp: x\r\n\r\n",
    }
    for name, block in blocks.items():
        found.append(Forged(Blow(name, f"evt.{congress}.logistics.task.{name}", headers=block), name))
    return found


def out_of_turn(congress: str) -> list[Forged]:
    """Every event that a task can have, well formed, about a task that is only open: some of them can't be so."""
    found = []
    for model in AGGREGATE.events:
        kind = model.TYPE.removeprefix("vn.daihoi.task.")
        task, data = f"early-{kind.replace('.', '-')}", examples(model)[0].model_dump(mode="json")
        body = event("logistics", "task", task, kind, data)
        found.append(Forged(Blow(task, f"evt.{congress}.logistics.task.{task}", body), task, parks=False))
    return found


def about_nothing(congress: str) -> list[Forged]:
    """About what is not there, in every stream."""
    opened = {"title": {"vi": "Việc"}, "group": GROUP, "phase": "before", "scenario": "both", "planned_vnd": 0}
    assigned = {"unit": "protocol", "item": item("9.99")}
    subjects = {
        "too many parts": ("logistics.task.a.b.c", b"{}"),
        "too few parts": ("security.x", b"{}"),
        "another unit's words": ("propaganda.task.taken", event("logistics", "task", "taken", "opened.v1", opened)),
        "an item for nobody": (
            "subcommittee.catalogue-item.9-99",
            event("subcommittee", "catalogue-item", "9-99", "assigned.v1", assigned),
        ),
        "a switch to nothing": (
            "subcommittee.scenario.elsewhere",
            event("subcommittee", "scenario", "elsewhere", "switched.v1", {"number": BEYOND, "scenario": "none"}),
        ),
        "a review of tomorrow": (
            "subcommittee.directive.tomorrow",
            event("subcommittee", "directive", "tomorrow", "issued.v2", {}),
        ),
    }
    found = [Forged(Blow(name, f"evt.{congress}.{subject}", body)) for name, (subject, body) in subjects.items()]
    no_slug = event("logistics", "task", "đ-1", "opened.v1", opened)
    return [*found, Forged(Blow("no slug", f"evt.{congress}.logistics.task.đ-1", no_slug), parks=False)]


def to_services(congress: str) -> list[Blow]:
    """No event: what is meant to deafen a service, or to have it write where it should not."""
    deaf = [
        Blow(f"{subject} with the headers {block!r}", subject, headers=block)
        for block in NO_HEADERS
        for service in (*services(), "tracker")
        for subject in (f"cmd.{congress}.{service}.x", f"health.{congress}.{service}", f"ledger.{congress}.x")
    ]
    letter_boxes = (
        f"evt.{congress}.logistics.task.letter-box",
        f"cmd.{congress}.security.x",
        f"ledger.{congress}.letter-box",
        f"health.{congress}.logistics",
        f"$JS.API.STREAM.PURGE.EVENTS_LOGISTICS_{congress}",
    )
    asked = (f"cmd.{congress}.logistics.start-task", f"health.{congress}.logistics", f"asyncapi.{congress}.logistics")
    deaf.append(Blow("a copy of nothing", f"evt.{congress}.logistics.task.copy", headers=NOT_STORED))
    return [*deaf, *(Blow(f"{ask} to {box}", ask, reply=box) for ask in asked for box in letter_boxes)]
