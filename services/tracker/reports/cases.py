"""The cases of the congress that a report is about, in the order of their list. A retired one is among them only
where something is on record for it."""

from collections.abc import Collection, Iterable, Iterator

from pydantic import BaseModel

from shared.events.scenario import CURRENT
from shared.values.code_lists import EVERY_CASE, NO_EPIDEMIC, CodeList
from shared.views.code_lists import entries_by_list
from shared.views.view import Document


class CaseLine(BaseModel):
    """Without an English name `name_en` is empty. What is on record for a case that no list has goes by its id."""

    id: str
    name_vi: str
    name_en: str
    retired: bool = False


def cases_of(
    code_lists: Iterable[Document], tasks: Iterable[Document] = (), scenarios: Iterable[Document] = ()
) -> list[CaseLine]:
    on_record = {*_named(tasks, scenarios)}
    entries = entries_by_list(code_lists)[CodeList.CASES]
    listed = [
        CaseLine(id=entry.id, name_vi=entry.name.vi, name_en=entry.name.en, retired=entry.retired)
        for entry in entries
        if not entry.retired or entry.id in on_record
    ]
    unlisted = sorted(on_record - {entry.id for entry in entries})
    return [*listed, *(CaseLine(id=id_, name_vi=id_, name_en="", retired=True) for id_ in unlisted)]


def narrowed(cases: Iterable[CaseLine], wanted: Collection[str]) -> list[CaseLine]:
    """«none» and those that are wanted; all where none is named."""
    return [case for case in cases if not wanted or case.id == NO_EPIDEMIC or case.id in wanted]


def _named(tasks: Iterable[Document], scenarios: Iterable[Document]) -> Iterator[str]:
    """The ids of the cases that tasks are for, that have been in force, and that units have prepared for."""
    yield from (task["scenario"] for task in tasks if task["scenario"] != EVERY_CASE)
    for document in scenarios:
        if document["_id"] == CURRENT:
            yield from (switch["scenario"] for switch in document["switches"])
        elif document.get("kind") == "variant" and (document["adjustments"] or document["signed_by"]):
            yield document["variant"]
