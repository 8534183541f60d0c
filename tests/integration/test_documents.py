"""Who does what the documents say sees what they print."""

import pytest

from tests.documents.pages import PAGES, text_of, with_outputs
from tests.documents.reader import reader

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def as_printed_today():
    """Every page with what its commands print now, each after those before it."""
    with reader() as reading:
        return {page: with_outputs(text_of(page), lambda shown: reading.run(shown.command)) for page in PAGES}


@pytest.mark.parametrize("page", PAGES)
def test_every_command_in_a_page_prints_what_the_page_says(as_printed_today, page):
    assert text_of(page) == as_printed_today[page], "if that is meant, run `make tour`"
