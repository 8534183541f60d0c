"""What people read for the id of a case."""

from collections.abc import Mapping

from shared.values.code_lists import DEFAULTS, EVERY_CASE, CodeList, Entries
from shared.values.message import Message

IN_EVERY_CASE = Message("every_case", "every case")


def text_of_case(case_id: str, entries: Entries = DEFAULTS[CodeList.CASES]) -> Message | Mapping[str, str] | str:
    """As messages have it: its name in both languages on the list, or the id where it is on none."""
    if case_id == EVERY_CASE:
        return IN_EVERY_CASE
    return next((entry.name.model_dump() for entry in entries if entry.id == case_id), case_id)
