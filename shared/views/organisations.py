"""`organisations`: which agencies, localities and bodies are there, which positions answer for work in each, who
holds them, and under which other names are they known?

Positions stand in the order in which they were added; the first answers for the continuing duties of a locality. What
nobody has said of an organisation is no field of its document.
"""

from shared.events import organisation as events
from shared.values.types import fold_diacritics
from shared.views.corrections import corrected_values, with_correction
from shared.views.view import Document, Recorded, Unfoldable, View, begun, by_id


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    if isinstance(event, events.OrganisationRegistered):
        registered = event.model_dump(mode="json")
        search = fold_diacritics(event.name.vi).lower()
        return {"_id": recorded.envelope.subject, **registered, "search": search, "positions": []}
    document = begun(document, recorded)
    fields = event.model_dump(mode="json")
    match event:
        case events.PositionAdded():
            return {**document, "positions": [*document["positions"], event.position]}
        case events.PositionRemoved():
            kept = [position for position in document["positions"] if position != event.position]
            return {**document, "positions": kept, **_without(document, "deputies", fields)}
        case events.PositionHeld():
            return {**document, **_in_place(document, "holders", fields)}
        case events.PositionVacated():
            return {**document, **_without(document, "holders", fields), **_left(document, fields)}
        case events.ActingAppointed():
            return {**document, **_in_place(document, "acting", fields), **_acted(document, fields)}
        case events.DeputyNamed():
            return {**document, **_in_place(document, "deputies", fields)}
        case events.DeputyDismissed():
            return {**document, **_without(document, "deputies", fields)}
        case events.NameMerged():
            return {**document, "aliases": [*_other_aliases(document, event.alias), fields]}
        case events.OrganisationCorrected():
            return _put_right(document, recorded)
        case events.HolderCorrected():
            return _holder_put_right(document, event, recorded)
        case events.PositionCorrected():
            return _position_put_right(document, event, recorded)
        case events.NameSeparated():
            return {**document, "aliases": _other_aliases(document, event.alias)}
    raise Unfoldable(recorded.envelope.type)


def _put_right(document: Document, recorded: Recorded) -> Document:
    after = corrected_values(recorded)
    if name := after.get("name"):
        after["search"] = fold_diacritics(name["vi"]).lower()
    return {**document, **after, **with_correction(document, recorded)}


def _position_put_right(document: Document, event: events.PositionCorrected, recorded: Recorded) -> Document:
    wrong, right = event.position, event.after.position or event.position

    def named(entry: Document) -> Document:
        return {
            name: right if name in ("position", "deputises_for") and value == wrong else value
            for name, value in entry.items()
        }

    positions = [right if position == wrong else position for position in document["positions"]]
    lists = ("holders", "acting", "former", "deputies", "aliases")
    entries = {name: [named(entry) for entry in document[name]] for name in lists if name in document}
    return {**document, "positions": positions, **entries, **with_correction(document, recorded)}


def _holder_put_right(document: Document, event: events.HolderCorrected, recorded: Recorded) -> Document:
    after = corrected_values(recorded)
    holders = [
        {**entry, **after} if entry["position"] == event.position else entry for entry in document.get("holders", ())
    ]
    return {**document, "holders": holders, **with_correction(document, recorded, position=event.position)}


def _others(document: Document, name: str, fields: Document) -> list[Document]:
    return [entry for entry in document.get(name, ()) if entry["position"] != fields["position"]]


def _in_place(document: Document, name: str, fields: Document) -> Document:
    """The entries under `name`, of which each position has one."""
    return {name: [*_others(document, name, fields), fields]}


def _without(document: Document, name: str, fields: Document) -> Document:
    return {name: _others(document, name, fields)} if name in document else {}


def _held(document: Document, name: str, fields: Document) -> Document | None:
    return next((entry for entry in document.get(name, ()) if entry["position"] == fields["position"]), None)


def _left(document: Document, fields: Document) -> Document:
    """Who held it from when to when, at the end of those who did before."""
    holder = _held(document, "holders", fields) or {}
    return {"former": [*document.get("former", ()), {**fields, "since": holder.get("since"), "acting": False}]}


def _acted(document: Document, fields: Document) -> Document:
    """Whoever acted before for another time is one of the former."""
    last = _held(document, "acting", fields)
    if last is None or last["since"] == fields["since"]:
        return {}
    former = {name: last[name] for name in ("position", "person", "since", "until")}
    return {"former": [*document.get("former", ()), {**former, "acting": True}]}


def _other_aliases(document: Document, alias: str) -> list[Document]:
    return [entry for entry in document.get("aliases", ()) if entry["alias"] != alias]


VIEW = View("organisations", events.EVENTS, by_id, fold)
