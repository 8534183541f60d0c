from itertools import permutations

import pytest

from shared.values.ordering import natural, vietnamese

IN_ORDER = [
    ["1-2", "1-9", "1-10", "2-1", "10-1"],
    ["1.9", "1.10", "1.10.2", "1.10.10"],
    ["9", "10", "duties"],
    ["02-KH/TB", "9-KH/TB", "10-KH/TB"],
    ["logistics/1-9", "logistics/1-10", "security/1-1"],
    ["", "9" * 4999, "9" * 5000],
    ["1-09", "1-9", "1-10"],
]


@pytest.mark.parametrize("names", IN_ORDER)
def test_numbers_in_names_are_ordered_as_numbers(names):
    for shuffled in permutations(names):
        assert sorted(shuffled, key=natural) == names


def test_vietnamese_names_are_ordered_by_letters_and_then_by_tones():
    ordered = ["1. Mở đầu", "An", "Àn", "Ăn", "Ân", "Bà", "Bá", "Bạn", "Dũng", "Đông", "Em", "Êm", "Ơn", "Xã", "Xạ"]
    backwards = ordered[::-1]
    assert sorted(backwards, key=vietnamese) == ordered
