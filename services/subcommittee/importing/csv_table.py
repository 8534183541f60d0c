"""CSV bytes as rows: UTF-8 only; comma, semicolon, tab, or what a line `sep=` says. Another encoding is named and
refused, never guessed."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator

from shared.domain.decider import Refusal, Refused
from shared.entering.tables import FORMULA, Cell, Row, Table, bounded, unreadable

DELIMITERS = ",;\t"
_SEP_LINE = re.compile(r"""\s*"?sep=([^"\r\n])"?[ \t]*(?:\r\n|\r|\n|$)""", re.IGNORECASE)
"""Excel's own way to say what separates the cells. Excel does not show the line, nor count it."""
_LETTERS = "AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXY"
_TONES = "\u0300\u0301\u0303\u0309\u0323"
VIETNAMESE = frozenset(
    unicodedata.normalize("NFC", letter + tone) for letter in _LETTERS + _LETTERS.lower() for tone in ("", *_TONES)
)
"""Every Vietnamese letter with every tone."""
_TCVN3_BYTES = frozenset((*range(0xA1, 0xAF), *range(0xB5, 0xFF)))
_TCVN3_D = 0xAE
"""The letter đ, which no Vietnamese text of some length does without; in Windows-1252 a ®."""
_MOST = 0.95
_UTF16_NULS_OF_ALL = 0.2

NOT_UTF_8 = Refusal(
    "wrong_encoding",
    "The file looks like {encoding}, not UTF-8. Open it in the program it comes from and save it as "
    "«CSV UTF-8 (Comma delimited)», or as XLSX.",
)
NEITHER = Refusal("neither_csv_nor_xlsx", "The file is neither CSV nor XLSX.")
BROKEN_QUOTES = Refusal("broken_quotes", "The CSV can't be read from row {row} on: a quotation mark is out of place.")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # begins like UTF-16, so it is looked for first
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def csv_table(content: bytes) -> Table:
    """Raises `Unreadable`."""
    text = _decoded(content)
    sep_line = _SEP_LINE.match(text)
    delimiter = sep_line.group(1) if sep_line else _delimiter(text)
    return Table(list(bounded(_rows_of(text, sep_line, delimiter))), separator=delimiter)


def _rows_of(text: str, sep_line: re.Match[str] | None, delimiter: str) -> Iterator[Row]:
    table = io.StringIO(text[sep_line.end() :] if sep_line else text, newline="")
    reader = csv.reader(table, delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield Row(number, list(map(_cell, cells)))
    except csv.Error as error:
        raise unreadable(BROKEN_QUOTES(row=number + 1)) from error


def _cell(text: str) -> Cell:
    text = text.strip()
    if text.startswith("="):
        return FORMULA()
    return text or None


def _delimiter(text: str) -> str:
    """The one that is more frequent in the header, quoted parts left out."""
    header = "".join(text.lstrip().partition("\n")[0].split('"')[::2])
    return max(DELIMITERS, key=header.count)


def _decoded(content: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            raise unreadable(NOT_UTF_8(encoding=encoding))
    if b"\0" in content:
        raise unreadable(NOT_UTF_8(encoding="UTF-16") if _looks_like_utf_16(content) else NEITHER())
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise unreadable(_other_encoding(content)) from error


def _looks_like_utf_16(content: bytes) -> bool:
    """Every second byte of plain letters is 0, and none of the others; in binary files they are anywhere."""
    few, many = sorted((content[::2].count(b"\0"), content[1::2].count(b"\0")))
    return few == 0 and many > len(content) * _UTF16_NULS_OF_ALL


def _other_encoding(content: bytes) -> Refused:
    """Which encoding the bytes look like: the most likely of those that Vietnamese files have."""
    if any(byte < ord(" ") and byte not in b"\t\r\n" for byte in content):
        return NEITHER()
    special = [byte for byte in content if byte >= 0x80]
    if _share_of_vietnamese(content) > _MOST:
        return NOT_UTF_8(encoding="Windows-1258")
    if _TCVN3_D in special and sum(byte in _TCVN3_BYTES for byte in special) > _MOST * len(special):
        return NOT_UTF_8(encoding="TCVN3 (ABC)")
    return NOT_UTF_8(encoding="Windows-1252")


def _share_of_vietnamese(content: bytes) -> float:
    """How much of what is not ASCII reads as Vietnamese letters in Windows-1258."""
    text = unicodedata.normalize("NFC", content.decode("cp1258", errors="replace"))
    special = [letter for letter in text if letter > "\x7f" and (letter.isalpha() or unicodedata.combining(letter))]
    return sum(letter in VIETNAMESE for letter in special) / len(special) if special else 0.0
