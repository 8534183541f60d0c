"""The file of a backup: a zip archive with a member of rows for every stream, and a manifest.

A backup is read whole and compared with its manifest before anything is done with it."""

import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Self, cast
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from daihoi.ops.backup.agreement import Agreement
from daihoi.ops.backup.manifest import FORMAT, VERSION, KeptStream, Manifest, Tally
from shared.domain.decider import Refusal
from shared.eventstore.canonical import indented, read_document
from shared.eventstore.names import service_of
from shared.eventstore.rows import Row
from shared.platform.reading import read_file

MANIFEST = "manifest.json"
MOST_BYTES_OF_A_MANIFEST = 16 * 1024**2
READ_BYTES = 1024**2
TOLD_EVERY = 1000
QUICKLY = 1
_ZIP = b"PK\x03\x04"
_END, _NO_COMMENT, _BYTES_OF_THE_END = b"PK\x05\x06", b"\0\0", 22
"""How a zip archive ends that has nothing after it."""
_IS_DAMAGED = (BadZipFile, zlib.error, EOFError, ValueError, KeyError, NotImplementedError, RuntimeError, OSError)

NO_BACKUP = Refusal("no_backup", "{path} is no backup of Daihoi.")
DAMAGED = Refusal(
    "backup_damaged", "The backup {path} is cut off, damaged or altered: {part} is not as it was written."
)
OTHER_VERSION = Refusal(
    "backup_of_another_version", "The backup {path} has version {version} of the format; this program reads {own}."
)

type Progress = Callable[[int, int], None]


class BackupWriter:
    """Used with `with`, in a file that is done away with where that ends badly."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=QUICKLY)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @contextmanager
    def member(self, name: str) -> Iterator[IO[bytes]]:
        with self._zip.open(name, "w", force_zip64=True) as member:
            yield member

    def end(self, manifest: Manifest) -> None:
        content = manifest.model_dump(mode="json") | {"sha256": manifest.digest}
        self._zip.writestr(MANIFEST, indented(content))


class Backup:
    """A backup as it lies there. Raises the refusal that it is none, another version's or damaged, and `OSError`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if read_file(path, len(_ZIP)) != _ZIP:
            raise NO_BACKUP(path=path)
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - _BYTES_OF_THE_END, 0))
            end = file.read()
        with self._reading(MANIFEST), ZipFile(path) as archive:
            names = archive.namelist()
            if MANIFEST not in names:
                raise NO_BACKUP(path=path)
            if archive.getinfo(MANIFEST).file_size > MOST_BYTES_OF_A_MANIFEST:
                raise ValueError("too large")
            if not (end.startswith(_END) and end.endswith(_NO_COMMENT)) or archive.infolist()[0].header_offset:
                raise ValueError("something before or after it")
            self.manifest = self._manifest(read_document(archive.read(MANIFEST)))
            if sorted(names) != sorted([MANIFEST, *(stream.member for stream in self.manifest.streams)]):
                raise ValueError("other members than the manifest says")
            if any(archive.getinfo(stream.member).file_size != stream.bytes for stream in self.manifest.streams):
                raise ValueError("other sizes than the manifest says")

    def _manifest(self, content: Any) -> Manifest:
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise NO_BACKUP(path=self.path)
        if (version := content.get("version")) != VERSION:
            raise OTHER_VERSION(path=self.path, version=version, own=VERSION)
        digest = content.pop("sha256", "")
        manifest = Manifest.model_validate(content)
        if manifest.digest != digest:
            raise ValueError("another digest")
        return manifest

    def lines(self, stream: KeptStream) -> Iterator[bytes]:
        """All that is kept of a stream. Raises the refusal that it is damaged."""
        with self._reading(stream.member), ZipFile(self.path) as archive, archive.open(stream.member) as member:
            yield from io.BufferedReader(cast("io.RawIOBase", member), READ_BYTES)

    def rows(self, stream: KeptStream) -> Iterator[Row]:
        return map(Row.of_line, self.lines(stream))

    def check(self, on_progress: Progress) -> None:
        """Reads everything and compares it with the manifest, and the streams with the ledger. Raises the refusal
        that it is damaged."""
        congress, done, agreement = self.manifest.congress, 0, Agreement(self.manifest.congress)
        for stream in self.manifest.streams:
            with self._reading(stream.member):
                tally = Tally()
                for line in self.lines(stream):
                    row = Row.of_line(line)
                    tally.add(row, line)
                    if agreement.first_at_odds(stream.name, row):
                        raise ValueError("ledger and streams do not agree")
                    done += 1
                    if done % TOLD_EVERY == 0 or done == self.manifest.messages:
                        on_progress(done, self.manifest.messages)
                if tally.stream(stream.name, stream.config, stream.last) != stream or tally.last > stream.last:
                    raise ValueError("not what the manifest says")
                if service_of(congress, stream.name) and not stream.messages == agreement.count(stream.name):
                    raise ValueError("the ledger has more events")
        with self._reading(self.manifest.ledger.member):
            if not {*agreement.streams} <= {stream.name for stream in self.manifest.streams}:
                raise ValueError("the ledger has events of another stream")

    @contextmanager
    def _reading(self, part: str) -> Iterator[None]:
        """`Refused` is no error of these kinds and passes."""
        try:
            yield
        except _IS_DAMAGED as error:
            raise DAMAGED(path=self.path, part=part) from error
