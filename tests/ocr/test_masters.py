from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from ocr.errors import MachineError, SourceRefused
from ocr.intake.masters import hash_file, master_path, store_bytes, store_file

CONTENT = b"a page " * 1000


def test_master_is_named_by_its_hash(tmp_path: Path) -> None:
    taken = store_bytes(CONTENT, tmp_path, ".png")
    expected = hashlib.sha256(CONTENT).hexdigest()
    assert taken.sha256 == expected
    assert (taken.media_type, taken.size_bytes) == ("image/png", len(CONTENT))
    assert (tmp_path / expected[:2] / f"{expected}.png").read_bytes() == CONTENT


def test_file_and_bytes_give_the_same_master(tmp_path: Path) -> None:
    source = tmp_path / "page 1.bin"
    source.write_bytes(CONTENT)
    assert store_file(source, tmp_path / "store", ".tif") == store_bytes(CONTENT, tmp_path / "store", ".tif")


def test_nothing_but_the_master_is_left_in_the_store(tmp_path: Path) -> None:
    store_bytes(CONTENT, tmp_path, ".png")
    store_bytes(CONTENT, tmp_path, ".png")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_damaged_file_under_the_name_is_replaced(tmp_path: Path) -> None:
    taken = store_bytes(CONTENT, tmp_path, ".png")
    place = master_path(tmp_path, taken.sha256, ".png")
    place.write_bytes(CONTENT[:10])
    store_bytes(CONTENT, tmp_path, ".png")
    assert hash_file(place)[0] == taken.sha256


def test_full_disk_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(MachineError) as caught:
        store_bytes(CONTENT, tmp_path, ".png")
    assert (caught.value.code, caught.value.retryable) == ("disk_full", True)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_missing_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="source_missing"):
        store_file(tmp_path / "gone.pdf", tmp_path / "store", ".pdf")
