"""What people are told when what a process stands on can't be had."""

from shared.domain.decider import Refused
from shared.platform.addresses import masked


class PlatformError(Exception):
    """A server, a key or a file can't be had; the message says which, why, and what to do. What is given as a refusal
    can be told in both languages."""

    def __init__(self, why: str | Refused) -> None:
        super().__init__(masked(str(why)))
        self.why = masked(why) if isinstance(why, str) else why
