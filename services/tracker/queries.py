"""Questions to the views, the live ones or those of an instant, for the CLI and for whoever reads reports."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from services.tracker.history.as_of import By, PastViews, Views
from services.tracker.projection.digest import total_digest, view_digest
from services.tracker.projection.errors import as_written
from services.tracker.projection.fold import Checkpoint
from services.tracker.projection.store import AUDIT_TRAIL, VIEW_NAMES, ViewStore
from shared.entering.moments import moment_as_text
from shared.eventstore.ledger import Ledger
from shared.history.sentences import with_summary
from shared.reports.clearances import ClearanceLine, clearance_lines
from shared.reports.consolidated import AsOf, Report, consolidate
from shared.reports.coverage import Coverage, coverage_of
from shared.reports.duties import Duties, duties_of
from shared.reports.expenses import Account, NotEstimated, accounts_of, not_estimated
from shared.reports.masking import masked_documents, masked_row
from shared.reports.order import in_order_of_id
from shared.reports.sections import AS_USUAL, Wanted
from shared.values.code_lists import CodeList
from shared.values.types import ID_PATTERN
from shared.views.code_lists import entries_by_list
from shared.views.view import Document, instant


async def views_at_once(
    store: Views, names: Iterable[str] = VIEW_NAMES
) -> tuple[Checkpoint, dict[str, list[Document]], int]:
    """Every document of these views, and how many events are parked, at one checkpoint, whatever is written."""

    async def read(views: Views) -> tuple[Checkpoint, dict[str, list[Document]], int]:
        checkpoint = await views.checkpoint()
        return checkpoint, {name: await views.documents(name) for name in names}, await views.count_parked()

    return await store.at_once(read)


async def consolidated_report(
    congress: str, store: Views, ledger: Ledger, today: date, wanted: Wanted = AS_USUAL
) -> Report:
    """Every number from one checkpoint. All views are read, for the digest of all that `audit verify` shows too."""
    checkpoint, views, parked = await views_at_once(store)
    past = store if isinstance(store, PastViews) else None
    as_of = AsOf(
        sequence=checkpoint.sequence,
        ledger_sequence=checkpoint.sequence if past else await ledger.last_sequence(),
        today=today,
        parked=parked,
        gaps=checkpoint.gaps,
        at=moment_as_text(past.instant.at) if past else None,
        by=past.instant.by if past else None,
        left_out=past.folded.left_out if past else 0,
    )
    with as_written():
        digest = total_digest({name: view_digest(documents) for name, documents in views.items()})
        return consolidate(congress, as_of, views, digest, wanted)


async def duties(store: Views, today: date, locality: str = "") -> Duties:
    """The duties of every locality, or of one; without a row where there is no such locality."""
    fields = {"tasks": "locality", "duties": "locality", "organisations": "_id"}
    _, views, _ = await views_at_once(store, (*fields, "code_lists"))
    tasks, duties, organisations = (
        [document for document in views[name] if not locality or document.get(field) == locality]
        for name, field in fields.items()
    )
    with as_written():
        entries = entries_by_list(views["code_lists"])[CodeList.DUTIES]
        return duties_of(tasks, duties, organisations, today, entries)


async def instant_of(views: Views, live: ViewStore, view: str = "", *, unmasked: bool = False) -> dict[str, Any]:
    """Where the views stand, and of each how many documents and its digest; of `view` also its documents, masked
    unless this reader may read all. The audit trail is the live one up to that event."""
    checkpoint, documents, parked = await views_at_once(views)
    digests = {name: view_digest(documents[name]) for name in VIEW_NAMES}
    report: dict[str, Any] = {
        "sequence": checkpoint.sequence,
        "views": {name: {"documents": len(documents[name]), "digest": digests[name]} for name in VIEW_NAMES},
        "parked": parked,
        "gaps": checkpoint.gaps,
        "digest": total_digest(digests),
    }
    if view == AUDIT_TRAIL:
        rows = await live.audit_rows(1, checkpoint.sequence)
        report["documents"] = [_readable(row, unmasked=unmasked) for row in rows]
    elif view:
        ordered = in_order_of_id(await views.documents(view))
        report["documents"] = ordered if unmasked else masked_documents(view, ordered)
    return report


async def incidents(store: Views, *, unmasked: bool = False) -> list[Document]:
    """The incidents by when they were reported; what only some may read is masked unless this reader may."""
    documents = await store.documents("incidents")
    with as_written():
        ordered = sorted(documents, key=lambda document: (document["reported_at"], document["_id"]))
    return ordered if unmasked else masked_documents("incidents", ordered)


async def clearances(store: Views) -> list[ClearanceLine]:
    return await _report(clearance_lines, store, "clearances", "tasks", "known_clearances")


async def coverage(store: Views) -> Coverage:
    return await _report(coverage_of, store, "publications", "code_lists")


async def accounts(store: Views) -> list[Account]:
    return await _report(accounts_of, store, "expenses", "tasks")


async def tasks_not_estimated(store: Views) -> list[NotEstimated]:
    return await _report(not_estimated, store, "expenses", "tasks")


async def _report[Answer](report: Callable[..., Answer], store: Views, *names: str) -> Answer:
    """What `report` makes of the documents of these views, all from one and the same checkpoint."""
    _, views, _ = await views_at_once(store, names)
    with as_written():
        return report(*(views[name] for name in names))


async def published_catalogue(store: Views) -> tuple[int, list[Document]]:
    """The documents of the `catalogue` view, and the ledger event that they stand at."""
    checkpoint, views, _ = await views_at_once(store, ("catalogue",))
    return checkpoint.sequence, views["catalogue"]


async def timeline(store: ViewStore, ledger: Ledger, entity: str, *, unmasked: bool = False) -> list[Document]:
    """The audit rows of an entity (`1-03`, `task/1-03`, `logistics/1-03`), oldest first; masked unless `unmasked`."""
    qualifier, _, entity_id = entity.rpartition("/")
    if not re.fullmatch(ID_PATTERN, entity_id):
        return []
    sequences = [stored.sequence for stored in await ledger.about(entity_id)]
    rows = await store.audit_rows_of(sequences)
    wanted = [row for row in rows if not qualifier or qualifier in (row.get("entity"), row.get("unit"))]
    with as_written():
        return [_readable(row, unmasked=unmasked) for row in sorted(wanted, key=lambda row: row["_id"])]


async def history_of(
    views: Views, live: ViewStore, ledger: Ledger, document: Document, entity: str, *, unmasked: bool = False
) -> list[Document]:
    """The audit rows of what a document of `entity` is about, as far as `views` have got, oldest first."""
    unit, _, entity_id = document["_id"].rpartition("/")
    checkpoint = await views.checkpoint()
    rows = await timeline(live, ledger, f"{entity}/{entity_id}", unmasked=unmasked)
    until = _happened_until(views)
    return [
        row
        for row in rows
        if row.get("unit") == unit and row["_id"] <= checkpoint.sequence and row.get("happened", "") <= until
    ]


def _happened_until(views: Views) -> str:
    """The time as rows have it; what sorts after every row where the time at which things happened does not count."""
    past = views.instant if isinstance(views, PastViews) else None
    if past is None or past.by is not By.HAPPENED or not isinstance(past.at, datetime):
        return "~"
    return instant(past.at)


def _readable(row: Document, *, unmasked: bool) -> Document:
    """A row of the audit trail with its sentence, which is made of what this reader may read."""
    return with_summary(row if unmasked else masked_row(row), unmasked=unmasked)
