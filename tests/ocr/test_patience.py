"""Operations on files that another program holds for a moment: they wait, and only as long as told."""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import ocr.patience
from ocr.intake.masters import store_bytes
from ocr.intake.recognise import recognise_file
from ocr.patience import (
    discard,
    open_to_read,
    open_to_write,
    patiently,
    read_bytes,
    remove_tree,
    rename,
    replace_file,
    unlink,
)
from tests.helpers.held_files import held
from tests.helpers.program import write_page

CONTENT = b"a page " * 1000
on_windows = pytest.mark.skipif(sys.platform != "win32", reason="only Windows has files that are held")


class Grip:
    """Another program's hand on a file: gone after so many tries."""

    def __init__(self, act: Callable[[], object], tries: int, error: type[OSError] = PermissionError) -> None:
        self._act = act
        self._error = error
        self.left = tries

    def __call__(self, *_: object, **__: object) -> object:
        if self.left:
            self.left -= 1
            raise self._error(errno.EACCES, "used by another process")
        return self._act()


def test_it_waits_until_the_other_program_lets_go() -> None:
    grip = Grip(lambda: "done", tries=3)
    assert patiently(grip, patience_s=30.0) == "done"
    assert grip.left == 0


def test_it_gives_up_after_its_patience() -> None:
    grip = Grip(lambda: None, tries=1_000_000)
    with pytest.raises(PermissionError):
        patiently(grip, patience_s=0.05)


@pytest.mark.parametrize("error", [FileNotFoundError, FileExistsError, NotADirectoryError])
def test_other_trouble_is_told_at_once(error: type[OSError]) -> None:
    grip = Grip(lambda: None, tries=2, error=error)
    with pytest.raises(error):
        patiently(grip, patience_s=30.0)
    assert grip.left == 1


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows there is something to wait for")
def test_without_such_grips_nothing_is_waited_for() -> None:
    began = time.monotonic()
    with pytest.raises(PermissionError):
        patiently(Grip(lambda: None, tries=1))
    assert time.monotonic() - began < 1.0


def test_replacing_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part, whole_replace = tmp_path / "a.part", Path.replace
    part.write_bytes(CONTENT)
    monkeypatch.setattr(ocr.patience, "PATIENCE_S", 30.0)
    monkeypatch.setattr(Path, "replace", Grip(lambda: whole_replace(part, tmp_path / "a"), tries=3))
    replace_file(part, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_a_leftover_that_cannot_go_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr.patience, "PATIENCE_S", 0.0)
    monkeypatch.setattr(Path, "unlink", Grip(lambda: None, tries=1))
    discard(tmp_path / "a.part")
    discard(tmp_path / "never there")


def replace_over(held_file: Path) -> None:
    fresh = held_file.with_name("fresh")
    fresh.write_bytes(CONTENT)
    replace_file(fresh, held_file)


def replace_from(held_file: Path) -> None:
    replace_file(held_file, held_file.with_name("new name"))


def rename_file(held_file: Path) -> None:
    rename(held_file, held_file.with_name("new name"))


def write_anew(held_file: Path) -> None:
    with open_to_write(held_file, "rb+") as stream:
        stream.write(b"x")


def remove_all(held_file: Path) -> None:
    remove_tree(held_file.parent)
    assert not held_file.parent.exists()


@on_windows
@pytest.mark.parametrize(
    "act", [replace_over, replace_from, rename_file, unlink, write_anew, remove_all, read_bytes, open_to_read]
)
def test_a_file_held_by_another_program_is_waited_for(act: Callable[[Path], object], tmp_path: Path) -> None:
    file = tmp_path / "directory" / "ឯកសារ.pdf"
    file.parent.mkdir()
    file.write_bytes(CONTENT)
    began = time.monotonic()
    with held(file, for_s=1.0):
        result = act(file)
        assert time.monotonic() - began >= 0.9
    if result is not None and not isinstance(result, bytes):
        result.close()  # type: ignore[attr-defined]  # the opened stream


@on_windows
def test_what_is_denied_to_readers_for_good_is_told_soon(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(PermissionError):
        open_to_read(tmp_path)  # a directory: Windows says "denied"
    assert time.monotonic() - began < 1.0


@on_windows
def test_a_source_that_the_scanner_still_writes_is_read_when_it_is_done(tmp_path: Path) -> None:
    page = write_page(tmp_path / "page.png", 1)
    with held(page, for_s=1.0):
        assert recognise_file(page).value == ".png"


@on_windows
def test_a_master_under_a_virus_scanner_is_kept(tmp_path: Path) -> None:
    taken = store_bytes(CONTENT, tmp_path, ".png")
    master = tmp_path / taken.sha256[:2] / f"{taken.sha256}.png"
    with held(master, for_s=1.0):
        assert store_bytes(CONTENT, tmp_path, ".png") == taken
    master.write_bytes(b"damaged")
    with held(master, for_s=1.0, share=1):
        store_bytes(CONTENT, tmp_path, ".png")
    assert master.read_bytes() == CONTENT
