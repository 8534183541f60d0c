"""Secrets in tracked files: private keys, seeds of NATS, tokens, passwords. Also in the members of zip archives."""

import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

from tests.supply.locks import PROJECT

KINDS = {
    "private key": rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "seed of NATS": rb"\bS[ACNOUX][A-Z2-7]{56}\b",
    "token": rb"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}",
    "key of a cloud or a forge": rb"\b(?:AKIA[0-9A-Z]{16}|gh[opsu]_[A-Za-z0-9]{36}|glpat-[\w-]{20})",
    "password in an address": rb"\b[a-z][a-z0-9+]*://[^\s/:@'\"]+:(?!password\b|secret\b)[^\s/@'\"{}$<>*\x80-\xff]{4,}@[\w\[{]",
    "password in a setting": (
        rb"(?i)\b(?:password|passwd|secret|api_?key)['\"]?\s*[:=]\s*['\"](?=[^'\"]*\d)[A-Za-z0-9+/=_-]{16,}['\"]"
    ),
}
_PATTERNS = {kind: re.compile(pattern) for kind, pattern in KINDS.items()}


class Secret(NamedTuple):
    """Where one is, never what it is."""

    path: str
    line: int
    kind: str


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    return [PROJECT / name for name in listed.decode().split("\0") if name and (PROJECT / name).is_file()]


def secrets_in(path: Path) -> Iterator[Secret]:
    yield from _in_content(
        str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else path.name, path.read_bytes()
    )


def _in_content(name: str, content: bytes) -> Iterator[Secret]:
    if content.startswith(b"PK\x03\x04"):
        with ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from _in_content(f"{name}:{member}", archive.read(member))
        return
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(content):
            yield Secret(name, content.count(b"\n", 0, match.start()) + 1, kind)
