"""The parking lot, drawn: a table of what is parked, one event in full, and what a retry came to."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from daihoi.terminal.labels import table_of
from services.tracker.history.repair import Retried
from shared.history.parked_rows import BEHIND
from shared.i18n import Language, format_minute, render, translate
from shared.reports.parked import RETRY_OR_DISCARD, WHAT_TO_DO, ParkedEvent, entity_of, why


def parked_table(events: Sequence[ParkedEvent], lang: Language) -> Table:
    headings = ("Ledger event", "Entity", "Type", "Reason", "Since", "Waiting behind it")
    table = table_of(f"{translate('Parked events', lang)}: {len(events)}", lang, *headings)
    for event in events:
        reason, since = render(why(event.reason), lang), format_minute(event.since or "")
        table.add_row(str(event.sequence), event.entity, event.type or "", reason, since, str(event.waiting))
    return table


def parked_lines(event: dict[str, Any], lang: Language) -> list[str]:
    reason, origin = event["reason"], event["origin"]
    advice = WHAT_TO_DO.get(reason, RETRY_OR_DISCARD)
    facts = {
        "Ledger event": event["sequence"],
        "Entity": event["entity"],
        "Type": event["type"] or "",
        "Stored in": f"{origin['stream']} {origin['sequence']}",
        "Since": format_minute(event["since"] or ""),
        "Reason": _why(reason, lang),
        "Detail": event["detail"],
        "Waiting behind it": ", ".join(map(str, event["waiting"])) or "0",
        "Body": event["body"],
        "What to do": render(advice.filled(sequence=event["sequence"], waits_for=event["waits_for"]), lang),
    }
    return [f"{translate(label, lang)}: {value}" for label, value in facts.items()]


def retried_lines(done: Retried, lang: Language) -> list[str]:
    lines = [
        translate(
            "Tried again at ledger event {sequence}: {taken_in} taken in, {still} still parked.",
            lang,
            sequence=done.sequence,
            taken_in=len(done.taken_in),
            still=len(done.still_parked),
        )
    ]
    if done.came_back:
        came_back = ", ".join(map(str, done.came_back))
        lines.append(
            translate("Discarded before, readable today and taken in: {came_back}.", lang, came_back=came_back)
        )
    return lines + [
        f"{document['_id']:>6}  {entity_of(document['subject'])}: {_why(document['reason'], lang)}"
        for document in done.still_parked
        if document["reason"] != BEHIND
    ]


def _why(reason: str, lang: Language) -> str:
    return f"{render(why(reason), lang)} ({reason})"
