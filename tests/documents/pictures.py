"""`make pictures`: pages for the README, of the sample congress on one of its days, in the system's Chromium."""

import base64
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.documents.pages import PROJECT

DAY = "2020-09-20"
ACCOUNT = "logistics-lead"
PICTURES = {"pages-work.webp": "/", "pages-task.webp": "/tasks/1-03"}
"""By name in `docs/`: the page of the logistics unit."""
SIZE = {"width": 1440, "height": 900}
QUALITY = 80
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ADDRESS = re.compile(rf"{ACCOUNT}.*?(http://\S+)")


@contextmanager
def pages_of_the_sample(folder: Path) -> Iterator[str]:
    """The address of the unit's pages, for as long as the block runs."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("DAIHOI_")}
    settings |= {"PYTHONPATH": str(PROJECT), "DAIHOI_TODAY": DAY, "DAIHOI_LANG": "vi", "COLUMNS": "140"}
    daihoi = [sys.executable, "-m", "daihoi"]
    subprocess.run([*daihoi, "demo"], check=True, cwd=folder, env=settings, stdout=subprocess.DEVNULL)
    with subprocess.Popen([*daihoi, "up"], cwd=folder, env=settings, stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout is not None
        try:
            address = next(filter(None, map(ADDRESS.search, up.stdout)), None)
            if address is None:
                raise SystemExit("`daihoi up` ended without a word on how to sign in")
            yield address[1]
        finally:
            up.send_signal(signal.SIGTERM)


def take(page: Page, address: str, password: str) -> None:
    page.goto(address)
    page.fill("[name=account]", ACCOUNT)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{address}/**")
    for name, path in PICTURES.items():
        page.goto(f"{address}{path}")
        shot = page.context.new_cdp_session(page).send(
            "Page.captureScreenshot", {"format": "webp", "quality": QUALITY}
        )
        (PROJECT / "docs" / name).write_bytes(base64.b64decode(shot["data"]))


def main() -> None:
    if CHROMIUM is None:
        raise SystemExit("There is no Chromium on this machine: `make browser`")
    with tempfile.TemporaryDirectory(prefix="daihoi-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with pages_of_the_sample(folder) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport=SIZE, locale="vi-VN", color_scheme="light")
            take(page, address, (folder / ".daihoi" / "sample-sign-ins").read_text())
            browser.close()


if __name__ == "__main__":
    main()
