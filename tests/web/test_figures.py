"""What takes long does not keep a service from its commands."""

import asyncio
import threading
from types import SimpleNamespace

from shared.web.figures import beside, worked_out


async def test_a_page_is_made_beside_what_else_the_service_does():
    goes_on = threading.Event()
    page = asyncio.create_task(asyncio.wait_for(beside(lambda: goes_on.wait(20)), 30))
    await asyncio.sleep(0)
    goes_on.set()
    assert await page


async def test_what_many_look_at_is_worked_out_once_for_each_state():
    views = type("Views", (), {"version": 1, "documents": lambda self, view: [view]})()
    visit = SimpleNamespace(views=views, today=None)
    made = []

    async def look():
        return await worked_out(visit, "key", ("tasks",), lambda documents: made.append(documents) or len(made))

    assert await asyncio.gather(look(), look()) == [1, 1]
    views.version = 2
    assert await look() == 2
