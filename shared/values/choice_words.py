"""What people call the codes of the program where they choose among them, by the field that holds them."""

from collections.abc import Mapping

from shared.values.code_lists import LIST_NAMES
from shared.values.command_words import FIELD_WORDS
from shared.values.field_names import VALUES
from shared.values.message import WORDS, Message

FORMS = {
    "party": Message("party", "that of the Party"),
    "state": Message("state", "that of the State"),
}
LANGUAGES = {"vi": Message("vi", "Vietnamese"), "en": Message("en", "English")}
DIRECTIVE_KINDS = {
    "review": Message("review", "Review of every main work item"),
    "scenarios": Message("scenarios", "Preparation of scenarios"),
    "work": Message("work", "Work"),
}
CHOICE_WORDS: Mapping[str, Mapping[str, Message]] = {
    "form": FORMS,
    "language": LANGUAGES,
    "kind": DIRECTIVE_KINDS,
    "what": {
        "token": Message("token", "One token"),
        "position": Message("position", "All tokens of a position"),
        "key": Message("key", "A signing key"),
    },
    "signing": {
        "T/M": Message("on_behalf", "T/M: for the body as a whole"),
        "K/T": Message("for_the_head", "K/T: for the head"),
        "T/L": Message("by_order", "T/L: by order"),
        "TUQ": Message("by_attorney", "TUQ: by power of attorney"),
    },
    "code_list": {code_list.value: name for code_list, name in LIST_NAMES.items()},
    "cleared": FIELD_WORDS,
}


def words_of_choice(field: str, code: str) -> Message | None:
    """The words for a code; nothing for one that has none, such as one that people made up."""
    for words in (CHOICE_WORDS.get(field, {}), VALUES.get(field, {}), WORDS):
        if code in words:
            return words[code]
    return None
