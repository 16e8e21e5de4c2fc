"""A fresh clone: what the documents say to type works in the order in which they say it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from setup import python_for_windows, tools

from tests.helpers.small_setup import PROJECT
from tests.installer.conftest import MiniatureProject


def test_build_brings_its_own_setuptools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of run.py has none, or one too old: pip needs it even to download Python's package."""
    calls: list[tuple[list[str], Mapping[str, str]]] = []

    def note(command: Sequence[str | Path], *, what: str, env: Mapping[str, str] | None = None) -> str:
        calls.append(([str(part) for part in command], env or {}))
        return ""

    monkeypatch.setattr(tools, "run", note)
    python_for_windows.find_source(None, tmp_path / "cache", offline=False)
    (install, _), (download, environment) = calls
    assert str(PROJECT / "installer" / "lock-build.txt") in install
    assert "--require-hashes" in install
    assert "download" in download
    assert environment["PYTHONPATH"] == install[install.index("--target") + 1]


def test_order_of_imports_is_right_with_and_without_a_build(tmp_path: Path) -> None:
    """The build's directory has the name of the module that makes it."""
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    shutil.copytree(PROJECT / "tests" / "installer", tmp_path / "tests" / "installer")
    check = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "I", "tests"]
    for directory in ("tests", "build"):
        (tmp_path / directory).mkdir(exist_ok=True)
        done = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_help_of_the_tests_is_told_before_anything_is_prepared(fresh: MiniatureProject, word: str) -> None:
    done = _run(fresh.root / "installer" / "test.py", word)
    assert done.returncode == 0
    assert "ARGS go to pytest" in done.stdout
    assert not (fresh.root / ".venv").exists()


@pytest.mark.parametrize("arguments", [("nowhere.exe",), ("here.exe", "--older", "nowhere.exe")])
def test_smoke_test_names_a_missing_setup_before_it_makes_a_machine(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "here.exe").touch()
    machine = tmp_path / "machine"
    done = _run(PROJECT / "installer" / "smoke_test.py", *arguments, "--keep", str(machine), cwd=tmp_path)
    assert done.returncode == 2
    assert "nowhere.exe is no file" in done.stderr
    assert not machine.exists()


def _run(script: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(script), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
