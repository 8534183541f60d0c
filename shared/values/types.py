"""Values that every unit speaks of. All are immutable and check themselves."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from shared.values.units import UNIT_PATTERN


class Phase(StrEnum):
    """When work falls: before, during or after the congress."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class ClearanceKind(StrEnum):
    """What a clearance lets in, or lets be used."""

    PLACE = "place"
    PERSON = "person"
    VEHICLE = "vehicle"


TEXT_LENGTH = 2000


class Text(BaseModel):
    """A phrase in Vietnamese and, where there is one, in English."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    vi: str = Field(min_length=1, max_length=TEXT_LENGTH)
    en: str = Field(default="", max_length=TEXT_LENGTH)


ID_LENGTH = 80
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$"
"""Ids are subject tokens: no dots, blanks or wildcards (NATS subject rules)."""

EntityId = Annotated[str, Field(pattern=ID_PATTERN)]
Unit = Annotated[str, Field(pattern=UNIT_PATTERN)]
"""The id of a support unit. Whether it takes part in the congress is decided with the list of its units."""


MAX_SEQUENCE = 2**63 - 1
Place = Annotated[int, Field(strict=True, ge=1, le=MAX_SEQUENCE)]
"""A sequence in a stream."""

Vnd = Annotated[int, Field(strict=True, ge=0, le=10**15)]
"""Money in Vietnamese đồng, which has no decimals."""

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_LENGTH)]

Brief = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""A shorter phrase, for lists that grow: all of them have to fit into one document."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""Who or what it is, in a list that grows."""
TotalVnd = Annotated[int, Field(strict=True, ge=0, le=2**63 - 1)]
"""A sum of a few thousand amounts in đồng: it stays within 64 bits."""


Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f]{64}$", to_lower=True)]
HASH_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
Bytes = Annotated[int, Field(strict=True, gt=0, le=10**15)]
"""The size of a file that holds something."""
MediaType = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9][a-z0-9.+-]{0,99}$", max_length=120)]
"""What kind of file it is, as `application/pdf`."""


def something(sha256: str) -> str:
    """Raises a validation error for the checksum of an empty file, which shows nothing."""
    if sha256 == HASH_OF_NOTHING:
        raise PydanticCustomError("hash_of_nothing", "the checksum of an empty file")
    return sha256


class Evidence(BaseModel):
    """A paper, photo or file that shows work was done, known by its checksum. It is kept by the unit that shows it,
    or elsewhere, where the link leads. What is not said of it is not stored."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: Phrase
    link: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]\S*$", max_length=2000)] | None = Field(
        default=None, exclude_if=lambda link: link is None
    )
    sha256: Sha256
    size_bytes: Bytes
    media_type: MediaType | None = Field(default=None, exclude_if=lambda media_type: media_type is None)
    kept: bool = Field(default=False, exclude_if=lambda kept: not kept)


def _in_brief(evidence: Evidence) -> Evidence:
    for name, most in (("title", 500), ("link", 1000)):
        if len(getattr(evidence, name) or "") > most:
            params = {"name": name, "most": most}
            raise PydanticCustomError("evidence_too_long", "its {name} has more than {most} characters", params)
    if evidence.link is None and not evidence.kept:
        raise PydanticCustomError("evidence_nowhere", "neither kept by the unit nor with a link to where it is kept")
    something(evidence.sha256)
    return evidence


BriefEvidence = Annotated[Evidence, AfterValidator(_in_brief)]
"""Evidence that a command may name; earlier versions stored longer titles and links."""


class Group(BaseModel):
    """A group of tasks in the catalogue of work: its number there and its name."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: int = Field(ge=1, le=99)
    name: Text


VIETNAM = timezone(timedelta(hours=7))
"""Local time, which has been UTC+7 all the year round since 1975."""
EARLIEST = datetime(2000, 1, 1, tzinfo=VIETNAM)
"""The first instant that a command may name."""
LATEST = datetime(2200, 1, 1, tzinfo=VIETNAM)
"""The first instant that is too late for a command."""
FIRST_DAY = EARLIEST.date()
LAST_DAY = date(2199, 12, 31)
_NO_INSTANT = PydanticCustomError("no_instant", "no date and time with a zone, such as 2020-08-13T09:00:00+07:00")
_CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
_ZONE = r"(Z|[+-][0-9]{2}:?[0-5][0-9](:[0-5][0-9])?)"
_WRITTEN_INSTANT = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{_CLOCK}{_ZONE}")


def check_instant(moment: datetime) -> datetime:
    """`moment`, which has a zone. Raises a validation error outside `EARLIEST` … `LATEST`, which leave room at both
    ends of the calendar: an instant there can still be written in any zone."""
    if not EARLIEST <= moment < LATEST:
        raise PydanticCustomError(
            "instant_out_of_range",
            "no time from {first} to {last}, local time",
            {"first": f"{FIRST_DAY}", "last": f"{LAST_DAY}"},
        )
    return moment


def _read(moment: object) -> datetime:
    """Time as text, never as a number. The offset of a zone may have seconds, as Vietnam's had until 1911."""
    if isinstance(moment, datetime):
        return moment
    if not isinstance(moment, str) or not _WRITTEN_INSTANT.fullmatch(moment):
        raise _NO_INSTANT
    try:
        instant = datetime.fromisoformat(moment)
    except ValueError as error:
        raise _NO_INSTANT from error
    has_whole_minutes = not (instant.utcoffset() or timedelta()) % timedelta(minutes=1)
    return instant if has_whole_minutes else check_instant(instant).astimezone(UTC)  # JSON has no other offsets


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_read),
    AfterValidator(check_instant),
    Field(json_schema_extra={"formatMinimum": EARLIEST.isoformat(), "formatExclusiveMaximum": LATEST.isoformat()}),
]
"""A time that a command may name, with its zone."""
Day = Annotated[
    date,
    Field(
        ge=FIRST_DAY,
        le=LAST_DAY,
        json_schema_extra={"formatMinimum": FIRST_DAY.isoformat(), "formatMaximum": LAST_DAY.isoformat()},
    ),
]
"""A day that a command may name, in the calendar of local time."""


def fold_diacritics(text: str) -> str:
    """`text` without diacritics: NFD, marks stripped, đ→d and Đ→D (which NFD leaves alone); case is kept."""
    decomposed = unicodedata.normalize("NFD", text)
    stripped = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return stripped.replace("đ", "d").replace("Đ", "D")


def slug(text: str) -> str:
    """An ASCII id made from what people write: `03-KH/TB-BPTT` → `03-KH-TB-BPTT`, `1.03` → `1-03`."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", fold_diacritics(text)).strip("-")
