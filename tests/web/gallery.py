"""A page that shows every component once, as a browser gets it; nothing serves it."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from playwright.async_api import Page, Route

from shared.i18n import Language
from shared.web.rendering import STATIC, environment, hidden, in_language

TEMPLATE = Path(__file__).with_name("gallery.html").read_text("utf-8")
TASKS = [
    {"id": f"{place}", "title": title, "group": "Văn kiện", "status": status, "percent": 40, "money": 320_000_000}
    for place, (title, status) in enumerate(
        (("Đặt in văn kiện", "open"), ("Đọc soát", "blocked"), ("In phiếu", "submitted"))
    )
]
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
)
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Gallery:
    """What the page is made of can be changed while it is shown; `posts` are the bodies of forms that were sent."""

    def __init__(self, address: str = "http://localhost:8/") -> None:
        self.address = address
        self.version = 5
        self.changed: Mapping[str, Any] = {}
        self.posts: list[dict[str, str]] = []

    async def show(self, page: Page, query: str = "") -> None:
        await page.route("**/*", self._answer)
        await page.goto(self.address + query)

    def html(self, query: str = "", lang: Language = "vi") -> str:
        first = date(2020, 8, 31)
        weeks = [[first + timedelta(7 * week + day) for day in range(7)] for week in range(5)]
        named = dict(parse_qsl(query))
        made = {
            **in_language(lang),
            "visit": SimpleNamespace(query=named, request=SimpleNamespace(url=SimpleNamespace(path="/"))),
            "csrf_field": lambda: hidden("csrf", "c"),
            "hidden": hidden,
            "new_command_id": lambda: str(uuid4()),
            "nav": [
                {"label": "Nhiệm vụ", "href": "/", "current": True},
                {"label": "Văn bản", "href": "/d", "current": False},
            ],
            "services": [
                {
                    "id": unit,
                    "title": in_language(lang)["unit_title"](unit),
                    "href": f"/{unit}",
                    "current": unit == "logistics",
                }
                for unit in ("propaganda", "logistics")
            ],
            "congress": {"id": "c", "title": "Đại hội đại biểu Đảng bộ tỉnh lần thứ XX"},
            "visitor": {"name": "Phó trưởng", "position": "Phó trưởng Bộ phận", "account": "", "links": []},
            "other_lang": {"code": "en", "label": "English", "href": "/language/en"},
            "theme": "auto",
            "theme_links": [{"theme": name, "href": f"/theme/{name}"} for name in ("auto", "light", "dark")],
            "done": "Đã ghi nhận." if "done" in named else "",
            "problems": [],
            "next_step": None,
            "live_version": self.version,
            "page_title": "Nhiệm vụ",
            "today": date(2020, 9, 10),
            "version": self.version,
            "tasks": TASKS,
            "error": "",
            "meanwhile": False,
            "weeks": [
                [
                    {
                        "date": day,
                        "here": day.month == 9,
                        "bookings": [{"label": "Tổng duyệt", "href": "/b"}] if day.day == 9 else [],
                    }
                    for day in week
                ]
                for week in weeks
            ],
        }
        return environment().from_string(TEMPLATE).render({**made, **self.changed})

    async def _answer(self, route: Route) -> None:
        request, parts = route.request, urlsplit(route.request.url)
        name = parts.path.rpartition("/")[2]
        if parts.path.startswith("/static/"):
            await route.fulfill(path=STATIC / name, content_type=KINDS[Path(name).suffix])
        elif parts.path == "/live":
            after = dict(parse_qsl(parts.query))["after"]
            told = f"event: changed\ndata: {self.version}\n\n" if self.version > int(after) else ""
            await route.fulfill(body=f"retry: 100\n\n{told}", content_type="text/event-stream")
        elif request.method == "POST":
            self.posts.append(dict(parse_qsl(request.post_data or "", keep_blank_values=True)))
            await route.fulfill(status=303, headers={"Location": "/?done=1"})
        else:
            headers = {"Content-Security-Policy": POLICY}
            await route.fulfill(body=self.html(parts.query), content_type="text/html; charset=utf-8", headers=headers)
