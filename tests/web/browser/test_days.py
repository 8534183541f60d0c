"""A day's work in a real browser: a member's, a lead's, a deputy's and the sub-committee's, on a telephone and on a
desk, in both languages. Every step goes by what the page offers: its links, its forms and its buttons."""

from urllib.parse import urljoin

import pytest

from shared.i18n import translate
from tests.contract.units import TASK
from tests.web.browser.looking import complaints, is_within
from tests.web.browser.test_working import sending

MEMBER, DEPUTY, LEAD = "logistics.member", "logistics.deputy", "logistics.lead"
CHAIR = "subcommittee.lead"
SEATS = [pytest.param("vi", 360, id="vi-360"), pytest.param("en", 1440, id="en-1440")]

pytestmark = [pytest.mark.long, pytest.mark.parametrize(("lang", "width"), SEATS)]


@pytest.fixture
async def task(pages, lang, request):
    """With somebody in charge, a deadline and money; the unit asks for no evidence."""
    task_id = f"d-{lang}-{abs(hash(request.node.name)) % 10**5}"
    title = {"vi": f"Việc trong ngày {task_id}", "en": f"Work of the day {task_id}"}
    await pages.give(LEAD, "open-task", TASK | {"task_id": task_id, "title": title})
    who = {"collective": "Phòng Quản trị", "individual": "Trưởng phòng Quản trị"}
    await pages.give(LEAD, "assign-task", {"task_id": task_id, **who})
    await pages.give(LEAD, "set-deadline", {"task_id": task_id, "deadline": "2099-01-01"})
    return task_id


async def status_of(pages, task_id):
    return (await pages.at("logistics")).views.document("tasks", f"logistics/{task_id}")["status"]


async def to_form(page, task_id, command):
    """From the task's page by its own link, which may stand in a list that is to be opened first."""
    links = page.locator(f'main a[href^="/tasks/{task_id}/do/{command}"]')
    if not await links.filter(visible=True).count():
        await page.locator("main details", has=links).first.locator("summary").first.click()
    await links.filter(visible=True).first.click()
    await page.wait_for_url(f"**/do/{command}*")


async def send(page, then):
    assert await is_within(page), page.url
    await sending(page).click()
    await page.wait_for_url(then)


async def test_a_member_begins_reports_and_hands_in(pages, visitor, task, lang, width):
    page = await visitor(pages, MEMBER, "/tasks?q=" + task, lang=lang, width=width)
    await page.locator(f'main a[href="/tasks/{task}"]').first.click()
    await page.wait_for_url(f"**/tasks/{task}")
    assert await complaints(page) == []
    await to_form(page, task, "start-task")
    await send(page, f"**/tasks/{task}*")
    await to_form(page, task, "report-progress")
    await page.locator("main input[name=percent]").fill("60")
    await send(page, f"**/tasks/{task}*")
    await page.locator("main progress").first.wait_for()
    await to_form(page, task, "submit-task")
    title = page.locator('main [name="evidence.0.title"]')
    await title.fill("Biên bản nghiệm thu")
    upload = page.locator('main input[type=file][name="evidence.0.file"]')
    await upload.set_input_files(
        {"name": "Biên bản.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 " + b"x" * 99}
    )
    await send(page, f"**/tasks/{task}*")
    await page.get_by_text("Biên bản nghiệm thu").first.wait_for()
    assert await status_of(pages, task) == "submitted"


async def test_a_lead_fills_in_what_is_missing_and_accepts(pages, visitor, task, lang, width):
    page = await visitor(pages, LEAD, f"/tasks/{task}", lang=lang, width=width)
    await to_form(page, task, "fund-task")
    await page.locator("main [name=secured_vnd]").fill("5.000.000")
    source = page.locator("main select[name=funding_source]")
    if await source.count():
        await source.select_option(index=1)
    else:
        await page.locator("main [name=funding_source]").fill("Ngân sách tỉnh")
    await send(page, f"**/tasks/{task}*")
    await page.get_by_text("5.000.000" if lang == "vi" else "5,000,000").first.wait_for()
    await pages.give(MEMBER, "start-task", {"task_id": task})
    evidence = {"title": "Biên bản", "link": "https://example.invalid/b", "sha256": "0a" * 32, "size_bytes": 120}
    await pages.give(MEMBER, "submit-task", {"task_id": task, "evidence": [evidence]})
    await page.goto(urljoin(page.url, "/work"))
    await page.locator(f'main a[href="/tasks/{task}"]').first.click()
    await to_form(page, task, "complete-task")
    await send(page, f"**/tasks/{task}*")
    assert await status_of(pages, task) == "completed"


async def test_a_deputy_decides_on_an_extension(pages, visitor, task, lang, width):
    wish = {"task_id": task, "deadline": "2099-02-01", "reason": "Nhà thầu giao chậm"}
    await pages.give(MEMBER, "request-extension", wish)
    page = await visitor(pages, DEPUTY, f"/tasks/{task}", lang=lang, width=width)
    await page.get_by_text("Nhà thầu giao chậm").first.wait_for()
    await to_form(page, task, "grant-extension")
    await send(page, f"**/tasks/{task}*")
    await page.get_by_text("01/02/2099").first.wait_for()
    document = (await pages.at("logistics")).views.document("tasks", f"logistics/{task}")
    assert (document["deadline"], document["extensions"][-1]["outcome"]) == ("2099-02-01", "granted")


async def test_the_sub_committee_goes_through_its_pages(pages, visitor, lang, width):
    page = await visitor(pages, CHAIR, "/work", lang=lang, width=width)
    links = await page.locator("nav a[href^='/']").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    own = sorted({link.partition("?")[0] for link in links if not link.startswith(("/language", "/theme", "/sign"))})
    assert {"/congress", "/meetings", "/directives", "/catalogue", "/scenarios", "/register", "/lists"} <= {*own}
    for path in own:
        response = await page.goto(urljoin(page.url, path))
        assert response.status == 200, path
        assert await is_within(page), path
        assert await page.locator("main h1").count() == 1, path
        assert await page.locator("html").get_attribute("lang") == lang
    named = await page.locator("nav a[href='/work']").first.text_content()
    assert named.strip() == translate("My work", lang)
