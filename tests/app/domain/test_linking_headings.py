"""A caption below a heading that speaks of another file is not this folder's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest

from app.domain.linking import LinkDecision, decide_link
from app.domain.linking_model import DossierEvidence, PageEvidence, PageKind
from app.domain.linking_pages import gather, kind_of
from app.domain.states import LinkState
from ocr.candidates import find_candidates
from ocr.engines.word_lines import text_of, without_trailing_spaces
from ocr.reading_order import in_reading_order
from ocr.types import Box, NumberCandidate, NumberRole, Word
from tests.helpers.paper_folders import OFFICES, folder_of

NUMBER = "KH/P/2018/00417"
CAPTION = f"Application No. {NUMBER}"
CLASSES = "(51) Classes"
PROSE = (
    "Description of the invention and its use in villages of the delta where water is scarce and clay is near"
)


def decide(*pages: str) -> LinkDecision:
    evidence = folder_of([f"{page}\n{PROSE}" for page in pages], "KH", confidence=0.95)
    return decide_link(evidence, office=OFFICES["KH"], register=None, today=date(2026, 11, 22))


@pytest.mark.parametrize(
    "heading",
    [
        "Related application",
        "Converted from",
        "The applicant filed earlier:",
        "Contested decision on",
        "Earlier mark",
        "This file replaces",
        "How to fill in (example)",
        "Demande antérieure",
        "ពាក្យសុំដែលពាក់ព័ន្ធ",
        "คำขอที่เกี่ยวข้อง",
    ],
)
def test_a_number_below_a_heading_of_another_file_proves_nothing(heading: str) -> None:
    page = f"{heading}\nApplication No.: {NUMBER}"
    assert decide(page, page).link is LinkState.NEEDS_REVIEW


def test_a_number_below_a_heading_of_another_file_stands_against_another() -> None:
    decision = decide(f"(21) {NUMBER}", f"Application No.: {NUMBER}", "Replaces\nKH/P/2018/00418")
    assert [reason.code for reason in decision.reasons] == ["rival_number"]


@pytest.mark.parametrize("line", ["Related applications: none", "Request for a patent", "Form 12 related"])
def test_fields_and_titles_above_a_number_take_nothing_from_it(line: str) -> None:
    page = f"{line}\n(21) Application No.: {NUMBER}"
    assert decide(page, page).link is LinkState.PROVEN


@pytest.mark.parametrize("order", [tuple, in_reading_order])
@pytest.mark.parametrize(
    ("title", "left", "right"),
    [
        ("Patent application", ["Related applications", CAPTION, "Lodged"], ["Classes", "9, 35", "none"]),
        ("Patent application", ["Related applications", "Application No.", NUMBER], ["Classes", "9", "none"]),
        ("Patent application", ["Related applications", CAPTION, "Lodged"], [CLASSES, "9, 35", "none"]),
        ("Patent application", ["Opposed mark", CAPTION, "Owner"], ["Our mark", "No. 12", "Owner"]),
    ],
)
def test_the_order_of_a_forms_columns_makes_no_proof(
    order: Callable[[Sequence[Word]], Sequence[Word]], title: str, left: list[str], right: list[str]
) -> None:
    words = [*column([title], 50, 60, 0), *column(left, 50, 200, 1), *column(right, 900, 200, 1 + len(left))]
    page = order(without_trailing_spaces(words))
    decision = decide_link(
        DossierEvidence((evidence(1, page), evidence(2, page))),
        office=OFFICES["KH"],
        register=None,
        today=date(2026, 11, 22),
    )
    assert decision.link is LinkState.NEEDS_REVIEW
    assert [reason.code for reason in decision.reasons] == ["only_cited"]


@pytest.mark.parametrize("between", ["Classes", "Classes\nOwner", "Filing date 12.03.2018"])
def test_cells_between_a_heading_of_another_file_and_its_number_prove_nothing(between: str) -> None:
    page = f"Patent application\nRelated applications\n{between}\nApplication No.: {NUMBER}"
    evidence = folder_of([page, page], "KH", confidence=0.95)
    # Where boxes say nothing, the lines alone must do.
    pages = tuple(replace(each, candidates=proving(each.candidates)) for each in evidence.pages)
    decision = decide_link(
        replace(evidence, pages=pages), office=OFFICES["KH"], register=None, today=date(2026, 11, 22)
    )
    assert [reason.code for reason in decision.reasons] == ["only_cited"]


def test_a_heading_of_another_file_reaches_no_further_than_its_own_number() -> None:
    page = f"Patent application\nRelated application\nKH/P/2016/00020\nOwner\nApplication No.: {NUMBER}"
    places = [
        place
        for each in gather(folder_of([page], "KH", confidence=0.95), OFFICES["KH"])
        for place in each.occurrences
        if each.canonical == NUMBER
    ]
    assert [place.is_proof for place in places] == [True]


def test_four_numbers_under_headings_of_other_files_are_still_a_list() -> None:
    others = "\n".join(f"Related application\nApplication No.: KH/P/2016/0002{n}" for n in range(3))
    page = folder_of([f"{others}\nOwner\nApplication No.: {NUMBER}"], "KH", confidence=0.95).pages[0]
    assert kind_of(page, OFFICES["KH"]) is PageKind.LIST


def column(lines: Sequence[str], left_px: int, top_px: int, first: int) -> list[Word]:
    words = []
    for at, line in enumerate(lines):
        left = left_px
        for text in line.split():
            box = Box(left, top_px + 40 * at, 12 * len(text), 22)
            words.append(Word(text, box, 0.95, first + at, space_after=True))
            left += box.width_px + 10
    return words


def evidence(ordinal: int, words: Sequence[Word]) -> PageEvidence:
    found = find_candidates(words, barcodes=(), formats=OFFICES["KH"].formats, width_px=1600, height_px=2000)
    return PageEvidence(ordinal, is_blank=False, text=text_of(words), candidates=found, mean_confidence=0.95)


def proving(candidates: Sequence[NumberCandidate]) -> tuple[NumberCandidate, ...]:
    return tuple(replace(each, role=NumberRole.APPLICATION) for each in candidates)
