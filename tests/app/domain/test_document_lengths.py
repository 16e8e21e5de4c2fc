"""Which kinds of paper have a usual length, and which page of an over-long one looks like the first of another."""

from __future__ import annotations

import pytest

from app.domain.document_lengths import MOST_PAGES, usual_most
from app.domain.document_pages import PaperPage
from app.domain.document_reading import likely_start
from app.domain.offices import load_offices
from app.paths import offices_dir
from tests.helpers.papers import LETTER, POWER, RECEIPT, SECOND_LEAF

OFFICES = load_offices(offices_dir())
HALF_LETTER = (
    "Dear Sirs,\nwe return to what was said on the telephone last week, and to your question of the fee."
)


def start(*texts: str) -> int | None:
    return likely_start([PaperPage(text, is_blank=not text) for text in texts], OFFICES["KH"])


def test_only_kinds_that_the_packs_know_have_a_length():
    known = {kind.code for office in OFFICES.values() for kind in office.documents}
    assert MOST_PAGES.keys() <= known


@pytest.mark.parametrize("kind", ["DES", "CLM", "DRW", "SPC", "PRI", "RSP", "OPP", "CRTD", None])
def test_what_may_be_long_is_never_too_long(kind):
    assert usual_most(kind) is None


@pytest.mark.parametrize("kind", ["COR", "APP", "POA", "FEE"])
def test_letters_forms_powers_and_receipts_may_not_have_thirty_pages(kind):
    assert usual_most(kind) < 30


@pytest.mark.parametrize(
    ("texts", "place"),
    [
        ((LETTER, SECOND_LEAF, HALF_LETTER.replace("Dear Sirs,", ""), SECOND_LEAF), None),
        ((POWER, SECOND_LEAF, HALF_LETTER, SECOND_LEAF), 2),
        ((LETTER, SECOND_LEAF, RECEIPT, POWER), 3),  # the surest, not the nearest
        ((LETTER, SECOND_LEAF, "Page 1\n" + SECOND_LEAF), 2),
        ((POWER, POWER + "\nPage 2 of 3", POWER), None),  # a heading that runs from page to page
        ((POWER,), None),
    ],
)
def test_the_page_that_most_looks_like_the_first_of_another_paper(texts, place):
    assert start(*texts) == place
