"""What is printed from the register proves nothing but by the whole code of the cover sheet on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from app.domain.linking import LinkDecision, decide_link
from app.domain.linking_model import OwnPrint
from app.domain.linking_sheets import is_like_cover, own_print_of
from app.domain.register import MemoryRegister
from app.domain.states import LinkState
from ocr.sheet_codes import document_code, folder_code
from tests.helpers.paper_folders import OFFICES, folder_of, register_of
from ui.texts import t

TODAY = date(2026, 11, 22)
NUMBER, OTHER = "KH/D/2019/00125", "KH/D/2018/00044"
TITLE, APPLICANT = "Floating house for rivers", "Mekong Houses Co., Ltd."
REGISTER = register_of(
    f"{NUMBER};{TITLE};{APPLICANT};2019-03-05", f"{OTHER};Boat with outrigger;{APPLICANT};2018-03-05"
)
SHEET = folder_code("KH", NUMBER)
LABEL = folder_code("KH", NUMBER, is_sheet=False)
WITHOUT_SUM = f"IPF|KH|{NUMBER}"
HEADING = "Folder cover sheet · leave it on top of the folder when scanning"
FACTS = f"{NUMBER}\nTitle {TITLE}\nApplicant {APPLICANT}\nFiled 2019-03-05\nSheets 12"
COVER_WORDS = f"Department of Industrial Property\n{HEADING}\n{FACTS}"
PROSE = (
    "The invention relates to a house that floats and is moored in a river when water rises in the rainy season.\n"
    "It has pontoons, a deck and a roof made of palm leaves, and people live in it during the whole year."
)
JACKET = f"KINGDOM OF CAMBODIA\nINDUSTRIAL DESIGN APPLICATION\n{NUMBER}\n{TITLE}\n{APPLICANT}"
FORM = f"REQUEST FOR REGISTRATION\n(21) Application No. {NUMBER} (22) 05/03/2019\n(54) Title: {TITLE}\n(71) Applicant: {APPLICANT}"
DRAWINGS = ("Fig. 1", "", "Fig. 2", "12")
SCRAWL = "kjh sdf weri uzxc opqw asd zxmn qwe\n" * 12
GROUNDS = ("read_on_pages", "barcode_agrees", "register_agrees")
REGISTERS = pytest.mark.parametrize("register", [None, REGISTER], ids=["alone", "register"])


def decide(
    pages: Sequence[str], register: MemoryRegister | None, codes: Mapping[int, Sequence[str]] | None = None
) -> LinkDecision:
    evidence = folder_of(pages, "KH", codes=codes)
    return decide_link(evidence, office=OFFICES["KH"], register=register, today=TODAY)


def codes_of(decision: LinkDecision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def test_the_words_of_our_covers_are_known_by() -> None:
    assert is_like_cover(t("covers.folder"))
    facts = ("title", "applicant", "filed", "volume", "sheets")
    captions = [t(f"covers.{fact}") for fact in facts]
    values = (TITLE, APPLICANT, "2019-03-05", "1/2", "12")
    assert is_like_cover(
        "\n".join(f"{caption} {value}" for caption, value in zip(captions, values, strict=True))
    )
    assert is_like_cover("\n".join(captions))


@pytest.mark.parametrize(
    "text", ["Folder cover sheel - 1eave it on top of the folder when scanning", "Fo1der cover sheet", FACTS]
)
def test_a_cover_badly_read_is_one_still(text: str) -> None:
    assert is_like_cover(text)


@pytest.mark.parametrize(
    "text", [JACKET, FORM, PROSE, f"Title: {TITLE}\nApplicant: {APPLICANT}\nFiled: 05/03/2019"]
)
def test_papers_are_no_covers_of_ours(text: str) -> None:
    assert not is_like_cover(text)


def test_what_a_page_bears() -> None:
    assert own_print_of("", [SHEET]) is OwnPrint.COVER
    assert own_print_of("", [LABEL]) is OwnPrint.LABEL
    assert own_print_of("", [WITHOUT_SUM]) is OwnPrint.LABEL
    assert own_print_of(HEADING, [WITHOUT_SUM]) is OwnPrint.UNREAD
    assert own_print_of("", [SHEET[:-1] + "!"]) is OwnPrint.UNREAD
    assert own_print_of(HEADING, [], is_separator=True) is OwnPrint.UNREAD
    assert own_print_of("", [document_code("POA")]) is OwnPrint.SEPARATOR
    assert own_print_of("", [], is_separator=True) is OwnPrint.SEPARATOR
    assert own_print_of(FORM, ["https://example.org/1"]) is None


@REGISTERS
@pytest.mark.parametrize(
    "pages",
    [
        [COVER_WORDS, SCRAWL, SCRAWL],
        [COVER_WORDS, *DRAWINGS],
        [COVER_WORDS],
        [f"{HEADING}\n{FACTS}", SCRAWL, SCRAWL],
        [COVER_WORDS, SCRAWL, COVER_WORDS],
        [COVER_WORDS, f"A letter of {APPLICANT}\n{SCRAWL}"],
        [COVER_WORDS, JACKET, FORM, f"DESCRIPTION\n{TITLE}\n{PROSE}"],
    ],
)
def test_a_cover_whose_code_was_not_read_holds_its_folder(
    pages: list[str], register: MemoryRegister | None
) -> None:
    decision = decide(pages, register)
    assert decision.link is LinkState.NEEDS_REVIEW
    assert "cover_unread" in codes_of(decision)


@REGISTERS
def test_an_unread_cover_stands_against_other_numbers(register: MemoryRegister | None) -> None:
    cover = COVER_WORDS.replace(NUMBER, OTHER)
    assert "rival_number" in codes_of(
        decide([cover, JACKET, FORM, f"DESCRIPTION\n{TITLE}\n{PROSE}"], register)
    )


@REGISTERS
@pytest.mark.parametrize("code", [LABEL, WITHOUT_SUM, SHEET], ids=["label", "no-sum", "cover-inside"])
def test_a_code_behind_the_first_page_proves_nothing_alone(
    code: str, register: MemoryRegister | None
) -> None:
    own = f"DESCRIPTION\nSolar kiln for bricks\n{PROSE}"
    for pages in (
        ["Fig. 1", "", "Fig. 2", "", ""],
        [SCRAWL] * 5,
        [own, own + " and", JACKET, own + " x", own],
    ):
        decision = decide(pages, register, {3: [code]})
        assert decision.link is LinkState.NEEDS_REVIEW, codes_of(decision)
    assert codes_of(decide([SCRAWL] * 5, register, {3: [code]})) == ["code_alone"]


@REGISTERS
@pytest.mark.parametrize("code", [LABEL, WITHOUT_SUM], ids=["label", "no-sum"])
def test_a_label_on_the_first_page_proves_nothing_alone(code: str, register: MemoryRegister | None) -> None:
    assert decide([SCRAWL, *DRAWINGS], register, {1: [code]}).link is LinkState.NEEDS_REVIEW
    # The words printed beside its code are its own: neither a second reading nor a title on the papers.
    assert decide([JACKET, *DRAWINGS], register, {1: [code]}).link is LinkState.NEEDS_REVIEW
    assert (
        decide([JACKET, FORM, f"DESCRIPTION\n{TITLE}\n{PROSE}"], register, {1: [code]}).link
        is LinkState.PROVEN
    )


@REGISTERS
@pytest.mark.parametrize(
    "code",
    [folder_code("KH", OTHER, is_sheet=False), f"IPF|KH|{OTHER}", folder_code("KH", OTHER)],
    ids=["label", "no-sum", "cover"],
)
def test_a_code_of_another_file_is_a_rival(code: str, register: MemoryRegister | None) -> None:
    pages = [JACKET, FORM, f"DESCRIPTION\n{TITLE}\n{PROSE}", "Fig. 1"]
    assert "rival_number" in codes_of(decide(pages, register, {4: [code]}))


@REGISTERS
def test_the_cover_on_top_proves_alone_what_nothing_speaks_against(register: MemoryRegister | None) -> None:
    on_top = {1: [SHEET]}
    separators = {1: [document_code("POA")], 2: [SHEET]}
    for decision in (
        decide([COVER_WORDS, *DRAWINGS], register, on_top),
        decide(["", COVER_WORDS, *DRAWINGS], register, separators),
        decide(["", COVER_WORDS, *DRAWINGS], register, {2: [SHEET]}),  # fed with its back first
    ):
        # With a register whose title is on no page, the cover alone is not probable enough.
        held = [] if register is None else ["probability_low"]
        assert [code for code in codes_of(decision) if code not in GROUNDS] == held
        assert (decision.link is LinkState.PROVEN) is (register is None)
    letter = f"Dear Sir,\nApplication No.: {OTHER}\nYours faithfully,"
    for page in (letter, f"Re: {OTHER}\n{PROSE}", FORM.replace(NUMBER, OTHER)):
        assert decide([COVER_WORDS, page, *DRAWINGS], register, on_top).link is LinkState.NEEDS_REVIEW


def test_a_page_that_fits_the_cover_by_half_does_not_fit() -> None:
    page = f"REQUEST FOR REGISTRATION\n(54) Title: Bamboo press with lever\n(71) Applicant: {APPLICANT}"
    decision = decide([COVER_WORDS, page, f"DESCRIPTION\n{TITLE}\n{PROSE}"], REGISTER, {1: [SHEET]})
    assert "page_of_another" in codes_of(decision)
