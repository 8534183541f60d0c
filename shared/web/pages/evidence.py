"""Files that the unit keeps, handed out to whoever may read here: part by part, as something to be saved and never
as something that a browser opens."""

import hashlib
import re
from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from shared.eventstore.errors import EventStoreError
from shared.eventstore.objects import EvidenceStore, Whole
from shared.unit.handing_out import DIFFERS
from shared.unit.problems import UNAVAILABLE
from shared.web.sections import Section, route
from shared.web.visit import Visit

SHA256 = re.compile(r"[0-9a-f]{64}")
UNKNOWN = "application/octet-stream"
HANDED_OUT = re.compile(
    r"application/(pdf|msword|rtf|zip|gzip|vnd\.rar|x-7z-compressed|vnd\.[a-z.-]+)|image/(jpeg|png|gif|tiff|webp|heic)"
    r"|text/(plain|csv)|audio/[a-z0-9-]+|video/[a-z0-9-]+"
)
"""Kinds of files that are named as what they are."""


async def evidence_page(visit: Visit) -> Response:
    sha256 = visit.request.path_params["sha256"]
    kept = visit.views.document("evidence", f"{visit.service}/{sha256}") if SHA256.fullmatch(sha256) else None
    if kept is None:
        return visit.not_found()
    at_work = visit.place.at_work
    store = EvidenceStore(at_work.connection, at_work.settings.congress, visit.service)
    try:
        whole = await store.whole(sha256)
    except EventStoreError:
        return visit.refused(UNAVAILABLE(), 503)
    if whole is None:
        return visit.not_found()
    media_type = kept["media_type"] if HANDED_OUT.fullmatch(kept["media_type"]) else UNKNOWN
    headers = {
        "Content-Disposition": disposition(kept["file_name"]),
        "Content-Length": str(whole.size_bytes),
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return StreamingResponse(_content(store, whole, sha256, visit.service), media_type=media_type, headers=headers)


def disposition(name: str) -> str:
    """The header that has a browser save a file under its name, whatever letters that has."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._") or "file"
    return f"attachment; filename=\"{plain[-100:]}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _content(store: EvidenceStore, whole: Whole, sha256: str, service: str) -> AsyncIterator[bytes]:
    """The last part goes out once the whole has been compared; what differs is broken off before it is complete."""
    digest, held = hashlib.sha256(), b""
    async for part in store.parts(whole.upload):
        if held:
            yield held
        digest.update(part)
        held = part
    if digest.hexdigest() != sha256:
        raise DIFFERS(unit=service, sha256=sha256)
    yield held


SECTION = Section(routes=(route("/evidence/{sha256}", evidence_page),), only_units=True)
