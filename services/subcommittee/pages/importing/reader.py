"""Reading a workbook, beside what else the service does."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any

from services.subcommittee.importing.layout import HeadingsUnknown
from services.subcommittee.importing.remembered import remembered
from services.subcommittee.pages.importing.kind import Kind, Plan
from services.subcommittee.pages.uploads import Upload
from shared.web.visit import Visit

READER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="workbook")
"""One workbook is read at a time: it takes the processor for seconds where it is large."""


async def in_reader[Result](work: Callable[[], Result]) -> Result:
    """In a thread of its own; names are those that are in use here."""
    return await asyncio.get_running_loop().run_in_executor(READER, copy_context().run, work)


async def read(kind: Kind, visit: Visit, upload: Upload) -> Any:
    """Reads the file, once with the same wishes; what is remembered of its columns is said for whoever sent it."""
    if upload.read and upload.read[0] == upload.wishes:
        return upload.read[1]
    try:
        source = await in_reader(partial(kind.read, visit, upload, upload.wishes))
    except HeadingsUnknown as unknown:
        settings = visit.place.at_work.settings
        columns = await in_reader(
            partial(remembered, settings.data_dir, settings.congress, unknown.headings, kind.known)
        )
        more = {**columns, **upload.wishes.columns}
        if more == upload.wishes.columns:
            raise
        upload.wishes = upload.wishes._replace(columns=more)
        return await read(kind, visit, upload)
    upload.read = (upload.wishes, source)
    return source


async def planned(kind: Kind, visit: Visit, source: Any) -> Plan:
    views = {name: visit.views.documents(name) for name in kind.views}
    return await in_reader(partial(kind.plan, visit, source, views))
