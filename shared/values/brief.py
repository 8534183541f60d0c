"""What others wrote, cut to a bound where it is told again: no answer, finding or log line grows with it."""

MOST_CHARACTERS = 2000


def brief(told: object, most: int = MOST_CHARACTERS) -> object:
    """`told` itself where its text has at most `most` characters, else the beginning of its text and an ellipsis."""
    text = told if isinstance(told, str) else str(told)
    return told if len(text) <= most else f"{text[: most - 1]}…"


def brief_text(told: object, most: int = MOST_CHARACTERS) -> str:
    """`brief`, as text."""
    return str(brief(told, most))
