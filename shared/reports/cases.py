"""Which cases of the congress a report is about, in the order of their list."""

from collections.abc import Collection, Iterable, Iterator

from shared.domain.known_list import ENTRY_UNKNOWN
from shared.events.scenario import CURRENT
from shared.reports.order import listed
from shared.values.code_lists import DEFAULTS, EVERY_CASE, LIST_NAMES, NO_EPIDEMIC, CodeList, Entries
from shared.views.view import Document


def cases_of(
    entries: Entries | None, tasks: Iterable[Document] = (), scenarios: Iterable[Document] = ()
) -> list[str]:
    """Their ids. `entries` is the list of cases, retired ones among them: these count where something is on record
    for them."""
    on_the_list = DEFAULTS[CodeList.CASES] if entries is None else entries
    return list(listed(on_the_list, _on_record(tasks, scenarios)))


def _on_record(tasks: Iterable[Document], scenarios: Iterable[Document]) -> Iterator[str]:
    """The cases that tasks are for, that have been in force, and that units have prepared for."""
    yield from (task["scenario"] for task in tasks if task["scenario"] != EVERY_CASE)
    for document in scenarios:
        if document["_id"] == CURRENT:
            yield from (switch["scenario"] for switch in document["switches"])
        elif document.get("kind") == "variant" and (document["adjustments"] or document["signed_by"]):
            yield document["variant"]


def check_cases(wanted: Iterable[str], cases: Collection[str]) -> None:
    """Raises the refusal `entry_unknown` for one that is not among `cases`."""
    for case in wanted:
        if case not in cases:
            raise ENTRY_UNKNOWN(id=case, list=LIST_NAMES[CodeList.CASES], ids=", ".join(cases))


def narrowed(cases: Iterable[str], wanted: Collection[str]) -> list[str]:
    """«none» and those that are wanted; all where none is named."""
    return [case for case in cases if not wanted or case == NO_EPIDEMIC or case in wanted]
