"""What a backup says is in it. Version 1 of the format is described in docs/operate.md."""

import hashlib
import re
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from shared.eventstore.canonical import canonical
from shared.eventstore.names import accounts_bucket, ledger_stream, record_stream, service_of
from shared.eventstore.rows import Row
from shared.values.types import ID_PATTERN

FORMAT, VERSION = "daihoi-backup", 1

type Count = Annotated[int, Field(ge=0, strict=True)]


def is_store(congress: str, stream: str) -> bool:
    """Whether a stream holds objects, or records that are kept for good: those of the accounts."""
    return is_object_store(congress, stream) or stream == record_stream(accounts_bucket(congress))


def is_object_store(congress: str, stream: str) -> bool:
    """Whether a stream is that of the bucket `<name>_<congress>`."""
    return re.fullmatch(rf"OBJ_[A-Za-z0-9-]+_{re.escape(congress)}", stream) is not None


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeptStream(Part):
    """`first` and `last` are the sequences of its first message and of the last that it has given; `bytes` and
    `sha256` are those of all its lines."""

    name: str
    config: dict[str, Any]
    first: Count
    last: Count
    messages: Count
    bytes: Count
    sha256: str

    @property
    def member(self) -> str:
        return f"{self.name}.jsonl"


class KeptConsumer(Part):
    """A durable consumer of the ledger that was done with everything up to `done`."""

    name: str
    config: dict[str, Any]
    done: Count


class Manifest(Part):
    format: Literal["daihoi-backup"] = "daihoi-backup"
    version: Literal[1] = 1
    congress: Annotated[str, Field(pattern=ID_PATTERN)]
    taken: AwareDatetime
    server: str
    """The version of the broker."""
    streams: tuple[KeptStream, ...]
    """The ledger first, then those of the services, then those of object stores and of accounts."""
    consumers: tuple[KeptConsumer, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over the manifest as a line of canonical JSON."""
        return hashlib.sha256(canonical(self.model_dump(mode="json"))).hexdigest()

    @property
    def ledger(self) -> KeptStream:
        return self.streams[0]

    @property
    def services(self) -> list[str]:
        return list(filter(None, (service_of(self.congress, stream.name) for stream in self.streams)))

    @property
    def messages(self) -> int:
        """How many messages all streams have."""
        return sum(stream.messages for stream in self.streams)

    def _may_have_holes(self, stream: KeptStream) -> bool:
        return is_store(self.congress, stream.name)

    @model_validator(mode="after")
    def _is_of_one_congress(self) -> Self:
        names = [stream.name for stream in self.streams]
        if names[:1] != [ledger_stream(self.congress)] or len({*names}) != len(names):
            raise ValueError("the ledger does not come first, or a stream comes twice")
        for stream in self.streams[1:]:
            if not (service_of(self.congress, stream.name) or is_store(self.congress, stream.name)):
                raise ValueError(f"{stream.name} is no stream of the congress")
        if any(stream.config.get("name") != stream.name for stream in self.streams):
            raise ValueError("a stream has the settings of another")
        if any(stream.messages != stream.last for stream in self.streams if not self._may_have_holes(stream)):
            raise ValueError("a stream lacks events")
        return self


class Tally:
    """What a manifest says of a stream, counted as its lines go by."""

    def __init__(self) -> None:
        self.messages = self.bytes = self.first = self.last = 0
        self._hash = hashlib.sha256()

    def add(self, row: Row, line: bytes) -> None:
        """Raises `ValueError` where the order is not that of a stream."""
        if row.sequence <= self.last:
            raise ValueError(f"message {row.sequence} comes after message {self.last}")
        self.first, self.last = self.first or row.sequence, row.sequence
        self.messages += 1
        self.bytes += len(line)
        self._hash.update(line)

    def stream(self, name: str, config: dict[str, Any], last: int) -> KeptStream:
        """`last` is the last sequence that it has given, which may be later than its last message."""
        counted = {"messages": self.messages, "bytes": self.bytes, "sha256": self._hash.hexdigest()}
        return KeptStream(name=name, config=config, first=self.first or last + 1, last=last, **counted)
