"""What people read of stored names: positions by their titles, fields and values in the reader's language."""

from collections.abc import Iterator

import pytest

from daihoi.terminal.audit import timeline_lines
from daihoi.terminal.fields import FIELD_NAMES, field_in_words, value_in_words
from shared.history.audit_rows import NOT_REPORTED
from shared.i18n import title_of_position
from shared.reports.masking import MASK
from tests.recorded import recorded

MAPS = {"adjustments", "items", "explained"}


@pytest.mark.parametrize(
    ("actor", "vi", "en"),
    [
        ("logistics.lead", "Trưởng Bộ phận hậu cần phục vụ", "Head, Logistics unit"),
        ("propaganda.deputy", "Phó Trưởng Bộ phận tuyên truyền", "Deputy head, Propaganda unit"),
        ("propaganda.deputy-2", "Phó Trưởng Bộ phận tuyên truyền (2)", "Deputy head 2, Propaganda unit"),
        ("propaganda.deputy-２", "propaganda.deputy-２", "propaganda.deputy-２"),
        ("subcommittee.office", "Văn phòng Tiểu ban Tổ chức phục vụ Đại hội", "Office, Sub-committee"),
        ("logistics.lead-secretary", "logistics.lead-secretary", "logistics.lead-secretary"),
        ("policy.open-task", "Quy tắc tự động open-task", "Policy open-task"),
        ("auditor.one", "Người kiểm tra (one)", "Auditor (one)"),
        ("auditor.auditor", "Người kiểm tra", "Auditor"),
        ("leaders.chair", "Lãnh đạo (chủ trì)", "Leader (chair)"),
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
        ("spent_vnd", 1500000, "1.500.000"),
        ("outcome", "pending", "chờ ý kiến"),
        ("deadline", "2020-09-06", "06/09/2020"),
        ("note", "2020-02-31", "2020-02-31"),
        ("note", "Status", "Status"),
        ("note", "high", "high"),
        ("title", "policy.pdf", "policy.pdf"),
        ("units", ["logistics", "y-te"], "Bộ phận hậu cần phục vụ; y-te"),
    ],
)
def test_a_value_is_read_in_words_where_there_are_words_for_it(field, value, shown):
    assert value_in_words(field, value, "vi") == shown


def test_a_timeline_names_fields_as_columns_are_named():
    change = {"view": "tasks", "field": "status", "before": "open", "after": "in_progress"}
    row = {"_id": 7, "happened": "2020-09-01T02:00:00Z", "outcome": "", "changes": [change]}
    assert timeline_lines([row], "vi")[1].strip() == "Trạng thái: Chưa triển khai → Đang triển khai"
    assert timeline_lines([row], "en")[1].strip() == "Status: Not started → In progress"


def fields_of(document: dict, path: str = "") -> Iterator[str]:
    """The names in a document and in what it holds; under a map of tasks stand their ids."""
    for name, value in document.items():
        if path not in MAPS:
            yield name
        if isinstance(value, dict) and name not in ("title", "name", "text", "note", "locality_name"):
            yield from fields_of(value, name)
        for item in value if isinstance(value, list) else ():
            yield from fields_of(item, name) if isinstance(item, dict) else ()


def test_every_field_of_every_view_has_a_name_that_people_read():
    documents = [document for of_view in recorded().views.values() for document in of_view]
    fields = {field for document in documents for field in fields_of(document)} - NOT_REPORTED
    assert fields - FIELD_NAMES.keys() == set()
    assert field_in_words("followed.switch", "vi") == "Tình huống đang theo › Lần"
