"""Damaged PDFs are repaired where qpdf can, and say so; data that stop early are noticed."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import img2pdf
import numpy as np
import pikepdf
import pytest
from PIL import Image

from ocr.errors import SourceRefused
from ocr.intake.decode import decode_master
from ocr.intake.intake import take_in
from ocr.intake.masters import master_path
from ocr.intake.pdf_repair import image_ends_early, is_damaged
from ocr.types import IntakeResult, IntakeTask, Limits

PAGE = np.full((560, 400), 250, np.uint8)
PAGE[40:520:20, 40:360] = 10
NOISE = np.random.default_rng(4).integers(0, 256, PAGE.shape, np.uint8)


def taken(content: bytes, tmp_path: Path, limits: Limits | None = None) -> IntakeResult:
    source, derived = tmp_path / "offered.pdf", tmp_path / "derived"
    source.write_bytes(content)
    derived.mkdir(exist_ok=True)
    result = take_in(IntakeTask(source, tmp_path / "masters", derived, limits or Limits()))
    assert not list(derived.glob(".*")), "nothing unfinished is left"
    return result


def darkness(result: IntakeResult, tmp_path: Path, page: int = 0) -> float:
    found = result.pages[page]
    (extension,) = {each.extension for each in result.masters if each.sha256 == found.master_sha256}
    path = master_path(tmp_path / "masters", found.master_sha256, extension)
    return float((decode_master(path, 0, Limits()).pixels < 128).mean())


def drawn_pdf(pages: int = 1, **options: object) -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=(200, 280))
            document.pages[-1].Contents = document.make_stream(b"q 0 0 0 rg 20 20 160 120 re f Q")
        document.save(target, **options)
    return target.getvalue()


def scanned_pdf(data: bytes, filter_name: str) -> bytes:
    """A page filled by one grey image of the size of PAGE, its data as given."""
    target = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(400, 560))
        image = pikepdf.Stream(document, data)
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = 400, 560, 8
        image.ColorSpace, image.Filter = pikepdf.Name.DeviceGray, pikepdf.Name(filter_name)
        page = document.pages[0]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=image))
        page.Contents = document.make_stream(b"q 400 0 0 560 0 0 cm /Scan Do Q")
        document.save(target)
    return target.getvalue()


def jpeg(pixels: np.ndarray) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "JPEG", quality=80)
    return target.getvalue()


WHOLE = drawn_pdf()
HARMED = {
    "no header": WHOLE[9:],
    "no trailer": WHOLE[: WHOLE.index(b"trailer")],
    "wrong offsets": WHOLE.replace(b"%PDF-", b"%" + b"x" * 300 + b"\n%PDF-", 1).replace(b"xref", b"xrxx", 1),
    "more pages than there are": WHOLE.replace(b"/Count 1", b"/Count 7"),
}


@pytest.mark.parametrize("harm", HARMED)
def test_a_damaged_pdf_is_repaired_and_says_so(tmp_path: Path, harm: str) -> None:
    content = HARMED[harm]
    assert content != WHOLE
    result = taken(content, tmp_path)
    assert len(result.pages) == 1
    assert result.notes == ("pdf_repaired",)
    assert darkness(result, tmp_path) == pytest.approx(160 * 120 / (200 * 280), abs=0.02)
    assert result.original is not None
    original = master_path(tmp_path / "masters", result.original.sha256, ".pdf")
    assert original.read_bytes() == content, "what was offered is kept as it was"


def test_a_pdf_whose_header_has_another_form_is_read(tmp_path: Path) -> None:
    assert len(taken(WHOLE.replace(b"%PDF-1", b"%PDF.1", 1), tmp_path).pages) == 1


def test_a_sound_pdf_is_not_called_repaired(tmp_path: Path) -> None:
    packed = drawn_pdf(2, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert taken(packed, tmp_path).notes == ()
    assert taken(img2pdf.convert(jpeg(PAGE)), tmp_path).notes == ()


def test_a_pdf_with_nothing_in_it_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    for content in (b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n", WHOLE.replace(b"/Page", b"/Nage")):
        with pytest.raises(SourceRefused, match="damaged") as caught:
            taken(content, tmp_path)
        assert caught.value.facts["name"] == "offered.pdf"
    assert not [path for path in (tmp_path / "masters").rglob("*") if path.is_file()]


def test_a_page_that_is_not_there_leaves_no_master_of_the_others(tmp_path: Path) -> None:
    result = taken(drawn_pdf(3).replace(b"5 0 R ]", b"9 0 R ]", 1), tmp_path)
    assert (len(result.pages), result.notes) == (2, ("pdf_repaired",))


@pytest.mark.parametrize("kind", ["/DCTDecode", "/FlateDecode"])
def test_an_image_cut_short_inside_a_pdf_is_noticed(tmp_path: Path, kind: str) -> None:
    data = jpeg(NOISE) if kind == "/DCTDecode" else zlib.compress(NOISE.tobytes())
    assert taken(scanned_pdf(data, kind), tmp_path).notes == ()
    assert taken(scanned_pdf(data[: len(data) // 2], kind), tmp_path).notes == ("file_ends_early",)


def test_what_is_missing_of_a_scan_in_a_pdf_is_paper_and_not_ink(tmp_path: Path) -> None:
    data = jpeg(PAGE)
    result = taken(scanned_pdf(data[: len(data) // 2], "/DCTDecode"), tmp_path)
    assert result.notes == ("file_ends_early",)
    (master,) = result.masters
    decoded = decode_master(master_path(tmp_path / "masters", master.sha256, master.extension), 0, Limits())
    assert not decoded.is_whole
    assert int(decoded.pixels[-100:].min()) > 200
    assert int(decoded.pixels[:100].min()) < 60


def test_a_page_that_only_one_reader_knows_has_no_image(tmp_path: Path) -> None:
    # Found by fuzzing: pdfium counts pages that qpdf leaves out.
    with pikepdf.open(io.BytesIO(WHOLE)) as document:
        assert not image_ends_early(document, 5, (400, 560))
        assert is_damaged(document, 6)


@pytest.mark.parametrize("size", [(0.001, 1e8), (1e9, 3.0), (14_400, 14_400), (3.0, 3.0)])
def test_pages_of_absurd_size_cost_no_more_than_the_limit(tmp_path: Path, size: tuple[float, float]) -> None:
    target = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(200, 200))
        document.pages[0].MediaBox = [0, 0, *size]
        document.save(target)
    limits = Limits(max_pixels=2_000_000, max_side_px=20_000)
    page = taken(target.getvalue(), tmp_path, limits).pages[0]
    assert page.width_px * page.height_px <= limits.max_pixels
    assert max(page.width_px, page.height_px) <= limits.max_side_px
