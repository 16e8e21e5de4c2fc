"""Which paper folders lie under a path: nothing of the system's, nothing twice, one bad directory stops nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import OperatorError
from app.sources.file_import import discover
from tests.helpers.program import write_page


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
