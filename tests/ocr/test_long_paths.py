"""Paths as people write them and as Windows opens them: the two forms say the same, and spellings of one place meet."""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

import pytest

from ocr.errors import OperatorError
from ocr.long_paths import canonical, extended_form, reachable, shown, usual, usual_form, whole

on_windows = pytest.mark.skipif(sys.platform != "win32", reason="these forms are Windows'")
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows allows links to administrators only")

FORMS = [
    ("C:\\ថត\\a.pdf", "\\\\?\\C:\\ថត\\a.pdf"),
    ("\\\\server\\share\\a b", "\\\\?\\UNC\\server\\share\\a b"),
    ("C:\\", "\\\\?\\C:\\"),
]


@pytest.mark.parametrize(("written", "opened"), FORMS)
def test_the_two_forms_of_a_path_lead_to_each_other(written: str, opened: str) -> None:
    assert extended_form(written) == opened
    assert extended_form(opened) == opened
    assert usual_form(opened) == written
    assert usual_form(written) == written


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        ("\\\\?\\unc\\Server\\share", "\\\\Server\\share"),
        ("\\\\?\\Volume{1}\\a", "\\\\?\\Volume{1}\\a"),
        ("\\\\.\\COM1", "\\\\.\\COM1"),
        ("/home/ថត", "/home/ថត"),
    ],
)
def test_what_has_no_other_form_stays(text: str, usual: str) -> None:
    assert usual_form(text) == usual


@on_posix
def test_elsewhere_paths_stay_as_they_are(tmp_path: Path) -> None:
    assert reachable(tmp_path / "aux.pdf") == tmp_path / "aux.pdf"
    assert usual(tmp_path) == tmp_path
    assert shown(r"\\?\C:\a") == r"\\?\C:\a"


def test_a_relative_path_becomes_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert whole(Path("ថត")) == tmp_path / "ថត"
    assert whole(tmp_path) == tmp_path


def test_every_spelling_of_a_directory_means_one_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "ថត one"
    directory.mkdir()
    monkeypatch.chdir(directory)
    place = canonical(directory)
    assert place.samefile(directory)
    for spelling in (
        Path(),
        Path("..") / directory.name,
        directory / ".." / directory.name,
        Path(str(directory) + os.sep),
    ):
        assert str(canonical(spelling)) == str(place)


@on_posix
def test_a_link_means_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    assert canonical(tmp_path / "link" / "x") == canonical(tmp_path / "real" / "x")


@on_posix
def test_a_loop_of_links_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert canonical(tmp_path / "a") == tmp_path / "a"


@on_windows
def test_windows_own_ways_to_write_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    drive = tmp_path.drive
    assert whole(Path(drive)) == tmp_path
    assert whole(Path(drive + "name")) == tmp_path / "name"
    assert whole(Path("\\name")) == Path(drive + "\\name")
    assert whole(Path("\\\\?\\" + str(tmp_path))) == tmp_path
    assert str(whole(Path(str(tmp_path) + "/a/../b. "))) == str(tmp_path / "b")
    assert str(whole(tmp_path / "aux.pdf")) == str(tmp_path / "aux.pdf")
    assert str(reachable(Path("name"))) == "\\\\?\\" + str(tmp_path / "name")


@on_windows
def test_letter_case_does_not_make_another_place(tmp_path: Path) -> None:
    (tmp_path / "Folder One").mkdir()
    spellings = [tmp_path / name for name in ("Folder One", "FOLDER ONE", "folder one")]
    assert len({str(canonical(spelling)) for spelling in spellings}) == 1
    assert str(canonical(Path("\\\\?\\" + str(spellings[1])))) == str(canonical(spellings[0]))


@on_windows
@pytest.mark.parametrize("name", ["aux.pdf", "CON", "nul.tif", "com1.jpg", "lpt¹.png", "dots...", "space "])
def test_names_windows_reserves_can_be_read_and_written(name: str, tmp_path: Path) -> None:
    file = reachable(tmp_path / name)
    file.write_bytes(b"x")
    assert [entry.name for entry in reachable(tmp_path).iterdir()] == [name]
    assert file.read_bytes() == b"x"


@on_windows
def test_errors_show_paths_as_people_write_them() -> None:
    told = OperatorError(
        "x", path="\\\\?\\C:\\a", detail=str(PermissionError(13, "no", "\\\\?\\UNC\\s\\b")), n=1
    )
    assert told.facts == {"path": "C:\\a", "detail": "[Errno 13] no: '\\\\\\\\s\\\\b'", "n": 1}
    assert pickle.loads(pickle.dumps(told)).facts == told.facts
