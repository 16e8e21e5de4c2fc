"""The PDF of a dossier: pictures in place and unchanged, text exact, archival, reproducible."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import page as page_validation
import pikepdf
import pypdf
import pypdfium2
import pytest
from PIL import Image

from app.errors import MachineError, StoreDamaged
from app.packaging.content import PackageDocument, PackageTask
from app.packaging.independent import validate_independently
from app.packaging.pdf_check import check_content
from app.packaging.pdfa import read_page_words, write_pdfa
from app.packaging.pictures import gather_pictures
from app.packaging.streams import compressed_stream
from app.packaging.text_layer import page_text
from ocr.intake.decode import decode_master, with_square_pixels
from ocr.steps.geometry import apply_exif, level, rotate_clockwise
from ocr.types import Limits
from tests.helpers.dossier_tasks import (
    KHMER,
    MIXED,
    draw_page,
    page_of,
    place_words,
    save_master,
    small_task,
    task_of,
)


def written(task: PackageTask, directory: Path, name: str = "dossier.pdf") -> Path:
    work_dir = directory / f"work-{name}"
    work_dir.mkdir()
    target = directory / name
    write_pdfa(task, gather_pictures(task, work_dir), target)
    return target


def rendered(pdf: Path, index: int, size: tuple[int, int]) -> np.ndarray:
    document = pypdfium2.PdfDocument(pdf)
    page = document[index]
    # Four times as large, because pdfium places pictures on whole pixels.
    picture = page.render(scale=4 * size[0] / page.get_width()).to_pil().convert("RGB")
    document.close()
    return np.asarray(picture.resize(size, Image.Resampling.BOX))


def difference(shown: np.ndarray, expected: np.ndarray) -> float:
    """Mean difference in grey levels, smoothed because renderers resample edges differently; wrongly turned
    pages of draw_page differ by 25 and more."""
    smooth = [cv2.blur(picture, (5, 5)).astype(int) for picture in (shown, expected)]
    return float(np.abs(smooth[0] - smooth[1]).mean())


@pytest.mark.parametrize("exif", range(1, 9))
@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
def test_page_stands_upright_for_every_orientation_and_turn(tmp_path: Path, exif: int, turn_deg: int) -> None:
    marks = Image.Exif()
    marks[0x0112] = exif
    stored = draw_page()
    master = save_master(stored, tmp_path, "page.jpg", quality=95, exif=marks)
    expected = rotate_clockwise(apply_exif(np.asarray(stored), exif), -turn_deg)
    size = (expected.shape[1], expected.shape[0])
    page = page_of(master, 1, size=size, exif_orientation=exif, applied_turn_deg=turn_deg)
    shown = rendered(written(task_of([page], tmp_path), tmp_path), 0, size)
    assert difference(shown, expected) < 3


@pytest.mark.parametrize(("skew_deg", "turn_deg"), [(3.7, 0), (-6.0, 0), (2.2, 90), (-4.0, 270), (14.0, 180)])
def test_skew_is_levelled_as_the_page_engine_does_it(tmp_path: Path, skew_deg: float, turn_deg: int) -> None:
    stored = draw_page()
    master = save_master(stored, tmp_path, "page.png")
    white = (255, 255, 255)
    expected = level(rotate_clockwise(np.asarray(stored), -turn_deg), skew_deg, paper=white)
    size = (expected.shape[1], expected.shape[0])
    page = page_of(master, 1, size=size, applied_turn_deg=turn_deg, applied_skew_deg=skew_deg)
    shown = rendered(written(task_of([page], tmp_path), tmp_path), 0, size)
    # pdfium draws slanted pictures one pixel of the picture off, whatever the scale; test_geometry is exact.
    moved = (np.roll(shown, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1))
    assert min(difference(picture, expected) for picture in moved) < 4


def test_page_that_does_not_fit_its_picture_is_refused(tmp_path: Path) -> None:
    master = save_master(draw_page(), tmp_path, "page.png")
    with pytest.raises(MachineError) as caught:
        written(task_of([page_of(master, 1, size=(621, 876))], tmp_path), tmp_path)
    assert caught.value.code == "page_geometry_differs"


def g4_frames(directory: Path) -> Path:
    first, second = draw_page().convert("1"), draw_page(shade=200).rotate(180).convert("1")
    return save_master(
        first,
        directory,
        "fax.tif",
        compression="group4",
        save_all=True,
        append_images=[second],
        tiffinfo={278: 876},
    )


def embedded(pdf: Path, index: int = 0) -> tuple[bytes, str]:
    """Return the data of a page's picture as it lies in the file, and its colour space."""
    with pikepdf.open(pdf) as document:
        (image,) = document.pages[index].obj.Resources.XObject.as_dict().values()
        space = image.ColorSpace
        return image.read_raw_bytes(), str(space[0] if isinstance(space, pikepdf.Array) else space)


def test_jpeg_keeps_its_own_bytes(tmp_path: Path) -> None:
    master = save_master(draw_page(), tmp_path, "page.jpg", quality=80, progressive=True)
    pdf = written(task_of([page_of(master, 1)], tmp_path), tmp_path)
    assert embedded(pdf)[0] == master.read_bytes()


def test_grey_jpeg_keeps_its_own_bytes(tmp_path: Path) -> None:
    master = save_master(draw_page().convert("L"), tmp_path, "page.jpg")
    pdf = written(task_of([page_of(master, 1)], tmp_path), tmp_path)
    assert embedded(pdf) == (master.read_bytes(), "/DeviceGray")


def test_png_keeps_its_compressed_data(tmp_path: Path) -> None:
    master = save_master(draw_page(), tmp_path, "page.png")
    data = embedded(written(task_of([page_of(master, 1)], tmp_path), tmp_path))[0]
    assert data in master.read_bytes()


def test_fax_in_several_strips_is_stored_without_loss(tmp_path: Path) -> None:
    picture = draw_page().convert("1")
    master = save_master(picture, tmp_path, "fax.tif", compression="group4", tiffinfo={278: 50})
    pdf = written(task_of([page_of(master, 1)], tmp_path), tmp_path)
    assert difference(rendered(pdf, 0, (620, 876)), np.asarray(picture.convert("RGB"))) < 3


@pytest.mark.parametrize("compression", ["group4", "tiff_lzw", "raw"])
@pytest.mark.parametrize("tag", range(1, 9))
def test_oriented_tiff_lies_as_the_page_engine_saw_it(tmp_path: Path, compression: str, tag: int) -> None:
    options = {"compression": compression, "tiffinfo": {274: tag, 278: 876}}
    master = save_master(draw_page().convert("1"), tmp_path, "page.tif", **options)
    decoded = decode_master(master, 0, Limits())
    expected = apply_exif(decoded.pixels, decoded.exif_orientation)
    size = (expected.shape[1], expected.shape[0])
    page = page_of(master, 1, size=size, exif_orientation=decoded.exif_orientation)
    shown = rendered(written(task_of([page], tmp_path), tmp_path), 0, size)
    assert difference(shown, np.repeat(expected[..., None], 3, axis=2)) < 4


@pytest.mark.parametrize("compression", ["group4", "tiff_lzw"])
@pytest.mark.parametrize("tag", [1, 6])
def test_fax_of_unequal_resolutions_is_shown_in_its_true_shape(
    tmp_path: Path, compression: str, tag: int
) -> None:
    dots = draw_page(620, 438).convert("1")
    options = {"compression": compression, "tiffinfo": {274: tag, 278: 438}, "dpi": (200, 100)}
    master = save_master(dots, tmp_path, "fax.tif", **options)
    stored = decode_master(master, 0, Limits())
    square = with_square_pixels(stored, Limits(), name="fax.tif")
    expected = apply_exif(square.pixels, square.exif_orientation)
    size = (620, 876) if tag == 1 else (876, 620)
    assert expected.shape == (size[1], size[0])
    pdf = written(task_of([page_of(master, 1, size=size, exif_orientation=tag)], tmp_path), tmp_path)
    assert difference(rendered(pdf, 0, size), np.repeat(expected[..., None], 3, axis=2)) < 4
    if compression == "group4":
        assert embedded(pdf)[0] in master.read_bytes()


def test_colour_profile_of_many_pages_is_stored_once(tmp_path: Path) -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    masters = [
        save_master(draw_page(shade=number), tmp_path, f"{number}.jpg", icc_profile=profile)
        for number in range(3)
    ]
    pages = [page_of(master, number) for number, master in enumerate(masters, start=1)]
    with pikepdf.open(written(task_of(pages, tmp_path), tmp_path)) as pdf:
        used = {page.obj.Resources.XObject["/Page"].ColorSpace[1].objgen for page in pdf.pages}
    assert len(used) == 1


def test_each_frame_of_a_fax_keeps_its_own_payload(tmp_path: Path) -> None:
    master = g4_frames(tmp_path)
    pages = [page_of(master, number + 1, frame=number) for number in range(2)]
    pdf = written(task_of(pages, tmp_path), tmp_path)
    payloads = [embedded(pdf, number)[0] for number in range(2)]
    assert all(payload in master.read_bytes() for payload in payloads)
    assert payloads[0] != payloads[1]
    expected = np.asarray(draw_page(shade=200).rotate(180).convert("1").convert("RGB"))
    assert difference(rendered(pdf, 1, (620, 876)), expected) < 3


ODD_MASTERS = {
    "bmp": ("page.bmp", "RGB", {}),
    "webp": ("page.webp", "RGB", {"lossless": True}),
    "jpeg2000": ("page.jp2", "RGB", {"irreversible": False}),
    "cmyk_jpeg": ("page.jpg", "CMYK", {"quality": 95}),
    "palette_png": ("page.png", "P", {}),
    "alpha_png": ("page.png", "RGBA", {}),
    "one_bit_png": ("page.png", "1", {}),
    "grey_alpha_png": ("page.png", "LA", {}),
    "lzw_tiff": ("page.tif", "RGB", {"compression": "tiff_lzw"}),
    "jpeg_tiff": ("page.tif", "RGB", {"compression": "jpeg", "quality": 95}),
    "deflate_one_bit_tiff": ("page.tif", "1", {"compression": "tiff_deflate"}),
    "cmyk_tiff": ("page.tif", "CMYK", {}),
    "inverted_fax": ("page.tif", "1", {"compression": "group4", "tiffinfo": {262: 0}}),
    "fax_group3": ("page.tif", "1", {"compression": "group3"}),
}


@pytest.mark.parametrize("kind", ODD_MASTERS)
def test_every_kind_of_master_becomes_an_archival_page(tmp_path: Path, kind: str) -> None:
    name, mode, options = ODD_MASTERS[kind]
    picture = draw_page().convert(mode)
    master = save_master(picture, tmp_path, name, **options)
    pdf = written(task_of([page_of(master, 1)], tmp_path), tmp_path)
    assert validate_independently(pdf, tmp_path).verdict == "pass"
    expected = np.asarray(picture.convert("RGB"))
    assert difference(rendered(pdf, 0, (620, 876)), expected) < 6


def test_sixteen_bit_scan_is_shown_in_eight(tmp_path: Path) -> None:
    values = np.linspace(0, 65535, 620 * 876).reshape(876, 620).astype(np.uint16)
    master = tmp_path / "deep.png"
    cv2.imwrite(str(master), values)
    pdf = written(task_of([page_of(master, 1)], tmp_path), tmp_path)
    assert validate_independently(pdf, tmp_path).verdict == "pass"
    assert abs(int(rendered(pdf, 0, (620, 876))[438, 310, 0]) - 128) < 4


def test_colour_profile_that_lies_is_left_out(tmp_path: Path) -> None:
    master = save_master(draw_page(), tmp_path, "page.jpg", icc_profile=b"not a profile" * 20)
    pdf = written(task_of([page_of(master, 1)], tmp_path), tmp_path)
    assert embedded(pdf) == (master.read_bytes(), "/DeviceRGB")


def test_real_colour_profile_is_kept(tmp_path: Path) -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    master = save_master(draw_page(), tmp_path, "page.jpg", icc_profile=profile)
    pdf = written(task_of([page_of(master, 1)], tmp_path), tmp_path)
    assert embedded(pdf) == (master.read_bytes(), "/ICCBased")
    assert validate_independently(pdf, tmp_path).verdict == "pass"


@pytest.mark.parametrize("name", ["page.jpg", "page.png", "fax.tif"])
def test_picture_data_ending_in_a_carriage_return_is_archival(tmp_path: Path, name: str) -> None:
    # Twenty pictures: the data of a PNG or fax ends so by chance only, a JPEG may carry it after its end.
    pages = []
    for number in range(20):
        options = {"compression": "group4", "tiffinfo": {278: 876}} if name == "fax.tif" else {}
        picture = draw_page(shade=number * 5).rotate(number)
        master = save_master(
            picture.convert("1" if options else "RGB"), tmp_path, f"{number}-{name}", **options
        )
        if name == "page.jpg":
            master.write_bytes(master.read_bytes() + b"\r")
        pages.append(page_of(master, number + 1))
    pdf = written(task_of(pages, tmp_path), tmp_path)
    assert validate_independently(pdf, tmp_path).verdict == "pass"
    if name == "page.jpg":
        assert embedded(pdf)[0] == pages[0].master_path.read_bytes() + b"\n"


def test_text_streams_never_end_in_a_carriage_return(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        for number in range(600):
            content = compressed_stream(pdf, b"%d" % number)
            assert not content.read_raw_bytes().endswith(b"\r")
            assert content.read_bytes().rstrip(b" ") == b"%d" % number


def test_broken_master_is_named(tmp_path: Path) -> None:
    master = tmp_path / "page.png"
    master.write_bytes(b"\x89PNG\r\n\x1a\nnothing more")
    with pytest.raises(StoreDamaged) as caught:
        written(task_of([page_of(master, 1)], tmp_path), tmp_path)
    assert caught.value.code == "master_damaged"


def test_scan_that_ends_early_still_becomes_a_page(tmp_path: Path) -> None:
    for name in ("page.jpg", "page.png"):
        whole = save_master(draw_page(), tmp_path, name)
        whole.write_bytes(whole.read_bytes()[: whole.stat().st_size * 3 // 4])
        pdf = written(task_of([page_of(whole, 1)], tmp_path), tmp_path, f"{name}.pdf")
        assert validate_independently(pdf, tmp_path).verdict == "pass"


@pytest.mark.parametrize("lines", [KHMER, MIXED], ids=["khmer", "mixed"])
def test_readers_extract_exactly_the_stored_lines(tmp_path: Path, lines: list[list[str]]) -> None:
    words = place_words(lines)
    master = save_master(draw_page(), tmp_path, "page.jpg")
    pdf = written(task_of([page_of(master, 1, words=words)], tmp_path), tmp_path)
    assert check_content(pdf, [page_text(words)]) == {}
    # pypdf adds spaces of its own beside ours where a gap is wide; words and lines must agree.
    other_reader = pypdf.PdfReader(pdf).pages[0].extract_text()
    assert [line.split() for line in other_reader.splitlines()] == [
        line.split() for line in page_text(words).split("\n")
    ]


def test_search_hit_lies_on_its_word(tmp_path: Path) -> None:
    words = place_words(MIXED)
    master = save_master(draw_page(), tmp_path, "page.jpg")
    pdf = written(task_of([page_of(master, 1, words=words)], tmp_path), tmp_path)
    page = pypdfium2.PdfDocument(pdf)[0]
    text = page.get_textpage()
    found = text.search("KH/D/2019/00125").get_next()
    assert found is not None
    boxes = [text.get_rect(index) for index in range(text.count_rects(*found))]
    box = next(word.box for word in words if word.text == "KH/D/2019/00125")
    scale = 72 / 75
    assert boxes[0][0] == pytest.approx(box.left_px * scale, abs=1)
    assert boxes[-1][2] == pytest.approx((box.left_px + box.width_px) * scale, abs=1)
    assert boxes[0][1] == pytest.approx((876 - box.top_px - box.height_px) * scale, abs=1)
    assert boxes[0][3] == pytest.approx((876 - box.top_px) * scale, abs=1)


def test_text_layer_is_never_painted(tmp_path: Path) -> None:
    master = save_master(draw_page(), tmp_path, "page.png")
    plain = written(task_of([page_of(master, 1)], tmp_path), tmp_path, "plain.pdf")
    with_text = written(
        task_of([page_of(master, 1, words=place_words(MIXED))], tmp_path), tmp_path, "text.pdf"
    )
    assert np.array_equal(rendered(plain, 0, (620, 876)), rendered(with_text, 0, (620, 876)))


def test_same_task_gives_the_same_bytes(tmp_path: Path) -> None:
    task = small_task(tmp_path)
    assert written(task, tmp_path, "1.pdf").read_bytes() == written(task, tmp_path, "2.pdf").read_bytes()


def test_validators_agree_and_describe_the_dossier(tmp_path: Path) -> None:
    task = replace(small_task(tmp_path), documents=(PackageDocument("Request form", "request_form", 1, 2),))
    pdf = written(task, tmp_path)
    assert pikepdf.pdfa.validate_written(pdf, "2b").passed
    assert page_validation.validate_pdf(str(pdf), profile="2b").is_compliant
    with pikepdf.open(pdf) as document:
        assert str(document.Root.Lang) == "km"
        with document.open_metadata() as meta:
            assert meta["dc:title"] == "KH/D/2019/00125"
            assert meta["dc:identifier"] == "KH/D/2019/00125"
            assert meta["xmp:MetadataDate"].startswith("2026-03-04T12:30:15")
        with document.open_outline() as outline:
            assert [item.title for item in outline.root] == ["Request form", "Page 3 (blank)"]
            assert [item.title for item in outline.root[0].children] == ["Page 1", "Page 2"]


def test_independent_validator_catches_what_is_not_archival(tmp_path: Path) -> None:
    pdf = written(small_task(tmp_path), tmp_path)
    with pikepdf.open(pdf, allow_overwriting_input=True) as document:
        del document.Root.OutputIntents
        document.save(pdf)
    with pytest.raises(MachineError) as caught:
        validate_independently(pdf, tmp_path)
    assert caught.value.code == "pdf_not_archival"


def test_changed_text_and_missing_pages_are_noticed(tmp_path: Path) -> None:
    task = small_task(tmp_path)
    pdf = written(task, tmp_path)
    texts = [page_text(read_page_words(page)) for page in task.pages]
    assert check_content(pdf, texts) == {}
    for wrong in (texts[0].replace("KH", "KK"), texts[0] + "\nmore", texts[0].replace(" ", "", 1), ""):
        assert list(check_content(pdf, [wrong, *texts[1:]])) == [0]
    with pytest.raises(MachineError) as caught:
        check_content(pdf, texts[:-1])
    assert caught.value.code == "pdf_page_count_differs"


def test_page_without_its_picture_is_noticed(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(buffer)
    pdf = tmp_path / "empty.pdf"
    pdf.write_bytes(buffer.getvalue())
    with pytest.raises(MachineError) as caught:
        check_content(pdf, [""])
    assert caught.value.code == "pdf_picture_missing"
