"""The positions of the register and who holds each on a day: the holder, who acts for a time, and whom the work comes
to where nobody else does it: a deputy."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from shared.reports.order import in_order_of_id
from shared.reports.searching import has_words, words_of
from shared.views.view import Document


class Holding(BaseModel):
    """`until` is the last day; `contact` is where notices go, as this reader may see it."""

    person: str
    since: date | None
    until: date | None = None
    person_id: str | None = None
    contact: str | None = None
    exclusive: bool = False
    acting: bool = False


class PositionLine(BaseModel):
    """`in_charge` is who does the work on the day: whoever acts, else the holder, else a deputy's holder. `former`
    are those before, the last one last."""

    organisation_id: str
    organisation_vi: str
    organisation_en: str
    position: str
    holder: Holding | None
    acting: Holding | None
    in_charge: Holding | None
    deputises_for: str | None
    deputies: list[str]
    former: list[Holding]


def positions_of(
    organisations: Iterable[Document], day: date, *, organisation: str = "", text: str = ""
) -> list[PositionLine]:
    """The positions of every organisation, or of one by its id, in the order of the register: those with the words of
    `text`."""
    words = words_of(text)
    lines = [
        _line(document, position, day)
        for document in in_order_of_id(organisations)
        for position in document["positions"]
        if not organisation or document["_id"] == organisation
    ]
    return [line for line in lines if has_words(words, "", _searched(line))]


def _searched(line: PositionLine) -> Sequence[str | None]:
    people = [holding.person for holding in (line.holder, line.acting) if holding]
    return (line.organisation_id, line.organisation_vi, line.organisation_en, line.position, *people)


def _line(document: Document, position: str, day: date) -> PositionLine:
    deputies = {entry["position"]: entry["deputises_for"] for entry in document.get("deputies", ())}
    below = [deputy for deputy, above in deputies.items() if above == position]
    holder, acting = held_on(document, position, day), acting_on(document, position, day)
    held_by_deputies = (acting_on(document, deputy, day) or held_on(document, deputy, day) for deputy in below)
    return PositionLine(
        organisation_id=document["_id"],
        organisation_vi=document["name"]["vi"],
        organisation_en=document["name"].get("en", ""),
        position=position,
        holder=holder,
        acting=acting,
        in_charge=acting or holder or next(filter(None, held_by_deputies), None),
        deputises_for=deputies.get(position),
        deputies=below,
        former=[
            held for held in _holdings(document, "former", position) if held.until is not None and held.until < day
        ],
    )


def held_on(document: Document, position: str, day: date) -> Holding | None:
    """On the day of a handover the successor holds it."""
    held = [*(held for held in _holdings(document, "former", position) if not held.acting),
            *_holdings(document, "holders", position)]  # fmt: skip
    return _latest(held, day)


def acting_on(document: Document, position: str, day: date) -> Holding | None:
    acted = [held for held in _holdings(document, "former", position) if held.acting]
    return _latest([*acted, *_holdings(document, "acting", position, acting=True)], day)


def _latest(held: Sequence[Holding], day: date) -> Holding | None:
    on_the_day = [one for one in held if (one.since or day) <= day <= (one.until or day)]
    return on_the_day[-1] if on_the_day else None


def _holdings(document: Document, name: str, position: str, **also: Any) -> list[Holding]:
    entries = (entry for entry in document.get(name, ()) if entry["position"] == position)
    return [Holding(**{field: entry[field] for field in Holding.model_fields.keys() & entry.keys()} | also)
            for entry in entries]  # fmt: skip
