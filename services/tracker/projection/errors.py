"""What can keep the views from being read or written."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.domain.decider import Refusal
from shared.platform.errors import PlatformError
from shared.platform.mongo import in_words

VIEWS_HOLD_WHAT_NOBODY_WROTE = Refusal(
    "views_broken",
    "The views hold what no tracker wrote ({what}): `daihoi audit verify` says where, and `daihoi rebuild` makes "
    "them anew from the events.",
)
COMMIT_REFUSED = Refusal(
    "mongo_refuses", "MongoDB does not take what is to be written, however often it is asked: {reason}"
)


class FenceLost(Exception):
    """The checkpoint is no longer where it was read: another tracker, or a rebuild, has moved it."""


class CommitRefused(PlatformError):
    """The database will not take what was to be committed, however often it is asked."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(COMMIT_REFUSED(reason=reason))


class ViewsBroken(PlatformError):
    """The database holds what no version of the tracker wrote."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(VIEWS_HOLD_WHAT_NOBODY_WROTE(what=what))


@contextmanager
def as_written() -> Iterator[None]:
    """Around whatever trusts documents to be what the fold made. Raises `ViewsBroken` where they are not."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise ViewsBroken(f"{type(error).__name__}: {in_words(error)}") from error
