"""Questions to the live views, for the CLI and for whoever reads reports."""

import re
from datetime import date

from services.tracker.digest import total_digest, view_digest
from services.tracker.fold import Checkpoint
from services.tracker.projections.view import Document
from services.tracker.reports.consolidated import AsOf, Report, consolidate
from services.tracker.reports.coverage import Coverage, coverage_of
from services.tracker.reports.expenses import Account, accounts_of
from services.tracker.restricted import masked_document, masked_row
from services.tracker.store import VIEW_NAMES, ViewStore
from shared.domain.values import ID_PATTERN
from shared.eventstore.ledger import Ledger

READ_TRIES = 20


async def views_at_once(store: ViewStore) -> tuple[Checkpoint, dict[str, list[Document]], int]:
    """Every document of every view, and how many events are parked, at one and the same checkpoint."""
    for _ in range(READ_TRIES):
        checkpoint = await store.checkpoint()
        views = {name: await store.documents(name) for name in VIEW_NAMES}
        parked = await store.count_parked()
        if await store.checkpoint() == checkpoint:
            return checkpoint, views, parked
    raise TimeoutError("the views kept moving; ask again when it is quieter")


async def consolidated_report(congress: str, store: ViewStore, ledger: Ledger, today: date) -> Report:
    """Every number from one and the same checkpoint."""
    checkpoint, views, parked = await views_at_once(store)
    as_of = AsOf(
        sequence=checkpoint.sequence,
        ledger_sequence=await ledger.last_sequence(),
        today=today,
        parked=parked,
        gaps=checkpoint.gaps,
    )
    return consolidate(
        congress=congress,
        as_of=as_of,
        tasks=views["tasks"],
        documents=views["documents"],
        meetings=views["meetings"],
        catalogue=views["catalogue"],
        reviews=views["reviews"],
        digest=total_digest({name: view_digest(documents) for name, documents in views.items()}),
    )


async def incidents(store: ViewStore, *, unmasked: bool = False) -> list[Document]:
    """By when they were reported; what only some may read is masked unless this reader may."""
    found = sorted(await store.documents("incidents"), key=lambda each: (each["reported_at"], each["_id"]))
    return found if unmasked else [masked_document(document) for document in found]


async def coverage(store: ViewStore) -> Coverage:
    return coverage_of(await store.documents("publications"))


async def accounts(store: ViewStore) -> list[Account]:
    return accounts_of(await store.documents("expenses"), await store.documents("tasks"))


async def published_catalogue(store: ViewStore) -> tuple[int, list[Document]]:
    """The documents of the `catalogue` view, and the ledger event that they stand at."""
    for _ in range(READ_TRIES):
        checkpoint = await store.checkpoint()
        documents = await store.documents("catalogue")
        if await store.checkpoint() == checkpoint:
            return checkpoint.sequence, documents
    raise TimeoutError("the views kept moving; ask again when it is quieter")


async def timeline(store: ViewStore, ledger: Ledger, entity: str, *, unmasked: bool = False) -> list[Document]:
    """The audit rows of an entity, oldest first: `1-03`, `task/1-03` or `logistics/1-03`. What only some may read is
    masked unless this reader may."""
    qualifier, _, entity_id = entity.rpartition("/")
    if not re.fullmatch(ID_PATTERN, entity_id):
        return []
    sequences = [stored.sequence for stored in await ledger.about(entity_id)]
    rows = await store.audit_rows_of(sequences)
    wanted = [row for row in rows if not qualifier or qualifier in (row.get("entity"), row.get("unit"))]
    ordered = sorted(wanted, key=lambda row: row["_id"])
    return ordered if unmasked else [masked_row(row) for row in ordered]
