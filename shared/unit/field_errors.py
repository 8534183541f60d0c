"""What can be wrong with one field of a request: pydantic's kinds of errors in sentences of ours. A kind that is not
here is only said to be not valid."""

from collections.abc import Mapping
from typing import Any

from shared.values.brief import brief
from shared.values.message import Message

MOST_IN_A_FIELD = 200
VALIDATORS = ("value_error", "assertion_error")
"""Kinds whose sentence is the one that a validator of ours raised."""

SENTENCES: Mapping[str, str] = {
    "missing": "required",
    "extra_forbidden": "unknown here",
    "string_type": "must be text",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "must match the pattern {pattern}",
    "string_unicode": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "the number is too large",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "at most {le}",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "set_type": "must be a list",
    "frozen_set_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "union_tag_invalid": "must be one of {expected_tags}",
    "union_tag_not_found": "required",
    "too_short": "at least {min_length} entries",
    "too_long": "at most {max_length} entries",
    "uuid_type": "must be a UUID",
    "uuid_parsing": "must be a UUID",
    "date_type": "must be a day such as 2020-09-20",
    "date_parsing": "must be a day such as 2020-09-20",
    "date_from_datetime_parsing": "must be a day such as 2020-09-20",
    "date_from_datetime_inexact": "must be a day such as 2020-09-20",
    "datetime_type": "must be an instant such as 2020-09-10T09:00:00+07:00",
    "datetime_parsing": "must be an instant such as 2020-09-10T09:00:00+07:00",
    "datetime_from_date_parsing": "must be an instant such as 2020-09-10T09:00:00+07:00",
    "datetime_object_invalid": "must be an instant such as 2020-09-10T09:00:00+07:00",
    "timezone_aware": "needs its time zone, such as +07:00",
    "lone_surrogate": "half a character: copy the text again, or type it",
    "control_character": "a control character, which nobody can see",
    "bidi_override": "a character that changes the direction of writing, which would mislead readers",
    "nothing_to_see": "nothing that can be seen",
    "too_deep": "lists or objects nested too deep",
    "number_out_of_range": "the number is too large",
    "same_name_twice": "the same name twice",
    "too_many_at_once": "too many things at once; send them in turn",
    "too_much_at_once": "too much at once; send it in several parts",
    "instant_out_of_range": "no time from {first} to {last}, local time",
    "unknown_unit": "there is no unit {name}; there are {units}",
    "no_instant": "must be an instant such as 2020-09-10T09:00:00+07:00",
}
RAISED = (
    "between 1 and 1000 items at once",
    "each item at most once",
    "a symbol needs at least one letter or digit",
    "a symbol is written without its term; give the term apart",
    "a symbol has at most 69 characters",
    "neither the id nor the symbol of a document",
    "at most 1000 localities and phases at once",
    "each locality and each phase at most once",
    "a reservation ends after it starts",
    "has blanks at its ends, or control characters; write it without",
    "is no text in UTF-8",
    "is empty; give a path, or take the setting away",
    "names no server; give an address, or take the setting away",
)
"""What validators of commands and settings raise, in their own words."""
MESSAGES = {kind: Message(kind, sentence) for kind, sentence in SENTENCES.items()}
RAISED_MESSAGES = {sentence: Message("not_valid", sentence) for sentence in RAISED}
NOT_VALID = Message("not_valid", "not valid")
EITHER = Message("either", "{first} or {last}")


def message_of(error: Mapping[str, Any]) -> Message:
    """One of pydantic's errors, bounded."""
    params = {name: _in_words(brief(value, MOST_IN_A_FIELD)) for name, value in (error.get("ctx") or {}).items()}
    if error["type"] in VALIDATORS:
        return RAISED_MESSAGES.get(str(params.get("error")), NOT_VALID)
    return MESSAGES.get(error["type"], NOT_VALID).filled(**params)


def _in_words(value: object) -> object:
    """pydantic's own list of what may stand there, `'a', 'b' or 'c'`, as a message."""
    first, either, last = value.rpartition(" or ") if isinstance(value, str) else ("", "", "")
    return EITHER.filled(first=first, last=last) if either else value
