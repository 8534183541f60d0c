"""What is said of a file: its name, and what kind of file it is by its first bytes."""

import codecs
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

HEAD_BYTES = 512
"""As many of the first bytes as `media_type` looks at."""
UNKNOWN = "application/octet-stream"
_BY_BEGINNING = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"ID3", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x1f\x8b", "application/gzip"),
    (b"{\\rtf", "application/rtf"),
)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IN_A_ZIP = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_IN_OLE = {
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".msg": "application/vnd.ms-outlook",
}
_IN_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BY_BRAND = {b"heic": "image/heic", b"mif1": "image/heif", b"avif": "image/avif", b"qt  ": "video/quicktime"}
_OF_TEXT = {".csv": "text/csv", ".md": "text/markdown"}


def _named(name: str) -> str:
    if "/" in name or "\\" in name:
        raise PydanticCustomError("no_file_name", "no name of a file: it has a slash")
    return name


FileName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255), AfterValidator(_named)
]
"""The file's own, without its folder."""


def media_type(head: bytes, name: str) -> str:
    """The media type, by the first `HEAD_BYTES` of the content. The name says only which one it is where several
    begin alike: what is called `.pdf` and is none is never said to be one."""
    suffix = PurePosixPath(name).suffix.lower()
    if head.startswith(_ZIP):
        return _IN_A_ZIP.get(suffix, "application/zip")
    if head.startswith(_OLE):
        return _IN_OLE.get(suffix, "application/x-ole-storage")
    if head.startswith(b"RIFF"):
        return _IN_RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _BY_BRAND.get(head[8:12], "video/mp4")
    by_beginning = next((kind for beginning, kind in _BY_BEGINNING if head.startswith(beginning)), None)
    return by_beginning or (_OF_TEXT.get(suffix, "text/plain") if _is_text(head) else UNKNOWN)


def _is_text(head: bytes) -> bool:
    """The last letter may be cut in two."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return b"\x00" not in head
