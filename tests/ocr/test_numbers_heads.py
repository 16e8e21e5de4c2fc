"""What a number begins with is known from the offices' packs."""

from __future__ import annotations

import pytest

from app.domain.offices import formats_for, load_offices
from ocr.candidates import find_candidates
from ocr.numbers_heads import heads_of
from ocr.types import NumberFormat
from tests.helpers.drawn_pages import PROJECT
from tests.helpers.paper_folders import HEIGHT_PX, WIDTH_PX, words_of

SHIPPED = formats_for(load_offices(PROJECT / "resources" / "offices"), "KH")


def numbers_in(text: str, *patterns: str) -> list[str]:
    formats = tuple(NumberFormat(f"QX-{at}", "QX", "patent", each) for at, each in enumerate(patterns))
    found = find_candidates(
        words_of(text), barcodes=(), formats=formats, width_px=WIDTH_PX, height_px=HEIGHT_PX
    )
    return [each.normalised for each in found if not each.edits]


@pytest.mark.parametrize(
    ("text", "pattern", "number"),
    [
        ("(21) QX 201900012", r"^QX(?P<year>\d{4})(?P<serial>\d{5})$", "QX201900012"),
        ("(21) QZ 2019/00012", r"^(?P<kind>Q[XZ]) ?(?P<year>\d{4})/(?P<serial>\d+)$", "QZ2019/00012"),
        ("(21) QX(P) 12-3456", r"^QX\(P\) (?P<yy>\d{2})-(?P<serial>\d{4})$", "QX(P) 12-3456"),
        ("(21) ຂ 123456", r"^(?P<register>[ຂຄ])\.? ?(?P<serial>\d{6})$", "ຂ 123456"),
        ("(21) ຂ. 123456", r"^(?P<register>[ຂຄ])\.? ?(?P<serial>\d{6})$", "ຂ. 123456"),
    ],
)
def test_an_offices_own_letters_may_stand_apart_from_the_digits(text: str, pattern: str, number: str) -> None:
    assert numbers_in(text, pattern) == [number]
    assert not numbers_in(text, r"^KH/P/(?P<year>\d{4})/(?P<serial>\d{5})$")


def test_the_last_letter_of_a_word_begins_no_number() -> None:
    pattern = r"^(?P<register>[ຂຄ])\.? ?(?P<serial>\d{6})$"
    assert not numbers_in("(21) ກຂ123456", pattern)


def test_the_packs_that_ship_say_what_was_once_written_into_the_program() -> None:
    found = heads_of(SHIPPED)
    assert {"P", "PP", "PI", "UI", "TM", "WO", "T", "M", "S", "A", "PH", "VN", "สช", "ค"} <= found.loose
    assert found.spaced == {"UK(E)"}


def test_a_form_with_too_many_beginnings_says_nothing_of_them() -> None:
    every = NumberFormat("QX-every", "QX", "patent", r"^[A-Z]{4}(?P<serial>\d{6})$")
    assert heads_of((every,)).loose == frozenset()
