"""What a separator's code says, and what a sheet with one carries besides."""

from __future__ import annotations

import pytest

from app.domain.separator_marks import carries_content, cover_letters, is_same_folder, sheet_codes
from ocr.sheet_codes import document_code, folder_code
from ocr.types import Barcode, Box

COVER, LABEL = folder_code("KH", "KH/P/2018/00001"), folder_code("KH", "KH/P/2018/00001", is_sheet=False)
KODAK = """PATCH T
Sized for printing unscaled on A4 paper
Eastman Kodak Company - 200dpi - TIFF - December 2010 - created with MSPaint
Patch Code separator sheet geometry is further defined in the Kodak Publication A-61599
Wide black bars must be exactly 0.2in
To verify this patch page has been printed with the proper scaling, measure the dimension lines
If the separator sheet is not printed as described the scanner will not reliably recognize the patch code
For proper operation this scanner separator sheet must be printed with a scale of 100%"""


def codes(text: str, symbology: str = "QRCode") -> tuple[Barcode, ...]:
    return (Barcode(symbology, text, Box(0, 0, 9, 9), 0),)


@pytest.mark.parametrize(
    ("text", "code", "ink", "expected"),
    [
        ("Folder cover sheet\nKH/P/2018/00001\n" + "Title of the invention " * 12, COVER, 0.0, False),
        ("Folder cover sheet", COVER, 0.4, True),  # somebody drew on it
        ("Description of the invention " * 30, COVER, 0.0, True),
        ("Folder cover sheet", COVER, None, True),  # read before ink was measured
        ("Document sheet\nPOA\nPower of attorney", document_code("POA"), 0.0, False),
        ("A letter to the office, with kind regards " * 5, document_code("POA"), 0.0, True),
        ("Patch 3\nA new folder begins behind this sheet.", "3", 0.1, False),
        ("Fig. 5", "3", 0.36, True),
        ("Receipt\nNo. 2019/00125", "3", 0.0, True),  # a number is no separator's print
        (KODAK, "T", 0.25, False),
        (KODAK, "T", 0.6, True),
        (KODAK + "\nA letter about quite another matter" + ", with more of it" * 60, "T", 0.2, True),
        ("KH/P/2018/00001", LABEL, 0.0, False),
        ("A letter about the matter " * 20, LABEL, 0.0, True),
    ],
)
def test_what_a_sheet_carries_besides_its_own_print(
    text: str, code: str, ink: float | None, expected: bool
) -> None:
    symbology = "PatchCode" if len(code) == 1 else "QRCode"
    assert carries_content(text, codes(code, symbology), ink) is expected


def test_a_cover_of_which_the_register_knows_the_print_carries_no_letter_more() -> None:
    (code,) = sheet_codes(codes(COVER))
    most = cover_letters(code, "Department of Industrial Property", "Clay water filter", "Mekong Works")
    printed = (
        "Folder cover sheet - leave it on top of the folder when scanning KH/P/2018/00001 Clay water filter"
    )
    assert not carries_content(printed, codes(COVER), 0.0, own_letters=most)
    assert carries_content(
        printed + " See also the letter of the agent" * 5, codes(COVER), 0.0, own_letters=most
    )


def test_of_a_page_without_a_separators_code_nothing_is_said() -> None:
    assert not carries_content("A letter " * 90, codes("4006381333931", "EAN13"), None)


def test_one_folder_however_its_number_is_spelt() -> None:
    ours, theirs = ("KH", "KH/P/2018/00001", "vol 1/2"), ("kh", "KH-P-2018-00001", "")
    assert is_same_folder(ours, theirs, by_label=True)
    assert not is_same_folder(ours, theirs)  # two sheets: two volumes
    assert not is_same_folder(ours, ("KH", "KH/P/2018/00001", "vol 2/2"), by_label=True)
    assert not is_same_folder(ours, ("KH", "KH/P/2018/00010", "vol 1/2"), by_label=True)
    assert not is_same_folder(None, None)
