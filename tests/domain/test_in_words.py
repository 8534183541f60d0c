"""What people read of stored names: positions by their titles, fields and values in the reader's language."""

import pytest

from daihoi.terminal.audit import timeline_lines
from daihoi.terminal.fields import field_in_words, value_in_words
from services.tracker.masking import MASK
from shared.i18n import title_of_position


@pytest.mark.parametrize(
    ("actor", "vi", "en"),
    [
        ("logistics.lead", "Trưởng Bộ phận hậu cần phục vụ", "Head, Logistics unit"),
        ("propaganda.deputy-2", "Phó Trưởng Bộ phận tuyên truyền", "Deputy head, Propaganda unit"),
        ("subcommittee.office", "Văn phòng Tiểu ban Tổ chức phục vụ Đại hội", "Office, Sub-committee"),
        ("logistics.lead-secretary", "logistics.lead-secretary", "logistics.lead-secretary"),
        ("policy.open-task", "policy.open-task", "policy.open-task"),
        ("auditor.one", "auditor.one", "auditor.one"),
    ],
)
def test_a_position_is_read_by_its_title_and_what_has_none_as_it_is(actor, vi, en):
    assert (title_of_position(actor, "vi"), title_of_position(actor, "en")) == (vi, en)


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("status", "in_progress", "Đang triển khai"),
        ("status", "task_closed", "task_closed"),
        ("started", True, "có"),
        ("submitted_by", "logistics.lead", "Trưởng Bộ phận hậu cần phục vụ"),
        ("details", MASK, "«hạn chế tiếp cận»"),
        ("deadline", None, "–"),
        ("percent", 40, "40"),
    ],
)
def test_a_value_is_read_in_words_where_there_are_words_for_it(field, value, shown):
    assert value_in_words(field, value, "vi") == shown


def test_a_timeline_names_fields_as_columns_are_named():
    change = {"view": "tasks", "field": "status", "before": "open", "after": "in_progress"}
    row = {"_id": 7, "happened": "2020-09-01T02:00:00Z", "outcome": "", "changes": [change]}
    assert timeline_lines([row], "vi")[1].strip() == "Trạng thái: Chưa triển khai → Đang triển khai"
    assert timeline_lines([row], "en")[1].strip() == "Status: Not started → In progress"
    assert field_in_words("search", "vi") == "search"
