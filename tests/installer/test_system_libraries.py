"""The window's system libraries: found out by opening them, named exactly where missing, never in the way of other work."""

from __future__ import annotations

import json
import sys
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


def test_window_opens_where_the_libraries_are(miniature: MiniatureProject) -> None:
    window = miniature.start(prelude=NONE_MISSING, QT_QPA_PLATFORM="offscreen")

    assert window.returncode == 0, window.stderr
    assert json.loads(window.stdout.splitlines()[-1])["arguments"] == []
