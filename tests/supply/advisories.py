"""Advisories from a folder, for where no database can be reached: files in the Open Source Vulnerability format, as
JSON, each of one advisory or of a list of them (the export of a database, unpacked)."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from packaging.version import InvalidVersion, Version

from tests.supply.locks import Package, normal


class Hit(NamedTuple):
    """A package of a lock file, and the advisory that is about its version."""

    package: Package
    advisory: str
    aliases: tuple[str, ...]


def advisories_in(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("*.json")):
        content = json.loads(path.read_text("utf-8"))
        yield from content if isinstance(content, list) else [content]


def hits(packages: Iterable[Package], advisories: Iterable[dict[str, Any]]) -> Iterator[Hit]:
    pinned: dict[str, list[Package]] = {}
    for package in packages:
        pinned.setdefault(package.name, []).append(package)
    for advisory in advisories:
        if advisory.get("withdrawn"):
            continue
        for affected in advisory.get("affected", ()):
            about = affected.get("package", {})
            if about.get("ecosystem") == "PyPI":
                for package in pinned.get(normal(about.get("name", "")), ()):
                    if is_affected(package.version, affected):
                        yield Hit(package, advisory["id"], tuple(advisory.get("aliases", ())))


def is_affected(version: str, affected: dict[str, Any]) -> bool:
    """Listed by itself, or in one of the ranges."""
    return version in affected.get("versions", ()) or any(
        _is_in(Version(version), one["events"])
        for one in affected.get("ranges", ())
        if one.get("type") == "ECOSYSTEM"
    )


def _is_in(version: Version, events: Iterable[dict[str, str]]) -> bool:
    """Of the events in the order of their versions the last one before or at `version` counts."""
    inside = False
    for kind, at in sorted((pair for event in events for pair in event.items()), key=lambda pair: _version(pair[1])):
        if kind == "introduced" and version >= _version(at):
            inside = True
        elif (kind == "fixed" and version >= _version(at)) or (kind == "last_affected" and version > _version(at)):
            inside = False
    return inside


def _version(text: str) -> Version:
    """What is no version of a package, such as `0` for the first, comes first."""
    try:
        return Version(text)
    except InvalidVersion:
        return Version("0")
