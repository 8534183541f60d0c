"""The open tasks that a changed item does not reach: each keeps what it was opened with, until somebody changes the
task itself. Pure."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from services.subcommittee.importing.changes import Change, Changed
from shared.domain.task import CLOSED
from shared.domain.task.correcting import CorrectTask
from shared.views.view import Document

CORRECTED_AS = {
    "title_vi": "title.vi",
    "budget_vnd": "planned_vnd",
    **{
        name: name
        for name in ("phase", "collective", "individual", "deadline", "secured_vnd", "funding_source", "product")
    },
    "directing_leader": "directing_leader",
    "remark": "remark",
}
"""By column, the field of the command that puts it right on the task."""
_IN_THE_TASK = {"budget_vnd": "original_planned_vnd", "deadline": "agreed_deadline"}


class KeptTask(NamedTuple):
    """`fields` has, per column that changes in the item, what the task keeps and what the file says."""

    unit: str
    task_id: str
    fields: Mapping[str, tuple[Any, Any]]

    @property
    def is_of_another_unit(self) -> bool:
        return "unit" in self.fields

    def command(self, reason: str) -> str:
        """What its lead types to have the task say what the file says; empty where no correction does."""
        values = {
            CORRECTED_AS[name]: wanted
            for name, (kept, wanted) in self.fields.items()
            if name in CORRECTED_AS and kept not in (None, "") and wanted not in (None, "")
        }
        if not values:
            return ""
        pairs = [f"{name}={value!s}" for name, value in values.items()]
        words = [
            "daihoi",
            "do",
            CorrectTask.NAME,
            self.task_id,
            *pairs,
            f"reason={reason}",
            "--as",
            f"{self.unit}.lead",
        ]
        return shlex.join(words)


def kept_tasks(change: Change, published: Iterable[Document], tasks: Iterable[Document]) -> Sequence[KeptTask]:
    """The tasks of every item that changes and is assigned, unless its task is closed or says so already. `published`
    are documents of the view `catalogue`, `tasks` those of `tasks`."""
    units = {document["_id"]: document["assigned_to"] for document in published}
    opened = {task["_id"]: task for task in tasks}
    kept = []
    for changed in change.changed:
        if unit := units.get(changed.item.item_id):
            task = opened.get(f"{unit}/{changed.item.item_id}", {})
            fields = _kept(changed, unit, task)
            if fields and task.get("status") not in CLOSED:
                kept.append(KeptTask(unit, changed.item.item_id, fields))
    return kept


def _kept(changed: Changed, unit: str, task: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    held = {name: _held(task, name, before) for name, (before, _) in changed.fields.items()} | {"unit": unit}
    pairs = {name: (held[name], wanted) for name, (_, wanted) in changed.fields.items()}
    return {name: pair for name, pair in pairs.items() if (pair[0] or None) != (pair[1] or None)}


def _held(task: Mapping[str, Any], name: str, before: Any) -> Any:
    """What the task says; before it is open, what it will be opened with."""
    of_a_text, _, language = name.rpartition("_")
    if of_a_text == "title" and of_a_text in task:
        return task[of_a_text].get(language, "")
    return task.get(_IN_THE_TASK.get(name, name), before) if not name.startswith("group") else before
