"""Symbols of official documents, in Party and in State form.

Party (Quy định 66-QĐ/TW, Hướng dẫn 36-HD/VPTW): `NN-KIND/ISSUER`, as in `76-KH/TU`.
State (Nghị định 30/2020/NĐ-CP): `N/KIND-ISSUER`, as in `39/KH-BPĐBANTT`; normative acts `N/YYYY/KIND-ISSUER`.
Both occur inside one body: both are accepted, and a symbol that fits neither is kept as written.
"""

import re
from enum import StrEnum
from typing import NamedTuple, Self

from shared.values.types import slug

MOST_DIGITS = 9
"""Digits of a document's number; the register of an office has six at most."""
_NUMBER = r"[0-9]{1,18}"
"""Whatever 64 bits can hold, for documents of earlier versions are read too."""
_KIND = r"[A-ZĐ][A-Za-zĐđ]{0,7}"
_ISSUER = r"[^\s/]+"
_PARTY = re.compile(rf"(?P<number>{_NUMBER})-(?P<kind>{_KIND})/(?P<issuer>{_ISSUER})")
_STATE = re.compile(rf"(?P<number>{_NUMBER})/(?:(?P<year>[0-9]{{4}})/)?(?P<kind>{_KIND})-(?P<issuer>{_ISSUER})")
_TERM = re.compile(r"(?P<symbol>.*\S)(?:\s*\((?P<term>\d{4}-\d{4})\)|_(?P<of_id>\d{4}-\d{4}))", re.ASCII)


class SymbolForm(StrEnum):
    PARTY = "party"
    STATE = "state"
    OTHER = "other"


class DocumentSymbol(NamedTuple):
    """A symbol taken apart; `text` is what was written, never changed."""

    text: str
    form: SymbolForm
    number: int | None = None
    kind: str = ""
    issuer: str = ""
    year: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Never refuses: what fits neither grammar has the form `OTHER` and no parts."""
        text = text.strip()
        for form, grammar in ((SymbolForm.PARTY, _PARTY), (SymbolForm.STATE, _STATE)):
            if match := grammar.fullmatch(text):
                part = match.groupdict()
                year = int(part["year"]) if part.get("year") else None
                return cls(text, form, int(part["number"]), part["kind"], part["issuer"], year)
        return cls(text, SymbolForm.OTHER)

    @property
    def entity_id(self) -> str:
        """The id under which the document is filed: `76-KH/TU` → `76-KH-TU`, but `76/KH-TU` → `76_KH-TU`, for
        the two may be different documents. Empty where the text holds no letter or digit."""
        text = self.text.replace("/", "_", 1) if self.form is SymbolForm.STATE else self.text
        return slug(text).strip("_-")


def leading_digits(text: str) -> int:
    """How many digits a symbol begins with, where they are its number."""
    number = re.match(r"\s*([0-9]+)\s*[-/]", text)
    return len(number[1]) if number else 0


class Citation(NamedTuple):
    """A document as others name it: a symbol, and the term in which it was numbered where that is said."""

    symbol: str
    term: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """`76-KH/TU (2020-2025)`, or the id `76-KH-TU_2020-2025`; what says no term is a symbol as it stands."""
        match = _TERM.fullmatch(text.strip())
        return cls(match["symbol"], match["term"] or match["of_id"]) if match else cls(text.strip())

    @property
    def file(self) -> str:
        """What documents of the same symbol have in common, however it is spelled: `76-KH-TU`."""
        return DocumentSymbol.parse(self.symbol).entity_id

    @property
    def entity_id(self) -> str:
        """The id under which the document is filed: `76-KH-TU_2020-2025`."""
        return f"{self.file}_{self.term}" if self.term else self.file
