"""`expenses`: what was guaranteed, advanced and spent for each task?"""

from shared.events import expense
from shared.values.local_time import local_date
from shared.views.corrections import corrected_values, with_correction
from shared.views.view import Document, Recorded, Unfoldable, View, begun, by_id


def fold(document: Document | None, recorded: Recorded) -> Document:
    event = recorded.event
    if isinstance(event, expense.ExpenseEstimated):
        return _opened(event, recorded)
    document = begun(document, recorded)
    entry = {**event.model_dump(mode="json"), "on": local_date(recorded.envelope.time).isoformat()}
    match event:
        case expense.ExpenseRevised():
            sums = {name: entry[name] for name in ("amount_vnd", "guaranteed_vnd", "funding_source")}
            return {**document, **sums, "revised_because": event.reason}
        case expense.MoneyAdvanced():
            advanced = document["advanced_vnd"] + event.amount_vnd
            return {**document, "advances": [*document["advances"], entry], "advanced_vnd": advanced}
        case expense.SpendingRecorded():
            spent = document["spent_vnd"] + event.amount_vnd
            return {**document, "spending": [*document["spending"], entry], "spent_vnd": spent}
        case expense.EstimateCorrected():
            return {**document, **corrected_values(recorded), **with_correction(document, recorded)}
        case expense.AdvanceCorrected():
            return _put_right(document, "advances", "advance_id", event.advance_id, recorded)
        case expense.SpendingCorrected():
            return _put_right(document, "spending", "spending_id", event.spending_id, recorded)
        case expense.ExpenseSettled():
            settled = {"to_return_vnd": event.to_return_vnd, "still_due_vnd": event.still_due_vnd}
            return {**document, "settled_on": entry["on"], **settled}
    raise Unfoldable(recorded.envelope.type)


def _put_right(document: Document, name: str, key: str, entry_id: str, recorded: Recorded) -> Document:
    """The entry as it is corrected, and the sum of all; one that is not there stays unknown."""
    after = corrected_values(recorded)
    entries = [{**entry, **after} if entry[key] == entry_id else entry for entry in document[name]]
    total = "advanced_vnd" if name == "advances" else "spent_vnd"
    summed = {name: entries, total: sum(entry["amount_vnd"] for entry in entries)}
    return {**document, **summed, **with_correction(document, recorded, **{key: entry_id})}


def _opened(event: expense.ExpenseEstimated, recorded: Recorded) -> Document:
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


VIEW = View("expenses", expense.EVENTS, by_id, fold)
