"""The arithmetic of the benchmarks' table. How fast anything is, no test says."""

import importlib
from pathlib import Path

import pytest

import benchmarks
from benchmarks.history import batches, history, tasks_of
from benchmarks.measure import Against, Aim, Row, in_turn, percentile
from benchmarks.peers.postgres import NotInstalled, programs
from benchmarks.table import grown, markdown, table

AT_LEAST = Aim(0.8, Against.FLOOR, at_least=True)
AT_MOST = Aim(2, Against.VALUE, at_least=False)
FASTER = Aim(1, Against.PEER, at_least=True)


@pytest.mark.parametrize(
    ("percent", "expected"), [(50, 50.0), (99, 99.0), (100, 100.0), (1, 1.0)], ids=["p50", "p99", "max", "min"]
)
def test_a_percentile_is_the_sample_of_the_nearest_rank(percent, expected):
    assert percentile([float(number) for number in range(100, 0, -1)], percent) == expected


def test_ratios_are_the_values_to_the_floor_and_to_the_peer():
    row = Row("read", 60.0, "events/s", 10, floor=80.0, peer=30.0)
    assert (row.ratio_to_floor, row.ratio_to_peer) == (0.75, 2.0)
    told = row.as_json()
    names = ("name", "value", "unit", "floor", "peer", "ratio_to_floor", "ratio_to_peer", "events")
    assert [told[name] for name in names] == ["read", 60.0, "events/s", 80.0, 30.0, 0.75, 2.0, 10]


@pytest.mark.parametrize(
    ("aim", "row", "hit"),
    [
        (AT_LEAST, Row("a", 80.0, "events/s", 1, floor=100.0), True),
        (AT_LEAST, Row("a", 79.0, "events/s", 1, floor=100.0), False),
        (AT_MOST, Row("a", 2.0, "s", 1), True),
        (AT_MOST, Row("a", 2.1, "s", 1), False),
        (FASTER, Row("a", 2.0, "events/s", 1, peer=1.0), True),
        (FASTER, Row("a", 1.0, "events/s", 1, peer=2.0), False),
        (FASTER, Row("a", 1.0, "events/s", 1), None),
    ],
)
def test_an_aim_is_hit_missed_or_not_measured(aim, row, hit):
    assert aim.met_by(row) is hit


def test_a_missed_aim_is_told_with_its_reason_and_no_other():
    hit = Row("quick", 1.0, "s", 10, aims=(AT_MOST,), missed_because="it is never told")
    missed = Row("slow", 3.0, "s", 10, aims=(AT_MOST,), missed_because="the disk")
    text = markdown([hit, missed], "a machine", "")
    assert "- slow, 10 events: the disk" in text
    assert "it is never told" not in text


def test_where_the_peer_is_missing_its_columns_are_empty_and_the_page_says_why():
    row = Row("read", 60.0, "events/s", 10, floor=80.0, aims=(FASTER,))
    assert "| 80.00 | 0.75 |  |  | ≥ 1 × peer | not measured |  |  |" in table([row])
    assert "apt install postgresql" in markdown([row], "a machine", "PostgreSQL: apt install postgresql")


def test_what_was_measured_on_mongod_stands_beside_with_a_floor_of_its_own():
    row = Row("rebuild", 60.0, "events/s", 10, floor=80.0)
    assert "|  |  | 90.00 | 0.50 |" in table([row.beside(Row("rebuild", 90.0, "events/s", 10, floor=180.0))])
    assert row.beside(None) == row


def test_what_should_be_flat_is_judged_between_histories_of_the_same_tasks():
    def rows(*values):
        sizes = (10_000, 100_000, 1_000_000)
        return [Row("as of 20 %", value, "s", size) for value, size in zip(values, sizes, strict=False)]

    assert "| as of 20 % | 0.10 | 1.00 | 1.10 | 1.10 ×, hit |" in grown(rows(0.1, 1.0, 1.1))
    assert "| 2.00 ×, **missed** |" in grown(rows(0.1, 1.0, 2.0))
    assert "FULL=1" in grown(rows(0.1, 1.0))


async def test_works_are_measured_in_turn_and_the_median_counts():
    turns = []

    def work(name, *values):
        async def measured(number):
            turns.append(name)
            return values[number]

        return measured

    assert await in_turn(3, work("ours", 9.0, 1.0, 2.0), work("floor", 3.0, 5.0, 4.0)) == [2.0, 4.0]
    assert turns == ["ours", "floor"] * 3


def test_a_history_opens_every_task_once_before_anything_else_happens_to_it():
    steps = list(history(5_000))
    assert [step.number for step in steps] == list(range(5_000))
    assert [step.task for step in steps if step.opens] == list(range(tasks_of(5_000)))
    firsts = {step.task: step for step in reversed(steps)}
    assert all(step.opens for step in firsts.values())
    assert steps == [step for batch in batches(5_000) for step in batch]


def test_the_benchmarks_can_be_loaded():
    assert callable(importlib.import_module("benchmarks.__main__").main)


def test_without_postgres_it_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotInstalled, match="apt install postgresql"):
        programs(installed=tmp_path)


def test_the_newest_postgres_is_taken(tmp_path):
    for version in ("9", "15", "17"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    assert programs(installed=tmp_path) == tmp_path / "17" / "bin"


@pytest.mark.parametrize("module", sorted(path.stem for path in Path(benchmarks.__file__).parent.glob("[!_]*.py")))
def test_what_the_benchmarks_use_of_the_product_is_there(module):
    importlib.import_module(f"benchmarks.{module}")
