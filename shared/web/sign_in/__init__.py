"""Who signs in, and where: at the sub-committee's service, for all services of the congress (docs/adr/0061).

Commands that only look at accounts load nothing of the web."""

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from shared.unit.tokens import Bearer
    from shared.web.place import Place
    from shared.web.sign_in.desk import Desk

_desks: "WeakKeyDictionary[Place, Desk]" = WeakKeyDictionary()


def desk_of(place: "Place") -> "Desk":
    """The one of this service."""
    from shared.web.sign_in.desk import Desk
    from shared.web.visit import Visit, language_of

    def render(
        request: "Request", template: str, status: int, bearer: "Bearer | None", **context: object
    ) -> "Response":
        return Visit(request, place, bearer, language_of(request)).render(template, status, **context)

    if place not in _desks:
        _desks[place] = Desk(place, render)
    return _desks[place]


def routes(place: "Place") -> "list[Route]":
    """`/signed-in` and `/sign-out`; where people sign in all the other pages of it too."""
    desk = desk_of(place)
    if not place.is_authority:
        return desk.routes()
    from shared.web.sign_in.authority import routes_of_authority

    return [*desk.routes(), *routes_of_authority(desk)]


async def begin(place: "Place") -> None:
    """Before the first page is asked for: keys to mint sessions with and, while nobody has an account, a set-up
    code. Raises nothing."""
    await desk_of(place).begin()


async def send_away(request: "Request", place: "Place") -> "Response":
    """Sends a visitor to where one signs in, and from there back to this page."""
    return desk_of(place).send_away(request)


async def check_signed_in(place: "Place", bearer: "Bearer") -> None:
    """Whether the session of this bearer, whom the service's door has let in, was not ended. Raises `signed_out`,
    `unavailable`."""
    await desk_of(place).check(bearer)
