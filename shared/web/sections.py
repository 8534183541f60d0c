"""What a module of pages declares: `SECTION`, its routes and what the navigation leads to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import Response

from shared.unit.roles import Act

if TYPE_CHECKING:
    from shared.web.visit import Visit

type PageFunction = Callable[["Visit"], Awaitable[Response]]


@dataclass(frozen=True)
class PageRoute:
    """`needs` is what whoever opens it must be allowed to at this service; a POST comes with the session's token."""

    path: str
    page: PageFunction
    methods: tuple[str, ...] = ("GET",)
    needs: Act = Act.READ
    uploads: bool = False


def route(
    path: str,
    page: PageFunction,
    methods: tuple[str, ...] = ("GET",),
    needs: Act = Act.READ,
    *,
    uploads: bool = False,
) -> PageRoute:
    return PageRoute(path, page, methods, needs, uploads)


@dataclass(frozen=True)
class Link:
    """`label` is an English sentence to translate; `path` that of a route; `needs` what it takes to see the link."""

    label: str
    path: str
    needs: Act = Act.READ


@dataclass(frozen=True)
class Section:
    """`only_units`: the sub-committee, which has no tasks, has not these pages."""

    routes: tuple[PageRoute, ...]
    links: tuple[Link, ...] = ()
    only_units: bool = False
