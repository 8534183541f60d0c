"""One look with a real browser, which every change takes; the long tests look at everything."""

from tests.contract.units import TASK
from tests.web.browser.looking import complaints, is_within


async def test_a_task_is_opened_seen_by_another_at_once_and_read_on_a_telephone(pages, visitor):
    member = await visitor(pages, "logistics.member", "/do/open-task", lang="vi")
    assert await member.locator("html").get_attribute("lang") == "vi"
    lead = await visitor(pages, "logistics.lead", "/tasks", lang="en", width=360)
    await pages.give("logistics.member", "open-task", TASK | {"task_id": "smoke-1"})
    await lead.get_by_text("Chuẩn bị hội trường").first.wait_for()
    assert await is_within(lead)
    assert await complaints(lead) == []
    await member.get_by_role("link", name="Nhiệm vụ", exact=True).first.click()
    await member.get_by_text("Chuẩn bị hội trường").first.wait_for()
