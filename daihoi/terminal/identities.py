"""Who comes to NATS as whom, and what each may do there."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.i18n import Language, translate


def identities_parts(content: Mapping[str, Any], lang: Language) -> Iterator[str]:
    """A subject a line, whole however narrow the terminal is: they are copied and searched for."""
    for name, public in content["keys"].items():
        yield f"{name}: {public}"
    for identity, rights in content["identities"].items():
        yield f"\n{identity}"
        yield from _subjects(translate("May publish to", lang), rights["publish"])
        yield from _subjects(translate("May listen to", lang), rights["subscribe"])


def _subjects(heading: str, subjects: list[str]) -> Iterator[str]:
    yield f"  {heading}:"
    for subject in subjects:
        yield f"    {subject}"
