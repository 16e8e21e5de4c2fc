"""Which arguments of run.py open the window, and so need Qt's system libraries."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

INSTALLER = Path(__file__).resolve().parents[2] / "installer"


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
def test_only_a_home_opens_the_window(arguments, opens, monkeypatch):
    monkeypatch.syspath_prepend(INSTALLER)  # its modules import each other as scripts do
    assert importlib.import_module("start").opens_window(arguments) is opens
