"""One list of words of firms: a search and the linker leave out the same."""

from __future__ import annotations

import pytest

from app.domain.linking_model import PageKind
from app.domain.linking_register import PageText, compare
from app.domain.register import RegisterEntry
from app.domain.register_keys import name_key


@pytest.mark.parametrize(
    ("applicant", "left"),
    [
        ("Anh Duong Joint Stock Company", "anh duong"),
        ("Cong ty TNHH Anh Duong", "anh duong"),
        ("Cong ty co phan Anh Duong", "phan anh duong"),  # as in the keys of registers that are in use
    ],
)
def test_search_and_linker_leave_out_the_same_words_of_firms(applicant: str, left: str) -> None:
    assert name_key(applicant) == left
    entry = RegisterEntry(number="VN", title="", applicant=applicant, filing_date=None)
    text = f"applicant {left}, hanoi, on the seventh of may"
    page = PageText(1, PageKind.PAPER, text, (text,), frozenset(), len(text), len(text))
    (agreement,) = compare(entry, (page,)).agreements
    assert (agreement.kind, agreement.score) == ("applicant", 1.0)
