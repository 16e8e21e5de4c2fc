"""What the program sees of the store of masters."""

from __future__ import annotations

import os
from pathlib import Path

from app.storage.masters import MasterStore, MasterVerdict
from ocr.intake.masters import store_bytes


def test_a_stored_master_is_found_and_whole(tmp_path: Path) -> None:
    store, taken = MasterStore(tmp_path), store_bytes(b"page", tmp_path, ".png")
    assert store.contains(taken.sha256, ".png")
    assert store.path_of(taken.sha256, ".png").read_bytes() == b"page"
    assert store.verify(taken.sha256, ".png") is MasterVerdict.WHOLE


def test_missing_and_damaged_masters_are_told_apart(tmp_path: Path) -> None:
    store, taken = MasterStore(tmp_path), store_bytes(b"page", tmp_path, ".png")
    store.path_of(taken.sha256, ".png").write_bytes(b"pag3")
    assert store.verify(taken.sha256, ".png") is MasterVerdict.DAMAGED
    assert store.verify("0" * 64, ".png") is MasterVerdict.MISSING


def test_sweep_removes_old_part_files_and_only_names_orphans(tmp_path: Path) -> None:
    store = MasterStore(tmp_path)
    known, orphan, fresh = (store_bytes(each, tmp_path, ".png") for each in (b"known", b"orphan", b"fresh"))
    parts = [tmp_path / ".old.part", tmp_path / ".young.part"]
    for part in parts:
        part.touch()
    for path in (parts[0], *(store.path_of(each.sha256, ".png") for each in (known, orphan))):
        os.utime(path, (0, 0))
    swept = store.sweep({known.sha256})
    assert swept.removed == (parts[0],)
    assert swept.orphans == (store.path_of(orphan.sha256, ".png"),)
    assert parts[1].exists()
    assert store.contains(orphan.sha256, ".png")
    assert store.contains(fresh.sha256, ".png")


def test_free_bytes_is_the_disks(tmp_path: Path) -> None:
    assert MasterStore(tmp_path).free_bytes() > 0
