"""What the database will not take ends with the event that is the reason, and everybody else moves on."""

import re

import pytest
from pymongo.errors import AutoReconnect, PyMongoError

from services.tracker.health import trouble_finding
from services.tracker.history.as_of import ChosenInstant, views_as_of
from services.tracker.history.repair import retry
from services.tracker.history.snapshots import Snapshots
from services.tracker.history.verify import verify
from services.tracker.projection import committing, fold
from services.tracker.projection.committing import Projection
from services.tracker.projection.errors import CommitRefused
from services.tracker.projection.rebuild import rebuild
from services.tracker.projection.store import ViewStore
from shared.events.expense import ExpenseEstimated, MoneyAdvanced
from shared.events.task import TaskProgressed, TaskReturned, TaskSubmitted
from shared.values.types import Evidence
from shared.views.view import MOST_KEPT
from tests.integration.test_parked import Stage, percent, proved, reasons
from tests.integration.test_tracker import at, project_all, silent, tracking

SUBMISSIONS = 22
ACCOUNT = ExpenseEstimated(amount_vnd=5, guaranteed_vnd=5, funding_source="ngân sách")
HALF = MoneyAdvanced(advance_id="a", amount_vnd=2**62, recipient="x", purpose="y")
"""Twice this is a sum that no database counts."""


@pytest.fixture
def stage(connection, congress, ledger):
    return Stage(connection, congress, ledger)


@pytest.fixture
def unchecked(monkeypatch):
    """A fold that takes for storable whatever it makes: the database has to say no."""
    monkeypatch.setattr(fold, "json_bytes", lambda _: 1)


def evidence(number):
    link = f"https://example.vn/{'đ' * 1_900}"
    return Evidence(title=f"{number} {'ả' * 1_900}", link=link, sha256="0" * 64, size_bytes=1)


async def test_evidence_handed_in_again_and_again_goes_through_and_the_newest_is_shown(stage, ledger, views):
    await stage.write(1, 2)
    shown = TaskSubmitted(submitted_by="logistics.member", evidence=[evidence(number) for number in range(50)])
    async with tracking(ledger, views) as running:
        for _ in range(SUBMISSIONS):
            await stage.event(shown)
            await stage.event(TaskReturned(reason="thiếu"))
        await stage.event(TaskProgressed(percent=44, note=""), entity_id="task-2")
        await at(views, stage.events)
        assert running.progress.trouble is None
    assert await percent(views, "logistics/task-2") == 44
    (task,) = await views.documents("tasks", _id="logistics/task-1")
    assert (len(task["evidence"]), task["left_out"]["evidence"]) == (MOST_KEPT, SUBMISSIONS * 50 - MOST_KEPT)
    await proved(ledger, views)
    assert (await rebuild(ledger, views, silent)).parked == 0


async def test_an_event_that_the_database_never_takes_is_parked_alone_and_stays_so_for_whoever_folds(
    stage, ledger, views, unchecked
):
    await stage.write(1)
    for event in (ACCOUNT, HALF):
        await stage.event(event, "expense", "task-1")
    refused = await stage.event(HALF, "expense", "task-1")
    waiting = await stage.event(HALF, "expense", "task-1")
    await stage.event(TaskProgressed(percent=44, note=""))
    async with tracking(ledger, views):
        await at(views, stage.events)
        await stage.event(TaskProgressed(percent=45, note=""))
        await at(views, stage.events)
    assert await reasons(views) == {refused: "unstorable", waiting: "behind"}
    assert await percent(views) == 45
    (parked,) = await views.documents("parked", _id=refused)
    assert "8-byte ints" in parked["detail"]
    await proved(ledger, views, parked=2)

    kept = Snapshots(views.database)
    as_of = await views_as_of(ChosenInstant(stage.events), ledger, kept, silent)
    assert as_of.folded.views["tasks"] == {each["_id"]: each for each in await views.documents("tasks")}
    assert await as_of.count_parked() == 2

    again = await retry(ledger, views, lambda _: True, silent)
    assert ([each["_id"] for each in again.still_parked], again.taken_in) == ([refused, waiting], [])
    await proved(ledger, views, parked=2)
    done = await rebuild(ledger, views, silent)
    assert (done.before, done.parked) == (done.after, 2)
    assert await reasons(views) == {refused: "unstorable", waiting: "behind"}


async def test_what_the_database_refused_and_somebody_discarded_stays_out_of_the_views(
    stage, ledger, views, unchecked
):
    await stage.write(1)
    for event in (ACCOUNT, HALF):
        await stage.event(event, "expense", "task-1")
    refused = await stage.event(HALF, "expense", "task-1")
    await stage.event(HALF.model_copy(update={"amount_vnd": 7}), "expense", "task-1")
    await project_all(ledger, views)
    discard = await stage.discard(views, refused)
    await project_all(ledger, views)
    assert await reasons(views) == {}
    assert [each["advanced_vnd"] for each in await views.documents("expenses")] == [2**62 + 7]
    await proved(ledger, views)
    for sequence, parked in ((discard - 1, 2), (discard, 0)):
        as_of = await views_as_of(ChosenInstant(sequence), ledger, Snapshots(views.database), silent)
        assert await as_of.count_parked() == parked


async def test_a_retry_takes_in_what_the_database_takes_by_now(stage, ledger, views, monkeypatch):
    await stage.write(1)
    refusing = Picky(views.database, refuses="expenses")
    estimated = await stage.event(ACCOUNT, "expense", "task-1")
    await project_all(ledger, refusing)
    assert await reasons(views) == {estimated: "unstorable"}
    await proved(ledger, views, parked=1)
    done = await retry(ledger, views, lambda _: True, silent)
    assert done.taken_in == [estimated]
    await proved(ledger, views)
    assert (await views.checkpoint()).refused == ()


class Picky(ViewStore):
    """Takes at most `most` events in a commit, and nothing for the view `refuses`."""

    def __init__(self, database, most=1_000_000, refuses=""):
        super().__init__(database)
        self.most, self.refuses, self.tries = most, refuses, 0

    async def commit(self, outcome, read):
        self.tries += 1
        if outcome.checkpoint.sequence - read.sequence > self.most or outcome.documents.get(self.refuses):
            raise CommitRefused("as the test wants it")
        await super().commit(outcome, read)


async def test_a_transaction_that_is_only_too_large_is_committed_in_smaller_ones(stage, ledger, views):
    await stage.write(*range(1, 8))
    picky = Picky(views.database, most=5)
    await project_all(ledger, picky)
    assert picky.tries > stage.events / 5
    await proved(ledger, views)


async def test_a_database_that_takes_nothing_at_all_parks_nothing(stage, ledger, views):
    await stage.write(1)
    with pytest.raises(CommitRefused):
        await project_all(ledger, Picky(views.database, most=0))
    assert await views.count_parked() == (await views.checkpoint()).sequence == 0


async def test_large_events_are_committed_in_transactions_of_bounded_size(stage, ledger, views, monkeypatch):
    monkeypatch.setattr(committing, "COMMIT_BYTES", 20_000)
    await stage.write(*range(1, 10))
    sizes = []

    class Weighed(ViewStore):
        async def commit(self, outcome, read):
            sizes.append(outcome.bytes)
            await super().commit(outcome, read)

    weighed = Weighed(views.database)
    projection = Projection(weighed, await weighed.checkpoint())
    async for page in ledger.read():
        await projection.add(page)
    await projection.settle()
    assert max(sizes) <= 20_000
    assert len(sizes) > 3
    assert (await verify(ledger, views, silent)).nothing_wrong


async def test_what_the_database_says_of_a_document_is_told_without_the_document(views):
    outcome = fold.Outcome(fold.Checkpoint(1), {"tasks": {"t": {"_id": "t", "text": "x" * 17 * 2**20}}})
    with pytest.raises(CommitRefused) as refused:
        await views.commit(outcome, await views.checkpoint())
    assert re.search("larger than|Size must be between", str(refused.value))
    assert "xxx" not in str(refused.value)
    assert len(str(refused.value)) < 400
    assert trouble_finding(refused.value, 0).code == "mongo_refuses"


async def test_what_the_database_can_not_do_now_is_not_told_as_silence(views):
    with pytest.raises(PyMongoError) as refused:
        await views.database.command("createUser", "x", pwd="y", roles=["nobody"])
    assert trouble_finding(refused.value, 0).code == "mongo_refuses"
    assert trouble_finding(AutoReconnect("gone"), 7).code == "mongo_silent"
