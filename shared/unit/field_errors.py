"""What can be wrong with one field of a request: pydantic's kinds of errors in sentences of ours. A kind that is not
here is only said to be not valid."""

from collections.abc import Mapping
from typing import Any

from shared.i18n import translate
from shared.values.brief import brief
from shared.values.command_words import FIELD_WORDS
from shared.values.message import Message
from shared.values.units import MalformedUnits

MOST_IN_A_FIELD = 200
VALIDATORS = ("value_error", "assertion_error")
"""Kinds whose sentence is the one that a validator of ours raised."""

KINDS: Mapping[str, str] = {
    "required": "missing union_tag_not_found",
    "unknown here": "extra_forbidden",
    "must be text": "string_type string_unicode",
    "at least {min_length} characters": "string_too_short",
    "at most {max_length} characters": "string_too_long",
    "must match the pattern {pattern}": "string_pattern_mismatch",
    "must be a whole number": "int_type int_parsing int_from_float",
    "the number is too large": "int_parsing_size number_out_of_range",
    "must be a number": "float_type float_parsing finite_number",
    "must be true or false": "bool_type bool_parsing",
    "must be more than {gt}": "greater_than",
    "at least {ge}": "greater_than_equal",
    "must be less than {lt}": "less_than",
    "at most {le}": "less_than_equal",
    "must be one of {expected}": "enum literal_error",
    "must be a list": "list_type tuple_type set_type frozen_set_type",
    "must be an object": "dict_type model_type model_attributes_type",
    "must be one of {expected_tags}": "union_tag_invalid",
    "at least {min_length} entries": "too_short",
    "at most {max_length} entries": "too_long",
    "must be a UUID": "uuid_type uuid_parsing",
    "must be a day such as 2020-09-20": (
        "date_type date_parsing date_from_datetime_parsing date_from_datetime_inexact"
    ),
    "must be an instant such as 2020-09-10T09:00:00+07:00": (
        "datetime_type datetime_parsing datetime_from_date_parsing datetime_object_invalid no_instant"
    ),
    "needs its time zone, such as +07:00": "timezone_aware",
    "half a character: copy the text again, or type it": "lone_surrogate",
    "a control character, which nobody can see": "control_character",
    "a character that changes the direction of writing, which would mislead readers": "bidi_override",
    "nothing that can be seen": "nothing_to_see",
    "lists or objects nested too deep": "too_deep",
    "the same name twice": "same_name_twice",
    "too many things at once; send them in turn": "too_many_at_once",
    "too much at once; send it in several parts": "too_much_at_once",
    "no time from {first} to {last}, local time": "instant_out_of_range",
    "neither kept by the unit nor with a link to where it is kept": "evidence_nowhere",
    "the checksum of an empty file": "hash_of_nothing",
    "no name of a file: it has a slash": "no_file_name",
    "no e-mail address or telephone number": "no_contact",
}
"""Kinds of errors, parted by blanks, by the sentence for them."""
SENTENCES = {kind: sentence for sentence, kinds in KINDS.items() for kind in kinds.split()}
RAISED = (
    "between 1 and 1000 items at once",
    "each item at most once",
    "a symbol needs at least one letter or digit",
    "a symbol is written without its term; give the term apart",
    "a symbol has at most 69 characters",
    "neither the id nor the symbol of a document",
    "at most 1000 localities and phases at once",
    "each locality and each phase at most once",
    "the ids of the locality and of the duty are too long together",
    "a reservation ends after it starts",
    "nothing is both given and cleared",
    "nothing to correct is given",
    "each point at most once",
    "each task at most once",
    "has blanks at its ends, or control characters; write it without",
    "is no text in UTF-8",
    "is empty; give a path, or take the setting away",
    "names no server; give an address, or take the setting away",
    "is for a server of your own, and DAIHOI_NATS_URL names none; set that too, or neither",
    "has to name addresses such as `logistics=https://haucan.example.org`, separated by semicolons; http is "
    "for localhost alone",
)
"""What validators of commands and settings raise, in their own words."""
MESSAGES = {kind: Message(kind, sentence) for kind, sentence in SENTENCES.items()}
RAISED_MESSAGES = {sentence: Message("not_valid", sentence) for sentence in RAISED}
NOT_VALID = Message("not_valid", "not valid")
EITHER = Message("either", "{first} or {last}")


def message_of(error: Mapping[str, Any]) -> Message:
    """One of pydantic's errors as a message of bounded length."""
    if isinstance(malformed := (error.get("ctx") or {}).get("error"), MalformedUnits):
        return malformed.message
    params = {name: _in_words(brief(value, MOST_IN_A_FIELD)) for name, value in (error.get("ctx") or {}).items()}
    if error["type"] in VALIDATORS:
        return RAISED_MESSAGES.get(str(params.get("error")), NOT_VALID)
    return MESSAGES.get(error["type"], NOT_VALID).filled(**params)


def field_label(path: str) -> Mapping[str, str]:
    """A field by its dotted path; in Vietnamese, what people call it stands before."""
    called = next((FIELD_WORDS[part] for part in reversed(path.split(".")) if part in FIELD_WORDS), None)
    return {"en": path, "vi": f"{translate(called.sentence, 'vi')} ({path})" if called else path}


def _in_words(value: object) -> object:
    """pydantic's own list of what may stand there, `'a', 'b' or 'c'`, as a message."""
    first, either, last = value.rpartition(" or ") if isinstance(value, str) else ("", "", "")
    return EITHER.filled(first=first, last=last) if either else value
