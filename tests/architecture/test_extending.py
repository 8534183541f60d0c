"""`docs/extending.md` is carried out: its blocks on a copy of the project, its commands on the real servers."""

import asyncio
import os
import re
import shlex
import shutil
import subprocess
import sys
from itertools import groupby
from typing import NamedTuple

import pytest

from shared.eventstore.store import EventStore
from shared.platform.children import start_child, stop_child
from shared.unit.client import CommandClient
from shared.values.units import parse_units
from tests.architecture.test_documents import PROJECT
from tests.congress import Writer
from tests.waiting import until

PAGE = (PROJECT / "docs" / "extending.md").read_text("utf-8")
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "tests", "benchmarks", "out")
UNIT, EVENT, VIEW = (
    "A unit with an aggregate of its own",
    "An event on task",
    "A view with its report",
)
MOST_FILES = {UNIT: 6, EVENT: 3, VIEW: 2}
ROWS = {
    UNIT: "a support unit with an aggregate of its own",
    EVENT: "an event on an aggregate, with its command",
    VIEW: "a view with its report",
}


class Block(NamedTuple):
    kind: str
    path: str
    text: str


def blocks_of(section):
    _, _, text = PAGE.partition(f"\n## {section}\n")
    text = text.partition("\n## ")[0]
    return [Block(*found) for found in re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)]


def files_by_hand(section):
    return {block.path for block in blocks_of(section) if block.path and block.text}


@pytest.mark.parametrize("section", MOST_FILES)
def test_as_few_files_are_touched_by_hand_as_the_page_says(section):
    [said] = re.findall(rf"^\| {ROWS[section]} \| (\d+) \|$", PAGE, re.MULTILINE)
    assert len(files_by_hand(section)) == int(said) <= MOST_FILES[section]


def test_a_unit_without_rules_of_its_own_is_named_as_the_page_has_it():
    [shown] = re.findall(r"^export DAIHOI_UNITS='(.*)'$", PAGE, re.MULTILINE)
    assert [unit.id for unit in parse_units(shown)][-2:] == ["y-te", "tai-chinh"]


class Extended:
    """A copy of the project, and the services of one congress that run from it."""

    def __init__(self, tree, settings):
        self.tree = tree
        shutil.copytree(PROJECT, tree, ignore=LEFT_OUT)
        self.children = {}
        self._environment = {
            **os.environ,
            "DAIHOI_CONGRESS": settings.congress,
            "DAIHOI_NATS_URL": settings.nats_url,
            "DAIHOI_MONGO_URL": settings.mongo_url,
            "DAIHOI_DATA_DIR": str(settings.data_dir),
            "DAIHOI_LANG": "en",
            "PYTHONPATH": str(tree),
            "PYTHONSAFEPATH": "1",  # not the project that the tests stand in
            "COLUMNS": "160",
        }

    def apply(self, section):
        for block in blocks_of(section):
            if not block.path:
                continue
            path = self.tree / block.path
            path.parent.mkdir(exist_ok=True)
            before = path.read_text("utf-8") if path.exists() else ""
            path.write_text(changed(before, block.text) if block.kind == "diff" else _at_the_end(before, block.text))
        checked = self.python(
            "ruff", "check", "--no-cache", *sorted(each for each in files_by_hand(section) if each.endswith(".py"))
        )
        assert checked.returncode == 0, checked.stdout

    def start(self, name):
        if name in self.children:
            self.children[name].terminate()
            stop_child(self.children[name])
        command = [sys.executable, "-m", "daihoi", "service", name]
        self.children[name] = start_child(command, self.tree / "logs" / f"{name}.log", self._environment)

    def stop(self):
        for child in self.children.values():
            child.terminate()
        for child in self.children.values():
            stop_child(child)

    def run(self, command):
        """A line of the page: `daihoi …`, or `make …` as the Makefile has it."""
        if target := re.fullmatch(r"make (\S+)", command):
            recipe = rf"^{target[1]}: .*\n\t@\$\(BIN\)/python -m (\S+)$"
            return self.python(*re.findall(recipe, (PROJECT / "Makefile").read_text(), re.MULTILINE))
        return self.python(*shlex.split(command))

    def python(self, *arguments):
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.tree,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def changed(text, hunks):
    """`text` after a diff whose hunks are found by their lines alone; each has one place."""
    for is_mark, lines in groupby(hunks.splitlines(), key=lambda line: line.startswith("@@")):
        if is_mark:
            continue
        hunk = [line or " " for line in lines]
        before = "".join(f"{line[1:]}\n" for line in hunk if line[0] in " -")
        after = "".join(f"{line[1:]}\n" for line in hunk if line[0] in " +")
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def _at_the_end(text, more):
    return f"{text}\n{more}" if text else more


def commands_of(section):
    """Each command and the lines that are to be in what it prints."""
    lines = "".join(block.text for block in blocks_of(section) if block.kind == "console").splitlines()
    starts = [position for position, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        yield lines[start][2:], lines[start + 1 : end]


@pytest.fixture
def extended(tmp_path, settings):
    project = Extended(tmp_path / "project", settings)
    yield project
    project.stop()


@pytest.mark.long
async def test_the_page_does_what_it_says(extended, connection, congress, database):
    await Writer(EventStore(connection, congress, "logistics")).write([1])
    client = CommandClient(connection, congress)

    async def start(*names):
        for name in names:
            await asyncio.to_thread(extended.start, name)
        for name in names:
            await until(lambda name=name: is_ready(name), 60)

    async def is_ready(name):
        return (await client.health(name)).ready

    async def carry_out(section):
        for command, expected in commands_of(section):
            ran = await asyncio.to_thread(extended.run, command)
            assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
            for line in expected:
                assert line.strip() in ran.stdout, (command, ran.stdout)

    extended.apply(UNIT)
    extended.apply(EVENT)
    assert (await asyncio.to_thread(extended.run, "daihoi streams provision")).returncode == 0
    await start("medical", "tracker")
    await carry_out(UNIT)
    await carry_out(EVENT)
    extended.apply(VIEW)
    await start("tracker")
    await carry_out(VIEW)
    assert (extended.tree / "services" / "medical" / "README.md").read_text("utf-8").startswith("# ")
    assert (extended.tree / "docs" / "asyncapi" / "medical.json").exists()
