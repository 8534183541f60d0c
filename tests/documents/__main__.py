"""`make tour`: runs every command of the documents and writes what it prints today below it."""

import re
import sys

from tests.documents.pages import PAGES, PROJECT, text_of, with_outputs
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
        text = text_of(page)
        renewed = with_outputs(renumbered(text, before, reading.sample_end), lambda shown: reading.run(shown.command))
        if renewed != text:
            (PROJECT / page).write_text(renewed, "utf-8")
            changed.append(page)
    return changed


if __name__ == "__main__":
    with reader() as reading:
        sys.stdout.write("".join(f"{page} has changed\n" for page in refresh(reading)) or "nothing has changed\n")
