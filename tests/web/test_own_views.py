"""What a service holds of its own stream is what the tracker makes of the ledger; and it needs neither of them."""

import asyncio
from uuid import uuid4

import msgspec
import pytest

from services.tracker.history.folded import Folded
from shared.eventstore import direct
from shared.eventstore.envelope import as_bytes
from shared.eventstore.ledger import Ledger
from shared.eventstore.names import event_subject
from shared.platform.embedded import Endpoints
from shared.platform.keeper import nats_server
from shared.unit.own_views import OwnViews
from shared.values.units import SUBCOMMITTEE, services
from tests.congress import envelope_of, life_of_a_task
from tests.contract.units import TASK, item, opening, published
from tests.own_servers import OwnServer
from tests.waiting import until
from tests.web.conftest import a_congress

LEAD = "logistics.lead"


async def folded(pages, *sources):
    """As the tracker folds what these services have written; everything where none is named."""
    folded, rows = Folded(), []
    async for page in Ledger(pages.connection, pages.settings.congress).read():
        of_them = [stored for stored in page if not sources or stored.subject.split(".")[2] in sources]
        rows += folded.take(of_them).audit_rows
    return folded, rows


def seen_by(service):
    return () if service == SUBCOMMITTEE else (service, SUBCOMMITTEE)


def shown_by(views):
    return {view: dict(views.by_key(view)) for view in views.view_names}


async def begun(views):
    await views.start()
    async with asyncio.timeout(60):
        await views.begun()
    return views


@pytest.fixture
async def views_of(pages):
    """Makes views of a service of their own, which end with the test."""
    made = []

    async def make(service, *, keeps_up=True):
        shown = await pages.at(service)
        views = OwnViews(shown.place.at_work.connection, pages.settings.congress, service)
        made.append(views)
        return await begun(views) if keeps_up else views

    yield make
    for views in made:
        await views.stop()


# --- the same as the tracker's ---
@pytest.mark.parametrize("service", services())
async def test_a_service_shows_what_the_tracker_would(sample, service):
    expected, _ = await folded(sample, *seen_by(service))
    assert expected.parked == {}
    assert sum(map(len, expected.views.values())) > 100
    shown = await sample.at(service)
    assert shown_by(shown.views) == expected.views
    assert shown.views.unreadable == 0


@pytest.mark.parametrize("service", services())
async def test_a_service_that_starts_late_shows_the_same(sample, service):
    """It reads two streams one after the other, which no live process does."""
    shown = await sample.at(service)
    views = await begun(OwnViews(shown.place.at_work.connection, sample.settings.congress, service))
    try:
        assert shown_by(views) == shown_by(shown.views)
        assert views.sequence == shown.views.sequence
        assert views.names() == shown.views.names()
    finally:
        await views.stop()


@pytest.mark.parametrize("service", services())
async def test_the_streams_may_come_in_the_other_order(sample, service, monkeypatch):
    shown = await sample.at(service)
    views = OwnViews(shown.place.at_work.connection, sample.settings.congress, service)
    await views._read_others()
    await views._read_own()
    await views._read_others()
    assert shown_by(views) == shown_by(shown.views)


@pytest.mark.parametrize("service", services())
async def test_the_story_of_an_entity_is_that_of_the_audit_trail(sample, service):
    _, rows = await folded(sample, *seen_by(service))
    shown = await sample.at(service)
    entities = sorted({(row["entity"], row["entity_id"]) for row in rows if row["unit"] == service})
    assert entities
    for entity, entity_id in entities[:: max(1, len(entities) // 25)]:
        expected = [
            row | {"_id": row["origin"]["sequence"]}
            for row in rows
            if (row["unit"], row["entity"], row["entity_id"]) == (service, entity, entity_id)
        ]
        for row, other in zip(await shown.views.history(entity, entity_id), expected, strict=True):
            assert row == other | {"recorded": row["recorded"]}  # each stream has its own time
        touch = shown.views.touch(entity, entity_id)
        assert (touch.sequence, touch.actor) == (expected[-1]["_id"], expected[-1]["actor"])


async def test_there_is_no_story_of_what_never_was(sample):
    views = (await sample.at("logistics")).views
    assert await views.history("task", "none") == []
    assert views.touch("task", "none") is None
    assert views.document("tasks", "logistics/none") is None


# --- one's own write ---
async def test_what_was_written_is_seen_as_soon_as_it_is_answered(pages, views_of):
    views = await views_of("logistics", keeps_up=False)
    for number in range(3):
        task = TASK | {"task_id": f"own-{number}"}
        sequence = (await pages.client.send("logistics", "open-task", task, **signed(pages))).sequence
        await views.upto(sequence)
        assert views.sequence == sequence
        assert views.document("tasks", f"logistics/own-{number}")["title"]["vi"] == TASK["title"]["vi"]
        assert views.touch("task", f"own-{number}").actor == LEAD


async def test_many_that_wait_for_the_same_write_see_it(pages, views_of):
    views = await views_of("logistics")
    answers = [await pages.give(LEAD, "open-task", TASK | {"task_id": f"at-once-{number}"}) for number in range(5)]
    await asyncio.gather(*(views.upto(answer.sequence) for answer in answers for _ in range(5)))
    assert {f"logistics/at-once-{number}" for number in range(5)} <= views.by_key("tasks").keys()


async def test_each_change_has_a_version_and_who_is_late_sees_the_newest(pages, views_of):
    views = await views_of("logistics")
    began = views.version
    following = views.changes(began)
    seen = asyncio.ensure_future(anext(following))
    answer = await pages.give(LEAD, "open-task", TASK | {"task_id": "version"})
    await views.upto(answer.sequence)
    assert await seen > began
    late = views.changes(began)
    assert await anext(late) == views.version


def signed(pages, who=LEAD):
    return {"token": pages.token(who), "command_id": uuid4()}


# --- the sub-committee's, before or after ---
async def test_a_unit_sees_the_sub_committees_events_and_nobody_elses(pages, views_of):
    await pages.at("propaganda")
    await pages.give("subcommittee.lead", *opening("Đại hội")["congress"][:2])
    await pages.give("propaganda.lead", "open-task", TASK | {"task_id": "theirs"})
    await pages.give(LEAD, "open-task", TASK | {"task_id": "ours"})
    await pages.settled()
    unit, centre = await views_of("logistics"), await views_of(SUBCOMMITTEE)
    assert unit.documents("congress")
    assert "logistics/ours" in unit.by_key("tasks")
    assert "propaganda/theirs" not in unit.by_key("tasks")
    assert {"logistics/ours", "propaganda/theirs"} <= centre.by_key("tasks").keys()


async def test_what_is_handed_out_is_there_whichever_stream_is_read_first(pages, views_of):
    await pages.at("logistics")
    await pages.give("subcommittee.office", "publish-catalogue", published(item("7.01"), item("7.02")))
    await pages.give("subcommittee.lead", "assign-items", {"unit": "logistics", "item_ids": ["7-01"]})
    await pages.settled()
    other_order = await views_of("logistics", keeps_up=False)
    await other_order._read_others()
    assert "7-01" not in {document["_id"] for document in other_order.documents("tasks") if document.get("title")}
    await other_order._read_own()
    views = await views_of("logistics")
    assert shown_by(other_order) == shown_by(views)
    assert views.document("tasks", "7-01") or views.document("tasks", "logistics/7-01")


# --- what can't be read ---
async def test_an_event_that_can_not_be_read_hides_nothing_else(pages, views_of, congress):
    for place in ("task.torn", "task.7-99", "nonsense.x"):
        subject = f"evt.{pages.settings.congress}.logistics.{place}"
        await pages.connection.jetstream().publish(subject, b"\xff garbage {")
    unknown = envelope_of(life_of_a_task(1)[0], "logistics", "task", "unknown", 0)
    unknown = msgspec.structs.replace(unknown, type="vn.daihoi.task.teleported.v9")
    subject = event_subject(pages.settings.congress, "logistics", "task", "unknown")
    await pages.connection.jetstream().publish(subject, as_bytes(unknown))
    await pages.give(LEAD, "open-task", TASK | {"task_id": "after-garbage"})
    views = await views_of("logistics")
    assert views.unreadable == 4
    assert "logistics/after-garbage" in views.by_key("tasks")
    assert (await pages.get(LEAD, "/work")).status_code == 200
    assert await views.history("task", "torn") == []


# --- servers that are away ---
async def test_pages_go_on_as_soon_as_the_broker_is_back(tmp_path, errors, monkeypatch):
    monkeypatch.setattr(direct, "READ_TIMEOUT_S", 1)
    own = OwnServer(nats_server, "nats", tmp_path)
    await own.start()
    try:
        endpoints = Endpoints(own.url, "", own.keys)
        async with a_congress(endpoints, tmp_path, nats_credentials=own.keys) as pages:
            await pages.give(LEAD, "open-task", TASK | {"task_id": "before"})
            shown = await pages.at("logistics")
            assert (await pages.get(LEAD, "/work")).status_code == 200
            own.end_here()

            async def away():
                return (await pages.get("logistics.member", "/work")).status_code == 503

            await until(away)
            assert (await pages.call(LEAD, "open-task", TASK)).status_code == 503
            assert (await shown.client.get("/health")).status_code == 503
            await own.start()

            async def back():
                return (await pages.get("logistics.member", "/work")).status_code == 200

            await until(back)
            version = shown.views.version
            answer = await pages.call(LEAD, "open-task", TASK | {"task_id": "after"})
            assert answer.status_code == 200, answer.text
            assert shown.views.version > version
            assert {"logistics/before", "logistics/after"} <= shown.views.by_key("tasks").keys()
            errors.taken()  # of the services' connections, which have said that the broker is away
    finally:
        own.end_here()
