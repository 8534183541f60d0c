"""SHA-256 over documents as JSON with sorted keys, one a line, lines in byte order."""

import hashlib
from collections.abc import Iterable, Mapping

from shared.eventstore.canonical import canonical
from shared.views.view import Document


def are_same(one: object, other: object) -> bool:
    """Byte for byte: `0`, `0.0`, `false` and nothing at all are four things, which Python takes for fewer."""
    return canonical({"": one}) == canonical({"": other})


def view_digest(documents: Iterable[Document]) -> str:
    """`documents` in any order."""
    running = hashlib.sha256()
    for line in sorted(canonical(document) for document in documents):
        running.update(line)
    return running.hexdigest()


OF_NOTHING = view_digest(())


def total_digest(by_view: Mapping[str, str]) -> str:
    """The digest of all views that hold something: one that a later version adds changes nothing until it does."""
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(by_view.items()) if digest != OF_NOTHING)
    return hashlib.sha256(lines.encode()).hexdigest()
