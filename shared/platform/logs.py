"""What a service says of its work: one line an entry, with its time, level and service, in colours of nobody's.

Everything that runs in the process says it here: our modules, FastStream, nats-py, the event loop, warnings. A
traceback is part of its entry's line. No entry shows a secret or commands a terminal, whoever wrote what it holds.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

from shared.values.harmless import harmless, in_one_line
from shared.values.secrecy import without_secrets

type Form = Literal["plain", "json"]


def begin_log(service: str, form: Form) -> None:
    """On standard error, from now on, for the whole process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(service) if form == "json" else PlainLines(service))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
    logging.getLogger("asyncio").addFilter(_is_of_use)


def _is_of_use(record: logging.LogRecord) -> bool:
    """Not what asyncio says of every TLS connection that ends; nobody can do anything about it."""
    return "eof_received() has no effect" not in str(record.msg)


class _Lines(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def _parts(self, record: logging.LogRecord) -> tuple[str, str, str, str]:
        """Its time in UTC, what it says, and where it has these what a library said of it and its traceback."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        traceback = self.formatException(record.exc_info) if record.exc_info else ""
        raw = without_secrets(str(getattr(record, "raw", "")))
        return at, without_secrets(record.getMessage()), raw, without_secrets(traceback)


class PlainLines(_Lines):
    """`2026-11-28T09:00:00.000+00:00 WARNING tracker services.tracker.projection: the projection waits`."""

    def format(self, record: logging.LogRecord) -> str:
        at, message, raw, traceback = self._parts(record)
        entry = "\n".join(filter(None, (f"{message} [{raw}]" if raw else message, traceback)))
        return f"{at} {record.levelname} {self._service} {record.name}: {in_one_line(entry)}"


class JsonLines(_Lines):
    """An object with `time`, `level`, `service`, `logger`, `message`, for what a library said in its own words `raw`,
    and for an exception `traceback`."""

    def format(self, record: logging.LogRecord) -> str:
        at, message, raw, traceback = self._parts(record)
        entry = {"time": at, "level": record.levelname, "service": self._service, "logger": record.name}
        entry |= {"message": message} | ({"raw": raw} if raw else {})
        entry |= {"traceback": traceback} if traceback else {}
        return harmless(json.dumps(entry, ensure_ascii=False))
