"""What a module of pages declares: `SECTION`, its routes and what the navigation leads to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from starlette.responses import Response

from shared.unit.roles import Act

if TYPE_CHECKING:
    from shared.web.visit import Visit

type PageFunction = Callable[["Visit"], Awaitable[Response]]


class NextStep(NamedTuple):
    """What comes next of a beginning of which `done` of `steps` steps are done. `path` leads to all of them."""

    title: str
    path: str
    done: int
    steps: int


type Beginning = Callable[["Visit"], Awaitable[NextStep | None]]
"""What whoever visits has to begin with next; nothing where there is nothing, or it is not theirs."""


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
    """`only_units`: the sub-committee, which has no tasks, has not these pages. Every page of the service says what
    comes next of its `beginning`."""

    routes: tuple[PageRoute, ...]
    links: tuple[Link, ...] = ()
    only_units: bool = False
    beginning: Beginning | None = None
