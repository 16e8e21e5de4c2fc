"""Files that are broken, empty, huge or named strangely: refused or bounded, never a hang, and the ledger balances."""

from __future__ import annotations

import os
import struct
import sys
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from app.sources.natural_order import natural_key
from tests.helpers.left_behind import assert_check_clean, assert_masters_whole
from tests.helpers.real_program import Finished, Site, peak_memory

pytestmark = pytest.mark.timeout(400)

MOST_BYTES = 1_500_000_000
MOST_S = 150.0

KHMER = "ឯកសារ ទំព័រ១"


def digitize_watched(site: Site, *, timeout_s: float = MOST_S) -> tuple[Finished, int]:
    """Digitize within a time limit and tell the peak of memory of all its processes."""
    process = site.start()
    with peak_memory(process.pid) as peak:
        finished = site.finish(process, timeout_s=timeout_s)
    print(f"peak {peak[0] / 1e6:.0f} MB")
    return finished, peak[0]


def png_header_bomb(path: Path, side_px: int) -> None:
    """A PNG that says it is side_px x side_px, with a few bytes of pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", side_px, side_px, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 100_000)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def tiff_header_bomb(path: Path, side_px: int) -> None:
    """A TIFF that says it is side_px x side_px grey, with one strip of a few bytes."""
    entries = [
        (256, 4, 1, side_px),
        (257, 4, 1, side_px),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 200),
        (277, 3, 1, 1),
        (278, 4, 1, side_px),
        (279, 4, 1, 64),
    ]
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *each) for each in entries)
    path.write_bytes((b"II*\x00" + struct.pack("<I", 8) + directory + b"\x00" * 4).ljust(264, b"\x00"))


def encrypted_pdf(path: Path) -> None:
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(path, encryption=pikepdf.Encryption(owner="owner", user="secret"))


def pdf_of_blank_pages(path: Path, pages: int) -> None:
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=(200, 300))
        document.save(path)


def test_broken_and_foreign_files_are_refused_with_their_reason(tmp_path):
    site = Site(tmp_path)
    directory = site.folder(1, pages=2)
    good = (directory / "page1.png").read_bytes()
    (directory / "empty.jpg").write_bytes(b"")
    with Image.open(directory / "page1.png") as page:
        page.save(tmp_path / "whole.jpg", quality=80)
    whole = (tmp_path / "whole.jpg").read_bytes()
    (directory / "head only.jpg").write_bytes(whole[:300])
    (directory / "garbage.png").write_bytes(os.urandom(20_000))
    (directory / "garbage.pdf").write_bytes(b"%PDF-1.7\n" + os.urandom(20_000))
    (directory / "letters.tif").write_bytes(b"II*\x00" + os.urandom(5_000))
    (directory / "cut.png").write_bytes(good[:60])
    encrypted_pdf(directory / "locked.pdf")
    png_header_bomb(directory / "bomb.png", 60_000)
    tiff_header_bomb(directory / "bomb.tif", 60_000)
    png_header_bomb(directory / "small bomb.png", 15_000)

    finished, peak = digitize_watched(site)

    assert finished.code == 1, finished.said
    assert finished.balanced()
    assert finished.refused == {
        "empty.jpg": "empty_file",
        "head only.jpg": "damaged",
        "garbage.png": "not_an_image",
        "garbage.pdf": "damaged",
        "letters.tif": "damaged",
        "cut.png": "damaged",
        "locked.pdf": "encrypted",
        "bomb.png": "too_large",
        "bomb.tif": "too_large",
        "small bomb.png": "damaged",
    }
    (dossier,) = finished.dossiers
    assert dossier["page_count"] == 2
    assert dossier["package_path"] is None, "with refused files a person decides"
    assert "files_refused" in {reason["code"] for reason in dossier["reasons"]}
    assert peak < MOST_BYTES
    assert site.value("SELECT count(*) FROM master") == 2, "a refused file leaves no master"
    assert_masters_whole(site)
    assert_check_clean(site)


def test_a_photograph_cut_short_is_kept_and_marked(tmp_path):
    site = Site(tmp_path)
    directory = site.folder(1, pages=1)
    with Image.open(directory / "page1.png") as page:
        page.save(directory / "page1.jpg", quality=80)
    (directory / "page1.png").unlink()
    whole = (directory / "page1.jpg").read_bytes()
    (directory / "page1.jpg").write_bytes(whole[: len(whole) * 3 // 4])

    finished, _ = digitize_watched(site)

    ledger = finished.report["import"]
    assert (ledger["offered"], ledger["accepted"]) == (1, 1), finished.output
    assert [note["code"] for note in ledger["notes"]] == ["file_ends_early"]
    assert finished.dossiers[0]["page_count"] == 1
    assert_masters_whole(site)


def test_a_pdf_with_ten_thousand_pages_is_refused_quickly(tmp_path):
    site = Site(tmp_path)
    directory = site.folder(1, pages=1)
    pdf_of_blank_pages(directory / "endless.pdf", 10_000)

    finished, peak = digitize_watched(site)

    assert finished.refused == {"endless.pdf": "too_many_pages"}
    assert finished.balanced()
    assert finished.dossiers[0]["page_count"] == 1
    assert peak < MOST_BYTES


def test_a_real_picture_at_the_limit_of_pixels_is_bounded_in_memory(tmp_path):
    site = Site(tmp_path)
    directory = site.folder(1, pages=1)
    Image.new("L", (16_000, 16_000), 255).save(directory / "over.png", compress_level=1)  # 256 million
    Image.new("1", (10_000, 14_000), 1).save(directory / "sheet A0.tif", compression="group4", dpi=(300, 300))

    finished, peak = digitize_watched(site)

    assert finished.refused == {"over.png": "too_large"}
    assert finished.dossiers[0]["page_count"] == 2
    assert peak < MOST_BYTES


def test_names_of_any_kind_are_taken(tmp_path):
    site = Site(tmp_path)
    names = [
        f"{KHMER}.png",
        "with  spaces and 'quotes' & %41 [brackets].png",
        f"{'long' * 49}.png",
        "-rf.png",
        "CON.png" if sys.platform != "win32" else "CON-.png",
    ]
    if sys.platform != "win32":
        names.append("two\nlines.png")
    directory = site.folder(1, pages=len(names), name=f"{KHMER} & co")
    # The cover comes first, as the program puts names in order.
    for number, name in enumerate(sorted(names, key=natural_key), start=1):
        (directory / f"page{number}.png").rename(directory / name)

    finished, _ = digitize_watched(site)

    assert finished.code == 0, finished.output + finished.said
    assert finished.dossiers[0]["page_count"] == len(names)
    assert {Path(path).name for (path,) in site.rows("SELECT source_path FROM import_item")} == set(names)
    assert_check_clean(site)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no names that are not Unicode")
def test_a_name_that_is_no_unicode_does_not_stop_the_others(tmp_path):
    site = Site(tmp_path)
    directory = site.folder(1, pages=2)
    os.rename(os.fsencode(directory / "page2.png"), os.fsencode(directory) + b"/page\xff2.png")  # noqa: PTH104

    finished, _ = digitize_watched(site)

    assert finished.balanced()
    assert finished.report["import"]["offered"] == 2
    assert finished.code in (0, 1), finished.said


@pytest.mark.skipif(
    sys.platform == "win32", reason="no FIFOs there; a link wants a right, and Wine makes none"
)
def test_files_that_vanish_or_cannot_be_read_are_refused_and_come_in_later(tmp_path):
    site = Site(tmp_path)
    directory = site.folder(1, pages=2)
    gone = directory / "page3.png"
    gone.symlink_to(tmp_path / "taken away.png")
    fifo = directory / "page4.png"
    os.mkfifo(fifo)

    finished, _ = digitize_watched(site)

    assert finished.refused == {"page3.png": "source_missing", "page4.png": "not_readable"}
    assert finished.balanced()
    assert finished.code == 1
    fifo.unlink()
    gone.unlink()
    Image.new("L", (400, 600), 200).save(gone)
    later, _ = digitize_watched(site)
    assert later.refused == {}
    assert later.dossiers[0]["page_count"] == 3


def test_a_file_removed_between_listing_and_reading_is_told(tmp_path):
    site = Site(tmp_path, {"FOLIODESK_MIN_FREE_BYTES": str(1 << 60)})
    directory = site.folder(1, pages=2)
    # The ledger is written while nothing may be read yet (no room), then the file goes.
    held = site.run()
    assert held.code == 3, held.said
    (directory / "page2.png").unlink()

    finished = site.run(FOLIODESK_MIN_FREE_BYTES="0")

    reasons = dict(site.rows("SELECT source_path, reason FROM import_item WHERE state = 'refused'"))
    assert reasons == {str(directory / "page2.png"): "source_missing"}
    assert finished.dossiers[0]["state"] == "to_index", "the missing page is for a person"
    assert finished.code == 1
    assert "offered" not in {state for (state,) in site.rows("SELECT state FROM import_item")}


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_it_is_refused(tmp_path):
    site = Site(tmp_path)
    directory = site.folder(1, pages=2)
    (directory / "page2.png").chmod(0)

    finished, _ = digitize_watched(site)

    assert finished.refused == {"page2.png": "not_readable"}
    assert finished.balanced()
