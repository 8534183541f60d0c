"""The projector that most people would write: one message at a time, decode, read, fold, replace, acknowledge."""

from collections import defaultdict

from nats.js.api import ConsumerConfig

from benchmarks.place import Recorded
from shared.eventstore.direct import Stored
from shared.eventstore.names import ledger_stream
from shared.history.audit_rows import applied_row, changes_between
from shared.history.decoding import VIEWS_OF, decode_event
from shared.views.view import Document
from shared.views.view import Recorded as RecordedEvent

PATIENCE_S = 600
"""A message may wait that long for its turn behind those delivered before, else it would come a second time."""


async def handle_one_by_one(recorded: Recorded, events: int, number: int) -> None:
    """The first `events` of the ledger into views of their own, with the same documents and audit rows as ours."""
    stream = ledger_stream(recorded.congress)
    jetstream = recorded.place.connection.jetstream()
    config = ConsumerConfig(durable_name=f"handler-{number}", ack_wait=PATIENCE_S)
    messages = await jetstream.subscribe("", stream=stream, config=config, manual_ack=True)
    database = recorded.beside(f"handler-{number}")
    for _ in range(events):
        message = await messages.next_msg(timeout=PATIENCE_S)
        about = message.metadata
        source = (message.headers or {})["Nats-Stream-Source"]
        event = decode_event(Stored(about.sequence.stream, message.subject, about.timestamp, message.data, source))
        assert isinstance(event, RecordedEvent)
        changes: list[Document] = []
        changed: dict[str, dict[str, Document]] = defaultdict(dict)
        for view in VIEWS_OF[event.envelope.type]:
            for key in view.route(event):
                before = await database[view.name].find_one({"_id": key})
                changed[view.name][key] = after = view.fold(before, event)
                changes += changes_between(view.name, key, before, after)
        for view_name, documents in changed.items():
            for key, after in documents.items():
                await database[view_name].replace_one({"_id": key}, after, upsert=True)
        await database["audit"].replace_one({"_id": event.sequence}, applied_row(event, changes), upsert=True)
        await message.ack()
    await messages.unsubscribe()
    await jetstream.delete_consumer(stream, f"handler-{number}")
