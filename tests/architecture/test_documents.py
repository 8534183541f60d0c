"""The documents keep up with the code."""

import re
from pathlib import Path

import pytest

from daihoi.cli.catalogue import catalogue
from daihoi.cli.main import app
from daihoi.cli.reports import audit
from daihoi.ops.charters import charter, path_of, service_named
from shared.values.units import services

PROJECT = Path(__file__).parents[2]
PAGES = [PROJECT / "README.md", PROJECT / "README.vi.md", PROJECT / "CHANGELOG.md", *PROJECT.glob("docs/**/*.md")]
RECORDS = sorted(path for path in PROJECT.glob("docs/adr/*.md") if path.name != "README.md")
COMMANDS = {command.name or command.callback.__name__ for command in app.registered_commands}
AUDIT_COMMANDS = {command.name for command in audit.registered_commands}
GROUPS = {group.name for group in app.registered_groups}
CATALOGUE_COMMANDS = {command.name for command in catalogue.registered_commands}
TARGETS = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_in_a_page_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_command_in_a_page_exists(page):
    text = page.read_text("utf-8")
    blocks = re.findall(r"^```([^\n]*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    shown = "\n".join(block for kind, block in blocks if kind in ("", "sh", "bash", "console", "text"))
    assert set(re.findall(r"\bmake ([a-z-]+)", shown)) <= TARGETS
    for command, argument in re.findall(r"^(?:\$ )?daihoi ([a-z]+)(?: ([a-z-]+))?", shown, re.MULTILINE):
        assert command in COMMANDS | GROUPS
        if command == "audit":
            assert argument in AUDIT_COMMANDS
        if command == "catalogue":
            assert argument in CATALOGUE_COMMANDS


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
