"""The matrix as it is printed: rounds in turn, nothing that was not looked at passes for good."""

from tests.faults import disks, matrix
from tests.faults.matrix import COLUMNS, Cells, Matrix
from tests.faults.table import FAULTS

FIRST, SECOND, THIRD = FAULTS[:3]
FINE = dict.fromkeys(COLUMNS, "")


def printed(told: Matrix) -> dict[str, str]:
    """The lines by how they begin."""
    lines = [line.strip("|` ") for line in matrix.as_markdown(told).splitlines()]
    return {line.partition("|")[0].strip(): line for line in lines}


def test_the_rounds_are_dealt_in_turn_each_turn_with_a_seed_of_its_own(monkeypatch):
    monkeypatch.setattr(matrix, "run_round", lambda fault, seed, keep: Cells(fault.name, seed, FINE))
    told = matrix.matrix([FIRST, SECOND, THIRD], 5, 7, lambda _: None)
    assert {fault: sorted(each.seed for each in rounds) for fault, rounds in told.items()} == {
        FIRST: [7, 8],
        SECOND: [7, 8],
        THIRD: [7],
    }


def test_what_can_not_be_done_here_what_was_not_done_and_what_was_not_looked_at_do_not_pass():
    told = {
        FIRST: [Cells(FIRST.name, 1, not_here="nobody may")],
        SECOND: [],
        THIRD: [Cells(THIRD.name, 1, {COLUMNS[0]: "broken"})],
    }
    lines = printed(told)
    assert lines[FIRST.name].count("not here") == len(COLUMNS)
    assert f"- {FIRST.name}: not here, because nobody may" in lines
    assert lines[SECOND.name].count("no round") == len(COLUMNS)
    assert lines[THIRD.name].count("✓ 0 ✗ 1") == len(COLUMNS)
    assert f"python -m tests.faults.matrix --only '{THIRD.name}' --seed 1" in lines


def test_where_no_disk_can_be_mounted_the_round_says_so(monkeypatch):
    monkeypatch.setattr(disks, "SIZE", "no size")
    (fault,) = matrix.chosen("nats-server's disk full")
    cells = matrix.run_round(fault, 1)
    assert "only root" in cells.not_here
    assert not cells.failures


def test_a_fault_is_chosen_by_its_name_before_it_is_by_a_part_of_it():
    assert [fault.name for fault in matrix.chosen("answers lost")] == ["answers lost"]
    assert len(matrix.chosen("answers")) == 2
