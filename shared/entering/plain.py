"""Vietnamese as offices type it, made comparable: without marks, in small letters, with single blanks."""

import re
import unicodedata

from shared.values.types import fold_diacritics

_DASHES = re.compile("[\u2010-\u2015\u2212]")


def plain(text: str) -> str:
    """`Thời gian\\nhoàn thành` → `thoi gian hoan thanh`; all dashes are hyphens."""
    composed = unicodedata.normalize("NFKC", _DASHES.sub("-", text))
    return " ".join(fold_diacritics(composed).casefold().split())


def words(text: str) -> str:
    """The same, letters and digits only: `Cơ quan/tập thể chủ trì` → `co quan tap the chu tri`."""
    return " ".join(re.findall(r"[a-z0-9%]+", plain(text)))
