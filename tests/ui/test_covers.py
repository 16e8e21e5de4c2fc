"""Cover sheets as printed: read back by our own engine from poor scans, and set in every script that ships."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import openpyxl
import pikepdf
import pypdfium2
import pytest

from app import cli
from app.domain.cover_sheets import CoverSheet, DocumentSheet, PatchSheet, Sheet
from app.domain.separator_marks import patch_of, sheet_codes
from ocr.sheet_codes import Checksum
from ocr.steps.barcode import PageSpace, find_barcodes
from ocr.steps.geometry import rotate_clockwise
from ocr.steps.ink import find_ink
from ocr.steps.patch_code import find_patch_codes
from ocr.types import Barcode
from tests.helpers.drawn_codes import as_scanned
from tests.helpers.drawn_pages import tilted
from ui.covers.printing import write_covers
from ui.texts import sentence

DPI = 200
KHMER = "ឧបករណ៍ចម្រោះទឹកដីឥដ្ឋជាមួយអង្កាមស្រូវសម្រាប់ភូមិនានានៅតំបន់ដីសណ្តទន្លេមេគង្គ"
COVER = CoverSheet(
    "KH",
    "Department of Industrial Property",
    "KH/P/2018/00417",
    "vol 1/2",
    24,
    KHMER,
    "Mekong Water Works",
    "2018-03-02",
)
SHEETS: tuple[Sheet, ...] = (
    COVER,
    DocumentSheet("Department", "POA", "Power of attorney", "2019-03-05"),
    PatchSheet("T"),
)

Scan = Callable[[np.ndarray], np.ndarray]


def rendered(path: Path, dpi: int = DPI) -> list[np.ndarray]:
    with pypdfium2.PdfDocument(path) as document:
        return [np.array(page.render(scale=dpi / 72).to_pil().convert("L")) for page in document]


def written(tmp_path: Path, sheets: tuple[Sheet, ...], layout: str = "one") -> Path:
    path = tmp_path / "covers.pdf"
    write_covers(sheets, layout, path)
    return path


def codes_on(page: np.ndarray, dpi: int = DPI) -> tuple[Barcode, ...]:
    space = PageSpace(page.shape[1], page.shape[0])
    found = find_barcodes(page, space)
    return (*find_patch_codes(find_ink(page).binary, space, dpi, found), *found)


def faxed(page: np.ndarray) -> np.ndarray:
    """204 by 98 dpi, one bit: the coarse mode of a fax, as it comes out at the other end."""
    low = cv2.resize(page, (page.shape[1], page.shape[0] // 2), interpolation=cv2.INTER_AREA)
    bits = np.where(low > 140, 255, 0).astype(np.uint8)
    return cv2.resize(bits, (page.shape[1], page.shape[0]), interpolation=cv2.INTER_NEAREST)


SCANS: dict[str, Scan] = {
    "as it is": lambda page: page,
    "skewed": lambda page: as_scanned(tilted(page, 5.0)),
    "upside down": lambda page: as_scanned(rotate_clockwise(page, 180)),
    "on its side": lambda page: as_scanned(rotate_clockwise(page, 90)),
    "faint": lambda page: as_scanned(page, contrast=0.25, blur_px=0.7, noise=5.0),
    "faxed": faxed,
    "faxed upside down": lambda page: faxed(rotate_clockwise(page, 180)),
}


@pytest.mark.parametrize("scan", SCANS)
def test_covers_are_read_back_from_scans(tmp_path: Path, scan: str) -> None:
    cover, document, patch = (SCANS[scan](page) for page in rendered(written(tmp_path, SHEETS)))
    (code,) = set(sheet_codes(codes_on(cover)))
    assert (code.number, code.volume, code.expected_sheets) == ("KH/P/2018/00417", "vol 1/2", 24)
    assert (code.checksum, code.is_sheet) == (Checksum.RIGHT, True)
    assert patch_of(codes_on(cover)) == "3"  # for scanners that know Patch codes, and where the code is lost
    (paper,) = sheet_codes(codes_on(document))
    assert (paper.document_type, paper.dated, paper.checksum) == ("POA", "2019-03-05", Checksum.RIGHT)
    assert patch_of(codes_on(patch)) == "T"


def test_a_cover_is_known_with_one_of_its_codes_torn_off(tmp_path: Path) -> None:
    (page,) = rendered(written(tmp_path, (COVER,)))
    for rows in (slice(0, page.shape[0] * 55 // 100), slice(page.shape[0] * 60 // 100, None)):
        torn = page.copy()
        torn[rows] = 255
        (code,) = sheet_codes(codes_on(torn))
        assert code.number == COVER.number


@pytest.mark.parametrize(("layout", "pieces"), [("two", 2), ("four", 4), ("labels", 8)])
def test_many_on_a_page_are_each_read(tmp_path: Path, layout: str, pieces: int) -> None:
    sheets = tuple(replace(COVER, number=f"KH/P/2018/{serial:05d}") for serial in range(1, pieces + 2))
    pages = rendered(written(tmp_path, sheets, layout))
    assert len(pages) == 2
    read = [code for page in pages for code in sheet_codes(codes_on(as_scanned(page)))]
    assert sorted(code.number for code in read) == sorted(sheet.number for sheet in sheets)
    assert {code.is_sheet for code in read} == {layout != "labels"}


@pytest.mark.parametrize(
    "title",
    [KHMER * 4, "ເຄື່ອງກອງນໍ້າດິນໜຽວ", "เครื่องกรองน้ำดินเผาด้วยแกลบ", "Thiết bị lọc nước bằng đất sét", "x" * 400, ""],
)
@pytest.mark.parametrize("layout", ["one", "two", "four", "labels"])
def test_long_and_foreign_titles_leave_the_codes_alone(tmp_path: Path, layout: str, title: str) -> None:
    (page,) = rendered(written(tmp_path, (replace(COVER, title=title, applicant=title),), layout))
    assert {code.number for code in sheet_codes(codes_on(page))} == {COVER.number}
    if layout == "one":
        assert patch_of(codes_on(page)) == "3"


def test_faces_are_in_the_file_and_khmer_is_shaped_by_its_own(tmp_path: Path) -> None:
    with pikepdf.open(written(tmp_path, (COVER,))) as pdf:
        fonts = {str(font.BaseFont).split("+")[-1] for font in pdf.pages[0].Resources.Font.as_dict().values()}
        assert any("Khmer" in name for name in fonts), fonts
        assert any("Inter" in name for name in fonts), fonts
        box = [float(value) for value in pdf.pages[0].MediaBox]
    assert box[2:] == pytest.approx([595, 842], abs=1)


# --- the command ------------------------------------------------------------------------------------------


@pytest.fixture
def covers(tmp_path, capsys):
    """Run the command; returns its exit code, what it said, and the sheets it drew."""
    drawn = []

    def write(sheets, layout, path):
        drawn.append((tuple(sheets), layout, path))
        return 1

    def run(*arguments):
        drawn.clear()
        command = ["covers", *map(str, arguments), "--home", str(tmp_path / "home"), "--office", "KH"]
        code = cli.run(command, words=sentence, write_covers=write)
        said = capsys.readouterr()
        return (
            code,
            " ".join((said.out + said.err).split()),
            [sheet for sheets, _, _ in drawn for sheet in sheets],
        )

    return run


def test_numbers_and_ranges_are_drawn(covers):
    code, _, sheets = covers("KH/P/2018/00009..00011", "KH/D/2019/00125", "--sheets", "12", "--volume", "1/2")
    assert code == 0
    assert [sheet.number for sheet in sheets] == [
        "KH/P/2018/00009",
        "KH/P/2018/00010",
        "KH/P/2018/00011",
        "KH/D/2019/00125",
    ]
    assert {(sheet.expected_sheets, sheet.volume) for sheet in sheets} == {(12, "1/2")}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".txt"])
def test_pull_lists_are_read(covers, tmp_path, suffix):
    path = tmp_path / f"pull{suffix}"
    rows = [
        ("application_number", "volume", "sheets"),
        ("KH/P/2018/00417", "1/2", "24"),
        ("KH/P/2018/00418", "", ""),
    ]
    if suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    elif suffix == ".csv":
        path.write_text("\n".join(";".join(row) for row in rows) + "\n", encoding="utf-8-sig")
    else:
        path.write_text("KH/P/2018/00417\nKH/P/2018/00418\n", encoding="utf-8")
    code, said, sheets = covers("--list", path)
    assert code == 0, said
    assert [sheet.number for sheet in sheets] == ["KH/P/2018/00417", "KH/P/2018/00418"]
    if suffix != ".txt":
        assert (sheets[0].volume, sheets[0].expected_sheets, sheets[1].expected_sheets) == ("1/2", 24, None)


def test_what_cannot_be_printed_is_told_and_the_rest_is(covers, tmp_path):
    path = tmp_path / "pull.csv"
    path.write_text("KH/P/2018/00417\nnonsense\nKH/P/2018/00417\n", encoding="utf-8")
    code, said, sheets = covers("--list", path)
    assert code == 1
    assert len(sheets) == 1
    assert "line 2: nonsense" in said
    assert "line 3: KH/P/2018/00417 stands twice" in said


def test_titles_come_from_the_register_and_unknown_numbers_are_told(covers, tmp_path):
    register = tmp_path / "register.csv"
    register.write_text(
        "application_number,title,applicant,filing_date\nKH/P/2018/00417,Clay filter,Mekong,2018-03-02\n",
        encoding="utf-8",
    )
    home = ["--home", str(tmp_path / "home")]
    assert cli.run(["register", "import", str(register), "--office", "KH", *home], words=sentence) == 0
    code, said, sheets = covers("KH/P/2018/00417..00418")
    assert code == 1
    assert [(sheet.title, sheet.applicant, sheet.filed) for sheet in sheets] == [
        ("Clay filter", "Mekong", "2018-03-02"),
        ("", "", ""),
    ]
    assert "does not know KH/P/2018/00418" in said
    assert [sheet.number for sheet in covers("KH/P/2018/00417..00418", "--known")[2]] == ["KH/P/2018/00417"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to print"),
        (["KH/P/2018/00005..00001"], "no range"),
        (["KH/P/2018/00001..KH/D/2018/00005"], "no range"),
        (["KH/P/2018/00001..99999"], "more than"),
        (["--document", "POA", "--dated", "5 March"], "no date"),
        (["--document", "BANANA"], "BANANA is no type of document"),
        (["--list", "nowhere.csv"], "nowhere.csv"),
        (["nonsense"], "nothing to print"),
    ],
)
def test_wrong_use_is_told(covers, arguments, said):
    code, told, sheets = covers(*arguments)
    assert (code, sheets) == (2, [])
    assert said in told


def test_a_file_that_is_no_pdf_is_never_written_over(covers, tmp_path):
    register = tmp_path / "register.csv"
    register.write_bytes(b"number,title")
    code, told, sheets = covers("KH/P/2018/00417", "--out", register)
    assert (code, sheets, register.read_bytes()) == (2, [], b"number,title")
    assert "is no PDF" in told
    register.write_bytes(b"%PDF-1.7 covers of yesterday")
    assert covers("KH/P/2018/00417", "--out", register)[0] == 0


def test_documents_and_patches_are_drawn_as_often_as_asked(covers):
    assert (
        covers("--document", "POA", "--copies", "3")[2]
        == [sheet for sheet in covers("--document", "POA")[2]] * 3
    )
    assert covers("--patch", "T", "--copies", "2")[2] == [PatchSheet("T")] * 2


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path):
    from app.errors import MachineError

    (tmp_path / "there").mkdir()
    with pytest.raises(MachineError, match="covers_not_written"):
        write_covers((COVER,), "one", tmp_path / "there")
    assert list((tmp_path).glob("*.part")) == list((tmp_path).glob(".*")) == []


def test_the_report_is_one_document(tmp_path, capsys):
    out = tmp_path / "c.pdf"
    command = [
        "covers",
        "KH/P/2018/00417",
        "--home",
        str(tmp_path / "home"),
        "--out",
        str(out),
        "--json",
        "--office",
        "KH",
    ]
    assert cli.run(command, words=sentence, write_covers=write_covers) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"file": str(out), "sheets": 1, "pages": 1, "problems": []}
    assert out.stat().st_size > 5_000
