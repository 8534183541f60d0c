"""The parking lot, drawn: a table of what is parked, one event in full, and what a retry came to."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from services.tracker.history.repair import Retried
from services.tracker.projection.parking import BEHIND
from services.tracker.reports.parked import RETRY_OR_DISCARD, WHAT_TO_DO, ParkedEvent, entity_of, why
from shared.i18n import Language, format_minute, render, translate


def parked_table(events: Sequence[ParkedEvent], lang: Language) -> Table:
    table = Table(title=f"{translate('Parked events', lang)}: {len(events)}", title_justify="left")
    for heading in ("Ledger event", "Entity", "Type", "Reason", "Since", "Waiting behind it"):
        table.add_column(translate(heading, lang), overflow="fold")
    for event in events:
        reason = render(why(event.reason), lang)
        told = (event.entity, event.type or "", reason, _local(event.since), str(event.waiting))
        table.add_row(str(event.sequence), *told)
    return table


def parked_lines(told: dict[str, Any], lang: Language) -> list[str]:
    reason, origin = told["reason"], told["origin"]
    advice = WHAT_TO_DO.get(reason, RETRY_OR_DISCARD)
    facts = {
        "Ledger event": told["sequence"],
        "Entity": told["entity"],
        "Type": told["type"] or "",
        "Stored in": f"{origin['stream']} {origin['sequence']}",
        "Since": _local(told["since"]),
        "Reason": _why(reason, lang),
        "Detail": told["detail"],
        "Waiting behind it": ", ".join(map(str, told["waiting"])) or "0",
        "Body": told["body"],
        "What to do": render(advice.filled(sequence=told["sequence"], waits_for=told["waits_for"]), lang),
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
        said = translate("Discarded before, readable today and taken in: {came_back}.", lang, came_back=came_back)
        lines.append(said)
    return lines + [
        f"{document['_id']:>6}  {entity_of(document['subject'])}: {_why(document['reason'], lang)}"
        for document in done.still_parked
        if document["reason"] != BEHIND
    ]


def _why(reason: str, lang: Language) -> str:
    return f"{render(why(reason), lang)} ({reason})"


def _local(moment: str | None) -> str:
    return format_minute(moment) if moment else ""
