"""Forms that are made from commands: all of them can be filled in, and what was posted is what was meant."""

import re
from collections import defaultdict
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daihoi.ops.offered import offered_by
from shared.domain.decider import Refusal
from shared.domain.entering import entered
from shared.entering.fields import GIVEN_BY_POLICIES, NEW_IDS
from shared.entering.tables import quoted
from shared.i18n import LANGUAGES, render
from shared.unit.problems import FieldError, Problem, problem_of
from shared.values.code_lists import CodeList
from shared.values.names_in_use import Name, use_names
from shared.values.units import services
from shared.web.choosing import choices_from
from shared.web.forms import Choices, Form, Option, form_of, read_form, with_problem, with_typed
from shared.web.forms.fields import MOST_FIELDS
from tests.domain.test_histories import any_of

OFFERED = {
    name: command
    for unit in services()
    for name, command in offered_by(unit).items()
    if name not in GIVEN_BY_POLICIES
}
A_PROGRAM_WORD = re.compile(r"\b[a-z]+_[a-z_]+\b")
AS_THEY_ARE = {"T/M", "K/T", "T/L", "TUQ"}


def posted_by(form: Form) -> dict[str, list[str]]:
    """What a browser sends of a form that nobody touched."""
    posted = defaultdict(list)
    for field in form.all_fields:
        if field.control == "choices":
            posted[field.path] += field.values
        elif field.control not in ("rows", "file"):
            posted[field.path].append(field.value.replace("\n", "\r\n"))
    return posted


def field_at(form: Form, path: str):
    [field] = [field for field in form.all_fields if field.path == path]
    return field


@pytest.mark.parametrize("name", OFFERED)
def test_a_form_shows_words_of_the_reader_and_what_has_to_be_given(name):
    command = OFFERED[name]
    forms = {lang: form_of(command, lang=lang) for lang in LANGUAGES}
    for lang, form in forms.items():
        shown = [field for field in form.all_fields if field.control != "hidden"]
        texts = [text for field in shown for text in (field.label, field.hint, *(o.label for o in field.options))]
        assert [text for text in texts if A_PROGRAM_WORD.search(text)] == []
        assert all(field.label and field.label[0].isupper() for field in shown), lang
        assert all(option.label for field in shown for option in field.options if option.value)
    vi, en = (list(forms[lang].all_fields) for lang in ("vi", "en"))
    assert [field.path for field in vi] == [field.path for field in en]
    same = {a.label for a, b in zip(vi, en, strict=True) if a.label == b.label and a.control != "hidden"}
    assert same == set()
    given_for_one = NEW_IDS.get(name, ("", ""))[0]
    required = {field for field, info in command.model_fields.items() if info.is_required()} - {given_for_one}
    assert {field.path.split(".")[0] for field in vi if field.required} == required


@pytest.mark.parametrize("name", OFFERED)
def test_every_code_of_the_program_is_chosen_by_its_word(name):
    for lang in LANGUAGES:
        for field in form_of(OFFERED[name], lang=lang).all_fields:
            for option in field.options:
                assert option.label != option.value or option.value in ("", *AS_THEY_ARE), field.path


@pytest.mark.parametrize("name", OFFERED)
def test_what_a_form_shows_reads_back_as_the_same_command(name):
    command = OFFERED[name]

    @settings(max_examples=5, deadline=None, derandomize=True)
    @given(any_of(command), st.sampled_from(LANGUAGES))
    def reads_back(wish, lang):
        data = wish.model_dump(mode="json", exclude_none=True)
        data = {name: value for name, value in data.items() if value != []}
        if "units" in data:  # each is ticked once
            data["units"] = list(dict.fromkeys(data["units"]))
        posted = posted_by(form_of(command, lang=lang, values=data))
        read = read_form(command, posted)
        assert read.errors == ()
        assert entered(command, read.data) == entered(command, data)
        hidden = form_of(command, lang=lang, fixed=data)
        assert {field.control for field in hidden.all_fields if field.path.split(".")[0] in data} <= {"hidden"}
        assert entered(command, read_form(command, posted_by(hidden)).data) == entered(command, data)

    reads_back()


ODD = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ("\x00", "\ud800", "\udfff x", "{{7*7}}", "<script>", "' $ne", "30/02/2026", "-", "không", "12 triệu")
    ),
    st.sampled_from(("9" * 5000, "1.500", "99999999999999999999999", "true", "\n\n\n", "\u202e", "nan", "1e400")),
)


@pytest.mark.parametrize("name", OFFERED)
def test_whatever_is_posted_is_read_or_told_beside_its_field(name):
    command = OFFERED[name]
    paths = [field.path for field in form_of(command, lang="vi").all_fields]
    names = (
        st.sampled_from(paths) | st.text(max_size=20) | st.sampled_from(("a.b.c.d.e.f.g.h.i", "evidence.-1.title"))
    )

    @settings(max_examples=8, deadline=None, derandomize=True)
    @given(st.dictionaries(names, st.lists(ODD, max_size=3), max_size=8))
    def is_read(posted):
        read = read_form(command, posted, UUID(int=7))
        assert set(read.data) <= set(command.model_fields)
        form = with_typed(form_of(command, lang="vi"), posted, read.errors)
        assert form.has_errors == bool(read.errors)
        assert isinstance("".join(field.value for field in form.all_fields).encode(), bytes)
        for problem in read.errors:
            field = field_at(form, problem.path)
            assert field.error or field.control == "hidden"

    is_read()


@pytest.mark.parametrize(
    "posted",
    [
        {"note": ["x" * 1_000_000]},
        {"percent": ["9" * 1_000_000]},
        {f"evidence.{at}.title": ["x"] for at in range(10_000)},
        {f"field-{at}": ["x"] for at in range(10_000)},
        {".".join("a" * 5000): ["x"], "evidence.0.title.vi.x.y.z.a.b.c": ["x"], "." * 300: ["x"]},
        {"evidence.-1.title": ["x"], "evidence.99999999999999999999.title": ["x"], "evidence.١.title": ["x"]},
        {"evidence.00.title": ["x"], "evidence": ["x"], "evidence.0": ["x"], "note": []},
    ],
)
@pytest.mark.parametrize("name", ["report-progress", "submit-task"])
def test_odd_posts_are_bounded(name, posted):
    read = read_form(OFFERED[name], posted)
    form = with_typed(form_of(OFFERED[name], lang="en"), posted, read.errors)
    assert len(list(form.all_fields)) < 10_000
    assert len(read.data.get("evidence", ())) <= 1000


def test_a_form_has_no_more_rows_than_it_can_be_sent_with():
    posted = {f"items.{at}.code": ["1.01"] for at in range(990)}
    read = read_form(OFFERED["publish-catalogue"], posted)
    form = with_typed(form_of(OFFERED["publish-catalogue"], lang="en"), posted, read.errors)
    assert len(list(form.all_fields)) < MOST_FIELDS
    items = field_at(form, "items")
    assert (items.hint, bool(items.error)) == ("No more rows fit in one form; record these first.", True)


def test_values_are_read_as_people_type_them():
    posted = {
        "starts": ["20/12/2026 08:00"],
        "ends": ["2026-12-20T17:00"],
        "purpose": [" Họp báo "],
        "resource_id": ["hall"],
        "unheard_of": ["x"],
    }
    read = read_form(OFFERED["reserve-resource"], posted, UUID(int=1))
    assert read.errors == ()
    assert read.data["starts"] == "2026-12-20T08:00:00+07:00"
    assert read.data["ends"] == "2026-12-20T17:00:00+07:00"
    assert read.data["reservation_id"].startswith("dk-")
    assert "unheard_of" not in read.data
    assert "reservation_id" not in read_form(OFFERED["reserve-resource"], posted).data


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.000.000", 12_000_000),
        ("12,000,000", 12_000_000),
        ("12 triệu", 12_000_000),
        ("500.000", 500_000),
        ("500,000", 500_000),
        ("1 500", 1500),
        ("1,5 tỷ", 1_500_000_000),
        ("0", 0),
    ],
)
def test_sums_are_in_dong_whatever_sets_the_thousands_apart(text, amount):
    read = read_form(OFFERED["fund-task"], {"secured_vnd": [text]})
    assert read.data == {"secured_vnd": amount}


@pytest.mark.parametrize(
    ("name", "path", "text"),
    [
        ("set-deadline", "deadline", "31/02/2026"),
        ("set-deadline", "deadline", "không"),
        ("set-deadline", "deadline", "tháng 9/2020"),
        ("fund-task", "secured_vnd", "một ít"),
        ("fund-task", "secured_vnd", "1.5"),
        ("report-progress", "percent", "nửa"),
        ("reserve-resource", "starts", "sáng mai"),
        ("set-unit-rules", "evidence_required", "có lẽ"),
        ("comment-on-task", "text", "B\ufffdo cáo"),
    ],
)
def test_what_can_not_be_read_is_told_beside_its_field_and_stays_as_typed(name, path, text):
    posted = {path: [text], "reason": ["Vì mưa"]}
    read = read_form(OFFERED[name], posted)
    assert [problem.path for problem in read.errors] == [path]
    assert path not in read.data
    for lang in LANGUAGES:
        form = with_typed(form_of(OFFERED[name], lang=lang), posted, read.errors)
        field = field_at(form, path)
        assert (field.value, field.error) == (text, render(read.errors[0].message, lang))
        assert form.wrong == (field,)
        assert form.summary == ()


def test_a_command_is_given_what_was_filled_in_of_its_rows():
    posted = {
        "points.0.number": [""],
        "points.2.number": ["1"],
        "points.2.text.vi": ["Rà soát\r\ntừng việc"],
        "points.7.text.en": ["Only English"],
        "points.9.number": [" "],
    }
    read = read_form(OFFERED["conclude-meeting"], posted)
    points = [
        {"number": 1, "text": {"vi": "Rà soát\ntừng việc"}},
        {"number": 2, "text": {"en": "Only English"}},  # by its place, where nobody gives one
    ]
    assert read.data == {"points": points}
    form = with_typed(form_of(OFFERED["conclude-meeting"], lang="vi"), posted)
    rows = field_at(form, "points").rows
    assert len(rows) == 3
    assert [field.value for field in rows[1]] == ["", "", "Only English"]
    assert [field.value for field in rows[2]] == ["", "", ""]
    assert [field.required for field in rows[2]] == [False, False, False]


def test_lists_of_short_texts_stand_one_a_line_or_are_ticked():
    lines = {"coordinating": ["Sở Y tế, Sở Tài chính\r\n\r\n  Công an tỉnh  "]}
    assert read_form(OFFERED["assign-task"], lines).data["coordinating"] == ["Sở Y tế, Sở Tài chính", "Công an tỉnh"]
    ticked = {"units": ["logistics", "security", "logistics", ""]}
    assert read_form(OFFERED["issue-directive"], ticked).data == {"units": ["logistics", "security"]}
    too_many = {"coordinating": ["\n".join(map(str, range(10_000)))]}
    assert len(read_form(OFFERED["assign-task"], too_many).data["coordinating"]) == 51
    choices = Choices(options={"localities": (Option("a-1", "Huyện A"), Option("b-1", "Huyện B"))})
    form = form_of(OFFERED["hand-out-duty"], lang="vi", choices=choices, values={"localities": ["b-1", "c-1"]})
    field = field_at(form, "localities")
    assert (field.control, field.values) == ("choices", ("b-1", "c-1"))
    assert [option.value for option in field.options] == ["a-1", "b-1", "c-1"]
    assert read_form(OFFERED["hand-out-duty"], posted_by(form)).data["localities"] == ["b-1", "c-1"]


def problem(*errors: FieldError) -> Problem:
    refused = problem_of(Refusal("task_not_found", "There is no task {task_id}.")(task_id="1-03"))
    return refused.model_copy(update={"errors": errors, "error_count": len(errors)})


def test_what_the_service_refuses_stands_beside_the_field_that_it_names():
    errors = (
        FieldError(field="title", message="required", message_vi="bắt buộc"),
        FieldError(field="coordinating.2", message="at most 200 characters", message_vi="nhiều nhất 200 ký tự"),
        FieldError(field="sha256", message="required", message_vi="bắt buộc"),
        FieldError(field="request", message="each task at most once", message_vi="mỗi nhiệm vụ một lần"),
    )
    posted = {"coordinating": ["a\nb\nc"], "collective": ["Sở Y tế"]}
    assign = form_of(OFFERED["assign-task"], lang="vi", fixed={"task_id": "1-03"})
    form = with_problem(assign, problem(*errors), posted | {"task_id": ["1-03"]})
    assert field_at(form, "coordinating").error == "Dòng 3: nhiều nhất 200 ký tự"
    assert field_at(form, "coordinating").value == "a\nb\nc"
    assert field_at(form, "collective").value == "Sở Y tế"
    assert field_at(form, "task_id").value == "1-03"
    assert form.summary == ("Nội dung: bắt buộc", "Mã kiểm tra: bắt buộc", "mỗi nhiệm vụ một lần")
    opened = with_problem(form_of(OFFERED["open-task"], lang="en"), problem(errors[0]), {})
    assert [(field.path, field.error) for field in opened.wrong] == [("title.vi", "required")]
    evidence = FieldError(field="evidence.0.sha256", message="required", message_vi="bắt buộc")
    submitted = with_problem(
        form_of(OFFERED["submit-task"], lang="en"), problem(evidence), {"evidence.4.title": ["A"]}
    )
    assert [(field.path, field.error) for field in submitted.wrong] == [("evidence.0.sha256", "required")]


def test_a_form_tells_that_more_is_wrong_than_is_listed():
    one = FieldError(field="collective", message="required", message_vi="bắt buộc")
    many = problem(one).model_copy(update={"error_count": 23})
    assert with_problem(form_of(OFFERED["assign-task"], lang="vi"), many, {}).summary == ("+ 22",)


def test_a_unit_without_code_offers_no_other_commands():
    assert set(offered_by("y-te").values()) <= {*OFFERED.values(), *offered_by("logistics").values()}


@pytest.mark.parametrize(("lang", "told"), [("vi", "Không có nhiệm vụ 1-03."), ("en", "There is no task 1-03.")])
def test_a_refusal_of_no_field_stands_in_the_summary(lang, told):
    form = with_problem(form_of(OFFERED["start-task"], lang=lang), problem(), {"task_id": ["1-03"]})
    assert form.summary == (told,)
    assert form.wrong == ()
    assert form.has_errors


def test_a_page_says_what_may_be_chosen_and_what_is_settled():
    choices = Choices(
        options={"organisation_id": (Option("so-y-te", "Sở Y tế"),)}, suggestions={"position": ("Giám đốc",)}
    )
    form = form_of(
        OFFERED["hold-position"], lang="vi", fixed={"since": "2026-11-01"}, choices=choices, without={"contact"}
    )
    paths = [field.path for field in form.fields]
    assert "contact" not in paths
    assert field_at(form, "since").control == "hidden"
    assert field_at(form, "organisation_id").options == (Option("", ""), Option("so-y-te", "Sở Y tế"))
    assert field_at(form, "position").suggestions == ("Giám đốc",)
    assert field_at(form, "exclusive").value == "false"
    assert quoted(field_at(form, "since").value) == "01/11/2026"


def test_what_a_form_is_filled_with_is_written_as_people_write_it():
    values = {"amount_vnd": 1500, "guaranteed_vnd": 12_000_000, "funding_source": "Ngân sách\nxã hội hóa"}
    form = form_of(OFFERED["estimate-expense"], lang="vi", values=values)
    assert field_at(form, "amount_vnd").value == "1.500"
    assert field_at(form, "guaranteed_vnd").value == "12.000.000"
    assert field_at(form, "funding_source").control == "textarea"
    booked = form_of(OFFERED["reserve-resource"], lang="vi", values={"starts": "2026-12-20T01:00:00Z"})
    assert field_at(booked, "starts").value == "20/12/2026 08:00"


REGISTER = (
    {
        "_id": "so-y-te",
        "kind": "agency",
        "name": {"vi": "Sở Y tế", "en": "Health department"},
        "positions": ["Giám đốc"],
        "holders": [{"position": "Giám đốc", "person": "Nguyễn Văn A", "since": "2026-01-01"}],
    },
    {"_id": "huyen-a", "kind": "locality", "name": {"vi": "Huyện A"}, "positions": ["Chủ tịch", "Giám đốc"]},
)
OF_A_TASK = {"task_id": "1-03", "title": {"vi": "In tài liệu " * 100, "en": ""}}


def test_the_register_and_the_tasks_of_the_unit_are_there_to_choose_from():
    choices = choices_from(REGISTER, [OF_A_TASK], "en")
    handed_out = form_of(OFFERED["hand-out-duty"], lang="en", choices=choices)
    assert field_at(handed_out, "localities").options == (Option("huyen-a", "Huyện A"),)
    assigned = form_of(OFFERED["assign-task"], lang="en", choices=choices)
    assert field_at(assigned, "collective").suggestions == ("Health department", "Huyện A")
    assert field_at(assigned, "individual").suggestions == ("Giám đốc", "Chủ tịch")
    [_, task] = field_at(assigned, "task_id").options
    assert task.value == "1-03"
    assert task.label.startswith("1-03 In tài liệu")
    assert len(task.label) <= 121
    held = form_of(OFFERED["hold-position"], lang="en", choices=choices, values={"organisation_id": "gone"})
    assert [option.value for option in field_at(held, "organisation_id").options] == ["so-y-te", "huyen-a", "gone"]
    assert field_at(held, "person").suggestions == ("Nguyễn Văn A",)


@pytest.mark.parametrize(
    ("name", "path"),
    [("open-task", "task_id"), ("register-organisation", "organisation_id"), ("correct-advance", "on")],
)
def test_what_is_new_or_no_text_is_not_chosen(name, path):
    choices = choices_from(REGISTER, [OF_A_TASK])
    assert field_at(form_of(OFFERED[name], lang="vi", choices=choices), path).options == ()


@pytest.fixture
def groups():
    use_names({CodeList.GROUPS: {"1": Name("Nội dung", "Content"), "2": Name("Hậu cần", "")}})
    yield
    use_names({})


def test_a_group_on_the_list_is_chosen_by_its_name(groups):
    opened = form_of(OFFERED["open-task"], lang="vi", values={"group": {"number": 2}})
    assert [option.label for option in field_at(opened, "group.number").options] == ["Nội dung", "Hậu cần"]
    assert not [field for field in opened.fields if field.path.startswith("group.name")]
    read = read_form(OFFERED["open-task"], {"group.number": ["2"]})
    assert read.data == {"group": {"number": 2, "name": {"vi": "Hậu cần", "en": ""}}}
    own = read_form(OFFERED["open-task"], {"group.number": ["2"], "group.name.vi": ["Hậu cần, lễ tân"]})
    assert own.data["group"]["name"] == {"vi": "Hậu cần, lễ tân"}
    assert read_form(OFFERED["open-task"], {"group.number": ["7"]}).data == {"group": {"number": 7}}


def test_a_file_that_is_kept_already_is_not_lost_when_another_field_is_wrong():
    kept = {"sha256": ["a" * 64], "size_bytes": ["1200"], "media_type": ["application/pdf"], "kept": ["true"]}
    posted = {f"evidence.1.{name}": texts for name, texts in kept.items()}
    read = read_form(OFFERED["submit-task"], posted)
    [piece] = read.data["evidence"]
    assert piece == {"sha256": "a" * 64, "size_bytes": 1200, "media_type": "application/pdf", "kept": True}
    form = with_typed(form_of(OFFERED["submit-task"], lang="vi"), posted)
    shown = {field.path: field for field in form.all_fields}
    assert shown["evidence.0.sha256"].value == "a" * 64
    assert shown["evidence.0.file"].control == "file"
    assert read_form(OFFERED["submit-task"], posted_by(form)).data == read.data


def test_more_rows_than_a_form_holds_are_told_and_not_dropped_in_silence():
    posted = {f"evidence.{at}.title": ["x"] for at in range(1001)}
    assert [problem.path for problem in read_form(OFFERED["submit-task"], posted).errors] == ["evidence"]
