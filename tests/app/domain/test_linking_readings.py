"""What speaks for a number must be in a page's first reading; what speaks against it may be in any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest

from app.domain.linking import DossierEvidence, LinkDecision, PageEvidence, decide_link
from app.domain.linking_model import PageKind
from app.domain.linking_pages import kind_against, kind_of
from app.domain.register import RegisterLookup
from app.domain.states import LinkState
from ocr.candidates import find_candidates
from ocr.engines.word_lines import text_of, without_trailing_spaces
from ocr.headings import head_of
from ocr.reading_order import in_reading_order
from ocr.types import Box, Word
from tests.helpers.paper_folders import OFFICES, candidates_of, register_of

NUMBER = "KH/P/2018/00417"
CAPTION = f"Application No. {NUMBER}"
TITLE = "Clay filter for the drinking water of villages"
REGISTER = register_of(f"{NUMBER};{TITLE};Sokha Pottery Works;2018-05-14")
PROSE = (
    "Drawings and claims follow on the sheets that come after this one and belong to it as a part of it all"
)


def page(first: str, again: str | None = None, *, numbers_of: str | None = None) -> PageEvidence:
    """A page as first read, and as read again; its numbers are those of the first reading, or of numbers_of."""
    found = candidates_of(numbers_of or first, "KH")
    if again is not None:
        found = tuple(replace(each, above=None) for each in found)
    text = first if again is None else again
    return PageEvidence(1, is_blank=False, text=text, candidates=found, first_text=first)


def decide(*pages: PageEvidence, register: RegisterLookup | None = None) -> LinkDecision:
    numbered = tuple(replace(each, ordinal=number) for number, each in enumerate(pages, 1))
    return decide_link(
        DossierEvidence(numbered), office=OFFICES["KH"], register=register, today=date(2026, 11, 28)
    )


def codes(decision: LinkDecision) -> list[str]:
    return [reason.code for reason in decision.reasons]


FORM = f"Request for the grant of a patent\n{CAPTION}\n{PROSE}"
GARBLED_FORM = f"Reqnesl fer lhe gramt ol a palemt\n{CAPTION}\n{PROSE}"
TITLED = f"{CAPTION}\n{TITLE}\n{PROSE}"
GARBLED_TITLE = f"{CAPTION}\nC1ey fi1ter tor ths brinkimg wafer cf vi11agss\n{PROSE}"


def test_a_form_heading_that_only_a_second_reading_gave_proves_nothing() -> None:
    assert decide(*[page(FORM)] * 2).link is LinkState.PROVEN
    assert codes(decide(*[page(GARBLED_FORM, FORM)] * 2)) == ["no_own_paper"]


def test_headings_by_place_are_those_of_the_first_reading() -> None:
    garbled = replace(page(GARBLED_FORM), text=FORM)
    assert codes(decide(garbled, garbled)) == ["no_own_paper"]


def test_a_title_that_only_a_second_reading_gave_is_no_agreement() -> None:
    assert decide(*[page(TITLED)] * 2, register=REGISTER).link is LinkState.PROVEN
    decision = decide(*[page(GARBLED_TITLE, TITLED)] * 2, register=REGISTER)
    assert decision.link is LinkState.NEEDS_REVIEW
    assert "title" not in {each.kind for each in decision.agreements}


@pytest.mark.parametrize("line", ["Applicant: Sokha Pottery Works", "Filing date: 14/05/2018"])
def test_an_applicant_or_date_that_only_a_second_reading_gave_is_no_agreement(line: str) -> None:
    register = register_of(f"{NUMBER};;Sokha Pottery Works;2018-05-14")
    first, again = f"{CAPTION}\n{PROSE}", f"{CAPTION}\n{line}\n{PROSE}"
    assert decide(*[page(again)] * 2, register=register).link is LinkState.PROVEN
    assert codes(decide(*[page(first, again)] * 2, register=register)) == ["register_unconfirmed"]


@pytest.mark.parametrize("line", ["Statutory declaration", "Assignment of a patent", "Notice of opposition"])
@pytest.mark.parametrize("is_first", [True, False])
def test_another_act_counts_from_whichever_reading_has_it(line: str, is_first: bool) -> None:
    plain, told = FORM, f"{line}\n{FORM}"
    first, again = (told, plain) if is_first else (plain, told)
    assert decide(*[page(first, again)] * 2).link is LinkState.NEEDS_REVIEW


def test_a_caption_of_the_second_reading_does_not_part_a_number_from_the_heading_above_it() -> None:
    first = f"Request for the grant of a patent\nRelated application\n{CAPTION}\n{PROSE}"
    again = first.replace(
        "Related application\n", "Related application\n(21) 1\n(54) Title\n(71) Applicant\n"
    )
    assert codes(decide(*[page(first, again, numbers_of=FORM)] * 2)) == ["only_cited"]


def test_a_filing_date_of_one_reading_that_does_not_fit_holds() -> None:
    wrong = FORM.replace(PROSE, f"Filing date: 14/05/2009\n{PROSE}")
    right = FORM.replace(PROSE, f"Filing date: 14/05/2018\n{PROSE}")
    assert "year_differs" in codes(decide(*[page(wrong, right)] * 2))
    assert "year_differs" in codes(decide(*[page(right, wrong)] * 2))
    assert decide(*[page(right, right)] * 2).link is LinkState.PROVEN


def test_a_paper_that_a_second_reading_makes_a_letter_still_stands_against_another_number() -> None:
    other = f"Request for the grant of a patent\nApplication No. KH/P/2018/00555\n{PROSE}"
    letter = page(other, f"{other}\nDear Sir")
    assert (kind_of(letter, OFFICES["KH"]), kind_against(letter, OFFICES["KH"])) == (
        PageKind.LETTER,
        PageKind.PAPER,
    )
    assert codes(decide(*[page(FORM)] * 3, letter)) == ["rival_number"]


def test_a_letter_of_the_first_reading_stays_one_whatever_is_read_again() -> None:
    letter = page(f"{FORM}\nDear Sir", FORM)
    assert codes(decide(letter, letter)) == ["only_cited"]


def test_a_front_page_known_only_by_a_second_reading_does_not_excuse_an_unread_number() -> None:
    unread = f"(21) ........\n{PROSE}"
    front = page(unread, f"(11) 12345 (43) 1.1.2001\n{unread}")
    assert codes(decide(*[page(FORM)] * 2, page(unread))) == ["own_number_unread"]
    assert codes(decide(*[page(FORM)] * 2, front)) == ["own_number_unread"]


def column(lines: Sequence[str], left_px: int, top_px: int, first: int) -> list[Word]:
    words = []
    for at, line in enumerate(lines):
        left = left_px
        for text in line.split():
            box = Box(left, top_px + 40 * at, 12 * len(text), 22)
            words.append(Word(text, box, 0.95, first + at, space_after=True))
            left += box.width_px + 10
    return words


def by_place(words: Sequence[Word]) -> PageEvidence:
    found = find_candidates(words, barcodes=(), formats=OFFICES["KH"].formats, width_px=1600, height_px=2000)
    return PageEvidence(1, is_blank=False, text=text_of(words), candidates=found, head=head_of(words))


REQUEST = "Request for the grant of a patent"
OTHERS = [CAPTION, "Lodged by another", "who lives elsewhere", "and wrote of it"]
FIELDS = [REQUEST, "Applicant", "Sokha Pottery Works", "Kampong Chhnang", "none"]


@pytest.mark.parametrize("order", [tuple, in_reading_order])
def test_a_form_heading_in_another_column_makes_no_own_paper(
    order: Callable[[Sequence[Word]], Sequence[Word]],
) -> None:
    words = [*column(FIELDS, 50, 60, 0), *column(OTHERS, 900, 100, len(FIELDS))]
    found = by_place(order(without_trailing_spaces(words)))
    assert codes(decide(found, found)) == ["no_own_paper"]


@pytest.mark.parametrize("heading_px", [620, 880, 1000])
def test_a_form_heading_above_a_number_or_in_the_middle_of_the_page_makes_own_paper(heading_px: int) -> None:
    heading = column([REQUEST], heading_px, 40, 0)
    words = [*heading, *column(FIELDS[1:], 50, 100, 1), *column(OTHERS, 900, 100, 1 + len(FIELDS))]
    found = by_place(without_trailing_spaces(words))
    assert decide(found, found).link is LinkState.PROVEN


def test_a_heading_above_a_far_caption_on_the_numbers_line_makes_own_paper() -> None:
    words = [*column([REQUEST, "Application No."], 50, 60, 0), *column([NUMBER], 1200, 100, 1)]
    found = by_place(without_trailing_spaces([*words, *column([PROSE], 50, 200, 2)]))
    assert decide(found, found).link is LinkState.PROVEN


@pytest.mark.parametrize("heading", ["Certified copy", "Official receipt"])
def test_a_heading_at_the_top_counts_wherever_it_stands_among_the_lines(heading: str) -> None:
    left = [REQUEST, CAPTION, *(f"Line {name} of the form" for name in "abcdefghijklmnop")]
    words = [*column(left, 50, 60, 0), *column([heading], 1100, 60, len(left))]
    found = by_place(without_trailing_spaces(words))
    assert codes(decide(found, found)) == ["only_cited"]
    assert decide(*[replace(found, head="")] * 2).link is LinkState.PROVEN
