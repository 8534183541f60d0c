"""`catalogue`: which items of work are published, and which unit has each?"""

from shared.events.catalogue_item import EVENTS, Item, ItemAssigned, ItemPublished, ItemRevised
from shared.views.view import Document, Recorded, View, begun, by_id


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    match event:
        case ItemPublished():
            published = event.model_dump(mode="json")
            item = published.pop("item")
            return {"_id": recorded.envelope.subject, **published, **item, "assigned_to": None, "directive_id": None}
        case ItemAssigned():
            return {**begun(document, recorded), "assigned_to": event.unit, "directive_id": event.directive_id}
        case ItemRevised():
            before = begun(document, recorded)
            beside = {name: value for name, value in before.items() if name not in Item.model_fields}
            return {**beside, **event.model_dump(mode="json")["item"]}
        case _:
            # Only what was withdrawn says so: the documents of all others stay as earlier versions wrote them.
            return {**begun(document, recorded), "withdrawn": True}


VIEW = View("catalogue", EVENTS, by_id, fold)
