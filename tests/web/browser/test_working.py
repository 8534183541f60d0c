"""People at work in real browsers: what others do is seen, and what was typed is not lost."""

from dataclasses import replace

import pytest

from shared.unit.signed_out import SignedOut
from shared.web.server import HttpServer
from tests.contract.units import TASK
from tests.waiting import until
from tests.web.browser.looking import is_within, sending

MEMBER, LEAD = "logistics.member", "logistics.lead"


@pytest.fixture
async def task(pages, request):
    task_id = f"w-{abs(hash(request.node.name)) % 10**6}"
    await pages.give(MEMBER, "open-task", TASK | {"task_id": task_id, "title": {"vi": f"Việc {task_id}"}})
    return task_id


async def comments(pages, task_id):
    shown = await pages.at("logistics")
    return [each["text"] for each in shown.views.document("tasks", f"logistics/{task_id}").get("comments", [])]


async def commenting(visitor, pages, task_id, who=MEMBER):
    page = await visitor(pages, who, f"/tasks/{task_id}/do/comment-on-task")
    field = page.locator("main form textarea, main form input[type=text]").first
    return page, field


@pytest.mark.long
async def test_a_second_browser_sees_a_change(pages, visitor, task):
    watching = await visitor(pages, LEAD, f"/tasks/{task}")
    page, field = await commenting(visitor, pages, task)
    await field.fill("Đã liên hệ nhà thầu")
    await sending(page).click()
    await page.wait_for_url(f"**/tasks/{task}*")
    await watching.get_by_text("Đã liên hệ nhà thầu").first.wait_for()


@pytest.mark.long
async def test_any_number_of_pages_may_be_open_and_each_follows_once_it_is_looked_at(pages, visitor, task):
    """A browser has six lines to one service, and a page that follows holds one."""
    looked_at = await visitor(pages, LEAD, f"/tasks/{task}")
    aside = "Object.defineProperty(document, 'hidden', {get: () => !window.isLookedAt})"
    await looked_at.context.add_init_script(aside)
    for _ in range(8):
        page = await looked_at.context.new_page()
        await page.goto(looked_at.url)
    await pages.give(MEMBER, "comment-on-task", {"task_id": task, "comment_id": "c1", "text": "Đã báo nhà in"})
    await looked_at.get_by_text("Đã báo nhà in").first.wait_for()
    assert not await page.get_by_text("Đã báo nhà in").count()
    await page.evaluate("isLookedAt = true; document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
    await page.get_by_text("Đã báo nhà in").first.wait_for()


@pytest.mark.long
async def test_two_clicks_record_one_thing(pages, visitor, task):
    page, field = await commenting(visitor, pages, task)
    await field.fill("Một lần")
    await sending(page).dblclick()
    await page.wait_for_url(f"**/tasks/{task}*")
    await page.wait_for_load_state()
    assert await comments(pages, task) == ["Một lần"]


@pytest.mark.long
async def test_whoever_goes_back_and_sends_again_records_nothing_twice(pages, visitor, task):
    page, field = await commenting(visitor, pages, task)
    await field.fill("Chỉ một")
    await sending(page).click()
    await page.wait_for_url(f"**/tasks/{task}*")
    await page.go_back()
    field = page.locator("main form textarea, main form input[type=text]").first
    if await field.input_value() == "Chỉ một":
        await sending(page).click()
        await page.wait_for_url(f"**/tasks/{task}*")
    assert await comments(pages, task) == ["Chỉ một"]


@pytest.mark.long
async def test_what_was_typed_stays_while_there_is_no_connection(pages, visitor, task):
    page, field = await commenting(visitor, pages, task)
    await page.context.set_offline(True)
    await field.fill("Viết khi mất mạng")
    await sending(page).click()
    assert await field.input_value() == "Viết khi mất mạng"
    assert await comments(pages, task) == []
    await page.context.set_offline(False)
    await page.reload()
    field = page.locator("main form textarea, main form input[type=text]").first
    assert await field.input_value() == "Viết khi mất mạng"
    await sending(page).click()
    await page.wait_for_url(f"**/tasks/{task}*")
    assert await comments(pages, task) == ["Viết khi mất mạng"]


@pytest.mark.long
async def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(pages, visitor, task):
    page = await visitor(pages, MEMBER, f"/tasks/{task}/do/set-deadline", width=360)
    field = page.locator("main form input[name=deadline]")
    await field.fill("31/02/2030")
    await sending(page).click()
    await page.locator("[role=alert]").first.wait_for()
    field = page.locator("main form input[name=deadline]")
    assert await field.input_value() == "31/02/2030"
    assert await field.get_attribute("aria-invalid") == "true"
    described = await field.get_attribute("aria-describedby")
    assert described
    assert await page.locator(f"#{described.split()[-1]}").is_visible()
    assert await is_within(page)


@pytest.mark.long
async def test_a_page_goes_on_when_its_service_was_away(pages, visitor, task):
    shown = await pages.at("logistics")
    face = HttpServer(shown.place.at_work, ())
    await face.start()
    port = face.place.port
    page = await visitor(pages, LEAD, "/work")
    await page.goto(f"{face.place.address}/tasks/{task}")
    await page.wait_for_load_state()
    await face.stop()
    said = page.locator("#connection")
    await until(lambda: _says(said))
    await pages.give(MEMBER, "comment-on-task", {"task_id": task, "comment_id": "c1", "text": "Trong lúc vắng"})
    settings = shown.place.at_work.settings.model_copy(update={"http_port": port})
    again = HttpServer(replace(shown.place.at_work, settings=settings), ())
    await again.start()
    try:
        await page.get_by_text("Trong lúc vắng").first.wait_for()
    finally:
        await page.context.close()
        await again.stop()


@pytest.mark.long
async def test_a_page_says_that_its_reader_was_signed_out_while_the_service_was_away(pages, visitor, task):
    shown = await pages.at("logistics")
    face = HttpServer(shown.place.at_work, ())
    await face.start()
    port, who = face.place.port, "logistics.guest"
    page = await visitor(pages, who, "/work")
    await page.goto(f"{face.place.address}/tasks/{task}")
    await page.wait_for_load_state()
    await face.stop()
    said = page.locator("#connection")
    await until(lambda: _says(said))
    reader = await shown.place.at_work.door.reader(f"Bearer {pages.token(who)}")
    await SignedOut(shown.place.at_work.connection, pages.settings.congress).end(reader.token_id)
    settings = shown.place.at_work.settings.model_copy(update={"http_port": port})
    again = HttpServer(replace(shown.place.at_work, settings=settings), ())
    await again.start()
    try:
        await said.get_by_text("Phiên làm việc đã kết thúc").wait_for()
    finally:
        await page.context.close()
        await again.stop()


async def _says(locator):
    return (await locator.inner_text()).strip()
