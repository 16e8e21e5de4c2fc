"""Where things lie, and which places are refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.errors import OperatorError
from app.paths import (
    HomePaths,
    default_home,
    network_kind,
    offices_dir,
    refuse_network,
    resources_root,
    sample_dir,
    schemas_dir,
    tessdata_dir,
)

LINUX = [
    ("/", "ext4", "rw"),
    ("/mnt/office", "cifs", "rw"),
    ("/mnt/office/local", "xfs", "rw"),
    ("/home/me/far", "fuse.sshfs", "rw"),
]
WINDOWS = [("C:\\", "NTFS", "rw,fixed"), ("S:\\", "NTFS", "rw,remote"), ("U:\\", "", "remote")]


@pytest.mark.parametrize(
    ("directory", "mounts", "kind"),
    [
        ("/home/me/foliodesk", LINUX, None),
        ("/mnt/office/foliodesk", LINUX, "cifs"),
        ("/mnt/office", LINUX, "cifs"),
        ("/mnt/office2/foliodesk", LINUX, None),
        ("/mnt/office/local/foliodesk", LINUX, None),
        ("/home/me/far/x", LINUX, "fuse.sshfs"),
        ("C:\\ProgramData\\Foliodesk", WINDOWS, None),
        ("S:\\Foliodesk", WINDOWS, "NTFS"),
        ("U:\\Foliodesk", WINDOWS, "remote"),
        ("\\\\server\\share\\Foliodesk", WINDOWS, "unc"),
        ("\\\\?\\UNC\\server\\share\\Foliodesk", WINDOWS, "unc"),
        ("\\\\?\\C:\\Foliodesk", WINDOWS, None),
        ("\\\\?\\S:\\Foliodesk", WINDOWS, "NTFS"),
        ("s:\\foliodesk", WINDOWS, "NTFS" if sys.platform == "win32" else None),
        ("/anywhere", [], None),
    ],
)
def test_network_shares_are_told_from_local_disks(
    directory: str, mounts: list[tuple[str, str, str]], kind: str | None
) -> None:
    assert network_kind(directory, mounts) == kind


def test_a_home_on_the_network_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.paths._mounts", lambda _place: [(str(tmp_path), "nfs4", "rw")])
    with pytest.raises(OperatorError, match="home_on_network"):
        HomePaths(tmp_path / "home").make()
    assert not (tmp_path / "home").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows links to administrators only")
def test_a_link_to_the_network_is_no_home_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "home").symlink_to(tmp_path / "share", target_is_directory=True)
    monkeypatch.setattr("app.paths._mounts", lambda _place: [(str(tmp_path / "share"), "cifs", "rw")])
    with pytest.raises(OperatorError, match="home_on_network"):
        HomePaths(tmp_path / "home").make()


def test_a_home_is_whole_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    home = HomePaths(Path("ថត"))
    monkeypatch.chdir(tmp_path.parent)
    assert home.root == tmp_path / "ថត"
    assert HomePaths(home.files).root == home.root
    assert HomePaths(home.database.parent) == home


def test_a_home_too_deep_for_the_database_is_said(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d" * 100] * 10)
    with pytest.raises(OperatorError, match="path_too_long"):
        HomePaths(deep).make()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "win32", reason="other systems have no such names")
@pytest.mark.parametrize("name", ["NUL", "aux.home", "com1"])
def test_a_home_named_like_a_device_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OperatorError, match="name_reserved"):
        HomePaths(tmp_path / name / "home").make()
    assert list(tmp_path.iterdir()) == []


def test_make_creates_everything_and_may_be_repeated(tmp_path: Path) -> None:
    home = HomePaths(tmp_path / "ថត home").make().make()
    names = {path.name for path in home.root.iterdir()}
    assert names == {"masters", "derived", "packages", "office-drop", "logs", "backups", "owners"}


def test_a_file_in_the_place_of_the_home_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(OperatorError, match="home_not_a_directory"):
        HomePaths(tmp_path / "home").make()


def test_the_named_home_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLIODESK_HOME", str(tmp_path))
    assert default_home() == tmp_path
    monkeypatch.delenv("FOLIODESK_HOME")
    assert default_home().name.lower() == "foliodesk"


def test_windows_uses_the_shared_home_but_not_in_place_of_work_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, shared = tmp_path / "own", tmp_path / "shared"
    monkeypatch.delenv("FOLIODESK_HOME", raising=False)
    monkeypatch.setattr("app.paths.sys.platform", "win32")
    monkeypatch.setattr("app.paths.platformdirs.user_data_path", lambda *_, **__: own)
    monkeypatch.setattr("app.paths.platformdirs.site_data_path", lambda *_, **__: shared)
    assert default_home() == own
    shared.mkdir()
    assert default_home() == shared
    own.mkdir()
    assert default_home() == shared
    (own / "foliodesk.sqlite3").touch()
    assert default_home() == own


@pytest.mark.skipif(sys.platform != "win32", reason="drive letters exist on Windows only")
def test_no_other_drive_is_asked_whether_a_home_lies_on_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(**_: object) -> None:
        raise AssertionError("a mapped drive whose server is away takes half a minute")

    monkeypatch.setattr("app.paths.psutil.disk_partitions", hang)
    refuse_network(tmp_path)


def test_resources_are_found_from_any_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (tessdata_dir() / "khm.traineddata").is_file()
    assert {offices_dir().parent, sample_dir().parent, schemas_dir().parent} == {resources_root()}
