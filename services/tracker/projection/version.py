"""The version of the fold: which code made a set of views.

It is a digest of the source of everything that the fold consists of, so nobody has to remember to raise a number. A
change of a comment makes a new version too; that costs one rebuild and is never wrong.
"""

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLD = (
    "shared/domain",
    "shared/events",
    "shared/values",
    "shared/eventstore/canonical.py",
    "shared/eventstore/envelope.py",
    "shared/eventstore/names.py",
    "shared/i18n",
    "shared/unit/refusals.py",
    "shared/views",
    "services/tracker/history/sentences.py",
    "services/tracker/projection/audit_rows.py",
    "services/tracker/projection/fold.py",
    "services/tracker/projection/parking.py",
    "services/tracker/projection/decoding.py",
    "services/tracker/projection/storable.py",
)


@cache
def fold_version() -> str:
    """Sixteen hexadecimal digits."""
    running = hashlib.sha256()
    for name in FOLD:
        path = ROOT / name
        sources = sorted(path.rglob("*.*")) if path.is_dir() else [path]
        for source in sources:
            if source.suffix in (".py", ".po"):
                running.update(f"{source.relative_to(ROOT)}\n".encode() + source.read_bytes())
    return running.hexdigest()[:16]
