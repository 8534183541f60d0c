"""The import contracts of `pyproject.toml` find what they are there for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]
FORBIDDEN = {
    "shared.views.tasks": ("asyncio", "nats", "pymongo", "shared.i18n", "shared.platform.mongo"),
    "shared.platform.mongo": ("shared.unit.problems",),
    "shared.i18n.added": ("shared.platform.files",),
    "shared.history.audit_rows": ("shared.i18n",),
    "shared.reports.lines": ("services.tracker.projection.store", "pymongo", "motor", "nats"),
    "shared.reports.parked": ("services.tracker.projection.store",),
    "shared.entering.moments": ("services.tracker.access",),
    "shared.reports.masking": ("services.tracker.queries",),
}
"""What a module may not import."""


def test_an_import_that_the_design_forbids_is_found(tmp_path):
    for package in ("daihoi", "services", "shared"):
        shutil.copytree(PROJECT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.po"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    for module, names in FORBIDDEN.items():
        with (tmp_path / f"{module.replace('.', '/')}.py").open("a") as file:
            file.writelines(f"\nimport {name}" for name in names)
    ended = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    missed = [f"{module} -> {name}" for module, names in FORBIDDEN.items() for name in names]
    assert [line for line in missed if f"{line} (l." not in ended.stdout] == []
