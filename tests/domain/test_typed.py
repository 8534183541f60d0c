"""Values as people type them to `daihoi do`: read by what the command's field holds, never guessed from the text."""

from uuid import UUID

import pytest

from daihoi.cli.offering import fields_meant, fields_typed
from daihoi.ops.offered import offered_by
from shared.domain.decider import Refused
from shared.domain.entering import entered
from shared.entering.fields import NEW_IDS, new_id
from shared.i18n import render
from shared.values.command_words import COMMAND_WORDS, words_of_field
from shared.values.message import Message
from shared.values.units import services

OFFERED = {name: command for unit in services() for name, command in offered_by(unit).items()}
READ = (
    ("set-deadline", "deadline=30/12/2026", {"deadline": "2026-12-30"}),
    ("set-deadline", "deadline=2026-12-30", {"deadline": "2026-12-30"}),
    ("fund-task", "secured_vnd=12.000.000", {"secured_vnd": 12_000_000}),
    ("fund-task", "secured_vnd=12 triệu", {"secured_vnd": 12_000_000}),
    ("open-task", "due_offset_days=-3", {"due_offset_days": -3}),
    ("open-task", "title=Mời họp", {"title": {"vi": "Mời họp"}}),
    ("open-task", "group=2. Hội trường", {"group": {"number": 2, "name": {"vi": "Hội trường"}}}),
    ("open-task", "title.en=Hall", {"title": {"en": "Hall"}}),
    ("set-unit-rules", "evidence_required=false", {"evidence_required": False}),
    ("set-unit-rules", "evidence_required=Đúng", {"evidence_required": True}),
    ("reserve-resource", "starts=20/12/2026 08:00", {"starts": "2026-12-20T08:00:00+07:00"}),
    ("reserve-resource", "starts=8h30 ngày 20/12/2026", {"starts": "2026-12-20T08:30:00+07:00"}),
    ("reserve-resource", "starts=2026-12-20T08:00", {"starts": "2026-12-20T08:00:00+07:00"}),
    ("reserve-resource", "starts=2026-12-20T01:00Z", {"starts": "2026-12-20T01:00Z"}),
    ("record-meeting", "chair=Chủ tịch", {"chair": {"position": "Chủ tịch"}}),
    ("record-meeting", 'chair={"position": "A", "name": "B"}', {"chair": {"position": "A", "name": "B"}}),
    ("issue-directive", "units=logistics, security", {"units": ["logistics", "security"]}),
    ("issue-directive", 'units=["logistics"]', {"units": ["logistics"]}),
    ("block-task", "reason=12.000", {"reason": "12.000"}),
    ("block-task", 'reason="2023" [x] {y}', {"reason": '"2023" [x] {y}'}),
    ("approve-publication", "p-1", {"publication_id": "p-1"}),
    ("start-task", "5", {"task_id": "5"}),
    ("start-task", "unheard=5", {"unheard": 5}),
)


@pytest.mark.parametrize(("command", "typed", "fields"), READ)
def test_a_value_is_read_by_what_its_field_holds(command, typed, fields):
    assert fields_typed(OFFERED[command], [typed]) == fields
    if "=" in typed and not typed.endswith(("}", "]")) and "." not in typed.partition("=")[0]:
        name, _, value = typed.partition("=")
        assert fields_meant(OFFERED[command], {name: value}) == fields or name == "unheard", "the same in a file"


@pytest.mark.parametrize(
    ("command", "typed", "why"),
    [
        ("set-deadline", "deadline=30/13/2026", "Thời hạn (deadline): «30/13/2026» không phải"),
        ("set-deadline", "deadline=tháng 9/2026", "Thời hạn (deadline): "),
        ("fund-task", "secured_vnd=12.000", "(secured_vnd): "),
        ("fund-task", "secured_vnd=-5", "(secured_vnd): "),
        ("set-deadline", "deadline=không", "(deadline): «không»"),
        ("report-progress", "percent=x", "Tiến độ (%) (percent): «x» không phải là số nguyên"),
        ("report-progress", "percent=" + "9" * 100, "(percent): "),
        ("set-unit-rules", "evidence_required=2", "Bắt buộc có minh chứng (evidence_required): «2» không rõ"),
        ("reserve-resource", "starts=20/12/2026", "(starts): «20/12/2026» không phải ngày kèm giờ"),
        ("reserve-resource", "starts=20/12/2026 25:00", "(starts): «20/12/2026 25:00» không phải ngày kèm giờ"),
        ("open-task", "group=Hội trường", "(group): «Hội trường» không phải số kèm tên"),
        ("conclude-meeting", 'points=["x"]', "không phải số kèm tên"),
    ],
)
def test_what_the_field_can_not_hold_is_refused_by_the_name_that_people_have_for_it(command, typed, why):
    with pytest.raises(Refused) as raised:
        fields_typed(OFFERED[command], [typed])
    assert raised.value.code == "field_not_read"
    assert why in render(raised.value.message, "vi")
    assert render(raised.value.message, "en").startswith(typed.partition("=")[0])


def test_every_command_and_every_field_has_words():
    assert OFFERED.keys() - COMMAND_WORDS.keys() == set()
    fields = [(name, field) for name, command in OFFERED.items() for field in command.model_fields]
    wordless = {field for name, field in fields if not isinstance(words_of_field(name, field), Message)}
    assert wordless == set()


def test_an_id_that_nobody_gives_follows_from_the_id_of_the_command():
    first, other = UUID(int=1), UUID(int=2)
    for name, (field, _) in NEW_IDS.items():
        assert OFFERED[name].model_fields[field].is_required()
        assert new_id(name, {}, first) == new_id(name, {}, first) != new_id(name, {}, other)
        assert new_id(name, {field: "x"}, first) == {}
    assert new_id("start-task", {}, first) == {}
    comment = {"task_id": "1", "text": "Đã rõ"}
    entered(OFFERED["comment-on-task"], comment | new_id("comment-on-task", comment, first))
