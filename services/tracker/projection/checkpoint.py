"""A checkpoint as MongoDB keeps it."""

import msgspec

from services.tracker.projection.errors import as_written
from services.tracker.projection.fold import Checkpoint
from shared.views.view import Document

REQUIRED = {"sequence": None, "origins": None}


def checkpoint_of(stored: Document) -> Checkpoint:
    """A checkpoint as `stored_checkpoint` wrote it, or as an earlier version did. Raises `ViewsBroken`."""
    with as_written():
        return msgspec.convert(REQUIRED | stored, Checkpoint)


def stored_checkpoint(checkpoint: Checkpoint) -> Document:
    """A checkpoint's fields as they are kept. `renewed` is null until it first counts."""
    fields: Document = msgspec.to_builtins(checkpoint)
    return fields
