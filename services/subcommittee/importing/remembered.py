"""What somebody said of headings once, kept for the next file with the same: one small file a congress, by the set of
all headings."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from services.subcommittee.importing.layout import OF_TASKS, Fields
from shared.entering.headings import heading_key
from shared.eventstore.canonical import canonical, indented, read_document
from shared.platform.files import OWN_FILE, data_folder, own_folder, write_over

MOST_SETS = 100
"""So many sets of headings are kept, the latest."""
_MOST_BYTES = 4 * 1024 * 1024


def remembered(folder: Path, congress: str, headings: Sequence[str], known: Fields = OF_TASKS) -> dict[str, str]:
    """The field of each heading, by `heading_key`, as it was said of a file of this kind with the same headings;
    empty where nobody did, and where what is kept can't be read."""
    columns = _all(_file(folder, congress)).get(_set_of(headings, known), {})
    return columns if set(columns.values()) <= set(known.names) else {}


def remember(
    folder: Path, congress: str, headings: Sequence[str], columns: Mapping[str, str], known: Fields = OF_TASKS
) -> None:
    """Raises `OSError`."""
    file = _file(folder, congress)
    kept = _all(file)
    kept.pop(_set_of(headings, known), None)
    kept[_set_of(headings, known)] = dict(columns)
    latest = dict([*kept.items()][-MOST_SETS:])
    data_folder(folder)
    own_folder(file.parent)
    write_over(file, indented(latest), OWN_FILE)


def _file(folder: Path, congress: str) -> Path:
    return folder / "import-columns" / f"{congress}.json"


def _set_of(headings: Sequence[str], known: Fields) -> str:
    """The key of a set of headings: for tasks as earlier versions wrote it, for other kinds of tables apart."""
    keys = sorted({heading_key(heading) for heading in headings})
    apart = [] if known is OF_TASKS else [*known.needed]
    return hashlib.sha256(canonical([*keys, *apart])).hexdigest()


def _all(file: Path) -> dict[str, dict[str, str]]:
    with suppress(OSError, ValueError):
        with file.open("rb") as opened:
            kept = read_document(opened.read(_MOST_BYTES))
        if isinstance(kept, dict):
            return {name: columns for name, columns in kept.items() if _is_columns(columns)}
    return {}


def _is_columns(columns: object) -> bool:
    return isinstance(columns, dict) and all(isinstance(field, str) for field in columns.values())
