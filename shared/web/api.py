"""The same commands over HTTP as over NATS, and what the service's own views hold. Whoever comes here has a bearer
token; cookies of the pages count for nothing."""

import asyncio
import re
from contextlib import suppress
from functools import cache

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.domain.decider import Refusal, Refused
from shared.eventstore.canonical import indented
from shared.eventstore.errors import EventStoreError
from shared.unit.problems import TOO_LARGE, UNAVAILABLE, Problem, problem_of
from shared.unit.roles import Act, may
from shared.values.types import ID_PATTERN
from shared.web.openapi import openapi
from shared.web.place import Place
from shared.web.readable import readable

COMMAND_BYTES = 1024 * 1024
MOST_DOCUMENTS = 1000
READY_TIMEOUT_S = 10
FOR_PROGRAMS = ("/commands/", "/queries/", "/openapi.json", "/health")
PROBLEM_JSON = "application/problem+json"
_KEY = re.compile(rf"({ID_PATTERN[1:-1]}/)*{ID_PATTERN[1:-1]}")

NO_SUCH_VIEW = Refusal("view_not_found", "{service} has no view {view}.")
BAD_CURSOR = Refusal("bad_cursor", "{name} is not what a page before this one gave out.")
NOT_YOURS_TO_READ = Refusal("not_yours_to_read", "{actor} may not read what {service} keeps.")
STATUS = {BAD_CURSOR: 422, NOT_YOURS_TO_READ: 403}


def is_for_programs(request: Request) -> bool:
    return request.url.path.startswith(FOR_PROGRAMS)


def problem_response(problem: Problem) -> Response:
    body = problem.model_dump_json(exclude_defaults=True)
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else None
    return Response(body, problem.status, headers, PROBLEM_JSON)


def routes(place: Place) -> list[Route]:
    door = place.at_work.door

    async def command(request: Request) -> Response:
        authorization = request.headers.get("authorization")
        try:
            await door.commander(authorization)  # who may give none is not read at all
        except Refused as refused:
            return problem_response(problem_of(refused))
        body = await _body(request)
        if body is None:
            return problem_response(problem_of(TOO_LARGE()))
        answer = await door.answer(request.path_params["name"], authorization, body)
        if isinstance(answer, Problem):
            return problem_response(answer)
        with suppress(EventStoreError):  # it is done all the same
            await place.views.upto(answer.sequence)
        return Response(answer.model_dump_json(), media_type="application/json")

    async def query(request: Request) -> Response:
        try:
            return await _documents(request, place)
        except Refused as refused:
            problem = problem_of(refused)
            status = STATUS.get(refused.refusal, problem.status)
            return problem_response(problem.model_copy(update={"status": status}))

    async def health(_: Request) -> Response:
        state = await place.at_work.look()
        return Response(state.model_dump_json(), 200 if state.ready else 503, media_type="application/json")

    @cache
    def document() -> bytes:
        return indented(openapi(place.at_work.service))

    async def described(_: Request) -> Response:
        return Response(document(), media_type="application/json")

    return [
        Route("/commands/{name}", command, methods=["POST"]),
        Route("/queries/{view}", query),
        Route("/health", health),
        Route("/openapi.json", described),
    ]


async def _documents(request: Request, place: Place) -> Response:
    """A page of the documents of a view, by their ids."""
    bearer = await place.at_work.door.reader(request.headers.get("authorization"))
    if not may(bearer.actor, Act.READ, place.service):
        raise NOT_YOURS_TO_READ(actor=bearer.actor.id, service=place.service)
    view = request.path_params["view"]
    try:
        async with asyncio.timeout(READY_TIMEOUT_S):
            await place.views.begun()
    except TimeoutError as error:
        raise UNAVAILABLE() from error
    if view not in place.views.view_names:
        raise NO_SUCH_VIEW(service=place.service, view=view[:80])
    after, limit = _page_asked_for(request)
    documents = sorted(
        (document for document in place.views.documents(view) if str(document["_id"]) > after),
        key=lambda document: str(document["_id"]),
    )
    page = readable(bearer.actor, view, documents[:limit], place.service)
    following = str(page[-1]["_id"]) if len(documents) > limit else None
    return JSONResponse({"sequence": place.views.sequence, "documents": list(page), "after": following})


def _page_asked_for(request: Request) -> tuple[str, int]:
    after, limit = request.query_params.get("after", ""), request.query_params.get("limit", str(MOST_DOCUMENTS))
    if after and not (len(after) <= 200 and _KEY.fullmatch(after)):
        raise BAD_CURSOR(name="after")
    if not (limit.isdecimal() and limit.isascii() and 0 < len(limit) < 6 and 0 < int(limit) <= MOST_DOCUMENTS):
        raise BAD_CURSOR(name="limit")
    return after, int(limit)


async def _body(request: Request) -> bytes | None:
    """The body of the request; nothing where it is too large."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > COMMAND_BYTES:
            return None
    return body
