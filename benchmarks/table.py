"""The rows as people read them: one table, how they grow with the history, and what was missed and why."""

from collections.abc import Sequence

from benchmarks.measure import Row
from benchmarks.past import AS_OF
from benchmarks.rebuilding import PEAK

HEADINGS = ("name", "events", "value", "unit", "floor", "ratio", "peer", "ratio", "aim", "", "on mongod", "its ratio")
FLAT = (AS_OF, PEAK)
FLAT_UPTO = 1.25
"""What is said to be flat may differ by so much between two histories of the same tasks."""
NOTES = """\
The history: a tenth as many tasks as events, at most 10,000; 300 of them are under way at a time.
Everything was measured on the same servers in one run, in turn; up to 100,000 events it is the median of three.
MongoDB is the embedded SecantusDB, which writes to the disk before it acknowledges. The last columns are the same on
a real mongod, with journalled majority writes, and its ratio to its own floor. Both ask who writes. The other ratios
are the value's to the floor, and to the peer.

- **Start**: the floor is a Python process that does nothing.
- **Commands**: the floor is a bare acknowledged publish of the same bytes to a stream with the same settings, with
  100 in flight an optimistic one. The peer is `eventsourcing` in its own process: load, change, save.
- **Live projection**: the floor is a bare pull of the same events and bulk writes of the same documents, as often as
  they were committed, without a transaction. The peers are a handler per message (decode, read, fold, replace,
  acknowledge) and the projection runner of `eventsourcing` (a row a task and a row an event, in PostgreSQL), both on
  a sample of the history.
- **Bulk read, decode, fold**: the floor is a bare pull. The peer selects and decodes from PostgreSQL, no fold.
- **Rebuild**: the floor is a bare bulk insert of the same final documents and audit rows. Peak memory is that of the
  process that rebuilds.
- **As of**: one event before each point of the history, where the next snapshot would stand: nearly as much as
  possible is folded.
- **Verify**: the floor reads the same events, audit rows and documents, the first 100,000 at most, and compares
  nothing.
- **Freshness**: from sending a command to its event being seen in the view, at 200 commands a second. Ours and the
  peer's view are looked at every 10 ms.
- **Pages**: of a unit's service with 54, 5,000 and 50,000 tasks, of six events each, asked one after the other on one
  connection. The floor is fifty tasks as JSON from the same views; of the first page and of memory it is a service
  with no task at all. The first load is the page with its style sheet, script and icons, not compressed.

What safety costs is measured with it and without it in turn; the floor is without. In brackets are the least and the
most that the ratio was in a part of the run. Of milliseconds it is a cost above 1, of events a second below 1.

- **Locks**: whoever comes to NATS shows who they are and may do what they need, against a server that lets anybody do
  anything. **TLS with locks**: the same, encrypted, against locks alone. **Flushed at once**: an event is on the disk
  before it is acknowledged, against within two minutes; both without locks.
  - *Connecting*: a process waits so long when it starts, or its server comes back. Over TLS 50 ms of it pass while
    the server waits whether the client begins with the handshake.
  - *Append*: a unit waits so long for each event that it stores; *appends*: so many it stores when it is busy.
  - *Reading the ledger*: an audit, a rebuild, or a tracker that was away reads at this speed.
  - *Command*: a member waits so long for the unit's answer; *commands*: so many it answers when many come at once.
- **Journalled**: a commit is in the journal before it is acknowledged, as daihoi has it, against one that a crash may
  take back: SecantusDB without `--sync-on-commit`, mongod with `w: 1, j: false`. **Passwords**: users with passwords,
  against a database that lets anybody do anything. **TLS to the database**: encrypted, against in plain; both without
  passwords.
  - *Connecting*: whoever begins to read or write the views waits so long for the first answer.
  - *One commit*: the views show an event so much later, where events come one by one.
  - *Bulk load*: a tracker that was away writes the views of so many events, apart from reading and folding them.
  - *Rebuild*: all views are made anew at this speed, with reading, folding and comparing.
"""


def markdown(rows: Sequence[Row], machine: str, missing: str) -> str:
    parts = ["# Benchmarks", machine, table(rows), grown(rows), misses(rows), missing, NOTES]
    return "\n\n".join(part for part in parts if part).rstrip() + "\n"


def table(rows: Sequence[Row]) -> str:
    return _lines(HEADINGS, [_cells(row) for row in rows])


def _cells(row: Row) -> tuple[str, ...]:
    aims = "; ".join(aim.told(row.unit) for aim in row.aims)
    hits = "; ".join({True: "hit", False: "**missed**", None: "not measured"}[aim.met_by(row)] for aim in row.aims)
    ratios = (_ratio(row.ratio_to_floor, row.spread), _number(row.ratio_to_peer))
    floor, peer = _number(row.floor), _number(row.peer)
    on_mongod = (_number(row.on_mongod), _ratio(row.ratio_on_mongod, row.mongod_spread))
    ours = (row.name, f"{row.events:,}", _number(row.value), row.unit, floor, ratios[0])
    return (*ours, peer, ratios[1], aims, hits, *on_mongod)


def grown(rows: Sequence[Row]) -> str:
    """The rows that were measured on several histories, side by side."""
    sizes = sorted({row.events for row in rows if _sizes(rows, row.name) > 1})
    if len(sizes) < 2:
        return ""
    by_place = {(row.name, row.events): row for row in rows}
    lines = []
    for name in dict.fromkeys(row.name for row in rows if _sizes(rows, row.name) > 1):
        found = [by_place.get((name, size)) for size in sizes]
        values = tuple(_number(row.value) if row else "" for row in found)
        lines.append((name, *values, _flatness(name, found)))
    headings = ("growth, events", *(f"{size:,}" for size in sizes), "flat")
    return _lines(headings, lines)


def _sizes(rows: Sequence[Row], name: str) -> int:
    return len({row.events for row in rows if row.name == name})


def _flatness(name: str, found: Sequence[Row | None]) -> str:
    """Only the last two histories have equally many tasks, from 100,000 events on."""
    if not name.startswith(FLAT):
        return ""
    *_, before, last = found
    if before is None or last is None or before.events < SAME_TASKS_FROM:
        return "needs `make bench FULL=1`"
    ratio = last.value / before.value
    return f"{ratio:.2f} ×, {'hit' if ratio <= FLAT_UPTO else '**missed**'}"


SAME_TASKS_FROM = 100_000


def misses(rows: Sequence[Row]) -> str:
    missed = [row for row in rows if row.missed]
    if not missed:
        return ""
    lines = [f"- {row.name}, {row.events:,} events: {row.missed_because}" for row in missed]
    return "\n".join(["Missed, and why:", "", *lines])


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.2f}"


def _ratio(ratio: float | None, spread: tuple[float, float] | None) -> str:
    around = f" ({_number(spread[0])}–{_number(spread[1])})" if spread else ""
    return _number(ratio) + around


def _lines(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    ruled = [headings, ["---"] * len(headings), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in ruled)
