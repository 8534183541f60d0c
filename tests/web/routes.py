"""Every page that a service has, with an address that leads to something where there is something."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from shared.unit.own_views import OwnViews
from shared.unit.roles import Act
from shared.web import application
from tests.web.pages import Shown


class Route(NamedTuple):
    """`path` has its parameters in braces."""

    path: str
    needs: Act = Act.READ

    @property
    def parameters(self) -> list[str]:
        return [part.strip("{}").partition(":")[0] for part in self.path.split("/") if part.startswith("{")]

    def address(self, views: OwnViews, **values: str) -> str:
        """Filled in with what is there by now, or with these `values`."""
        return self.path.format_map({name: _a(name, views) for name in self.parameters} | values)


def get_routes(shown: Shown) -> list[Route]:
    return _routes(shown, "GET")


def post_routes(shown: Shown) -> list[Route]:
    return _routes(shown, "POST")


def _routes(shown: Shown, method: str) -> list[Route]:
    return list(dict.fromkeys(Route(page.route.path, page.route.needs) for page in _pages(shown, method)))


def _pages(shown: Shown, method: str) -> Iterator["application._Page"]:
    for route in shown.application._inner.routes:
        page = getattr(route, "endpoint", None)
        if isinstance(page, application._Page) and method in page.route.methods:
            yield page


VIEW_OF: Mapping[str, str] = {
    "task_id": "tasks",
    "publication_id": "publications",
    "resource_id": "resources",
    "clearance_id": "clearances",
    "incident_id": "incidents",
    "document_id": "documents",
    "meeting_id": "meetings",
    "directive_id": "directives",
    "organisation_id": "organisations",
    "review_id": "reviews",
    "sha256": "evidence",
    "symbol": "issued_reports",
    "code_list": "code_lists",
    "item_id": "catalogue",
}
OTHERS: Mapping[str, str] = {"command": "comment-on-task", "unit": "logistics"}


def _a(name: str, views: OwnViews) -> str:
    """An id of this kind that is in use, if one is."""
    keys = sorted(str(key) for key in views.by_key(VIEW_OF[name])) if name in VIEW_OF else []
    own = [key for key in keys if key.startswith(f"{views.service}/")] or keys
    return own[0].rpartition("/")[2] if own else OTHERS.get(name, "none")
