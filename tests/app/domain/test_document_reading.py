"""What papers are by their headings, form codes and layout; what nothing tells stays unknown."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.document_pages import PaperPage
from app.domain.document_reading import read_document, read_documents
from app.domain.documents import DateRole, StartMark
from app.domain.offices import load_offices
from app.paths import offices_dir
from tests.helpers.papers import CLAIMS, DESCRIPTION, FORM, LETTER, POWER, RECEIPT, SECOND_LEAF

OFFICES = load_offices(offices_dir())
DRAWING = "1/1\n10 12 14\nFig. 1"


def page(text: str, **facts) -> PaperPage:
    return PaperPage(text, is_blank=not text, **facts)


def kinds(*texts: str, office: str = "KH") -> list[tuple[str | None, int]]:
    found = read_documents([page(text) for text in texts], OFFICES[office])
    return [(each.kind, each.last - each.first + 1) for each in found]


def one(text: str, office: str = "KH"):
    (found,) = read_documents([page(text)], OFFICES[office])
    return found


@pytest.mark.parametrize(
    ("text", "kind", "office"),
    [
        (FORM, "APP", "KH"),
        (POWER, "POA", "KH"),
        (DESCRIPTION, "DES", "KH"),
        (CLAIMS, "CLM", "KH"),
        (RECEIPT, "FEE", "KH"),
        (LETTER, "COR", "KH"),
        (DRAWING, "DRW", "KH"),
        ("លិខិតប្រគល់សិទ្ធិ\nយើងខ្ញុំ អ្នកចុះហត្ថលេខាខាងក្រោម", "POA", "KH"),
        ("លិខិត​ប្រគល់​សិទ្ធិ\nយើងខ្ញុំ", "POA", "KH"),
        ("GIẤY ỦY QUYỀN\nChúng tôi, người ký tên dưới đây", "POA", "VN"),
        ("GIAY UY QUYEN\nChung toi", "POA", "VN"),
        ("SURAT KUASA\nYang bertanda tangan di bawah ini", "POA", "ID"),
        ("หนังสือมอบอำนาจ\nข้าพเจ้า", "POA", "TH"),
        ("ໃບມອບສິດ\nຂ້າພະເຈົ້າ", "POA", "LA"),
        ("POVVER OF ATTORNEY\nWe, the undersigned", "POA", "KH"),
        ("Ministry\nForm 1\nPATENTS ACT\nName of applicant", "APP", "MY"),
        ("Trade marks\nFORM No. 17", "POA", "MY"),
    ],
)
def test_a_heading_says_the_kind(text, kind, office) -> None:
    assert one(text, office).kind == kind


@pytest.mark.parametrize(
    "text",
    [
        SECOND_LEAF,
        "Encl.: power of attorney, receipt",
        "We enclose the power of attorney of the applicant and the receipt of the official fee for your kind attention.",
        "1. Description, 2 copies\n2. Claims\n3. Power of attorney",
        "Re: power of attorney",
        "(21) KH/P/2018/00417\n(22) 12/03/2018\n(54) Filter\n(71) Water Works\n(74) Angkor IP",
        "see the description",
        "",
    ],
)
def test_what_only_speaks_of_a_paper_is_not_that_paper(text) -> None:
    found = one(text)
    assert (found.kind, found.direction, found.access) == (None, None, None)
    assert found.reasons, "why it is unknown is told"


def test_two_headings_that_disagree_leave_it_unknown() -> None:
    found = one("POWER OF ATTORNEY\nDESCRIPTION\ntext")
    assert found.kind is None
    assert found.reasons[0].code == "headings_disagree"


def test_pages_without_a_heading_follow_and_receipts_stand_alone() -> None:
    assert kinds(POWER, SECOND_LEAF, RECEIPT, SECOND_LEAF, LETTER) == [
        ("POA", 2), ("FEE", 1), (None, 1), ("COR", 1)
    ]  # fmt: skip
    assert kinds(DESCRIPTION, DESCRIPTION, CLAIMS, "CLAIMS\n2. The filter of claim 1") == [
        ("DES", 2),
        ("CLM", 2),
    ]
    assert kinds(POWER, POWER) == [("POA", 1), ("POA", 1)]


def test_a_printed_page_number_ties_pages_together() -> None:
    assert kinds("DESCRIPTION\ntext of it\n1/2", "more of the text that goes on here\n2/2", "1\nanother paper") == [
        ("DES", 2), (None, 1)
    ]  # fmt: skip


def test_marks_and_files_divide_where_words_do_not() -> None:
    pages = [
        page(SECOND_LEAF),
        page(SECOND_LEAF, starts=StartMark.PATCH_T),
        page("", starts=None),
        page(SECOND_LEAF),
    ]
    assert [(each.first, each.last) for each in read_documents(pages, OFFICES["KH"])] == [(0, 0), (1, 3)]
    files = [page(SECOND_LEAF, file_id=1, pages_in_file=2), page(SECOND_LEAF, file_id=1, pages_in_file=2)]
    files.append(page(SECOND_LEAF, file_id=2))
    assert [(each.first, each.last) for each in read_documents(files, OFFICES["KH"])] == [(0, 1), (2, 2)]


def test_what_a_person_put_together_is_named_by_the_page_that_announces_something() -> None:
    found = read_document([page(SECOND_LEAF), page(POWER)], OFFICES["KH"])
    assert (found.kind, found.first, found.last) == ("POA", 0, 1)


@pytest.mark.parametrize(
    ("text", "office", "day", "role"),
    [
        (POWER, "KH", date(2018, 3, 14), DateRole.DOCUMENT),
        (LETTER, "KH", date(2018, 5, 2), DateRole.DOCUMENT),
        (FORM, "KH", None, None),  # only the filing date stands on it, and that is a field
        (
            "NOTICE\nDEPARTMENT OF INDUSTRIAL PROPERTY\nRECEIVED\n14/05/2018",
            "KH",
            date(2018, 5, 14),
            DateRole.RECEPTION,
        ),
        ("PATENT FILE\nFiling date\n22/05/2017\nVol. 1", "KH", None, None),
        ("Letter\n05/03/2018", "PH", None, None),  # the fifth of March, or the third of May
        ("Letter\n2 May 2018\n7 June 2018", "KH", None, None),
        ("Hà Nội, ngày 05 tháng 03 năm 2019", "VN", date(2019, 3, 5), DateRole.DOCUMENT),
        ("๕ มีนาคม พ.ศ. ๒๕๖๒", "TH", date(2019, 3, 5), DateRole.DOCUMENT),
    ],
)
def test_a_papers_own_date(text, office, day, role) -> None:
    found = one(text, office)
    assert (found.dated, found.dated_role) == (day, role)


def test_direction_follows_from_the_kind_or_the_stamp() -> None:
    assert one(POWER).direction == "incoming"
    assert one("CERTIFICATE OF REGISTRATION\nof a mark").direction == "outgoing"
    assert one("Dear Sirs,\nWe write to you.\nYours faithfully,").direction is None
    assert one("Dear Sirs,\nYours faithfully,\nRECEIVED\n14/05/2018").direction == "incoming"


@pytest.mark.parametrize(
    ("text", "office", "language"),
    [
        (DESCRIPTION, "KH", "eng"),
        ("ការពិពណ៌នា\nតក្កកម្មនេះទាក់ទងនឹងឧបករណ៍សម្រាប់គ្រួសារ", "KH", "khm"),
        ("Sáng chế đề cập đến thiết bị được dùng cho các hộ theo yêu cầu của người nộp", "VN", "vie"),
        ("Invensi ini berhubungan dengan alat untuk rumah tangga yang dapat dibuat dari bahan", "ID", "ind"),
        ("Invensi ini berhubungan dengan alat untuk rumah tangga yang dapat dibuat dari bahan", "MY", None),
        ("La présente invention est dans le domaine des filtres pour une eau que les", "KH", "fra"),
        ("KH/P/2018/00417", "KH", None),
    ],
)
def test_the_language_most_of_it_is_in(text, office, language) -> None:
    assert one(text, office).language == language
