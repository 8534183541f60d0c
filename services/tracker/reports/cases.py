"""Which cases of the congress a report is about, in the order of their list. A retired one is among them only where
something is on record for it."""

from collections.abc import Collection, Iterable, Iterator

from shared.domain.known_list import ENTRY_UNKNOWN
from shared.events.scenario import CURRENT
from shared.values.code_lists import EVERY_CASE, LIST_NAMES, NO_EPIDEMIC, CodeList
from shared.views.code_lists import entries_by_list
from shared.views.view import Document


def cases_of(
    code_lists: Iterable[Document], tasks: Iterable[Document] = (), scenarios: Iterable[Document] = ()
) -> list[str]:
    """Their ids. What is on record for a case that no list has comes last."""
    on_record = {*_on_record(tasks, scenarios)}
    entries = entries_by_list(code_lists)[CodeList.CASES]
    listed = [entry.id for entry in entries if not entry.retired or entry.id in on_record]
    return [*listed, *sorted(on_record - {entry.id for entry in entries})]


def check_cases(wanted: Iterable[str], cases: Collection[str]) -> None:
    """Raises the refusal `entry_unknown` for one that is not among `cases`."""
    for case in wanted:
        if case not in cases:
            raise ENTRY_UNKNOWN(id=case, list=LIST_NAMES[CodeList.CASES], ids=", ".join(cases))


def narrowed(cases: Iterable[str], wanted: Collection[str]) -> list[str]:
    """«none» and those that are wanted; all where none is named."""
    return [case for case in cases if not wanted or case == NO_EPIDEMIC or case in wanted]


def _on_record(tasks: Iterable[Document], scenarios: Iterable[Document]) -> Iterator[str]:
    """The cases that tasks are for, that have been in force, and that units have prepared for."""
    yield from (task["scenario"] for task in tasks if task["scenario"] != EVERY_CASE)
    for document in scenarios:
        if document["_id"] == CURRENT:
            yield from (switch["scenario"] for switch in document["switches"])
        elif document.get("kind") == "variant" and (document["adjustments"] or document["signed_by"]):
            yield document["variant"]
