"""What a command has put on record, in the sentences that its history has."""

from services.tracker.projection.store import ViewStore
from shared.history.sentences import summary, with_summary
from shared.i18n import Language, render
from shared.unit.commands import Answer
from shared.values.message import Message

MOST_LOOKED_AT = 2000
"""Rows before the checkpoint: what is in the views by now has been written a moment ago."""
MOST_SAID = 10

SO_ALREADY = Message("so_already", "Nothing changes: it is so already.")
ON_RECORD = Message("on_record_of", "On record: {entity} {entity_id}.")
AND_MORE = Message("and_more", "… and {count} more.")


async def what_is_on_record(views: ViewStore, answer: Answer, lang: Language) -> list[str]:
    """A sentence for each event of an answer that is in the views; the first of very many."""
    if not answer.events:
        return [render(SO_ALREADY, lang)]
    end = (await views.checkpoint()).sequence
    rows = await views.audit_rows(max(1, end - MOST_LOOKED_AT), end)
    summaries = {row["event_id"]: with_summary(row).get("summary") for row in rows if "event_id" in row}
    lines = []
    for event in answer.events[:MOST_SAID]:
        earlier = ON_RECORD.filled(entity=event.entity, entity_id=event.entity_id)
        summary = summaries.get(str(event.id))
        lines.append(summary[lang] if summary else render(earlier, lang))
    if left := len(answer.events) - len(lines):
        lines.append(render(AND_MORE.filled(count=left), lang))
    return lines


def done(answer: Answer, actor: str, lang: Language) -> list[str]:
    """A sentence for each event, of what its answer says alone; whether it is in the views is not known."""
    events = answer.events[:MOST_SAID]
    lines = [summary(event.type, actor, event.entity_id, {})[lang] for event in events] or [render(SO_ALREADY, lang)]
    left = len(answer.events) - len(events)
    return lines + ([render(AND_MORE.filled(count=left), lang)] if left else [])
