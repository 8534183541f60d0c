"""What others wrote, cut to a bound where it is told again: no answer, finding or log line grows with it."""

MOST_CHARACTERS = 2000


def brief(value: object, most: int = MOST_CHARACTERS) -> object:
    """`value` itself where its text has at most `most` characters, else the beginning of its text and an ellipsis."""
    text = value if isinstance(value, str) else str(value)
    return value if len(text) <= most else f"{text[: most - 1]}…"


def brief_text(value: object, most: int = MOST_CHARACTERS) -> str:
    """`brief`, as text."""
    return str(brief(value, most))
