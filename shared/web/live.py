"""Server-sent events: each page hears that something has changed, and from which version on it has to catch up."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from shared.domain.decider import Actor, Refused
from shared.unit.problems import STATUS
from shared.unit.roles import Act, may
from shared.web.place import Place

HEARTBEAT_S = 15.0
"""A line that nobody reads goes down unnoticed; this is also how soon a session that has ended hears no more."""
RETRY_MS = 1000
SIGNED_OUT = "event: signed-out\ndata: \n\n"
LISTENERS = 500
OF_ONE_VISITOR = 30
"""Pages that one person has open in one position, in all their browsers: nobody takes the places of the others."""


def routes(place: Place) -> list[Route]:
    listeners: Counter[Actor] = Counter()

    async def live(request: Request) -> Response:
        from shared.web.application import bearer_of

        try:
            bearer = await bearer_of(request, place)
        except Refused as refused:
            if not _is_signed_out(refused):
                return Response(status_code=503)
            bearer = None
        if bearer is None or not may(bearer.actor, Act.READ, place.service):
            return _stream(_only(SIGNED_OUT))
        if _are_full(listeners, bearer.actor):
            return Response(status_code=204)  # an EventSource does not come again
        return _stream(_changes(request, place, listeners, bearer.actor))

    return [Route("/live", live)]


def _stream(events: AsyncIterator[str]) -> Response:
    return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _only(event: str) -> AsyncIterator[str]:
    """A page reads what a stream says, and nothing of an answer that is none."""
    yield event


def _are_full(listeners: Counter[Actor], actor: Actor) -> bool:
    return listeners.total() >= LISTENERS or listeners[actor] >= OF_ONE_VISITOR


@contextmanager
def _counted(listeners: Counter[Actor], actor: Actor) -> Iterator[None]:
    listeners[actor] += 1
    try:
        yield
    finally:
        listeners[actor] -= 1
        if not listeners[actor]:
            del listeners[actor]


async def _changes(request: Request, place: Place, listeners: Counter[Actor], actor: Actor) -> AsyncIterator[str]:
    if _are_full(listeners, actor):  # many came at once
        return
    with _counted(listeners, actor):
        after = _version_in(request)
        yield f"retry: {RETRY_MS}\n\n"
        if after > place.views.version:  # of a process before this one
            after = -1
        changes = place.views.changes(after)
        awaited = asyncio.ensure_future(anext(changes))
        ending = asyncio.ensure_future(place.is_ending.wait())
        try:
            while not place.is_ending.is_set():
                await asyncio.wait((awaited, ending), timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
                if awaited.done():
                    version = awaited.result()
                    yield f"id: {version}\nevent: changed\ndata: {version}\n\n"
                    awaited = asyncio.ensure_future(anext(changes))
                elif not ending.done():
                    if not await _is_signed_in(request, place):
                        yield SIGNED_OUT
                        return
                    yield ": here\n\n"
        finally:
            for task in (awaited, ending):
                task.cancel()
                with suppress(asyncio.CancelledError, StopAsyncIteration):
                    await task


async def _is_signed_in(request: Request, place: Place) -> bool:
    """So is whoever can't be looked up for the moment."""
    from shared.web import application

    try:
        return await application.bearer_of(request, place) is not None
    except Refused as refused:
        return not _is_signed_out(refused)


def _is_signed_out(refused: Refused) -> bool:
    return STATUS.get(refused.refusal) == 401


def _version_in(request: Request) -> int:
    """Where the page stands: what its stream last had, else what the page was made of."""
    for text in (request.headers.get("last-event-id", ""), request.query_params.get("after", "")):
        if text.isdecimal() and len(text) < 17:
            return int(text)
    return 0
