"""What changed between two instants: every document and field that differs, and the events that changed them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from services.tracker.history.as_of import WRONG_ORDER, By, ChosenInstant, last_event, views_as_of
from services.tracker.history.folded import Folded
from services.tracker.history.snapshots import Snapshots
from services.tracker.projection.fold import OnProgress, Touched
from shared.entering.moments import moment_as_text
from shared.eventstore.ledger import Ledger
from shared.history.audit_rows import changes_between
from shared.history.sentences import with_summary
from shared.reports.masking import masked_change
from shared.values.ordering import natural
from shared.views.view import Document, instant


class FieldChange(BaseModel):
    """`events`: ledger sequences, oldest first. A list has `added` and `removed` in place of `before` and `after`."""

    field: str
    before: Any = None
    after: Any = None
    added: list[Any] | None = None
    removed: list[Any] | None = None
    events: list[int]


class DocumentChange(BaseModel):
    view: str
    key: str
    change: Literal["added", "changed"]
    fields: list[FieldChange]


class Cause(BaseModel):
    sequence: int
    happened: str
    recorded: str
    actor: str
    person: str | None = None
    type: str
    summary: dict[str, str]


class Difference(BaseModel):
    """`earlier` and `later`: the last ledger events looked at; `…_at`: the instants, as `moment_as_text` has them."""

    by: By
    earlier_at: str
    later_at: str
    earlier: int
    later: int
    documents: list[DocumentChange]
    events: list[Cause]


async def difference(
    earlier: ChosenInstant, later: ChosenInstant, ledger: Ledger, snapshots: Snapshots, on_progress: OnProgress
) -> Difference:
    """Raises `Refused` as `views_as_of` does, and where `later` comes first."""
    before = (await views_as_of(earlier, ledger, snapshots, on_progress)).folded
    looked_at = before.checkpoint.sequence
    after = before.copy()
    if isinstance(earlier.at, datetime) and isinstance(later.at, datetime) and later.at < earlier.at:
        raise WRONG_ORDER()
    upto = await last_event(later, ledger)
    since = ""
    if later.by is By.HAPPENED and isinstance(earlier.at, datetime) and isinstance(later.at, datetime):
        since = instant(earlier.at)
        after = await snapshots.latest(upto, earlier.at)
        after.happened_upto = later.at
    elif upto < looked_at:
        raise WRONG_ORDER()
    touching: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    rows: dict[int, Document] = {}
    async for page in ledger.read(after.checkpoint.sequence, upto):
        outcome = after.take(page)
        for row in (*outcome.corrected_rows, *outcome.audit_rows):
            if row["changes"] and row["happened"] > since:
                rows[row["_id"]] = row
                for change in row["changes"]:
                    touching[change["view"], change["key"], change["field"]].append(row["_id"])
        on_progress(after.checkpoint.sequence, upto)
    documents = document_changes(before.views, after, touching)
    sequences = sorted({sequence for document in documents for field in document.fields for sequence in field.events})
    causes = [Cause(sequence=sequence, **with_summary(rows[sequence])) for sequence in sequences]
    return Difference(
        by=later.by,
        earlier_at=moment_as_text(earlier.at),
        later_at=moment_as_text(later.at),
        earlier=looked_at,
        later=upto,
        documents=documents,
        events=causes,
    )


def document_changes(
    before: Touched, after: Folded, touching: Mapping[tuple[str, str, str], list[int]]
) -> list[DocumentChange]:
    """What differs, by view, then by key. `touching` are the sequences of what changed a view, key and field."""
    changed = []
    for view, documents in after.views.items():
        for key in sorted(documents, key=natural):
            old = before[view].get(key)
            if documents[key] is old:
                continue
            fields = [
                FieldChange(**change, events=touching.get((view, key, change["field"]), []))
                for change in changes_between(view, key, old, documents[key])
            ]
            if fields:
                change = "added" if old is None else "changed"
                changed.append(DocumentChange(view=view, key=key, change=change, fields=fields))
    return changed


def masked(report: Difference) -> Difference:
    documents = []
    for document in report.documents:
        changes = [{"view": document.view, **field.model_dump(exclude_none=True)} for field in document.fields]
        fields = [FieldChange(**masked_change(change)) for change in changes]
        documents.append(document.model_copy(update={"fields": fields}))
    return report.model_copy(update={"documents": documents})
