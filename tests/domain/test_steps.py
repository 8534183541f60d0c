"""Commands as people type or write them down: fields with values, and a file of one or several."""

from datetime import UTC, datetime

import pytest
import typer

from daihoi.cli.arguments import named_fields
from daihoi.importing.steps import MOST_STEPS, Step, command_ids, read_steps
from shared.domain.decider import Refused
from shared.platform.settings import Settings
from shared.values.local_time import LOCAL_TIME


def test_fields_are_typed_as_they_are_meant():
    typed = ["task_id=1-03", "percent=40", "note=", "text.vi=Câu a=b", "text.en=A", 'reason="2023"', "units=[1, 2]"]
    assert named_fields(typed) == {
        "task_id": "1-03",
        "percent": 40,
        "note": "",
        "text": {"vi": "Câu a=b", "en": "A"},
        "reason": "2023",
        "units": [1, 2],
    }
    assert named_fields(["5", "percent=40"]) == {"task_id": "5", "percent": 40}


@pytest.mark.parametrize("typed", ["a=1 percent", "1.03", "=40", "a=1 a.b=2", "list=[1", "percent=" + "9" * 100])
def test_what_is_no_field_is_wrong_use(typed, capsys):
    with pytest.raises(typer.Exit) as raised:
        named_fields(typed.split())
    assert (raised.value.exit_code, len(capsys.readouterr().err) < 300) == (2, True)


def written(tmp_path, text):
    (tmp_path / "steps.yaml").write_text(text, "utf-8")
    return tmp_path / "steps.yaml"


def test_a_file_holds_the_fields_of_one_command_or_several_commands(tmp_path):
    fields = written(tmp_path, "meeting_id: a\nheld_on: 2023-08-21\n")
    assert read_steps(fields, "record-meeting") == (
        Step("record-meeting", {"meeting_id": "a", "held_on": "2023-08-21"}),
    )
    several = written(
        tmp_path,
        "- as: y-te.lead\n  happened: 2023-09-08\n  start-task: {task_id: 1-03}\n- report-progress: {percent: 40}\n",
    )
    assert read_steps(several) == (
        Step("start-task", {"task_id": "1-03"}, "y-te.lead", datetime(2023, 9, 8, tzinfo=LOCAL_TIME)),
        Step("report-progress", {"percent": 40}),
    )


def test_what_is_dated_is_the_same_command_whenever_the_file_is_given():
    dated = Step(
        "report-progress", {"task_id": "1-03", "percent": 40}, "y-te.member", datetime(2023, 9, 8, tzinfo=UTC)
    )
    steps = [dated, dated._replace(actor="y-te.lead"), dated, dated._replace(happened=None)]
    first, again = command_ids("xi", steps), command_ids("xi", [*steps[1:], dated])
    assert len({*first, *again}) == 5, "three that are dated, and the one without a date twice"
    assert {*first} & {*again} == {*first[:3]}
    assert command_ids("xx", [dated]) != first[:1]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("units=[", "Không đọc được giá trị của units dưới dạng JSON: dòng 1, cột 2 của ["),
        ('text.vi="a', 'Không đọc được giá trị của text.vi dưới dạng JSON: dòng 1, cột 1 của "a'),
        ('a=[1], "b": 2', 'Không đọc được giá trị của a dưới dạng JSON: dòng 1, cột 4 của [1], "b": 2'),
    ],
)
def test_a_value_that_is_no_json_is_told_by_its_field_and_its_own_columns(capsys, monkeypatch, typed, told):
    monkeypatch.setenv("DAIHOI_LANG", "vi")
    with pytest.raises(typer.Exit):
        named_fields([typed])
    assert " ".join(capsys.readouterr().err.split()) == told


@pytest.mark.parametrize(
    ("text", "command", "code"),
    [
        ("[]", "", "no_steps"),
        ("a: b", "", "no_steps"),
        ("- start-task: {}\n  block-task: {}", "", "no_steps"),
        ("- as: y-te.lead", "", "no_steps"),
        ("- 5", "", "no_steps"),
        ("- start-task: 1-03", "", "no_fields"),
        ("- a: {}\n" * (MOST_STEPS + 1), "", "too_many_steps"),
        ("- a", "start-task", "not_one_command"),
    ],
)
def test_a_file_of_something_else_is_refused_by_name(tmp_path, text, command, code):
    with pytest.raises(Refused) as raised:
        read_steps(written(tmp_path, text), command)
    assert raised.value.code == code


def test_what_is_put_on_record_as_of_another_day_happened_then(monkeypatch):
    assert Settings().happened is None
    monkeypatch.setenv("DAIHOI_TODAY", "2023-08-21")
    assert Settings().happened == datetime(2023, 8, 21, 12, tzinfo=LOCAL_TIME)
    monkeypatch.setenv("DAIHOI_TODAY", datetime.now(LOCAL_TIME).date().isoformat())
    assert Settings().happened is None
    monkeypatch.setenv("DAIHOI_TODAY", "")
    assert Settings().today is None, "as every setting that names nobody or nothing"
    for wrong in (" ", "1692576000", "21/8/2023", "1999-12-31", "2023-02-30"):
        monkeypatch.setenv("DAIHOI_TODAY", wrong)
        with pytest.raises(ValueError, match="today"):
            Settings()
