"""The names of the task groups: the catalogue's; of a group that it does not know the one that most tasks carry."""

from collections import Counter
from collections.abc import Iterable, Sequence

from services.tracker.reports.order import in_order_of_id, task_order
from shared.events.duty import DUTY_GROUP
from shared.views.view import Document

type Names = dict[int, Document]
"""Names in both languages, by the group's number; in the order of the numbers."""


def group_names(tasks: Sequence[Document], catalogue: Sequence[Document]) -> Names:
    """The name of every group that one of `tasks` is in."""
    items = in_order_of_id(item for item in catalogue if not item.get("withdrawn"))
    names = (
        _most_given(sorted(tasks, key=task_order))
        | {DUTY_GROUP.number: DUTY_GROUP.name.model_dump()}
        | _most_given(items)
    )
    return {number: names[number] for number in sorted({task["group"]["number"] for task in tasks})}


def _most_given(documents: Iterable[Document]) -> Names:
    """The name that most of them give to each group; among equals the one that comes first."""
    given: dict[int, Counter[tuple[str, str]]] = {}
    for document in documents:
        group = document["group"]
        name = group["name"]["vi"], group["name"].get("en", "")
        given.setdefault(group["number"], Counter())[name] += 1
    most = {number: names.most_common(1)[0][0] for number, names in given.items()}
    return {number: {"vi": vi, "en": en} for number, (vi, en) in most.items()}
