"""What a setup leaves when files are held, when it is killed, and when two run at once. Small payload, real script, Wine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers.small_setup import BarePrefix, Setups, files_of, steps_of, wait_for

NOT_WRITABLE, RUNNING, BACKUP, BAD_OPTION, SWAP, EXTRACT, FOREIGN = 12, 14, 16, 18, 19, 20, 21
# In the order in which they change places.
ITEMS = ("python", "packages", "program", "licences", "setup", "install.ini", "manifest.json", "files.lst")
LAUNCHERS = ("foliodesk.com", "Foliodesk.exe")


def hold(setups: Setups, prefix: BarePrefix, *what: str | Path) -> subprocess.Popen[str]:
    """Hold a file as a virus scanner does, or a mutex."""
    return prefix.start(
        setups.holder, *(prefix.windows(part) if isinstance(part, Path) else part for part in what)
    )


def let_go(prefix: BarePrefix, *holders: subprocess.Popen[str]) -> None:
    (prefix.drive_c / "stop").touch()
    for holder in holders:
        holder.communicate("", timeout=60)
    (prefix.drive_c / "stop").unlink()
    (prefix.drive_c / "held").unlink(missing_ok=True)


def test_file_that_cannot_be_unpacked_leaves_the_old_version(setups: Setups, prefix: BarePrefix) -> None:
    assert prefix.install(setups.old) == 0
    before = files_of(prefix.usual_place)
    unpacked = prefix.usual_place / "~new" / "packages" / "one" / "__init__.py"
    unpacked.parent.mkdir(parents=True)
    unpacked.write_text("half")
    scanner = hold(setups, prefix, "file", unpacked)
    wait_for(prefix.drive_c / "held")

    assert prefix.install(setups.new) == EXTRACT

    left = files_of(prefix.usual_place)
    left.pop("~new/packages/one/__init__.py")
    assert left == before
    assert prefix.registered("DisplayVersion") == "1.2.0"
    let_go(prefix, scanner)
    assert prefix.install(setups.new) == 0


def test_unpacked_file_that_is_not_as_packed_leaves_the_old_version(
    setups: Setups, prefix: BarePrefix
) -> None:
    assert prefix.install(setups.old) == 0
    before = files_of(prefix.usual_place)
    (prefix.drive_c / "steps.fail").write_text("verify")
    assert prefix.install(setups.new) == EXTRACT
    assert files_of(prefix.usual_place) == before


def test_held_file_of_a_replaced_version_hinders_no_later_setup(setups: Setups, prefix: BarePrefix) -> None:
    assert prefix.install(setups.old) == 0
    place = prefix.usual_place
    scanner = hold(setups, prefix, "file", place / "program" / "only-1.2.0.txt")
    wait_for(prefix.drive_c / "held")

    assert prefix.install(setups.new) == 0
    assert {path.name for path in (place / "~gone-1").iterdir()} == {"files.lst", "install.ini", "program"}
    assert prefix.install(setups.new) == 0
    assert (place / "program/ui/__main__.py").read_text() == "program 1.10.0"
    assert not (place / "~old").exists()

    let_go(prefix, scanner)
    assert prefix.install(setups.new) == 0
    assert not list(place.glob("~*"))


def interrupt(place: Path, payload: Path, renames: int) -> None:
    """Leave a place as a setup leaves it that was killed after so many renames."""
    new, old = place / "~new", place / "~old"
    shutil.copytree(payload, new)
    shutil.copyfile(place / "install.ini", new / "install.ini")
    old.mkdir()
    pairs = [
        pair
        for name in (*ITEMS, *LAUNCHERS)
        for pair in ((place / name, old / name), (new / name, place / name))
    ]
    for source, target in pairs[:renames]:
        source.rename(target)


@pytest.mark.parametrize("renames", [1, 4, 13, 20])
def test_killed_setup_is_mended_by_the_next(setups: Setups, prefix: BarePrefix, renames: int) -> None:
    assert prefix.install(setups.old, r"/HOME=C:\work of ខ្មែរ") == 0
    place = prefix.usual_place
    before = files_of(place)
    interrupt(place, setups.new.parent / "payload-1.10.0", renames)
    assert prefix.uninstall(place) == FOREIGN
    (prefix.drive_c / "steps.fail").write_text("backup-database")

    assert prefix.install(setups.new) == BACKUP  # the old version is whole when the database is copied

    assert files_of(place) == before
    assert steps_of(prefix)[-1][:3] == ["backup-database", "--home", r"C:\work of ខ្មែរ"]
    (prefix.drive_c / "steps.fail").unlink()
    assert prefix.install(setups.new) == 0
    assert not list(place.glob("~*"))


def test_setup_killed_after_the_last_rename_leaves_the_new_version(
    setups: Setups, prefix: BarePrefix
) -> None:
    assert prefix.install(setups.old) == 0
    place = prefix.usual_place
    interrupt(place, setups.new.parent / "payload-1.10.0", 20)
    (place / "~old" / "packages" / "mine.txt").write_text("not ours")
    (place / "~old").rename(place / "~gone-1")
    (place / "~new").rmdir()
    (prefix.drive_c / "steps.fail").write_text("backup-database")

    assert prefix.install(setups.new) == BACKUP

    assert (place / "Foliodesk.exe").read_text() == "launcher 1.10.0"
    assert (place / "packages" / "mine.txt").read_text() == "not ours"
    assert not list(place.glob("~*"))


def test_says_so_when_the_former_version_cannot_be_put_back(setups: Setups, prefix: BarePrefix) -> None:
    assert prefix.install(setups.old) == 0
    place = prefix.usual_place
    first = hold(setups, prefix, "file", place / "Foliodesk.exe")
    wait_for(prefix.drive_c / "held")
    second = hold(setups, prefix, "file", place / "~old" / "foliodesk.com")

    assert prefix.install(setups.new) == SWAP
    assert "could not be put back completely" in prefix.log()
    assert "was put back" not in prefix.log()
    assert prefix.install(setups.new) == SWAP

    let_go(prefix, first, second)
    assert prefix.install(setups.new) == 0
    assert (place / "foliodesk.com").read_text() == "console launcher 1.10.0"
    assert not list(place.glob("~*"))


def test_refuses_a_place_with_other_files_of_our_names(setups: Setups, prefix: BarePrefix) -> None:
    place = prefix.drive_c / "their things"
    place.mkdir()
    for name in ("manifest.json", "Foliodesk.exe"):
        (place / name).write_text("theirs")
        assert prefix.install(setups.old, f"/D={prefix.windows(place)}") == FOREIGN
        assert files_of(place) == {name: b"theirs"}
        (place / name).unlink()


def test_last_backslash_of_the_home_is_taken_off(setups: Setups, prefix: BarePrefix) -> None:
    for given, kept in (("C:\\work\\", r"C:\work"), ("D:\\", "D:\\.")):
        assert prefix.install(setups.old, f"/HOME={given}", "/OFFICE=kh") == 0
        assert steps_of(prefix)[-1] == ["office", "kh", "--home", kept]


def test_asks_a_running_program_to_close(setups: Setups, prefix: BarePrefix) -> None:
    assert prefix.install(setups.old) == 0
    place = prefix.usual_place
    # As app/windows/closing.py does: it ends when the file appears.
    program = hold(setups, prefix, "file", place / "python" / "python313.dll", place / "closing")
    wait_for(prefix.drive_c / "held")

    assert prefix.install(setups.new, "/CLOSE=1", "/WAIT=20") == 0

    program.communicate("", timeout=60)
    assert not (place / "closing").exists()


def test_second_setup_waits_for_the_first_and_refuses(setups: Setups, prefix: BarePrefix) -> None:
    assert prefix.install(setups.old) == 0
    before = files_of(prefix.usual_place)
    other = hold(setups, prefix, "mutex", "Global\\FoliodeskSetup")
    wait_for(prefix.drive_c / "held")
    assert prefix.install(setups.new, "/WAIT=1") == RUNNING
    assert prefix.uninstall(prefix.usual_place, "/WAIT=1") == RUNNING
    assert "Another setup" in prefix.log()
    assert files_of(prefix.usual_place) == before
    let_go(prefix, other)


def test_removal_with_a_held_file_can_be_done_again(setups: Setups, prefix: BarePrefix) -> None:
    assert prefix.install(setups.old) == 0
    place = prefix.usual_place
    scanner = hold(setups, prefix, "file", place / "packages" / "one" / "__init__.py")
    wait_for(prefix.drive_c / "held")

    assert prefix.uninstall(place) == SWAP
    assert {path.name for path in place.iterdir()} == {
        "files.lst",
        "install.ini",
        "packages",
        "uninstall.exe",
    }
    assert prefix.registered("DisplayVersion") == "1.2.0"

    let_go(prefix, scanner)
    assert prefix.uninstall(place) == 0
    assert not place.exists()
    assert prefix.registered("DisplayVersion") is None


def test_removal_without_settings_finds_out_for_whom_it_was(setups: Setups, prefix: BarePrefix) -> None:
    place = prefix.drive_c / "Program Files" / "Foliodesk"
    assert prefix.install(setups.old, "/ALLUSERS") == 0
    (place / "install.ini").unlink()
    assert prefix.uninstall(place) == 0
    assert not place.exists()
    assert prefix.registered("DisplayVersion", root="HKLM") is None
    shutil.rmtree(prefix.drive_c / "ProgramData" / "Foliodesk")


def test_place_of_all_users_is_protected_or_refused(setups: Setups, prefix: BarePrefix) -> None:
    place = prefix.drive_c / "all users place"
    place.mkdir()
    (place / "theirs.txt").write_text("theirs")
    assert prefix.install(setups.old, "/ALLUSERS", f"/D={prefix.windows(place)}") == FOREIGN
    assert "icacls" not in prefix.log()
    (place / "theirs.txt").unlink()

    code = prefix.install(setups.old, "/ALLUSERS", f"/D={prefix.windows(place)}")
    assert f"Only administrators may write {prefix.windows(place)}" in prefix.log()
    assert (code, place.exists()) in ((0, True), (NOT_WRITABLE, False))
    if code == 0:
        assert prefix.uninstall(place) == 0
        shutil.rmtree(prefix.drive_c / "ProgramData" / "Foliodesk")
