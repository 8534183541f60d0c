"""A day's work in a real browser: a member's, a lead's, a deputy's and the sub-committee's, in both languages, on a
telephone and on a desk. Every step goes by what the page offers: its links, its forms and its buttons."""

from fnmatch import fnmatch
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import pytest

from shared.i18n import LANGUAGES, format_number, translate
from tests.annexes import HEADINGS, annex
from tests.annexes import task as row_of
from tests.contract.units import TASK
from tests.waiting import until
from tests.web.browser.conftest import WIDTHS
from tests.web.browser.looking import complaints, is_within, sending

MEMBER, DEPUTY, LEAD = "logistics.member", "logistics.deputy", "logistics.lead"
CHAIR = "subcommittee.lead"
IS_SEEN = "one => one.getBoundingClientRect().left >= 0 && one.getBoundingClientRect().right <= innerWidth"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

pytestmark = [
    pytest.mark.long,
    pytest.mark.parametrize("lang", LANGUAGES),
    pytest.mark.parametrize("width", WIDTHS),
]


@pytest.fixture
def mark():
    """Of one day: all take place in the same congress."""
    return uuid4().hex[:8]


@pytest.fixture
async def task(pages, mark):
    """With somebody in charge and a deadline; the unit asks for no evidence."""
    task_id = f"d-{mark}"
    title = {"vi": f"Việc trong ngày {task_id}", "en": f"Work of the day {task_id}"}
    await pages.give(LEAD, "open-task", TASK | {"task_id": task_id, "title": title})
    who = {"collective": "Phòng Quản trị", "individual": "Trưởng phòng Quản trị"}
    await pages.give(LEAD, "assign-task", {"task_id": task_id, **who})
    await pages.give(LEAD, "set-deadline", {"task_id": task_id, "deadline": "2099-01-01"})
    return task_id


@pytest.fixture
async def office(pages):
    """What the sub-committee's pages read."""
    return (await pages.at("subcommittee")).views


async def document_of(pages, task_id):
    return (await pages.at("logistics")).views.document("tasks", f"logistics/{task_id}")


async def is_at(page, path):
    """`path` may hold `*`. What stands after it in an address comes and goes."""
    await page.wait_for_url(lambda url: fnmatch(urlsplit(url).path, path))


async def follow(page, href, then=""):
    """A link of the page, which may stand in a list that is to be opened first."""
    links = page.locator(f'main a[href^="{href}"], nav.nav a[href="{href}"]')
    await links.first.wait_for(state="attached")
    if not await links.filter(visible=True).count():
        await page.locator("main details", has=links).first.locator("summary").first.click()
    await links.filter(visible=True).first.click()
    await is_at(page, then or href.partition("?")[0])


async def to_task(page, task_id):
    """As one finds a task among many."""
    await follow(page, "/tasks")
    await page.locator("main input[name=q]").fill(task_id)
    await page.locator("main input[name=q]").press("Enter")
    await page.wait_for_url(lambda url: task_id in url)
    await follow(page, f"/tasks/{task_id}")


async def to_form(page, task_id, command):
    await follow(page, f"/tasks/{task_id}/do/{command}")


async def fill(page, **values):
    for name, value in values.items():
        await page.locator(f'main [name="{name.replace("__", ".")}"]').fill(value)


async def choose(page, name, value):
    """A few choices are buttons, many are a list."""
    choices = page.locator(f'main select[name="{name}"]')
    if await choices.count():
        await choices.select_option(value)
        return
    await page.locator(f'main [name="{name}"][value="{value}"]').check()


async def send(page, then):
    assert await is_within(page), page.url
    await sending(page).click()
    await is_at(page, then)


# --- in a unit ---
async def test_a_member_begins_reports_and_hands_in(pages, visitor, task, lang, width):
    page = await visitor(pages, MEMBER, "/", lang=lang, width=width)
    here = f"/tasks/{task}"
    await to_task(page, task)
    assert await complaints(page) == []
    await to_form(page, task, "start-task")
    await send(page, here)
    await to_form(page, task, "report-progress")
    await fill(page, percent="60")
    await send(page, here)
    await page.locator("main progress").first.wait_for()
    await to_form(page, task, "submit-task")
    await fill(page, evidence__0__title="Biên bản nghiệm thu")
    upload = page.locator('main input[type=file][name="evidence.0.file"]')
    await upload.set_input_files(
        {"name": "Biên bản.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 " + b"x" * 99}
    )
    await send(page, here)
    await page.get_by_text("Biên bản nghiệm thu").first.wait_for()
    assert (await document_of(pages, task))["status"] == "submitted"


async def test_a_lead_fills_in_what_is_missing_and_accepts(pages, visitor, task, lang, width):
    page = await visitor(pages, LEAD, "/", lang=lang, width=width)
    here = f"/tasks/{task}"
    await to_task(page, task)
    await to_form(page, task, "fund-task")
    await fill(page, secured_vnd="5.000.000", funding_source="Ngân sách tỉnh")
    await send(page, here)
    await page.get_by_text(format_number(5_000_000, lang)).first.wait_for()
    await pages.give(MEMBER, "start-task", {"task_id": task})
    evidence = {"title": "Biên bản", "link": "https://example.invalid/b", "sha256": "0a" * 32, "size_bytes": 120}
    await pages.give(MEMBER, "submit-task", {"task_id": task, "evidence": [evidence]})
    await follow(page, "/work")
    await follow(page, here)
    await to_form(page, task, "complete-task")
    await send(page, here)
    assert (await document_of(pages, task))["status"] == "completed"


async def test_a_deputy_decides_on_an_extension(pages, visitor, task, lang, width):
    wish = {"task_id": task, "deadline": "2099-02-01", "reason": "Nhà thầu giao chậm"}
    await pages.give(MEMBER, "request-extension", wish)
    page = await visitor(pages, DEPUTY, "/", lang=lang, width=width)
    here = f"/tasks/{task}"
    await follow(page, here)
    await page.get_by_text("Nhà thầu giao chậm").first.wait_for()
    await to_form(page, task, "grant-extension")
    await send(page, here)
    await page.get_by_text("01/02/2099").first.wait_for()
    document = await document_of(pages, task)
    assert (document["deadline"], document["extensions"][-1]["outcome"]) == ("2099-02-01", "granted")


# --- at the sub-committee ---
async def test_a_meeting_becomes_a_directive_that_its_unit_sees(pages, visitor, office, task, mark, lang, width):
    unit = await visitor(pages, LEAD, "/", lang=lang, width=width)
    await follow(unit, "/directives")
    page = await visitor(pages, CHAIR, "/", lang=lang, width=width)
    await follow(page, "/meetings")
    await follow(page, "/new/meeting")
    await fill(page, title__vi=f"Phiên họp {mark}", held_on="13/8/2026", chair__position="Trưởng Tiểu ban")
    await fill(page, participants__0__position="Các Phó Trưởng Tiểu ban")
    await send(page, "/meetings/*")
    meeting = urlsplit(page.url).path
    await page.get_by_role("heading", name=f"Phiên họp {mark}").wait_for()
    await follow(page, f"{meeting}/conclude")
    await fill(page, points__0__text__vi="Rà soát từng đầu việc chính.", points__1__text__vi=f"Rà đường điện {mark}.")
    await send(page, meeting)
    assert await complaints(page) == []
    await follow(page, f"/new/directive?meeting_id={meeting.rpartition('/')[2]}&point=2")
    await choose(page, "kind", "work")
    await choose(page, "units", "logistics")
    await fill(page, due_on="1/2/2099")
    await send(page, meeting)

    await unit.get_by_text(f"Rà đường điện {mark}").first.click()
    await is_at(unit, "/directives/*")
    directive_id = urlsplit(unit.url).path.rpartition("/")[2]
    assert await complaints(unit) == []
    await follow(unit, "/do/open-task")
    await fill(unit, task_id=f"k-{mark}", title__vi=f"Kiểm tra đường điện {mark}", planned_vnd="5 triệu")
    await choose(unit, "group.number", "1")
    await choose(unit, "phase", "before")
    await choose(unit, "scenario", "both")
    await send(unit, f"/tasks/k-{mark}")
    await follow(unit, f"/directives/{directive_id}")
    await unit.get_by_text(f"Kiểm tra đường điện {mark}").first.wait_for(state="attached")

    await follow(page, f"/directives/{directive_id}")
    await page.get_by_text(f"Kiểm tra đường điện {mark}").first.wait_for(state="attached")
    recorded = office.document("meetings", meeting.rpartition("/")[2])
    assert [point["number"] for point in recorded["points"]] == [1, 2]
    directive = office.document("directives", directive_id)
    assert (directive["meeting_id"], directive["point"]) == (recorded["_id"], 2)
    assert (directive["units"], directive["due_on"]) == (["logistics"], "2099-02-01")


async def test_cases_are_compared_and_another_is_put_in_force(pages, visitor, office, mark, lang, width):
    now = office.document("scenarios", "current")
    case = "none" if now and now["scenario"] == "outbreak" else "outbreak"
    page = await visitor(pages, CHAIR, "/", lang=lang, width=width)
    await follow(page, "/scenarios")
    assert await page.locator("#compared th").count() > 3
    assert await complaints(page) == []
    await follow(page, "/scenarios/switch")
    await choose(page, "scenario", case)
    await fill(page, reason=f"Theo diễn biến {mark}")
    await sending(page).click()
    await page.locator("main input[name=confirmed]").wait_for(state="attached")
    await send(page, "/scenarios")
    await page.get_by_text(f"Theo diễn biến {mark}").first.wait_for()
    current = office.document("scenarios", "current")
    assert (current["scenario"], current["reason"]) == (case, f"Theo diễn biến {mark}")


async def test_an_organisation_gets_a_position_and_who_holds_it(pages, visitor, office, mark, lang, width):
    page = await visitor(pages, CHAIR, "/", lang=lang, width=width)
    await follow(page, "/register")
    await follow(page, "/new/organisation")
    await choose(page, "kind", "agency")
    await fill(page, name__vi=f"Sở Y tế {mark}")
    await send(page, "/register/*")
    here = urlsplit(page.url).path
    await follow(page, f"{here}/add-position")
    await fill(page, position=f"Giám đốc Sở Y tế {mark}")
    await send(page, here)
    await follow(page, f"{here}/hold-position")
    await fill(page, person=f"Nguyễn Văn {mark}", since="1/2/2026")
    await send(page, here)
    assert await complaints(page) == []
    assert await is_within(page)
    await follow(page, "/register")
    await page.locator("main input[name=q]").fill(f"nguyen van {mark}")
    await page.locator("main input[name=q]").press("Enter")
    await page.locator(f'main a[href="{here}"]').wait_for()
    organisation = office.document("organisations", here.rpartition("/")[2])
    (holder,) = organisation["holders"]
    assert organisation["positions"] == [holder["position"]] == [f"Giám đốc Sở Y tế {mark}"]
    assert (holder["person"], holder["since"]) == (f"Nguyễn Văn {mark}", "2026-02-01")


async def test_a_workbook_is_taken_over_once_it_has_been_looked_at(pages, visitor, office, mark, lang, width):
    number = 1 + len(office.documents("catalogue"))
    headings = (*HEADINGS[:8], "Mức độ xanh")
    rows = [row_of(c0=number + place, c1=f"Việc {place} {mark}", c8=None) for place in range(2)]
    page = await visitor(pages, CHAIR, "/", lang=lang, width=width)
    await follow(page, "/catalogue")
    await follow(page, "/catalogue/import")
    file = {"name": "phụ lục.xlsx", "mimeType": XLSX, "buffer": annex(*rows, headings=headings)}
    await page.locator("main input[name=file]").set_input_files(file)
    await page.locator("main details summary").first.click()
    await fill(page, catalogue=f"c-{mark}")
    await send(page, "/catalogue/import/*")
    upload = urlsplit(page.url).path
    assert await complaints(page) == []
    await sending(page).click()  # the column that nobody knows stays out, as it is proposed
    await page.locator("main select[name=unit]").select_option("logistics")
    await sending(page).click()
    await page.get_by_text(f"Việc 1 {mark}").first.wait_for()
    assert await complaints(page) == []
    assert urlsplit(page.url).path == upload
    await send(page, "/catalogue")
    await page.get_by_text(f"Việc 1 {mark}").first.wait_for()
    items = [item for item in office.documents("catalogue") if item["catalogue"] == f"c-{mark}"]
    assert {item["title"]["vi"] for item in items} == {f"Việc 0 {mark}", f"Việc 1 {mark}"}
    await page.get_by_label(f"Việc 1 {mark}").check()
    await sending(page).click()
    (item,) = [item for item in items if item["title"]["vi"] == f"Việc 1 {mark}"]
    await until(lambda: document_of(pages, item["_id"]))
    assert office.document("catalogue", item["_id"])["assigned_to"] == "logistics"


async def test_every_page_of_the_sub_committee_is_read(pages, visitor, lang, width):
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
        assert await page.locator("nav.nav a[aria-current=page]").evaluate(IS_SEEN), path
    named = await page.locator("nav a[href='/work']").first.text_content()
    assert named.strip() == translate("My work", lang)
