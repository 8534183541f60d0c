"""The code lists of the congress, given/when/then."""

from services.subcommittee.code_list import AGGREGATE, AddEntry, RetireEntry
from shared.domain.decider import Actor
from shared.events.code_list import EntryAdded, EntryRetired
from shared.values.code_lists import CodeList, Entry, EntryName

CHAIR = Actor("subcommittee.lead", "subcommittee")
STORM = Entry(id="storm", name=EntryName(vi="Có bão", en="Storm"))


def test_an_entry_is_added_to_the_list_of_the_default_set_and_retired() -> None:
    add = AddEntry(code_list=CodeList.CASES, entry_id="storm", name=EntryName(vi="Có bão", en="Storm"))
    (added,) = AGGREGATE.decide(add, None, CHAIR, {})
    assert added == EntryAdded(entry=STORM)
    state = AGGREGATE.evolve(None, added)
    (retired,) = AGGREGATE.decide(
        RetireEntry(code_list=CodeList.CASES, entry_id="storm", reason="Hết mùa bão"), state, CHAIR, {}
    )
    assert retired == EntryRetired(entry=STORM.model_copy(update={"retired": True}), reason="Hết mùa bão")
