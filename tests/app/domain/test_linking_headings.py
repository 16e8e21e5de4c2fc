"""A caption below a heading that speaks of another file is not this folder's own."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.linking import LinkDecision, decide_link
from app.domain.states import LinkState
from tests.helpers.paper_folders import OFFICES, folder_of

NUMBER = "KH/P/2018/00417"
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
