"""All that is on record of one task or document: what its view holds, what reports make of it, and its history."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from shared.reports.document_register import Filed, filed
from shared.reports.names import Register
from shared.reports.order import in_order_of_id
from shared.reports.positions import Holding, positions_of
from shared.reports.task_list import TaskRow, row_of
from shared.views.view import Document


class TaskPage(BaseModel):
    """`task` is the document of the view, `line` how a list shows it, `history` the rows of its audit trail; `holder`
    does the work of the position in charge, where the register has both."""

    task: dict[str, Any]
    line: TaskRow
    holder: Holding | None = None
    history: list[dict[str, Any]] = []


class DocumentPage(BaseModel):
    """`document` is the document of the view, `line` how the register shows it, `history` the rows of its audit
    trail."""

    document: dict[str, Any]
    line: Filed
    history: list[dict[str, Any]] = []


def tasks_called(tasks: Iterable[Document], what: str, unit: str = "") -> list[Document]:
    """`1-03` of any unit, or of one; `logistics/1-03`."""
    return [task for task in tasks if what in (task["task_id"], task["_id"]) and unit in ("", task["unit"])]


def task_page(task: Document, organisations: Sequence[Document], today: date) -> TaskPage:
    register = Register(organisations)
    return TaskPage(
        task=task, line=row_of(task, register, today), holder=_holder(task, register, organisations, today)
    )


def _holder(task: Document, register: Register, organisations: Sequence[Document], today: date) -> Holding | None:
    post = register.post(task["individual"], task["collective"]) if task["individual"] else None
    if post is None:
        return None
    lines = positions_of(organisations, today, organisation=post.office.id)
    return next((line.in_charge for line in lines if line.position == post.position), None)


def document_page(document: Document, documents: Sequence[Document]) -> DocumentPage:
    """`documents` are all on file, which say of each other what they are based on and replace."""
    keys = (other["_id"] for other in in_order_of_id(documents))
    lines = dict(zip(keys, filed(documents), strict=True))
    return DocumentPage(document=document, line=lines[document["_id"]])
