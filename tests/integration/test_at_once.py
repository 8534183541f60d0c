"""Whoever reads reads from one moment, and gets an answer however fast events come in."""

import asyncio
import contextlib
from datetime import date
from itertools import count

import pytest

from services.tracker import queries
from services.tracker.history import verify as verification
from services.tracker.history.folded import Folded
from services.tracker.history.repair import retry
from services.tracker.history.verify import verify
from services.tracker.projection.digest import total_digest, view_digest
from services.tracker.projection.rebuild import rebuild
from services.tracker.projection.store import ViewStore
from shared.events.task import TaskProgressed
from tests.integration.test_parked import Stage
from tests.integration.test_tracker import at, project_all, silent, tracking

FEW, MANY = 10, 50
TODAY = date(2020, 10, 1)


@pytest.fixture
def stage(connection, congress, ledger):
    return Stage(connection, congress, ledger)


@contextlib.asynccontextmanager
async def pouring(stage, views, ledger):
    """Events come in one after the other, and a tracker follows them."""

    async def pour():
        for number in count():
            await stage.event(TaskProgressed(percent=number % 100, note=""))

    async with tracking(ledger, views):
        await at(views, stage.events)
        running = asyncio.create_task(pour())
        try:
            yield
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


async def folded_digests(ledger, wanted):
    """The digest of all views after each of the wanted events."""
    folded, digests = Folded(), {0: ""}
    async for page in ledger.read():
        for stored in page:
            folded.take([stored], audited=False)
            if stored.sequence in wanted:
                by_view = {name: view_digest(documents.values()) for name, documents in folded.views.items()}
                digests[stored.sequence] = total_digest(by_view)
    return digests


@pytest.mark.parametrize("reports", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
async def test_every_report_comes_and_is_of_one_checkpoint_while_events_pour_in(stage, ledger, views, reports):
    await stage.write(*range(1, 31))
    reader, told = ViewStore(views.database), []
    async with pouring(stage, views, ledger):
        for _ in range(reports):
            report = await queries.consolidated_report(stage.congress, reader, ledger, TODAY)
            told.append((report.as_of.sequence, report.digest))
    places = {sequence for sequence, _ in told}
    assert len(places) > 1, "the views moved meanwhile"
    digests = await folded_digests(ledger, places)
    assert [digest for _, digest in told] == [digests[sequence] for sequence, _ in told]


@pytest.mark.parametrize("question", ["catalogue", "accounts", "clearances", "duties"])
async def test_every_other_question_is_answered_meanwhile(stage, ledger, views, question):
    await stage.write(1)
    asked = {
        "catalogue": queries.published_catalogue,
        "accounts": queries.accounts,
        "clearances": queries.clearances,
        "duties": lambda store: queries.duties(store, TODAY),
    }
    async with pouring(stage, views, ledger):
        for _ in range(10):
            await asked[question](ViewStore(views.database))


@pytest.mark.long
async def test_a_verification_a_retry_and_a_rebuild_come_to_their_end_meanwhile(stage, ledger, views):
    await stage.write(*range(1, 11))
    await stage.raw(b"{}", entity_id="odd")
    async with pouring(stage, views, ledger):
        for _ in range(2):
            verdict = await verify(ledger, ViewStore(views.database), silent)
            assert (verdict.holds, verdict.parked) == (True, 1)
            assert verdict.sequence >= verdict.end
            again = await retry(ledger, ViewStore(views.database), lambda _: True, silent)
            assert len(again.still_parked) == 1
        done = await rebuild(ledger, ViewStore(views.database), silent)
        assert done.before in ("", done.after)
    assert (await verify(ledger, views, silent)).holds


async def test_a_question_sees_nothing_that_is_written_after_its_first_look(stage, ledger, views):
    await stage.write(1)
    await project_all(ledger, views)

    async def ask(still):
        before = await still.checkpoint()
        await stage.event(TaskProgressed(percent=1, note=""))
        await project_all(ledger, views)
        rows = await still.audit_rows(1, before.sequence + 1)
        (task,) = await still.documents("tasks")
        return before.sequence, await still.checkpoint(), len(rows), task["percent"], await still.count("audit_trail")

    sequence, after, rows, percent, counted = await views.at_once(ask)
    assert (after.sequence, rows, percent, counted) == (sequence, sequence, 100, sequence)
    assert (await views.checkpoint()).sequence == sequence + 1


async def test_a_verification_says_how_far_the_views_are_behind_and_finds_that_wrong(
    stage, ledger, views, monkeypatch
):
    monkeypatch.setattr(verification, "CATCH_UP_S", 0.2)
    await stage.write(1)
    await project_all(ledger, views)
    await stage.write(2)
    verdict = await verify(ledger, views, silent)
    assert (verdict.holds, verdict.sequence, verdict.end) == (True, 8, 16)
    assert not verdict.nothing_wrong


async def test_a_verification_waits_a_moment_for_views_that_are_catching_up(stage, ledger, views):
    await stage.write(1, 2)
    verifying = asyncio.create_task(verify(ledger, ViewStore(views.database), silent))
    await asyncio.sleep(0)
    async with tracking(ledger, views):
        verdict = await verifying
    assert verdict.nothing_wrong
    assert (verdict.sequence, verdict.end) == (16, 16)
