"""What the script adds to pages, and that every component is fit for everybody: in a real browser, on one page that
shows them all."""

import re
from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.web.gallery import Gallery


@pytest.fixture
def gallery() -> Gallery:
    return Gallery()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A test fails where the page logs an error, as it does for whatever the policy of content forbids."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN")
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    yield page
    await context.close()
    assert errors == []


async def focused(page: Page) -> str:
    return await page.evaluate("document.activeElement.name || document.activeElement.tagName")


async def paste(page: Page, field: str, text: str) -> None:
    await page.locator(field).focus()
    script = """([field, text]) => {
      const data = new DataTransfer(); data.setData("text/plain", text);
      const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
      document.querySelector(field).dispatchEvent(paste);
    }"""
    await page.evaluate(script, [field, text])


async def test_live_parts_follow_and_what_is_ticked_stays(page, gallery):
    await gallery.show(page)
    await expect(page.locator("#tiles b").first).to_have_text("5")
    gallery.version = 6
    await expect(page.locator("#tiles b").first).to_have_text("6")
    await page.locator(".tick").first.check()
    gallery.version = 7
    gallery.changed = {"tasks": []}
    await expect(page.locator("#tiles b").first).to_have_text("7")
    await expect(page.locator(".tick:checked")).to_have_count(1)
    await expect(page.locator("#connection")).to_contain_text("vừa có thay đổi")
    await page.locator(".tick").first.uncheck()
    await expect(page.locator(".tick")).to_have_count(0)
    await expect(page.locator("#connection")).to_have_text("")


async def test_all_are_ticked_and_counted(page, gallery):
    await gallery.show(page)
    await page.get_by_label("Chọn tất cả").check()
    await expect(page.locator(".tick:checked")).to_have_count(3)
    await expect(page.locator("[data-ticked]")).to_have_text("Đã chọn 3:")


async def test_a_sheet_is_worked_down_by_keyboard(page, gallery):
    await gallery.show(page)
    await page.locator("[name='rows.0.collective']").focus()
    await page.keyboard.press("Enter")
    assert await focused(page) == "rows.1.collective"
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowRight")
    assert await focused(page) == "rows.0.source"
    await page.keyboard.press("2")
    await expect(page.locator("[name='rows.0.source']")).to_have_value("party")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("2")
    await page.keyboard.press("ArrowDown")
    assert await focused(page) == "rows.1.verdict"
    verdicts = "[...document.querySelectorAll('[name$=verdict]:checked')].map((each) => each.value)"
    assert await page.evaluate(verdicts) == ["no", "yes", "yes"]
    await expect(page.locator("td.changed")).to_have_count(2)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    assert await focused(page) == "BUTTON"
    await page.keyboard.press("?")
    await expect(page.locator("[data-keys] dl")).to_be_visible()
    await page.keyboard.press("/")
    assert await focused(page) == "q"


async def test_rows_from_excel_fill_fields_and_add_rows(page, gallery):
    await gallery.show(page)
    text = 'In vé\t15.000.000\tngan sach dang\r\n"Hoa,\nbăng ""đỏ"""\t5\tNgân sách tỉnh\r\n' + "x\t1\t\r\n" * 2
    await paste(page, "[name='spending.0.title']", text)
    await expect(page.locator("[name='spending.0.source']")).to_have_value("party")
    await expect(page.locator("[name='spending.1.title']")).to_have_value('Hoa, băng "đỏ"')
    await expect(page.locator("[name='spending.3.title']")).to_have_value("x")
    await expect(page.locator("#f-spending-3-amount")).to_have_attribute("aria-label", "Số tiền, 4")
    await expect(page.locator("#connection")).to_contain_text("Đã dán 4 dòng")
    await paste(page, "[name='rows.2.collective']", "A\nB\nC")
    await expect(page.locator("[name='rows.2.collective']")).to_have_value("A")
    await expect(page.locator("#connection")).to_contain_text("2 dòng vượt quá bảng")


async def test_what_was_typed_is_back_until_it_is_done(page, gallery):
    await gallery.show(page)
    await page.fill("#f-reason", "Nhà in chậm giấy")
    await page.check("[name='phase'][value='province']")
    await paste(page, "[name='spending.0.title']", "A\nB\nC\nD\nE")
    await page.reload()
    await expect(page.locator("#f-reason")).to_have_value("Nhà in chậm giấy")
    await expect(page.locator("[name='phase'][value='province']")).to_be_checked()
    await expect(page.locator("[name='spending.4.title']")).to_have_value("E")
    await expect(page.locator("form[data-keep] > [role=status]")).to_have_count(2)
    await page.get_by_role("button", name="Gửi").click()
    await expect(page.locator(".notice", has_text="Đã ghi nhận.")).to_be_visible()
    assert "done" not in page.url
    await expect(page.locator("#f-reason")).to_have_value("")
    await expect(page.locator("[name='spending.4.title']")).to_have_value("E")
    await page.get_by_role("button", name="Bỏ, lấy lại").click()
    await expect(page.locator("[name='spending.4.title']")).to_have_count(0)


async def test_a_form_is_sent_once_and_not_at_all_without_a_connection(page, gallery):
    await gallery.show(page)
    await page.context.set_offline(True)
    await page.fill("#f-reason", "Lý do")
    await page.get_by_role("button", name="Gửi").click()
    await expect(page.locator("#connection")).to_contain_text("chưa gửi được")
    assert gallery.posts == []
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Gửi").dblclick()
    await expect(page.locator(".notice", has_text="Đã ghi nhận.")).to_be_visible()
    assert [post["reason"] for post in gallery.posts] == ["Lý do"]


async def test_the_same_command_goes_along_until_another_text_is_typed(page, gallery):
    await gallery.show(page)
    await page.fill("#f-reason", "Lý do")
    first = await page.input_value("form[data-keep=extend] [name=command_id]")
    await page.route("**/extend", lambda route: route.abort())
    await page.get_by_role("button", name="Gửi").click()
    await page.wait_for_url("chrome-error://**")
    await page.unroute("**/extend")
    await page.goto(gallery.address)
    command_id = page.locator("form[data-keep=extend] [name=command_id]")
    await expect(command_id).to_have_value(first)
    await page.fill("#f-reason", "Lý do khác")
    await expect(command_id).not_to_have_value(first)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", await command_id.input_value())


@pytest.mark.parametrize(("width", "theme"), [(360, "light"), (1440, "dark")])
async def test_every_component_is_fit_for_everybody(page, gallery, width, theme):
    gallery.changed = {"error": "Không phải ngày.", "meanwhile": True, "problems": ["Đã kết thúc."]}
    await page.set_viewport_size({"width": width, "height": 900})
    await page.emulate_media(color_scheme=theme)
    await gallery.show(page)
    found = await Axe().run(page)
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found.response["violations"]] == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_every_component_reads_without_scripts(browser, gallery):
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await gallery.show(page)
    await expect(page.locator("[data-tick-all]")).to_be_hidden()
    await expect(page.locator("[name='spending.2.title']")).to_be_visible()
    await expect(page.get_by_role("button", name="Gửi")).to_be_enabled()
    await context.close()
