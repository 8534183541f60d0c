"""`expenses`: what was guaranteed, advanced and spent for each task?"""

from shared.events.expense import ExpenseEstimated, ExpenseRevised, ExpenseSettled, MoneyAdvanced, SpendingRecorded
from shared.values.local_time import local_date
from shared.views.view import Document, Recorded, View, begun, by_id


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    if isinstance(event, ExpenseEstimated):
        return _opened(event, recorded)
    document = begun(document, recorded)
    entry = {**event.model_dump(mode="json"), "on": local_date(recorded.envelope.time).isoformat()}
    match event:
        case ExpenseRevised():
            sums = {name: entry[name] for name in ("amount_vnd", "guaranteed_vnd", "funding_source")}
            return {**document, **sums, "revised_because": event.reason}
        case MoneyAdvanced():
            advanced = document["advanced_vnd"] + event.amount_vnd
            return {**document, "advances": [*document["advances"], entry], "advanced_vnd": advanced}
        case SpendingRecorded():
            spent = document["spent_vnd"] + event.amount_vnd
            return {**document, "spending": [*document["spending"], entry], "spent_vnd": spent}
        case ExpenseSettled():
            settled = {
                "settled_on": entry["on"],
                "to_return_vnd": event.to_return_vnd,
                "still_due_vnd": event.still_due_vnd,
            }
            return {**document, **settled}
        case _:
            raise TypeError(f"the expenses view does not know {event!r}")


def _opened(event: ExpenseEstimated, recorded: Recorded) -> Document:
    return {
        "_id": recorded.envelope.subject,
        "unit": recorded.envelope.source,
        **event.model_dump(mode="json"),
        "revised_because": None,
        "advances": [],
        "advanced_vnd": 0,
        "spending": [],
        "spent_vnd": 0,
        "settled_on": None,
        "to_return_vnd": None,
        "still_due_vnd": None,
    }


EVENTS = (ExpenseEstimated, ExpenseRevised, MoneyAdvanced, SpendingRecorded, ExpenseSettled)
VIEW = View("expenses", EVENTS, by_id, fold)
