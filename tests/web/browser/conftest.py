"""A real browser on the services' real addresses. The system's Chromium is driven; `make browser` installs one."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from shared.web.session import cookie_name
from tests.web.pages import Pages

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
NONE = "no Chromium is installed: `make browser` installs one where that can be done"
WIDTHS = (360, 1440)
TIMEOUT_MS = 60_000
"""Only a failure takes so long."""

type Open = Callable[..., Awaitable[Page]]


def program() -> str | None:
    """The browser that is here, if one is."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    if (path := program()) is None:
        pytest.skip(NONE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        await browser.close()


@pytest.fixture
async def visitor(browser: Browser) -> AsyncIterator[Open]:
    """Opens a page as somebody who is signed in, in a browser of their own. A test fails where a script of the page
    does, or where the browser kept something from being loaded."""
    trouble: list[str] = []
    async with AsyncExitStack() as stack:

        async def open_page(
            pages: Pages, who: str, path: str, *, at: str = "", lang: str = "vi", width: int = 1440, **options: Any
        ) -> Page:
            shown = await pages.at(at or who.partition(".")[0])
            context = await browser.new_context(viewport={"width": width, "height": 900}, **options)
            stack.push_async_callback(context.close)
            context.set_default_timeout(TIMEOUT_MS)
            await sign_in(context, pages, who, shown.address, lang)
            page = await context.new_page()
            page.on("pageerror", lambda error: trouble.append(f"{page.url}: {error}"))
            page.on("console", lambda said: trouble.append(f"{page.url}: {said.text}") if _is_bad(said) else None)
            await page.goto(shown.address + path)
            return page

        yield open_page
    assert trouble == []


async def sign_in(context: BrowserContext, pages: Pages, who: str, address: str, lang: str) -> None:
    session = {
        "name": cookie_name(pages.settings.congress),
        "value": pages.token(who),
        "url": address.replace("http://", "https://"),
        "secure": True,
        "httpOnly": True,
        "sameSite": "Lax",
    }
    await context.add_cookies([session, {"name": "daihoi-lang", "value": lang, "url": address}])  # type: ignore[list-item]


def _is_bad(said: Any) -> bool:
    """What a browser says of servers that are away is none of the page's doing."""
    return said.type == "error" and "ERR_" not in said.text and "the server responded with" not in said.text
