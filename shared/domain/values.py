"""Values that every unit speaks of. All are immutable and check themselves."""

import re
import unicodedata
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Unit(StrEnum):
    """The three support units of the sub-committee."""

    PROPAGANDA = "propaganda"
    LOGISTICS = "logistics"
    SECURITY = "security"


SUBCOMMITTEE = "subcommittee"
SERVICES = (SUBCOMMITTEE, *(unit.value for unit in Unit))
"""Every service that writes events, each to its own stream."""
AUDITOR = "auditor"
"""A unit for reading only: no service takes its commands."""


class Phase(StrEnum):
    """When work falls: before, during or after the congress."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Scenario(StrEnum):
    """The case a task is for: no epidemic, COVID-19 spreading widely, or both."""

    NONE = "none"
    OUTBREAK = "outbreak"
    BOTH = "both"


class DutyKind(StrEnum):
    """What every locality does before, during and after the congress."""

    DECORATION = "decoration"
    CEREMONY = "ceremony"
    SANITATION = "sanitation"
    EMULATION = "emulation"


class ClearanceKind(StrEnum):
    """What a clearance lets in, or lets be used."""

    PLACE = "place"
    PERSON = "person"
    VEHICLE = "vehicle"


class Case(StrEnum):
    """One of the two cases that every unit prepares for; one of them can be in force."""

    NONE = "none"
    OUTBREAK = "outbreak"


class Text(BaseModel):
    """A phrase in Vietnamese and, where there is one, in English."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    vi: str = Field(min_length=1, max_length=2000)
    en: str = Field(default="", max_length=2000)


ID_LENGTH = 80
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$"
"""Ids are subject tokens: no dots, blanks or wildcards (NATS subject rules)."""

EntityId = Annotated[str, Field(pattern=ID_PATTERN)]


Vnd = Annotated[int, Field(strict=True, ge=0, le=10**15)]
"""Money in Vietnamese đồng, which has no decimals."""

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Evidence(BaseModel):
    """A paper, photo or file that shows work was done: kept elsewhere, known here by its checksum."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: Phrase
    link: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]\S*$", max_length=2000)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f]{64}$", to_lower=True)]
    size_bytes: int = Field(strict=True, gt=0, le=10**15)


class Group(BaseModel):
    """A group of tasks in the catalogue of work: its number there and its name."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: int = Field(ge=1, le=99)
    name: Text


def fold_diacritics(text: str) -> str:
    """`text` without diacritics: NFD, marks stripped, đ→d and Đ→D (which NFD leaves alone); case is kept."""
    decomposed = unicodedata.normalize("NFD", text)
    stripped = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return stripped.replace("đ", "d").replace("Đ", "D")


def slug(text: str) -> str:
    """An ASCII id made from what people write: `03-KH/TB-BPTT` → `03-KH-TB-BPTT`, `1.03` → `1-03`."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", fold_diacritics(text)).strip("-")


_VIETNAM = timezone(timedelta(hours=7))
EARLIEST = datetime(2000, 1, 1, tzinfo=_VIETNAM)
"""The first instant that anything here can have happened at."""
LATEST = datetime(2200, 1, 1, tzinfo=_VIETNAM)
"""The first instant that is too late."""
