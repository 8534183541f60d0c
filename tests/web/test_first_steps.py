"""From an empty congress to the first work of its units: what comes next is said on every page, until all is done."""

from datetime import UTC, datetime

from shared.web.sign_in import desk_of
from shared.web.sign_in.accounts import Account
from tests.contract.units import item, published
from tests.waiting import until
from tests.web.html import Html

LEAD = "subcommittee.lead"
CONGRESS = {
    "title": {"vi": "Đại hội XX"},
    "issuing_body": {"vi": "Ban Tổ chức Đại hội"},
    "issuer_code": "BTC",
    "opening_day": "2027-01-15",
}


async def said_on(pages, path, who=LEAD):
    page = Html((await pages.get(who, path)).text).root.one("main")
    return [link.text for link in page.all("a", href="/begin") if link.text.startswith("First steps: ")]


async def standing_of(pages, title):
    steps = Html((await pages.get(LEAD, "/begin")).text).root.one("div", id="steps")
    return next(step.text for step in steps.all("section") if title in step.one("h2").text)


async def test_every_page_leads_on_until_somebody_can_work(pages):
    assert await said_on(pages, "/register") == ["First steps: 1 of 8 done. Next: The congress"]
    await pages.give(LEAD, "found-congress", CONGRESS)
    assert await said_on(pages, "/congress") == ["First steps: 2 of 8 done. Next: The units"]
    assert await said_on(pages, "/begin") == []
    assert await said_on(pages, "/meetings", "logistics.lead") == []
    organisation = {"organisation_id": "so-y-te", "kind": "agency", "name": {"vi": "Sở Y tế"}}
    await pages.give(LEAD, "register-organisations", {"entries": [organisation]})
    assert await said_on(pages, "/register") == ["First steps: 4 of 8 done. Next: Accounts"]

    accounts = desk_of((await pages.at("subcommittee")).place).accounts
    own = {"id": "an", "name": "An", "positions": (LEAD,), "password": "x", "changed_at": datetime.now(UTC)}
    await accounts.add(Account(**own))
    assert "1 account, of these 0 of the units" in await standing_of(pages, "Accounts")
    await accounts.add(Account(**own | {"id": "lan", "positions": ("logistics.lead",)}))
    assert await said_on(pages, "/register") == ["First steps: 5 of 8 done. Next: The catalogue of work"]

    counted = item("1.01", unit="logistics") | {"due_offset_days": -7}
    await pages.give(LEAD, "publish-catalogue", published(counted))
    assert await said_on(pages, "/catalogue") == ["First steps: 6 of 8 done. Next: Assigning the work"]
    assert "0 of 1 item assigned" in await standing_of(pages, "Assigning the work")
    await pages.at("logistics")
    await pages.give(LEAD, "assign-items", {"unit": "logistics", "item_ids": ["1-01"]})
    views = (await pages.at("subcommittee")).views

    async def is_open():
        await views.caught_up()
        return views.document("tasks", "logistics/1-01") is not None

    await until(is_open)
    meeting = {"meeting_id": "m1", "title": {"vi": "Họp"}, "held_on": "2020-08-14", "chair": {"position": "Chủ tịch"}}
    await pages.give(LEAD, "record-meeting", meeting)
    next_one = "First steps: 7 of 8 done. Next: Deadlines that count from the opening"
    assert await said_on(pages, "/meetings") == [next_one]
    work = Html((await pages.get(LEAD, "/work")).text).root.one("main")
    assert "1 deadline" in work.one("a", href="/congress/deadlines").text
    task = Html((await pages.get("logistics.lead", "/tasks/1-01")).text).root.one("main").text
    assert "7 days before the opening; the sub-committee confirms the day" in task

    moves = [{"unit": "logistics", "task_id": "1-01", "replaces": None, "deadline": "2027-01-08"}]
    await pages.give(LEAD, "confirm-deadlines", {"opening_day": "2027-01-15", "moves": moves})
    assert await said_on(pages, "/meetings") == []

    async def none_waits():
        return "None waits" in await standing_of(pages, "Deadlines that count")

    await until(none_waits)


async def test_the_home_of_those_who_direct_says_how_each_unit_stands(sample):
    beginning = Html((await sample.get(LEAD, "/begin")).text).root.one("div", id="steps").all("section")
    assert "tone-watch" in str(beginning[-1].all("span")[0].attributes), "some deadlines wait again"
    for who in (LEAD, "leaders.chair"):
        page = Html((await sample.get(who, "/work", at="subcommittee")).text).root
        table = page.one("section", id="units")
        rows = {row.one("th").text: [cell.text for cell in row.all("td")] for row in table.one("tbody").all("tr")}
        assert [*rows] == ["Propaganda unit", "Logistics unit", "Security unit"]
        for link in table.all("a"):
            assert "/tasks" in link["href"]
        place = (await sample.at("subcommittee")).place
        tasks = [task for task in place.views.documents("tasks") if task["unit"] == "logistics"]
        assert rows["Logistics unit"][0] == str(sum(task["status"] != "cancelled" for task in tasks))
    overdue = next(
        link for link in table.all("a") if "logistics" not in link["href"] and "open_overdue" in link["href"]
    )
    unit = next(name for name, address in place.addresses.items() if overdue["href"].startswith(f"{address}/"))
    listed = await sample.get(LEAD, "/tasks?cell=open_overdue", at=unit)
    rows = Html(listed.text).root.one("main").one("tbody").all("th", scope="row")
    assert len(rows) == int(overdue.text)
