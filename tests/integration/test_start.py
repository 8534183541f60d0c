"""Who begins a congress of their own by the guide comes from nothing but files to a report that is handed up."""

import pytest

from tests.documents.newcomer import newcomer
from tests.documents.pages import BEGINNINGS, text_of, with_outputs

TOLD_ONCE_A_CHANGE, *TOLD_ONCE_A_DAY = BEGINNINGS


@pytest.mark.parametrize(
    "page", [TOLD_ONCE_A_CHANGE, *(pytest.param(page, marks=pytest.mark.long) for page in TOLD_ONCE_A_DAY)]
)
def test_who_follows_the_guide_sees_what_it_prints(page, tmp_path):
    with newcomer(tmp_path, BEGINNINGS[page]) as somebody:
        as_printed_today = with_outputs(text_of(page), lambda shown: somebody.run(shown.command))
    assert text_of(page) == as_printed_today, "if that is meant, run `make tour`"
