"""Handing out a catalogue: what one unit can't be given keeps no other unit waiting, and is told of."""

import pytest
from typer.testing import CliRunner

from daihoi.cli.main import app
from daihoi.importing.assigning import Assignment, check_unit, in_turn, items_of
from daihoi.terminal.assigning import done_lines, waiting_lines
from shared.domain.decider import Refused
from shared.domain.known_list import ENTRY_RETIRED
from shared.unit.problems import UNAVAILABLE, ProblemError, problem_of

LOGISTICS, RETIRED, SECURITY = (
    Assignment("logistics", ("1-01", "1-02")),
    Assignment("u26", tuple(f"3-{number:02}" for number in range(12))),
    Assignment("security", ("5-01",)),
)


def refusing(why, *units):
    async def give(assignment):
        if assignment.unit in units:
            raise ProblemError(problem_of(why))

    return give


async def test_the_other_units_get_theirs_and_what_waits_is_told_with_its_items():
    why = ENTRY_RETIRED(id="u26", list="units")
    handed = await in_turn((LOGISTICS, RETIRED, SECURITY), refusing(why, "u26"))
    assert list(handed.done) == [LOGISTICS, SECURITY]
    assert len([*done_lines(handed, "", "en")]) == 2
    (told,) = waiting_lines(handed, "vi")
    assert told.startswith("u26: 12 nội dung chưa giao được, còn chờ (3-00, 3-01, ")
    assert "…). entry_retired: " in told


async def test_what_keeps_everything_waiting_ends_it():
    with pytest.raises(ProblemError):
        await in_turn((LOGISTICS, SECURITY), refusing(UNAVAILABLE(), "logistics"))


async def test_nothing_to_do_is_told_of_one_unit_or_of_all():
    nothing = await in_turn((), refusing(UNAVAILABLE()))
    assert [*done_lines(nothing, "", "vi")] == ["Mọi nội dung đều đã được giao."]
    assert [*done_lines(nothing, "logistics", "en")] == ["Nothing waits to be assigned to Logistics unit."]


def test_a_unit_that_never_was_one_is_refused_and_a_retired_one_is_not():
    units = [{"id": "u26", "name": {"vi": "Ban 26"}, "retired": True}]
    published = [{"_id": "units", "published": True, "entries": units}]
    check_unit("u26", published)
    check_unit("logistics", [])
    with pytest.raises(Refused) as refused:
        check_unit("TYPO", published)
    assert refused.value.code == "entry_unknown"


def test_a_catalogue_of_which_nothing_is_published_is_refused():
    item = {"_id": "1-01", "catalogue": "xi"}
    assert [*items_of("xi", [item])] == [item]
    for published, names in (([item], "xi"), ([], "–")):
        with pytest.raises(Refused) as refused:
            items_of("TYPO", published)
        assert (refused.value.code, refused.value.params["names"]) == ("no_catalogue_published", names)


@pytest.mark.parametrize("arguments", [("catalogue", "assign"), ("organisations", "import", "nothing.xlsx")])
def test_who_may_is_written_in_vietnamese_to_whom_vietnamese_is_spoken(arguments):
    told = CliRunner().invoke(app, [*arguments, "--as", "logistics.lead", "--lang", "vi"])
    assert told.exit_code == 2
    assert "subcommittee.CHỨC_DANH, không phải logistics.lead" in " ".join(told.output.split())
