"""Deadlines that follow from the opening day, confirmed in the page and moved by the units."""

from tests.waiting import until
from tests.web.html import Html
from tests.web.test_subcommittee_pages import CONGRESS, LEAD, filled, form_in, sent

ITEM = {
    "code": "1.01",
    "title": {"vi": "In tài liệu"},
    "group": {"number": 1, "name": {"vi": "Tài liệu"}},
    "unit": "logistics",
    "phase": "before",
    "scenario": "both",
    "budget_vnd": 0,
}


async def test_ticked_deadlines_are_confirmed_and_their_units_move_them(pages):
    views = (await pages.at("subcommittee")).views
    await pages.at("logistics")
    opening = {"opening_day": "24/9/2199"}
    await pages.post(LEAD, "/congress/found", {**CONGRESS, **opening})
    items = [ITEM | {"due_offset_days": -10}, ITEM | {"code": "1.02", "due_offset_days": -5}]
    data = {"catalogue": "c", "note": {"vi": "Thử"}, "items": items}
    await pages.give(LEAD, "publish-catalogue", data)
    await pages.give(LEAD, "assign-items", {"unit": "logistics", "item_ids": ["1-01", "1-02"]})

    async def opened():
        return len(views.documents("tasks")) == 2

    await until(opened)
    page = await pages.get(LEAD, "/congress/deadlines")
    form = form_in(page)
    ticks = [tick["value"] for tick in Html.of(page.text).all("input", name="move")]
    assert [tick.split("|")[0] for tick in ticks] == ["logistics/1-01", "logistics/1-02"]
    stale = await pages.post(LEAD, form.action, {**filled(form), "move": ["logistics/1-01||2199-01-01"]})
    assert stale.status_code == 409
    assert "changed since this page was shown" in stale.text
    done = await pages.post(LEAD, form.action, {**filled(form), "move": ticks[:1]})
    assert done.headers["location"] == "/congress/deadlines?done=confirm-deadlines"

    async def moved():
        return views.document("tasks", "logistics/1-01")["agreed_deadline"] == "2199-09-14"

    await until(moved)
    assert views.document("tasks", "logistics/1-02")["agreed_deadline"] is None
    await sent(pages, LEAD, "/congress/amend", opening_day="1/10/2199", reason="Dời ngày")
    rows = Html.of((await pages.get(LEAD, "/congress/deadlines")).text).all("input", name="move")
    assert [row["value"] for row in rows] == [
        "logistics/1-01|2199-09-14|2199-09-21",
        "logistics/1-02||2199-09-26",
    ]


async def test_what_is_done_already_keeps_nobody_from_the_rest(pages, monkeypatch):
    """Whoever sends once more what was confirmed in part, in a page that shows one deadline of several."""
    monkeypatch.setattr("services.subcommittee.pages.congress.LINES_ON_A_PAGE", 1)
    views = (await pages.at("subcommittee")).views
    form = form_in(await pages.get(LEAD, "/congress/deadlines"))
    ticks = ["logistics/1-01|2199-09-14|2199-09-21", "logistics/1-02||2199-09-26"]

    async def is_moved(name, day):
        async def moved():
            return views.document("tasks", f"logistics/{name}")["agreed_deadline"] == day

        await until(moved)

    await pages.post(LEAD, form.action, {**filled(form), "move": ticks[:1]})
    await is_moved("1-01", "2199-09-21")
    again = await pages.post(LEAD, form.action, {**filled(form), "move": ticks})
    assert again.headers["location"] == "/congress/deadlines?done=confirm-deadlines"
    await is_moved("1-02", "2199-09-26")

    await sent(pages, LEAD, "/congress/amend", opening_day="2/10/2199", reason="Dời ngày")
    form = form_in(await pages.get(LEAD, "/congress/deadlines"))
    every = {**filled(form), "move": [], "every": "1"}
    await pages.post(LEAD, form.action, {**filled(form), "move": ["logistics/1-01|2199-09-21|2199-09-22"]})
    await is_moved("1-01", "2199-09-22")
    other = await pages.post(LEAD, form.action, {**every, "every_as": every["every_as"][:8]})
    assert (other.status_code, "1 of these deadlines" in other.text) == (409, True)
    assert (await pages.post(LEAD, form.action, every)).status_code == 303
    await is_moved("1-02", "2199-09-27")
    assert (await pages.post(LEAD, form.action, every)).status_code == 303


async def test_only_who_leads_confirms(pages):
    response = await pages.get("subcommittee.office", "/congress/deadlines")
    assert not Html.of(response.text).all("form", id="confirm")
    refused = await pages.post("subcommittee.office", "/congress/deadlines/confirm", {"move": ["x"]})
    assert refused.status_code == 403
