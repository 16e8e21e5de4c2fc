"""The drop folder under trouble: whole packages or none, nothing replaced, everything said."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from app.connectors.drop_folder import DropFolder, DropFolderOptions
from app.connectors.protocol import DeliveryCancelled, SubmitTask
from app.connectors.receipts import receipt_path
from app.errors import Conflict, ConnectorError, StoreDamaged
from app.packaging.bag import verify_bag
from app.storage.locks import exclusive
from tests.helpers.small_packages import NAME, make_package


def never() -> bool:
    return False


@pytest.fixture
def package(tmp_path: Path) -> SubmitTask:
    return make_package(tmp_path / "packages")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "office"
    directory.mkdir()
    return directory


def visible(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_package_arrives_whole(package: SubmitTask, directory: Path) -> None:
    result = DropFolder(DropFolderOptions(directory)).submit(package, cancelled=never)
    assert verify_bag(directory / NAME, package_sha256=package.package_sha256).is_valid
    assert visible(directory) == [NAME]
    assert result.copied_files == 8


def test_nothing_has_the_final_name_before_all_is_there(package: SubmitTask, directory: Path) -> None:
    asked = []

    def watch() -> bool:
        asked.append((directory / NAME).exists())
        return False

    DropFolder(DropFolderOptions(directory)).submit(package, cancelled=watch)
    assert asked
    assert not any(asked)


def test_interrupted_delivery_goes_on_with_what_arrived(package: SubmitTask, directory: Path) -> None:
    calls = iter(range(1000))
    folder = DropFolder(DropFolderOptions(directory))
    with pytest.raises(DeliveryCancelled):
        folder.submit(package, cancelled=lambda: next(calls) > 10)
    part = directory / f"{NAME}.part"
    kept = [path for path in part.rglob("*") if path.is_file()]
    assert kept
    assert not (directory / NAME).exists()
    (part / "stranger.txt").write_bytes(b"?")
    (part / "odd/deep").mkdir(parents=True)
    kept[0].write_bytes(b"half")
    result = folder.submit(package, cancelled=never)
    assert result.copied_files < 8
    assert verify_bag(directory / NAME, package_sha256=package.package_sha256).is_valid
    assert visible(directory) == [NAME]


def test_damaged_own_package_never_leaves(package: SubmitTask, directory: Path) -> None:
    victim = next((package.package_path / "data/masters").iterdir())
    victim.write_bytes(b"changed")
    with pytest.raises(StoreDamaged) as caught:
        DropFolder(DropFolderOptions(directory)).submit(package, cancelled=never)
    assert caught.value.code == "package_damaged"
    assert not (directory / NAME).exists()


def test_package_that_is_not_the_one_built_never_leaves(package: SubmitTask, directory: Path) -> None:
    other = SubmitTask(package.package_name, package.package_path, "0" * 64)
    with pytest.raises(StoreDamaged):
        DropFolder(DropFolderOptions(directory)).submit(other, cancelled=never)
    assert visible(directory) == []


def test_package_taken_away_and_answered_is_not_sent_again(package: SubmitTask, directory: Path) -> None:
    folder = DropFolder(DropFolderOptions(directory))
    folder.submit(package, cancelled=never)
    shutil.rmtree(directory / NAME)
    write_receipt(directory, package.package_sha256)
    assert folder.submit(package, cancelled=never).already_there
    assert not (directory / NAME).exists()


def test_name_answered_for_other_content_is_a_conflict(package: SubmitTask, directory: Path) -> None:
    write_receipt(directory, "e" * 64)
    with pytest.raises(Conflict):
        DropFolder(DropFolderOptions(directory)).submit(package, cancelled=never)


def test_damaged_delivery_is_a_conflict_and_stays(package: SubmitTask, directory: Path) -> None:
    folder = DropFolder(DropFolderOptions(directory))
    folder.submit(package, cancelled=never)
    (directory / NAME / "bag-info.txt").write_bytes(b"?")
    with pytest.raises(Conflict):
        folder.submit(package, cancelled=never)
    assert (directory / NAME / "bag-info.txt").read_bytes() == b"?"


def write_receipt(directory: Path, sha256: str, extra: str = "") -> None:
    receipt_path(directory, NAME).write_text(
        f'{{"package": "{NAME}", "verdict": "accepted", "sha256": "{sha256}", "reference": "A-1", '
        f'"time": "2026-03-04T12:00:00+07:00", "office": "KH"{extra}}}',
        encoding="utf-8",
    )


def test_receipt_in_the_writing_is_waited_for_then_named(package: SubmitTask, directory: Path) -> None:
    path = receipt_path(directory, NAME)
    path.write_text('{"package": "KH', encoding="utf-8")
    written_at = path.stat().st_mtime
    young = DropFolder(DropFolderOptions(directory, settle_s=30), now=lambda: written_at + 29)
    assert young.status(package) is None
    old = DropFolder(DropFolderOptions(directory, settle_s=30), now=lambda: written_at + 31)
    with pytest.raises(ConnectorError) as caught:
        old.status(package)
    assert caught.value.code == "receipt_unreadable"
    write_receipt(directory, package.package_sha256, ', "shelf": "B7"')
    receipt = old.status(package)
    assert receipt is not None
    assert receipt.time.utcoffset() is not None


def test_two_senders_do_not_write_into_one_part(package: SubmitTask, directory: Path) -> None:
    lock = package.package_path.parent / ".sending.lock"
    with exclusive(lock, timeout_s=0.0, code="x"), pytest.raises(ConnectorError) as caught:
        DropFolder(DropFolderOptions(directory)).submit(package, cancelled=never)
    assert (caught.value.code, caught.value.retryable) == ("sending_elsewhere", True)


def test_drive_that_is_gone_is_said(package: SubmitTask, tmp_path: Path) -> None:
    folder = DropFolder(DropFolderOptions(tmp_path / "unplugged"))
    assert folder.check().code == "drop_folder_missing"
    for act in (lambda: folder.submit(package, cancelled=never), lambda: folder.status(package)):
        with pytest.raises(ConnectorError) as caught:
            act()
        assert caught.value.code == "drop_folder_missing"
    assert not (tmp_path / "unplugged").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_directory_without_write_permission_is_said(package: SubmitTask, directory: Path) -> None:
    directory.chmod(0o555)
    folder = DropFolder(DropFolderOptions(directory))
    assert folder.check().code == "drop_folder_not_writable"
    with pytest.raises(ConnectorError) as caught:
        folder.submit(package, cancelled=never)
    assert caught.value.code == "drop_folder_not_writable"


def test_full_target_is_said_before_and_passes(
    package: SubmitTask, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DropFolder(DropFolderOptions(directory))
    real = shutil.disk_usage(directory)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _path: real._replace(free=3_000))
        with pytest.raises(ConnectorError) as caught:
            folder.submit(package, cancelled=never)
    assert (caught.value.code, caught.value.retryable) == ("drop_folder_full", True)
    assert not (directory / NAME).exists()
    assert not folder.submit(package, cancelled=never).already_there


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small file system")
def test_target_that_fills_up_on_the_way_is_said_and_passes(tmp_path: Path, directory: Path) -> None:
    import subprocess

    package = make_package(tmp_path / "packages", files=6, size=40_000)
    command = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(directory)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("cannot mount a tiny file system here")
    try:
        with pytest.raises(ConnectorError) as caught:
            DropFolder(DropFolderOptions(directory)).submit(package, cancelled=never)
        assert caught.value.code == "drop_folder_full"
        assert not (directory / NAME).exists()
        subprocess.run(["mount", "-o", "remount,size=8m", str(directory)], check=True)
        DropFolder(DropFolderOptions(directory)).submit(package, cancelled=never)
        assert verify_bag(directory / NAME, package_sha256=package.package_sha256).is_valid
    finally:
        subprocess.run(["umount", str(directory)], check=False)
