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


async def test_only_who_leads_confirms(pages):
    response = await pages.get("subcommittee.office", "/congress/deadlines")
    assert not Html.of(response.text).all("input", name="move")
    refused = await pages.post("subcommittee.office", "/congress/deadlines/confirm", {"move": ["x"]})
    assert refused.status_code == 403
