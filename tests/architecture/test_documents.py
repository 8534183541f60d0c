"""The documents keep up with the code."""

import re
from functools import cache
from pathlib import Path

import pytest

from daihoi.cli.command_pages import PAGE, every_command, page
from daihoi.ops import findings_page, roles_page
from daihoi.ops.charters import charter, path_of, service_named
from shared.i18n import render
from shared.values.units import services
from shared.web.pages.offered import HELP
from tests.documents import pages
from tests.documents.__main__ import renumbered, sample_end_in
from tests.documents.reader import without_what_varies

PROJECT = Path(__file__).parents[2]
PAGES = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")]
RECORDS = sorted(path for path in PROJECT.glob("docs/adr/*.md") if path.name != "README.md")
TARGETS = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))


@cache
def commands():
    return {context.command_path for context in every_command()}


def groups():
    return {path.rpartition(" ")[0] for path in commands()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_in_a_page_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_to_a_heading_finds_it(page):
    for target, heading in re.findall(r"\]\((?!https?:)([^)#]*\.md|)#([^)]+)\)", page.read_text("utf-8")):
        headings = re.findall(r"^#+ (.+)$", (page.parent / (target or page.name)).read_text("utf-8"), re.MULTILINE)
        assert heading in [re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings], target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_command_in_a_page_exists(page):
    text = page.read_text("utf-8")
    blocks = re.findall(r"^```([^\n]*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    shown = "\n".join(block for kind, block in blocks if kind in ("", "sh", "bash", "console", "text"))
    assert set(re.findall(r"\bmake ([a-z-]+)", shown)) <= TARGETS
    for command, argument in re.findall(r"^(?:\$ )?daihoi ([a-z]+)(?: ([a-z-]+))?", shown, re.MULTILINE):
        assert f"daihoi {command}" in commands()
        if f"daihoi {command}" in groups() and argument and not argument.startswith("-"):
            assert f"daihoi {command} {argument}" in commands()


def test_the_page_of_commands_says_what_their_help_says():
    assert PAGE.read_text("utf-8") == page(), "run `make commands`"


def test_the_page_of_roles_says_what_the_table_says():
    assert roles_page.PAGE.read_text("utf-8") == roles_page.page(), "run `make roles`"


def test_the_index_of_decisions_names_every_record_once():
    index = (PROJECT / "docs" / "adr" / "README.md").read_text("utf-8")
    assert re.findall(r"\((\d{4}-[a-z0-9-]+\.md)\)", index) == [record.name for record in RECORDS]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_record_has_its_four_parts(record):
    text = record.read_text("utf-8").lower()
    assert all(part in text for part in ("status", "## context", "## decision", "## consequences"))


@pytest.mark.parametrize("service", services())
def test_a_charter_lists_what_the_service_is_made_of_today(service):
    readme = path_of(service).read_text("utf-8")
    assert readme == charter(service_named(service), readme), "run `make charters`"


@pytest.mark.parametrize("service", [*services(), "tracker"])
def test_every_service_has_a_charter(service):
    assert (PROJECT / "services" / service / "README.md").read_text("utf-8").startswith("# ")


# --- one README in two languages; what their commands print is run in tests/integration/test_documents.py ---
MOST_BYTES_OF_A_README = 8_000
WORDS_OF_A_PICTURE = re.compile(r"(?<=>)[^<\n]+(?=<)")


@pytest.mark.parametrize("page", pages.READMES)
def test_a_readme_is_one_page(page):
    assert len(pages.text_of(page).encode()) <= MOST_BYTES_OF_A_README


def test_both_readmes_have_the_same_commands_in_the_same_order():
    english, vietnamese = (
        [shown.command.replace("DAIHOI_LANG=en", "DAIHOI_LANG=vi") for shown in pages.shown_in(pages.text_of(page))]
        for page in pages.READMES
    )
    assert english == vietnamese != []
    targets = [re.findall(r"^make [a-z]+", pages.text_of(page), re.MULTILINE) for page in pages.READMES]
    assert targets == [["make demo", "make test"]] * 2


def test_both_readmes_lead_to_the_same_places_in_the_same_order():
    english, vietnamese = (
        [
            target.partition("#")[0].replace(".vi.", ".")
            for target in re.findall(r"\]\(([^)]+)\)", pages.text_of(page))
            if target not in pages.READMES
        ]
        for page in pages.READMES
    )
    assert english == vietnamese


def test_the_picture_differs_in_its_words_alone():
    english, vietnamese = (pages.text_of(f"docs/picture{language}.svg") for language in ("", ".vi"))
    assert WORDS_OF_A_PICTURE.sub("", english) == WORDS_OF_A_PICTURE.sub("", vietnamese)
    assert len(WORDS_OF_A_PICTURE.findall(english)) == len(WORDS_OF_A_PICTURE.findall(vietnamese)) > 20


def test_who_begins_in_either_language_types_the_same():
    english, vietnamese = (
        [shown.command.replace("DAIHOI_LANG=en", "DAIHOI_LANG=vi") for shown in pages.shown_in(pages.text_of(page))]
        for page in pages.BEGINNINGS
    )
    assert english == vietnamese != []
    headings = [len(re.findall(r"^## ", pages.text_of(page), re.MULTILINE)) for page in pages.BEGINNINGS]
    assert headings[0] == headings[1]


LETTERS_A_MINUTE = 280
"""Of somebody who types for a living."""


@pytest.mark.parametrize("page", pages.BEGINNINGS)
def test_who_begins_types_for_less_than_five_minutes(page):
    typed = [shown.command.partition(" | ")[0] for shown in pages.shown_in(pages.text_of(page))]
    assert sum(map(len, typed)) < 5 * LETTERS_A_MINUTE


@pytest.mark.parametrize("page", [*pages.PAGES, *pages.BEGINNINGS])
def test_what_is_shown_as_run_begins_with_a_command(page):
    text = pages.text_of(page)
    assert text.count("```console\n") == text.count(f"```console\n{pages.PROMPT}") > 0
    assert pages.with_outputs(text, lambda shown: shown.output) == text


def test_a_command_goes_on_where_a_quotation_or_a_line_is_open():
    text = "```console\n$ daihoi send '{\n  }' \\\n  --wait\nanswer\n…\n$ daihoi doctor\n```\n"
    assert pages.shown_in(text) == [
        pages.Shown("daihoi send '{\n  }' \\\n  --wait", "answer\n…\n"),
        pages.Shown("daihoi doctor", ""),
    ]


def test_what_differs_from_one_telling_to_the_next_is_not_compared():
    printed = (
        "Verifying ━━━━━━━━━━━━━━━━━━━━ 970/970 0:00:00\n"
        "    17  15/08/2020 09:00  opened\n"
        "   970  27/11/2026 09:00  accepted   \n"
        "│ ✓ │ after 12 ms. │ vm/77/0a1b2c3d projects, in term 2.  │\n"
    )
    assert without_what_varies(printed, 969) == (
        "     …  15/08/2020 09:00  opened\n"
        "   970  dd/mm/yyyy hh:mm  accepted\n"
        "│ ✓ │ after … ms.  │ host/process/… projects, in term ….  │\n"
    )


def test_where_the_sample_grows_the_pages_follow():
    tour = "$ daihoi report --at 969 --today 2020-09-10\n$ daihoi audit diff 969 970\n"
    assert sample_end_in(tour) == 969
    assert renumbered(tour, 969, 1001) == tour.replace("969", "1001").replace("970", "1002")


# --- the operator's pages ---
@pytest.mark.parametrize("lang", findings_page.PAGES)
def test_the_operators_pages_say_what_each_finding_means(lang):
    text = findings_page.PAGES[lang].read_text("utf-8")
    assert findings_page.page(lang, text) == text, "run `make findings`"


def test_every_finding_that_is_not_simply_well_is_told():
    codes = {one.code for one in (*findings_page.notices(), *findings_page.refusals())}
    assert {"parked", "stream_lost_events", "mongo_unreachable", "other_key", "standby"} <= codes
    assert {"not_let_in", "no_credentials", "nats_certificate_expired", "key_halves_differ"} <= codes
    for path in findings_page.PAGES.values():
        assert codes <= set(re.findall(r"^\| `([a-z_]+)` \|", path.read_text("utf-8"), re.MULTILINE))


OWN_WORDING = "2"
"""The part of which the Vietnamese page names each command, and need not print each line."""


def parts(lang):
    """What stands under each numbered heading of an operator's page, by number."""
    text = findings_page.PAGES[lang].read_text("utf-8")
    return dict(re.findall(r"^## (\d)\. .*?$(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE))


def lines_to_type(part):
    """Of all blocks, without what the commands print, comments, and the language that the page is in."""
    blocks = re.findall(r"^```(sh|console)\n(.*?)^```", part, re.DOTALL | re.MULTILINE)
    shown = "".join(
        "".join(f"{one.command}\n" for one in pages.shown_in(f"```console\n{text}```\n"))
        if kind == "console"
        else text
        for kind, text in blocks
    ).replace("\\\n", " ")
    lines = [re.sub(r"\s+#\s.*", "", line).replace("DAIHOI_LANG=vi", "DAIHOI_LANG=en") for line in shown.splitlines()]
    return [re.sub(r"<[^>]*>|\s+", " ", line).strip() for line in lines if line.strip()]


def commands_named(text):
    """With the alternatives in `revoke token|key`."""
    named = re.findall(r"\bdaihoi\s+([a-z]+)(?:\s+([a-z|-]+))?", text)
    paths = {f"daihoi {name} {one}" for name, words in named for one in words.split("|")}
    return (paths | {f"daihoi {name}" for name, _ in named}) & (commands() - groups() | {"daihoi keys"})


def test_who_reads_the_operators_page_in_vietnamese_types_the_same_lines():
    english, vietnamese = parts("en"), parts("vi")
    for number in english.keys() - {OWN_WORDING}:
        assert lines_to_type(vietnamese[number]) == lines_to_type(english[number]), f"part {number}"
    assert len(lines_to_type(english["1"])) > 20
    whole = findings_page.PAGES["vi"].read_text("utf-8")
    assert commands_named("\n".join(lines_to_type(english[OWN_WORDING]))) - commands_named(whole) == set()


@pytest.mark.parametrize(
    "kind",
    [r"\bDAIHOI_[A-Z_]+\b", r"(?<![\w-])--[a-z][a-z-]+", r"^\| `([A-Za-z0-9_]+)`"],
    ids=["settings", "options", "codes in tables"],
)
def test_the_operators_page_in_vietnamese_leaves_out_nothing_that_has_a_name(kind):
    english, vietnamese = (
        {*re.findall(kind, path.read_text("utf-8"), re.MULTILINE)} for path in findings_page.PAGES.values()
    )
    assert len(english) > 10
    assert english - vietnamese == set()


def test_both_operators_pages_have_the_same_parts_in_the_same_order():
    english, vietnamese = (
        re.findall(r"^## (\d+)\.", path.read_text("utf-8"), re.MULTILINE) for path in findings_page.PAGES.values()
    )
    assert english == vietnamese != []


# --- the pages in the browser ---
OF_EVERY_DAY = (
    *("start-task", "report-progress", "block-task", "unblock-task", "open-obstacle", "resolve-obstacle"),
    *("comment-on-task", "assign-task", "set-deadline", "request-extension", "fund-task", "submit-task"),
    *("complete-task", "return-task"),
)


@pytest.mark.parametrize(("page", "lang"), [("pages.md", "en"), ("pages.vi.md", "vi")])
def test_what_is_done_every_day_is_called_as_the_pages_call_it(page, lang):
    text = (PROJECT / "docs" / page).read_text("utf-8")
    first = render(HELP[OF_EVERY_DAY[0]].title, lang)
    rows = text[text.index(f"| {first} |") :].partition("\n\n")[0].splitlines()
    assert len(rows) == 10
    said = [name for row in rows for name in row.split("|")[1].strip().split(" · ")]
    assert said == [render(HELP[command].title, lang) for command in OF_EVERY_DAY]
