"""`make tour`: runs every command of the documents and writes what it prints today below it."""

import re
import sys
import tempfile
from pathlib import Path

from tests.documents.newcomer import newcomer
from tests.documents.pages import BEGINNINGS, PAGES, PROJECT, text_of, with_outputs
from tests.documents.reader import Reader, reader

SAMPLE_END = re.compile(r"(?<=daihoi report --at )\d+\b(?!-)")
EVENTS_OF_THE_PAGES = 9
"""The pages' own commands add fewer before a page names the last of them."""


def sample_end_in(tour: str) -> int:
    """The ledger sequence of the sample's last event, as the tour knows it."""
    return int(SAMPLE_END.findall(tour)[0])


def renumbered(text: str, before: int, now: int) -> str:
    """The ledger sequences that a page names, where the sample has come to have another number of events."""
    moved = {str(before + offset): str(now + offset) for offset in range(EVENTS_OF_THE_PAGES)}
    return re.sub(r"\b\d+\b", lambda number: moved.get(number.group(), number.group()), text)


def refresh(reading: Reader) -> list[str]:
    """The pages that changed."""
    before = sample_end_in(text_of("docs/tour.md"))
    changed = []
    for page in PAGES:
        text = renumbered(text_of(page), before, reading.sample_end)
        changed += _renew(page, with_outputs(text, lambda shown: reading.run(shown.command)))
    return changed


def refresh_beginnings() -> list[str]:
    """The guides in which something changed, each followed on a congress of its own."""
    changed = []
    for page, language in BEGINNINGS.items():
        with (
            tempfile.TemporaryDirectory(prefix="daihoi-", ignore_cleanup_errors=True) as folder,
            newcomer(Path(folder), language) as somebody,
        ):
            renewed = with_outputs(text_of(page), lambda shown: somebody.run(shown.command))
        changed += _renew(page, renewed)
    return changed


def _renew(page: str, renewed: str) -> list[str]:
    if renewed == text_of(page):
        return []
    (PROJECT / page).write_text(renewed, "utf-8")
    return [page]


if __name__ == "__main__":
    with reader() as reading:
        pages = [*refresh(reading), *refresh_beginnings()]
    sys.stdout.write("".join(f"{page} has changed\n" for page in pages) or "nothing has changed\n")
