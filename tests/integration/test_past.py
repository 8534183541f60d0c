"""The views of an instant: the same as a fresh fold of what was there then, with snapshots and without."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from services.tracker.history import as_of, snapshots
from services.tracker.history.as_of import By, ChosenInstant, views_as_of
from services.tracker.history.diff import difference
from services.tracker.history.folded import Folded
from services.tracker.history.snapshots import Snapshots
from services.tracker.projection.digest import total_digest, view_digest
from shared.domain.decider import Refused
from shared.eventstore.direct import Stored
from shared.eventstore.ledger import Ledger
from shared.eventstore.store import EventStore
from shared.history.audit_rows import NOT_REPORTED
from tests.congress import BEGINNING, Writer, connected_to_streams, settled

TASKS = 400
EVENTS = TASKS * 8


def silent(*_):
    pass


@pytest.fixture
async def kept(database, monkeypatch):
    """Snapshots, one a page."""
    monkeypatch.setattr(snapshots, "EVERY", 1000)
    monkeypatch.setattr(as_of, "EVERY", 1000)
    return Snapshots(database)


@pytest.fixture(scope="module")
async def written(endpoints) -> AsyncIterator[Ledger]:
    """One for all tests: none writes to it."""
    async with connected_to_streams(endpoints, congress := f"t-{uuid4().hex}") as connection:
        ledger, half = Ledger(connection, congress), TASKS // 2
        await Writer(EventStore(connection, congress, "logistics")).write(range(1, half + 1))
        await Writer(EventStore(connection, congress, "security")).write(range(1, half + 1))
        await settled(ledger, EVENTS)
        yield ledger


@pytest.fixture(scope="module")
async def history(written) -> list[Stored]:
    return [stored async for page in written.read() for stored in page]


@pytest.fixture
def ledger(written) -> Ledger:
    return written


def fresh(stored: list[Stored]) -> str:
    folded = Folded()
    if stored:
        folded.take(stored)
    return digest(folded)


def digest(folded: Folded) -> str:
    return total_digest({name: view_digest(documents.values()) for name, documents in folded.views.items()})


@pytest.mark.parametrize("sequence", [0, 1, 999, 1000, 1001, 2500, EVENTS])
async def test_as_of_a_sequence_is_a_fresh_fold_up_to_it(ledger, kept, history, sequence):
    for _ in range(2):  # the second time from snapshots
        found = await views_as_of(ChosenInstant(sequence), ledger, kept, silent)
        assert (await found.checkpoint()).sequence == sequence
        assert digest(found.folded) == fresh(history[:sequence])
    await kept.drop()
    again = await views_as_of(ChosenInstant(sequence), ledger, kept, silent)
    assert digest(again.folded) == fresh(history[:sequence]), "dropping the snapshots changes nothing"


async def test_a_snapshot_saves_reading_what_is_before_it(ledger, kept, history, monkeypatch):
    asked_after = []
    read = ledger.read

    def counting(after=0, upto=None):
        asked_after.append(after)
        return read(after, upto)

    monkeypatch.setattr(ledger, "read", counting)
    await views_as_of(ChosenInstant(3000), ledger, kept, silent)
    await views_as_of(ChosenInstant(2500), ledger, kept, silent)
    assert asked_after[0] == 0
    assert 2000 in asked_after


async def test_as_of_a_time_is_what_was_recorded_until_then(ledger, kept, history):
    for at in (1, 1500, EVENTS):
        moment = history[at - 1].recorded
        found = await views_as_of(ChosenInstant(moment), ledger, kept, silent)
        sequence = (await found.checkpoint()).sequence
        assert history[sequence - 1].recorded <= moment
        assert sequence == EVENTS or history[sequence].recorded > moment
    before = await views_as_of(ChosenInstant(history[0].recorded - timedelta(seconds=1)), ledger, kept, silent)
    assert (await before.checkpoint()).sequence == 0


async def test_as_of_what_had_happened_leaves_out_what_happened_later(ledger, kept, history):
    """Every task's events happened an hour apart; all were put on record today."""
    for _ in range(2):
        found = await views_as_of(ChosenInstant(BEGINNING + timedelta(hours=4), By.HAPPENED), ledger, kept, silent)
        assert {task["status"] for task in await found.documents("tasks")} == {"in_progress"}
        assert len(await found.documents("tasks")) == TASKS
        assert (found.folded.left_out, await found.count_parked()) == (TASKS * 3, 0)
        assert found.folded.checkpoint.gaps == {}
        recorded = await views_as_of(ChosenInstant(history[0].recorded - timedelta(hours=1)), ledger, kept, silent)
        assert await recorded.documents("tasks") == [], "by what was recorded there was nothing yet"
        await views_as_of(ChosenInstant(EVENTS), ledger, kept, silent)  # now there are snapshots; none may be used


async def test_a_snapshot_of_another_fold_or_with_other_bytes_is_not_used(
    ledger, database, kept, history, monkeypatch
):
    await views_as_of(ChosenInstant(3000), ledger, kept, silent)
    assert await kept.last_sequence() == 3000
    await database["snapshots.chunks"].update_many({}, {"$set": {"data": b"something else"}})
    found = await views_as_of(ChosenInstant(3000), ledger, kept, silent)
    assert digest(found.folded) == fresh(history[:3000])
    monkeypatch.setattr(snapshots, "fold_version", lambda: "another")
    newer = Snapshots(database)
    assert await newer.last_sequence() == 0
    assert digest((await views_as_of(ChosenInstant(2000), ledger, newer, silent)).folded) == fresh(history[:2000])
    assert await newer.drop(stale_only=True) == 3
    assert await newer.last_sequence() == 2000


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (ChosenInstant(EVENTS + 1), "beyond_the_end"),
        (ChosenInstant(5, By.HAPPENED), "recorded_only"),
        (ChosenInstant(BEGINNING + timedelta(days=365 * 100)), "not_yet"),
        (ChosenInstant(BEGINNING + timedelta(days=365 * 100), By.HAPPENED), "not_yet"),
    ],
    ids=["beyond the end", "a sequence for what happened", "in the future", "in the future, happened"],
)
async def test_an_instant_that_can_not_be_told_is_refused(ledger, kept, history, asked, refusal):
    with pytest.raises(Refused) as refused:
        await views_as_of(asked, ledger, kept, silent)
    assert refused.value.code == refusal


async def test_the_difference_between_two_instants_names_fields_and_the_events_that_changed_them(
    ledger, kept, history
):
    earlier, later = 1001, 2200
    found = await difference(ChosenInstant(earlier), ChosenInstant(later), ledger, kept, silent)
    before, after = Folded(), Folded()
    before.take(history[:earlier])
    after.take(history[:later])
    expected = {
        (name, key, field)
        for name, documents in after.views.items()
        for key, document in documents.items()
        for field in differing(before.views[name].get(key, {}), document)
    }
    told = {(each.view, each.key, field.field): field for each in found.documents for field in each.fields}
    assert set(told) == expected
    for where, change in told.items():
        assert change.events, f"{where} changed by nothing"
        assert all(earlier < sequence <= later for sequence in change.events)
    assert {event.sequence for event in found.events} == {at for change in told.values() for at in change.events}
    with pytest.raises(Refused) as refused:
        await difference(ChosenInstant(later), ChosenInstant(earlier), ledger, kept, silent)
    assert refused.value.code == "wrong_order"


async def test_the_difference_between_what_had_happened_at_two_times(ledger, kept, history):
    hours = [BEGINNING + timedelta(hours=number) for number in (4, 5)]
    found = await difference(*(ChosenInstant(hour, By.HAPPENED) for hour in hours), ledger, kept, silent)
    assert len(found.documents) == TASKS - TASKS // 100, "each hundredth task reported 0 %, which is no change"
    assert {field.field for each in found.documents for field in each.fields} == {"percent"}
    assert {event.type for event in found.events} == {"vn.daihoi.task.progressed.v1"}


def differing(before, after, inside=""):
    for name, value in after.items():
        old = before.get(name)
        if name in NOT_REPORTED or value == old:
            continue
        if isinstance(value, dict) and isinstance(old, dict):
            yield from differing(old, value, f"{inside}{name}.")
        else:
            yield f"{inside}{name}"
