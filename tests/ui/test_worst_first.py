"""In which order Review shows pages: what needs attention, the table of marks, how far beyond, certainty."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from app.domain.ids import DossierId, PageId
from app.domain.states import PageState
from app.queries.left_out import LeftOutPage
from app.queries.rows import PageSummary
from ocr.types import QualityReason
from ui.screens.review.facts import office_gets, worst_first
from ui.theme import Tone
from ui.widgets.page_tiles import page_badge

DETAIL = SimpleNamespace(
    summary=SimpleNamespace(application_number="KH/P/2018/00417", pages=5, blank_pages=0),
    register=None,
    linked_at=None,
    linked_by="sokha",
)


def page(number, *marks, certainty=0.9, state=PageState.READY, is_blank=False, may_be_two=False):
    return PageSummary(
        id=PageId(number),
        dossier_id=DossierId(1),
        number=number,
        state=state,
        thumbnail_path=None,
        is_blank=is_blank,
        attention=None,
        quality=tuple(QualityReason(code, value) for code, value in marks),
        mean_confidence=certainty,
        source_name="",
        may_be_two=may_be_two,
    )


def shown(*pages):
    return [each.number for each in worst_first(pages)]


def test_marks_come_in_the_order_of_their_table_whatever_the_certainty():
    pages = (
        page(1, certainty=0.5),
        page(2, ("streak", 5.0), certainty=0.61),
        page(3, ("blurred", 0.3), certainty=0.95),
        page(4, is_blank=True, certainty=None),
        page(5, ("blurred", 0.2), ("uncertain_text", 0.4), certainty=0.4),
        page(6, state=PageState.NEEDS_ATTENTION),
        page(7, may_be_two=True),
    )
    assert shown(*pages) == [6, 5, 3, 2, 7, 1, 4]


def test_pages_of_one_mark_come_by_how_far_they_are_beyond_its_limit():
    assert shown(page(1, ("blurred", 0.2)), page(2, ("blurred", 0.4)), page(3, ("blurred", 0.3))) == [2, 3, 1]
    assert shown(page(1, ("low_contrast", 50.0)), page(2, ("low_contrast", 20.0))) == [2, 1]


def test_pages_without_marks_come_by_certainty_then_by_number():
    assert shown(page(1), page(2, certainty=0.7), page(3)) == [2, 1, 3]


def test_a_mark_of_a_newer_program_is_shown_behind_those_known():
    assert shown(page(1, ("of_tomorrow", 1.0)), page(2, ("streak", 4.0))) == [2, 1]


def test_grave_marks_come_before_all_others_also_on_pages_that_seem_blank():
    graves = replace(page(3, is_blank=True), quality=(QualityReason("too_dark", 20.0, is_grave=True),))
    assert shown(page(1, ("uncertain_text", 0.5)), page(2), graves) == [3, 1, 2]
    badge = page_badge(graves)
    assert (badge.tone, badge.word) == (Tone.BAD, "Too dark")


def test_what_the_office_gets_names_the_marks():
    marked = page(2, ("blurred", 0.25), ("cut_edge", 4.0))
    also = page(5, ("blurred", 0.3))
    (told,) = [fact for fact in office_gets(DETAIL, (page(1), marked, also)) if fact.name == "Marks"]
    assert told.value.splitlines() == [
        "2 pages bear marks",
        "Out of focus · p. 2, 5",
        "Text touches the edge · p. 2",
    ]
    assert not any(fact.name == "Marks" for fact in office_gets(DETAIL, (page(1),)))


def test_what_the_office_gets_names_what_stays():
    def taken(number, code, *, is_elsewhere=False):
        return LeftOutPage(PageId(number), DossierId(1), "f", number, code, "a.png", is_elsewhere)

    (told,) = [
        fact
        for fact in office_gets(
            DETAIL,
            (),
            (taken(2, "person"), taken(4, "not_of_file"), taken(5, "not_of_file", is_elsewhere=True)),
        )
        if fact.name == "Stays here"
    ]
    assert told.value.splitlines() == [
        "3 pages are not counted and not sent",
        "not counted · p. 2",
        "of another file, and no folder has it yet · p. 4",
        "of another file · p. 5",
    ]
    assert told.tone is Tone.BAD
