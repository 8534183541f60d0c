"""How often Python looks for garbage."""

import gc


def collect_rarely() -> None:
    """For processes that read events. A page of them makes some 20,000 objects that die together when it is folded;
    Python's own thresholds look at all of these, and at the views, again and again: a sixth of the time of a fold."""
    gc.set_threshold(100_000, 20, 20)
