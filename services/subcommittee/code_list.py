"""The code lists of the congress: which units take part, which cases are prepared for, and the like.

The sub-committee's lead or a deputy publishes a list as a whole, or changes single entries; every change says how the
entry is from then on, and the units take it over. Ids never change their meaning and are never deleted.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from services.subcommittee.catalogue import CatalogueItem
from services.subcommittee.listed import ENTITY, entries_held
from shared.domain.decider import Actor, Aggregate, Command, Key, RankRefusal, Refusal, commands_of, require_rank
from shared.domain.known_list import ENTRY_UNKNOWN, KnownList, ids_for
from shared.domain.ranks import Act
from shared.events import code_list as events
from shared.events.duty import DutyHandedOut
from shared.events.scenario import CURRENT, ScenarioSwitched
from shared.values.code_lists import (
    DEFAULTS,
    DUTY_PATTERN,
    EVERY_CASE,
    LIST_NAMES,
    MOST_ENTRIES,
    NO_EPIDEMIC,
    CodeList,
    Entries,
    Entry,
    EntryId,
    EntryName,
    NewEntry,
)
from shared.values.message import Message
from shared.values.types import Brief, Text
from shared.values.units import MOST_UNITS, has_code, may_be_unit, support_unit_ids

MOST_CHANGES = 200
"""Of one list: a decision reads all of them."""
PATTERNS = {CodeList.GROUPS: r"^[1-9][0-9]?$", CodeList.DUTIES: DUTY_PATTERN}
"""What an id has to look like where the list asks for more than `EntryId`."""
IN_FORCE: Key = ("scenario", CURRENT)
EVERY_ITEM: Key = ("catalogue-item", "*")
EVERY_DUTY: Key = ("duty", "*")
USES: Mapping[CodeList, Sequence[Key]] = {
    CodeList.UNITS: (EVERY_ITEM, EVERY_DUTY),
    CodeList.CASES: (IN_FORCE, EVERY_ITEM),
    CodeList.DUTIES: (EVERY_DUTY,),
    CodeList.GROUPS: (EVERY_ITEM,),
    CodeList.FUNDING_SOURCES: (EVERY_ITEM,),
}
"""Where the sub-committee can see that an entry is in use."""


def evolve(state: KnownList | None, event: events.CodeListEvent) -> KnownList:
    state = state or KnownList()
    if isinstance(event, events.ListPublished):
        return state.published(event.entries)
    return state.with_entry(event.entry)


class CodeListCommand(Command):
    ENTITY = ENTITY
    GIVEN_BY = Act.DECIDE
    ID = "code_list"
    code_list: CodeList


class PublishList(CodeListCommand):
    """Publishes the whole list, in its order; entries that were on it and are not given are retired. `template` is
    the name of the set that it was taken from; with it, units that a setting names beside the set stay."""

    NAME = "publish-list"
    entries: tuple[NewEntry, ...] = Field(min_length=1, max_length=MOST_ENTRIES)
    template: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,39}$")] | None = None


class AddEntry(CodeListCommand):
    NAME = "add-entry"
    entry_id: EntryId
    name: EntryName


class AmendEntry(CodeListCommand):
    """Gives the entry another name; its id stays, and means what it meant."""

    NAME = "amend-entry"
    entry_id: EntryId
    name: EntryName
    reason: Brief


class RetireEntry(CodeListCommand):
    """From now on nothing new names the entry. Refused as long as it is in use, as far as the sub-committee knows."""

    NAME = "retire-entry"
    entry_id: EntryId
    reason: Brief


class RestoreEntry(CodeListCommand):
    NAME = "restore-entry"
    entry_id: EntryId
    reason: Brief


Wish = PublishList | AddEntry | AmendEntry | RetireEntry | RestoreEntry

NO_RIGHT = RankRefusal(
    "no_right_to_change_lists",
    "{actor} can't change a list of the congress; the sub-committee's lead or a deputy does.",
)
BAD_ID = Refusal("bad_entry_id", "{id} can't be the id of an entry of the list «{list}»: that is {form}.")
FORMS = {
    CodeList.GROUPS: Message("number", "a number from 1 to 99"),
    CodeList.DUTIES: Message("letters", "1 to 20 small letters and digits, without marks and hyphens"),
    CodeList.CASES: Message("no_every_case", "any word but «both», which means every case"),
    CodeList.UNITS: Message(
        "unit_id",
        "small letters without marks, digits and hyphens, beginning with a letter, and no word of the program",
    ),
}
"""What an id looks like, for whoever gave another."""
TWICE = Refusal("entry_twice", "{id} stands on the list «{list}» more than once.")
ALREADY_THERE = Refusal("entry_already_there", "{id} is on the list «{list}» already, with another name.")
IS_RETIRED = Refusal(
    "entry_there_retired", "{id} is on the list «{list}» already, and is retired: restore it instead of adding it."
)
STAYS = Refusal("entry_stays", "{id} can't be retired from the list «{list}»: there is always this one.")
IN_USE = Refusal("entry_in_use", "{id} can't be retired from the list «{list}»: it is in use, by {users}.")
LIST_FULL = Refusal("list_full", "The list «{list}» has {most} entries, retired ones among them; that is the most.")
CHANGES_FULL = Refusal("list_changes_full", "The list «{list}» has been changed {most} times; that is the most.")


def reads(command: Wish, state: KnownList | None) -> Sequence[Key]:
    return USES.get(command.code_list, ()) if isinstance(command, PublishList | RetireEntry) else ()


def decide(
    command: Wish, state: KnownList | None, actor: Actor, seen: Mapping[Key, Any]
) -> Sequence[events.CodeListEvent]:
    require_rank(command, actor, NO_RIGHT)
    entries = entries_held(command.code_list, state)
    if isinstance(command, PublishList):
        changes = _publish(command, entries, seen)
    else:
        changes = _change(command, entries, seen)
        if changes and state is None and entries != DEFAULTS[command.code_list]:
            changes = (events.ListPublished(entries=entries), *changes)
    if changes and state is not None and state.changes >= MOST_CHANGES:
        raise CHANGES_FULL(list=LIST_NAMES[command.code_list], most=MOST_CHANGES)
    return changes


def _publish(command: PublishList, held: Entries, seen: Mapping[Key, Any]) -> Sequence[events.CodeListEvent]:
    code_list, given = command.code_list, tuple(entry.as_stored() for entry in command.entries)
    ids = [entry.id for entry in given]
    for entry_id in ids:
        _check_id(code_list, entry_id)
        if ids.count(entry_id) > 1:
            raise TWICE(id=entry_id, list=LIST_NAMES[code_list])
    others = [entry for entry in held if entry.id not in ids]
    staying = [entry for entry in others if command.template and _is_by_setting(code_list, entry)]
    gone = [entry for entry in others if entry not in staying]
    for entry in (*gone, *(entry for entry in given if entry.retired)):
        if not any(other.id == entry.id and other.retired for other in held):
            _check_retiring(code_list, entry.id, seen)
    entries = (*given, *staying, *(entry.model_copy(update={"retired": True}) for entry in gone))
    if len(entries) > _most(code_list):
        raise LIST_FULL(list=LIST_NAMES[code_list], most=_most(code_list))
    return () if entries == held else (events.ListPublished(entries=entries, template=command.template),)


def _change(
    command: AddEntry | AmendEntry | RetireEntry | RestoreEntry, held: Entries, seen: Mapping[Key, Any]
) -> Sequence[events.CodeListEvent]:
    code_list, entry_id = command.code_list, command.entry_id
    entry = next((entry for entry in held if entry.id == entry_id), None)
    if isinstance(command, AddEntry):
        return _add(command, entry, len(held))
    if entry is None:
        raise ENTRY_UNKNOWN(id=entry_id, list=LIST_NAMES[code_list], ids=ids_for(entry_id, held))
    match command:
        case AmendEntry():
            amended = entry.model_copy(update={"name": Text(**command.name.model_dump())})
            return () if amended == entry else (events.EntryAmended(entry=amended, reason=command.reason),)
        case RetireEntry():
            if entry.retired:
                return ()
            _check_retiring(code_list, entry_id, seen)
            retired = entry.model_copy(update={"retired": True})
            return (events.EntryRetired(entry=retired, reason=command.reason),)
        case RestoreEntry():
            restored = entry.model_copy(update={"retired": False})
            return () if not entry.retired else (events.EntryRestored(entry=restored, reason=command.reason),)


def _add(command: AddEntry, held: Entry | None, count: int) -> Sequence[events.CodeListEvent]:
    entry = NewEntry(id=command.entry_id, name=command.name).as_stored()
    if held is not None:
        if held == entry:
            return ()
        if held.retired:
            raise IS_RETIRED(id=command.entry_id, list=LIST_NAMES[command.code_list])
        raise ALREADY_THERE(id=command.entry_id, list=LIST_NAMES[command.code_list])
    _check_id(command.code_list, command.entry_id)
    if count >= _most(command.code_list):
        raise LIST_FULL(list=LIST_NAMES[command.code_list], most=_most(command.code_list))
    return (events.EntryAdded(entry=entry),)


def _check_id(code_list: CodeList, entry_id: str) -> None:
    fits = re.fullmatch(PATTERNS.get(code_list, ""), entry_id) if code_list in PATTERNS else True
    if code_list is CodeList.UNITS:
        fits = may_be_unit(entry_id)
    if not fits or (code_list is CodeList.CASES and entry_id == EVERY_CASE):
        raise BAD_ID(id=entry_id, list=LIST_NAMES[code_list], form=FORMS[code_list])


def _most(code_list: CodeList) -> int:
    """Each unit has a service of its own."""
    return MOST_UNITS if code_list is CodeList.UNITS else MOST_ENTRIES


def _is_by_setting(code_list: CodeList, entry: Entry) -> bool:
    """Whether a setting says that this unit takes part. A template is a beginning for any congress: it says nothing
    against that."""
    return code_list is CodeList.UNITS and not has_code(entry.id) and entry.id in support_unit_ids()


def _check_retiring(code_list: CodeList, entry_id: str, seen: Mapping[Key, Any]) -> None:
    if (code_list, entry_id) == (CodeList.CASES, NO_EPIDEMIC):
        raise STAYS(id=entry_id, list=LIST_NAMES[code_list])
    users = tuple(_users(code_list, entry_id, seen))
    if users:
        raise IN_USE(id=entry_id, list=LIST_NAMES[code_list], users=", ".join(users[:5]))


def _users(code_list: CodeList, entry_id: str, seen: Mapping[Key, Any]) -> Iterator[str]:
    """The ids of what names the entry, as far as it is live."""
    for (entity, user), state in seen.items():
        match state:
            case ScenarioSwitched() if code_list is CodeList.CASES and state.scenario == entry_id:
                yield entity
            case CatalogueItem() if not state.withdrawn and _named_by(state, code_list) == entry_id:
                yield user
            case DutyHandedOut() if entry_id == (state.unit if code_list is CodeList.UNITS else state.duty):
                yield user


def _named_by(state: CatalogueItem, code_list: CodeList) -> str:
    item = state.published.item
    match code_list:
        case CodeList.UNITS:
            return state.unit or item.unit
        case CodeList.GROUPS:
            return str(item.group.number)
        case CodeList.FUNDING_SOURCES:
            return item.funding_source or ""
        case _:
            return item.scenario


AGGREGATE = Aggregate(
    events=events.EVENTS,
    commands=commands_of(Wish),
    evolve=evolve,
    decide=decide,
    reads=reads,
    holds_while_nothing_else_is_written=True,
    for_reference=True,
)
