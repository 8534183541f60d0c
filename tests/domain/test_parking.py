"""What is parked holds up its own entity and nobody else, until a person discards it; live and replayed agree."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.tracker.history.repair import Live, kept_back, mending
from services.tracker.history.verify import Replay
from services.tracker.projection.fold import Checkpoint, fold_page, touched_keys
from services.tracker.projection.parking import lot_for, lot_of, stored_again, update
from services.tracker.projection.store import VIEW_NAMES
from shared.domain.decider import Refused
from shared.events.parked_event import ParkedEventDiscarded
from shared.events.task import TaskProgressed
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import as_bytes
from shared.history.decoding import EVENT_TYPES, VIEWS_OF, RefusingDecoder, decode_event
from shared.views.view import View
from tests.congress import BEGINNING, envelope_of, life_of_a_task
from tests.domain.test_fold import Folded
from tests.properties.effort import effort, short_and_long

OPENED, *WORK = life_of_a_task(1)


class Told:
    """A ledger in the making; origin sequences run by themselves."""

    def __init__(self):
        self.ledger: list[Stored] = []
        self._origins: dict[str, int] = {}

    def add(self, service, entity, entity_id, body):
        sequence = len(self.ledger) + 1
        origin = self._origins[service] = self._origins.get(service, 0) + 1
        self.ledger.append(
            Stored(
                sequence,
                f"evt.memory.{service}.{entity}.{entity_id}",
                BEGINNING + timedelta(minutes=sequence),
                body,
                f"EVENTS_{service.upper()}_memory {origin} > > evt",
            )
        )
        return self.ledger[-1]

    def event(self, event, task="a", service="logistics"):
        body = as_bytes(envelope_of(event, service, "task", task, len(self.ledger)))
        return self.add(service, "task", task, body)

    def raw(self, body, task="a", service="logistics"):
        return self.add(service, "task", task, body)

    def unknown(self, task="a", service="logistics"):
        event = TaskProgressed(percent=1, note="?")
        body = as_bytes(envelope_of(event, service, "task", task, len(self.ledger)))
        return self.raw(body.replace(b"task.progressed.v1", b"task.danced.v1"), task, service)

    def discard(self, parked: Stored, **changes):
        meant = {"stored_under": parked.subject, "origin_sequence": int(parked.source.split(" ")[1]), "reason": "sai"}
        event, entity_id = ParkedEventDiscarded(**meant | changes), str(parked.sequence)
        envelope = envelope_of(event, "subcommittee", "parked-event", entity_id, len(self.ledger))
        return self.add("subcommittee", "parked-event", entity_id, as_bytes(envelope))


@pytest.fixture
def told():
    return Told()


def reasons(folded):
    return {parked["_id"]: (parked["reason"], parked["waits_for"]) for parked in folded.parked}


def outcomes(folded):
    return {row["_id"]: row["outcome"] for row in folded.audit_rows}


def test_later_events_of_a_parked_entity_wait_behind_it_and_everyone_else_moves_on(told):
    told.event(OPENED)
    told.raw(b"not json")
    told.event(TaskProgressed(percent=10, note=""))
    told.event(OPENED, task="b")
    told.event(OPENED, service="security")
    told.unknown()
    folded = Folded().add(told.ledger)
    assert reasons(folded) == {2: ("undecodable", None), 3: ("behind", 2), 6: ("behind", 2)}
    assert outcomes(folded) == {
        **dict.fromkeys((1, 4, 5), "applied"),
        2: "parked: undecodable",
        **dict.fromkeys((3, 6), "parked: behind"),
    }
    assert folded.views["tasks"]["logistics/a"]["percent"] == 0
    assert {"logistics/b", "security/a"} < folded.views["tasks"].keys()
    assert folded.checkpoint.held == 1


@pytest.mark.parametrize("poison", ["unknown_type", "undecodable", "unfoldable"])
def test_whatever_the_poison_a_discard_drops_it_and_lets_go_what_waits(told, poison):
    if poison == "unfoldable":
        parked = told.event(WORK[0])
        told.event(OPENED)
    else:
        told.event(OPENED)
        parked = told.unknown() if poison == "unknown_type" else told.raw(b"{}")
    waiting = told.event(TaskProgressed(percent=10, note=""))
    assert reasons(Folded().add(told.ledger))[parked.sequence] == (poison, None)
    discard = told.discard(parked)
    folded = Folded().add(told.ledger)
    assert folded.parked == []
    assert folded.checkpoint.held == 0
    assert folded.views["tasks"]["logistics/a"]["percent"] == 10
    rows = {row["_id"]: row for row in folded.audit_rows}
    assert rows[parked.sequence]["outcome"] == "discarded"
    assert rows[parked.sequence]["discarded_by"] == "subcommittee.lead"
    assert rows[waiting.sequence]["waited_until"] == discard.sequence
    assert [change["before"] for change in rows[discard.sequence]["changes"]] == [poison]


def test_what_is_let_go_may_be_poison_too_and_the_rest_waits_behind_that(told):
    told.event(OPENED)
    first = told.raw(b"{}")
    told.event(TaskProgressed(percent=10, note=""))
    second = told.unknown()
    told.event(TaskProgressed(percent=20, note=""))
    told.discard(first)
    folded = Folded().add(told.ledger)
    assert reasons(folded) == {4: ("unknown_type", None), 5: ("behind", 4)}
    assert folded.checkpoint.held == 1
    assert folded.views["tasks"]["logistics/a"]["percent"] == 10
    told.discard(second)
    assert Folded().add(told.ledger).views["tasks"]["logistics/a"]["percent"] == 20


def test_an_event_that_waits_can_be_discarded_and_the_rest_goes_on_waiting(told):
    told.event(OPENED)
    poison = told.raw(b"{}")
    waiting = told.event(TaskProgressed(percent=10, note=""))
    told.event(TaskProgressed(percent=20, note=""))
    told.discard(waiting)
    folded = Folded().add(told.ledger)
    assert reasons(folded) == {2: ("undecodable", None), 4: ("behind", 2)}
    told.discard(poison)
    folded = Folded().add(told.ledger)
    assert folded.views["tasks"]["logistics/a"]["percent"] == 20
    assert outcomes(folded)[waiting.sequence] == "discarded"


def test_a_discard_that_waits_behind_another_poison_takes_effect_when_it_is_let_go(told):
    told.event(OPENED)
    poison = told.raw(b"{}")
    told.event(TaskProgressed(percent=10, note=""))
    in_the_way = told.add("subcommittee", "parked-event", str(poison.sequence), b"{}")
    told.discard(poison)
    assert set(reasons(Folded().add(told.ledger))) == {2, 3, 4, 5}
    told.discard(in_the_way)
    folded = Folded().add(told.ledger)
    assert folded.parked == []
    assert folded.views["tasks"]["logistics/a"]["percent"] == 10


@pytest.mark.parametrize(
    "changes",
    [{"origin_sequence": 99}, {"stored_under": "evt.memory.logistics.task.b"}],
    ids=lambda value: str(value),
)
def test_a_discard_that_means_another_event_changes_nothing(told, changes):
    told.event(OPENED)
    discard = told.discard(told.raw(b"{}"), **changes)
    folded = Folded().add(told.ledger)
    assert reasons(folded) == {2: ("undecodable", None)}
    assert folded.audit_rows[discard.sequence - 1]["changes"] == []


def test_what_could_be_taken_in_is_never_taken_back_by_a_discard(told):
    told.event(OPENED)
    progressed = told.event(TaskProgressed(percent=10, note=""))
    before = Folded().add(told.ledger).views
    told.discard(progressed)
    folded = Folded().add(told.ledger)
    assert folded.views == before
    assert outcomes(folded)[progressed.sequence] == "applied"


def test_a_discard_loses_nothing_that_stands_behind_a_gap(told):
    told.event(OPENED)
    del told.ledger[0]
    stopped = told.event(TaskProgressed(percent=10, note=""))
    stopped = replace(stopped, sequence=1)
    told.ledger[0] = stopped
    told.discard(stopped)
    assert reasons(Folded().add(told.ledger)) == {1: ("origin_gap", None)}


def test_an_event_that_the_ledger_holds_twice_holds_nobody_up_and_can_be_discarded(told):
    opened = told.event(OPENED)
    twice = replace(opened, sequence=2)
    told.ledger.append(twice)
    told.event(TaskProgressed(percent=10, note=""))
    folded = Folded().add(told.ledger)
    assert reasons(folded) == {2: ("origin_repeat", None)}
    assert folded.views["tasks"]["logistics/a"]["percent"] == 10
    told.discard(twice)
    assert Folded().add(told.ledger).parked == []


# --- whatever happens ---
def everyone(document, recorded):
    """A view that events of all tasks of all units feed: its order tells theirs."""
    told = f"{recorded.envelope.source}/{recorded.envelope.subject} {recorded.envelope.type}"
    return {"_id": "all", "told": [*(document or {"told": []})["told"], told]}


@pytest.fixture(autouse=True)
def a_view_of_all(monkeypatch):
    """Beside the real views one whose document belongs to no single entity."""
    view = View("organisations", (), lambda recorded: ("all",), everyone)
    for name in (OPENED.TYPE, TaskProgressed.TYPE):
        monkeypatch.setitem(VIEWS_OF, name, (*VIEWS_OF[name], view))


TASKS = [("logistics", "a"), ("logistics", "b"), ("security", "a")]


@st.composite
def ledgers(draw):
    told = Told()
    for _ in range(draw(st.integers(4, 24))):
        service, task = draw(st.sampled_from(TASKS))
        match draw(
            st.sampled_from(["event", "event", "event", "raw", "unknown", "discard", "discard", "in the way"])
        ):
            case "event":
                told.event(
                    draw(st.sampled_from([OPENED, TaskProgressed(percent=5, note=""), *WORK[:3]])), task, service
                )
            case "raw":
                told.raw(draw(st.sampled_from([b"{}", b"\xff", b"not json"])), task, service)
            case "unknown":
                told.unknown(task, service)
            case "discard" if told.ledger:
                told.discard(draw(st.sampled_from(told.ledger)))
            case "in the way" if told.ledger:
                told.add("subcommittee", "parked-event", str(draw(st.sampled_from(told.ledger)).sequence), b"{}")
    assume(told.ledger)
    return told.ledger


class Kept(Folded):
    """Views and a lot in a store: a page gets of them what it asks for, and nothing else."""

    def add(self, page):
        if not page:
            return self
        events = [decode_event(stored) for stored in page]

        async def fetch(subjects):
            return lot_of(document for document in self.parked if document["subject"] in subjects)

        lot, let_go = asyncio.run(lot_for(page, events, self.checkpoint.held, fetch))
        keys = touched_keys([*events, *let_go])
        documents = {
            name: {key: self.views[name][key] for key in keys.get(name, ()) if key in self.views[name]}
            for name in VIEW_NAMES
        }
        outcome = fold_page(page, events, documents, self.checkpoint, lot)
        for name, changed in outcome.documents.items():
            assert changed.keys() <= keys[name]
            self.views[name].update(changed)
        self._rows |= {row["_id"]: row for row in (*outcome.audit_rows, *outcome.corrected_rows)}
        update(self.lot, outcome.parked, outcome.left)
        self.checkpoint = outcome.checkpoint
        return self


@short_and_long(80, 400)
def test_live_in_pages_cut_anywhere_is_what_a_fresh_fold_gives(examples):
    @effort(examples)
    @given(ledgers(), st.data())
    def holds(ledger, data):
        borders = [0, *sorted(data.draw(st.sets(st.integers(1, len(ledger))))), len(ledger)]
        live, fresh = Kept(), Folded().add(ledger)
        for first, last in pairwise(borders):
            live.add(ledger[first:last])
        assert live.views == fresh.views
        assert live.audit_rows == fresh.audit_rows
        assert live.parked == fresh.parked
        assert live.checkpoint == fresh.checkpoint
        assert [list(queue) for queue in fresh.lot.values()] == [sorted(queue) for queue in fresh.lot.values()]

    holds()


@short_and_long(40, 200)
def test_every_event_is_taken_in_once_in_the_order_of_its_entity_or_parked_or_discarded(examples):
    @effort(examples)
    @given(ledgers())
    def holds(ledger):
        folded = Folded().add(ledger)
        parked = {document["_id"] for document in folded.parked}
        for subject in {stored.subject for stored in ledger}:
            rows = [row for row, stored in zip(folded.audit_rows, ledger, strict=True) if stored.subject == subject]
            left = [row for row in rows if row["_id"] not in parked]
            waiting = [row for row in rows if row["_id"] in parked]
            assert {row["outcome"] for row in left} <= {"applied", "discarded"}
            applied = [row["_id"] for row in left if row["outcome"] == "applied"]
            assert not waiting or not applied or max(applied) < waiting[0]["_id"]
            assert [row["outcome"] for row in waiting[1:]] == ["parked: behind"] * len(waiting[1:])
        blocked = {document["subject"] for document in folded.parked}
        assert folded.checkpoint.held == len(blocked)
        assert folded.views["organisations"].get("all", {"told": []})["told"] == in_the_order_of_effect(folded)

    holds()


def in_the_order_of_effect(folded):
    """Events that waited took effect when they were let go."""
    rows = [row for row in folded.audit_rows if row["outcome"] == "applied"]
    fed = [row for row in rows if row["type"] in (OPENED.TYPE, TaskProgressed.TYPE)]
    fed.sort(key=lambda row: (row.get("waited_until", row["_id"]), row["_id"]))
    return [f"{row['unit']}/{row['entity_id']} {row['type']}" for row in fed]


# --- after an upgrade ---
def folded_by_an_older_version(ledger, forgotten):
    with pytest.MonkeyPatch.context() as older:
        for name in forgotten:
            older.delitem(EVENT_TYPES, name)
        return Folded().add(ledger)


def retried(live, ledger, chosen=lambda _: True):
    """What a retry makes of `live`, and what it says."""
    rows = {row["_id"]: row for row in live.audit_rows}
    parked = {document["_id"]: document for document in live.parked}
    discarded = [row for row in live.audit_rows if row["outcome"] == "discarded"]
    kept, reader = kept_back(live.parked, discarded, chosen), RefusingDecoder()
    reader.refused = kept.refused
    replay = Replay(decode=reader)
    for stored in ledger:
        replay.add([stored], rows)
    outcome, done = mending(replay, Live(live.views, parked, rows), kept, chosen)
    mended = Folded()
    mended.views = {name: {**documents, **outcome.documents[name]} for name, documents in live.views.items()}
    gone = {document["_id"] for document in outcome.left}
    mended.lot = lot_of(
        ({key: each for key, each in parked.items() if key not in gone} | by_id(outcome.parked)).values()
    )
    mended._rows = rows | by_id(outcome.corrected_rows)
    mended.checkpoint = outcome.checkpoint
    return mended, done


def by_id(documents):
    return {document["_id"]: document for document in documents}


def assert_same(one, other):
    assert one.views == other.views
    assert one.audit_rows == other.audit_rows
    assert one.lot == other.lot
    assert one.checkpoint == other.checkpoint


FORGETFUL = st.sets(
    st.sampled_from([OPENED.TYPE, TaskProgressed.TYPE, *(event.TYPE for event in WORK[:3])]), min_size=1
)


@short_and_long(60, 300)
def test_a_retry_after_an_upgrade_makes_of_the_live_views_what_a_fresh_fold_gives(examples):
    @effort(examples)
    @given(ledgers(), FORGETFUL)
    def holds(ledger, forgotten):
        live, fresh = folded_by_an_older_version(ledger, forgotten), Folded().add(ledger)
        if any(live.views[name].keys() - fresh.views[name].keys() for name in VIEW_NAMES):
            with pytest.raises(Refused, match="rebuild"):
                retried(live, ledger)
            return
        mended, done = retried(live, ledger)
        assert_same(mended, fresh)
        assert by_id(done.still_parked) == by_id(fresh.parked)
        assert set(done.taken_in) == by_id(live.parked).keys() - by_id(fresh.parked).keys()

    holds()


@short_and_long(60, 300)
def test_a_retry_of_one_entity_leaves_the_others_parked_and_the_rest_makes_up_for_it(examples):
    @effort(examples)
    @given(ledgers(), FORGETFUL, st.sampled_from(TASKS))
    def holds(ledger, forgotten, task):
        live, fresh = folded_by_an_older_version(ledger, forgotten), Folded().add(ledger)
        subject = f"evt.memory.{task[0]}.task.{task[1]}"
        try:
            mended, done = retried(live, ledger, lambda each: each == subject)
        except Refused:
            return
        others = [document for document in live.parked if document["subject"] != subject]
        assert [document for document in mended.parked if document["subject"] != subject] == others
        assert {document["subject"] for document in done.still_parked} <= {subject}
        for _, key in done.documents:
            assert key in (f"{task[0]}/{task[1]}", "all")
        again, _ = retried(mended, ledger, lambda each: each == subject)
        assert_same(again, mended)
        assert_same(retried(mended, ledger)[0], fresh)

    holds()


def test_what_was_discarded_comes_back_when_today_it_can_be_read(told):
    told.event(OPENED)
    discarded = told.event(TaskProgressed(percent=10, note=""))
    told.event(WORK[0])
    told.discard(discarded)
    live = folded_by_an_older_version(told.ledger, [TaskProgressed.TYPE])
    assert outcomes(live)[discarded.sequence] == "discarded"
    mended, done = retried(live, told.ledger)
    assert done.came_back == [discarded.sequence]
    assert mended.views["tasks"]["logistics/a"]["percent"] == 10
    assert_same(mended, Folded().add(told.ledger))


def test_a_retry_that_would_change_too_much_says_that_a_rebuild_is_needed(told, monkeypatch):
    told.event(OPENED)
    told.event(TaskProgressed(percent=10, note=""))
    live = folded_by_an_older_version(told.ledger, [TaskProgressed.TYPE])
    monkeypatch.setattr("services.tracker.history.repair.MOST_DIFFERENCES", 3)
    with pytest.raises(Refused) as refused:
        retried(live, told.ledger)
    assert refused.value.code == "rebuild_needed"


def test_a_parked_event_is_read_again_as_it_was(told):
    stored = told.event(OPENED)
    told.ledger.clear()
    document = Folded().add([replace(told.raw(b"{}"), sequence=1), replace(stored, sequence=2)]).parked[-1]
    again = stored_again(document)
    assert replace(again, source="") == replace(stored, sequence=2, source="")
    assert decode_event(again).event == OPENED


def test_nothing_is_fetched_where_nothing_is_parked(told):
    told.event(OPENED)
    events = [decode_event(stored) for stored in told.ledger]

    async def fetch(subjects):
        raise AssertionError(subjects)

    assert asyncio.run(lot_for(told.ledger, events, Checkpoint().held, fetch)) == ({}, [])
