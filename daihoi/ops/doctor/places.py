"""What a finding can be about besides a service, and how long something took."""

import time

NATS, MONGO, LEDGER = "NATS", "MongoDB", "ledger"


def since(began: float) -> int:
    """In milliseconds; `began` is of the monotonic clock."""
    return round((time.monotonic() - began) * 1000)
