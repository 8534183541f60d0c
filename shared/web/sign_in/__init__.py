"""Who signs in, and where."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from shared.unit.tokens import Bearer
from shared.web.place import Place


def routes(place: Place) -> list[Route]:
    return []


async def send_away(request: Request, place: Place) -> Response:
    """To where one signs in."""
    return RedirectResponse(place.addresses["subcommittee"] + "/sign-in", 303)


async def check_signed_in(place: Place, bearer: Bearer) -> None:
    """Raises `signed_out`, `unavailable`."""
