"""What was corrected in one document of a view, for people on a terminal: a line each, newest last."""

from collections.abc import Iterator

from rich.text import Text

from shared.i18n import Language, format_minute, in_words, title_of_position, translate
from shared.values.field_names import in_fields
from shared.views.view import Document


def correction_lines(document: Document, lang: Language) -> Iterator[Text]:
    """When, by whom, what is right, what had been recorded, and why."""
    for entry in document.get("corrections", ()):
        line = translate(
            "Corrected on {at} by {by}: {after}; recorded before: {before}. Reason: {reason}",
            lang,
            at=format_minute(entry["at"]),
            by=title_of_position(entry["by"], lang),
            after=in_words("after", in_fields(entry["after"]), lang),
            before=in_words("before", in_fields(entry["before"]), lang),
            reason=entry["reason"],
        )
        yield Text(f"✎ {line}")
