"""The setup's steps that need the program, called as the setup calls them, on homes that the program made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.context import AppContext
from app.paths import HomePaths
from app.roles import BACKGROUND, Role, window_role
from app.settings import save_settings
from tests.helpers.real_program import PROJECT, environment


def step(*words: str | Path, variables: dict[str, str] | None = None) -> tuple[int, str]:
    """Run steps.py; returns its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, PROJECT / "installer" / "setup" / "steps.py", *words],
        env=environment({"PYTHONPATH": str(PROJECT), **(variables or {})}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def home(tmp_path: Path) -> HomePaths:
    """A home as the window and the background worker leave it."""
    context = AppContext.open(tmp_path / "home")
    paths = context.paths
    for name in (BACKGROUND, window_role()):
        role = Role.take(paths.root, name)
        assert role is not None
        role.release()
    save_settings(paths.settings, office="KH")
    context.close()
    (paths.root / "window.ini").write_text("[window]\n")
    (paths.masters / "ab").mkdir()
    (paths.masters / "ab" / "scan.tif").write_text("scan")
    return paths


def test_work_is_deleted_whole(home: HomePaths) -> None:
    assert step("delete-work", "--home", home.root)[0] == 0
    assert not home.root.exists()


def test_other_things_in_the_directory_of_the_work_stay(home: HomePaths, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "deep").mkdir(parents=True)
    (elsewhere / "deep" / "photo.jpg").write_text("theirs")
    home.derived.rmdir()
    home.derived.symlink_to(elsewhere, target_is_directory=True)
    (home.root / "thesis.docx").write_text("theirs")
    (home.root / "office.lock").write_text("theirs")

    assert step("delete-work", "--home", home.root)[0] == 0

    assert {path.name for path in home.root.iterdir()} == {"thesis.docx", "office.lock"}
    assert (elsewhere / "deep" / "photo.jpg").exists()


def test_directory_without_our_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "theirs.txt").write_text("theirs")
    assert step("delete-work", "--home", tmp_path)[0] == 0
    assert step("work", "--home", tmp_path)[0] == 1
    assert (tmp_path / "packages" / "theirs.txt").exists()


def test_home_is_the_one_the_program_uses(home: HomePaths, tmp_path: Path) -> None:
    root = str(home.root)
    assert step("work", "--home", root) == (0, root)
    assert step("work", "--home", "%PLACE%/home", variables={"PLACE": str(tmp_path)}) == (0, root)
    assert step("work", "--home", str(tmp_path / "other"), variables={"FOLIODESK_HOME": root}) == (0, root)
    assert step("work", "--home", "", variables={"FOLIODESK_HOME": root}) == (0, root)
    assert step("backup-database", "--home", root, "--before", "2.0")[0] == 0
    assert list(home.backups.glob("before-setup-2.0-*.sqlite3"))
