"""What a browser finds of a page that people would."""

import json
from typing import Any

from playwright.async_api import Locator, Page

from tests.web.browser.conftest import AXE

SERIOUS = ("serious", "critical")


async def complaints(page: Page) -> list[str]:
    """What axe-core finds serious. The page's policy lets nobody put scripts into it, so that axe runs in the
    browser's own world, as an extension would."""
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Page.getFrameTree")
    world = await session.send(
        "Page.createIsolatedWorld", {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "axe"}
    )
    place = {"contextId": world["executionContextId"], "awaitPromise": True, "returnByValue": True}
    await session.send("Runtime.evaluate", {"expression": AXE.read_text("utf-8"), **place, "returnByValue": False})
    asked = await session.send(
        "Runtime.evaluate", {"expression": "axe.run().then(r => JSON.stringify(r.violations))", **place}
    )
    await session.detach()
    return [_told(each) for each in json.loads(asked["result"]["value"]) if each["impact"] in SERIOUS]


def _told(violation: dict[str, Any]) -> str:
    where = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
    why = violation["nodes"][0].get("failureSummary", "")[:300]
    return f"{violation['id']} ({violation['impact']}): {where} - {why}"


async def is_within(page: Page) -> bool:
    """Whether nothing sticks out of the window sideways."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def sending(page: Page) -> Locator:
    """The button that sends the page's form."""
    return page.locator("main form[method=post] .buttons button, main form[method=post].act-bar button").first
