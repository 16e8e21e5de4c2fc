"""The window's system libraries: found out by opening them, named exactly where missing, never in the way of other work."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.installer.conftest import MiniatureProject

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="system libraries are a matter of Linux")

ONE_MISSING = "import system_packages; system_packages.QT_LIBRARIES = {'libnothere.so.9': 'libnothere9'}"
NONE_MISSING = "import system_packages; system_packages.QT_LIBRARIES = {'libc.so.6': 'libc6'}"


def test_missing_library_stops_the_window_with_the_line_to_type(miniature: MiniatureProject) -> None:
    window = miniature.start(prelude=ONE_MISSING, QT_QPA_PLATFORM="offscreen")

    assert window.returncode == 3
    assert "apt-get install --no-install-recommends libnothere9" in window.stderr

    other_work = miniature.start("hello", prelude=ONE_MISSING, QT_QPA_PLATFORM="offscreen")

    assert other_work.returncode == 0, other_work.stderr


def test_everything_missing_is_in_one_line(fresh: MiniatureProject, tmp_path: Path) -> None:
    apt = tmp_path / "bin" / "apt-get"
    apt.parent.mkdir()
    apt.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    apt.chmod(0o755)
    prelude = f"sys.modules['ensurepip'] = None; {ONE_MISSING}"
    path = os.pathsep.join([str(apt.parent), os.environ["PATH"]])
    venv = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"

    with_display = fresh.start(prelude=prelude, PATH=path, QT_QPA_PLATFORM="offscreen")
    without = fresh.start(prelude=prelude, PATH=path)

    assert f"apt-get install --no-install-recommends {venv} libnothere9\n" in with_display.stderr
    assert f"apt-get install --no-install-recommends {venv}\n" in without.stderr


def test_line_to_type_fetches_the_lists_first(miniature: MiniatureProject) -> None:
    window = miniature.start(prelude=ONE_MISSING, QT_QPA_PLATFORM="offscreen")

    assert "apt-get update && " in window.stderr


def test_window_opens_where_the_libraries_are(miniature: MiniatureProject) -> None:
    window = miniature.start(prelude=NONE_MISSING, QT_QPA_PLATFORM="offscreen")

    assert window.returncode == 0, window.stderr
    assert json.loads(window.stdout.splitlines()[-1])["arguments"] == []
