"""What people are told when what a process stands on can't be had."""

from shared.domain.decider import Refused


class PlatformError(Exception):
    """A server, a key or a file can't be had; the message says which, why, and what to do. What is given as a refusal
    can be told in both languages."""

    def __init__(self, why: str | Refused) -> None:
        super().__init__(str(why))
        self.why = why
