"""A page hears of changes while it is open, from the service as it really listens."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from shared.unit.own_views import OwnViews
from shared.unit.problems import INVALID_TOKEN, UNAVAILABLE
from shared.web import application, live, server
from tests.conftest import token_for
from tests.contract.units import opening
from tests.waiting import until
from tests.web.pages import Shown
from tests.web.streams import NO_TLS
from tests.web.streams import live as listening

LEAD, MEMBER = "logistics.lead", "logistics.member"


@pytest.fixture
async def shown(pages):
    return await pages.at("logistics")


@pytest.fixture
def change(pages):
    async def give():
        data = opening("Văn bản")["document"][1] | {"symbol": f"{uuid4().int % 10**8}-KH/TU"}
        await pages.give(LEAD, "issue-document", data)

    return give


async def test_who_looks_hears_what_another_changes(pages, shown, change):
    version = shown.views.version
    async with listening(shown, pages.cookies(MEMBER), f"?after={version}") as events:
        assert events.response.headers["content-type"].startswith("text/event-stream")
        assert events.response.headers["cache-control"] == "no-store"
        assert await events.next() == {"retry": str(live.RETRY_MS)}
        await change()
        event = await events.named("changed")
        assert int(event["id"]) == int(event["data"]) > version


async def test_who_comes_late_hears_it_at_once(pages, shown, change):
    version = shown.views.version
    await change()
    async with listening(shown, pages.cookies(MEMBER), f"?after={version}") as events:
        assert int((await events.named("changed"))["data"]) == shown.views.version


async def test_who_comes_again_goes_on_where_the_stream_broke_off(pages, shown, change):
    async with listening(shown, pages.cookies(MEMBER), "?after=0") as events:
        last = (await events.named("changed"))["id"]
    async with listening(shown, pages.cookies(MEMBER), "?after=0", Last_Event_ID=last) as events:
        assert "retry" in await events.next()
        await change()
        assert int((await events.next())["id"]) > int(last)


async def test_who_was_told_more_by_the_process_before_is_told_anew(pages, shown):
    far = str(shown.views.version + 10**6)
    async with listening(shown, pages.cookies(MEMBER), "?after=0", Last_Event_ID=far) as events:
        assert int((await events.named("changed"))["data"]) == shown.views.version


async def test_who_was_told_as_much_by_the_process_before_is_told_anew(pages, shown):
    """As many changes are not the same changes."""
    before = OwnViews(shown.place.at_work.connection, pages.settings.congress, "logistics")
    await before.caught_up()
    another = OwnViews(shown.place.at_work.connection, pages.settings.congress, "logistics")
    assert before.version != another.version


@pytest.mark.parametrize("said", ["x", "-1", "9" * 400, "٣", "1e3", "0x1"])
async def test_a_version_that_is_none_is_the_beginning(pages, shown, change, said):
    await change()
    async with listening(shown, pages.cookies(MEMBER), "", Last_Event_ID=said.encode()) as events:
        assert int((await events.named("changed"))["data"]) == shown.views.version


async def hears_that_it_is_over(events):
    assert await events.next() == {"event": "signed-out", "data": ""}
    with pytest.raises(StopAsyncIteration):
        await events.next()


async def test_nobody_listens_who_is_not_signed_in(pages, shown):
    for cookies in ("", pages.cookies(MEMBER)[:-20], "daihoi-lang=en"):
        async with listening(shown, cookies) as events:
            await hears_that_it_is_over(events)


async def test_nobody_listens_to_another_units_work(pages, shown):
    async with listening(shown, pages.cookies("propaganda.lead")) as events:
        await hears_that_it_is_over(events)


async def test_who_can_not_be_looked_up_is_to_come_again(pages, shown, monkeypatch):
    async def bearer_of(request, place):
        raise UNAVAILABLE()

    monkeypatch.setattr(application, "bearer_of", bearer_of)
    async with listening(shown, pages.cookies(MEMBER)) as events:
        assert events.response.status_code == 503


async def test_there_is_a_bound_to_who_listens(pages, shown, monkeypatch):
    monkeypatch.setattr(live, "LISTENERS", 1)
    few = Shown(server.HttpServer(shown.place.at_work, ()))
    await few.face.start()
    try:
        async with listening(few, pages.cookies(MEMBER)) as events:
            await events.next()
            async with listening(few, pages.cookies(LEAD)) as others:
                assert others.response.status_code == 204
    finally:
        await few.face.stop()


async def test_nobody_takes_the_places_of_the_others(pages, shown, monkeypatch):
    monkeypatch.setattr(live, "OF_ONE_VISITOR", 1)
    who = "logistics.watcher"
    async with listening(shown, pages.cookies(who)) as events:
        await events.next()
        async with listening(shown, pages.cookies(who)) as again:
            assert again.response.status_code == 204
        async with listening(shown, pages.cookies("logistics.other-watcher")) as another:
            assert "retry" in await another.next()

    async def is_let_in_again():
        async with listening(shown, pages.cookies(who)) as events:
            return events.response.status_code == 200

    await until(is_let_in_again)


async def test_who_waits_is_told_that_the_service_is_there(pages, shown, monkeypatch):
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.01)
    async with listening(shown, pages.cookies(MEMBER), f"?after={shown.views.version}") as events:
        await events.next()
        assert await events.next() == {"": "here"}


async def test_who_is_not_signed_in_any_more_hears_so_and_no_more(pages, shown, monkeypatch):
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.01)
    pages.set_token("logistics.officer", token_for(pages.settings, "logistics.officer", timedelta(seconds=1)))
    async with listening(shown, pages.cookies("logistics.officer")) as events:
        assert (await events.named("signed-out"))["data"] == ""
        with pytest.raises(StopAsyncIteration):
            await events.next()


async def test_who_can_not_be_checked_for_the_moment_is_still_signed_in(pages, shown, monkeypatch):
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.01)
    answers = [UNAVAILABLE(), UNAVAILABLE(), INVALID_TOKEN(reason="")]

    async def bearer_of(request, place):
        raise answers.pop(0)

    async with listening(shown, pages.cookies(MEMBER), f"?after={shown.views.version}") as events:
        await events.next()
        monkeypatch.setattr(application, "bearer_of", bearer_of)
        assert await events.named("signed-out")
    assert answers == []


async def test_a_service_that_ends_lets_nobody_wait(pages, shown, monkeypatch):
    monkeypatch.setattr(server, "STOP_TIMEOUT_S", 3600)
    face = server.HttpServer(shown.place.at_work, ())
    await face.start()
    ending = Shown(face)
    async with listening(ending, pages.cookies(MEMBER)) as events:
        assert (await events.next()).keys() == {"retry"}
        async with asyncio.timeout(60):
            await face.stop()
            with pytest.raises(StopAsyncIteration):
                await events.named("none of these")
    async with httpx.AsyncClient(verify=NO_TLS) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(ending.address + "/health")


async def test_who_listens_and_goes_leaves_nothing_behind(pages, shown):
    before = len(asyncio.all_tasks())
    for _ in range(3):
        async with listening(shown, pages.cookies(MEMBER)) as events:
            await events.next()

    async def all_gone():
        return len(asyncio.all_tasks()) <= before

    await until(all_gone)
