"""A checkpoint as MongoDB keeps it."""

from services.tracker.projection.errors import ViewsBroken, as_written
from services.tracker.projection.fold import Checkpoint, OriginPosition
from shared.views.view import Document


def checkpoint_of(stored: Document) -> Checkpoint:
    """A checkpoint as `stored_checkpoint` wrote it, or as an earlier version did. Raises `ViewsBroken`."""
    with as_written():
        origins = {stream: OriginPosition(*position) for stream, position in stored["origins"].items()}
        checkpoint = Checkpoint(
            stored["sequence"],
            origins,
            stored.get("fingerprint", ""),
            stored.get("held", 0),
            stored.get("renewed"),
            tuple((sequence, detail) for sequence, detail in stored.get("refused", ())),
        )
    numbers = [checkpoint.sequence, checkpoint.held, checkpoint.renewed or 0]
    numbers += [sequence for sequence, _ in checkpoint.refused]
    numbers += [number or 0 for position in origins.values() for number in position]
    if not all(isinstance(number, int) and number >= 0 for number in numbers):
        raise ViewsBroken("the checkpoint has something else where a count belongs")
    if not all(
        isinstance(text, str) for text in (checkpoint.fingerprint, *(detail for _, detail in checkpoint.refused))
    ):
        raise ViewsBroken("the checkpoint tells in what is no text")
    return checkpoint


def stored_checkpoint(checkpoint: Checkpoint) -> Document:
    """A checkpoint's fields as they are kept. `renewed` is null until it first counts."""
    return {
        "sequence": checkpoint.sequence,
        "origins": {stream: list(position) for stream, position in checkpoint.origins.items()},
        "fingerprint": checkpoint.fingerprint,
        "held": checkpoint.held,
        "renewed": checkpoint.renewed,
        "refused": [list(refused) for refused in checkpoint.refused],
    }
