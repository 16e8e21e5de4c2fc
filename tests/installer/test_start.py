"""The start command: fresh, quick the second time, honest exit codes, and words for every way it can fail."""

from __future__ import annotations

import ast
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.installer.conftest import MiniatureProject

INSTALLER = Path(__file__).resolve().parents[2] / "installer"
WITHOUT_ENSUREPIP = "sys.modules['ensurepip'] = None"
posix_only = pytest.mark.skipif(os.name == "nt", reason="stands a shell script in for apt-get")


def test_first_start_prepares_and_second_calls_no_pip(fresh: MiniatureProject) -> None:
    first = fresh.start("hello", "--flag")

    assert first.returncode == 0, first.stderr
    assert "Step 1 of 3" in first.stdout
    assert "Ready after" in first.stdout
    log = fresh.log.read_bytes()

    second = fresh.start("again")

    assert json.loads(second.stdout) == {
        "arguments": ["again"],
        "cwd": str(fresh.root.parent),
        "part": "1.0",
    }
    assert fresh.log.read_bytes() == log

    assert fresh.start("exit", "1").returncode == 1
    assert fresh.start("exit", "3").returncode == 3


def test_callers_directory_does_not_hide_the_program(miniature: MiniatureProject, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "ui").mkdir(parents=True)
    (elsewhere / "ui" / "__main__.py").write_text("raise SystemExit(9)", encoding="utf-8")

    answer = miniature.start("hello", cwd=elsewhere)

    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout.splitlines()[-1])["cwd"] == str(elsewhere)


def test_changed_lock_is_installed_over(miniature: MiniatureProject) -> None:
    miniature.start("hello")
    miniature.offer("1.1")

    answer = miniature.start("hello")

    assert json.loads(answer.stdout.splitlines()[-1])["part"] == "1.1"


def test_package_with_another_hash_is_refused(miniature: MiniatureProject) -> None:
    lock = miniature.root / "installer" / "lock.txt"
    pinned, _, digest = lock.read_text(encoding="utf-8").rpartition(":")
    lock.write_text(f"{pinned}:{'0' * len(digest.strip())}\n", encoding="utf-8")

    answer = miniature.start("hello")

    assert answer.returncode == 3
    assert "not the one this version was tested with" in answer.stderr
    assert not miniature.stamp.exists()


def test_missing_wheel_names_the_wheelhouse(miniature: MiniatureProject) -> None:
    next(miniature.wheelhouse.glob("*.whl")).unlink()

    answer = miniature.start("hello")

    assert answer.returncode == 3
    assert f"Not everything was found in {miniature.wheelhouse}" in answer.stderr


@pytest.mark.parametrize("script", ["run.py", "test.py"])
def test_both_commands_are_readable_for_very_old_pythons(script: str) -> None:
    source = (INSTALLER / script).read_text(encoding="utf-8")

    ast.parse(source, feature_version=(3, 4))
    assert source.isascii()
    assert "__future__" not in source  # unknown before Python 3.7


def test_too_old_python_is_told_what_to_do(fresh: MiniatureProject) -> None:
    answer = fresh.start(prelude="sys.version_info = (3, 9, 1); sys.version = '3.9.1 (old)'")

    assert answer.returncode == 3
    assert "needs Python 3.11 or newer; this is Python 3.9.1" in answer.stderr
    assert not (fresh.root / ".venv").exists()


def test_python_without_ensurepip_gives_the_line_to_type(fresh: MiniatureProject, tmp_path: Path) -> None:
    _fake_apt(tmp_path / "bin", "exit 1")

    answer = fresh.start("hello", prelude=WITHOUT_ENSUREPIP, PATH=_path_with(tmp_path / "bin"))

    assert answer.returncode == 3
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if os.name == "nt":
        assert "lacks its modules" in answer.stderr
    else:
        assert f"apt-get install --no-install-recommends {package}" in answer.stderr


@posix_only
@pytest.mark.skipif(not Path("/etc/debian_version").exists(), reason="installs only on Debian and its kin")
def test_missing_ensurepip_is_installed_where_that_is_allowed(
    fresh: MiniatureProject, tmp_path: Path
) -> None:
    called = tmp_path / "called"
    _fake_apt(tmp_path / "bin", f'echo "$@" >> "{called}"')
    (tmp_path / "bin" / "sudo").write_text(
        '#!/bin/sh\n[ "$1" = "-n" ] && shift\nexec "$@"\n', encoding="utf-8"
    )
    (tmp_path / "bin" / "sudo").chmod(0o755)

    answer = fresh.start(
        "hello", prelude=WITHOUT_ENSUREPIP, PATH=_path_with(tmp_path / "bin"), FOLIODESK_NO_SYSTEM_PACKAGES=""
    )

    assert f"python{sys.version_info.major}.{sys.version_info.minor}-venv" in called.read_text(
        encoding="utf-8"
    )
    assert answer.returncode == 3  # the stand-in installs nothing, and that is noticed


def _fake_apt(directory: Path, body: str) -> None:
    directory.mkdir()
    (directory / "apt-get").write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    (directory / "apt-get").chmod(0o755)


def _path_with(directory: Path) -> str:
    return os.pathsep.join([str(directory), os.environ["PATH"]])
