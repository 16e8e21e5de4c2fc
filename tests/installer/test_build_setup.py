"""The setup as Windows runs it: installs, upgrades, repairs, refuses, rolls back, removes. Small payload, real script, Wine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers.small_setup import BarePrefix, Setups, files_of, small_setup, steps_of, wait_for

NO_SPACE, OLD_WINDOWS, NOT_WRITABLE, LONG_PATH, RUNNING, NEWER, BACKUP = 10, 11, 12, 13, 14, 15, 16
BAD_OPTION, SWAP, FOREIGN = 18, 19, 21


def test_installs_for_the_user_and_leaves_only_the_work_when_removed(
    setups: Setups, prefix: BarePrefix
) -> None:
    before = _tree(prefix)
    assert prefix.install(setups.old) == 0

    place = prefix.usual_place
    assert (place / "Foliodesk.exe").read_text() == "launcher 1.2.0"
    assert prefix.registered("DisplayVersion") == "1.2.0"
    assert prefix.registered("InstallLocation") == prefix.windows(place)
    assert prefix.registered("QuietUninstallString") == f'"{prefix.windows(place)}\\uninstall.exe" /S'
    verb = r"Software\Classes\SystemFileAssociations\.pdf\shell\Foliodesk"
    assert prefix.registered("", verb) == "Digitize with Foliodesk"
    assert (
        prefix.registered("", verb + r"\command") == f'"{prefix.windows(place)}\\Foliodesk.exe" --import "%1"'
    )
    assert list(prefix.user.rglob("Foliodesk.lnk"))
    prefix.home.mkdir(parents=True)
    (prefix.home / "foliodesk.sqlite3").write_text("work")
    (place / "notes of the office.txt").write_text("not ours")

    assert prefix.uninstall(place) == 0
    assert [path.name for path in place.iterdir()] == ["notes of the office.txt"]
    assert (prefix.home / "foliodesk.sqlite3").read_text() == "work"
    assert prefix.registered("DisplayVersion") is None
    assert prefix.registered("", verb) is None
    assert not list(prefix.user.rglob("Foliodesk.lnk"))
    (place / "notes of the office.txt").unlink()
    place.rmdir()
    shutil.rmtree(prefix.home)
    assert _tree(prefix) == before


def test_installs_into_a_path_with_spaces_and_khmer_letters(setups: Setups, prefix: BarePrefix) -> None:
    place = prefix.drive_c / "My office ខ្មែរ" / "Foliodesk"
    assert prefix.install(setups.old, f"/D={prefix.windows(place)}") == 0
    assert (place / "program/resources/sample/តម្រងទឹក/1.txt").read_text() == "Khmer letters"
    assert "ខ្មែរ" in prefix.log()
    assert prefix.uninstall(place) == 0
    assert not place.exists()


def test_choices_are_kept_by_the_next_setup(setups: Setups, prefix: BarePrefix) -> None:
    run = r"Software\Microsoft\Windows\CurrentVersion\Run"
    options = ["/NOSHORTCUTS", "/NOCONTEXTMENU", "/AUTOSTART=1", r"/HOME=C:\work of ខ្មែរ", "/OFFICE=LA"]
    assert prefix.install(setups.old, *options) == 0
    assert prefix.install(setups.new) == 0

    place = prefix.usual_place
    assert prefix.registered("Foliodesk", run) == f'"{prefix.windows(place)}\\Foliodesk.exe" --background'
    assert prefix.registered("", r"Software\Classes\Directory\shell\Foliodesk") is None
    assert not list(prefix.user.rglob("Foliodesk.lnk"))
    settings = (place / "install.ini").read_bytes().decode("utf-16")
    assert 'home="C:\\work of ខ្មែរ"' in settings
    assert steps_of(prefix) == [
        ["verify"],
        ["office", "LA", "--home", r"C:\work of ខ្មែរ"],
        ["verify"],
        ["backup-database", "--home", r"C:\work of ខ្មែរ", "--before", "1.10.0"],
    ]
    assert prefix.uninstall(place) == 0
    assert prefix.registered("Foliodesk", run) is None


def test_upgrade_replaces_all_of_the_old_version_and_keeps_foreign_files(
    setups: Setups, prefix: BarePrefix
) -> None:
    assert prefix.install(setups.old) == 0
    place = prefix.usual_place
    (place / "program" / "deep" / "er").mkdir(parents=True)
    (place / "program" / "deep" / "er" / "mine.txt").write_text("not ours")

    assert prefix.install(setups.new) == 0

    assert (place / "program/ui/__main__.py").read_text() == "program 1.10.0"
    assert (place / "program/only-1.10.0.txt").exists()
    assert not (place / "program/only-1.2.0.txt").exists()
    assert (place / "program/deep/er/mine.txt").read_text() == "not ours"
    assert not (place / "~old").exists()
    assert not (place / "~new").exists()
    assert prefix.registered("DisplayVersion") == "1.10.0"
    assert steps_of(prefix)[-1] == ["backup-database", "--home", "", "--before", "1.10.0"]


def test_upgrade_stops_when_the_database_cannot_be_copied(setups: Setups, prefix: BarePrefix) -> None:
    assert prefix.install(setups.old) == 0
    before = files_of(prefix.usual_place)
    (prefix.drive_c / "steps.fail").write_text("backup-database")

    assert prefix.install(setups.new) == BACKUP

    assert files_of(prefix.usual_place) == before
    assert prefix.registered("DisplayVersion") == "1.2.0"
    assert "disk_full" in prefix.log()


def test_older_setup_refuses_to_replace_a_newer_version(setups: Setups, prefix: BarePrefix) -> None:
    assert prefix.install(setups.new) == 0
    before = files_of(prefix.usual_place)
    assert prefix.install(setups.old) == NEWER
    assert files_of(prefix.usual_place) == before
    assert "newer" in prefix.log()


def test_same_version_again_mends_damaged_and_missing_files(setups: Setups, prefix: BarePrefix) -> None:
    assert prefix.install(setups.old) == 0
    place = prefix.usual_place
    before = files_of(place)
    (place / "packages/one/__init__.py").write_text("damaged")
    (place / "Foliodesk.exe").unlink()
    shutil.rmtree(place / "program")

    assert prefix.install(setups.old) == 0
    assert files_of(place) == before


def test_running_window_is_waited_for_and_not_killed(setups: Setups, prefix: BarePrefix) -> None:
    assert prefix.install(setups.old) == 0
    before = files_of(prefix.usual_place)
    window = prefix.start(setups.holder, "mutex", "Local\\Foliodesk")
    wait_for(prefix.drive_c / "held")

    assert prefix.install(setups.new, "/WAIT=1") == RUNNING
    assert prefix.uninstall(prefix.usual_place, "/WAIT=1") == RUNNING
    assert window.poll() is None
    assert files_of(prefix.usual_place) == before

    waiting = prefix.start(setups.new, "/S", "/WAIT=60")
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(timeout=4)
    (prefix.drive_c / "stop").touch()
    window.communicate("")
    waiting.communicate("", timeout=60)
    assert waiting.returncode == 0
    assert prefix.registered("DisplayVersion") == "1.10.0"


def test_library_in_use_counts_as_running(setups: Setups, prefix: BarePrefix) -> None:
    assert prefix.install(setups.old) == 0
    library = prefix.windows(prefix.usual_place / "python" / "python313.dll")
    worker = prefix.start(setups.holder, "file", library)
    wait_for(prefix.drive_c / "held")
    assert prefix.install(setups.new, "/WAIT=1") == RUNNING
    (prefix.drive_c / "stop").touch()
    worker.communicate("")


def test_file_in_use_at_the_last_rename_brings_all_of_the_old_version_back(
    setups: Setups, prefix: BarePrefix
) -> None:
    assert prefix.install(setups.old) == 0
    before = files_of(prefix.usual_place)
    scanner = prefix.start(setups.holder, "file", prefix.windows(prefix.usual_place / "Foliodesk.exe"))
    wait_for(prefix.drive_c / "held")

    assert prefix.install(setups.new) == SWAP

    assert files_of(prefix.usual_place) == before
    assert prefix.registered("DisplayVersion") == "1.2.0"
    (prefix.drive_c / "stop").touch()
    scanner.communicate("")
    assert prefix.install(setups.new) == 0


def test_same_payload_gives_the_same_setup(setups: Setups, tmp_path: Path) -> None:
    assert small_setup(tmp_path, "1.2.0", setups.python).read_bytes() == setups.old.read_bytes()


def test_refuses_a_place_without_room_and_says_how_much_is_needed(
    setups: Setups, prefix: BarePrefix, tmp_path: Path
) -> None:
    drive = prefix.root / "dosdevices" / "f:"
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("a small disk can be mounted by root only")
    try:
        drive.symlink_to(disk)
        assert prefix.install(setups.old, r"/D=F:\Foliodesk") == NO_SPACE
        assert not list(disk.iterdir())
        assert "100 MB" in prefix.log() or "101 MB" in prefix.log()
    finally:
        drive.unlink()
        prefix.close()
        subprocess.run(["umount", disk], check=True)


def test_refuses_a_place_that_cannot_be_written(setups: Setups, prefix: BarePrefix) -> None:
    (prefix.drive_c / "a file").write_text("in the way")
    try:
        assert prefix.install(setups.old, r"/D=C:\a file\Foliodesk") == NOT_WRITABLE
    finally:
        (prefix.drive_c / "a file").unlink()


def test_refuses_a_place_with_too_long_a_name(setups: Setups, prefix: BarePrefix) -> None:
    assert prefix.install(setups.old, "/D=C:\\a place " + "long\\" * 44) == LONG_PATH


def test_refuses_a_place_that_holds_other_things_of_our_names(setups: Setups, prefix: BarePrefix) -> None:
    theirs = prefix.drive_c / "their tools" / "python" / "python.exe"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("theirs")
    assert prefix.install(setups.old, r"/D=C:\their tools") == FOREIGN
    assert theirs.read_text() == "theirs"


def test_refuses_a_second_place(setups: Setups, prefix: BarePrefix) -> None:
    assert prefix.install(setups.old) == 0
    assert prefix.install(setups.new, r"/D=C:\another place") == BAD_OPTION
    assert not (prefix.drive_c / "another place").exists()


@pytest.mark.parametrize(
    "option",
    [
        *("/OFFICE=ZZ", "/AUTOSTART=maybe", "/NOSHORTCUT", "/WAIT=abc", "/ALLUSERS /CURRENTUSER"),
        *('/HOME=C:\\a" b', "/HOME=work", r"/HOME=\\server\share"),
    ],
)
def test_refuses_an_option_it_does_not_understand(setups: Setups, prefix: BarePrefix, option: str) -> None:
    options = [option] if option.startswith("/HOME") else option.split(" ")
    assert prefix.install(setups.old, *options) == BAD_OPTION
    assert not prefix.usual_place.exists()


def test_older_windows_is_told_what_is_needed(setups: Setups, prefix: BarePrefix) -> None:
    prefix.run("winecfg", "-v", "win81")
    try:
        assert prefix.install(setups.old) == OLD_WINDOWS
        assert "1809" in prefix.log()
        assert not prefix.usual_place.exists()
    finally:
        prefix.run("winecfg", "-v", "win10")


def test_removal_deletes_the_work_only_when_told(setups: Setups, prefix: BarePrefix) -> None:
    assert prefix.install(setups.old, r"/HOME=C:\work of ខ្មែរ") == 0
    (prefix.drive_c / "steps.fail").write_text("delete-work")
    assert prefix.uninstall(prefix.usual_place, "/DELETEDATA=1") == SWAP
    assert (prefix.usual_place / "Foliodesk.exe").exists()
    (prefix.drive_c / "steps.fail").unlink()
    assert prefix.uninstall(prefix.usual_place, "/DELETEDATA=0") == 0
    assert [words[0] for words in steps_of(prefix)] == ["verify", "delete-work"]
    assert steps_of(prefix)[-1] == ["delete-work", "--home", r"C:\work of ខ្មែរ"]


def test_all_users_share_one_home(setups: Setups, prefix: BarePrefix) -> None:
    place = prefix.drive_c / "Program Files" / "Foliodesk"
    assert prefix.install(setups.old, "/ALLUSERS") == 0
    assert (place / "Foliodesk.exe").exists()
    assert (prefix.drive_c / "ProgramData" / "Foliodesk").is_dir()
    assert prefix.registered("DisplayVersion", root="HKLM") == "1.2.0"
    assert prefix.registered("DisplayVersion") is None
    assert prefix.install(setups.new) == 0  # stays where it is without being told
    assert prefix.registered("DisplayVersion", root="HKLM") == "1.10.0"
    assert prefix.uninstall(place) == 0
    assert not place.exists()
    assert prefix.registered("DisplayVersion", root="HKLM") is None
    shutil.rmtree(prefix.drive_c / "ProgramData" / "Foliodesk")


def _tree(prefix: BarePrefix) -> set[str]:
    """All files on C: but Windows' own and the log."""
    found = (
        path.relative_to(prefix.drive_c).as_posix() for path in prefix.drive_c.rglob("*") if path.is_file()
    )
    return {
        name
        for name in found
        if not name.startswith(("windows/", "ProgramData/Microsoft", "steps.log")) and "Temp" not in name
    }
