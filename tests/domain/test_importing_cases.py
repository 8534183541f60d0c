"""An import knows the cases of the congress by id and by name, marks and capitals left out, and no others."""

import io

import openpyxl
import pytest

from services.subcommittee.importing.annex import Wishes
from services.subcommittee.importing.items import read_file
from services.subcommittee.importing.template import LISTS, template
from shared.entering.tables import Unreadable
from shared.values.code_lists import CodeList, Entry, names_of
from shared.values.names_in_use import use_names
from tests.annexes import HEADINGS, annex, task
from tests.domain.test_importing import as_csv, row

OWN = (
    Entry(id="none", name={"vi": "Điều kiện thường", "en": "Normal conditions"}),
    Entry(id="storm", name={"vi": "Có bão, lũ", "en": "Storm"}),
    Entry(id="blackout", name={"vi": "Mất điện"}),
    Entry(id="outbreak", name={"vi": "Có dịch", "en": "Outbreak"}, retired=True),
)
MEANT = {
    "storm": "storm",
    "Có bão, lũ": "storm",
    "CO BAO LU": "storm",
    "Storm": "storm",
    "Mất điện": "blackout",
    "dieu kien thuong": "none",
    "bình thường": "none",
    "both": "both",
    "Mọi tình huống": "both",
    "cả hai": "both",
}


@pytest.fixture(autouse=True)
def own_cases():
    use_names(names_of({CodeList.CASES: OWN}))


NOT_MEANT = ["Có dịch", "outbreak", "bão lớn"]


def case_in_annex(text, **wishes):
    headings = [*HEADINGS, "Trường hợp"] if text else HEADINGS
    rows = [(*task(), text)] if text else [task()]
    (item,) = read_file(annex(*rows, headings=headings), Wishes(unit="logistics", **wishes)).items
    return item.scenario


def case_in_table(text):
    (item,) = read_file(as_csv(row(scenario=text))).items
    return item.scenario


READ = {
    "a column of an annex": case_in_annex,
    "the program's own table": case_in_table,
    "one for all rows": lambda text: case_in_annex("", scenario=text),
}
in_each_way = pytest.mark.parametrize("case_in", READ.values(), ids=READ.keys())


@in_each_way
@pytest.mark.parametrize(("text", "case"), MEANT.items())
def test_a_case_is_known_by_its_id_and_by_its_names(case_in, text, case):
    assert case_in(text) == case


@in_each_way
@pytest.mark.parametrize("text", NOT_MEANT)
def test_a_case_that_is_retired_or_on_no_list_is_refused_with_those_there_are(case_in, text):
    with pytest.raises(Unreadable) as raised:
        case_in(text)
    (error,) = raised.value.errors
    assert error.why.code == "not_one_of"
    assert error.why.params["choices"] == "Điều kiện thường, Có bão, lũ, Mất điện, mọi tình huống"


def test_a_name_on_the_list_comes_before_what_offices_say_elsewhere():
    own = (OWN[0], Entry(id="storm", name={"vi": "Bình thường"}))
    use_names(names_of({CodeList.CASES: own}))
    (item,) = read_file(as_csv(row(scenario="bình thường"))).items
    assert item.scenario == "storm"


def test_the_template_offers_the_cases_of_the_congress():
    workbook = openpyxl.load_workbook(io.BytesIO(template()))
    offered = [[cell.value for cell in column if cell.value] for column in workbook[LISTS].columns]
    assert ["Điều kiện thường", "Có bão, lũ", "Mất điện", "mọi tình huống"] in offered
