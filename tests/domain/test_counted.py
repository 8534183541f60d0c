"""English counts one as one, and days from the opening say on which side of it they are, in both languages."""

import re

import pytest
from babel.messages.pofile import read_po

from shared.i18n import CATALOGUE, in_words, offset_in_words, translate

with CATALOGUE.open("rb") as file:
    SENTENCES = [str(message.id) for message in read_po(file) if message.id]
NO_NOUNS = (
    "acts|as|asks|begins|belongs|cancels|decides|deputises|does|follows|gives|goes|has|holds|is|issues|its|knows|"
    "lacks|makes|ms|names|needs|projects|records|runs|says|settles|stands|starts|supersedes|takes|this|verifies|"
    "waits|was|wants|writes"
)
PLURAL = rf"(?:[a-z]+ )?(?!(?:{NO_NOUNS})\b)(?:[a-z-]+s|people)\b"
NO_COUNTS = re.compile(
    r"_id$|^(id|actor|service|serving|unit|user|path|name|named|person|position|title|stream|number|who|holder|"
    r"role|setting|by_hand|day)$"
)


def counted(sentence: str) -> list[str]:
    """The placeholders after which something stands in the plural."""
    return [name for name in re.findall(rf"\{{(\w+)\}} {PLURAL}", sentence) if not NO_COUNTS.search(name)]


@pytest.mark.parametrize("sentence", [*filter(counted, SENTENCES)])
def test_one_of_anything_is_told_in_the_singular(sentence):
    names = re.findall(r"\{(\w+)\}", sentence)
    for name in counted(sentence):
        told = translate(sentence, "en", **dict.fromkeys(names, "«x»") | {name: "1"})
        assert not re.search(rf"\b1 {PLURAL}", told), told
        assert translate(sentence, "en", **dict.fromkeys(names, "2")) == sentence.format(**dict.fromkeys(names, "2"))


def test_what_is_said_of_one_thing_agrees_with_it():
    assert translate("{count} events are parked", "en", count=1) == "1 event is parked"
    assert translate("{count} events are parked", "en", count=21) == "21 events are parked"
    assert (
        translate("{count} organisations, {people} people", "en", count="1", people=1) == "1 organisation, 1 person"
    )
    assert translate("{count} tasks", "vi", count=1) == "1 nhiệm vụ"


@pytest.mark.parametrize(
    ("days", "vi", "en"),
    [
        (-7, "7 ngày trước khai mạc", "7 days before the opening"),
        (-1, "1 ngày trước khai mạc", "1 day before the opening"),
        (0, "ngày khai mạc", "on the opening day"),
        (1, "1 ngày sau khai mạc", "1 day after the opening"),
        (3, "3 ngày sau khai mạc", "3 days after the opening"),
    ],
)
def test_days_from_the_opening_say_on_which_side_of_it(days, vi, en):
    assert offset_in_words(days, "vi") == in_words("due_offset_days", days, "vi") == vi
    assert offset_in_words(days, "en") == in_words("due_offset_days", days, "en") == en
