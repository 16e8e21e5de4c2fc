"""One scan has one picture hash, in whatever file it comes; what was only drawn alike has none."""

from __future__ import annotations

import io
from pathlib import Path

import img2pdf
import numpy as np
import pikepdf
import pytest
from PIL import Image

from ocr.intake.intake import take_in
from ocr.intake.picture_hash import picture_hash
from ocr.types import IntakeTask
from tests.helpers.drawn_pages import save, text_page

SIZE = (620, 877)


def hashes(path: Path) -> list[str | None]:
    derived = path.parent / "derived"
    derived.mkdir(exist_ok=True)
    result = take_in(IntakeTask(path, path.parent / "masters", derived))
    return [page.picture_hash for page in result.pages]


def pdf(path: Path, *pictures: bytes, title: str = "", rotate: int = 0) -> Path:
    """A PDF of scans; the title makes files differ whose pages are the same."""
    with pikepdf.open(io.BytesIO(img2pdf.convert(list(pictures)))) as document:
        document.docinfo["/Title"] = title
        for page in document.pages:
            page.Rotate = rotate
        document.save(path)
    return path


def colour_page() -> np.ndarray:
    grey = text_page(size=SIZE)
    return np.stack([grey, np.clip(grey.astype(int) - 9, 0, 255).astype(np.uint8), grey // 2], axis=2)


def test_a_jpeg_is_the_same_scan_in_a_pdf_and_in_another(tmp_path: Path) -> None:
    jpeg = save(text_page(size=SIZE), tmp_path / "scan.jpg").read_bytes()
    other = save(text_page(("another page",), size=SIZE), tmp_path / "other.jpg").read_bytes()
    alone = hashes(tmp_path / "scan.jpg")
    assert None not in alone
    assert hashes(pdf(tmp_path / "one.pdf", jpeg)) == alone
    assert hashes(pdf(tmp_path / "two.pdf", other, jpeg)) == [*hashes(tmp_path / "other.jpg"), *alone]


@pytest.mark.parametrize("rotate", [90, 180, 270])
@pytest.mark.parametrize("kind", ["jpg", "png", "tif"])
def test_a_scan_turned_in_a_viewer_is_the_same_scan(tmp_path: Path, kind: str, rotate: int) -> None:
    scan = tmp_path / f"scan.{kind}"
    if kind == "tif":
        bits = Image.fromarray(text_page(size=SIZE)).convert("1")
        bits.save(scan, compression="group4", dpi=(200, 200))
    else:
        save(text_page(size=SIZE), scan)
    assert hashes(pdf(tmp_path / "turned.pdf", scan.read_bytes(), rotate=rotate)) == hashes(scan)


def test_an_orientation_tag_does_not_make_another_scan(tmp_path: Path) -> None:
    picture = Image.fromarray(text_page(size=SIZE))
    for suffix in ("jpg", "tif"):
        exif = Image.Exif()
        exif[0x0112] = 6
        picture.save(tmp_path / f"plain.{suffix}")
        picture.save(tmp_path / f"tagged.{suffix}", exif=exif)
        assert hashes(tmp_path / f"plain.{suffix}") == hashes(tmp_path / f"tagged.{suffix}")


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_frames_of_tiffs_png_and_pdf_compare(tmp_path: Path, mode: str) -> None:
    pages = [
        Image.fromarray(colour_page()).convert(mode),
        Image.fromarray(text_page(("second page",), size=SIZE)).convert(mode),
    ]
    pages[0].save(tmp_path / "both.tif", save_all=True, append_images=pages[1:], dpi=(150, 150))
    pages[1].save(tmp_path / "second.tif", compression="tiff_lzw", dpi=(300, 300))
    pages[1].save(tmp_path / "second.png")
    both = hashes(tmp_path / "both.tif")
    assert len(set(both)) == 2
    assert hashes(tmp_path / "second.tif") == both[1:]
    assert hashes(tmp_path / "second.png") == both[1:]
    assert hashes(pdf(tmp_path / "second.pdf", (tmp_path / "second.png").read_bytes())) == both[1:]


def test_a_fax_of_unequal_resolutions_compares_by_what_was_scanned(tmp_path: Path) -> None:
    bits = Image.fromarray(text_page(size=SIZE)).convert("1")
    bits.save(tmp_path / "fax.tif", compression="group4", dpi=(204, 98))
    bits.save(tmp_path / "plain.tif", compression="group4", dpi=(204, 204))
    assert hashes(tmp_path / "fax.tif") == hashes(tmp_path / "plain.tif")


def test_a_drawn_page_has_none_for_forms_look_alike(tmp_path: Path) -> None:
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(300, 400))
        document.pages[0].contents_add(document.make_stream(b"50 50 200 100 re f"))
        document.save(tmp_path / "form.pdf")
    assert hashes(tmp_path / "form.pdf") == [None]


def test_a_scan_with_something_drawn_over_it_compares_with_itself(tmp_path: Path) -> None:
    scan = save(text_page(size=SIZE), tmp_path / "scan.jpg").read_bytes()
    found = []
    for title in ("first", "second"):
        with pikepdf.open(pdf(tmp_path / "scan.pdf", scan)) as document:
            document.docinfo["/Title"] = title
            document.pages[0].contents_add(document.make_stream(b"q 1 0 0 rg 50 50 200 100 re f Q"))
            document.save(tmp_path / f"{title}.pdf")
        found.append(hashes(tmp_path / f"{title}.pdf"))
    assert found[0] == found[1] != hashes(tmp_path / "scan.jpg")
    assert None not in found[0]


def test_hash_tells_shapes_and_samples_apart_and_grey_in_colour_is_grey() -> None:
    page = text_page(size=(120, 90))
    changed = page.copy()
    changed[50, 60] ^= 1
    assert len({picture_hash(each) for each in (page, changed, page.reshape(120, 90))}) == 3
    assert picture_hash(np.stack([page] * 3, axis=2)) == picture_hash(page)
    late = np.stack([page] * 3, axis=2)
    late[-1, -1, 2] ^= 1
    assert picture_hash(late) != picture_hash(page)


def test_hash_of_a_view_is_that_of_its_samples() -> None:
    page = text_page(size=(120, 90))
    assert picture_hash(np.rot90(page)) == picture_hash(np.ascontiguousarray(np.rot90(page)))
