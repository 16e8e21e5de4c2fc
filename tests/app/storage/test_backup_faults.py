"""Backup and restore under real faults: kills, a full disk, a disk that cannot be written."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import DiskFull, OperatorError
from app.paths import HomePaths
from app.storage import backup as backup_module
from app.storage import restore as restore_module
from app.storage.backup import backup, restore
from app.storage.migrations.runner import migrate
from tests.helpers.home_builder import BuiltHome, build_home
from tests.helpers.tiny_disk import remount_read_only, tiny_disk

PROJECT = Path(__file__).resolve().parents[3]

# Tells each step and waits for leave to go on, so that the kill comes at a known place.
PROGRAM = """
import sys
from pathlib import Path
from app.paths import HomePaths
from app.storage.backup import backup, restore

def step(*told):
    print("step", flush=True)
    sys.stdin.readline()

first, second = Path(sys.argv[2]), Path(sys.argv[3])
if sys.argv[1] == "backup":
    backup(HomePaths(first), second, verify=True, progress=step)
else:
    restore(first, HomePaths(second), progress=step)
print("end", flush=True)
"""


def run_and_kill(what: str, first: Path, second: Path, after_steps: int) -> bool:
    """Run until so many steps are done, then kill without warning; False when it was done before that."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, what, str(first), str(second)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    killed = False
    for line in process.stdout:
        if line.strip() == "end":
            break
        after_steps -= 1
        if after_steps < 0:
            process.kill()
            killed = True
            break
        process.stdin.write("\n")
    process.communicate()
    return killed


def tree(root: Path) -> dict[str, bytes]:
    found = [*(root / "masters").rglob("*"), *(root / "packages").rglob("*")]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found if path.is_file()}


@pytest.fixture
def home(tmp_path: Path) -> BuiltHome:
    built = build_home(tmp_path / "home", pages=6, packaged=True)
    built.database.close()
    return built


@pytest.mark.kill
def test_killed_backups_leave_the_earlier_one_good_and_the_next_completes(
    home: BuiltHome, tmp_path: Path
) -> None:
    usb = tmp_path / "usb"
    backup(home.paths, usb)
    before = tree(usb)
    for round_ in range(5):
        for path in random.sample(sorted((usb / "masters").rglob("*.png")), 3):
            path.unlink()  # so that there is work to interrupt
        assert run_and_kill("backup", home.paths.root, usb, random.randint(0, 5))
        backup(home.paths, usb, verify=True)
        assert tree(usb) == before
        assert restore(usb, HomePaths(tmp_path / f"again{round_}")).missing == ()
    assert not list(usb.rglob("*.part"))
    assert len(list(usb.glob("database-*.sqlite3"))) == 2


@pytest.mark.kill
def test_a_killed_restore_is_no_home_until_it_is_repeated(home: BuiltHome, tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    files = backup(home.paths, usb).files_copied + 1
    for round_ in range(5):
        again = HomePaths(tmp_path / f"again{round_}")
        # every file is told twice: while proven and while copied
        assert run_and_kill("restore", usb, again.root, files + random.randint(0, files - 1))
        with pytest.raises(OperatorError, match="restore_unfinished"):
            migrate(again.database)
        assert not again.database.exists()
        restore(usb, again)
        assert tree(again.root) == tree(home.paths.root)
        assert not migrate(again.database).changed


def test_a_disk_too_small_is_refused_before_anything_is_written(home: BuiltHome, tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "usb", 3_000_000) as usb:
        with pytest.raises(DiskFull) as failure:
            backup(home.paths, usb)
        assert failure.value.facts["free_bytes"] < 4_000_000
        assert list(usb.iterdir()) == []


def test_a_restore_onto_a_disk_too_small_leaves_nothing_there(
    home: BuiltHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(home.paths, tmp_path / "usb")
    monkeypatch.setattr(restore_module, "SPARE_BYTES", 10**18)
    with pytest.raises(DiskFull):
        restore(tmp_path / "usb", HomePaths(tmp_path / "not" / "yet"))
    assert not (tmp_path / "not").exists()


def test_a_disk_that_fills_keeps_the_earlier_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = build_home(tmp_path / "home", pages=2, master_bytes=100_000)
    monkeypatch.setattr(backup_module, "SPARE_BYTES", -(10**9))  # as if others filled the disk meanwhile
    with tiny_disk(tmp_path / "usb", 2_000_000) as usb:
        backup(home.paths, usb)
        filler = usb / "filler"
        filler.write_bytes(bytes(1_000_000))
        with home.database.write("test") as tx:
            tx.audit("batch", 1, "note", note="x" * 1_500_000)
        with pytest.raises(DiskFull):
            backup(home.paths, usb)
        assert restore(usb, HomePaths(tmp_path / "again")).missing == ()
        filler.unlink()
        assert not list(usb.rglob("*.part"))


def test_a_restore_that_runs_out_of_room_can_be_repeated(
    home: BuiltHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(home.paths, tmp_path / "usb")
    needed = sum(path.stat().st_size + 4096 for path in (tmp_path / "usb").rglob("*") if path.is_file())
    with tiny_disk(tmp_path / "disk", needed + 100_000) as disk:
        again = HomePaths(disk / "home")
        with pytest.raises(DiskFull):
            restore(tmp_path / "usb", again)
        assert not again.database.exists()
        monkeypatch.setattr(restore_module, "SPARE_BYTES", -(10**9))  # as if others took the room meanwhile
        filler = disk / "filler"
        filler.write_bytes(bytes(250_000))
        with pytest.raises(DiskFull):
            restore(tmp_path / "usb", again)
        with pytest.raises(OperatorError, match="restore_unfinished"):
            migrate(again.database)
        filler.unlink()
        assert not list(disk.rglob(".*.part"))
        restore(tmp_path / "usb", again)
        assert tree(again.root) == tree(home.paths.root)


def test_a_disk_that_cannot_be_written_is_said(home: BuiltHome, tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "usb", 3_000_000) as usb:
        remount_read_only(usb)
        with pytest.raises(OperatorError, match="target_not_writable"):
            backup(home.paths, usb / "copy")
        with pytest.raises(OperatorError, match="home_not_writable"):
            HomePaths(usb / "home").make()
        with pytest.raises(OperatorError, match="home_not_writable"):
            HomePaths(usb).make()
