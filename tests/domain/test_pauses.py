"""How long is waited between tries."""

from shared.platform.pauses import Pauses


def test_pauses_grow_up_to_the_longest_and_begin_anew_once_it_went_well():
    for _ in range(50):
        pauses = Pauses(0.1, 1.0)
        for bound in (0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0):
            assert bound / 2 <= pauses.next_s() <= bound
        pauses.begin_anew()
        assert pauses.next_s() <= 0.1


def test_no_two_keep_time_with_each_other():
    assert len({Pauses(1, 1).next_s() for _ in range(10)}) > 1
