from __future__ import annotations

import io
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
from ocr.steps.geometry import apply_exif
from ocr.types import IntakeResult, IntakeTask, Limits
from tests.helpers.drawn_pages import PROSE, save, text_page, tilted

KINDS = {
    "page.png": ".png",
    "page.jpg": ".jpg",
    "page.tif": ".tif",
    "page.bmp": ".bmp",
    "page.webp": ".webp",
    "page.jp2": ".jp2",
}


def taken(path: Path, tmp_path: Path, limits: Limits | None = None) -> IntakeResult:
    derived = tmp_path / "derived"
    derived.mkdir(exist_ok=True)
    return take_in(IntakeTask(path, tmp_path / "masters", derived, limits or Limits()))


def refusal(path: Path, tmp_path: Path, limits: Limits | None = None) -> SourceRefused:
    with pytest.raises(SourceRefused) as caught:
        taken(path, tmp_path, limits)
    assert not [file for file in (tmp_path / "masters").rglob("*") if file.is_file()]
    return caught.value


def master_bytes(result: IntakeResult, tmp_path: Path, page: int = 0) -> bytes:
    extensions = {master.sha256: master.extension for master in result.masters}
    sha256 = result.pages[page].master_sha256
    return master_path(tmp_path / "masters", sha256, extensions[sha256]).read_bytes()


@pytest.mark.parametrize("name", KINDS)
def test_kind_is_told_by_content_not_by_name(tmp_path: Path, name: str) -> None:
    drawn = save(text_page(size=(620, 877)), tmp_path / name)
    content = drawn.read_bytes()
    misnamed = drawn.rename(tmp_path / "ទំព័រ 1.dat")
    result = taken(misnamed, tmp_path)
    assert [master.extension for master in result.masters] == [KINDS[name]]
    assert master_bytes(result, tmp_path) == content
    assert (result.pages[0].width_px, result.pages[0].height_px) == (620, 877)
    assert result.pages[0].thumbnail_path is not None
    assert result.pages[0].thumbnail_path.is_file()
    assert result.original is None


def test_tiff_frames_are_pages_of_one_master(tmp_path: Path) -> None:
    frames = [Image.fromarray(text_page(size=(400 + step, 500))).convert("1") for step in (0, 8, 16)]
    path = tmp_path / "three.tif"
    frames[0].save(path, save_all=True, append_images=frames[1:], compression="group4", dpi=(200, 200))
    result = taken(path, tmp_path)
    assert [page.frame for page in result.pages] == [0, 1, 2]
    assert [page.width_px for page in result.pages] == [400, 408, 416]
    assert len({page.master_sha256 for page in result.pages}) == 1
    assert result.pages[0].dpi == 200


def test_scanned_pdf_page_gives_the_images_own_bytes(tmp_path: Path) -> None:
    jpeg = save(text_page(), tmp_path / "scan.jpg").read_bytes()
    (tmp_path / "scan.pdf").write_bytes(img2pdf.convert(jpeg))
    result = taken(tmp_path / "scan.pdf", tmp_path)
    assert master_bytes(result, tmp_path) == jpeg
    assert result.original is not None
    assert result.original.sha256 == result.source_sha256
    assert result.pages[0].dpi == pytest.approx(150, abs=1)


def test_group4_scan_in_a_pdf_keeps_its_pixels(tmp_path: Path) -> None:
    drawn = Image.fromarray(text_page()).convert("1")
    drawn.save(tmp_path / "fax.tif", compression="group4", dpi=(200, 200))
    (tmp_path / "fax.pdf").write_bytes(img2pdf.convert((tmp_path / "fax.tif").read_bytes()))
    result = taken(tmp_path / "fax.pdf", tmp_path)
    found = Image.open(io.BytesIO(master_bytes(result, tmp_path)))
    assert [master.extension for master in result.masters] == [".tif"]
    assert np.array_equal(np.array(found.convert("L")), np.array(drawn.convert("L")))


@pytest.mark.parametrize("kind", ["jpg", "png"])
@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_rotated_pdf_page_is_shown_as_the_reader_sees_it(tmp_path: Path, kind: str, rotate: int) -> None:
    page = text_page(size=(620, 877))
    scan = save(page, tmp_path / f"scan.{kind}").read_bytes()
    with pikepdf.open(io.BytesIO(img2pdf.convert(scan))) as document:
        document.pages[0].Rotate = rotate
        document.save(tmp_path / "turned.pdf")
    result = taken(tmp_path / "turned.pdf", tmp_path)
    extension = result.masters[0].extension
    path = master_path(tmp_path / "masters", result.masters[0].sha256, extension)
    decoded = decode_master(path, 0, Limits())
    shown = apply_exif(decoded.pixels, decoded.exif_orientation)
    expected = np.rot90(page, -rotate // 90)
    assert shown.shape == expected.shape
    assert float(np.abs(shown.astype(int) - expected).mean()) < 4


def test_scan_with_a_stamp_drawn_over_it_is_rendered(tmp_path: Path) -> None:
    scan = save(text_page(), tmp_path / "scan.jpg").read_bytes()
    with pikepdf.open(io.BytesIO(img2pdf.convert(scan))) as document:
        overlay = document.make_stream(b"q 1 0 0 rg 50 50 200 100 re f Q")
        document.pages[0].contents_add(overlay)
        document.save(tmp_path / "stamped.pdf")
    result = taken(tmp_path / "stamped.pdf", tmp_path)
    assert result.masters[0].extension == ".png"
    found = np.array(Image.open(io.BytesIO(master_bytes(result, tmp_path))).convert("RGB"))
    assert tuple(found[-200, 200]) == (255, 0, 0)
    assert found.shape[1] == pytest.approx(1240, abs=2)


def test_page_without_images_is_drawn_at_300_dpi(tmp_path: Path) -> None:
    document = pikepdf.new()
    document.add_blank_page(page_size=(612, 792))
    document.save(tmp_path / "empty.pdf")
    page = taken(tmp_path / "empty.pdf", tmp_path).pages[0]
    assert (page.width_px, page.height_px, page.dpi) == (2550, 3300, pytest.approx(300))


def test_pdf_tells_of_scripts_and_attachments_and_runs_nothing(tmp_path: Path) -> None:
    document = pikepdf.new()
    document.add_blank_page(page_size=(300, 300))
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('x')")
    scripts = pikepdf.Dictionary(Names=pikepdf.Array(["a", action]))
    document.Root.Names = pikepdf.Dictionary(JavaScript=scripts)
    document.attachments["note.txt"] = b"hello"
    document.save(tmp_path / "busy.pdf")
    assert set(taken(tmp_path / "busy.pdf", tmp_path).notes) == {"pdf_has_attachments", "pdf_has_javascript"}


@pytest.mark.parametrize("place", ["opening", "link", "chain", "page"])
def test_pdf_that_wants_to_start_a_program_is_told(tmp_path: Path, place: str) -> None:
    document = pikepdf.new()
    document.add_blank_page(page_size=(300, 300))
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")
    match place:
        case "opening":
            document.Root.OpenAction = document.make_indirect(launch)
        case "link":
            link = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=launch
            )
            document.pages[0].obj.Annots = pikepdf.Array([link])
        case "chain":
            document.Root.OpenAction = pikepdf.Dictionary(
                S=pikepdf.Name.Named, N=pikepdf.Name.Print, Next=launch
            )
        case "page":
            document.pages[0].obj.AA = pikepdf.Dictionary(O=launch)
    document.save(tmp_path / "starts.pdf")
    assert taken(tmp_path / "starts.pdf", tmp_path).notes == ("pdf_has_launch_action",)


def test_pdf_with_a_user_password_is_refused(tmp_path: Path) -> None:
    document = pikepdf.new()
    document.add_blank_page()
    document.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(user="secret", owner="o"))
    assert refusal(tmp_path / "locked.pdf", tmp_path).code == "encrypted"


def test_pdf_locked_only_against_changes_is_read(tmp_path: Path) -> None:
    document = pikepdf.new()
    document.add_blank_page()
    document.save(tmp_path / "shown.pdf", encryption=pikepdf.Encryption(user="", owner="o"))
    assert len(taken(tmp_path / "shown.pdf", tmp_path).pages) == 1


def test_pdf_with_ten_thousand_pages_is_refused(tmp_path: Path) -> None:
    document = pikepdf.new()
    document.add_blank_page()
    kid = document.pages[0].obj
    document.Root.Pages.Kids = pikepdf.Array([kid] * 10_000)
    document.Root.Pages.Count = 10_000
    document.save(tmp_path / "long.pdf")
    error = refusal(tmp_path / "long.pdf", tmp_path)
    assert (error.code, error.facts["pages"]) == ("too_many_pages", 10_000)


def test_empty_and_foreign_files_are_refused(tmp_path: Path) -> None:
    cases = {"empty.pdf": (b"", "empty_file"), "letter.jpg": (b"Dear Sir,", "not_an_image")}
    cases |= {"broken.png": (b"\x89PNG\r\n\x1a\n" + b"x" * 80, "damaged")}
    cases |= {"broken.pdf": (b"%PDF-1.7 nothing follows", "damaged")}
    for name, (content, code) in cases.items():
        (tmp_path / name).write_bytes(content)
        assert refusal(tmp_path / name, tmp_path).code == code
    assert refusal(tmp_path / "absent.pdf", tmp_path).code == "source_missing"


def test_file_over_the_size_limit_is_refused(tmp_path: Path) -> None:
    path = save(text_page(size=(620, 877)), tmp_path / "page.png")
    assert refusal(path, tmp_path, Limits(max_file_bytes=1000)).code == "too_large"


def test_truncated_scan_is_accepted_with_a_note(tmp_path: Path) -> None:
    path = save(tilted(text_page(PROSE), 1), tmp_path / "page.jpg")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert taken(path, tmp_path).notes == ("file_ends_early",)
