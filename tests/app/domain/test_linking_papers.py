"""Papers that speak of any file never prove a folder's number; its own cover, form or INID code may."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.linking import LinkDecision, decide_link
from app.domain.linking_papers import has_own_code
from app.domain.register import MemoryRegister
from app.domain.states import LinkState
from ocr.sheet_codes import folder_code
from tests.helpers.paper_folders import OFFICES, folder_of, register_of

NUMBER, OTHER = "KH/P/2018/00417", "KH/P/2018/00418"
TITLE = "Clay water filter with rice husk"
PROSE = (
    "Description of the invention and its use in villages of the delta where water is scarce and clay is near"
)
REGISTER = register_of(
    f"{NUMBER};{TITLE};Mekong Water Works;2018-03-02", f"{OTHER};Solar drier for fish;Tonle Sap Co;2018-03-05"
)


def decide(
    *pages: str,
    register: MemoryRegister | None = None,
    office: str = "KH",
    codes: dict[int, list[str]] | None = None,
) -> LinkDecision:
    evidence = folder_of([f"{page}\n{PROSE}" for page in pages], office, codes=codes)
    return decide_link(evidence, office=OFFICES[office], register=register, today=date(2026, 11, 22))


def codes_of(decision: LinkDecision) -> list[str]:
    return [reason.code for reason in decision.reasons]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Form for renewal\nIn the matter of Application No.: {}", "In the matter of Application No.: {}"),
        (
            "Statutory declaration\nI own the mark under\nApplication No.: {}",
            "Declaration\nmark under\nApplication No.: {}",
        ),
        ("Third party observations\non\nApplication No.: {}", "Observations on\nApplication No.: {}"),
        (
            "Request for invalidation\nRegistered from\nApplication No.: {}",
            "Request for invalidation\nApplication No.: {}",
        ),
        ("Series of applications\nFirst Application No.: {}", "First application No.: {}"),
        (
            "Request for registration of an assignment\nPatent application No.: {}",
            "Deed of assignment\nApplication No.: {}",
        ),
        ("Power of attorney\nApplication No.: {}", "Power of attorney\nApplication No.: {}"),
        ("Request for invalidation of the patent\n(21) {}", "Request for invalidation\n(21) {}"),
        ("Application No.: {}", "Application No.: {}"),
        ("Copy taken from the patent file\nApplication No.: {}", "Application No.: {}"),
        ("Pending patent application\n{}", "Pending patent application\nApplication No.: {}"),
        ("Request for the grant of a patent of addition to\nApplication No.: {}", "Application No.: {}"),
        ("Application for a patent based on\nApplication No.: {}", "Application No.: {}"),
    ],
)
def test_captions_on_papers_about_any_file_prove_nothing(first: str, second: str) -> None:
    decision = decide(first.format(NUMBER), second.format(NUMBER))
    assert decision.link is LinkState.NEEDS_REVIEW
    assert codes_of(decision)[-1] in ("no_own_paper", "only_cited")


@pytest.mark.parametrize(
    "act",
    [
        "In the matter of",
        "Statutory declaration",
        "Third party observations",
        "REQUEST FOR INVALIDATION",
        "Exhibit C",
        "Séries et tiers",
    ],
)
@pytest.mark.parametrize("register", [None, REGISTER])
def test_anothers_act_proves_nothing_even_with_the_registers_title(
    act: str, register: MemoryRegister | None
) -> None:
    page = f"{act}\nApplication No.: {NUMBER}\n{TITLE}"
    assert codes_of(decide(page, page, register=register)) == ["only_cited"]
    own = f"PATENT FILE\n(21) {NUMBER}\n{TITLE}"
    decision = decide(page, page, own, register=register)
    # Nothing is against it; one own paper among two of others is not probable enough without a register.
    proven = decision.link is LinkState.PROVEN
    assert proven if register is not None else codes_of(decision) == ["probability_low"]
    assert decide(page, page, own, own, register=register).link is LinkState.PROVEN
    other = page.replace(NUMBER, OTHER)
    assert codes_of(decide(other, own, own, register=register)) == ["rival_number"]


@pytest.mark.parametrize(
    ("office", "number", "own"),
    [
        ("KH", NUMBER, "PATENT FILE\nApplication No.: {}"),
        ("KH", NUMBER, "Kingdom of Cambodia\nPatent application\n{}"),
        ("KH", NUMBER, "REQUEST FOR THE GRANT OF A PATENT\nApplication No.: {}"),
        ("KH", NUMBER, "ពាក្យសុំប្រកាសនីយបត្រតក្កកម្ម\nApplication No.: {}"),
        ("KH", NUMBER, "DEMANDE DE BREVET\nDemande no : {}"),
        ("KH", NUMBER, "CERTIFICATE OF REGISTRATION\nApplication No.: {}"),
        ("KH", NUMBER, "Notification\n(21) {}"),
        ("VN", "4-2019-00125", "TỜ KHAI ĐĂNG KÝ NHÃN HIỆU\nSố đơn: {}"),
        ("VN", "4-2019-00125", "Thông báo\n(200) Số đơn và Ngày nộp đơn: {}"),
        ("TH", "1901000125", "คำขอรับสิทธิบัตรการประดิษฐ์\nเลขที่คำขอ {}"),
        ("LA", "37125", "ຄໍາຮ້ອງຂໍຈົດທະບຽນເຄື່ອງໝາຍການຄ້າ\nApplication No. {}"),
        ("PH", "1/2019/000125", "REQUEST FOR GRANT OF PHILIPPINE PATENT\nApplication No.: {}"),
        ("PH", "1/2019/000125", "APPLICATION FOR INDUSTRIAL DESIGN\nApplication No.: {}"),
        ("SG", "11202003062Q", "APPLICATION TO REGISTER A TRADE MARK\nApplication No.: {}"),
        ("ID", "P00201900125", "FORMULIR PERMOHONAN PATEN\nNo. Permohonan : {}"),
    ],
)
def test_a_cover_a_request_or_the_own_code_proves_with_a_second_page(
    office: str, number: str, own: str
) -> None:
    decision = decide(own.format(number), f"Abstract\nApplication No.: {number}", office=office)
    assert decision.link is LinkState.PROVEN, decision.reasons


@pytest.mark.parametrize("title", ["Heat transfer plate", "Herb extract", "Search lamp", "Exhibition stand"])
def test_a_title_that_sounds_like_an_act_takes_nothing_from_a_cover(title: str) -> None:
    cover = f"PATENT FILE\n{title}\nApplication No.: {NUMBER}"
    assert decide(cover, f"Abstract\nApplication No.: {NUMBER}").link is LinkState.PROVEN


def test_a_barcode_on_a_paper_page_counts_as_its_own() -> None:
    page = f"Abstract\nApplication No.: {NUMBER}"
    assert decide(page, page, codes={1: [NUMBER]}).link is LinkState.PROVEN


def test_a_heading_below_the_number_is_none_of_its_own() -> None:
    page = f"Application No.: {NUMBER}\nEnclosed: request for grant of a patent"
    assert codes_of(decide(page, page)) == ["no_own_paper"]


@pytest.mark.parametrize(
    "unread", ["(21) Application No.:", "(210)", "(21) XH?P?2O18?O0A17", "(21) No. ......"]
)
@pytest.mark.parametrize("register", [None, REGISTER])
def test_an_unread_own_number_leaves_another_pages_number_to_a_person(
    unread: str, register: MemoryRegister | None
) -> None:
    own = f"{unread}\n(54) Improved {TITLE.lower()}"
    quoted = f"Request for the grant of a patent\nApplication No.: {NUMBER}\n{TITLE}"
    decision = decide(own, quoted, quoted, register=register)
    assert (decision.link, codes_of(decision)) == (LinkState.NEEDS_REVIEW, ["own_number_unread"])


def test_papers_of_two_applications_are_left_to_a_person_when_one_number_was_misread_everywhere() -> None:
    # Seen on a drawn folder at 150 dpi: the check letter S read as 8 on both pages of the first application.
    form = "APPLICATION TO REGISTER A TRADE MARK\n(210) Application No. {}\n(540) {}"
    pages = [form.format("402019166208", "SROV THMEY"), "(210) 402019166208\nDESCRIPTION"]
    pages += [form.format("40201912905V", "KANG LEAN"), "(210) 40201912905V\nDESCRIPTION"]
    assert "own_number_unread" in codes_of(decide(*pages, office="SG"))


def test_an_unread_own_number_beside_a_quoted_one_is_still_unread() -> None:
    own = f"(21) Application No.:\nBasic patent\n(54) Improved {TITLE.lower()}\nApplication No.: {NUMBER}"
    assert "own_number_unread" in codes_of(decide(own, f"{TITLE}\nNo. {NUMBER}", register=REGISTER))


@pytest.mark.parametrize("register", [None, REGISTER])
def test_a_cover_speaks_for_a_folder_with_an_empty_form(register: MemoryRegister | None) -> None:
    form = f"Request for a patent\n(21) Application No.:\n(54) {TITLE}"
    cover = f"PATENT FILE\nApplication No.: {NUMBER}\n{TITLE}"
    other = f"Abstract\nApplication No.: {NUMBER}\n{TITLE}"
    assert decide(cover, form, other, register=register).link is LinkState.PROVEN
    assert (
        decide("", form, other, register=register, codes={1: [folder_code("KH", NUMBER)]}).link
        is LinkState.PROVEN
    )


def test_group_codes_are_the_own_number_in_viet_nam_only() -> None:
    assert has_own_code("(20) Số đơn và Ngày nộp đơn", "VN")
    assert not has_own_code("(20)\nSố đơn", "KH")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(21) Application No.: KH/P/2018/00417", True),
        ("[2l] Appl. No. 1", True),
        ("(11) Patent No. 12 (21) Application No.", False),
        ("the deck (21) is joined to the frame", False),
        ("(21) is the deck", False),
        ("(21) 5 mm bolts", False),
        ("(71) Applicant: X\n(21)", True),
        ("(21) N°: ____", True),
        ("(21) BAgN&iwngi / Application No.", True),
        ("(21) 2O18 0O417", True),
        ("(21) was fitted in 2019 by hand", False),
        ("(12) United States Patent\n(21) Appl. No.: 09/844,237", False),
    ],
)
def test_own_code_is_a_caption_and_no_part_of_a_drawing(text: str, expected: bool) -> None:
    assert has_own_code(text, "KH") is expected


def test_an_act_of_others_takes_the_proof_away_however_deep_two_columns_push_it() -> None:
    cells = "\n".join(f"Field {letter}" for letter in "abcdefghijklmn")
    page = f"Patent application\n{cells}\nAppeal to the board\nApplication No.: {NUMBER}"
    assert "only_cited" in codes_of(decide(page, page))
