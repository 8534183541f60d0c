"""How often somebody may try: token buckets in memory, a bounded number of them."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from starlette.requests import Request

from shared.web.sign_in.refusals import TOO_MANY_TRIES

MOST_KEPT = 10_000


class Rate(NamedTuple):
    """`burst` tries at once, and one more after every `every_s` seconds."""

    burst: int
    every_s: float


OF_AN_ACCOUNT = Rate(10, 30.0)
OF_AN_ADDRESS = Rate(30, 2.0)


class Limit:
    """A limit on one kind of key. Where there are too many, the one that was longest not tried is forgotten."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic, most: int = MOST_KEPT) -> None:
        self._rate, self._clock, self._most = rate, clock, most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Counts a try. How many seconds to wait where it is one too many; else 0, which lets it in."""
        now = self._clock()
        left = self._at(key, now)
        taken = left >= 1
        self._left[key] = (left - 1 if taken else left), now
        self._left.move_to_end(key)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return 0.0 if taken else (1 - left) * self._rate.every_s

    def give_back(self, key: str) -> None:
        """A try that was right does not count."""
        now = self._clock()
        self._left[key] = min(self._rate.burst, self._at(key, now) + 1), now

    def _at(self, key: str, now: float) -> float:
        left, then = self._left.get(key, (float(self._rate.burst), now))
        return min(self._rate.burst, left + (now - then) / self._rate.every_s)


class Tries:
    """Tries to prove who one is: each counts for the account that it names, and for the address that it comes
    from."""

    def __init__(self) -> None:
        self.of_account, self.of_address = Limit(OF_AN_ACCOUNT), Limit(OF_AN_ADDRESS)

    def count(self, request: Request, account: str) -> None:
        """Raises the refusal `too_many_tries`, whether there is such an account or not."""
        _check(max(self.of_address.take(_address(request)), self.of_account.take(account[:100])))

    def count_address(self, request: Request) -> None:
        """Counts as `count` does, where no account is named."""
        _check(self.of_address.take(_address(request)))

    def give_back(self, request: Request, account: str) -> None:
        """Whoever was right has not tried: many may come from one address, that of a proxy."""
        self.of_account.give_back(account[:100])
        self.of_address.give_back(_address(request))


def _check(waits_s: float) -> None:
    if waits_s:
        raise TOO_MANY_TRIES(seconds=int(waits_s) + 1)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
