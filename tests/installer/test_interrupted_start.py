"""A first start that was killed, interrupted, doubled or damaged afterwards: the next one works all the same."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from types import ModuleType

    from tests.installer.conftest import MiniatureProject

INSTALLER = Path(__file__).resolve().parents[2] / "installer"


@pytest.mark.kill
def test_start_killed_while_making_the_environment_is_completed(fresh: MiniatureProject) -> None:
    _kill_at("Step 1", fresh)
    _expect_a_whole_start(fresh)


@pytest.mark.kill
def test_start_killed_while_installing_is_completed(miniature: MiniatureProject) -> None:
    _kill_at("Step 2", miniature)
    _expect_a_whole_start(miniature)


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
def test_ctrl_c_ends_the_first_start_cleanly(fresh: MiniatureProject) -> None:
    fresh.offer("1.0", filler_files=400)
    interrupted = fresh.begin("hello")
    _read_until(interrupted, "Step 1")
    interrupted.send_signal(signal.SIGINT)
    output, _ = interrupted.communicate(timeout=60)

    assert interrupted.returncode == 130
    assert "Start again: it goes on where it stopped." in output
    assert "Traceback" not in output
    assert fresh.start("hello").returncode == 0


def test_two_first_starts_at_once_prepare_only_once(fresh: MiniatureProject) -> None:
    both = [fresh.begin("hello") for _ in range(2)]
    outputs = [process.communicate(timeout=180)[0] for process in both]

    assert [process.returncode for process in both] == [0, 0], outputs
    assert sorted("Step 1" in output for output in outputs) == [False, True]


def test_start_waits_while_another_prepares_and_says_so(miniature: MiniatureProject) -> None:
    guard = _installer_module("guard")
    with guard.Guard(miniature.root / ".venv" / "foliodesk-setup.lock"):
        waiting = miniature.begin("hello")
        _read_until(waiting, "waiting for it")
        assert not miniature.stamp.exists()
    waiting.communicate(timeout=180)

    assert waiting.returncode == 0
    assert miniature.stamp.exists()


def test_damage_after_a_start_is_repaired(miniature: MiniatureProject) -> None:
    miniature.start("hello")
    python = miniature.root / ".venv" / "pyvenv.cfg"
    made = python.stat().st_mtime_ns

    miniature.stamp.write_text('{"locks": [', encoding="utf-8")
    damaged_stamp = miniature.start("hello")
    assert damaged_stamp.returncode == 0
    assert "1 there already" in damaged_stamp.stdout
    assert python.stat().st_mtime_ns == made  # checked and kept, not made anew

    (miniature.site_packages / "tinypart" / "__init__.py").write_text(
        "", encoding="utf-8"
    )  # as a power cut leaves it
    miniature.stamp.unlink()
    cut_short = miniature.start("hello")
    assert "cut short in tinypart" in cut_short.stdout
    assert cut_short.returncode == 0, cut_short.stderr
    assert json.loads(cut_short.stdout.splitlines()[-1])["part"] == "1.0"


def test_command_is_whole_with_another_size_but_not_empty(miniature: MiniatureProject) -> None:
    miniature.start("hello")
    command = miniature.root / ".venv" / "tiny-command"
    command.write_text("#!/a/long/way/to/python", encoding="utf-8")
    outside = os.path.relpath(command, miniature.site_packages)
    with next(miniature.site_packages.glob("tinypart-*/RECORD")).open("a", encoding="utf-8") as record:
        record.write(f"{Path(outside).as_posix()},sha256=of-the-package,8\n")

    miniature.stamp.unlink()
    assert "cut short" not in miniature.start("hello").stdout

    command.write_text("", encoding="utf-8")
    miniature.stamp.unlink()
    assert "cut short in tinypart" in miniature.start("hello").stdout


def test_package_no_lock_names_any_more_is_removed(miniature: MiniatureProject) -> None:
    miniature.start("hello")
    stray = miniature.site_packages / "stray-1.0.dist-info"
    stray.mkdir()
    (stray / "METADATA").write_text("Metadata-Version: 2.1\nName: stray\nVersion: 1.0\n", encoding="utf-8")
    (stray / "RECORD").write_text(
        "stray-1.0.dist-info/METADATA,,\nstray-1.0.dist-info/RECORD,,\n", encoding="utf-8"
    )
    miniature.stamp.unlink()

    assert miniature.start("hello").returncode == 0
    assert not stray.exists()


def _installer_module(name: str) -> ModuleType:
    """Load a module of the installer, which is no package, by its path."""
    spec = importlib.util.spec_from_file_location(f"installer_{name}", INSTALLER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _kill_at(step: str, project: MiniatureProject) -> None:
    project.offer("1.0", filler_files=400)
    killed = project.begin("hello")
    _read_until(killed, step)
    killed.kill()
    killed.communicate()
    assert not project.stamp.exists()


def _expect_a_whole_start(project: MiniatureProject) -> None:
    answer = project.start("hello")

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert json.loads(answer.stdout.splitlines()[-1])["part"] == "1.0"
    assert len(list((project.site_packages / "tinypart").glob("filler_*.py"))) == 400


def _read_until(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return
    raise AssertionError(f"the start ended before it said {words!r}")
