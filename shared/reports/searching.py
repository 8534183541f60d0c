"""Searching as people type: any of the marks, đ and capitals may be left out, and the words stand in any order."""

from collections.abc import Iterable, Sequence

from shared.domain.paper import same


def words_of(text: str) -> Sequence[str]:
    """What is looked for."""
    return same(text).split()


def has_words(words: Sequence[str], folded: str, texts: Iterable[str | None] = ()) -> bool:
    """Whether every word stands in one of these. `folded` is without marks already, as views hold it in `search`."""
    if not words:
        return True
    whole = " ".join((folded, *(same(text) for text in texts if text)))
    return all(word in whole for word in words)
