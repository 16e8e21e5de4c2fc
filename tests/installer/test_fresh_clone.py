"""A fresh clone: what the documents say to type works in the order in which they say it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.helpers.small_setup import PROJECT


def test_order_of_imports_is_right_with_and_without_a_build(tmp_path: Path) -> None:
    """The build's directory has the name of the module that makes it."""
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    shutil.copytree(PROJECT / "tests" / "installer", tmp_path / "tests" / "installer")
    check = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "I", "tests"]
    for directory in ("tests", "build"):
        (tmp_path / directory).mkdir(exist_ok=True)
        done = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
