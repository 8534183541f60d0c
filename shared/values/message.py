"""What a person is told: a code, a sentence and what stands in it. It is one message in all languages until somebody
is told, and only then rendered in theirs (`shared.i18n.render`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self


@dataclass(frozen=True)
class Message:
    """`code` is stable. `sentence` is English, and the key of its translations; `params` fill its `{placeholders}`
    with values, other messages, or tuples of these."""

    code: str
    sentence: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)

    def filled(self, **params: object) -> Self:
        return replace(self, params=params)

    def __str__(self) -> str:
        """In English, every value as it is stored."""
        params = {
            name: joined(value, list(map(str, value))) if isinstance(value, tuple) else value
            for name, value in self.params.items()
        }
        return self.sentence.format(**params) if params else self.sentence


class OwnWords(str):
    """What another program says of its trouble, in English and in no words of ours."""


def joined(parts: Sequence[object], texts: Sequence[str]) -> str:
    """`texts`, which are `parts` in words: sentences follow each other, parts of one are set apart by semicolons,
    words by commas."""
    if all(text.endswith(".") for text in texts):
        return " ".join(texts)
    return ("; " if any(isinstance(part, Message) and part.params for part in parts) else ", ").join(texts)


WITH_REASON = Message("with_reason", "{name} ({reason})")
WORDS = {
    name: Message(name, name.replace("_", " "))
    for name in (
        *("agency", "locality", "body"),
        *("collective", "individual", "deadline", "funding", "completed", "cancelled"),
        *("proposed", "approved", "rejected", "released", "granted", "refused", "withdrawn", "not_decided"),
        *("low", "medium", "high", "critical"),
        *("requested", "reported", "assessed", "resolved", "returned", "reopened", "clearance_dropped"),
        "deadline_moved",
        *("pending", "lapsed", "in_force", "superseded"),
        *("not_started", "in_progress", "blocked", "submitted", "suspended", "deadline_shortened"),
        *("decoration", "ceremony", "sanitation", "emulation", "place", "person", "vehicle"),
    )
} | {
    "both": Message("both", "every case"),
    "token": Message("token", "the token"),
    "position": Message("position", "all tokens of"),
    "key": Message("key", "the key"),
}


def word(name: str) -> Message | str:
    """What stands on the wire as `name`, such as a status, as a word in a sentence; what has no word stands for
    itself, whatever the catalogue of translations may hold under the same letters."""
    return WORDS.get(name, name)
