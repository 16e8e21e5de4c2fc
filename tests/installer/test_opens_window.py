"""Which arguments of run.py open the window, and so need Qt's system libraries."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "installer"))

from start import opens_window


@pytest.mark.parametrize(
    ("arguments", "opens"),
    [
        ([], True),
        (["--home", "somewhere"], True),
        (["--home=somewhere"], True),
        (["--help"], False),
        (["digitize", "folder"], False),
        (["--home", "somewhere", "check"], False),
    ],
)
def test_only_a_home_opens_the_window(arguments, opens):
    assert opens_window(arguments) is opens
