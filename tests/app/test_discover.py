"""Which paper folders lie under a path: nothing of the system's, nothing twice, one bad directory stops nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.errors import OperatorError
from app.queries.dossiers import list_dossiers
from app.sources.file_import import discover
from ocr.long_paths import reachable
from tests.helpers.program import finish, open_program, write_page


def test_directories_of_the_system_are_no_paper_folders(tmp_path):
    for name in ("$RECYCLE.BIN/S-1-5-21", "System Volume Information", "lost+found", "folder 1"):
        write_page(tmp_path / name / "1.png", 1)
    assert [folder.name for folder in discover([tmp_path])] == ["folder 1"]


def test_an_unreadable_directory_among_others_is_listed_for_the_ledger(tmp_path, monkeypatch):
    for name in ("a", "b"):
        write_page(tmp_path / name / "1.png", 1)
    whole = Path.iterdir

    def iterdir(path):
        if path.name == "a":
            raise PermissionError(13, "denied")
        return whole(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    found = {folder.name: (folder.is_dossier, len(folder.files)) for folder in discover([tmp_path])}
    assert found == {"a": (False, 1), "b": (True, 1)}
    with pytest.raises(OperatorError):
        discover([tmp_path / "a"])


def test_one_directory_offered_by_several_spellings_is_one_folder(tmp_path, monkeypatch):
    write_page(tmp_path / "scans" / "1.png", 1)
    monkeypatch.chdir(tmp_path)
    offered = [Path("scans"), tmp_path / "scans", tmp_path / "x" / ".." / "scans", Path("./scans/")]
    (folder,) = discover(offered)
    assert folder.source.samefile(tmp_path / "scans")
    assert [path.name for path in folder.files] == ["1.png"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows links to administrators only")
def test_a_link_to_a_directory_is_that_directory(tmp_path):
    write_page(tmp_path / "2026-11-22" / "1.png", 1)
    (tmp_path / "today").symlink_to("2026-11-22", target_is_directory=True)
    (folder,) = discover([tmp_path / "today", tmp_path / "2026-11-22"])
    assert folder.name == "2026-11-22"


@pytest.mark.skipif(sys.platform != "win32", reason="letter case and extended forms are Windows'")
def test_letter_case_and_extended_form_make_no_second_folder(tmp_path):
    write_page(tmp_path / "Scans" / "1.png", 1)
    (folder,) = discover([tmp_path / "Scans", tmp_path / "SCANS", Path("\\\\?\\" + str(tmp_path / "scans"))])
    assert str(folder.source).startswith(tmp_path.drive)


def test_names_windows_reserves_are_listed(tmp_path):
    for name in ("aux.png", "NUL.png", "com1.png"):
        page = write_page(tmp_path / "plain.png", 1)
        reachable(tmp_path / "scans").mkdir(exist_ok=True)
        page.replace(reachable(tmp_path / "scans" / name))
    (folder,) = discover([tmp_path / "scans"])
    assert [path.name for path in folder.files] == ["aux.png", "com1.png", "NUL.png"]
    assert folder.is_dossier


@pytest.mark.skipif(sys.platform == "win32", reason="Windows' own disks keep no such two names apart")
def test_two_names_that_differ_by_case_are_two_files_where_the_disk_says_so(tmp_path, monkeypatch):
    for number, name in enumerate(("Page.png", "PAGE.png", "page.PNG"), start=1):
        write_page(tmp_path / "scans" / name, number, format="PNG")
    with open_program(tmp_path / "home", monkeypatch) as program:
        program.capture.import_paths([tmp_path / "scans"])
        finish(program)
        (dossier,) = list_dossiers(program.database)
        assert dossier.pages == 3
