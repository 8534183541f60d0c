"""Workbooks between being sent and being taken over: in memory, bounded, each for the session that sent it.

A workbook may be larger than a form; it is not sent to and fro between what it would change and the confirmation,
and it never lies on a disk. It goes when it was taken over, after an hour, when others need the room, and when the
service ends: whoever comes too late sends it again."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

LIFETIME_S: Final = 60 * 60
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of all sessions together."""
MOST_OF_A_SESSION: Final = 3


@dataclass
class Upload:
    """`wishes` is what was said beside the file, `called` the catalogue that it is for; `read` what came of reading
    it with these wishes."""

    id: str
    session: str
    kind: str
    name: str
    content: bytes
    wishes: Any
    called: str = ""
    since: float = 0.0
    read: tuple[Any, Any] | None = None


class Uploads:
    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._kept: dict[str, Upload] = {}

    def keep(self, session: str, kind: str, name: str, content: bytes, wishes: Any, called: str = "") -> Upload:
        """The oldest make room for it."""
        self._forget_old()
        of_session = [upload.id for upload in self._kept.values() if upload.session == session]
        for upload_id in of_session[: max(0, len(of_session) + 1 - MOST_OF_A_SESSION)]:
            del self._kept[upload_id]
        while self._kept and self._bytes + len(content) > MOST_BYTES:
            del self._kept[next(iter(self._kept))]
        upload = Upload(uuid4().hex, session, kind, name, content, wishes, called, self._now())
        self._kept[upload.id] = upload
        return upload

    def of(self, session: str, kind: str, upload_id: str) -> Upload | None:
        """The upload; nothing for another session, or another kind of file."""
        self._forget_old()
        upload = self._kept.get(upload_id)
        return upload if upload and (upload.session, upload.kind) == (session, kind) else None

    def drop(self, upload: Upload) -> None:
        self._kept.pop(upload.id, None)

    @property
    def _bytes(self) -> int:
        return sum(len(upload.content) for upload in self._kept.values())

    def _forget_old(self) -> None:
        now = self._now()
        self._kept = {each.id: each for each in self._kept.values() if now - each.since < LIFETIME_S}
