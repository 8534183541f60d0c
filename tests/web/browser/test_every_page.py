"""Every page, as a browser shows it: on a telephone and on a large screen, in both languages, light and dark."""

from urllib.parse import urlsplit

import pytest

from shared.values.units import services
from tests.web.browser.looking import complaints, is_within
from tests.web.routes import get_routes

FIRST_LOAD_BYTES = 150_000
LOOKS = [("vi", 360, "light"), ("en", 1440, "dark")]

every_service = pytest.mark.parametrize("service", services())


async def addresses(pages, service):
    """Of what a browser shows: files it only saves."""
    shown = await pages.at(service)
    shown_ones = []
    for address in (route.address(shown.views) for route in get_routes(shown)):
        response = await pages.get(f"{service}.lead", address)
        assert response.status_code in (200, 303, 404, 410), address
        if response.headers.get("content-type", "").startswith("text/html") and response.status_code == 200:
            shown_ones.append(address)
    assert len(shown_ones) > 5
    return shown_ones


@pytest.mark.long
async def test_what_is_wrong_with_a_page_is_found(pages, visitor):
    page = await visitor(pages, "logistics.lead", "/work")
    assert await complaints(page) == []
    await page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    (complaint,) = await complaints(page)
    assert complaint.startswith("image-alt (critical)")
    assert await is_within(page)
    await page.evaluate(
        "document.querySelector('main').append(Object.assign(document.createElement('canvas'), {width: 9999}))"
    )
    assert not await is_within(page)


@pytest.mark.long
@every_service
@pytest.mark.parametrize(("lang", "width", "look"), LOOKS)
async def test_a_page_hinders_nobody_and_fits(sample, visitor, service, lang, width, look):
    shown = await sample.at(service)
    page = await visitor(sample, f"{service}.lead", "/work", lang=lang, width=width, color_scheme=look)
    wrong = {}
    for address in await addresses(sample, service):
        await page.goto(shown.address + address)
        found = await complaints(page)
        if not await is_within(page):
            found.append("sticks out sideways")
        if await page.locator("h1").count() != 1:
            found.append("has not one heading")
        if await page.locator("html").get_attribute("lang") != lang:
            found.append("is in another language")
        if found:
            wrong[address] = found
    assert wrong == {}


@pytest.mark.long
@every_service
async def test_a_first_load_is_light_and_asks_nobody_else(sample, visitor, service):
    shown = await sample.at(service)
    heavy = {}
    for address in await addresses(sample, service):
        page = await visitor(sample, f"{service}.lead", "/health")
        finished = []
        page.on("requestfinished", lambda request, finished=finished: finished.append(request))
        await page.goto(shown.address + address, wait_until="load")
        sizes = {request.url: await request.sizes() for request in finished}
        assert {urlsplit(url).netloc for url in sizes if not url.startswith("data:")} == {
            urlsplit(shown.address).netloc
        }
        weight = sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes.values())
        if weight > FIRST_LOAD_BYTES:
            heavy[address] = weight
        await page.context.close()
    assert heavy == {}


@pytest.mark.long
@every_service
async def test_a_page_is_read_with_scripts_off(sample, visitor, service):
    shown = await sample.at(service)
    page = await visitor(sample, f"{service}.lead", "/work", java_script_enabled=False)
    for address in await addresses(sample, service):
        await page.goto(shown.address + address)
        assert await page.locator("h1").is_visible(), address
        assert len((await page.locator("main").inner_text()).strip()) > 40, address
        assert not await page.locator("main [hidden]:not(label):not(option)").count(), address
    link = page.locator("nav.nav a").first
    await link.click()
    assert await page.locator("nav.nav a[aria-current=page]").count() == 1
