"""What a file would change on the register of organisations: told first, each as it is and as it would be, then cut
into commands. What the register says already is left out, and what the file does not list stays. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from services.subcommittee.holding import (
    ALREADY_HELD,
    DEPUTIES_FULL,
    ITS_OWN_DEPUTY,
    MOST_DEPUTIES,
    OF_ITSELF,
    chain_above,
)
from services.subcommittee.importing.packing import packed
from services.subcommittee.importing.register import Line, Listed
from services.subcommittee.importing.register_lines import united
from services.subcommittee.organisation import MOST_OF_AN_ENTRY, MOST_POSITIONS, POSITIONS_FULL
from shared.domain.decider import EVENTS_AT_ONCE, Refusal, Refused
from shared.domain.paper import same
from shared.entering.tables import Wrong, quoted
from shared.events.organisation import OrganisationKind
from shared.reports.names import Register
from shared.values.types import ID_LENGTH, slug

MOST_ENTRIES = 200
"""Of one command."""

NO_KIND = Refusal(
    "no_kind_said",
    "Nothing says what kind of organisation it is: add a column «Loại», or name one for all with --kind: {kinds}.",
)
OTHER_KIND = Refusal("organisation_of_another_kind", "«{organisation}» is on the register with another kind.")
OTHER_NAME = Refusal(
    "organisation_of_another_name", "The id {organisation_id} is that of «{name}» on the register, not of «{given}»."
)
OTHER_ID = Refusal(
    "organisation_under_another_id", "«{organisation}» is on the register under the id {organisation_id}."
)
ID_TWICE = Refusal("organisation_id_twice", "The id {organisation_id} stands in row {row} too, for «{name}».")
NO_SINCE = Refusal(
    "no_since_said",
    "Nothing says since when the position is held; write the day, or name one for all with --since.",
)
OLDER_FILE = Refusal(
    "file_before_handover",
    "{person} has held «{position}» since {since}, later than {until} in the file, which is from before the "
    "handover: write who holds it now, or leave the person and the day empty.",
)
NO_SUCH_ABOVE = Refusal("no_such_position_above", "«{organisation}» has no position «{position}» to deputise for.")


class ChangedRow(NamedTuple):
    """One organisation or position that is new or changes: of each field, what stands there and what would."""

    is_new: bool
    organisation: str
    position: str
    fields: Mapping[str, tuple[Any, Any]]


class RegisterChange(NamedTuple):
    """Everything an import would do; `refused` is what forbids it. `not_listed` counts positions that stay as they
    are, for the file does not have them."""

    entries: Sequence[dict[str, Any]]
    rows: Sequence[ChangedRow]
    unchanged: int
    not_listed: int
    refused: Sequence[Wrong]

    @property
    def changes_nothing(self) -> bool:
        return not self.entries


def compare(
    listed: Listed, organisations: Sequence[Mapping[str, Any]], kind: str = "", since: date | None = None
) -> RegisterChange:
    """`organisations` are documents of the view. Where the file does not say it, `kind` is that of new ones, and
    `since` the day from which somebody newly holds a position."""
    comparing = _Comparing(listed, organisations, kind, since)
    by_office: dict[str, list[Line]] = {}
    for line in listed.lines:
        by_office.setdefault(comparing.key_of(line), []).append(line)
    offices = [comparing.office(lines) for lines in by_office.values()]
    return RegisterChange(
        entries=[entry for office in offices for entry in office.entries()],
        rows=[row for office in offices for row in office.rows],
        unchanged=sum(office.unchanged for office in offices),
        not_listed=sum(office.not_listed for office in offices),
        refused=sorted(comparing.wrong, key=attrgetter("row")),
    )


def commands(change: RegisterChange, max_bytes: int) -> list[dict[str, Any]]:
    """The data of `register-organisations` commands that bring it about, always the same for the same change."""
    weighed = ((None, entry, _events_of(entry)) for entry in change.entries)
    batches = packed(weighed, EVENTS_AT_ONCE, {"entries": []}, max_bytes)
    return [{"entries": [entry for _, entry in batch[at : at + MOST_ENTRIES]]}
            for batch in batches for at in range(0, len(batch), MOST_ENTRIES)]  # fmt: skip


def _events_of(entry: Mapping[str, Any]) -> int:
    """How many events an entry makes at most: a handover is two."""
    return 1 + len(entry["positions"]) + 2 * len(entry["holders"]) + len(entry["deputies"])


class _Comparing:
    def __init__(
        self, listed: Listed, organisations: Sequence[Mapping[str, Any]], kind: str, since: date | None
    ) -> None:
        self._listed, self._kind, self.since = listed, kind, since
        self.register = Register([dict(document) for document in organisations])
        self.documents = {document["_id"]: document for document in organisations}
        self._ids = {*self.documents, *(line.organisation_id for line in listed.lines)}
        self._named: dict[str, Line] = {}
        self.wrong: list[Wrong] = []

    def key_of(self, line: Line) -> str:
        """The same for all names of one organisation."""
        known = self.register.office(line.organisation)
        return known.name if known else same(line.organisation)

    def office(self, lines: Sequence[Line]) -> "_Office":
        first = lines[0]
        fields = {name: next(filter(None, (getattr(line, name) for line in lines)), "") for name in _OF_AN_OFFICE}
        known = self.register.office(first.organisation)
        document = self.documents.get(known.id if known else fields["organisation_id"])
        if known and fields["organisation_id"] not in ("", known.id):
            shown = {"organisation": quoted(known.name), "organisation_id": known.id}
            self.note(first, "organisation_id", OTHER_ID(**shown))
        if document and not self._is_of(document, first.organisation):
            name = document["name"]["vi"]
            why = OTHER_NAME(organisation_id=document["_id"], name=quoted(name), given=quoted(first.organisation))
            self.note(first, "organisation_id", why)
        if document and fields["kind"] and fields["kind"] != document["kind"]:
            self.note(first, "kind", OTHER_KIND(organisation=quoted(document["name"]["vi"])))
        if document is None:
            document = self._new(first, fields)
        office = _Office(self, document, is_new=document["_id"] not in self.documents)
        self._check_only_one_has(document["_id"], lines)
        for line in united(lines, office.key_of, self.note):
            office.take(line)
        return office

    def _check_only_one_has(self, id_: str, lines: Sequence[Line]) -> None:
        """Where one that is on the register has it, that is told already."""
        saying = next((line for line in lines if line.organisation_id), lines[0])
        other = self._named.setdefault(id_, saying)
        if other is not saying and id_ not in self.documents:
            shown = {"organisation_id": id_, "row": other.row, "name": quoted(other.organisation)}
            self.note(saying, "organisation_id", ID_TWICE(**shown))

    def _is_of(self, document: Mapping[str, Any], name: str) -> bool:
        known = self.register.office(name)
        return known is not None and known.id == document["_id"]

    def _new(self, line: Line, fields: Mapping[str, str]) -> Mapping[str, Any]:
        kind = fields["kind"] or self._kind
        if not kind:
            kinds = ", ".join(OrganisationKind)
            self.note(line, "kind", NO_KIND(kinds=kinds))
        id_ = fields["organisation_id"] or self._free_id(line.organisation)
        self._ids.add(id_)
        name = {"vi": line.organisation, "en": fields["organisation_en"]}
        return {"_id": id_, "kind": kind, "name": name, "positions": []}

    def _free_id(self, name: str) -> str:
        """The name as an id, and where another organisation has that, with a number."""
        slugged = slug(name).lower()[: ID_LENGTH - 4].strip("-_") or "co-quan"
        numbered = (f"{slugged}-{number}" for number in range(2, 1000))
        return slugged if slugged not in self._ids else next(id_ for id_ in numbered if id_ not in self._ids)

    def lines_of(self, organisation: str) -> list[Line]:
        """The lines that have a position."""
        keys = (organisation, same(organisation))
        return [line for line in self._listed.lines if line.position and self.key_of(line) in keys]

    def note(self, line: Line, field: str, why: Any) -> None:
        self.wrong.append(Wrong(line.row, quoted(self._listed.headings.get(field, "")), why))


_OF_AN_OFFICE = ("organisation_id", "organisation_en", "kind")


class _Office:
    """One organisation on its way to what changes in it."""

    def __init__(self, comparing: _Comparing, document: Mapping[str, Any], *, is_new: bool) -> None:
        self._comparing, self._document, self._is_new = comparing, document, is_new
        self._name = document["name"]["vi"]
        self._stored = {same(position): position for position in document["positions"]}
        self._holders = {holder["position"]: holder for holder in document.get("holders", ())}
        self._deputies = {deputy["position"]: deputy["deputises_for"] for deputy in document.get("deputies", ())}
        self._positions: dict[str, str] = {}
        self._held: list[dict[str, Any]] = []
        self._named: list[dict[str, Any]] = []
        self._listed: set[str] = set()
        self.rows = [ChangedRow(True, self._name, "", {"kind": (None, document["kind"])})] if is_new else []
        self.unchanged = 0

    @property
    def not_listed(self) -> int:
        return len(self._stored.keys() - self._listed)

    def key_of(self, position: str) -> str:
        """The same for all names of one position."""
        return same(self._on_register(position))

    def _on_register(self, position: str) -> str:
        post = self._comparing.register.post(position, self._name)
        return post.position if post and post.office.id == self._document["_id"] else position

    def take(self, line: Line) -> None:
        if not line.position:
            self.unchanged += not self._is_new
            return
        position, is_new = self._position(line)
        changes = {**self._holding(line, position), **self._deputising(line, position)}
        if is_new or changes:
            row = ChangedRow(is_new, self._name, position, changes)
            self.rows += [row] if row not in self.rows else []
        else:
            self.unchanged += 1

    def entries(self) -> Iterator[dict[str, Any]]:
        """One, or several where it is long; none where nothing changes."""
        lists: dict[str, list[Any]] = {
            "positions": [*self._positions.values()],
            "holders": self._held,
            "deputies": self._named,
        }
        longest = max(map(len, lists.values()))
        document = {
            "organisation_id": self._document["_id"],
            "kind": self._document["kind"],
            "name": self._name_said(),
        }
        if self._is_new and not longest:
            yield document | lists
        for name, entries in lists.items() if longest > MOST_OF_AN_ENTRY else ():
            for at in range(0, len(entries), MOST_OF_AN_ENTRY):
                yield document | {other: [] for other in lists} | {name: entries[at : at + MOST_OF_AN_ENTRY]}
        if 0 < longest <= MOST_OF_AN_ENTRY:
            yield document | lists

    def _name_said(self) -> dict[str, str]:
        return {"vi": self._name, "en": self._document["name"].get("en", "")}

    def _position(self, line: Line) -> tuple[str, bool]:
        """The position as the register has it, and whether it is to be added."""
        name = self._on_register(line.position)
        key = same(name)
        self._listed.add(key)
        if key in self._stored:
            return self._stored[key], False
        if len(self._stored) + len(self._positions) == MOST_POSITIONS:
            full = POSITIONS_FULL(organisation_id=self._document["_id"], most=MOST_POSITIONS)
            self._comparing.note(line, "position", full)
        is_new = key not in self._positions
        return self._positions.setdefault(key, name), is_new

    def _holding(self, line: Line, position: str) -> dict[str, tuple[Any, Any]]:
        """What changes in who holds it, and since when, and where they are reached."""
        if not line.person:
            return {}
        holder = self._holders.get(position)
        if holder and same(holder["person"]) == same(line.person):
            return self._more_of(line, position, holder)
        since = line.since or self._comparing.since
        if since is None:
            self._comparing.note(line, "person", NO_SINCE())
            return {}
        if holder and since.isoformat() < holder["since"]:
            days = {"person": holder["person"], "since": _day(holder["since"]), "until": since}
            self._comparing.note(line, "since", OLDER_FILE(**days, position=position))
            return {}
        held = {"position": position, "person": line.person, "since": since.isoformat()}
        self._hold(held, line.contact, takes_over=holder is not None, exclusive=bool(holder and holder["exclusive"]))
        before = holder or {}
        contact = {"contact": (None, line.contact)} if line.contact else {}
        return {name: (before.get(name), held[name]) for name in ("person", "since")} | contact

    def _more_of(self, line: Line, position: str, holder: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """What changes about the person who holds it already: only where they are reached may change."""
        if line.since and line.since.isoformat() != holder["since"]:
            since = _day(holder["since"])
            self._comparing.note(line, "since", ALREADY_HELD(person=holder["person"], position=position, since=since))
            return {}
        if not line.contact or line.contact == holder.get("contact"):
            return {}
        held = {name: holder.get(name) for name in ("position", "person", "since", "person_id", "exclusive")}
        self._hold(held, line.contact, takes_over=False, exclusive=bool(holder["exclusive"]))
        return {"contact": (holder.get("contact"), line.contact)}

    def _hold(self, held: dict[str, Any], contact: str, *, takes_over: bool, exclusive: bool) -> None:
        entry = held | {"contact": contact or None, "takes_over": takes_over, "exclusive": exclusive}
        if entry not in self._held:
            self._held.append(entry)

    def _deputising(self, line: Line, position: str) -> dict[str, tuple[Any, Any]]:
        if not line.deputises_for:
            return {}
        above = self.key_of(line.deputises_for)
        in_file = {self.key_of(other.position): other.position for other in reversed(self._others())}
        known = in_file | self._positions | self._stored
        if above not in known:
            shown = {"organisation": quoted(self._name), "position": quoted(line.deputises_for)}
            self._comparing.note(line, "deputises_for", NO_SUCH_ABOVE(**shown))
            return {}
        before = self._deputies.get(position)
        if before is not None and same(before) == above:
            return {}
        if why := self._why_no_deputy(position, known[above]):
            self._comparing.note(line, "deputises_for", why)
            return {}
        self._deputies[position] = known[above]
        self._named.append({"position": position, "deputises_for": known[above]})
        return {"deputises_for": (before, known[above])}

    def _why_no_deputy(self, position: str, above: str) -> Refused | None:
        if position == above:
            return OF_ITSELF(position=quoted(position))
        if position in chain_above(above, self._deputies):
            return ITS_OWN_DEPUTY(position=quoted(position), deputises_for=quoted(above))
        if position not in self._deputies and len(self._deputies) >= MOST_DEPUTIES:
            return DEPUTIES_FULL(organisation_id=self._document["_id"], most=MOST_DEPUTIES)
        return None

    def _others(self) -> list[Line]:
        return self._comparing.lines_of(self._name)


def _day(written: str) -> date:
    return date.fromisoformat(written)
