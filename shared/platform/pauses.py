"""Pauses between tries that grow, so that whoever is not there is not asked more and more often by more and more."""

import random


class Pauses:
    """Each up to twice as long as the one before, until `longest_s`; no two processes keep time with each other."""

    def __init__(self, first_s: float, longest_s: float) -> None:
        self._first_s, self._longest_s = first_s, longest_s
        self.begin_anew()

    def begin_anew(self) -> None:
        self._bound_s = self._first_s / 2

    def next_s(self) -> float:
        self._bound_s = min(2 * self._bound_s, self._longest_s)
        return self._bound_s * random.uniform(0.5, 1)  # noqa: S311 - no secret
