"""The version of the fold changes with everything that shapes documents, and with nothing else."""

import ast
import shutil
import subprocess
import sys

import pytest

from services.tracker.projection import version
from services.tracker.projection.version import ROOT, fold_sources, fold_version

TODAY = fold_version()
LOADED = "import sys, services.tracker.projection.fold; print(*(name for name in sys.modules))"


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the services and what they share, which may be changed."""
    for part in ("services", "shared"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(version, "ROOT", tmp_path)
    return tmp_path


def version_after_a_change_of(root, *names, change="_ANOTHER = 1\n"):
    for name in names:
        with (root / name).open("a") as file:
            file.write(change)
    return fold_version.__wrapped__()


def does_something(source):
    """More than to name its package."""
    return any(not isinstance(node, ast.Expr) for node in ast.parse(source.read_bytes()).body)


def test_a_changed_sentence_label_or_translation_changes_no_view(copied):
    words = ("shared/i18n/vi.po", "shared/i18n/__init__.py", "shared/history/sentences.py")
    others = ("shared/reports/parked.py", "shared/reports/masking.py", "shared/unit/problems.py")
    assert version_after_a_change_of(copied, *words, *others) == TODAY
    in_the_fold = ("shared/views/tasks.py", "services/tracker/projection/fold.py")
    assert version_after_a_change_of(copied, *in_the_fold, change='# another comment\n"""words"""\n') == TODAY
    events, titles = copied / "shared/events/task.py", copied / "shared/values/units.py"
    said = events.read_text().replace(
        "class TaskStarted(Event):\n", 'class TaskStarted(Event):\n    SENTENCE = "x"\n'
    )
    assert said != events.read_text()
    events.write_text(said)
    titles.write_text(titles.read_text().replace("Bộ phận hậu cần phục vụ", "Bộ phận hậu cần"))
    assert fold_version.__wrapped__() == TODAY


@pytest.mark.parametrize(
    "part",
    [
        "services/tracker/projection/fold.py",
        "shared/history/audit_rows.py",
        "shared/history/decoding.py",
        "shared/eventstore/envelope.py",
        "shared/views/tasks.py",
        "shared/views/view.py",
        "shared/values/types.py",
        "shared/events/policy.py",
        "shared/domain/task/standing.py",
    ],
)
def test_a_change_of_whatever_the_fold_uses_makes_a_new_version(copied, part):
    assert version_after_a_change_of(copied, part) != TODAY


def test_what_python_loads_for_the_fold_is_part_of_its_version_or_brings_only_the_bytes():
    asked = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, cwd=ROOT)
    ours = {name for name in asked.stdout.split() if name.startswith(("services.", "shared."))}
    loaded = {path for name in ours if (path := version._source_of(name)) and does_something(path)}
    missing = {path.relative_to(ROOT) for path in loaded - set(fold_sources())}
    assert {path.parent.as_posix() for path in missing} == {
        *("shared/eventstore", "shared/platform", "shared/values"),
        *("shared/domain", "shared/domain/task"),  # deciders, loaded with their package: they shape no document
    }


LOOKING = {"shared/history/decoding.py", "shared/views/all_views.py"}
"""They find every module of a package that the version names."""


def test_the_fold_imports_by_whole_names_and_so_is_followed_wherever_it_goes():
    for source in fold_sources():
        imports = [node for node in ast.walk(ast.parse(source.read_bytes())) if isinstance(node, ast.ImportFrom)]
        assert not any(node.level for node in imports), source
        assert ("importlib" in source.read_text("utf-8")) == (str(source.relative_to(ROOT)) in LOOKING)
