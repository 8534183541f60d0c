"""A file as an office sends it, opened: by its path as bytes, its bytes as a table. Nothing of it is guessed."""

import os
import re
import unicodedata
from pathlib import Path

from services.subcommittee.importing.csv_table import csv_table
from services.subcommittee.importing.xlsx_table import xlsx_table
from shared.domain.decider import Refusal
from shared.entering import tables
from shared.entering.tables import MAX_FILE_BYTES, Table, unreadable
from shared.platform.files import NotOrdinary, why_not
from shared.platform.reading import read_file

LONGEST_NAME = 100
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")

NOT_A_FILE = Refusal("not_a_file", "{name} is no ordinary file: save the table on the disk, and name that file.")
FILE_UNREADABLE = Refusal("file_unreadable", "{name} can't be read: {reason}.")
OLD_XLS = Refusal("old_xls", "The file is of an old Excel (.xls). Save it as «Excel Workbook (.xlsx)».")
PROTECTED = Refusal(
    "password_protected", "The file is protected by a password. Take the password off, and save it again as XLSX."
)


def content_of(file: Path) -> bytes:
    """The content of an ordinary file, and a byte more than there may be at most; nothing else is waited for. Raises
    `Unreadable`."""
    name = printable(file.name)
    try:
        return read_file(file, MAX_FILE_BYTES + 1)
    except NotOrdinary as error:
        raise unreadable(NOT_A_FILE(name=name)) from error
    except OSError as error:
        raise unreadable(FILE_UNREADABLE(name=name, reason=why_not(error))) from error


def printable(name: str) -> str:
    """A file's name as it goes on record. The disk takes any bytes for a name."""
    text = unicodedata.normalize("NFC", os.fsencode(name).decode(errors="replace"))
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", "\ufffd", text)[:LONGEST_NAME]


def table_of(content: bytes) -> Table:
    """Raises `Unreadable`."""
    if len(content) > MAX_FILE_BYTES:
        raise unreadable(tables.TOO_MANY_BYTES(most=MAX_FILE_BYTES // (1024 * 1024)))
    if content.startswith(_OLD_OFFICE):
        raise unreadable(PROTECTED() if _ENCRYPTED_PART in content else OLD_XLS())
    return xlsx_table(content) if content.startswith(_ZIP) else csv_table(content)
