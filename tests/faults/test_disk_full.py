"""No room on the disk: said clearly, nothing lost, and the same command goes on when there is room."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.helpers.left_behind import assert_check_clean, assert_delivered_once, assert_nothing_lost
from tests.helpers.real_program import Site
from tests.helpers.tiny_disk import tiny_disk

pytestmark = pytest.mark.timeout(400)

MB = 1 << 20


def fat_folder(site: Site, number: int, *, pages: int, size_bytes: int = 500_000) -> Path:
    """A folder whose files carry, beside a small clear picture, bytes that no compression can shrink."""
    directory = site.folder(number, pages=pages)
    grain = np.random.default_rng(number)
    for path in sorted(directory.iterdir()):
        beside = PngInfo()
        beside.add(b"fiLl", grain.bytes(size_bytes))  # a private chunk that readers pass over
        with Image.open(path) as drawn:
            drawn.load()
            drawn.save(path, dpi=(60, 60), pnginfo=beside)
    return directory


def grow(directory: Path, size_bytes: int) -> None:
    """Make room: the disk becomes larger."""
    subprocess.run(["mount", "-o", f"remount,size={size_bytes}", str(directory)], check=True)


@pytest.fixture
def small_home(tmp_path):
    """A site whose home lies on a small disk of its own; paper and drop folder lie elsewhere."""
    with ExitStack() as stack:
        yield lambda size_bytes: _site_on(stack, tmp_path, size_bytes)


def _site_on(stack: ExitStack, tmp_path: Path, size_bytes: int) -> Site:
    site = Site(tmp_path, {"FOLIODESK_MIN_FREE_BYTES": "0"})
    stack.enter_context(tiny_disk(site.home, size_bytes))
    return site


def assert_went_on(site: Site, dossiers: int) -> None:
    finished = site.run()
    assert finished.code == 0, finished.output + finished.said
    assert finished.balanced()
    assert_nothing_lost(site)
    assert_delivered_once(site, dossiers)
    assert_check_clean(site)


def test_disk_full_during_import_is_said_and_goes_on_with_room(small_home):
    site = small_home(3 * MB)
    fat_folder(site, 1, pages=10)

    stopped = site.run()

    assert stopped.code == 3, stopped.output + stopped.said
    assert "disk" in stopped.said.lower()
    assert "Traceback" not in stopped.said
    report = json.loads(stopped.output)
    assert report["trouble"]["code"] == "disk_full"
    assert report["import"]["offered"] == report["import"]["accepted"] + report["import"]["waiting"]
    assert site.value("SELECT count(*) FROM import_item WHERE state = 'refused'") == 0
    assert site.value("SELECT count(*) FROM import_item WHERE state = 'offered'") > 0
    assert site.rows("PRAGMA integrity_check") == [("ok",)]
    grow(site.home, 200 * MB)
    assert_went_on(site, dossiers=1)


def test_disk_full_during_packaging_is_said_and_goes_on_with_room(small_home):
    site = small_home(200 * MB)
    fat_folder(site, 1, pages=6)
    # Everything before the package is done with room; then the disk leaves less than a package needs.
    waiting = site.run(*_with(site.digitize_arguments(), "--release", "none"))
    assert waiting.code == 1
    assert waiting.dossiers[0]["state"] == "to_index"
    used = _used_bytes(site.home)
    grow(site.home, used + 2 * MB)

    stopped = site.run()

    assert stopped.code == 3, stopped.output + stopped.said
    assert "disk" in stopped.said.lower()
    assert site.value("SELECT state FROM dossier") == "approved"
    assert [path.name for path in (site.home / "packages").iterdir() if path.is_dir()] == []
    assert site.rows("PRAGMA integrity_check") == [("ok",)]
    grow(site.home, 200 * MB)
    assert_went_on(site, dossiers=1)


def test_too_little_room_to_begin_is_said_before_anything_is_written(small_home):
    site = small_home(20 * MB)
    site.variables["FOLIODESK_MIN_FREE_BYTES"] = str(100 * MB)
    site.folder(1)

    stopped = site.run()

    assert stopped.code == 3, stopped.output + stopped.said
    assert list((site.home / "masters").iterdir()) == []
    grow(site.home, 300 * MB)
    assert_went_on(site, dossiers=1)


def test_a_disk_without_any_room_is_said_in_the_document(small_home):
    site = small_home(128 << 10)
    site.folder(1)

    stopped = site.run()

    assert stopped.code == 3, stopped.output + stopped.said
    assert "Traceback" not in stopped.said
    assert stopped.report["trouble"]["code"] == "disk_full"
    assert stopped.report["home"] == str(site.home)
    grow(site.home, 300 * MB)
    assert_went_on(site, dossiers=1)


def test_no_room_in_the_drop_folder_only_waits_and_goes_on(tmp_path):
    site = Site(tmp_path)
    fat_folder(site, 1, pages=6)
    with tiny_disk(site.drop, 1 * MB):
        stopped = site.run()

        assert stopped.code in (1, 3), stopped.output + stopped.said
        assert site.rows("SELECT state, error FROM outbox") == [("queued", "drop_folder_full")], (
            stopped.output
        )
        assert site.value("SELECT state FROM dossier") == "queued"
        assert [path for path in site.drop.iterdir() if path.is_dir() and path.suffix != ".part"] == []
        grow(site.drop, 200 * MB)
        assert_went_on(site, dossiers=1)


def test_a_disk_that_fills_to_the_last_byte_leaves_a_sound_database(small_home):
    site = small_home(12 * MB)
    fat_folder(site, 1, pages=4)
    process = site.start()
    filler = site.home / "filler"
    try:
        _fill(site, filler, process)
        stopped = site.finish(process)
    finally:
        process.kill()

    assert stopped.code in (0, 3), stopped.output + stopped.said
    assert "Traceback" not in stopped.said
    filler.unlink()
    assert site.rows("PRAGMA integrity_check") == [("ok",)]
    grow(site.home, 200 * MB)
    assert_went_on(site, dossiers=1)


def _fill(site: Site, filler: Path, process: subprocess.Popen[bytes]) -> None:
    """Take all room as soon as the first file is safe."""
    from tests.helpers.real_program import wait_until

    wait_until(
        lambda: site.value("SELECT count(*) FROM master") or process.poll() is not None, what="a first master"
    )
    with filler.open("wb", buffering=0) as target:
        for size_bytes in (1 << 16, 1 << 12, 1):
            try:
                while target.write(os.urandom(size_bytes)) == size_bytes:
                    pass
            except OSError:
                continue


def _used_bytes(directory: Path) -> int:
    told = os.statvfs(directory)
    return (told.f_blocks - told.f_bfree) * told.f_frsize


def _with(arguments: list[str], *more: str) -> list[str]:
    return [*arguments, *more]
